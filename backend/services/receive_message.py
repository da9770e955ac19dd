"""Store what arrives, once: one message per carrier id, in the conversation of its number (F1, F2, I1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from backend.services.deps import Deps
from backend.services.people import handset_for, owners
from backend.services.reopen import reopen
from backend.store.models import Conversation, Handset, Message, Person
from backend.store.models.conversations import CONVERSATION_ENDS_AFTER

BODY_LIMIT = 1_600  # characters kept of an inbound text (contract)


@dataclass(frozen=True)
class InboundSms:
    """The fields of Twilio's inbound SMS webhook that we keep."""

    carrier: str
    account: str
    sid: str
    from_number: str
    body: str
    media_count: int = 0


def receive_sms(deps: Deps, sms: InboundSms) -> tuple[int, bool]:
    """Store an inbound SMS and commit; return (message id, whether it is new).

    The same carrier id again, also many at once, finds the stored one: a UNIQUE constraint decides, not a look first.
    """
    for attempt in range(5):
        try:
            with deps.db.write() as session:
                return _store(deps, session, sms)
        except (IntegrityError, OperationalError):
            # Lost the race for the row (or PostgreSQL saw a deadlock): the next look finds what the other stored.
            if attempt == 4:
                raise
    raise AssertionError("unreachable")


def _store(deps: Deps, session: Session, sms: InboundSms) -> tuple[int, bool]:
    known = session.scalar(
        select(Message.id).where(
            Message.carrier == sms.carrier, Message.account == sms.account, Message.carrier_id == sms.sid
        )
    )
    if known is not None:
        return known, False
    now = deps.clock()
    handset = handset_for(session, deps, sms.from_number, now)
    conversation = conversation_for(session, handset, now)
    reopen(session, conversation, now)
    body = storable(sms.body)
    message = Message(
        conversation_id=conversation.id,
        handset_id=handset.id,
        direction="inbound",
        channel="sms",
        body=body[:BODY_LIMIT],
        raw_truncated=len(body) > BODY_LIMIT,
        media_count=sms.media_count,
        status="received",
        created_at=now,
        carrier=sms.carrier,
        account=sms.account,
        carrier_id=sms.sid,
    )
    session.add(message)
    session.flush()
    return message.id, True


def storable(text: str) -> str:
    """`text` without what a database refuses: NUL and lone surrogates become U+FFFD (I6)."""
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8", "replace")


def conversation_for(session: Session, handset: Handset, now: datetime) -> Conversation:
    """The number's running conversation, SMS and calls alike, or a new one after 24 h of silence."""
    session.flush()
    conversation = session.scalar(
        select(Conversation).where(Conversation.handset_id == handset.id).order_by(Conversation.id.desc()).limit(1)
    )
    if conversation is None or now - conversation.last_at > CONVERSATION_ENDS_AFTER:
        known = owners(session, handset)
        person = session.get(Person, known[0].person_id) if len(known) == 1 else None
        conversation = Conversation(
            handset_id=handset.id,
            person_id=person.id if person else None,
            region_code=person.village_code if person else (conversation.region_code if conversation else None),
            started_at=now,
            last_at=now,
            context=_still_asked(conversation, now),
        )
        session.add(conversation)
    conversation.last_at = max(conversation.last_at, now)
    session.flush()
    return conversation


def _still_asked(before: Conversation | None, now: datetime) -> dict[str, Any]:
    """A question that may be answered until a time of its own outlives the talk it was asked in (M05)."""
    pending = (before.context or {}).get("pending") if before is not None else None
    until = (pending or {}).get("until")
    return {"pending": pending} if until and datetime.fromisoformat(until) > now else {}
