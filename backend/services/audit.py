"""Write down who changed or read what; ids and field names only, never the values."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.domain.masking import mask_names, mask_numbers
from backend.services.turn import Turn
from backend.store.models import AuditEvent


def record(turn: Turn, verb: str, subject: Any, **facts: Any) -> None:
    """An event caused by what the person on the handset said."""
    turn.session.flush()
    write(turn.session, turn.now, f"handset:{turn.handset.id}", verb, subject, message_id=turn.message.id, **facts)


def plain(reason: str | None, *names: str | None) -> str | None:
    """A reason as the trail may keep it: numbers hidden, and the names that are known to stand near it.

    The words as they were typed stay with the row they are about, which can be corrected and erased; the trail cannot.
    """
    if reason is None:
        return None
    return mask_numbers(mask_names(reason, [name for name in names if name]))


def write(
    session: Session, now: datetime, actor: str, verb: str, subject: Any, *, message_id: int | None = None, **facts: Any
) -> None:
    """`actor`: staff:3, handset:17, api, scheduler. `subject`: a stored row."""
    session.add(
        AuditEvent(
            at=now,
            actor=actor,
            verb=verb,
            object_kind=subject.__tablename__,
            object_id=str(subject.id if hasattr(subject, "id") else subject.code),
            message_id=message_id,
            facts=facts,
        )
    )
