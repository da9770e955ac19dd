"""`/phone` in a real Chromium against the real processes: the three steps, a typed number, a call by keypad alone."""

from __future__ import annotations

import itertools
import re
import shutil
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.browser import PHONE, Open, Window
from tests.support import sounds
from tests.support.stack import Stack
from tests.support.waiting import wait_for

_numbers = itertools.count(1)
WITHIN_MS = 45_000
REGISTER, ANY_FRUIT = "我是兴泉社区的王秀英 五十八了 会采茶 想找点活路", "有没得摘果子的活"


@pytest.fixture
def window(stack: Stack, open_window: Open) -> Window:
    made = open_window(stack.url)
    made.page.goto("/phone")
    expect(made.page.locator("#person option").nth(20)).to_be_attached(timeout=WITHIN_MS)
    return made


@pytest.fixture
def number() -> str:
    return f"+8610007{next(_numbers):06}"


def use(page: Page, number: str) -> None:
    page.fill("#number", number.removeprefix("+86"))
    page.click("#use-number")
    expect(page.locator("#who-now")).to_contain_text(number)


def texted(page: Page, tap: Locator) -> str:
    """Tap something that sends a text; return the bubble that answers it."""
    theirs = page.locator(".bubble.theirs")
    before = theirs.count()
    tap.click()
    expect(theirs.nth(before)).to_be_visible(timeout=WITHIN_MS)
    return theirs.nth(before).inner_text()


def chip(page: Page, words: str) -> Locator:
    return page.locator(".steps .chip", has_text=re.compile(f"^{re.escape(words)}$"))


def press(page: Page, key: str) -> str:
    """Press a key on the keypad; return everything said from then until the line waits again."""
    captions = page.locator(".caption")
    before = captions.count()
    page.click(f"#keypad [data-key='{key}']")
    expect(captions.filter(has_text=f"按了 {key}").last).to_be_visible()
    expect(captions.nth(before + 1)).to_be_visible(timeout=WITHIN_MS)
    return "".join(captions.all_inner_texts()[before:])


def worker_of(stack: Stack, number: str) -> dict[str, Any]:
    [worker] = stack.get("/workers", phone=number)["items"]
    return worker


def test_a_newcomer_taps_through_the_three_steps_and_hears_the_same_job_by_phone(stack: Stack, window: Window) -> None:
    page = window.page
    number = page.locator("#person").input_value()
    next_step = page.locator("#next-chip")
    expect(next_step).to_have_text(REGISTER)
    asked = texted(page, chip(page, REGISTER))
    assert "王秀英" in asked and "58岁" in asked and "兴泉社区" in asked
    # The same step is on the handset, so that nobody has to scroll back for it.
    expect(next_step).to_have_text("对")
    assert "登记好了" in texted(page, next_step)
    listed = texted(page, next_step)
    assert "1 " in listed and "回数字" in listed
    taken = texted(page, next_step)
    assert "定了" in taken
    worker = worker_of(stack, number)
    assert worker["name"] == "王秀英" and worker["village_name"] == "兴泉社区"
    [offer] = stack.get("/offers", worker_id=worker["id"], status="accepted")["items"]
    title = stack.get(f"/openings/{offer['opening_id']}")["title"]
    expect(page.locator(".bubble.mine small", has_text="已收到")).to_have_count(4)
    window.check()

    expect(next_step).to_have_text("打电话")
    next_step.click()
    expect(page.locator(".caption", has_text="按3").first).to_be_visible(timeout=WITHIN_MS)
    assert title in press(page, "3")
    assert "真的不去了" in press(page, "1")
    assert "退了" in press(page, "1")
    window.check()
    page.click("#hangup")
    expect(page.locator("#call-state")).to_have_text("通话已结束")
    wait_for(
        lambda: stack.get("/offers", worker_id=worker["id"], status="withdrawn")["items"], 60, "the place is given back"
    )
    # What changed in the call is also texted (V20).
    page.click("#tab-texts")
    expect(page.locator(".bubble.theirs", has_text="退了").first).to_be_visible(timeout=WITHIN_MS)


def test_the_switch_shows_english_under_every_line_of_text_and_call(window: Window, number: str) -> None:
    page = window.page
    use(page, number)
    texted(page, chip(page, REGISTER))
    assert page.locator(".bubble .gloss").count() == 0
    page.check("#gloss")
    expect(page.locator(".bubble.theirs .gloss")).to_contain_text("58", timeout=WITHIN_MS)
    page.click(".chip[data-call]")
    theirs = page.locator(".caption.theirs")
    expect(theirs.first).to_be_visible(timeout=WITHIN_MS)
    expect(theirs.locator(".gloss").first).to_contain_text("press 0", timeout=WITHIN_MS)
    expect(page.locator(".caption.theirs:not(:has(.gloss))")).to_have_count(0, timeout=WITHIN_MS)
    window.check()
    page.uncheck("#gloss")
    expect(page.locator(".gloss")).to_have_count(0)
    page.click("#hangup")


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed (apt install espeak-ng)")
def test_a_browser_without_a_chinese_voice_hears_the_networks_own(window: Window, number: str) -> None:
    """Chromium here has no voice at all; what the line says is spoken after its words have come."""
    page = window.page
    assert page.evaluate("speechSynthesis.getVoices().filter(voice => /^(zh|cmn)/.test(voice.lang)).length") == 0
    use(page, number)
    expect(page.locator("#voice-note")).to_be_hidden()
    page.click("#tab-call")
    with page.expect_response(lambda answer: "/phone/api/voice?" in answer.url, timeout=WITHIN_MS) as spoken:
        page.click("#dial")
    assert spoken.value.status == 200
    assert spoken.value.body()[:4] == b"RIFF"
    expect(page.locator(".caption.theirs").first).to_be_visible()
    page.click("#hangup")


def test_a_recorded_prompt_is_played_and_its_words_are_written(stack: Stack, window: Window, number: str) -> None:
    """V07: what is recorded for the county is heard at once, and read by whoever cannot hear it."""
    folder = stack.data_dir / "recordings" / "500114"
    folder.mkdir(parents=True)
    (folder / "greeting.wav").write_bytes(sounds.wav())
    page = window.page
    try:
        use(page, number)
        page.click("#tab-call")
        with page.expect_response(
            lambda answer: "/twilio/voice/audio/500114/" in answer.url, timeout=WITHIN_MS
        ) as played:
            page.click("#dial")
        assert played.value.status in {200, 206}
        expect(page.locator(".caption.theirs", has_text="♪ 您好,这里是零工热线")).to_be_visible()
        page.click("#hangup")
    finally:
        shutil.rmtree(folder)


def test_a_demo_person_is_picked_and_the_line_knows_them(stack: Stack, window: Window) -> None:
    page = window.page
    page.select_option("#person", index=4)
    number = page.locator("#person").input_value()
    name = worker_of(stack, number)["name"]
    expect(page.locator("#who-now")).to_have_text(f"{name} {number}")
    chip(page, ANY_FRUIT).click()
    # Somebody the town knows may have been offered work meanwhile; the list is the text that begins to count.
    listed = page.locator(".bubble.theirs").filter(has_text=re.compile(r"】\s*1 "))
    expect(listed.last).to_be_visible(timeout=WITHIN_MS)
    assert worker_of(stack, number)["name"] == name


def test_a_number_that_is_none_is_refused_with_a_sentence(window: Window, number: str) -> None:
    page = window.page
    page.fill("#number", "12345")
    page.click("#use-number")
    expect(page.locator("#number-help")).to_contain_text("+8613800000000")
    use(page, number)
    expect(page.locator("#number-help")).to_contain_text(number)


def test_a_caller_registers_by_keypad_alone_with_the_name_said_aloud(stack: Stack, window: Window, number: str) -> None:
    page = window.page
    use(page, number)
    page.click("#tab-call")
    page.click("#dial")
    expect(
        page.locator(".caption", has_text="登记,按2").or_(page.locator(".caption", has_text="登记，按2")).first
    ).to_be_visible(timeout=WITHIN_MS)
    heard = press(page, "2")
    for _ in range(12):
        if stack.get("/workers", phone=number)["items"]:
            break
        captions = page.locator(".caption")
        before = captions.count()
        if "录音" in page.locator("#call-state").inner_text():
            page.fill("#words", "张桂芳")
            page.click("#say button[type=submit]")
            expect(page.locator(".caption.mine", has_text="录下了 张桂芳")).to_be_visible(timeout=WITHIN_MS)
            expect(captions.nth(before + 1)).to_be_visible(timeout=WITHIN_MS)
            heard = "".join(captions.all_inner_texts()[before:])
        elif "两个数字" in heard:
            # As fast as fingers are: no key may be lost on the way.
            page.click("#keypad [data-key='5']")
            page.click("#keypad [data-key='8']")
            expect(page.locator(".caption", has_text="五十八").last).to_be_visible(timeout=WITHIN_MS)
            heard = "".join(captions.all_inner_texts()[before:])
        else:
            heard = press(page, "1")
    worker = worker_of(stack, number)
    assert worker["birth_year"] and worker["village"] and worker["consent"]
    tasks = [
        case for case in stack.get("/cases", kind="write_name", limit=200)["items"] if case["worker_id"] == worker["id"]
    ]
    assert len(tasks) == 1
    page.click("#hangup")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("size", [(1280, 900), PHONE])
def test_the_page_is_sound_at_every_width_in_both_languages(
    stack: Stack, open_window: Open, size: tuple[int, int], language: str
) -> None:
    window = open_window(stack.url, size)
    page = window.page
    page.goto("/phone")
    expect(page.locator("#person option").nth(20)).to_be_attached(timeout=WITHIN_MS)
    if language == "en":
        page.click("#page-language")
        expect(page.locator("h1")).to_contain_text("Linggong Line")
        # Nothing of the page's own words is left in Chinese but the sentences one sends.
        left = [
            words
            for words in page.locator("[data-t]:visible").all_inner_texts()
            if re.search(r"[\u4e00-\u9fff]", words)
        ]
        assert left == []
    window.check()
    page.click("#tab-call")
    window.check()


def test_the_arrow_keys_move_between_texts_and_call(window: Window) -> None:
    page = window.page
    page.focus("#tab-texts")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#tab-call")).to_be_focused()
    expect(page.locator("#keypad")).to_be_visible()
    expect(page.locator("#compose")).to_be_hidden()
