"""Every question × everything that can happen: always a way on, a person within one key, never the same three times (V23)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.answers import KINDS, make
from ivr.call_flow import advance
from ivr.placed import FIRST_QUESTIONS, nobody_there
from ivr.questions import QUESTIONS
from ivr.steps import (
    LAST,
    Again,
    Answers,
    Ask,
    Converse,
    DialEnded,
    Digits,
    Do,
    Event,
    Hangup,
    HungUp,
    Record,
    Recorded,
    Say,
    Silence,
    Speech,
    Started,
    State,
    Step,
    Transfer,
    World,
)
from tests.support.calls import PLACED_DATA, TOWNS, WORLD, case_opened, human, my_list, offers, opening, sample

CLOSED = World(today=WORLD.today, staff_open=False, towns=TOWNS, villages=WORLD.villages)

DATA: dict[str, dict[str, Any]] = {
    **PLACED_DATA,
    "job": {"openings": offers(3)["openings"], "i": 2, "remaining": 1},
    "mine": {"offers": my_list("accepted", "offered")["offers"], "i": 0},
    "confirm": {"answer": make("confirm_take", opening=opening())},
    "which": {"openings": offers(3)["openings"], "purpose": "take"},
    "who": {"count": 3},
    "either": {"answer": sample("either_or")},
    "form": {"answer": make("ask", form="registration", field="age", attempt=1, choices=[], noted={})},
    "reg_age_ok": {"age": 58},
    "reg_town": {"page": 0},
    "reg_place_ok": {"code": "500114121002", "asked": ["reg_village", {"town": "500114121", "page": 0}]},
    "reg_trade_ok": {"job_types": ["A01"]},
    "reg_village": {"town": "500114121", "page": 2},
}

EVENTS: list[Event] = [
    *(Digits(key) for key in ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "11", "58", "999999999")),
    Speech("要得", choice="yes"), Speech("不要", choice="no"), Speech("一", choice=1), Speech("退回", choice="*"),
    Speech("喊个人来", choice=0), Speech("第二个", choice=2, ordinal=2), Speech("最后那个", ordinal=-1),
    Speech("腿断了", danger=True), Speech("咕噜咕噜"), Silence(), Recorded("http://r"), Recorded("http://r", "0"),
    Recorded("http://r", "*"), Recorded("http://r", "hangup"), DialEnded("completed"), DialEnded("no-answer"),
    DialEnded("failed"), Again(), HungUp(), Started(), Started(State("job", DATA["job"])),
]  # fmt: skip


def states() -> Iterator[State]:
    for name in QUESTIONS:
        for misses in range(4):
            yield State(name, dict(DATA.get(name, {})), back=[["main", {}]], misses=misses, again=misses)


def what_services_say(step: Step, world: World) -> list[dict[str, Any]]:
    """An answer that the services could give to what the flow asks for."""
    if isinstance(step, Converse):
        return [make("not_understood", attempt=1)]
    assert isinstance(step, Do)
    answers: dict[str, list[dict[str, Any]]] = {
        "find_jobs": [offers(3, 1)], "more_jobs": [make("no_more_jobs", shown=3)], "my_applications": [my_list("accepted")],
        "apply_job": [make("confirm_take", opening=opening())], "job_details": [make("job_details", opening=opening(), asked=[])],
        "withdraw_application": [make("confirm_withdraw", opening=opening(), code="11")],
        "talk_to_human": [human(world.staff_open)], "talked_to_human": [make("human_talked", case_id=5)],
        "nobody_came": [sample("callback_promised")], "slower": [make("slower", rate=50)], "stop_messages": [make("opted_out")],
        "ask_market_info": [make("market_info", station={"name": "零工市场"})], "leave_message": [case_opened(case_kind="voicemail")],
        "reopen_form": [DATA["form"]["answer"]], "no_more_calls": [make("calls_off")], "goodbye": [make("goodbye")],
        "will_come": [sample("outcome_noted")], "job_outcome": [sample("ask_paid")],
        "register_by_keypad": [make("registered", facts={}, for_other=False, jobs=[opening()])],
    }  # fmt: skip
    return answers[step.act]


def run(state: State, event: Event, world: World) -> tuple[State, list[Step]]:
    """One whole turn of a call: acts answered, until the caller is waited for."""
    state, steps = advance(state, event, world)
    said: list[Step] = [s for s in steps if isinstance(s, Say)]
    for _ in range(5):
        if not steps or isinstance(steps[-1], LAST):
            break
        state, steps = advance(state, Answers(what_services_say(steps[-1], world)), world)
        said += [s for s in steps if isinstance(s, Say)]
    return state, [*said, *steps[-1:]]


@pytest.mark.parametrize("world", [WORLD, CLOSED], ids=["open", "closed"])
def test_every_question_goes_on_whatever_happens(world: World) -> None:
    """I12, V23: something is said and the call waits, connects or says goodbye; the state survives as JSON."""
    import json

    for state in states():
        for event in EVENTS:
            after, steps = run(state, event, world)
            if isinstance(event, HungUp):
                assert not steps
                assert after.ended
                continue
            assert steps, (state.at, event)
            assert isinstance(steps[-1], LAST), (state.at, event)
            assert any(isinstance(step, Say) for step in steps), (state.at, event)
            # A call of ours ends when it is not wanted or nobody is there.
            assert not isinstance(steps[-1], Hangup) or state.at in FIRST_QUESTIONS, (state.at, event)
            assert State.from_json(json.loads(json.dumps(after.to_json()))) == after


def test_a_person_is_one_key_away_from_every_question() -> None:
    """V03, DESIGN §3.8: in hours the call is put through; at night a message is taken, or the way to one is open."""
    for state in states():
        _, steps = run(state, Digits("0"), WORLD)
        assert isinstance(steps[-1], Transfer), state.at
        after, steps = run(state, Digits("0"), CLOSED)
        assert after.at == "voicemail", state.at
        assert isinstance(steps[-1], Record | Ask), state.at


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("world", [WORLD, CLOSED], ids=["open", "closed"])
def test_every_answer_of_the_services_leads_on_from_every_question(kind: str, world: World) -> None:
    for state in states():
        for doing in ("converse", "find_jobs"):
            state.doing = doing
            after, steps = advance(state, Answers([sample(kind)], "inform"), world)
            if steps and isinstance(steps[-1], Do):
                after, steps = run(after, Answers(what_services_say(steps[-1], world)), world)
            assert isinstance(steps[-1], LAST), (state.at, kind)
            assert not isinstance(steps[-1], Hangup) or kind in {"goodbye", "calls_off"}


def test_every_key_a_question_names_does_something() -> None:
    for state in states():
        question = QUESTIONS[state.at]
        for key in question.keys(state, WORLD):
            if question.digits(state) == 1:
                assert question.press(state, WORLD, key) is not None, (state.at, key)


def test_a_menu_never_offers_more_than_four_keys_and_three_levels() -> None:
    """V02."""
    for state in states():
        keys = [key for key in QUESTIONS[state.at].keys(state, WORLD) if key in "12345678"]
        assert len(keys) <= 4 or QUESTIONS[state.at].digits(state) > 1, state.at
    after, _ = run(State(), Digits("4"), WORLD)
    after, _ = run(after, Digits("1"), WORLD)
    assert len(after.back) == 2  # main → other → employer


def test_nobody_is_hung_up_on_for_silence() -> None:
    """V08: not at any question, not ever (the twelve-minute limit apart); but where nobody has picked up (V15)."""
    for world in (WORLD, CLOSED):
        for state in states():
            if nobody_there(state):
                continue
            for _ in range(12):
                state, steps = run(state, Silence(), world)
                assert not isinstance(steps[-1], Hangup)
                if isinstance(steps[-1], Transfer):
                    state, steps = run(state, DialEnded("no-answer"), world)


pressed = st.sampled_from([event for event in EVENTS if not isinstance(event, HungUp | Started | Recorded | DialEnded)])


@settings(max_examples=150, deadline=None)
@given(st.lists(pressed, min_size=3, max_size=14), st.booleans())
def test_the_same_words_are_never_said_three_times_running(events: list[Event], is_open: bool) -> None:
    """V08."""
    world = WORLD if is_open else CLOSED
    state, _ = run(State(), Started(), world)
    heard: list[str] = []
    for event in events:
        state, steps = run(state, event, world)
        heard.append("".join(step.zh for step in steps if isinstance(step, Say)))
        if isinstance(steps[-1], Transfer):
            state, _ = run(state, DialEnded("busy"), world)
            heard.clear()
    for one, two, three in zip(heard, heard[1:], heard[2:], strict=False):
        assert not one == two == three
