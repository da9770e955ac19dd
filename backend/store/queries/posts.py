"""Public-welfare posts (公益性岗位): kept in hand by staff for whom nothing else is found, and who has them (H11).

A post that is not in anybody's hands is a draft: no search finds it, no board shows it, no wave offers it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.store.models import AuditEvent, Hardship, Offer, Opening, Person, Worker
from backend.store.queries import keyset
from backend.store.queries.freshness import engaged
from backend.store.queries.keyset import Key
from backend.store.queries.scope import walked, within

POST = "policy"  # Opening.source_kind
PAGE = 30
STANDING = ("draft", "published", "filled")


def kept_in_hand() -> ColumnElement[bool]:
    return and_(Opening.source_kind == POST, Opening.status == "draft")


def is_kept_in_hand(opening: Opening) -> bool:
    return opening.source_kind == POST and opening.status == "draft"


def standing(session: Session, region: str, today: date) -> Sequence[Opening]:
    """The posts of the region that are not over, those with places first."""
    return session.scalars(
        select(Opening)
        .options(joinedload(Opening.employer))
        .where(
            Opening.source_kind == POST,
            Opening.status.in_(STANDING),
            Opening.ends_on >= today,
            within(Opening.region_code, region),
        )
        .order_by(Opening.filled >= Opening.headcount, Opening.starts_on, Opening.id)
    ).all()


def one(session: Session, region: str, opening_id: int) -> Opening | None:
    return session.scalar(
        select(Opening).where(
            Opening.id == opening_id, Opening.source_kind == POST, within(Opening.region_code, region)
        )
    )


def assignees(session: Session, opening_ids: Iterable[int]) -> dict[int, list[Offer]]:
    """Post → whom it was put to, with what became of it."""
    found: dict[int, list[Offer]] = defaultdict(list)
    query = (
        select(Offer)
        .options(joinedload(Offer.worker).joinedload(Worker.person))
        .where(Offer.opening_id.in_(list(opening_ids)))
        .order_by(Offer.id)
    )
    for offer in session.scalars(query):
        found[offer.opening_id].append(offer)
    return dict(found)


def verified_hardship() -> ColumnElement[bool]:
    return exists().where(Hardship.worker_id == Worker.id, Hardship.verified_at.is_not(None))


_HARDEST = (
    Key(Worker.failed_matches, "failed_matches", keyset.number, desc=True),
    Key(Worker.id, "id", keyset.number, desc=True),
)


def hardest(session: Session, region: str, after_weeks: int, after: str = "") -> tuple[list[Worker], str]:
    """Workers for whom nothing was found `after_weeks` or more, the longest first; and where the next page begins."""
    query = (
        select(Worker)
        .join(Worker.person)
        .options(joinedload(Worker.person), selectinload(Worker.hardships))
        .where(*_hardest(region, after_weeks, walked(session, Person.village_code, region)))
    )
    found = list(session.scalars(keyset.ordered(query, _HARDEST, after).limit(PAGE + 1)))
    return found[:PAGE], keyset.cursor(found[PAGE - 1], _HARDEST) if len(found) > PAGE else ""


def hardest_by_place(session: Session, region: str, after: int) -> list[tuple[str, int]]:
    """How many of them each village of the region has, by its code."""
    query = select(Person.village_code, func.count(Worker.id)).join(Worker.person).where(*_hardest(region, after))
    return [(code, count) for code, count in session.execute(query.group_by(Person.village_code)) if code]


def one_of_the_hardest(session: Session, region: str, worker_id: int) -> Worker | None:
    """A worker with a verified hardship of the region, however often nothing was found: staff may know better."""
    return session.scalar(
        select(Worker)
        .join(Worker.person)
        .where(Worker.id == worker_id, Worker.status == "active", within(Person.village_code, region))
        .where(verified_hardship())
    )


def failures(session: Session, worker_ids: Iterable[int]) -> dict[int, list[AuditEvent]]:
    """Worker id → the weeks in which nothing was found, with the reason, the newest first."""
    ids = [str(worker_id) for worker_id in worker_ids]
    found: dict[int, list[AuditEvent]] = defaultdict(list)
    query = (
        select(AuditEvent)
        .where(AuditEvent.verb == "match_failed", AuditEvent.object_kind == "workers", AuditEvent.object_id.in_(ids))
        .order_by(AuditEvent.id.desc())
    )
    for event in session.scalars(query):
        found[int(event.object_id)].append(event)
    return dict(found)


def to_be_judged(session: Session, now: datetime, today: date, before: date, limit: int) -> Sequence[int]:
    """Waiting workers with a verified hardship whose last week has not been looked at: `before` or earlier, or never.

    `today` and `before` are days in Shanghai; who has waited is reckoned by the clock, to the minute.
    """
    week = now - (today - before)
    return session.scalars(
        select(Worker.id)
        .where(
            Worker.status == "active",
            Worker.waiting_since <= week,
            or_(Worker.failed_on.is_(None), Worker.failed_on <= before),
            verified_hardship(),
            ~engaged(today),
        )
        .order_by(Worker.failed_on.is_not(None), Worker.failed_on, Worker.id)
        .limit(limit)
    ).all()


def offers_since(session: Session, worker_id: int, since: datetime) -> Sequence[Offer]:
    return session.scalars(select(Offer).where(Offer.worker_id == worker_id, Offer.offered_at >= since)).all()


def _hardest(region: str, after: int, place: Any = Person.village_code) -> tuple[ColumnElement[bool], ...]:
    return (
        Worker.status == "active",
        Worker.failed_matches >= after,
        Person.erased_at.is_(None),
        within(place, region),
        verified_hardship(),
    )
