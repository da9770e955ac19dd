"""What was done to one card: the trail's entries with the values they changed, the newest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Integer, case, cast, func, select
from sqlalchemy.orm import Session

from backend.store.models import AuditEvent, Conversation, LedgerChange, MergedEntry, Message, Staff
from backend.store.queries.scope import within

SHOWN = 30
_LOOKS = ("read", "revealed", "listened", "sent_form")
_MERGED = ("workers", "employers")  # the kinds of which one entry can be merged into another
Event = tuple[AuditEvent, str | None]


@dataclass(frozen=True)
class Entry:
    """`who`: a member of staff's name, None for anybody else. `turn`: (conversation, message) it came from, if seen."""

    event: AuditEvent
    who: str | None
    changes: Sequence[LedgerChange]
    turn: tuple[int, int] | None


def done_to(session: Session, kind: str, object_id: int, limit: int | None = None) -> list[Event]:
    """What was done to a card and to those merged into it, the newest first, with the name of the member of staff who did
    it; who merely looked is left out."""
    ids = [str(object_id)]
    if kind in _MERGED:
        merged = select(MergedEntry.from_id).where(MergedEntry.object_kind == kind, MergedEntry.to_id == object_id)
        ids += [str(each) for each in session.scalars(merged)]
    # The number out of "staff:3", so that she is found by it: the other way round every row of the staff is written out.
    by = case((AuditEvent.actor.startswith("staff:"), cast(func.substr(AuditEvent.actor, len("staff:") + 1), Integer)))
    query = (
        select(AuditEvent, Staff.name)
        .outerjoin(Staff, Staff.id == by)
        .where(AuditEvent.object_kind == kind, AuditEvent.object_id.in_(ids), AuditEvent.verb.not_in(_LOOKS))
        .order_by(AuditEvent.id.desc())
    )
    return [(event, who) for event, who in session.execute(query.limit(limit))]


def entries(session: Session, region: str, home: str, kind: str, events: Sequence[Event]) -> list[Entry]:
    """The same `events` with what they changed and the turn they came from, if it is of the region."""
    changed: dict[int, list[LedgerChange]] = defaultdict(list)
    if events:
        query = select(LedgerChange).where(
            LedgerChange.event_id.in_([event.id for event, _ in events]), LedgerChange.object_kind == kind
        )
        for change in session.scalars(query.order_by(LedgerChange.id)):
            changed[change.event_id].append(change)
    turns: dict[int, tuple[int, int]] = {}
    if said := [event.message_id for event, _ in events if event.message_id]:
        rows = session.execute(
            select(Message.id, Message.conversation_id)
            .join(Conversation, Conversation.id == Message.conversation_id)
            .where(Message.id.in_(said), within(Conversation.region_code, region, home))
        )
        turns = {message: (conversation, message) for message, conversation in rows}
    return [Entry(event, who, changed.get(event.id, ()), turns.get(event.message_id or 0)) for event, who in events]


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
