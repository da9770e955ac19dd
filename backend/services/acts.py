"""Every act a turn can lead to, by name. Rasa's actions, the numbered menu and the keypad all come through here."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import structlog

from backend import services
from backend.domain.answers import Answer
from backend.errors import NotFound
from backend.services import callback, confirming
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


def load_all() -> None:
    """Import every service, so that each act has registered itself; called once per process."""
    for module in pkgutil.iter_modules(services.__path__):
        importlib.import_module(f"{services.__name__}.{module.name}")


def perform(turn: Turn, name: str, facts: Facts, *, instead: str | None = None) -> list[Answer]:
    """Do `name` once for this turn's message and return its answers; a repeated turn gets the stored ones (F3, F5).

    `instead`: the act to do in its place, e.g. a question where the reading is a guess; asked for again, `name` is done.
    The effect row is written in the caller's transaction, together with whatever the act changed.
    """
    if name not in _ACTS:
        raise NotFound(f"no act {name}")
    done = turn.session.get(TurnEffect, (turn.message.id, name))
    if done:
        return list(done.answer["answers"])
    turn.facts = facts
    answers = confirming.heard(turn, _ACTS[instead or name](turn))
    if SETTLES & {answer["kind"] for answer in answers}:
        callback.settled(turn)
    turn.session.add(TurnEffect(message_id=turn.message.id, act=name, answer={"answers": answers}, at=turn.now))
    log.info("act", act=instead or name, message_id=turn.message.id, kinds=[a["kind"] for a in answers])
    return answers


def run(turn: Turn, option: dict[str, Any], facts: Facts | None = None) -> list[Answer]:
    """Go on with another act inside the one being performed: `option` is `{"act": NAME, "params": {...}}`."""
    turn.facts = Facts(
        entities=facts.entities if facts else [],
        params={**(facts.params if facts else {}), **option.get("params", {})},
        intent=facts.intent if facts else turn.facts.intent,
        ranking=(facts or turn.facts).ranking,
        spans=(facts or turn.facts).spans,
    )
    return _ACTS[option["act"]](turn)


# Answers that tell of a change.
CHANGES = frozenset(
    {
        "registered",
        "job_taken",
        "withdrawn",
        "offer_declined",
        "waitlisted",
        "wait_over",
        "profile_updated",
        "availability_set",
        "case_opened",
        "posting_received",
        "posting_published",
        "posting_closed",
        "posting_changed",
        "posting_reopened",
        "submitted_again",
        "opted_out",
        "opted_in",
        "undone",
        "calls_off",
        "still_noted",
        "not_looking",
    }
)
# After these nobody has to be rung back: something was finished, or a person has been asked for (V15).
SETTLES = CHANGES | {"human"}
