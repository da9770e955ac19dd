"""The bar of those who wait, and the list that renews itself, in a real browser (DESIGN §3.8)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from backend.services.staff_login import IDLE
from backend.store.models import Case, Conversation
from tests.integration.console.conftest import PASSWORD, VILLAGE
from tests.integration.console.test_in_chromium import CHROMIUM, database_url, log_in, playwright, width_of
from tests.support.served import served

__all__ = ["database_url"]  # a fixture of the pages in a browser

IN_TIME = 60_000  # ms: many rounds of asking, for a busy machine


@pytest.fixture
def tab(app: Any, staff: dict[str, int]) -> Iterator[Any]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with served(app) as address, playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--autoplay-policy=user-gesture-required"])  # fmt: skip
        context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768})
        page = context.new_page()
        log_in(page)
        yield page
        browser.close()


@pytest.fixture
def talk(make: Any) -> Any:
    numbers = iter(range(1, 100))

    def made(*, minutes: int = 0, asks: bool = False, due: int = 30) -> int:
        with make() as f:
            f.make_region(VILLAGE)
            at = f.now - timedelta(minutes=minutes)
            handset = f.make_handset(f"+861000888{next(numbers):04}")
            conversation = f.make_conversation(handset, region_code=VILLAGE, started_at=at, last_at=at)
            f.make_message(
                "有没得活", conversation=conversation, status="answered", intent="search_jobs", confidence=0.9
            )
            if asks:
                f._add(Case(kind="handoff", conversation_id=conversation.id, handset_id=handset.id, region_code=VILLAGE,
                            opened_at=f.now, due_at=f.now + timedelta(minutes=due), details={}, priority=1))  # fmt: skip
            return int(conversation.id)

    return made


def test_a_request_for_a_person_shows_on_any_page_rings_and_counts_down(tab, talk):
    tab.goto("/console/try")
    tab.wait_for_selector("#live[data-asked]", state="attached", timeout=IN_TIME)
    assert tab.is_hidden("#live")
    tab.click("h1")  # a browser rings only after a click
    talk(asks=True)
    tab.wait_for_selector("#live li", timeout=IN_TIME)
    assert "答应" in tab.inner_text("#live li")
    tab.wait_for_selector("#live[data-rang='1']", timeout=IN_TIME)
    assert "还有" in tab.inner_text("#live .left")
    assert not tab.query_selector("#live.late")
    tab.click("#live-sound")
    assert tab.get_attribute("#live-sound", "aria-pressed") == "true"
    talk(asks=True, due=-5)
    tab.wait_for_selector("#live li.late", timeout=IN_TIME)
    assert tab.locator("#live li").count() == 2
    assert "晚了" in tab.inner_text("#live li.late .left")
    assert tab.evaluate("document.getElementById('live').dataset.rang") == "1"  # muted
    tab.goto("/console/cases")
    assert tab.wait_for_selector("#live li", timeout=IN_TIME)
    assert tab.get_attribute("#live-sound", "aria-pressed") == "true"


def test_new_rows_come_in_on_top_and_focus_ticks_and_place_stay(tab, talk, make):
    old = [talk(minutes=n + 1) for n in range(20)]
    tab.goto("/console/conversations")
    tab.wait_for_selector("#unread-count:not([hidden])", timeout=IN_TIME)
    assert tab.inner_text("#unread-count") == "20"
    tab.check(f"#talk-{old[3]} input")
    tab.focus(f"#talk-{old[12]} a.row")
    tab.evaluate(f"document.getElementById('talk-{old[12]}').scrollIntoView({{block: 'center'}})")
    place = tab.evaluate(f"document.getElementById('talk-{old[12]}').getBoundingClientRect().top")
    fresh = talk()
    tab.wait_for_selector(f"#talk-{fresh}", timeout=IN_TIME, state="attached")
    assert tab.evaluate("document.querySelector('#inbox li').id") == f"talk-{fresh}"
    assert tab.is_checked(f"#talk-{old[3]} input")
    assert tab.evaluate("document.activeElement.closest('li').id") == f"talk-{old[12]}"
    now = tab.evaluate(f"document.getElementById('talk-{old[12]}').getBoundingClientRect().top")
    assert abs(now - place) < 2
    assert tab.inner_text("#inbox-news") == "来了新消息。"


def test_the_list_is_gone_through_by_keys(tab, talk):
    for n in range(5):
        talk(minutes=n)
    tab.goto("/console/conversations")
    ids = tab.eval_on_selector_all("#inbox li", "rows => rows.map(row => row.id)")
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    tab.keyboard.press("ArrowDown")
    tab.keyboard.press("k")
    assert tab.evaluate("document.activeElement.closest('li').id") == ids[1]
    tab.keyboard.press("x")
    assert tab.is_checked(f"#{ids[1]} input")
    tab.keyboard.press("?")
    tab.wait_for_selector("text=看快捷键")
    tab.keyboard.press("/")
    assert tab.evaluate("document.activeElement.id") == "q"
    tab.keyboard.type("活")
    assert tab.input_value("#q") == "活"
    tab.focus(f"#{ids[2]} a.row")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/conversations/*")


def test_a_session_that_is_over_is_said_with_a_way_back_in_beside_what_was_typed(tab, clock, talk):
    one = talk(asks=True)
    tab.goto(f"/console/conversations/{one}")
    tab.wait_for_selector("#live li", timeout=IN_TIME)
    tab.fill("textarea[name=body]", "屋头漏雨，要修")
    clock.advance(seconds=IDLE.total_seconds() + 1)
    link = tab.wait_for_selector("#live a:has-text('登录过期了')", timeout=IN_TIME)
    with tab.context.expect_page() as opened:
        link.click()
    beside = opened.value
    beside.fill("[name=login]", "cun")
    beside.fill("[name=password]", PASSWORD)
    beside.click(".door button.main")
    beside.wait_for_selector("h1")
    beside.close()
    tab.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # headless tabs are never out of sight
    tab.wait_for_selector("#live li", timeout=IN_TIME)
    tab.click("form[action$='/note'] button")
    tab.wait_for_url("**/console/drafts")
    tab.click("main form[action$='/note'] button.main")
    tab.wait_for_selector("text=屋头漏雨，要修", timeout=IN_TIME)
    assert tab.url.split("#")[0].endswith(f"/console/conversations/{one}")


def test_the_bar_leaves_a_phone_its_room(tab, talk):
    for minutes in range(4):
        talk(minutes=minutes, asks=True)
    tab.set_viewport_size({"width": 390, "height": 844})
    tab.goto("/console/conversations")
    tab.wait_for_selector("#live li", timeout=IN_TIME)
    assert tab.inner_text("#live-more") == "还有3个人"
    assert tab.evaluate("document.getElementById('live').offsetHeight") <= 844 / 5


def test_the_list_fits_a_phone(tab, talk, database):
    one = talk(asks=True)
    with database.write() as session:
        session.get(Conversation, one).taken_by = 1
    tab.set_viewport_size({"width": 390, "height": 844})
    for path in ("/console/conversations", "/console/conversations?q=有没&show=review", "/console/conversations?q=茶"):
        tab.goto(path)
        tab.wait_for_selector("#live li", timeout=IN_TIME)
        assert width_of(tab) <= 390, path
