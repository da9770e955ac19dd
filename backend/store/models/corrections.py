"""Correction and training example: what staff made of a turn, what it changed in the ledgers, what is learnt from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class Correction(Base):
    """One act of a member of staff on one inbound turn. The latest that is not undone is what the turn means.

    `kind`: right | intent | entity | removed. `before` and `after`: the turn's `corrected` as it was and as it became.
    `ledger`: what was put right with it, [{"table": "workers"|"openings", "id": 3, "fact": "age", "field": "birth_year",
    "before": …, "after": …}], plain JSON. Erasing the person blanks all three.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("messages.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    kind: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    ledger: Mapped[list[Any]] = mapped_column(default=list)
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (
        Index("ix_corrections_message_id_id", "message_id", "id"),
        Index("ix_corrections_conversation_id_id", "conversation_id", "id"),
    )


class TrainingExample(Base):
    """A reviewed turn as the model learns it: the words without anybody's name or number, the values marked in them.

    `text` is Rasa's: `我今年[五十八](age)`. `message_id` leads back to the turn until the person is erased; the sentence tells
    nothing of her and stays. `dropped_at`: staff took it out of what is learnt.
    """

    __tablename__ = "training_examples"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), unique=True)
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))  # of the conversation: who may read it
    channel: Mapped[str]
    intent: Mapped[str]
    text: Mapped[str]
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    at: Mapped[datetime]
    dropped_at: Mapped[datetime | None]
    dropped_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (Index("ix_training_examples_region_code_id", "region_code", "id"),)
