"""Correcting in a real browser, as a new member of staff does it: by choosing words with the mouse, by keys, without script."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.services import correct_turn
from backend.services.correct_turn import Wish
from backend.store.models import AuditEvent, HandsetOwner, Message, Worker
from tests.integration.console.conftest import VILLAGE
from tests.integration.console.test_accessibility import axe, violations  # noqa: F401
from tests.integration.console.test_in_chromium import address, database_url, log_in, tab, width_of  # noqa: F401

SHOTS = os.environ.get("SHOTS")
SAID = "我叫罗桂芳,五十八岁,会采茶,明天有空"
HOSTILE = "<script>document.title='taken'</script><img src=x onerror=alert(1)>我要采茶"


@pytest.fixture
def talk(make, staff):
    with make() as f:
        f.make_region(VILLAGE, "兴泉社区")
        worker = f.make_worker("罗桂芳", birth_year=f.today.year - 48, job_types=["A01"], gender="female")
        owner = f.session.scalar(select(HandsetOwner).where(HandsetOwner.person_id == worker.person_id))
        conversation = f.make_conversation(owner.handset, person_id=worker.person_id, region_code=VILLAGE)
        first = f.make_message(SAID, conversation=conversation, normalized_text=SAID, intent="register_worker", confidence=0.55,
                               status="answered", handled_by="rasa",
                               entities=[{"entity": "person_name", "text": "罗桂芳", "value": "罗桂芳"},
                                         {"entity": "age", "text": "五十八岁", "value": 48},
                                         {"entity": "job_type", "text": "采茶", "value": "A01"}])  # fmt: skip
        f.make_message("【黔江零工】记下了。", conversation=conversation, direction="outbound", status="delivered")
        second = f.make_message(HOSTILE, conversation=conversation, normalized_text=HOSTILE, intent="search_jobs", confidence=0.8,
                                status="answered", handled_by="rasa",
                                entities=[{"entity": "job_type", "text": "采茶", "value": "A01"}])  # fmt: skip
        f._add(AuditEvent(at=f.now, actor="handset:1", verb="registered", object_kind="workers", object_id=str(worker.id),
                          message_id=first.id, facts={}))  # fmt: skip
        return {"conversation": conversation.id, "first": first.id, "second": second.id, "worker": worker.id,
                "year": f.today.year}  # fmt: skip


def values(database, turn_id: int) -> list[tuple[str, object, str]]:
    with database.read() as session:
        corrected = session.get_one(Message, turn_id).corrected or {}
    return [(one["entity"], one["value"], one["text"]) for one in corrected.get("entities", [])]


def drag_over(tab, turn_id: int, text: str) -> None:  # noqa: F811
    """Choose `text` in a turn as a hand does: press at its first sign, let go behind its last."""
    box = tab.evaluate(
        """([id, text]) => {
            const words = document.querySelector(`[data-turn="${id}"] [data-words]`);
            const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
            const nodes = [];
            let all = "";
            while (walker.nextNode()) { nodes.push([all.length, walker.currentNode]); all += walker.currentNode.data; }
            const at = (place, end) => {
                const [start, node] = nodes.filter(([start, node]) => end ? start < place : start <= place).pop();
                return [node, place - start];
            };
            const first = all.indexOf(text), range = document.createRange();
            range.setStart(...at(first, false));
            range.setEnd(...at(first + text.length, true));
            range.startContainer.parentElement.scrollIntoView({ block: "center" });
            const box = range.getBoundingClientRect();
            return [box.left, box.right, box.top + box.height / 2];
        }""",
        [turn_id, text],
    )
    left, right, middle = box
    tab.mouse.move(left + 1, middle)
    tab.mouse.down()
    tab.mouse.move((left + right) / 2, middle)
    tab.mouse.move(right - 1, middle)
    tab.mouse.up()


def shot(tab, name: str) -> None:  # noqa: F811
    if SHOTS:
        tab.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def test_a_wrong_value_is_put_right_with_its_ledger_in_three_steps(tab, talk, database):  # noqa: F811
    """A click on the wrong value, the right one typed, a click on the button: the card follows."""
    tab.set_viewport_size({"width": 1366, "height": 768})
    log_in(tab)
    tab.goto(f"/console/conversations/{talk['conversation']}")
    shot(tab, "conversation")
    tab.click(f"#turn-{talk['first']} a[data-entity=age]")
    tab.fill(".panel input[name=value]", "58")
    tab.wait_for_selector(".panel .told .tick")
    shot(tab, "correcting")
    assert "从48岁改成58岁" in tab.inner_text(".panel .told")
    tab.click(".panel form[data-value] button.main")
    tab.wait_for_selector(".notice.done")
    assert ("age", 58, "五十八岁") in values(database, talk["first"])
    with database.read() as session:
        assert session.get_one(Worker, talk["worker"]).person.birth_year == talk["year"] - 58


def test_words_are_chosen_with_the_mouse_and_named_in_at_most_six_clicks(tab, talk, database):  # noqa: F811
    log_in(tab)
    tab.goto(f"/console/conversations/{talk['conversation']}")
    drag_over(tab, talk["first"], "明天")  # 1
    tab.wait_for_selector(".panel")
    tab.select_option(".panel select[name=entity]", "date")  # 2, 3
    tab.wait_for_selector(".panel .told .value")
    tab.click(".panel form[data-value] button.main")  # 4
    tab.wait_for_selector(".notice.done")
    assert [(kind, text) for kind, _, text in values(database, talk["first"])][-1] == ("date", "明天")


def test_a_choice_that_touches_a_hidden_name_takes_the_whole_of_it(tab, talk, database):  # noqa: F811
    log_in(tab)
    tab.goto(f"/console/conversations/{talk['conversation']}")
    drag_over(tab, talk["first"], "叫罗")
    tab.wait_for_selector(".panel")
    assert tab.input_value(".panel input[name=end]") == "5"
    tab.select_option(".panel select[name=entity]", "location")
    tab.wait_for_selector(".panel .told .wrong")
    assert "还盖着" in tab.inner_text(".panel .told")


def test_the_keys_go_from_turn_to_turn_mark_right_and_take_back(tab, talk, database):  # noqa: F811
    log_in(tab)
    tab.goto(f"/console/conversations/{talk['conversation']}")
    assert tab.title() != "taken"
    tab.keyboard.press("r")
    tab.wait_for_selector(f"#turn-{talk['first']}.looked")
    tab.wait_for_selector(f"#turn-{talk['second']}.here")  # the next one is at hand
    tab.keyboard.press("k")
    tab.keyboard.press("u")
    tab.wait_for_selector(f"#turn-{talk['first']}.unlooked.here")  # marked by the script: it hears the keys
    tab.keyboard.press("i")
    tab.keyboard.type("改登记")
    tab.keyboard.press("Enter")
    tab.wait_for_selector(f"#turn-{talk['first']} .intent.fixed")
    with database.read() as session:
        assert session.get_one(Message, talk["first"]).corrected["intent"] == "update_profile"
    tab.wait_for_load_state()  # before that no script hears the keys
    tab.keyboard.press("?")
    tab.wait_for_selector("#keyhelp")


def test_a_value_out_of_a_list_is_chosen(tab, talk, database):  # noqa: F811
    log_in(tab)
    tab.goto(f"/console/conversations/{talk['conversation']}")
    tab.click(f"#turn-{talk['second']} a[data-entity=job_type]")
    tab.select_option(".panel select[data-choices]", "B03")
    tab.wait_for_selector(".panel .told .tick")
    assert not tab.is_checked(".panel .told input")  # nothing tells that the card has it from this question
    tab.click(".panel form[data-value] button.main")
    tab.wait_for_selector(".notice.done")
    assert values(database, talk["second"]) == [("job_type", "B03", "采茶")]


def test_what_was_chosen_out_of_a_list_still_stands_after_a_colleague_was_quicker(tab, talk, deps, member, database):  # noqa: F811
    """C5: the page says so, and pressing again stores it."""
    log_in(tab)
    tab.goto(f"/console/turns/{talk['second']}?number=0")
    tab.select_option("select[data-choices]", "B03")
    correct_turn.correct(deps, member("zhen"), talk["second"], Wish("right"), 0)
    tab.click("form[data-value] button.main")
    tab.wait_for_selector(".overtaken")
    assert tab.input_value("select[data-choices]") == "B03"
    tab.click("form[data-value] button.main")
    tab.wait_for_selector(".effects")
    tab.click(".effects button.main")
    tab.wait_for_selector(".notice.done")
    assert values(database, talk["second"]) == [("job_type", "B03", "采茶")]


def test_what_was_typed_and_is_in_no_list_stays_too(tab, talk):  # noqa: F811
    log_in(tab)
    tab.goto(f"/console/turns/{talk['second']}?number=0")
    tab.evaluate("document.querySelector('select[data-choices]').append(new Option('摘星星', '摘星星', true, true))")
    tab.click("form[data-value] button.main")
    tab.wait_for_selector(".notice.problem")
    assert tab.input_value("select[data-choices]") == "摘星星"


def test_without_the_script_the_same_is_done_by_forms(address, talk, database):  # noqa: F811
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    from tests.integration.console.test_in_chromium import CHROMIUM

    if CHROMIUM is None:
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_context(java_script_enabled=False, base_url=address).new_page()
        log_in(page)
        page.goto(f"/console/conversations/{talk['conversation']}")
        page.click(f"#turn-{talk['first']} a[data-entity=age]")
        page.fill("form[data-value] input[name=value]", "五十八")
        page.click("form[data-value] button.main")
        shot(page, "without-script")
        assert "把登记里的年龄从48岁改成58岁" in page.inner_text(".effects")
        page.click(".effects button.main")
        assert "登记也一起改了" in page.inner_text(".notice.done")
        browser.close()
    with database.read() as session:
        assert session.get_one(Worker, talk["worker"]).person.birth_year == talk["year"] - 58


def test_on_paper_stands_who_printed_it_and_nothing_to_press(tab, talk):  # noqa: F811
    log_in(tab)
    tab.add_init_script("window.print = () => {}")
    tab.goto(f"/console/conversations/{talk['conversation']}?print=1")
    tab.emulate_media(media="print")
    shot(tab, "paper")
    assert "冉村官" in tab.inner_text(".watermark")
    tab.wait_for_selector(".watermark")
    assert not any(button.is_visible() for button in tab.query_selector_all("button, .act a"))
    assert "罗桂芳" not in tab.inner_text("main")


PAGES = (
    "conversations/{conversation}",
    "turns/{first}",
    "turns/{first}?number=1",
    "training/examples",
    "conversations.csv",
)


def test_the_pages_of_reviewing_fit_a_phone_and_have_no_serious_barrier(tab, talk, axe):  # noqa: F811
    log_in(tab)
    tab.goto(f"/console/conversations/{talk['conversation']}")
    tab.keyboard.press("r")
    tab.wait_for_selector(f"#turn-{talk['first']}.looked")
    for page in PAGES:
        tab.goto("/console/" + page.format(**talk))
        if page.startswith("conversations/"):
            tab.click(f"#turn-{talk['second']} a[data-entity=job_type]")  # with the forms open
        assert width_of(tab) <= 390, page
        shot(tab, "phone-" + page.split("/")[0])
        assert violations(tab, axe) == [], page


def test_a_meaning_is_found_by_a_word_of_it_and_the_likely_ones_are_a_press_away(tab, talk, database):  # noqa: F811
    """Nobody has to know that it is called 反映问题: 工钱 finds it."""
    log_in(tab)
    tab.goto(f"/console/conversations/{talk['conversation']}")
    tab.click(f"#turn-{talk['first']} [data-fix]")
    tab.fill(".panel [data-find] input", "工钱")
    assert tab.input_value(".panel select[name=intent]") == "report_problem"
    likely = tab.locator(".panel [data-likely] button")
    assert "说哪天有空" in likely.all_inner_texts()
    likely.get_by_text("说哪天有空").click()
    tab.wait_for_selector(".notice.done")
    with database.read() as session:
        assert session.get_one(Message, talk["first"]).corrected["intent"] == "set_availability"
