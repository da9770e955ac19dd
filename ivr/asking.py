"""What a question of the call is, and what an answer to it can lead to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ivr.prompts import prompt as prompt
from ivr.steps import Say, Speech, State, World

MAIN_HINTS = ("找活", "有没得活", "登记", "我报的活", "要请人", "工钱没给", "不要发短信", "市场在哪点")
YES_NO_HINTS = ("对", "不对", "要得", "不要", "要去", "不去", "是", "不是")
# What may be said at every question (V03, V06), after what this one expects.
COMMANDS = ("人工", "喊个人", "再说一遍", "没听清", "慢点", "快点", "退回", "算了", "说普通话")
MOST_HINTS, LONGEST_HINT = 500, 100  # the carrier's limits (its warning 13330)
PAUSE_S, SHORT_PAUSE_S = 3, 2  # end of speech (V09): three seconds for whoever stops to think, two after a yes or no

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
Hints = Callable[[State, World], tuple[str, ...]]


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
    hints: tuple[str, ...] | Hints = MAIN_HINTS
    records: int = 0  # seconds; 0: a Gather
    resumable: bool = False
    binding: bool = False  # a yes changes something: words the recogniser is unsure of do not suffice
    pause_s: int = PAUSE_S

    def expects(self, state: State, world: World) -> tuple[str, ...]:
        """The words this question waits for, for the recogniser: likeliest first, within the carrier's limits."""
        own = self.hints(state, world) if callable(self.hints) else self.hints
        cleaned = (
            word.replace(",", " ").strip()[:LONGEST_HINT] for word in (*own[: MOST_HINTS - len(COMMANDS)], *COMMANDS)
        )
        return tuple(dict.fromkeys(word for word in cleaned if word))

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


def choices_said(names: list[tuple[str, str]], fourth: tuple[str, str] | None = None) -> Say:
    """Things to choose from by key, from 1; a full stop after each, since a listener needs the time.

    `fourth`: what is always on key 4, however few come before it.
    """
    keyed = [*enumerate(names, 1), *([(4, fourth)] if fourth else [])]
    each = [prompt("choice", name=name, key=str(key)) for key, name in keyed]
    return prompt("choices", what=("。".join(said.zh for said in each), ", ".join(said.en for said in each)))
