"""What a question of the call is, and what an answer to it can lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.prompts import catalogue, fill
from ivr.steps import Say, Speech, State, World

MAIN_HINTS = ("找活", "登记", "我报的活", "人工", "要请人", "不要发短信", "再说一遍", "慢点")
YES_NO_HINTS = ("对", "不对", "要得", "不要", "要去", "不去")

# -- moves: what an answer leads to ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Go:
    """Ask another question; `forget`: the one left behind cannot be returned to with *."""

    at: str
    data: dict[str, Any] = field(default_factory=dict)
    says: tuple[Say, ...] = ()
    forget: bool = False


@dataclass(frozen=True)
class Act:
    act: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Talk:
    text: str


@dataclass(frozen=True)
class Miss:
    """The answer is none; `says` tells why."""

    says: tuple[Say, ...] = ()


Move = Go | Act | Talk | Miss
Press = Callable[[State, World, str], Move | None]


def prompt(id_: str, **values: Any) -> Say:
    """A catalogue prompt as something to say."""
    known = catalogue()[id_]
    if not values:
        return Say(known.zh, known.en, id_)
    pairs = {key: value if isinstance(value, tuple) else (value, value) for key, value in values.items()}
    return Say(
        fill(known, "zh", **{k: v[0] for k, v in pairs.items()}),
        fill(known, "en", **{k: v[1] for k, v in pairs.items()}),
    )


def say(*pairs: tuple[str, str]) -> list[Say]:
    return [Say(zh, en) for zh, en in pairs]


# -- questions ----------------------------------------------------------------------------------------------------------


def nothing(state: State, world: World) -> list[Say]:
    return []


@dataclass(frozen=True)
class Question:
    """`keys`: what may be pressed now. `prompts`: the three askings. `records`: the first asking is a recording."""

    name: str
    press: Press
    keys: Callable[[State, World], str]
    prompts: Callable[[State, World], tuple[Say, Say, Say]]
    body: Callable[[State, World], list[Say]] = nothing
    heard: Callable[[State, World, Speech], Move | None] = lambda state, world, said: None
    yes: str = ""
    no: str = ""
    digits: Callable[[State], int] = lambda state: 1
    hints: tuple[str, ...] = MAIN_HINTS
    records: int = 0  # seconds; 0: a Gather
    resumable: bool = False

    def ask(self, state: State, world: World, rung: int) -> list[Say]:
        """What is said: everything the first time, then only the shorter asking."""
        prompts = self.prompts(state, world)
        return [*self.body(state, world), prompts[0]] if rung == 0 else [prompts[min(rung, 2)]]


def three(*ids: str) -> Callable[[State, World], tuple[Say, Say, Say]]:
    first, short, either = ids
    return lambda state, world: (prompt(first), prompt(short), prompt(either))


def keys(allowed: str) -> Callable[[State, World], str]:
    return lambda state, world: allowed


def pick(key: str, moves: Mapping[str, Move]) -> Move | None:
    return moves.get(key)
