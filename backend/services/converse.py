"""One turn, SMS and voice alike: record → opt-out and danger words → a human → menu → engine → answers (DESIGN §2)."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.dialogue.state import restore
from backend.domain import danger, opt_out, said
from backend.domain.answers import Answer, make
from backend.domain.prepare import Prepared
from backend.domain.spans import spans
from backend.errors import EngineUnavailable
from backend.services import acts, heartbeat, menu, outbox, read_on
from backend.services.deps import Deps
from backend.services.turn import Facts, Turn
from backend.services.understand import prepare, values_of
from backend.store.models import Conversation, Handset, Message, TurnEffect

log = structlog.get_logger()

SMS_DEADLINE_S = 4.0
VOICE_DEADLINE_S = 1.2
# Longer than any turn may take, so that a lease runs out only when its holder is dead.
TURN_LEASE = timedelta(seconds=20)
# After this many broken tries the menu answers without the engine: a poisonous message must not block its number.
TRIES_WITH_ENGINE = 2


@dataclass(frozen=True)
class Started:
    """What the first transaction of a turn left to do."""

    token: str
    prepared: Prepared
    metadata: dict[str, Any]


def lease_number(deps: Deps, handset_id: int) -> str | None:
    """Take the number's lease, or None while another turn of it runs (DESIGN §3.6)."""
    now, token = deps.clock(), secrets.token_hex(16)
    with deps.db.write() as session:
        taken = session.scalar(
            update(Handset)
            .where(Handset.id == handset_id, (Handset.lease_until.is_(None)) | (Handset.lease_until < now))
            .values(lease_token=token, lease_until=now + TURN_LEASE)
            .returning(Handset.id)
            .execution_options(synchronize_session=False)
        )
    return token if taken is not None else None


def release_number(deps: Deps, handset_id: int, token: str) -> None:
    with deps.db.write() as session:
        session.execute(
            update(Handset)
            .where(Handset.id == handset_id, Handset.lease_token == token)
            .values(lease_token=None, lease_until=None)
            .execution_options(synchronize_session=False)
        )


def converse(deps: Deps, message_id: int, *, deadline_s: float) -> list[Answer]:
    """Answer one stored inbound message; the caller holds its number's lease.

    Returns the answers; for SMS they are already in the outbox, in the transaction that ended the turn. A turn that is
    repeated after a crash finds what it had done and goes on from there. [] means: a human has the conversation.
    """
    started = _start(deps, message_id)
    if isinstance(started, list):
        return started
    failure: str | None = None
    try:
        deps.engine.turn(started.prepared.masked_text, started.token, started.metadata, deadline_s)
    except EngineUnavailable as problem:
        failure = str(problem)
    return _finish(deps, message_id, started, failure)


def _start(deps: Deps, message_id: int) -> Started | list[Answer]:
    with deps.db.write() as session:
        message = session.get_one(Message, message_id)
        if message.status in ("answered", "for_staff"):
            return _answers_given(session, message)
        turn = _turn(deps, session, message)
        message.status, message.attempts = "processing", message.attempts + 1
        prepared = prepare(deps, message.words, message.channel)
        message.normalized_text = prepared.text
        if _effects(session, message.id):
            return _end(turn, message.handled_by or "rasa")
        if (chosen := _without_engine(turn, prepared)) is not None:
            handled_by, act, facts = chosen
            if act is None:
                message.status, message.handled_by, message.turn_token = "for_staff", handled_by, None
                return []
            acts.perform(turn, act, facts)
            return _end(turn, handled_by)
        message.turn_token = secrets.token_urlsafe(24)
        return Started(message.turn_token, prepared, restore(turn.conversation.context))


def _without_engine(turn: Turn, prepared: Prepared) -> tuple[str, str | None, Facts] | None:
    """What is settled before any model is asked: (handled by, act or None for silence, facts); None: ask the engine."""
    message, text = turn.message, prepared.text
    wish = opt_out.decide(text)
    if wish is not None:
        return "opt_out", "stop_messages" if wish == "stop" else "resume_messages", Facts()
    # By voice it is asked first, and done by a key (ivr/words.py): 打错了 is said by reflex on the telephone.
    if message.channel != "voice" and said.says_wrong_person(text):
        return "opt_out", "wrong_person", Facts()
    if (found := danger.find(text)) is not None:
        return "danger", "report_problem", Facts(params={"danger": found.kind}, intent="report_problem")
    if turn.conversation.taken_by is not None:
        return "staff", None, Facts()
    if message.media_count and not text.strip():
        return "menu", "media", Facts()
    if message.attempts > TRIES_WITH_ENGINE:
        return "menu", *_menu(turn, prepared)
    if prepared.clean.looks_like_command or not any(character.isalnum() for character in prepared.masked_text):
        message.intent, message.confidence, message.entities = "out_of_scope", 1.0, []
        return "menu", "out_of_scope", Facts(intent="out_of_scope")
    if (chosen := menu.choose(turn)) is not None:
        return "menu", chosen[0], Facts(params=chosen[1])
    return None


def _finish(deps: Deps, message_id: int, started: Started, failure: str | None) -> list[Answer]:
    with deps.db.write() as session:
        message = session.get_one(Message, message_id, with_for_update=True)
        if message.turn_token != started.token:
            # Our lease ran out and another process has taken the turn over: it answers.
            log.warning("turn_taken_over", message_id=message_id)
            return _answers_given(session, message)
        turn = _turn(deps, session, message)
        # The database tells what the turn did, not the engine's reply: a lost reply loses nothing, and from here on an
        # action that comes too late finds no lease to act under.
        if _effects(session, message.id):
            heartbeat.beat(session, "engine", turn.now, ok=True)
            return _end(turn, "rasa")
        if turn.conversation.taken_by is not None:
            # Taken over while the engine was thinking: whoever took it reads these words and answers (DESIGN §3.12).
            message.status, message.handled_by, message.turn_token = "for_staff", "staff", None
            return []
        heartbeat.beat(session, "engine", turn.now, ok=False, detail=failure or "no act was performed")
        log.warning("engine_gave_nothing", message_id=message.id, reason=failure)
        act, facts = _menu(turn, started.prepared)
        acts.perform(turn, act, facts)
        return _end(turn, "menu")


def _menu(turn: Turn, prepared: Prepared) -> tuple[str, Facts]:
    """What the menu makes of a text by itself: its act, with the values our own parsers find (no model)."""
    act, params = menu.without_engine(turn)
    market_days = turn.deps.regions.market_days(turn.conversation.region_code)
    marked = [*spans(prepared.masked_text), *_place_asked_for(turn, prepared.masked_text)]
    found = values_of(prepared, "inform", marked, turn.now, turn.channel, market_days)
    return act, Facts(entities=found, params=params, intent="inform")


_PLACE = re.compile(r"\S{1,10}(?:村|社区|组|镇|乡|街道|寨|坝|湾|沟)")


def _place_asked_for(turn: Turn, text: str) -> list[dict[str, Any]]:
    """The whole text as a place, when a place was just asked for and it is one; elsewhere places are the engine's to find."""
    pending, said = turn.pending or {}, text.strip()
    if pending.get("kind") != "ask" or pending.get("field") != "location" or not said:
        return []
    if not _PLACE.fullmatch(said) and not (
        len(said) <= 12 and turn.deps.regions.find(said, turn.conversation.region_code)
    ):
        return []
    start = text.index(said)
    return [{"entity": "location", "start": start, "end": start + len(said), "text": said}]


def _turn(deps: Deps, session: Session, message: Message) -> Turn:
    return Turn(
        deps=deps,
        session=session,
        now=deps.clock(),
        conversation=session.get_one(Conversation, message.conversation_id),
        handset=session.get_one(Handset, message.handset_id),
        message=message,
        channel=message.channel,
    )


def _effects(session: Session, message_id: int) -> list[Answer]:
    rows = session.scalars(
        select(TurnEffect).where(TurnEffect.message_id == message_id).order_by(TurnEffect.at, TurnEffect.act)
    )
    return [answer for row in rows for answer in row.answer["answers"]]


NOT_REPEATED = frozenset({"slower", "repeat_nothing", "thanks", "read_on"})


def _end(turn: Turn, handled_by: str) -> list[Answer]:
    """Close the turn: its answers are remembered for "再说一道", and go into the outbox in this same transaction."""
    message = turn.message
    turn.session.flush()
    answers = _effects(turn.session, message.id) or [make("menu", reason="unavailable")]
    message.status, message.handled_by, message.turn_token = "answered", handled_by, None
    if not {answer["kind"] for answer in answers} & NOT_REPEATED:
        turn.remember("last_answers", answers)
    if read_on.goes_on(answers):
        message.handled_by = "together"  # one answer will close both
    elif message.channel == "sms":
        outbox.enqueue(
            turn.session,
            turn.deps,
            now=turn.now,
            handset=turn.handset,
            conversation=turn.conversation,
            answers=answers,
            in_reply_to=message.id,
        )
    return answers


def _answers_given(session: Session, message: Message) -> list[Answer]:
    return _effects(session, message.id)
