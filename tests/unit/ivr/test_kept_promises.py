"""What the line says is true: no text that never comes, no company at night, no day that is past (V15–V17, V20)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.answers import make
from backend.domain.calling import takes_texts
from ivr import speech
from ivr.call_flow import advance
from ivr.speech import WITHOUT_TEXTS
from ivr.steps import Ask, Digits, Placed, Record, Speech, Started, State
from tests.support.calls import TODAY, WORLD, Walk, case_opened, offers, opening, sample

CLOSED = replace(WORLD, staff_open=False)
LANDLINE = replace(WORLD, takes_texts=False)
TAKEN = make("job_taken", opening=opening(), contact=None, code="11", registered=True)


# -- distress at night -------------------------------------------------------------------------------------------------------


def test_v17_distress_at_night_names_who_is_there_and_promises_no_company() -> None:
    call = Walk(CLOSED)(Speech("不想活了", danger=True), case_opened(case_kind="distress", emergency="120"))
    assert call.text.startswith("您莫怕。现在就打幺二三五六,说给他们听。急得很,打幺二零。我们")
    assert "打给您。" in call.text and "陪您" not in call.text and "社保所" not in call.text


def test_v17_in_distress_the_tone_comes_only_after_a_message_was_offered() -> None:
    call = Walk(CLOSED)(Speech("不想活了", danger=True), case_opened(case_kind="distress", emergency="120"))
    assert isinstance(call.last, Ask) and call.text.endswith("想说给我们听,按1。")
    assert call.state.case_id == 3
    assert isinstance(call(Digits("1")).last, Record)


# -- a phone that takes no texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "takes"), [("+8613800138000", True), ("+862379221234", False), ("+8610001230001", True), ("x", True)]
)
def test_m09_a_landline_takes_no_texts(number: str, takes: bool) -> None:
    assert takes_texts(number) is takes


def test_v20_whoever_takes_a_place_from_a_landline_is_told_to_ask_a_person() -> None:
    call = Walk(LANDLINE)(Digits("1"), offers(1))(Digits("1"), make("confirm_take", opening=opening(1)))
    call(Digits("1"), TAKEN)
    assert "到了找哪个,按0问。" in call.text and "短信" not in call.text
    assert "短信" not in call(Speech("挂了哈"), make("goodbye")).text


@pytest.mark.parametrize("kind", ["job_taken", "registered", "profile_updated", "market_info", "erase_by_text", "profile",
                                  "posting_rejected", "staff_reply", "call_summary"])  # fmt: skip
def test_v20_no_text_is_promised_to_a_landline(kind: str) -> None:
    assert "短信" in "".join(said.zh for said in speech.told(sample(kind), today=TODAY))
    assert "短信" not in "".join(said.zh for said in speech.told(sample(kind), today=TODAY, takes_texts=False))


def test_every_promise_of_a_text_has_other_words_for_a_landline() -> None:
    for instead in WITHOUT_TEXTS.values():
        assert instead is None or "短信" not in speech.prompt(instead).zh


def test_w18_whoever_cannot_read_the_text_hears_how_else_to_learn_whom_to_ask() -> None:
    assert "到了找哪个,短信发给您。看不来,按0问。" in "".join(speech.speak(TAKEN, "zh", today=TODAY))


# -- no work just now --------------------------------------------------------------------------------------------------------


def test_without_work_only_the_registered_are_promised_word() -> None:
    call = Walk()(Digits("1"), make("no_jobs", filters={}, registered=True))
    assert "有了我们告诉您。" in call.text and "登记了" not in call.text
    call = Walk()(Digits("1"), make("no_jobs", filters={}, registered=False))
    assert "登记了,有活好喊您。登记按2。" in call.text
    assert call(Digits("2")).state.at == "reg_consent"


# -- calls of ours -----------------------------------------------------------------------------------------------------------
