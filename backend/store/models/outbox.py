"""Outbox: what has to leave, written in the transaction that decided it, sent by the sender loop."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class OutboxRow(Base):
    """`kind`: reply (answers a person's own message; leaves at any hour) | initiated (we start it; consent, opt-out and
    quiet hours are checked when it leaves, M10) | notice (to staff).

    `status`: created → sending → sent → delivered | temporary-failure | permanent-failure | unknown | suppressed.
    """

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), unique=True)
    to_number: Mapped[str]
    body: Mapped[str]
    kind: Mapped[str] = mapped_column(default="reply")
    status: Mapped[str] = mapped_column(default="created")
    reference: Mapped[str] = mapped_column(unique=True)  # our own id, to find it again at the carrier (F6)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    carrier_id: Mapped[str | None]
    error_code: Mapped[str | None]
    suppressed_reason: Mapped[str | None]  # opted_out | no_consent | too_late
    created_at: Mapped[datetime]
    sending_since: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None]  # after this it is no longer worth sending (F7)

    __table_args__ = (
        Index("ix_outbox_status_due_at", "status", "due_at"),
        Index("ix_outbox_carrier_id", "carrier_id"),
        Index("ix_outbox_message_id", "message_id"),
    )


class Receipt(Base):
    """A delivery receipt as it came; one row per (carrier id, status), also for ids we do not know yet (D7)."""

    __tablename__ = "receipts"

    id: Mapped[int] = mapped_column(primary_key=True)
    carrier: Mapped[str]
    carrier_id: Mapped[str]
    status: Mapped[str]
    error_code: Mapped[str | None]
    at: Mapped[datetime]
    applied: Mapped[bool] = mapped_column(default=False)

    __table_args__ = (
        UniqueConstraint("carrier", "carrier_id", "status"),
        Index("ix_receipts_carrier_id", "carrier_id"),
    )


class Heartbeat(Base):
    """Who is alive and who leads: the scheduler's leader lease, the worker's last pass, the engine's last failure."""

    __tablename__ = "heartbeats"

    name: Mapped[str] = mapped_column(primary_key=True)
    holder: Mapped[str] = mapped_column(default="")
    at: Mapped[datetime]
    until: Mapped[datetime | None]
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
