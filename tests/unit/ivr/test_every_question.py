"""Each question of a call by itself: silence, a wrong key, words, words not understood, and the line going dead.

The tests are made from the questions, so a new question without sample data in tests/support/call_answers.py fails here.
"""

from __future__ import annotations

import json

import pytest

from backend.domain.answers import make
from ivr.call_flow import HARD_LIMIT_S, MOST_TURNS, SOFT_LIMIT_S, advance
from ivr.placed import FIRST_QUESTIONS, nobody_there
from ivr.questions import QUESTIONS
from ivr.steps import (
    LAST,
    Ask,
    Converse,
    Digits,
    Hangup,
    HungUp,
    Record,
    Silence,
    Speech,
    Started,
    State,
    Step,
    Transfer,
    World,
)
from tests.support.call_answers import CLOSED, DATA, MUMBLED, NOT_UNDERSTOOD
from tests.support.call_paths import run, words_of
from tests.support.calls import WORLD, case_opened

every_question = pytest.mark.parametrize("name", sorted(QUESTIONS))


def fresh(name: str, world: World = WORLD) -> tuple[State, list[Step]]:
    """The call has just come to this question."""
    question = QUESTIONS[name]
    state = State(name, dict(DATA.get(name, {})), back=[["main", {}]], spoke=True)
    return state, list(question.ask(state, world, 0))


def wrong_key(name: str) -> str:
    named = QUESTIONS[name].keys(State(name, dict(DATA.get(name, {}))), WORLD)
    return next((key for key in "6543" if key not in named), "03")


def listens(name: str, state: State) -> State:
    """A question that records hears no key and no word until its second asking."""
    if QUESTIONS[name].records:
        state.misses = 1
    return state


def climbs(name: str, event: object, world: World) -> list[str]:
    """What is said at the first, second and third failure; the last must have brought somebody, or the promise of it."""
    state, _ = fresh(name, world)
    state = state if isinstance(event, Silence) else listens(name, state)
    heard = []
    for _ in range(3):
        state, steps = run(state, event, world)  # type: ignore[arg-type]
        assert isinstance(steps[-1], LAST) and not isinstance(steps[-1], Hangup)
        heard.append(words_of(steps))
        if isinstance(steps[-1], Transfer) or state.at != name:
            break
        assert state.misses, "a rung was climbed"
    assert isinstance(steps[-1], Transfer) or state.at in {"voicemail", "main"}
    return heard


@every_question
@pytest.mark.parametrize("world", [WORLD, CLOSED], ids=["open", "closed"])
def test_silence_is_met_with_other_words_and_then_with_a_person(name: str, world: World) -> None:
    """V08: never the same again, never hung up on."""
    heard = climbs(name, Silence(), world)
    assert all(heard) and len(set(heard)) == len(heard)


@every_question
def test_silence_is_waited_for_longer_the_second_time(name: str) -> None:
    """V09."""
    state, _ = fresh(name)
    _, first = run(state, Digits("9"), WORLD)
    assert (isinstance(first[-1], Ask) and first[-1].timeout_s == 8) or isinstance(first[-1], Record)
    _, second = run(state, Silence(), WORLD)
    assert isinstance(second[-1], Ask) and second[-1].timeout_s == 10


@every_question
@pytest.mark.parametrize("world", [WORLD, CLOSED], ids=["open", "closed"])
def test_a_wrong_key_is_told_and_leads_to_a_person_in_the_end(name: str, world: World) -> None:
    """V08, V17: three failures."""
    heard = climbs(name, Digits(wrong_key(name)), world)
    assert all(heard) and len(set(heard)) == len(heard)


@every_question
def test_any_words_go_to_the_conversation_or_answer_the_question(name: str) -> None:
    """V04: free speech at every step; the key of a question may be said as well."""
    state, _ = fresh(name)
    _, steps = advance(listens(name, state), Speech("后天有没得摘果子的活路"), WORLD)
    assert steps[-1] == Converse("后天有没得摘果子的活路")
    question = QUESTIONS[name]
    for key in question.keys(state, WORLD):
        if key in "1234" and question.digits(state) == 1 and name != "form":
            after, steps = run(state, Digits(key), WORLD)
            said, by_word = run(state, Speech(key, choice=int(key)), WORLD)
            assert (said.at, words_of(by_word)) == (after.at, words_of(steps)), key


@every_question
def test_words_not_understood_are_asked_again_shorter_and_then_a_person_comes(name: str) -> None:
    """V08, V17."""
    state, _ = fresh(name)
    state = listens(name, state)
    heard: list[str] = []
    for _ in range(3):
        state, steps = run(state, Speech(MUMBLED), WORLD, *NOT_UNDERSTOOD[0][1])
        heard.append(words_of(steps))
        if isinstance(steps[-1], Transfer) or state.at != name:
            break
    assert isinstance(steps[-1], Transfer) or state.at in {"voicemail", "main"}
    assert all(heard) and len(set(heard)) == len(heard)


@every_question
@pytest.mark.parametrize("emergency", ["120", "110"])
def test_danger_words_bring_the_number_and_a_person_at_once(name: str, emergency: str) -> None:
    """V17: injury says 120, violence 110, before anything else."""
    state, _ = fresh(name)
    told = case_opened(case_kind="injury" if emergency == "120" else "violence", emergency=emergency)
    _, steps = run(listens(name, state), Speech("出事了", danger=True), WORLD, told)
    assert isinstance(steps[-1], Transfer)
    assert ("幺二零" if emergency == "120" else "幺幺零") in words_of(steps)[:20]
    _, steps = run(state, Speech("出事了", danger=True), CLOSED, told)
    assert isinstance(steps[-1], Record), "at night a message is taken"


@every_question
def test_a_caller_of_65_reaches_a_person_at_the_first_trouble(name: str) -> None:
    """V17; where a message is being left, somebody is already promised."""
    world = World(**{**vars(WORLD), "over_65": True})
    if name == "voicemail":
        return
    for event in (Silence(), Digits(wrong_key(name)), Speech(MUMBLED)):
        state, _ = fresh(name)
        state = state if isinstance(event, Silence) else listens(name, state)
        _, steps = run(state, event, world)
        assert isinstance(steps[-1], Transfer), event


@every_question
def test_a_hang_up_loses_nothing_that_was_begun(name: str) -> None:
    """V15, V19: the next call goes on at this question, or the line has reason to ring back."""
    state, _ = fresh(name)
    state.registration = {"birth_year": 1968}
    after, steps = advance(state, HungUp(), WORLD)
    assert after.ended and not steps
    kept = State.from_json(json.loads(json.dumps(after.to_json())))
    assert kept.registration == {"birth_year": 1968}
    assert not (kept.finished or kept.reached or kept.content), "so it is rung back if nothing was done"
    if QUESTIONS[name].resumable:
        again, steps = run(State(), Started(kept), WORLD)  # the own list is fetched afresh
        assert again.at == name and again.registration == kept.registration
        assert isinstance(steps[-1], Ask | Record) and words_of(steps)


@every_question
def test_a_long_call_is_told_of_other_ways_once_and_ended_with_a_word(name: str) -> None:
    """V18: eight minutes, twelve minutes, forty turns."""
    state, _ = fresh(name)
    soft = World(**{**vars(WORLD), "elapsed_s": SOFT_LIMIT_S})
    after, steps = run(state, Digits("9"), soft)
    assert "打了好一阵" in words_of(steps) and not isinstance(steps[-1], Hangup)
    assert "打了好一阵" not in words_of(run(after, Digits("9"), soft)[1])
    for limit in ({"elapsed_s": HARD_LIMIT_S}, {"turns": MOST_TURNS}):
        for event in (Digits("1"), Silence(), Speech(MUMBLED)):
            _, steps = run(state, event, World(**{**vars(WORLD), **limit}))
            assert isinstance(steps[-1], Hangup) and words_of(steps)


@pytest.mark.parametrize("name", sorted(FIRST_QUESTIONS))
def test_a_call_of_ours_that_nobody_answers_says_it_twice_and_ends(name: str) -> None:
    """V15: once more and shorter, then goodbye."""
    state = State(name, dict(DATA[name]))
    assert nobody_there(state)
    whole = QUESTIONS[name].ask(state, WORLD, 0)
    state, steps = run(state, Silence(), WORLD)
    assert isinstance(steps[-1], Ask) and 0 < len(words_of(steps)) < len(words_of(list(whole)))
    state, steps = run(state, Silence(), WORLD)
    assert isinstance(steps[-1], Hangup)


def test_a_word_of_the_services_that_means_nothing_here_is_a_miss_and_no_end() -> None:
    """V23."""
    for name in QUESTIONS:
        state, _ = fresh(name)
        _, steps = run(
            listens(name, state), Speech("七", choice=7), WORLD, make("choice_unknown", choice=7, choices=[1, 2])
        )
        assert isinstance(steps[-1], LAST) and not isinstance(steps[-1], Hangup)
