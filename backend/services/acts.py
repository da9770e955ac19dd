"""Every act a turn can lead to, by name. Rasa's actions, the numbered menu and the keypad all come through here."""

from __future__ import annotations

from collections.abc import Callable

import structlog

from backend.domain.answers import Answer
from backend.errors import NotFound
from backend.services.turn import Facts, Turn
from backend.store.models import TurnEffect

log = structlog.get_logger()

Act = Callable[[Turn], list[Answer]]
_ACTS: dict[str, Act] = {}


def act(name: str) -> Callable[[Act], Act]:
    """Register `name`: the word Rasa's action, the menu and the keypad use for it."""

    def register(function: Act) -> Act:
        if name in _ACTS:
            raise ValueError(f"act {name} is registered twice")
        _ACTS[name] = function
        return function

    return register


def names() -> frozenset[str]:
    return frozenset(_ACTS)


def perform(turn: Turn, name: str, facts: Facts) -> list[Answer]:
    """Do `name` once for this turn's message and return its answers; a repeated turn gets the stored ones (F3, F5).

    The effect row is written in the caller's transaction, together with whatever the act changed.
    """
    if name not in _ACTS:
        raise NotFound(f"no act {name}")
    done = turn.session.get(TurnEffect, (turn.message.id, name))
    if done:
        return list(done.answer["answers"])
    turn.facts = facts
    answers = _ACTS[name](turn)
    turn.session.add(TurnEffect(message_id=turn.message.id, act=name, answer={"answers": answers}, at=turn.now))
    log.info("act", act=name, message_id=turn.message.id, kinds=[a["kind"] for a in answers])
    return answers
