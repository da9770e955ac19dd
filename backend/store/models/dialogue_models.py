"""Dialogue models: how each was trained and scored (the list of those that may be loaded), and which was in use when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class DialogueModel(Base):
    """One training and its result; no words of anybody.

    `origin`: tree (what the program came with) | trained (with what staff reviewed).
    `status`: queued → training → scoring → ready | refused (scored lower) | failed | cancelled.
    """

    __tablename__ = "dialogue_models"

    id: Mapped[int] = mapped_column(primary_key=True)
    origin: Mapped[str]
    status: Mapped[str] = mapped_column(default="queued")
    # 1 while it is queued or worked on, then nothing: the one training at a time.
    slot: Mapped[int | None] = mapped_column(unique=True)
    name: Mapped[str | None]  # 16 hex digits: the hash of everything it was made from
    tree: Mapped[str | None]  # the same without what staff reviewed
    sha256: Mapped[str | None]  # of the file: nothing else is loaded
    file_kept: Mapped[bool] = mapped_column(default=False)
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    step: Mapped[str | None]  # reading | learning | saving | scoring | scoring_before
    share: Mapped[int] = mapped_column(default=0)  # percent
    seconds_left: Mapped[int | None]
    # Reviewed sentences: learnt from, kept back as an exam, new and gone since the model in use.
    examples: Mapped[int] = mapped_column(default=0)
    held_back: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None]  # a code of console/training_labels.py
    dropped: Mapped[list[str] | None]  # the figures that made it refused
    scored_on: Mapped[str | None]  # hash of the sentences it was scored on
    figures: Mapped[dict[str, Any] | None]
    figures_before: Mapped[dict[str, Any] | None]
    compared_with: Mapped[int | None] = mapped_column(ForeignKey("dialogue_models.id"))
    example_hashes: Mapped[list[str] | None] = mapped_column(deferred=True)
    scores: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)
    compared: Mapped[dict[str, Any] | None] = mapped_column(deferred=True)

    __table_args__ = (Index("ix_dialogue_models_status_id", "status", "id"), Index("ix_dialogue_models_name", "name"))


class ModelSwitch(Base):
    """A change of the model in use; the last one that is done says which it is.

    `kind`: switch | back | start (the program was started anew with the model it came with).
    `status`: asked → done | failed.
    """

    __tablename__ = "model_switches"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("dialogue_models.id"))
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="asked")
    slot: Mapped[int | None] = mapped_column(unique=True)  # 1 while asked: one at a time
    asked_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    problem: Mapped[str | None]

    __table_args__ = (Index("ix_model_switches_status_id", "status", "id"),)
