"""Case: something a person of flesh and blood has to answer, with the words or the recording it came from (R01, R02)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class Case(Base):
    """`kind`: a `problem` of understanding.md, or handoff, voicemail, policy, training, returnee, unemployment,
    write_name, callback, erase. `status`: open → taken → closed. `priority`: 1 now · 2 today · 3 ordinary.
    """

    __tablename__ = "cases"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    status: Mapped[str] = mapped_column(default="open")
    priority: Mapped[int] = mapped_column(default=3)
    summary: Mapped[str] = mapped_column(default="")
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)  # entities said: money, employer, dates …
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversations.id"))
    handset_id: Mapped[int | None] = mapped_column(ForeignKey("handsets.id"))
    worker_id: Mapped[int | None] = mapped_column(ForeignKey("workers.id"))
    opening_id: Mapped[int | None] = mapped_column(ForeignKey("openings.id"))  # of a task that no message asked for
    region_code: Mapped[str | None] = mapped_column(ForeignKey("regions.code"))
    source_message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))
    recording_url: Mapped[str | None]
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    taken_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    taken_at: Mapped[datetime | None]
    closed_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    closed_at: Mapped[datetime | None]
    resolution: Mapped[str | None]

    __table_args__ = (
        Index("ix_cases_status_region_code", "status", "region_code"),
        Index("ix_cases_conversation_id", "conversation_id"),
        Index("ix_cases_opening_id", "opening_id"),
    )
