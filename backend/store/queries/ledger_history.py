"""What was done to one card: the trail's entries with the values they changed, the newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Text, cast, literal, select
from sqlalchemy.orm import Session

from backend.store.models import AuditEvent, Conversation, LedgerChange, MergedEntry, Message, Staff
from backend.store.queries.scope import within

SHOWN = 30
_LOOKS = ("read", "revealed", "listened", "sent_form")


@dataclass(frozen=True)
class Entry:
    """`who`: a member of staff's name, None for anybody else. `turn`: (conversation, message) it came from, if seen."""

    event: AuditEvent
    who: str | None
    changes: Sequence[LedgerChange]
    turn: tuple[int, int] | None


def entries(session: Session, region: str, home: str, kind: str, object_id: int, limit: int = SHOWN) -> list[Entry]:
    """The latest entries about a card and about those merged into it."""
    merged = select(MergedEntry.from_id).where(MergedEntry.object_kind == kind, MergedEntry.to_id == object_id)
    ids = [str(object_id), *(str(each) for each in session.scalars(merged))]
    rows = session.execute(
        select(AuditEvent, Staff.name)
        .outerjoin(Staff, AuditEvent.actor == literal("staff:").concat(cast(Staff.id, Text)))
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id.in_(ids), AuditEvent.verb.not_in(_LOOKS))
        .order_by(AuditEvent.id.desc())
        .limit(limit)
    ).all()
    changed: dict[int, list[LedgerChange]] = defaultdict(list)
    for change in session.scalars(
        select(LedgerChange)
        .where(LedgerChange.event_id.in_([event.id for event, _ in rows]), LedgerChange.object_kind == kind)
        .order_by(LedgerChange.id)
    ):
        changed[change.event_id].append(change)
    said = [event.message_id for event, _ in rows if event.message_id]
    turns = {
        message: (conversation, message)
        for message, conversation in session.execute(
            select(Message.id, Message.conversation_id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.id.in_(said), within(Conversation.region_code, region, home))
        )
    }
    return [Entry(event, who, changed.get(event.id, ()), turns.get(event.message_id or 0)) for event, who in rows]


def changes_of(session: Session, kind: str, object_id: int, event_id: int) -> Sequence[LedgerChange]:
    """The values one entry of the trail changed on a card, locked."""
    return session.scalars(
        select(LedgerChange)
        .where(LedgerChange.event_id == event_id, LedgerChange.object_kind == kind, LedgerChange.object_id == object_id)
        .order_by(LedgerChange.id)
        .with_for_update()
    ).all()


def last_of(session: Session, kind: str, object_id: int, verb: str) -> AuditEvent | None:
    """The latest entry of one kind about a card."""
    return session.scalar(
        select(AuditEvent)
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id == str(object_id), AuditEvent.verb == verb)
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
