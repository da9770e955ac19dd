"""What staff made of an erased person's words: that it was reviewed stays in the figures, the words and values do not (T15)."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, Select, delete, or_, select, true, update
from sqlalchemy.orm import Session

from backend.domain import surnames, training
from backend.store.models import AuditEvent, Correction, Message, TrainingExample, Worker


def blank(
    session: Session, conversation_ids: Sequence[int], worker: Worker | None, names: Collection[str] = ()
) -> bool:
    """Blank the corrections of these conversations and those that changed her card; her examples lead back to nobody.

    What an example says has neither name nor number in it and stays learnt. One that does hold one of her `names`, since
    nobody had marked it and it was not known then, goes. Returns whether any went.
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
    told = _examples_with(session, said, {name for name in names if len(name) > 1})
    session.execute(delete(TrainingExample).where(TrainingExample.id.in_(told)), execution_options=quietly)
    session.execute(
        update(TrainingExample).where(TrainingExample.message_id.in_(said)).values(message_id=None),
        execution_options=quietly,
    )
    return bool(told)


def _examples_with(session: Session, said: Select[int], names: Collection[str]) -> list[int]:
    """Examples in which a name stands outside the invented ones: in her own words any, in others' what can only be a name."""
    found = []
    for name in names:
        anybodys = surnames.bare_name(name) == name
        rows = session.scalars(
            select(TrainingExample).where(
                TrainingExample.text.contains(name, autoescape=True),
                true() if anybodys else TrainingExample.message_id.in_(said),
            )
        )
        found += [row.id for row in rows if training.names_unmarked(row.text, name)]
    return found
