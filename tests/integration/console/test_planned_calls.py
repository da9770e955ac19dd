"""The list of calls to place: own region only, numbers masked, take off, ring now; audit and roles (V15, T6, T7)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from backend.services import place_calls
from backend.settings import TIMEZONE
from backend.store.models import Handset, HandsetOwner, PlannedCall
from tests.integration.console.conftest import OTHER_VILLAGE, VILLAGE, words

NUMBER = "+8610006660001"


@pytest.fixture
def plan(make):
    """`plan("callback")` → id of a planned call to somebody of the village."""

    def planned(purpose="callback", village=VILLAGE, number=NUMBER, **more):
        with make() as f:
            worker = f.make_worker("罗桂芳", number=number, village=village, preferred_channel="voice")
            handset = f.session.get(
                Handset,
                f.session.query(HandsetOwner).filter_by(person_id=worker.person_id).one().handset_id,
            )
            offer_id = None
            if purpose != "callback":
                offer_id = f.make_offer(
                    f.make_opening(region=village), worker, expires_at=f.now + timedelta(hours=4)
                ).id
            else:
                f.make_conversation(handset, region_code=village)
            fields = {"status": "planned", "due_at": f.now + timedelta(minutes=3), "attempts": 0, "created_at": f.now,
                      "expires_at": f.now + timedelta(hours=2)}  # fmt: skip
            row = PlannedCall(handset_id=handset.id, person_id=worker.person_id if offer_id else None, purpose=purpose,
                              offer_id=offer_id, **{**fields, **more})  # fmt: skip
            return f._add(row).id

    return planned


def get(database, planned_id):
    with database.read() as session:
        return session.get_one(PlannedCall, planned_id)


def test_the_list_says_whom_for_what_and_when_and_hides_the_number(browse, plan):
    plan("callback")
    plan("offer", number="+8610006660002", attempts=1)
    page = browse("cun").visit("/console/planned-calls")
    seen = words(page)
    assert "回拨：打来没办完" in seen and "问去不去一个活" in seen
    assert "今天 10:03打" in seen and "打了1回" in seen
    assert "6660001" not in page.text and "罗桂芳" not in page.text


@pytest.mark.parametrize(("login", "sees"), [("cun", True), ("zhen", True), ("xian", True), ("shi", True), ("cun2", False), ("weining", False)])  # fmt: skip
@pytest.mark.parametrize("purpose", ["callback", "offer"])
def test_t6_only_those_of_ones_own_region_are_seen(browse, plan, login, sees, purpose):
    plan(purpose)
    assert ("等着打" in words(browse(login).visit("/console/planned-calls"))) is sees


def test_one_is_taken_off_and_written_down(browse, plan, database, audited, staff):
    planned_id = plan()
    browser = browse("cun")
    browser.visit("/console/planned-calls")
    assert browser.submit(f"/console/planned-calls/{planned_id}/cancel").status_code == 303
    row = get(database, planned_id)
    assert (row.status, row.suppressed_reason) == ("suppressed", "cancelled")
    [event] = audited("cancelled_call")
    assert (event.actor, event.object_id) == (f"staff:{staff['cun']}", str(planned_id))
    seen = words(browser.visit("/console/planned-calls?over=1"))
    assert "没有打" in seen and "工作人员不让打" in seen
    browser.submit(f"/console/planned-calls/{planned_id}/cancel")
    assert "已经打完了" in words(browser.visit("/console/planned-calls"))


def test_an_offer_taken_off_goes_out_as_a_text(browse, plan, outgoing):
    planned_id = plan("offer")
    browser = browse("cun")
    browser.visit("/console/planned-calls")
    browser.submit(f"/console/planned-calls/{planned_id}/cancel")
    assert "摘脆红李" in outgoing()[-1].body


def test_a_callback_is_rung_now_and_the_caps_still_hold(browse, plan, deps, carrier, database):
    planned_id = plan()
    browser = browse("cun")
    browser.visit("/console/planned-calls")
    assert not place_calls.something_due(deps)
    browser.submit(f"/console/planned-calls/{planned_id}/now")
    assert place_calls.place_next(deps)
    assert [to for to, _ in carrier.calls] == [NUMBER]
    browser.submit(f"/console/planned-calls/{planned_id}/now")
    assert "已经在打" in words(browser.visit("/console/planned-calls"))


def test_nobody_is_rung_now_at_night(browse, plan, clock, database):
    planned_id = plan()
    clock.set(datetime(2026, 6, 10, 20, 30, tzinfo=TIMEZONE))
    browser = browse("cun")
    page = browser.visit("/console/planned-calls")
    assert "现在打" not in page.text
    browser.submit(f"/console/planned-calls/{planned_id}/now")
    assert "不给人打电话" in words(browser.visit("/console/planned-calls"))


@pytest.mark.parametrize("what", ["cancel", "now"])
@pytest.mark.parametrize(("login", "status"), [("cun2", 404), ("weining", 404), ("shi", 403)])
def test_t7_one_of_another_region_cannot_be_touched_and_supervisors_only_look(
    browse, plan, database, what, login, status
):
    planned_id = plan()
    browser = browse(login)
    browser.visit("/console/planned-calls")
    assert browser.submit(f"/console/planned-calls/{planned_id}/{what}").status_code == status
    assert get(database, planned_id).status == "planned"


def test_the_page_is_in_english_too_and_has_an_end(browse, plan):
    for n in range(35):
        plan(number=f"+86100066610{n:02}", village=OTHER_VILLAGE if n == 0 else VILLAGE)
    browser = browse("cun")
    browser.submit("/console/language", language="en")
    first, second = (
        words(browser.visit("/console/planned-calls")),
        words(browser.visit("/console/planned-calls?page=2")),
    )
    assert "Calls to place" in first
    assert first.count("Callback:") == 30 and second.count("Callback:") == 4
