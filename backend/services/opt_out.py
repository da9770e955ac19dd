"""Messages off and on; belongs to the number, works without any engine (M06, T16)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.services import audit
from backend.services.acts import act
from backend.services.turn import Turn
from backend.store.models import Handset


def stop(session: Session, handset: Handset, now: datetime) -> bool:
    """Send nothing more of our own accord to this number; answers to its own messages still go out.

    What is already waiting in the outbox is held back where it leaves. Returns whether that is new.
    """
    if handset.opted_out_at is not None:
        return False
    handset.opted_out_at = now
    session.flush()
    return True


def resume(session: Session, handset: Handset) -> bool:
    """Take the opt-out back. Returns whether there was one."""
    if handset.opted_out_at is None:
        return False
    handset.opted_out_at = None
    session.flush()
    return True


@act("stop_messages")
def stop_messages(turn: Turn) -> list[Answer]:
    if stop(turn.session, turn.handset, turn.now):
        audit.record(turn, "opted_out", turn.handset)
    return [make("opted_out")]


@act("resume_messages")
def resume_messages(turn: Turn) -> list[Answer]:
    if resume(turn.session, turn.handset):
        audit.record(turn, "opted_in", turn.handset)
    return [make("opted_in")]
