"""The audit trail: readable, scoped, never rewritten, sealed (T12, T13, T15, item 8)."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest
from flask import url_for
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from backend.console.audit_labels import PAGES
from backend.services import audit, audit_chain
from backend.store.models import AuditEvent, AuditSeal, StaffChange
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words


@pytest.fixture
def note(database, clock):
    """Write events down, each in a transaction of its own; returns their ids."""

    def write(actor, verb, subject, **facts):
        with database.write() as session:
            audit.write(session, clock(), actor, verb, subject, **facts)
            session.flush()
            return session.scalar(select(func.max(AuditEvent.id)))

    return write


@pytest.fixture
def worker(make):
    with make() as f:
        return f.make_worker("冉大妹", number="+8613800007777", village=VILLAGE)


@pytest.fixture
def owner(database):
    """The database's owner, who can take the rule against rewriting away."""

    def rewrite(*statements):
        sqlite = database.engine.dialect.name == "sqlite"
        with database.engine.begin() as connection:
            for table in ("audit_events", "audit_seals"):
                if sqlite:
                    for act in ("update", "delete"):
                        connection.execute(text(f"DROP TRIGGER IF EXISTS tr_{table}_{act}"))
                else:
                    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            for statement in statements:
                connection.execute(statement)

    return rewrite


def test_a_reveal_reads_as_a_sentence(browse, staff, worker):
    town = browse("zhen")
    town.visit(f"/console/workers/{worker.id}")
    town.submit(f"/console/workers/{worker.id}/reveal", field="phone", reason="call_back")
    page = words(town.visit("/console/audit"))
    assert f"田镇干 看了劳动力{worker.id}号的电话号码，原因：要回电话" in page
    assert "冉大妹" not in page and "7777" not in page


def test_the_page_is_for_those_who_read_the_trail(browse):
    for login in ("cun",):
        assert browse(login).visit("/console/audit").status_code == 403
        assert browse(login).submit("/console/audit/export").status_code == 403
    for login in ("zhen", "xian", "shi"):
        assert browse(login).visit("/console/audit").status_code == 200


def test_one_reads_the_events_of_ones_own_region_and_below(browse, staff, make, note):
    with make() as f:
        here, near, far = (f.make_worker(village=code) for code in (VILLAGE, OTHER_VILLAGE, FAR_VILLAGE))
    (
        note("scheduler", "match_failed", here),
        note("scheduler", "match_failed", near),
        note("scheduler", "match_failed", far),
    )
    note(f"staff:{staff['weining']}", "read", far)

    def seen(login):
        return set(re.findall(r"劳动力(\d+)号", words(browse(login).visit("/console/audit"))))

    assert seen("zhen") == {str(here.id)}
    assert seen("xian") == seen("shi") == {str(here.id), str(near.id)}
    assert seen("weining") == {str(far.id)}


def test_an_event_without_a_place_belongs_to_whoever_did_it_else_to_the_county_of_the_line(
    database, clock, staff, make, note
):
    with make() as f:
        homeless = f.make_conversation(region_code=None)
    note(f"staff:{staff['zhen']}", "read", homeless), note("scheduler", "closed", homeless)
    with database.read() as session:
        last_two = session.execute(
            select(AuditEvent.region_code, AuditEvent.county_code, AuditEvent.town_code)
            .order_by(AuditEvent.id.desc())
            .limit(2)
        ).all()
    assert [tuple(row) for row in last_two] == [(COUNTY, COUNTY, None), ("500114121", COUNTY, "500114121")]


def test_a_colleague_from_above_is_told_of_without_a_name(browse, staff, note, worker):
    note(f"staff:{staff['shi']}", "read", worker)
    page = words(browse("zhen").visit("/console/audit"))
    assert "上级或外地的工作人员 看了劳动力" in page and "市里" not in page


def test_the_list_is_narrowed_by_who_what_and_whom(browse, staff, note, worker, make, clock):
    with make() as f:
        opening = f.make_opening(region=VILLAGE)
        offer = f.make_offer(opening, worker)
    note(f"staff:{staff['cun']}", "read", worker)
    note(f"staff:{staff['cun']}", "edited", opening)
    note("scheduler", "offered", offer)
    browser = browse("xian")

    def found(query):
        listed = browser.visit(f"/console/audit?{query}").text
        return list(re.findall(r'<li id="event-\d+">(.*?)</li>', listed, re.DOTALL))

    assert len(found("who=cun")) == len(found("who=冉村官")) == 2
    assert len(found("who=cun&verb=edited")) == 1
    assert len(found(f"kind=openings&number={opening.id}")) == 1
    assert len(found(f"worker={worker.id}")) == 2  # her entry and her offer
    assert found("worker=99999999") == []
    day = clock().astimezone().date()
    assert len(found(f"day={day}&verb=edited")) == 1 and found("day=2001-01-01") == []
    for odd in (
        "day=x",
        "worker=x",
        "before=x",
        "number=%00",
        "verb=' or 1=1",
        "who=%25",
        "day=9999-12-31",
        "worker=99999999999999",
    ):
        assert browser.visit(f"/console/audit?{odd}").status_code == 200


def test_pages_go_on_where_the_last_ended(browse, note, worker):
    for _ in range(120):
        note("scheduler", "match_failed", worker)
    browser, seen, path = browse("zhen"), [], "/console/audit?verb=match_failed"
    while path:
        page = browser.visit(path).text
        seen += [int(number) for number in re.findall(r'id="event-(\d+)"', page)]
        path = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), "").replace("&amp;", "&")
    assert len(seen) == 120 and seen == sorted(set(seen), reverse=True)


def test_what_is_taken_along_is_the_list_and_leaves_a_trace(browse, note, worker, audited, database):
    note("scheduler", "=HYPERLINK(1)", worker)
    browser = browse("zhen")
    browser.visit("/console/audit")
    answer = browser.submit("/console/audit/export", kind="workers")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0][:3] == ["编号", "时间", "谁"] and len(rows) == 2
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    [event] = audited("exported_audit")
    assert event.facts == {"count": 1, "asked": {"kind": "workers"}}
    assert browser.submit("/console/audit/export", all="yes").status_code == 400


def test_neither_database_lets_anybody_rewrite_the_trail(database, note, worker):
    """T13: as the application's own user."""
    note("scheduler", "match_failed", worker)
    statements = [
        update(AuditEvent).values(verb="nothing"), delete(AuditEvent), text("UPDATE audit_events SET facts = '{}'"),
        text("DELETE FROM audit_events WHERE id > 0"),
    ]  # fmt: skip
    if database.engine.dialect.name == "postgresql":
        statements.append(text("TRUNCATE audit_events CASCADE"))
    for statement in statements:
        with pytest.raises(DBAPIError, match="only added to"), database.write() as session:
            session.execute(statement)
    with database.read() as session:
        assert (
            session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.verb == "match_failed")) == 1
        )


def test_seals_cover_every_event_once_and_hold(deps, note, worker, database):
    for _ in range(3):
        note("scheduler", "match_failed", worker)
    assert audit_chain.seal(deps) == 3
    assert audit_chain.seal(deps) == 0
    note("scheduler", "match_failed", worker)
    assert audit_chain.seal(deps) == 1
    seals, events, newest, problems = audit_chain.verify(deps)
    assert (seals, events, problems) == (2, 4, []) and newest == deps.clock()


def test_an_event_that_commits_late_is_in_the_next_seal(deps, note, worker, database, owner, clock):
    """PostgreSQL gives ids before it commits: a younger id can be there first."""
    first = note("scheduler", "match_failed", worker)
    note("scheduler", "match_failed", worker)
    with database.write() as session:
        session.execute(
            insert(AuditEvent).values(
                id=first + 5, at=clock(), actor="api", verb="x", object_kind="list", object_id="x", facts={}
            )
        )
    audit_chain.seal(deps)
    with database.write() as session:
        session.execute(
            insert(AuditEvent).values(
                id=first + 3, at=clock(), actor="api", verb="late", object_kind="list", object_id="x", facts={}
            )
        )
    assert audit_chain.seal(deps) == 1
    assert audit_chain.verify(deps)[3] == []
    with database.read() as session:
        assert session.scalars(select(AuditSeal.spans).order_by(AuditSeal.number)).all() == [
            [[first, first + 1], [first + 5, first + 5]], [[first + 3, first + 3]],
        ]  # fmt: skip


@pytest.mark.parametrize(
    "tampering",
    ["changed", "taken out", "put in", "seal changed", "seal taken out", "whole row moved to another region"],
)
def test_whoever_owns_the_database_cannot_change_the_trail_unseen(
    deps, note, worker, owner, tampering, database, clock
):
    ids = []
    for _ in range(3):
        ids += [note("scheduler", "match_failed", worker), note("api", "read", worker)]
        audit_chain.seal(deps)
    assert audit_chain.verify(deps)[3] == []
    assert audit_chain.check_some(deps) == 0
    owner(
        {
            "changed": update(AuditEvent).where(AuditEvent.id == ids[2]).values(actor="staff:1"),
            "taken out": delete(AuditEvent).where(AuditEvent.id == ids[3]),
            "put in": insert(AuditEvent).values(id=ids[0] - 1 if ids[0] > 1 else 0, at=clock(), actor="api", verb="x", object_kind="list",
                                                object_id="x", facts={}),
            "seal changed": update(AuditSeal).where(AuditSeal.number == 2).values(digest="0" * 64),
            "seal taken out": delete(AuditSeal).where(AuditSeal.number == 2),
            "whole row moved to another region": update(AuditEvent).where(AuditEvent.id == ids[2]).values(region_code=FAR_VILLAGE),
        }[tampering]
    )  # fmt: skip
    assert audit_chain.verify(deps)[3] != []
    if tampering != "put in":
        assert audit_chain.check_some(deps) > 0


def test_the_page_says_until_when_nobody_touched_it_and_cries_when_somebody_did(
    browse, deps, note, worker, owner, clock
):
    event = note("scheduler", "match_failed", worker)
    browser = browse("zhen")
    assert "正在查第一遍" in words(browser.visit("/console/audit"))
    audit_chain.seal(deps)
    audit_chain.check_some(deps)
    assert re.search(r"到今天 \d\d:\d\d为止，\d+条，一条没动过", words(browser.visit("/console/audit")))
    owner(update(AuditEvent).where(AuditEvent.id == event).values(verb="nothing"))
    audit_chain.check_some(deps)
    page = words(browser.visit("/console/audit"))
    assert "被人动过" in page and "一条没动过" not in page
    audit_chain.check_some(deps)
    assert "被人动过" in words(browser.visit("/console/audit"))


def test_with_another_key_nothing_is_claimed_either_way(deps, note, worker):
    note("scheduler", "match_failed", worker)
    audit_chain.seal(deps)
    deps.settings = replace(deps.settings, secret_key="another key altogether")
    assert [problem.what for problem in audit_chain.verify(deps)[3]] == ["key"]


def test_the_command_tells_whether_the_trail_is_whole(deps, note, worker, owner, database_url, settings, monkeypatch):
    from click.testing import CliRunner

    from backend import cli

    event = note("scheduler", "match_failed", worker)
    audit_chain.seal(deps)
    for name, value in {
        "DATABASE_URL": database_url,
        "DATA_DIR": str(settings.data_dir),
        "SECRET_KEY": settings.secret_key,
    }.items():
        monkeypatch.setenv(name, value)
    whole = CliRunner().invoke(cli.main, ["audit", "verify"])
    assert whole.exit_code == 0 and "Nobody has touched the trail: 1 events" in whole.output
    owner(update(AuditEvent).where(AuditEvent.id == event).values(verb="nothing"))
    broken = CliRunner().invoke(cli.main, ["audit", "verify"])
    assert broken.exit_code == 1 and "not whole" in broken.output


def test_many_events_are_looked_at_in_parts(deps, note, worker, monkeypatch):
    monkeypatch.setattr(audit_chain, "CHECKED_AT_ONCE", 2)
    monkeypatch.setattr(audit_chain, "AT_ONCE", 1)
    for _ in range(5):
        note("scheduler", "match_failed", worker)
    assert audit_chain.seal(deps) == 5
    rounds = 0
    with deps.db.read() as session:
        kept = audit_chain.last_check(session)
    while not (kept and kept.whole_at):
        audit_chain.check_some(deps)
        rounds += 1
        with deps.db.read() as session:
            kept = audit_chain.last_check(session)
    assert rounds > 1 and kept.whole_events == 5 and kept.problem is None


def test_erasing_a_person_needs_no_rewriting_of_the_trail(browse, staff, worker, database, audited):
    """T15: an event holds ids and codes, not what was shown."""
    town = browse("zhen")
    town.visit(f"/console/workers/{worker.id}")
    town.submit(f"/console/workers/{worker.id}/reveal", field="name", reason="check_record")
    town.visit("/console/workers?words=冉大妹")
    assert audited("revealed")
    with database.read() as session:
        kept = str(session.execute(select(AuditEvent.__table__)).all())
    assert "冉大妹" not in kept and "13800007777" not in kept


def test_a_question_about_an_account_stands_in_the_trail_with_who_asked(browse, staff, audited, database):
    county = browse("xian")
    county.visit(f"/console/people/{staff['zhen']}")
    county.submit(
        f"/console/people/{staff['zhen']}/change", version="1", kind="move", role="county", region_code=COUNTY
    )
    [event] = audited("change_asked")
    with database.read() as session:
        change = session.scalars(select(StaffChange.id)).one()
    assert event.facts == {"kind": "move", "change": change, "role": "county", "region": COUNTY}
    assert "提出给田镇干的账号换岗位或地方，等同事同意" in words(county.visit("/console/audit"))


def test_every_object_named_has_the_page_it_is_linked_to(app):
    with app.test_request_context():
        for endpoint, argument in PAGES.values():
            assert url_for(endpoint, **{argument: 1}).startswith("/console/")
