"""Help for one person by name: visits, and talks brought about with employers (H01, H05, H09, H10)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class Visit(Base):
    """`kind`: home | phone | window. The four clears (四清) as found that day are in `note` and in the worker's columns."""

    __tablename__ = "visits"

    id: Mapped[int] = mapped_column(primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str] = mapped_column(default="")
    next_on: Mapped[date | None]

    __table_args__ = (Index("ix_visits_worker_id_at", "worker_id", "at"),)


class Talk(Base):
    """A meeting of workers with an employer. `kind`: point_to_point | one_to_one | one_to_many."""

    __tablename__ = "talks"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    employer_id: Mapped[int] = mapped_column(ForeignKey("employers.id"))
    opening_id: Mapped[int | None] = mapped_column(ForeignKey("openings.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    held_on: Mapped[date]
    note: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_talks_region_code_held_on", "region_code", "held_on"),)


class TalkPerson(Base):
    """`outcome`: hired | refused | thinks | absent; none: not held yet."""

    __tablename__ = "talk_persons"

    talk_id: Mapped[int] = mapped_column(ForeignKey("talks.id"), primary_key=True)
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"), primary_key=True)
    outcome: Mapped[str | None]
