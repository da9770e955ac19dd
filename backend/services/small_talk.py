"""Greeting, thanks, help, saying it again, and dropping a form (V08)."""

from __future__ import annotations

from sqlalchemy import select

from backend.dialogue.state import open_form, open_question
from backend.domain.answers import Answer, make
from backend.services import posting, register_worker
from backend.services.acts import act, run
from backend.services.menu import MAIN
from backend.services.turn import Turn
from backend.store.models import TurnEffect

# Said by text only: not repeated aloud in a call, where anybody may be listening (DESIGN §3.4).
TEXT_ONLY = frozenset({"profile", "staff_reply", "employer_told"})
# After these the open question needs no reminder: they were about the question, or about leaving it.
NO_REMINDER = frozenset(
    {
        "help",
        "repeat",
        "slower",
        "faster",
        "cancel",
        "goodbye",
        "talk_to_human",
        "stop_messages",
        "report_problem",
        "wrong_person",
    }
)
# Answers that put a form's question themselves.
ASKS = frozenset({"ask", "confirm_registration", "confirm_posting"})


@act("greet")
def greet(turn: Turn) -> list[Answer]:
    """What the line is and can do; never whether the number is known: caller ID is only a claim (T1)."""
    _offer_menu(turn)
    return [make("greeting", known=False)]


@act("goodbye")
def goodbye(turn: Turn) -> list[Answer]:
    return [make("goodbye")]


@act("thank")
def thank(turn: Turn) -> list[Answer]:
    return [make("thanks")]


@act("help")
def help_(turn: Turn) -> list[Answer]:
    """How to use this; inside a form, how to answer the open question."""
    _offer_menu(turn)
    return [make("help", topic=open_question(turn.conversation.context or {}))]


def _offer_menu(turn: Turn) -> None:
    if open_form(turn.conversation.context or {}) is None:
        turn.expect("menu", MAIN)


@act("repeat")
def repeat(turn: Turn) -> list[Answer]:
    """The last answers once more; `pending` is untouched, so the same numbers still mean the same."""
    last: list[Answer] = turn.recall("last_answers") or []
    if turn.channel == "voice":
        last = [answer for answer in last if answer["kind"] not in TEXT_ONLY]
    if not last:
        _offer_menu(turn)
        return [make("repeat_nothing")]
    return last


@act("cancel")
def cancel(turn: Turn) -> list[Answer]:
    """Drop what is being filled in; nothing of it was stored."""
    form = open_form(turn.conversation.context or {})
    if form is not None:
        turn.remember(form, None)
    turn.expect(None)
    return [make("cancelled", what=form)]


@act("resume_form")
def resume_form(turn: Turn) -> list[Answer]:
    """After a digression: remind of what is still open, once, unless the digression was about that very question."""
    context = turn.conversation.context or {}
    form = open_form(context)
    turn.session.flush()
    done = turn.session.scalars(select(TurnEffect).where(TurnEffect.message_id == turn.message.id)).all()
    asked = any(answer["kind"] in ASKS for effect in done for answer in effect.answer["answers"])
    if form is None or asked or {effect.act for effect in done} & NO_REMINDER:
        return []
    return [make("resume_hint", form=form, field=open_question(context))]


@act("reopen_form")
def reopen_form(turn: Turn) -> list[Answer]:
    """By phone, after a digression: the open question itself, so that keys answer it again and not the list before it."""
    form = open_form(turn.conversation.context or {})
    if form is None:
        return run(turn, {"act": "menu"})
    asked = (posting if form == "posting" else register_worker).where_it_stands(turn) or []
    return [{**answer, "noted": {}} if answer["kind"] == "ask" else answer for answer in asked]
