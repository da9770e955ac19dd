"""The call as a graph: always a way on, a person within one key, a good end within reach, never the same three times (V23).

The questions one by one against everything that can happen, then all situations a call can come into (tests/support/
call_paths.py), and random walks. docs/call-flow.md is drawn from the same paths.
"""

from __future__ import annotations

import json
from collections import defaultdict, deque
from collections.abc import Iterable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.answers import KINDS
from ivr.call_flow import advance
from ivr.placed import FIRST_QUESTIONS, nobody_there
from ivr.prompts import heard_length, sentences
from ivr.questions import QUESTIONS
from ivr.steps import (
    LAST,
    Again,
    Answers,
    Ask,
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
    Transfer,
    World,
)
from ivr.wording import said_in
from tests.support.call_answers import CLOSED, DATA, WORLDS, what_services_say
from tests.support.call_paths import GOODBYE, PERSON, Edge, run, states, words_of
from tests.support.calls import WORLD, sample
from tools import call_graph
from tools.call_graph import paths

EVENTS: list[Event] = [
    *(Digits(key) for key in ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "#", "11", "58", "999999999")),
    Speech("要得", choice="yes"), Speech("不要", choice="no"), Speech("一", choice=1), Speech("退回", choice="*"),
    Speech("喊个人来", choice=0), Speech("第二个", choice=2, ordinal=2), Speech("最后那个", ordinal=-1),
    Speech("腿断了", danger=True), Speech("咕噜咕噜"), Silence(), Recorded("http://r"), Recorded("http://r", "0"),
    Recorded("http://r", "*"), Recorded("http://r", "hangup"), DialEnded("completed"), DialEnded("no-answer"),
    DialEnded("failed"), Again(), HungUp(), Started(), Started(State("job", DATA["job"])),
]  # fmt: skip


@pytest.mark.parametrize("world", [WORLD, CLOSED], ids=["open", "closed"])
def test_every_question_goes_on_whatever_happens(world: World) -> None:
    """I12, V23: something is said and the call waits, connects or says goodbye; the state survives as JSON."""
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


# -- every situation a call can come into ---------------------------------------------------------------------------------

BY_HAND = {*"123456789*#", "two digits", "recording", "answered", "no-answer", "busy", "failed", "canceled"}
every_world = pytest.mark.parametrize("world", WORLDS)


def within_reach(edges: Iterable[Edge], ends: set[str]) -> set[str]:
    """The situations from which one of `ends` can be reached along `edges`."""
    sources = defaultdict(set)
    for edge in edges:
        sources[edge.target_key].add(edge.source_key)
    found, todo = set(ends), deque(ends)
    while todo:
        for source in sources[todo.popleft()] - found:
            found.add(source)
            todo.append(source)
    return found


def test_every_question_can_be_reached() -> None:
    met = {situation.at for world in WORLDS for situation in paths(world).situations.values()}
    assert met == {*QUESTIONS, PERSON, GOODBYE}


@every_world
def test_every_situation_reaches_a_person_by_one_key(world: str) -> None:
    """V03, V16: by 0 in hours; at night the place where a message is left and a call back is promised."""
    led = {edge.source_key: edge.target for edge in paths(world).edges if edge.cause == "0"}
    for key, situation in paths(world).situations.items():
        if situation.at not in {PERSON, GOODBYE}:
            assert led[key] == (PERSON if WORLDS[world].staff_open else "voicemail"), key


@every_world
def test_every_situation_reaches_a_finished_task_by_keys_alone(world: str) -> None:
    """V04, V23: whoever never says a word gets something done, from wherever the call is."""
    pressed = [edge for edge in paths(world).edges if edge.cause in BY_HAND]
    done = {edge.source_key for edge in pressed if edge.finished}
    assert set(paths(world).situations) - within_reach(pressed, done) - {GOODBYE} == set()


@every_world
def test_every_situation_reaches_a_goodbye(world: str) -> None:
    """V23: by words like 没得事了, or where a call of ours is not wanted."""
    assert set(paths(world).situations) - within_reach(paths(world).edges, {GOODBYE}) == set()


@every_world
def test_no_situation_is_a_dead_end(world: str) -> None:
    """V23."""
    goes_on = {edge.source_key for edge in paths(world).edges if edge.target_key != edge.source_key}
    assert set(paths(world).situations) - goes_on == {GOODBYE}


@every_world
def test_the_line_hangs_up_only_after_goodbye_or_where_its_own_call_is_not_wanted(world: str) -> None:
    """V08."""
    for edge in paths(world).edges:
        if edge.target == GOODBYE and edge.source not in FIRST_QUESTIONS:
            assert edge.answer in {"goodbye", "calls_off"} or edge.cause == "we call: over", edge


@every_world
@pytest.mark.parametrize("wording", ["local", "mandarin"])
def test_nothing_that_can_be_heard_is_too_long(world: str, wording: str) -> None:
    """V01, V02: every sentence as it is really said, names and amounts filled in, and every choice with its keys."""
    for said in paths(world).said:
        zh = said_in(said, wording).zh
        assert zh and "{" not in zh and "None" not in zh, zh
        assert [s for s in sentences(zh) if heard_length(s) > 20] == [], zh
        if "按1" in zh:
            assert heard_length(zh) <= 40, zh


@every_world
def test_nothing_longer_than_an_age_is_ever_asked_by_keypad(world: str) -> None:
    """V05: no letters, no names, no long numbers; the phone number comes from the call. So many people: two figures, too."""
    for key, situation in paths(world).situations.items():
        if isinstance(situation.last, Ask):
            two = situation.at == "reg_age" or '["field", "age"]' in key or '["field", "headcount"]' in key
            assert situation.last.digits == (2 if two else 1), key
    asked = "".join(said.zh for said in paths(world).said)
    assert not [word for word in ("字母", "拼音", "身份证", "电话号码", "手机号", "卡号") if word in asked]


def test_a_taken_job_is_four_keys_away_from_the_greeting() -> None:
    """Issue 4, targets: a registered caller takes a suitable job in at most four key presses."""
    led = defaultdict(list)
    for edge in paths("open").edges:
        if edge.cause in BY_HAND:
            led[edge.source_key].append(edge)
    here = {edge.target_key for edge in paths("open").edges if edge.cause == "the call comes in"}
    for _ in range(4):
        edges = [edge for key in here for edge in led[key]]
        if any(edge.answer == "job_taken" for edge in edges):
            return
        here = {edge.target_key for edge in edges}
    raise AssertionError("more than four keys")


# -- random walks ----------------------------------------------------------------------------------------------------------

pressed = st.sampled_from([event for event in EVENTS if not isinstance(event, HungUp | Started | Recorded | DialEnded)])
answered = st.sampled_from(sorted(set(KINDS) - {"goodbye", "calls_off"}))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(sorted(QUESTIONS)),
    st.lists(st.tuples(pressed, answered), min_size=4, max_size=14),
    st.sampled_from(sorted(WORLDS)),
)
def test_the_same_words_are_never_said_three_times_running(
    start: str, events: list[tuple[Event, str]], world_name: str
) -> None:
    """V08; 9 and the words for it ask for it again, and even then it is not the same three times running."""
    world = WORLDS[world_name]
    state = State(start, dict(DATA.get(start, {})), back=[["main", {}]])
    heard: list[str] = []
    for event, kind in events:
        after, steps = advance(state, event, world)
        if isinstance(steps[-1], LAST):
            heard.append(words_of(steps))
            state = after
        else:
            # Words may be understood as anything; what an act answers is the services' to say.
            asked = [sample(kind)] if not isinstance(steps[-1], Do) else []
            state, steps = run(state, event, world, *asked)
            heard.append(words_of(steps))
        if isinstance(steps[-1], Hangup):
            break
        if isinstance(steps[-1], Transfer):
            state, _ = run(state, DialEnded("busy"), world)
            heard.clear()
    for one, two, three in zip(heard, heard[1:], heard[2:], strict=False):
        assert not one == two == three


# -- the page ---------------------------------------------------------------------------------------------------------------


def test_every_question_is_drawn_once() -> None:
    drawn = [name for group in call_graph.GROUPS.values() for name in group]
    assert sorted(drawn) == sorted(QUESTIONS)


def test_the_page_of_the_call_flow_is_what_the_code_does() -> None:
    """Regenerate: make graph."""
    page = call_graph.PAGE.read_text(encoding="utf-8")
    assert call_graph.current(page) == page, "docs/call-flow.md is out of date: make graph"
