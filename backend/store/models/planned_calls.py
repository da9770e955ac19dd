"""Calls we place: what we mean to ring somebody for, and every time the carrier was asked to (V15)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class PlannedCall(Base):
    """`purpose`: callback (after a missed call, or one that broke off with nothing finished) | offer | reminder | follow_up
    | still_looking (of `person_id`, about everybody on the phone) | staff_call (a member of staff is rung first, StaffCall).

    `status`: planned → placing → ringing → answered | unreached | suppressed | expired; an attempt that nobody answered
    leads back to planned while tries are left. Written in the transaction that decided it, placed by the sender loop.
    """

    __tablename__ = "planned_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    handset_id: Mapped[int] = mapped_column(ForeignKey("handsets.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("persons.id"))
    purpose: Mapped[str]
    offer_id: Mapped[int | None] = mapped_column(ForeignKey("offers.id"))  # of offer, reminder and follow_up
    after_call_sid: Mapped[str | None]  # of callback: the call it answers
    status: Mapped[str] = mapped_column(default="planned")
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]  # after this it is no longer worth ringing (F7)
    attempts: Mapped[int] = mapped_column(default=0)
    suppressed_reason: Mapped[
        str | None
    ]  # opted_out | number_cap | daily_cap | answered | not_allowed | done | cancelled | with_staff
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]

    __table_args__ = (
        UniqueConstraint("purpose", "offer_id"),
        UniqueConstraint("after_call_sid"),
        Index("ix_planned_calls_status_due_at", "status", "due_at"),
        Index("ix_planned_calls_handset_id", "handset_id"),
    )


class CallAttempt(Base):
    """One ringing. Committed before the carrier is asked, so that the caps hold whatever fails afterwards.

    `status`: placing → the carrier's own words (queued ringing in-progress completed busy no-answer failed canceled).
    """

    __tablename__ = "call_attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    planned_call_id: Mapped[int] = mapped_column(ForeignKey("planned_calls.id"))
    handset_id: Mapped[int] = mapped_column(ForeignKey("handsets.id"))
    reference: Mapped[str] = mapped_column(unique=True)  # in the addresses given to the carrier: whose ringing it is
    call_sid: Mapped[str | None]
    status: Mapped[str] = mapped_column(default="placing")
    answered_by: Mapped[str | None]  # human | machine | unknown
    at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_call_attempts_at", "at"),
        Index("ix_call_attempts_handset_id_at", "handset_id", "at"),
        Index("ix_call_attempts_planned_call_id", "planned_call_id"),
    )
