"""What staff made of an erased person's words: that it was reviewed stays in the figures, the words and values do not (T15)."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from backend.store.models import AuditEvent, Correction, Message, TrainingExample, Worker


def blank(session: Session, conversation_ids: Sequence[int], worker: Worker | None) -> None:
    """Blank the corrections of these conversations and those that changed her card; her examples lead back to nobody.

    What an example says has neither name nor number in it and stays learnt.
    """
    quietly = {"synchronize_session": False}
    hers: ColumnElement[bool] = Correction.conversation_id.in_(conversation_ids)
    if worker is not None:
        # Somebody else's words on a shared phone may have changed her card: the trail knows which.
        words = select(AuditEvent.message_id).where(
            AuditEvent.object_kind == "workers",
            AuditEvent.object_id == str(worker.id),
            AuditEvent.verb == "corrected",
            AuditEvent.message_id.is_not(None),
        )
        hers = or_(hers, Correction.message_id.in_(words))
    session.flush()
    session.execute(update(Correction).where(hers).values(before={}, after={}, ledger=[]), execution_options=quietly)
    said = select(Message.id).where(Message.conversation_id.in_(conversation_ids))
    session.execute(
        update(TrainingExample).where(TrainingExample.message_id.in_(said)).values(message_id=None),
        execution_options=quietly,
    )
