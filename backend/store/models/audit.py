"""Audit event: who read or changed what, when, and by which words; append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.store.models.base import Base


class AuditEvent(Base):
    """`actor`: staff:3, handset:17, api, scheduler. `verb`: registered, revealed, published, took_over, erased …"""

    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    verb: Mapped[str]
    object_kind: Mapped[str]
    object_id: Mapped[str]
    message_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)  # ids and field names, no personal values

    __table_args__ = (Index("ix_audit_events_object", "object_kind", "object_id"), Index("ix_audit_events_at", "at"))
