"""The numbered menu: what a bare digit, yes or no means now, and what still works when the engine is away (D1, M02, M03)."""

from __future__ import annotations

from typing import Any

from backend.dialogue import fallback
from backend.dialogue.state import open_form, open_question
from backend.domain import choice
from backend.domain.answers import Answer, make
from backend.services import attendance, employer_desk
from backend.services.acts import act, run
from backend.services.turn import Turn

# The main menu, most used first; the same four by text and, spoken, by keypad (V02, V03).
MAIN: dict[str, dict[str, Any]] = {
    "1": {"act": "find_jobs"},
    "2": {"act": "register"},
    "3": {"act": "my_applications"},
    "4": {"act": "stop_messages"},
}

Chosen = tuple[str, dict[str, Any]]


def choose(turn: Turn) -> Chosen | None:
    """The act a bare choice leads to, or None when the text is more than a choice and wants the engine.

    An answer binds to the last thing asked (M04); "0" is a person everywhere. A digit that fits no option is left to
    the engine when a number was asked for (an age, a wage), else it is told which digits there are.
    """
    context = turn.conversation.context or {}
    waiting = {"kind": "ask", "form": open_form(context), "field": open_question(context)}
    return attendance.named(turn) or fallback.chosen(
        turn.message.normalized_text or turn.message.body, turn.pending, waiting
    )


def without_engine(turn: Turn) -> Chosen:
    """The act when the engine is away: the menu's own few words, else the menu itself."""
    text = turn.message.normalized_text or turn.message.body
    return (
        choose(turn)
        or employer_desk.without_engine(turn)
        or fallback.menu_act(text, turn.pending)
        or ("menu", {"reason": "unavailable"})
    )


@act("menu")
def show_menu(turn: Turn) -> list[Answer]:
    turn.expect("menu", MAIN)
    return [make("menu", reason=turn.facts.params.get("reason"))]


@act("media")
def media(turn: Turn) -> list[Answer]:
    """A picture or a voice note without words: we cannot see it, and say so."""
    return [make("media_unsupported")]


@act("choose")
def choose_number(turn: Turn) -> list[Answer]:
    """A digit that is no option now, or a number the engine heard as an ordinal ("第二个")."""
    number = turn.facts.params.get("choice", turn.facts.one("ordinal"))
    options = (turn.pending or {}).get("options", {})
    if number is not None:
        digits = sorted(int(key) for key in options if key.isdigit())
        if number == -1 and digits:
            number = digits[-1]
        if str(number) in options:
            return run(turn, options[str(number)])
        return [make("choice_unknown", choice=number, choices=digits)]
    return run(turn, {"act": "not_understood"})


def _nothing_but_a_number(turn: Turn) -> int | None:
    said = choice.parse(turn.message.normalized_text or turn.message.body)
    return said if isinstance(said, int) else None


@act("affirm")
def affirm(turn: Turn) -> list[Answer]:
    return _yes_or_no(turn, "yes")


@act("deny")
def deny(turn: Turn) -> list[Answer]:
    return _yes_or_no(turn, "no")


def _yes_or_no(turn: Turn, said: str) -> list[Answer]:
    if turn.facts.intent in ("affirm", "deny") and isinstance((turn.pending or {}).get("words"), str):
        # The engine's guess at more than a plain yes or no: 没得活做 denies nothing. What is called off by a guess is lost.
        return run(turn, {"act": "not_understood"}, turn.facts)
    option = (turn.pending or {}).get("options", {}).get(said)
    if option is None:
        return [make("nothing_to_answer", said=said)]
    return run(turn, option)


@act("inform")
def inform(turn: Turn) -> list[Answer]:
    """A bare value. It answers what is open: a form, a list of openings, a search; else it is taken as a wish for work."""
    facts = turn.facts
    if turn.recall("registration"):
        return run(turn, {"act": "note_registration"}, facts)
    if turn.recall("posting"):
        return run(turn, {"act": "note_posting"}, facts)
    if facts.one("ordinal") is not None:
        return run(turn, {"act": "choose"}, facts)
    if (number := _nothing_but_a_number(turn)) is not None:
        # 58 to nothing is no age: a number answers a question, and none is open.
        return run(turn, {"act": "choose", "params": {"choice": number}}, facts)
    wishes = {
        "job_type",
        "date",
        "location",
        "proximity",
        "pay",
        "settlement",
        "benefit",
        "term",
        "day_part",
        "duration",
    }
    if wishes & {entity.entity for entity in facts.entities}:
        return run(turn, {"act": "find_jobs"}, facts)
    if {"person_name", "age", "gender", "phone_number", "hardship"} & {entity.entity for entity in facts.entities}:
        return run(turn, {"act": "register"}, facts)
    return run(turn, {"act": "not_understood"})
