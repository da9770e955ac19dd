"""The audit trail is only added to, and whoever owns the database cannot touch it unseen (T13)."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.exc import DBAPIError

from backend.services import audit_chain
from backend.store.models import AuditEvent, AuditSeal
from tests.integration.console.conftest import FAR_VILLAGE, VILLAGE, words


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
                    for act in ("update", "delete", "replace"):
                        connection.execute(text(f"DROP TRIGGER IF EXISTS tr_{table}_{act}"))
                else:
                    connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
            for statement in statements:
                connection.execute(statement)

    return rewrite


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


@pytest.mark.parametrize("goes_on", [False, True])
def test_the_newest_events_cut_off_with_their_seals_are_missed_by_the_page(
    browse, deps, note, worker, owner, database, goes_on
):
    """What is left fits; the last seal of the look before is gone, even when as many new ones were made since."""
    for _ in range(2):
        note("scheduler", "match_failed", worker)
        audit_chain.seal(deps)
    audit_chain.check_some(deps)
    with database.read() as session:
        last = session.scalars(select(AuditSeal).order_by(AuditSeal.number.desc())).first()
    owner(
        delete(AuditSeal).where(AuditSeal.number == last.number),
        delete(AuditEvent).where(AuditEvent.id == last.last_id),
    )
    for _ in range(3 * goes_on):
        note("scheduler", "match_failed", worker, other="than before")
        audit_chain.seal(deps)
    for _ in range(2):
        assert audit_chain.check_some(deps) == 1
    page = words(browse("zhen").visit("/console/audit"))
    assert f"第{last.number}道封条不见了" in page and "一条没动过" not in page
    assert [problem.what for problem in audit_chain.verify(deps)[3]] == ["missing"]


def test_what_was_put_in_behind_our_back_is_said_on_the_page_and_what_came_late_is_not(
    browse, deps, note, worker, database, clock
):
    first = note("scheduler", "match_failed", worker)

    def put(id_):
        with database.write() as session:
            session.execute(insert(AuditEvent).values(id=id_, at=clock(), actor="api", verb="x", object_kind="list",
                                                      object_id="x", facts={}))  # fmt: skip

    put(first + 5)
    audit_chain.seal(deps)
    put(first + 3)  # committed late: no seal covers it yet
    assert audit_chain.check_some(deps) == 0
    put(first - 1)
    assert audit_chain.check_some(deps) == 1
    assert "没有封条" in words(browse("zhen").visit("/console/audit"))


def test_no_insert_takes_the_place_of_an_event_either(database, note, worker):
    """SQLite's INSERT OR REPLACE takes the old row away without asking the trigger of DELETE (T13)."""
    event = note("scheduler", "match_failed", worker)
    values = "('2026-01-01', 'staff:99', 'x', 'list', 'x', '{}', '500114', '500114'"
    columns = "(at, actor, verb, object_kind, object_id, facts, region_code, county_code"
    if database.engine.dialect.name == "sqlite":
        statement = f"INSERT OR REPLACE INTO audit_events {columns}, id) VALUES {values}, {event})"
    else:
        statement = f"INSERT INTO audit_events {columns}, id) VALUES {values}, {event}) ON CONFLICT (id) DO UPDATE SET actor = 'staff:99'"
    with pytest.raises(DBAPIError, match="only added to"), database.write() as session:
        session.execute(text(statement))
    with database.read() as session:
        assert session.scalar(select(AuditEvent.actor).where(AuditEvent.id == event)) == "scheduler"


def test_the_rule_against_rewriting_is_there_after_all_migrations(database):
    """A later migration that copies a table on SQLite would drop its triggers without a word."""
    sqlite = database.engine.dialect.name == "sqlite"
    asked = (
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
        if sqlite
        else "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
    )
    with database.read() as session:
        there = set(session.scalars(text(asked)))
    acts = ("update", "delete", "replace") if sqlite else ("rows", "all")
    assert {f"tr_{table}_{act}" for table in ("audit_events", "audit_seals") for act in acts} <= there


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
