"""Calls of ours in the flow alone: who calls, what for, the keys, nobody there, 不要再打来 (V15, V16, V17, V19, M08)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from backend.domain.answers import make
from ivr.call_flow import advance
from ivr.placed import FIRST_QUESTIONS
from ivr.prompts import catalogue, heard_length, sentences
from ivr.steps import Ask, Digits, Do, Hangup, HungUp, Placed, Say, Silence, Speech, Started, State, Step, Transfer
from tests.support.calls import WORLD, Walk, human, opening, sample

ELDER = replace(WORLD, over_65=True)
ABOUT: dict[str, Any] = {
    "offer": (opening(), 71),
    "reminder": (opening(), 71),
    "follow_up": (opening(), 71),
    "callback": (None, None),
    "still_looking": (None, None),
}
BROKEN = State(at="reg_trade", registration={"recording_url": "http://r", "age": 58})


def placed(purpose: str, world: Any = WORLD, resume: State | None = None) -> Walk:
    call = Walk(world)
    view, offer_id = ABOUT[purpose]
    call.state, call.steps = State(), []
    return call(Started(resume, Placed(purpose, view, offer_id)))


@pytest.mark.parametrize("purpose", sorted(ABOUT))
def test_v16_the_first_sentences_say_who_calls_that_it_is_a_machine_and_the_way_to_a_person(purpose: str) -> None:
    call = placed(purpose)
    assert call.text.startswith("您好。我是零工热线的机器。不收钱。找真人按0。")
    assert "不要再打来按3" in call.text
    assert isinstance(call.last, Ask)
    assert isinstance(call(Digits("0"), human()).last, Transfer)


@pytest.mark.parametrize("purpose", sorted(ABOUT))
def test_v17_for_callers_of_65_the_person_is_in_the_first_sentence(purpose: str) -> None:
    assert placed(purpose, ELDER).text.startswith("您好,想找真人说话,按0。")


@pytest.mark.parametrize("purpose", sorted(ABOUT))
@pytest.mark.parametrize("world", [WORLD, ELDER], ids=["any", "over 65"])
def test_v15_silence_is_nobody_once_more_shorter_then_goodbye(purpose: str, world: Any) -> None:
    call = placed(purpose, world)
    first = call.text
    call(Silence())
    assert isinstance(call.last, Ask) and heard_length(call.text) < heard_length(first)
    call(Silence())
    assert isinstance(call.last, Hangup)
    assert not call.state.spoke


@pytest.mark.parametrize("purpose", sorted(ABOUT))
def test_whoever_has_answered_once_is_not_hung_up_on_for_silence(purpose: str) -> None:
    call = placed(purpose)(Digits("9"))(Silence())(Silence())
    assert call.state.spoke
    assert isinstance(call(Silence(), human()).last, Transfer)


@pytest.mark.parametrize("words", ["喂", "喂?", "喂,哪个?", "你好"])
@pytest.mark.parametrize("purpose", sorted(ABOUT))
def test_picking_up_with_hello_is_no_answer_and_the_question_is_said_again(purpose: str, words: str) -> None:
    call = placed(purpose)(Speech(words))
    assert call.text.startswith("您好。我是零工热线的机器。") and "按1" in call.text
    assert call.state.misses == 0 and call.state.at in FIRST_QUESTIONS


@pytest.mark.parametrize("purpose", sorted(ABOUT))
def test_v15_key_three_is_the_opt_out_and_ends_the_call(purpose: str) -> None:
    call = placed(purpose)(Digits("3"), make("calls_off"))
    assert call.done[-1] == ("no_more_calls", {})
    assert "不再打给您" in call.text and isinstance(call.last, Hangup)


@pytest.mark.parametrize(
    ("purpose", "key", "act"),
    [
        ("offer", "1", ("apply_job", {"offer_id": 71, "opening_id": 1})),
        ("offer", "2", ("withdraw_application", {"offer_id": 71})),
        ("reminder", "1", ("will_come", {"offer_id": 71})),
        ("reminder", "2", ("withdraw_application", {"offer_id": 71, "ask": True})),
        ("follow_up", "1", ("job_outcome", {"offer_id": 71, "outcome": "arrived"})),
        ("follow_up", "2", ("job_outcome", {"offer_id": 71, "outcome": "no_show"})),
        ("callback", "2", ("goodbye", {})),
    ],
)
def test_each_key_asks_the_services_for_what_it_says(purpose: str, key: str, act: tuple[str, dict[str, Any]]) -> None:
    _, steps = advance(placed(purpose).state, Digits(key), WORLD)
    assert isinstance(steps[-1], Do)
    assert (steps[-1].act, dict(steps[-1].params)) == act


def test_v19_a_callback_goes_on_where_the_call_broke_off() -> None:
    call = placed("callback", resume=BROKEN)
    assert "想做啥子活" not in call.text, "nothing of the call that broke off before somebody is there"
    call(Digits("1"))
    assert call.state.at == "reg_trade" and "想做啥子活" in call.text
    assert call.state.registration["age"] == 58


def test_a_callback_without_anything_to_go_on_with_leads_to_the_menu() -> None:
    assert placed("callback")(Speech("要得", choice="yes")).state.at == "main"


def test_after_the_wages_were_asked_about_the_call_goes_on_as_any_other() -> None:
    call = placed("follow_up")(Digits("1"), sample("ask_paid"))
    assert call.state.at == "paid" and "工钱给了没有" in call.text
    call(Digits("1"), make("outcome_noted", outcome="paid", opening=opening()))
    assert "拿到了就好" in call.text and call.state.at == "main"


def test_what_was_settled_while_it_rang_is_told_and_nothing_else() -> None:
    _, steps = advance(State(), Started(None, Placed("over")), WORLD)
    said = [step.zh for step in steps if isinstance(step, Say)]
    assert any("办好了" in zh for zh in said) and isinstance(steps[-1], Hangup)


@pytest.mark.parametrize("purpose", sorted(ABOUT))
def test_a_hang_up_at_any_moment_leaves_a_state_that_says_whether_somebody_was_there(purpose: str) -> None:
    call = placed(purpose)
    gone, steps = advance(call.state, HungUp(), WORLD)
    assert steps == [] and gone.ended and not gone.spoke
    talked: list[Step]
    gone, talked = advance(call(Digits("9")).state, HungUp(), WORLD)
    assert talked == [] and gone.spoke


@pytest.mark.parametrize("id_", sorted(id_ for id_ in catalogue() if id_.startswith(("placed_", "paid"))))
def test_v01_what_calls_of_ours_say_is_short(id_: str) -> None:
    assert all(heard_length(one) <= 20 for one in sentences(catalogue()[id_].zh.replace("{what}", "")))
