"""Audit event: who read or changed what, when, and by which words; append-only."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.access import HOME_REGION
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
    # Where the object lay at the time, else where the actor worked: who may read the event goes by it. Filled in by
    # store/audit_region.py.
    region_code: Mapped[str] = mapped_column(server_default=HOME_REGION)
    # Its first six and nine digits: the newest of one county or one town are found in their order by an index of their own,
    # however many events there are elsewhere.
    county_code: Mapped[str] = mapped_column(server_default=HOME_REGION)
    town_code: Mapped[str | None]

    __table_args__ = (
        Index("ix_audit_events_object", "object_kind", "object_id"),
        Index("ix_audit_events_at", "at"),
        Index("ix_audit_events_actor_id", "actor", "id"),
        Index("ix_audit_events_verb_id", "verb", "id"),
        Index("ix_audit_events_county_code_id", "county_code", "id"),
        Index("ix_audit_events_town_code_id", "town_code", "id"),
    )


class AuditSeal(Base):
    """One link of the chain over the events: which ids it covers and the keyed digest over them and the link before."""

    __tablename__ = "audit_seals"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 1, 2, 3 … without gaps
    sealed_at: Mapped[datetime]
    # [[first, last], …]: every event with an id in one of these spans, both ends included, and no other.
    spans: Mapped[list[Any]]
    count: Mapped[int]
    last_id: Mapped[int]  # the highest id sealed so far
    key_mark: Mapped[str]  # which key it was made with; tells nothing of the key
    digest: Mapped[str]


class AuditCheck(Base):
    """How far the last look along the chain came and what the last whole one found. One row, id 1."""

    __tablename__ = "audit_checks"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_number: Mapped[int] = mapped_column(default=1)  # the link the next look begins with
    events: Mapped[int] = mapped_column(default=0)  # looked at in this round
    whole_at: Mapped[datetime | None]  # when a round last came to the end
    whole_to: Mapped[datetime | None]  # the time of the newest event it covered
    whole_events: Mapped[int] = mapped_column(default=0)
    # The last seal of that round: gone or another later on, the end of the trail was cut off.
    last_seal: Mapped[int] = mapped_column(default=0)
    last_digest: Mapped[str] = mapped_column(default="")
    problem: Mapped[dict[str, Any] | None]  # {"what": "changed", "seal": 7, "first": 120, "last": 140, "at": …}
