"""Every path of a call, found by driving the pure flow: each question meets everything that can happen to it.

`explore` starts a call and goes on from every situation it meets with every key, wrong key, silence, sentence, recording
and end of a dial, and with every kind of answer the services can give to what the flow asks of them. Two situations are
the same when the question, what it is about in kind, its rung and the question behind it are the same.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ivr.call_flow import RETRIES, advance
from ivr.questions import QUESTIONS
from ivr.steps import (
    LAST,
    WRONG_PERSON,
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
from tests.support.call_answers import (
    ANSWERS_OF_ACTS,
    ANSWERS_TO_KEYS,
    ANSWERS_TO_WORDS,
    DANGER,
    DATA,
    MUMBLED,
    NOT_UNDERSTOOD,
    PLACED,
    variants,
    what_services_say,
)

PERSON, GOODBYE = "person", "goodbye"  # where a call is besides at a question
EVERYWHERE = "079*"  # mean the same at every question (V03)


def states() -> Iterator[State]:
    """Every question on every rung."""
    for name in QUESTIONS:
        for misses in range(4):
            yield State(name, dict(DATA.get(name, {})), back=[["main", {}]], misses=misses, again=misses)


def run(state: State, event: Event, world: World, *answers: dict[str, Any]) -> tuple[State, list[Step]]:
    """One whole turn: acts and words answered (the first of them with `answers` if any), until the caller is waited for."""
    state, steps = advance(state, event, world)
    said: list[Step] = [s for s in steps if isinstance(s, Say)]
    given: list[dict[str, Any]] | None = list(answers) or None
    for _ in range(5):
        if not steps or isinstance(steps[-1], LAST):
            break
        state, steps = advance(state, Answers(given or what_services_say(steps[-1], world)), world)
        given = None
        said += [s for s in steps if isinstance(s, Say)]
    return state, [*said, *steps[-1:]]


def words_of(steps: list[Step]) -> str:
    return "".join(step.zh for step in steps if isinstance(step, Say))


# -- situations and the edges between them ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Situation:
    """Where a call is: its state, what it said on coming here and how the turn ended. `keys`: those the question names."""

    state: State
    steps: tuple[Step, ...]

    @property
    def last(self) -> Step:
        return self.steps[-1]

    @property
    def at(self) -> str:
        if isinstance(self.last, Transfer):
            return PERSON
        return GOODBYE if isinstance(self.last, Hangup) else self.state.at

    @property
    def key(self) -> str:
        if self.at in {PERSON, GOODBYE}:
            return self.at
        state = self.state
        behind = "form" if any(at == "form" for at, _ in state.back) else state.back[-1][0] if state.back else ""
        if behind not in {"form", "job", "mine"}:
            behind = "something" if behind else "nothing"  # where * and a finished question lead
        rung = [state.misses, state.failures >= RETRIES, isinstance(self.last, Record), behind, state.spoke]
        return json.dumps([self.at, _kind_of(state.data), rung], ensure_ascii=False)


@dataclass(frozen=True)
class Edge:
    """What leads from one situation to another. `cause`: "1", "wrong key", "silence", "words" …; `answer`: the kind of
    answer the services gave; `conversed`: to words, or to a key that stands for words. `finished`: a task was completed."""

    source: str
    cause: str
    answer: str
    conversed: bool
    target: str
    finished: bool
    source_key: str
    target_key: str


@dataclass
class Paths:
    """All situations of a call by key, all edges between them, and everything said on the way."""

    situations: dict[str, Situation]
    edges: list[Edge]
    said: set[Say]


_TELLING = frozenset(
    {"kind", "field", "form", "about", "status", "purpose", "step", "act", "page", "town", "remaining"}
)


def _kind_of(data: dict[str, Any]) -> list[Any]:
    """What of a question's data makes a difference to where it leads; the rest only fills in the words."""
    told: list[Any] = [[key, data[key]] for key in sorted(data) if key in _TELLING]
    told += [_kind_of(data[key]) for key in ("answer", "yes") if isinstance(data.get(key), dict)]
    for several in ("openings", "offers"):
        if several in data and "i" in data:
            told += [_kind_of(data[several][data["i"]]), "last" if data["i"] + 1 == len(data[several]) else "more"]
    return told


def starts(world: World) -> list[tuple[str, State, Event]]:
    """How a call can begin: cause, state and event."""
    return [
        ("the call comes in", State(), Started()),
        *(
            (f"resumed at {name}", State(), Started(State(name, dict(DATA.get(name, {})))))
            for name, question in QUESTIONS.items()
            if question.resumable
        ),
        *((f"we call: {placed.purpose}", State(), Started(placed=placed)) for placed in PLACED),
    ]


def happenings(situation: Situation, world: World) -> list[tuple[str, Event]]:
    """(cause, event): everything that can happen at this point of a call, hanging up apart."""
    last = situation.last
    if isinstance(last, Hangup):
        return []
    if isinstance(last, Transfer):
        return [("answered", DialEnded("completed")), *((status, DialEnded(status)) for status in ("no-answer", "busy", "failed", "canceled"))]  # fmt: skip
    question, state = QUESTIONS[situation.at], situation.state
    if isinstance(last, Record):
        return [
            ("recording", Recorded("http://r", "#")), ("silence", Silence()), ("0", Recorded("http://r", "0")),
            ("*", Recorded("http://r", "*")), ("9", Recorded("http://r", "9")), ("words", Speech(MUMBLED)),
        ]  # fmt: skip
    named = question.keys(state, world)
    pressed: list[tuple[str, Event]] = [(key, Digits(key)) for key in named if key not in EVERYWHERE]
    if isinstance(last, Ask) and last.digits > 1:
        pressed = [
            ("two digits", Digits("58")),
            *(one for one in pressed if one[0] == "#"),
            ("impossible digits", Digits("03")),
        ]
    wrong = next((key for key in "86543#" if key not in named), "11")
    said: list[tuple[str, Event]] = [
        ("yes", Speech("要得", choice="yes")), ("no", Speech("不要", choice="no")), ("an ordinal", Speech("第二个", choice=2, ordinal=2)),
        ("danger words", Speech("腿断了", danger=True)), ("words", Speech(MUMBLED)),
        ("wrong number", Speech("打错了", command=WRONG_PERSON)),
        ("said", Speech("五十八", facts={"age": 58})), ("said", Speech("双石村", facts={"place": "500114121002"})),
        ("said", Speech("采茶", facts={"job_types": ["A01"]})),
    ]  # fmt: skip
    return [
        *pressed,
        *((key, Digits(key)) for key in EVERYWHERE),
        ("wrong key", Digits(wrong)),
        ("silence", Silence()),
        *said,
    ]


@dataclass(frozen=True)
class Outcome:
    """What one turn led to: the kind of answer on the way, whether the words went to the conversation, and where it is now."""

    answer: str
    conversed: bool
    situation: Situation


def turns(situation: Situation, world: World) -> Iterator[tuple[str, Outcome]]:
    """(cause, outcome) of everything that can happen here."""
    for cause, event in happenings(situation, world):
        yield from ((cause, outcome) for outcome in _turn(situation.state, event, world))


def _turn(state: State, event: Event, world: World, *, depth: int = 0) -> Iterator[Outcome]:
    after, steps = advance(state, event, world)
    last = steps[-1]
    if isinstance(last, LAST):
        yield Outcome("", False, Situation(after, tuple(steps)))
        return
    assert depth < 4, (state.at, event, last)
    said = [s for s in steps if isinstance(s, Say)]
    given: list[tuple[str, list[dict[str, Any]]]]
    if isinstance(last, Converse):
        given = [(kind, variants(answers, world)) for kind, answers in _understood(state, event)]
    else:
        assert isinstance(last, Do)
        known = ANSWERS_OF_ACTS[last.act] if depth == 0 else ANSWERS_OF_ACTS[last.act][:1]
        given = [(_name(answers), variants(answers, world)) for answers in known]
    for kind, answers in given:
        for then in _turn(after, Answers(answers), world, depth=depth + 1):
            situation = Situation(then.situation.state, (*said, *then.situation.steps))
            yield Outcome(kind, isinstance(last, Converse), situation)


def _understood(state: State, event: Event) -> tuple[tuple[str, list[dict[str, Any]]], ...]:
    """What words may be understood as: anything at the first asking; later and for a bare yes not all of it again."""
    if isinstance(event, Speech) and event.danger:
        return DANGER
    first = state.misses == 0 and (event in (Digits("1"), Digits("58"), Speech(MUMBLED)))
    return ANSWERS_TO_WORDS if first else ANSWERS_TO_KEYS if isinstance(event, Digits) else NOT_UNDERSTOOD


def _name(answers: list[dict[str, Any]]) -> str:
    return " + ".join(answer["kind"] for answer in answers) or "nothing"


def explore(world: World, most: int = 20_000) -> Paths:
    """Every situation that can be reached in this world, and what leads to it."""
    found: dict[str, Situation] = {}
    edges: list[Edge] = []
    heard: set[Say] = set()
    todo: deque[str] = deque()

    def meet(here: Situation | None, cause: str, outcome: Outcome) -> None:
        situation = outcome.situation
        key = situation.key
        if key not in found:
            assert len(found) < most, "the flow does not come to an end"
            found[key] = situation
            todo.append(key)
        heard.update(step for step in situation.steps if isinstance(step, Say))
        before = len(here.state.finished) if here else 0
        edges.append(
            Edge(
                here.at if here else "",
                cause,
                outcome.answer,
                outcome.conversed,
                situation.at,
                len(situation.state.finished) > before,
                here.key if here else "",
                key,
            )
        )

    for cause, state, event in starts(world):
        for outcome in _turn(state, event, world):
            meet(None, cause, outcome)
    while todo:
        here = found[todo.popleft()]
        for cause, outcome in turns(here, world):
            meet(here, cause, outcome)
    return Paths(found, edges, heard)


def hung_up(situation: Situation, world: World) -> State:
    return advance(situation.state, HungUp(), world)[0]
