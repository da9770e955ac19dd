"""Trouble in a call: silence, wrong keys, words not understood or not sure, danger; until a person comes (V08, V09, V17)."""

from __future__ import annotations

import pytest

from backend.domain.answers import make
from ivr.steps import Ask, Converse, Digits, Do, Record, Recorded, Silence, Speech, Transfer
from tests.support.calls import TOWNS, Walk, case_opened, human, my_list, offers, opening


def test_the_ladder_shortens_then_offers_two_then_brings_a_person() -> None:
    """V08, V09."""
    call = Walk()
    assert isinstance(call.last, Ask)
    assert call.last.timeout_s == 8
    call(Silence())
    assert "比如" in call.text
    assert isinstance(call.last, Ask)
    assert call.last.timeout_s == 10
    call(Silence())
    assert "想找活,按1。不想,按0找人。" in call.text
    call(Silence(), human())
    assert isinstance(call.last, Transfer)


def test_wrong_keys_climb_the_same_ladder() -> None:
    call = Walk()(Digits("6"))
    assert "没得这个键" in call.text
    assert isinstance(call(Digits("6"))(Digits("6"), human()).last, Transfer)


def test_three_failures_at_different_questions_bring_a_person() -> None:
    """V17."""
    call = Walk()(Digits("6"))(Digits("4"))(Digits("6"))(Digits("*"))(Digits("6"), human())
    assert isinstance(call.last, Transfer)


def test_failures_before_a_question_that_was_answered_are_over() -> None:
    """V17: whoever answers seven questions may press a wrong key at three of them."""
    call = Walk().at(towns=TOWNS)(Digits("2"))(Digits("6"))(Digits("1"))(Recorded("http://recording"))
    call(Digits("6"))(Digits("58"))(Digits("6"))(Digits("1"))(Digits("6"))
    assert call.state.at == "reg_town"
    assert isinstance(call.last, Ask)


def test_words_not_understood_are_asked_again_shorter() -> None:
    call = Walk()(Speech("呜哩哇啦"), make("not_understood", attempt=1))
    assert "我没听懂" in call.text
    assert "找活按1" in call.text


def test_without_the_engine_the_keys_go_on_working() -> None:
    """D1: the menu by voice."""
    call = Walk()(Speech("有啥子活"), make("menu", reason="unavailable"))
    assert "请按键" in call.text
    assert isinstance(call.last, Ask)
    call(Digits("1"), offers(1))
    assert "摘脆红李" in call.text


def test_silence_after_the_message_tone_still_promises_to_call_back_and_never_hangs_up() -> None:
    """V08."""
    call = Walk().at(staff_open=False)(Digits("0"), human(open_now=False))
    call(Silence())
    assert "我们会打回来" in call.text
    call(Silence())(Silence())
    assert "打回来" in call.text
    assert call.state.at == "main"
    assert call.waits


@pytest.mark.parametrize("emergency", ["120", "110"])
def test_danger_words_give_the_number_first_and_then_a_person(emergency: str) -> None:
    """DESIGN §3.8, at any question."""
    call = Walk()(Digits("2"))(Speech("腿遭砸断了", danger=True), case_opened(case_kind="injury", emergency=emergency))
    assert call.text.index("先打幺") < call.text.index("接人")
    assert isinstance(call.last, Transfer)


def test_danger_words_at_night_lead_to_a_message() -> None:
    call = Walk().at(staff_open=False)(
        Speech("遭打了", danger=True), case_opened(case_kind="violence", emergency="110")
    )
    assert "先打幺幺零" in call.text
    assert isinstance(call.last, Record)


def test_a_conversation_in_the_hands_of_staff_is_put_through() -> None:
    """DESIGN §3.12."""
    call = Walk(Walk().at(taken_over=True).world)
    assert call.last == Do("talk_to_human")
    assert "工作人员正在给您办" in call.text
    assert isinstance(Walk()(Speech("咋个样了"), *[]).last, Converse)


GUESS = make(
    "either_or",
    about="wish",
    word=None,
    choices=[{"zh": "找活", "en": "to find work"}, {"zh": "问政策", "en": "to ask"}],
)


def test_an_unsure_reading_is_asked_about_in_one_either_or_by_key() -> None:
    """V08, V11: 要找活,请按1."""
    call = Walk()(Speech("果子那个事情"), GUESS)
    assert "您是想找活,还是问政策?找活按1,问政策按2,都不是按3。" in call.text
    assert all(len(sentence) <= 25 for sentence in call.text.split("?"))
    call(Digits("1"), offers(1))
    assert call.done[-1] == ("converse", {"text": "1"})
    assert call.state.at == "job"


def test_neither_leads_to_the_menu_and_then_to_a_person() -> None:
    call = Walk()(Speech("果子那个事情"), GUESS)
    call(Speech("都不是", choice="no"), make("menu", reason="not_understood"))
    assert call.done[-1] == ("converse", {"text": "3"})
    assert call.state.at == "main"
    assert "找活,按1" in call.text
    assert isinstance(call(Speech("咕噜咕噜"), human()).last, Transfer)


def test_at_65_no_either_or_is_asked_but_a_person_called() -> None:
    """V17."""
    call = Walk().at(over_65=True)(Speech("果子那个事情"), GUESS)
    assert "您是想" not in call.text
    assert call.goes_on
    assert call.state.doing == "talk_to_human"


def test_silence_after_the_either_or_asks_it_shorter() -> None:
    call = Walk()(Speech("果子那个事情"), GUESS)(Silence())
    assert "比如找活,或者按1" in call.text


@pytest.mark.parametrize(
    ("said", "act"), [("对,不去了", "withdraw_application"), ("不去了", "withdraw_application"), ("还是要去", None)]
)
def test_not_going_is_a_yes_where_it_is_asked_whether_she_is_really_not_going(said: str, act: str | None) -> None:
    """To 去不去 the same words would be a no."""
    call = Walk()(Digits("3"), my_list("accepted"))(
        Digits("1"), make("confirm_withdraw", opening=opening(1), code="11")
    )
    call(Speech(said, choice="no" if said == "不去了" else None))
    last = call.last
    assert (last.act if isinstance(last, Do) else None) == act
    if act is None:
        assert last == Converse("2")


def test_what_was_asked_for_and_found_ends_the_count_of_failures() -> None:
    """V17: three in a row, not three in a call."""
    call = Walk()(Digits("8"))(Silence())(Digits("1"), offers(2))(Silence())
    assert call.state.at == "job"
    assert isinstance(call.last, Ask)


def test_a_read_back_that_stays_wrong_brings_a_person() -> None:
    """V17: three times the same, twice said to be wrong."""
    wrong = make("confirm_registration", facts={"age": 40}, for_other=False, notice_version="1", changed=[])
    ask = make("ask", form="registration", field="correction", attempt=1, choices=[], noted={})
    call = Walk()(Speech("我要登记"), wrong)
    call(Digits("2"), ask)(Speech("嗯嗯那个"), wrong)(Digits("2"), ask)
    assert call.waits
    call(Speech("嗯嗯那个"), wrong)
    assert call.last == Do("talk_to_human", {})


def test_a_form_that_begins_ends_the_count_of_failures() -> None:
    ask = make("ask", form="registration", field="person_name", attempt=1, choices=[], noted={})
    call = Walk()(Silence())(Silence())(Speech("我要登记"), ask)(Silence())
    assert call.state.at == "form"
    assert isinstance(call.last, Ask)
