"""The audit trail: readable, scoped, never rewritten, sealed (T12, T13, T15, item 8)."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import url_for
from sqlalchemy import select, text

from backend.console.audit_labels import PAGES
from backend.console.audit_verbs import KINDS
from backend.store.models import AuditEvent, Handset, Person, PlannedCall, StaffChange, Team
from backend.store.queries import audit as queries
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, HASH, OTHER_COUNTY, OTHER_VILLAGE, VILLAGE, words


@pytest.fixture
def worker(make):
    with make() as f:
        return f.make_worker("冉大妹", number="+8613800007777", village=VILLAGE)


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
    refused = browser.submit("/console/audit/export", kind="workers", reason="curious")
    assert refused.status_code == 422 and "请选一个原因" in words(refused)
    assert 'name="kind" value="workers"' in refused.text and audited("exported_audit") == []
    answer = browser.submit("/console/audit/export", kind="workers", reason="audit")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0][:3] == ["编号", "时间", "谁"] and len(rows) == 2
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    [event] = audited("exported_audit")
    assert event.facts == {"count": 1, "reason": "audit", "asked": {"kind": "workers"}}
    assert "导出了操作记录（1条），原因：检查工作" in words(browser.visit("/console/audit?verb=exported_audit"))
    assert browser.submit("/console/audit/export", kind="workers").status_code == 400
    assert browser.submit("/console/audit/export", reason="audit", all="yes").status_code == 400


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
    assert "提出给田镇干的账号换身份或地方，等同事同意" in words(county.visit("/console/audit"))


def test_every_object_named_has_the_page_it_is_linked_to(app):
    with app.test_request_context():
        for endpoint, argument in PAGES.values():
            assert url_for(endpoint, **{argument: 1}).startswith("/console/")


def test_what_lies_elsewhere_is_not_filed_here_because_it_has_no_place_of_its_own(browse, staff, make, note, database):
    """A number of 威宁 and whoever calls on it before her village is known are read in 威宁, not with the line's county."""
    with make() as f:
        stranger = f.make_worker("周某", number="+8610000009999", village=FAR_VILLAGE)
        person, handset = f.session.get_one(Person, stranger.person_id), f.session.scalars(select(Handset)).one()
        person.village_code = None
        f.make_conversation(handset, region_code=FAR_VILLAGE)
        planned = PlannedCall(handset_id=handset.id, purpose="offer", due_at=f.now, expires_at=f.now, created_at=f.now)
        team = Team(name="威宁组", region_code=OTHER_COUNTY, topics=["other"], version=1, created_at=f.now)
        f.session.add_all([planned, team])
        f.session.flush()
        things = [handset, person, stranger, planned, team]
    for each in things:
        note("scheduler", "match_failed", each)
    note(f"handset:{handset.id}", "match_failed", things[1])
    with database.read() as session:
        placed = session.scalars(select(AuditEvent.county_code).where(AuditEvent.verb == "match_failed")).all()
    assert placed == [OTHER_COUNTY] * 6
    assert "号码" not in words(browse("xian").visit("/console/audit?verb=match_failed")).split("编号")[-1]


def test_a_city_and_a_province_read_the_newest_of_their_counties_and_their_own(browse, staff, make, note, database):
    with make() as f:
        here, far = f.make_worker(village=VILLAGE), f.make_worker(village=FAR_VILLAGE)
        f.make_staff("province", "50", login="sheng", name="省里", password_hash=HASH)
    for _ in range(60):
        note("scheduler", "match_failed", here), note("scheduler", "match_failed", far)
    province = browse("sheng")
    page = province.visit("/console/audit?verb=match_failed").text
    assert page.count('id="event-') == 50 and f"劳动力{far.id}号" not in page
    more = re.search(r'rel="next" href="([^"]+)"', page).group(1).replace("&amp;", "&")
    assert province.visit(more).text.count('id="event-') == 10
    assert "省里 登录了" in words(province.visit("/console/audit?verb=logged_in"))
    assert "市里 登录了" in words(browse("shi").visit("/console/audit?verb=logged_in"))
    with database.read() as session:
        query = queries.newest(session, "50", [AuditEvent.verb.not_in(("sent_form",))], 51)
        if database.engine.dialect.name == "sqlite":
            told = query.compile(database.engine, compile_kwargs={"literal_binds": True})
            plan = "\n".join(row[3] for row in session.execute(text(f"EXPLAIN QUERY PLAN {told}")))
            assert "ix_audit_events_county_code_id" in plan and "SCAN audit_events" not in plan, plan


def test_every_kind_of_thing_can_stand_on_the_page(browse, staff, database, clock):
    """One name of a page that was renamed closed the whole trail to everybody."""
    with database.write() as session:
        for kind in KINDS:
            session.add(AuditEvent(at=clock(), actor=f"staff:{staff['zhen']}", verb="read", object_kind=kind,
                                   object_id=COUNTY if kind == "regions" else "1", message_id=None, facts={}))  # fmt: skip
    page = browse("xian").visit("/console/audit?verb=read")
    assert page.status_code == 200 and page.text.count('id="event-') == len(KINDS)
