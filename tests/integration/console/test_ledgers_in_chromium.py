"""The ledgers in a real browser: every tab in sight, a person registered, two made one, many done at once (item 5)."""

from __future__ import annotations

import pytest
from flask import url_for

from backend.console.rooms import ROOMS
from backend.store.models import Worker
from tests.integration.console.conftest import VILLAGE
from tests.integration.console.test_in_chromium import address, database_url, log_in, playwright, tab, until, width_of

__all__ = ["address", "database_url", "tab"]
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}


def workers(database):
    with database.read() as session:
        return [(one.id, one.status, one.at_home) for one in session.query(Worker).order_by(Worker.id)]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_tab_of_a_room_lies_beyond_the_edge_and_the_one_one_stands_in_is_marked(app, tab, staff, size, language):
    """On the pages that are narrow, too."""
    tab.set_viewport_size(size)
    log_in(tab, "xian")
    if language == "en":
        tab.click("button[name=language]")
    with app.test_request_context():
        pages = [url_for(each.endpoint) for room in ROOMS for each in room.tabs]
    for page in pages:
        tab.goto(page)
        rooms = tab.query_selector_all(".tabs.room a, .tabs.behind a")
        for one in rooms:
            box = one.bounding_box()
            assert box, page
            assert box["x"] >= 0, (page, one.inner_text())
            assert box["x"] + box["width"] <= size["width"], (page, one.inner_text())
        if rooms:
            assert tab.query_selector_all(".tabs.room [aria-current]"), page


def test_of_a_row_of_filters_the_one_that_is_on_is_in_sight(tab, staff):
    log_in(tab)
    for page in ("openings?status=withdrawn", "offers?status=paid"):
        tab.goto(f"/console/{page}")
        until(tab, "document.querySelector('.bar .tabs').scrollLeft > 0")
        box = tab.locator(".bar .tabs [aria-current]").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]


def test_somebody_is_registered_at_the_window_and_takes_a_slip_home(tab, staff, database):
    """W01: typed, ticked and pressed on a phone; the slip says what to ring."""
    log_in(tab)
    tab.goto("/console/workers")
    tab.click("main >> text=现场登记 >> nth=-1")
    tab.fill("[name=name]", "冉木林")
    tab.select_option("[name=gender]", "male")
    tab.fill("[name=birth_year]", "1968")
    tab.select_option("[name=village]", index=1)
    tab.select_option("[name=phone_of]", "none")
    tab.click("summary:has-text('农活')")
    tab.check("[name=trades] >> nth=0")
    tab.click("button.main.wide")
    tab.wait_for_selector("text=零工热线登记回单")
    tab.wait_for_selector("text=冉木林")
    assert width_of(tab) <= 390
    assert [status for _, status, _ in workers(database)] == ["active"]
    tab.click("text=看整张卡")
    assert tab.url.endswith(f"/workers/{workers(database)[0][0]}")


def test_two_entries_of_one_person_are_made_one_and_taken_apart_again(tab, staff, make, database):
    """W15: found by the console, laid side by side, one press; and one press back."""
    with make() as f:
        for name in ("王小云", "王小芸"):
            f.make_worker(name, village=VILLAGE, birth_year=1968, gender="female", job_types=["A04"])
    log_in(tab)
    tab.goto("/console/merge")
    tab.click(".rows .row >> nth=0")
    assert width_of(tab) <= 390
    tab.click("button:has-text('是一个人，并成一条')")
    tab.wait_for_selector("button:has-text('拆开')")
    assert sorted(status for _, status, _ in workers(database)) == ["active", "erased"]
    tab.click("button:has-text('拆开')")
    tab.wait_for_selector("text=拆开了，两条都在")
    assert [status for _, status, _ in workers(database)] == ["active", "active"]


def test_two_who_only_look_alike_are_told_apart_and_it_is_taken_back(tab, staff, make):
    """W15: looked at side by side, one press; listed no more, but among those told apart, with the press back."""
    with make() as f:
        for year in (1968, 1969):
            f.make_worker("王小云", village=VILLAGE, birth_year=year, gender="female")
    log_in(tab)
    tab.goto("/console/merge")
    tab.click(".rows .row >> nth=0")
    tab.click("button:text-is('不是同一个')")
    tab.wait_for_selector("text=记下了：不是同一个")
    playwright.expect(tab.locator(".rows .row")).to_have_count(0)
    tab.click("main a:has-text('判过不是同一个的')")
    tab.wait_for_selector("h1:has-text('判过不是同一个的')")
    playwright.expect(tab.locator(".rows .row")).to_have_count(1)
    assert width_of(tab) <= 390
    tab.click("button:text-is('撤回')")
    tab.wait_for_selector("h1:has-text('很像的人')")
    playwright.expect(tab.locator(".rows .row")).to_have_count(1)
    tab.click(".rows .row >> nth=0")
    tab.wait_for_selector("button:text-is('不是同一个')")


def test_many_are_ticked_done_at_once_and_taken_back(tab, staff, make, database):
    """Ticked one by one, looked at before, done to the end, the way back for a day."""
    with make() as f:
        for at in range(3):
            f.make_worker(f"赵{at}", village=VILLAGE, at_home=False)
    tab.set_viewport_size(DESK)
    log_in(tab)
    tab.goto("/console/workers")
    for at in (0, 1):
        tab.check(f"[name=pick] >> nth={at}")
    tab.select_option("[name=act]", "at_home")
    tab.click("button:has-text('先看看有哪些')")
    tab.wait_for_selector("form.card button.main")
    playwright.expect(tab.locator(".card li")).to_have_count(2)
    tab.click("form.card button.main")
    tab.wait_for_selector("text=办好了2个")
    assert [at_home for _, _, at_home in workers(database)].count(True) == 2
    tab.click("button:has-text('一起撤回')")
    tab.wait_for_selector("text=撤回了2个")
    assert {at_home for _, _, at_home in workers(database)} == {False}
