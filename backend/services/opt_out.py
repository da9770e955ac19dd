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
    """Take the opt-outs back, of texts and of calls. Returns whether there was one."""
    if handset.opted_out_at is None and handset.calls_opted_out_at is None:
        return False
    handset.opted_out_at = handset.calls_opted_out_at = None
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


@act("no_more_calls")
def no_more_calls(turn: Turn) -> list[Answer]:
    """不要再打来, by key in a call of ours: we never ring this number again until she says 恢复. Texts still go."""
    if turn.handset.calls_opted_out_at is None:
        turn.handset.calls_opted_out_at = turn.now
        audit.record(turn, "calls_opted_out", turn.handset)
    return [make("calls_off")]
