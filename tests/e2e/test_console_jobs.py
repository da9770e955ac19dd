"""The jobs of the console in a real Chromium against the real processes, one after the other as a station's day goes."""

from __future__ import annotations

import itertools
import re
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browser import Open
from tests.e2e.test_console_pages import Enter, conversation_of, enter, press, registered, try_password
from tests.support.clock import today
from tests.support.stack import Stack
from tests.support.waiting import wait_for

__all__ = ["enter"]  # a fixture
DESK = (1366, 768)
_numbers = itertools.count(1)


@pytest.fixture
def number() -> str:
    return f"+8610005{next(_numbers):06}"


def open_talk(page: Page, stack: Stack, number: str) -> None:
    page.goto(f"/console/conversations/{conversation_of(stack, number)}")


def test_a_talk_is_found_by_its_words_and_by_its_mark(stack: Stack, enter: Enter, number: str) -> None:
    """Item 1: search over what was said, a filter, both at once; read talks are no longer new."""
    stack.text(number, "我在枫木坳那边想找点背砖头的活路")
    stack.text(number, "喊个真人来跟我说")
    page = enter("county", DESK)
    page.goto("/console/conversations")
    page.fill("#q", "枫木坳")
    press(page, "找")
    expect(page.locator(".rows .row")).to_have_count(1)
    expect(page.locator(".rows mark").first).to_contain_text("枫木坳")
    page.locator(".filters a", has_text="要找人").click()
    expect(page.locator(".rows .row")).to_have_count(1)
    page.locator(".rows .row").click()
    expect(page.locator(".turn.in", has_text="枫木坳")).to_be_visible()
    page.goto("/console/conversations?q=" + "没有人说过的话")
    expect(page.locator(".empty")).to_be_visible()


def test_whoever_asks_for_a_person_appears_by_itself_with_the_promised_time_and_a_switch_for_the_sound(
    stack: Stack, enter: Enter, number: str
) -> None:
    """Item 4: without a reload, on whatever page is open."""
    page = enter("county", DESK)
    page.goto("/console/workers")
    stack.text(number, "喊个真人来跟我说")
    waiting = page.locator("#live-waiting li")
    mine = waiting.filter(has_text=number[-4:])
    more = page.locator("#live-more")
    expect(mine.or_(more.filter(visible=True)).first).to_be_visible()
    expect(waiting.first).to_contain_text("前")
    sound = page.locator("#live-sound")
    sound.click()
    before = sound.get_attribute("aria-pressed")
    sound.click()
    assert sound.get_attribute("aria-pressed") != before


def test_a_person_steps_in_answers_and_gives_the_line_back(stack: Stack, enter: Enter, number: str) -> None:
    registered(stack, number, "冉木秀")
    page = enter("county", DESK)
    open_talk(page, stack, number)
    press(page, "我来接手")
    expect(page.locator("#step-in")).to_contain_text("机器不说话")
    asked = stack.send(number, "那边管不管饭")["seq"]
    page.fill("#text", "管中午饭，明天早上八点到驿站门口坐车")
    press(page, "发短信")
    wait_for(lambda: [t for t in stack.received(number, asked) if "中午饭" in t], 60, "the reply reaches the handset")
    page.locator("#notes textarea").fill("说好明天早上坐车")
    press(page, "记下备注")
    expect(page.locator("#notes")).to_contain_text("说好明天早上坐车")
    press(page, "交还给机器")
    expect(page.locator("#step-in")).to_contain_text("机器在回话")


def test_somebody_without_a_phone_is_registered_at_the_window_and_the_same_again_is_merged(
    stack: Stack, enter: Enter
) -> None:
    """Item 5, W01: who is written down twice is seen side by side."""
    page = enter("county", DESK, (409,))

    def register(year: str) -> None:
        page.goto("/console/window")
        page.fill("[name=name]", "冉木林")
        page.select_option("[name=gender]", "male")
        page.fill("[name=birth_year]", year)
        page.select_option("[name=village]", index=1)
        page.select_option("[name=phone_of]", index=page.locator("[name=phone_of] option").count() - 1)
        page.locator("[name=trades]").first.check()
        for use in page.locator("[name=uses]").all():
            use.check()
        page.locator("button.main.wide").click()

    register("1968")
    expect(page.locator("main")).to_contain_text("台账号")
    register("1968")
    expect(page.locator(".card.watch")).to_contain_text("已经有一个很像的人")
    page.check("[name=not_the_same]")
    page.locator("button.main.wide").click()
    expect(page.locator(".card.watch")).to_have_count(0)
    page.goto("/console/merge")
    pair = page.locator(".rows .row", has_text="冉**").first
    expect(pair).to_be_visible()
    pair.click()
    press(page, "是一个人，并成一条")
    expect(page.get_by_role("status").first).to_be_visible()
    expect(page).to_have_url(re.compile(r"/console/workers/\d+"))


def test_openings_are_decided_one_after_the_other(stack: Stack, enter: Enter) -> None:
    """Item 5: what waits for review, with what was flagged."""
    starts = today() + timedelta(days=3)
    title = f"洗盘子{next(_numbers)}号桌"
    stack.api("POST", "/openings", json={
        "job_type": "S04", "title": title, "employer": {"name": "试桌饭店(虚构)", "phone": "+8610002009908"}, "headcount": 2,
        "region": "500114121002", "starts_on": starts.isoformat(), "ends_on": starts.isoformat(), "meals": True, "insured": True,
        "hours": {"from": "08:00", "to": "17:00"}, "pay": {"min": 160, "max": 160, "unit": "day", "settlement": "daily"},
    }).raise_for_status()  # fmt: skip
    page = enter("county", DESK)
    page.goto("/console/openings")
    page.get_by_text(title).first.click()
    page.locator("button[name=decision][value=publish]").first.wait_for()
    page.wait_for_load_state()
    if page.locator("[name=checked]").count():
        page.check("[name=checked]")
        page.fill("[name=reason]", "打电话问过，是真的")
    page.locator("button[name=decision][value=publish]").first.click()
    expect(page.get_by_role("status").first).to_be_visible()


def test_a_poster_is_a_file_to_print(stack: Stack, enter: Enter, tmp_path: Path) -> None:
    """Item 6."""
    page = enter("county", DESK)
    page.goto("/console/faces")
    address = page.locator("a", has_text="热线海报A4").first.get_attribute("href")
    answer = page.context.request.get(f"{stack.url}{address}")
    assert answer.headers["content-type"].startswith("application/pdf")
    assert answer.body().startswith(b"%PDF")


def test_a_colleague_is_invited_sets_a_password_and_a_second_factor_and_comes_in_with_it(
    stack: Stack, enter: Enter, open_window: Open
) -> None:
    """Item 8."""
    login, password = f"xiangxia{next(_numbers)}", "枫叶 河滩 七月 板凳 竹篮"
    page = enter("county", DESK)
    page.goto("/console/people")
    page.locator("summary", has_text="请一个人进来").click()
    page.fill("form [name=name]", "石新来")
    page.fill("form [name=login]", login)
    page.select_option("details [name=role]", "village")
    page.select_option("details [name=region_code]", "500114121002")
    press(page, "出码")
    code = page.locator(".onetime code").inner_text()

    theirs = open_window(stack.url, DESK, (401, 422)).page
    theirs.goto("/console/login/code")
    theirs.fill("[name=code]", code)
    theirs.fill("[name=password]", password)
    theirs.fill("[name=again]", password)
    press(theirs, "设好密码")
    try_password(theirs, login, password)
    theirs.locator(".rooms").wait_for()
    theirs.goto("/console/account/second-factor")
    theirs.fill("[name=password]", password)
    theirs.locator("form button.main").click()
    theirs.locator("summary", has_text="扫不了").click()
    secret = theirs.locator(".onetime code").inner_text().replace(" ", "")
    theirs.fill("[name=totp_code]", pyotp.TOTP(secret).now())
    theirs.locator("form button.main").last.click()
    spare = theirs.locator(".paper code").first.inner_text()
    press(theirs, "退出")
    try_password(theirs, login, password)
    # The next six digits come in half a minute; one of the codes on paper lets them in at once.
    theirs.fill("[name=totp_code]", spare)
    theirs.locator(".door button.main").click()
    expect(theirs.locator(".rooms")).to_be_visible()


def test_a_number_of_the_dashboard_opens_just_what_it_counts(stack: Stack, enter: Enter, number: str) -> None:
    """Item 7: what was texted and rung today stands in the figures and in the lists behind them."""
    stack.text(number, "有没得摘果子的活")
    call = stack.call(number)
    call.press("3")
    call.hang_up()
    page = enter("county", DESK)
    for name in ("texts_in", "calls_in", "understood", "conversations"):
        page.goto("/console/figures")
        figure = page.locator(f"[data-set={name}]").first
        size = int(figure.get_attribute("data-size") or 0)
        assert size > 0
        figure.click()
        rows = page.locator("#rows > li")
        expect(rows).to_have_count(min(size, 50))
        expect(page.locator(".lead")).to_contain_text(f"一共{size}条")
    page.goto("/console/figures")
    for chart in page.locator(".chart img").all():
        chart.scroll_into_view_if_needed()
        # It is fetched when it comes in sight.
        wait_for(
            lambda chart=chart: chart.evaluate("image => image.complete && image.naturalWidth > 0"), what="a chart"
        )
