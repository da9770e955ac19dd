"""Offer: one opening put to one worker, or taken by her (also called an application)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.store.models.base import Base
from backend.store.models.openings import Opening
from backend.store.models.people import Worker


class Offer(Base):
    """`status`: offered → accepted | waitlisted | declined | expired; accepted → withdrawn | arrived | no_show | completed | paid.

    The days of the opening are copied so that overlap can be judged without a join; `code` is the two-digit number a
    text may name when several offers are open (M04).
    """

    __tablename__ = "offers"

    id: Mapped[int] = mapped_column(primary_key=True)
    opening_id: Mapped[int] = mapped_column(ForeignKey("openings.id"))
    worker_id: Mapped[int] = mapped_column(ForeignKey("workers.id"))
    status: Mapped[str] = mapped_column(default="offered")
    channel: Mapped[str] = mapped_column(default="sms")  # sms | voice | staff
    code: Mapped[str] = mapped_column(default="")
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    offered_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    taken_at: Mapped[datetime | None]  # when the place became hers, kept by the store alone (models/figures.py)
    message_id: Mapped[int | None]  # the message or call turn that decided it
    reminded_at: Mapped[datetime | None]  # the reminder before work starts was written or planned
    followed_up_at: Mapped[datetime | None]  # the question after the job was written or planned
    wave: Mapped[int | None]  # of which wave; none: taken by herself or put by staff
    score: Mapped[float | None]  # why she was asked: the rank's points and reasons as they stood then (for the auditor)
    reasons: Mapped[list[str] | None]
    waitlisted_at: Mapped[datetime | None]  # her turn among those who wait for a place
    employer_told: Mapped[str | None]  # what the employer last heard of it: taken | withdrawn
    absence_asked_at: Mapped[datetime | None]  # she was asked herself, after the employer said that she did not come
    # What it was when the opening, not she, ended it (offered | waitlisted | a place); kept until she answers anew.
    ended_as: Mapped[str | None]

    opening: Mapped[Opening] = relationship()
    worker: Mapped[Worker] = relationship()

    __table_args__ = (
        UniqueConstraint("opening_id", "worker_id"),
        Index("ix_offers_worker_id_status", "worker_id", "status"),
        Index("ix_offers_status_expires_at", "status", "expires_at"),
        Index("ix_offers_status_starts_on", "status", "starts_on"),
        Index("ix_offers_starts_on_id", "starts_on", "id"),
        Index("ix_offers_worker_id_offered_at", "worker_id", "offered_at"),
        Index(
            "ix_offers_not_followed_up",
            "ends_on",
            postgresql_where=text("followed_up_at IS NULL"),
            sqlite_where=text("followed_up_at IS NULL"),
        ),
    )


class Outcome(Base):
    """What one side says became of a place that was taken; both are asked, and staff may say it for either.

    `side`: worker | employer | staff. `outcome`: arrived | no_show | completed | paid | unpaid.
    """

    __tablename__ = "outcomes"

    id: Mapped[int] = mapped_column(primary_key=True)
    offer_id: Mapped[int] = mapped_column(ForeignKey("offers.id"))
    side: Mapped[str]
    outcome: Mapped[str]
    at: Mapped[datetime]
    message_id: Mapped[int | None]
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (UniqueConstraint("offer_id", "side", "outcome"),)
