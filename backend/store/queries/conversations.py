"""Conversations as staff list and read them; every read takes the region of the member of staff (DESIGN §3.9)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from backend.store.models import Case, Conversation, Handset, HandsetOwner, Message, Person, Staff
from backend.store.queries.scope import within

PAGE = 30


@dataclass
class Row:
    """One line of the list."""

    id: int
    number: str
    region_code: str | None
    last_at: datetime
    taken_by: int | None
    taken_by_name: str | None
    needs_staff: bool
    last: Message | None = None
    channels: set[str] = field(default_factory=set)
    intents: list[str] = field(default_factory=list)


def _waits() -> ColumnElement[bool]:
    """A person is waiting for a person: an open case, a turn the line could not answer, or words after a take-over."""
    newer = aliased(Message)
    latest = select(func.max(newer.id)).where(newer.conversation_id == Conversation.id).scalar_subquery()
    return or_(
        exists().where(Case.conversation_id == Conversation.id, Case.status == "open"),
        exists().where(
            Message.conversation_id == Conversation.id, Message.direction == "inbound", Message.status == "failed"
        ),
        and_(
            Conversation.taken_by.is_not(None),
            exists().where(Message.id == latest, Message.direction == "inbound"),
        ),
    )


def _seen(region: str, home: str, last4: str = "", waiting: bool = False) -> list[ColumnElement[bool]]:
    conditions = [within(Conversation.region_code, region, home)]
    if last4:
        conditions.append(Handset.number.endswith(last4, autoescape=True))
    if waiting:
        conditions.append(_waits())
    return conditions


def count_waiting(session: Session, region: str, home: str) -> int:
    return session.scalar(select(func.count()).select_from(Conversation).where(*_seen(region, home, waiting=True))) or 0


def page(
    session: Session, region: str, home: str, *, last4: str = "", waiting: bool = False, number: int = 1
) -> tuple[list[Row], bool]:
    """Return page `number` (from 1), newest first, and whether there are more.

    `last4`: digits the number ends in. `waiting`: only those where somebody waits for a person.
    """
    found = session.execute(
        select(Conversation, Handset.number, Staff.name, _waits().label("needs_staff"))
        .join(Handset, Handset.id == Conversation.handset_id)
        .outerjoin(Staff, Staff.id == Conversation.taken_by)
        .where(*_seen(region, home, last4, waiting))
        .order_by(Conversation.last_at.desc(), Conversation.id.desc())
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    rows = {
        conversation.id: Row(
            id=conversation.id,
            number=phone,
            region_code=conversation.region_code,
            last_at=conversation.last_at,
            taken_by=conversation.taken_by,
            taken_by_name=staff_name,
            needs_staff=bool(needs_staff),
        )
        for conversation, phone, staff_name, needs_staff in found[:PAGE]
    }
    _add_turns(session, rows)
    return list(rows.values()), len(found) > PAGE


def _add_turns(session: Session, rows: dict[int, Row]) -> None:
    """The last words, the channels and the latest intents of the listed conversations, in two queries."""
    if not rows:
        return
    of_these = (
        select(Message.conversation_id, Message.channel, Message.intent, func.max(Message.id))
        .where(Message.conversation_id.in_(rows))
        .group_by(Message.conversation_id, Message.channel, Message.intent)
        .order_by(func.max(Message.id).desc())
    )
    last_ids: dict[int, int] = {}
    for conversation_id, channel, intent, last_id in session.execute(of_these):
        row = rows[conversation_id]
        row.channels.add(channel)
        last_ids[conversation_id] = max(last_id, last_ids.get(conversation_id, 0))
        if intent and intent not in row.intents and len(row.intents) < 3:
            row.intents.append(intent)
    for message in session.scalars(select(Message).where(Message.id.in_(last_ids.values()))):
        rows[message.conversation_id].last = message


def one(session: Session, region: str, home: str, conversation_id: int, *, lock: bool = False) -> Conversation | None:
    """The conversation, if it lies in the region; `lock` keeps it for the rest of a writing transaction."""
    query = (
        select(Conversation)
        .options(selectinload(Conversation.handset))
        .where(Conversation.id == conversation_id, within(Conversation.region_code, region, home))
    )
    return session.scalar(query.with_for_update(of=Conversation) if lock else query)


def turns(session: Session, conversation_id: int, limit: int = 500) -> list[Message]:
    """The latest `limit` turns, SMS and calls in one line, in the order they happened."""
    latest = session.scalars(
        select(Message).where(Message.conversation_id == conversation_id).order_by(Message.id.desc()).limit(limit)
    ).all()
    return list(reversed(latest))


def turn(session: Session, region: str, home: str, message_id: int) -> Message | None:
    """One turn, if its conversation lies in the region."""
    return session.scalar(
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id == message_id, within(Conversation.region_code, region, home))
    )


def people(session: Session, conversation: Conversation) -> list[Person]:
    """Everybody ever reachable on the conversation's number: theirs are the names to hide in its text."""
    ids = select(HandsetOwner.person_id).where(HandsetOwner.handset_id == conversation.handset_id)
    return list(session.scalars(select(Person).where(or_(Person.id.in_(ids), Person.id == conversation.person_id))))
