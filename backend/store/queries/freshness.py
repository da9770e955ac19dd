"""Entries of both libraries by when somebody last spoke for them (P01, P07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import Session

from backend.domain.freshness import (
    ASKED_SOON,
    BETWEEN_ASKINGS,
    CURRENT_FOR,
    FIRST_HOUR,
    MOST_ASKINGS,
    PAUSED_AFTER,
    SHANGHAI,
    SLOTS,
    STALE_AFTER,
    last_slots,
)
from backend.domain.offers import HOLDS_A_PLACE
from backend.store.models import (
    CallAttempt,
    Consent,
    Employer,
    Handset,
    HandsetOwner,
    Message,
    Offer,
    Opening,
    OutboxRow,
    Person,
    PlannedCall,
    Worker,
)

SAID: ColumnElement[Any] = func.coalesce(Worker.confirmed_at, Worker.updated_at)
HIRING_SAID: ColumnElement[Any] = func.coalesce(Opening.confirmed_at, Opening.updated_at)


def silent_since(moment: datetime) -> ColumnElement[bool]:
    """Workers for whom nobody has spoken since `moment`; written so that an index can answer it."""
    return or_(Worker.confirmed_at <= moment, and_(Worker.confirmed_at.is_(None), Worker.updated_at <= moment))


def gone_stale(now: datetime) -> ColumnElement[bool]:
    """Workers nobody has spoken for in a month, or asked in vain as often as may be: as `domain.freshness.state` says."""
    given_up = and_(Worker.asked_in_vain >= MOST_ASKINGS, Worker.asked_current_at <= now - BETWEEN_ASKINGS)
    return or_(silent_since(now - STALE_AFTER), given_up)


def engaged(today: date) -> ColumnElement[bool]:
    """Whoever holds a place that is not over, or has an offer to answer, is looking or at work: nobody asks her."""
    return exists().where(
        Offer.worker_id == Worker.id,
        or_(
            Offer.status.in_(("offered", "waitlisted")),
            and_(Offer.status.in_(HOLDS_A_PLACE), Offer.ends_on >= today),
        ),
    )


def agreed() -> ColumnElement[bool]:
    """Whoever has agreed to be in the library and has not taken that back: nobody else is written to of our own accord."""
    return exists().where(Consent.person_id == Worker.person_id, Consent.withdrawn_at.is_(None))


def due_workers(session: Session, now: datetime, *, by_call: bool, limit: int) -> Sequence[int]:
    """Ids of workers who may have to be asked now, the longest silent first; the domain judges each once more.

    `by_call`: also those who would rather talk.
    """
    local = now.astimezone(SHANGHAI)
    before, missed = now - BETWEEN_ASKINGS, now - BETWEEN_ASKINGS - CURRENT_FOR
    own_hour = and_(Worker.id % 7 == local.weekday(), Worker.id // 7 % 10 <= local.hour - FIRST_HOUR)
    late = and_(silent_since(missed), or_(Worker.asked_current_at.is_(None), Worker.asked_current_at <= missed))
    query = (
        select(Worker.id)
        .where(
            Worker.status == "active",
            silent_since(before),
            or_(Worker.asked_current_at.is_(None), Worker.asked_current_at <= before),
            Worker.asked_in_vain < MOST_ASKINGS,
            or_(own_hour, late),
            ~engaged(local.date()),
            agreed(),
            exists().where(
                HandsetOwner.person_id == Worker.person_id,
                HandsetOwner.until.is_(None),
                Handset.id == HandsetOwner.handset_id,
                Handset.opted_out_at.is_(None),
            ),
        )
        .order_by(SAID, Worker.id)
        .limit(limit)
    )
    return session.scalars(query if by_call else query.where(Worker.preferred_channel != "voice")).all()


def silent_too_long(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Ids of active workers asked as often as may be and not heard of for so long that they are set aside."""
    return session.scalars(_silent_too_long(now).order_by(Worker.id).limit(limit)).all()


def is_silent_too_long(session: Session, worker_id: int, now: datetime) -> bool:
    """Whether it is so still, her row being held."""
    return session.scalar(_silent_too_long(now).where(Worker.id == worker_id)) is not None


def _silent_too_long(now: datetime) -> Select[int]:
    return select(Worker.id).where(
        Worker.status == "active",
        Worker.asked_in_vain >= MOST_ASKINGS,
        Worker.asked_current_at <= now - BETWEEN_ASKINGS,
        silent_since(now - PAUSED_AFTER),
        ~engaged(now.astimezone(SHANGHAI).date()),
    )


def workers_on(session: Session, handset_id: int) -> Sequence[Worker]:
    """The workers of a phone who look for work, as entered: all who share it."""
    return session.scalars(
        select(Worker)
        .join(HandsetOwner, HandsetOwner.person_id == Worker.person_id)
        .join(Person, Person.id == Worker.person_id)
        .where(
            HandsetOwner.handset_id == handset_id,
            HandsetOwner.until.is_(None),
            Worker.status == "active",
            Person.erased_at.is_(None),
        )
        .order_by(Worker.id)
    ).all()


def contacted_since(session: Session, handset_id: int, since: datetime) -> bool:
    """Whether the line has written to or rung this number of its own accord since then, or is about to ring it."""
    texts = (
        select(OutboxRow.id)
        .join(Message, Message.id == OutboxRow.message_id)
        .where(Message.handset_id == handset_id, OutboxRow.kind == "initiated", OutboxRow.created_at >= since)
    )
    rings = select(CallAttempt.id).where(CallAttempt.handset_id == handset_id, CallAttempt.at >= since)
    planned = select(PlannedCall.id).where(
        PlannedCall.handset_id == handset_id, PlannedCall.status.in_(("planned", "placing", "ringing"))
    )
    return any(session.scalar(query.limit(1)) is not None for query in (texts, rings, planned))


def planned_since(session: Session, purpose: str, since: datetime) -> int:
    query = select(func.count()).where(PlannedCall.purpose == purpose, PlannedCall.created_at >= since)
    return session.scalar(query) or 0


def due_openings(session: Session, now: datetime, soon: date) -> Sequence[Any]:
    """Published openings with places free whose employer may have to be asked, the longest unasked first.

    What the domain judges each by once more, and the employer's `phone`.
    """
    today = now.astimezone(SHANGHAI).date()
    slots = enumerate(last_slots(now))
    before: ColumnElement[Any] = case(
        *((Opening.id % SLOTS == key, literal(slot - BETWEEN_ASKINGS, Opening.updated_at.type)) for key, slot in slots)
    )
    asked = Opening.asked_current_at
    silent = and_(before >= HIRING_SAID, or_(asked.is_(None), asked <= before))
    unasked = or_(asked.is_(None), asked <= now - ASKED_SOON)
    return session.execute(
        select(
            Opening.id,
            Opening.confirmed_at,
            Opening.updated_at,
            asked,
            Opening.starts_on,
            Opening.hours_from,
            Employer.phone,
        )
        .join(Opening.employer)
        .where(
            Opening.status == "published",
            Opening.filled < Opening.headcount,
            Opening.ends_on >= today,
            or_(silent, and_(Opening.starts_on >= today, Opening.starts_on <= soon, unasked)),
        )
        .order_by(asked.is_not(None), asked, Opening.starts_on, Opening.id)
    ).all()
