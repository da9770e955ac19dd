"""Conversations as staff read them (their list: queries/inbox.py); every read takes the region of the member of staff (DESIGN §3.9)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from backend.store.models import Conversation, Message
from backend.store.queries import inbox_counts
from backend.store.queries.scope import within


def count_waiting(session: Session, region: str, home: str) -> int:
    """In how many conversations somebody waits for staff; at most 100 are counted. `home` as everywhere: see `within`."""
    return inbox_counts.count(session, region, "waiting")


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
