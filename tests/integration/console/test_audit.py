"""The audit trail: readable, scoped, never rewritten, sealed (T12, T13, T15, item 8)."""

from __future__ import annotations

import csv
import io
import re

import pytest
from flask import url_for
from sqlalchemy import select

from backend.console.audit_labels import PAGES
from backend.store.models import AuditEvent, StaffChange
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words


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
    answer = browser.submit("/console/audit/export", kind="workers")
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True).lstrip("\ufeff"))))
    assert rows[0][:3] == ["编号", "时间", "谁"] and len(rows) == 2
    assert not any(cell[:1] in "=+-@" for row in rows for cell in row if cell)
    [event] = audited("exported_audit")
    assert event.facts == {"count": 1, "asked": {"kind": "workers"}}
    assert browser.submit("/console/audit/export", all="yes").status_code == 400


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
