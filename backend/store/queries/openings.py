"""Openings by what searches and reviewers ask for; the lists stay short, the ranking is done on them in memory."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import Select, and_, select
from sqlalchemy.orm import Session, joinedload

from backend.store.models import Employer, Opening
from backend.store.queries.scope import within

CANDIDATES = 200


def open_openings(
    session: Session,
    *,
    today: date,
    region: str | None = None,
    job_types: Iterable[str] | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    limit: int = CANDIDATES,
) -> Sequence[Opening]:
    """Published openings with a free place whose work is not over, soonest first.

    `region` is a division code and takes in all below it. `first_day`…`last_day`: the work falls on at least one of them.
    """
    query = _open(today)
    if region:
        query = query.where(within(Opening.region_code, region))
    if job_types is not None:
        query = query.where(Opening.job_type.in_(list(job_types)))
    if first_day or last_day:
        start, end = first_day or last_day, last_day or first_day
        query = query.where(Opening.starts_on <= end, Opening.ends_on >= start)
    return session.scalars(query.order_by(Opening.starts_on, Opening.id).limit(limit)).all()


def _open(today: date) -> Select[Opening]:
    return (
        select(Opening)
        .options(joinedload(Opening.employer))
        .where(
            Opening.status == "published",
            Opening.ends_on >= today,
            Opening.filled < Opening.headcount,
        )
    )


def employer_by(session: Session, phone: str | None, name: str, region: str) -> Employer | None:
    """The employer of this name on this phone; without a phone one of this name that has none either, in `region`'s county.

    村委会 is the name of thousands: across counties a name alone says nothing.
    """
    same = (
        Employer.phone == phone if phone else and_(Employer.phone.is_(None), within(Employer.region_code, region[:6]))
    )
    return session.scalar(select(Employer).where(same, Employer.name == name).order_by(Employer.id).limit(1))
