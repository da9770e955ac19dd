"""What a member of staff has read: opening a conversation marks it, and it can be marked unread again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Conversation, InboxFloor, InboxRead, Message
from backend.store.queries.scope import within

if TYPE_CHECKING:
    from backend.services.deps import Deps


def seen(session: Session, member: Member, conversation_id: int) -> None:
    """In the caller's transaction: she has read this conversation up to its latest message."""
    latest = session.scalar(select(func.max(Message.id)).where(Message.conversation_id == conversation_id)) or 0
    _note(session, member, conversation_id, latest)


def mark(deps: Deps, member: Member, conversation_ids: Iterable[int], *, read: bool) -> int:
    """Mark these conversations read or unread for `member`; those out of her region are passed over. Returns how many."""
    with deps.db.write() as session:
        ids = session.scalars(
            select(Conversation.id).where(
                Conversation.id.in_(list(conversation_ids)),
                within(Conversation.region_code, member.region_code, HOME_REGION),
            )
        ).all()
        for conversation_id in sorted(ids):
            if read:
                seen(session, member, conversation_id)
            else:
                _note(session, member, conversation_id, 0)
        return len(ids)


def mark_all(deps: Deps, member: Member) -> None:
    """Everything up to now counts as read by `member`."""
    with deps.db.write() as session:
        latest = session.scalar(select(func.max(Message.id))) or 0
        floor = session.get(InboxFloor, member.id)
        if floor is None:
            session.add(InboxFloor(staff_id=member.id, seen_id=latest))
        else:
            floor.seen_id = max(floor.seen_id, latest)
        session.execute(delete(InboxRead).where(InboxRead.staff_id == member.id))


def _note(session: Session, member: Member, conversation_id: int, seen_id: int) -> None:
    row = session.get(InboxRead, (member.id, conversation_id))
    if row is None:
        session.add(InboxRead(staff_id=member.id, conversation_id=conversation_id, seen_id=seen_id))
    else:
        row.seen_id = seen_id
