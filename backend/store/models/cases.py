"""Case: something a person of flesh and blood has to answer, with the words or the recording it came from (R01, R02)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, text
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
    assigned_to_team: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))  # who should take it up
    # Kept by store/models/stepping_in.py on every flush: the county and the town it lies in, and since when somebody waits
    # for a person in it (None: nobody does, or no longer).
    county_code: Mapped[str | None]
    town_code: Mapped[str | None]
    waits_since: Mapped[datetime | None]

    __table_args__ = (
        # The lists of the cases room, most pressing first and newest closed first, for a county, a town and above.
        Index("ix_cases_status_priority_due_at_id", "status", "priority", "due_at", "id"),
        Index("ix_cases_county_code_status_priority_due_at_id", "county_code", "status", "priority", "due_at", "id"),
        Index("ix_cases_town_code_status_priority_due_at_id", "town_code", "status", "priority", "due_at", "id"),
        Index("ix_cases_status_closed_at_id", "status", "closed_at", "id"),
        Index("ix_cases_county_code_status_closed_at_id", "county_code", "status", "closed_at", "id"),
        Index("ix_cases_town_code_status_closed_at_id", "town_code", "status", "closed_at", "id"),
        Index("ix_cases_taken_by_status_due_at_id", "taken_by", "status", "due_at", "id"),
        Index("ix_cases_assigned_to_team_status_due_at_id", "assigned_to_team", "status", "due_at", "id"),
        Index(
            "ix_cases_waits_since",
            "waits_since",
            "id",
            postgresql_where=text("waits_since IS NOT NULL"),
            sqlite_where=text("waits_since IS NOT NULL"),
        ),
        Index("ix_cases_status_region_code", "status", "region_code"),
        Index("ix_cases_conversation_id", "conversation_id"),
        Index("ix_cases_opening_id", "opening_id"),
    )
