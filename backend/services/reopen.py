"""A conversation that staff had closed is open again once somebody writes or calls in it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.models import Conversation, ConversationClosing


def reopen(session: Session, conversation: Conversation, now: datetime) -> None:
    """Open `conversation` in the caller's transaction, if it is closed; that it was is kept with the closing."""
    if conversation.closed_at is None:
        return
    conversation.closed_at = None
    closing = session.scalar(
        select(ConversationClosing)
        .where(ConversationClosing.conversation_id == conversation.id, ConversationClosing.undone_at.is_(None))
        .order_by(ConversationClosing.id.desc())
        .limit(1)
    )
    if closing is not None:
        closing.reopened_at = closing.reopened_at or now
