"""Households with their people, those without anybody at work first (H02)."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from backend.domain.households import EARNING_STATUS
from backend.domain.offers import HOLDS_A_PLACE
from backend.store.models import Hardship, Household, Offer, Person, Worker
from backend.store.queries.scope import within

PAGE = 30


@dataclass(frozen=True)
class Member:
    """`worker` is None for somebody of the household who is not in the worker library."""

    person: Person
    worker: Worker | None


@dataclass(frozen=True)
class Listed:
    household: Household
    earning: bool
    labelled: bool  # somebody in it has a verified label
    members: list[Member]


def _seen(region: str, home: str) -> ColumnElement[bool]:
    """Of one's own region, or with somebody in it who lives there."""
    lives_here = exists().where(Person.household_id == Household.id, within(Person.village_code, region))
    return or_(within(Household.village_code, region, home), lives_here)


def _earning(since: date) -> ColumnElement[bool]:
    has_work = exists().where(
        Person.household_id == Household.id, Worker.person_id == Person.id, Worker.employment_status.in_(EARNING_STATUS)
    )
    placed = exists().where(
        Person.household_id == Household.id,
        Worker.person_id == Person.id,
        Offer.worker_id == Worker.id,
        Offer.status.in_((*HOLDS_A_PLACE, "paid")),
        Offer.ends_on >= since,
    )
    return or_(has_work, placed)


def _labelled() -> ColumnElement[bool]:
    return exists().where(
        Person.household_id == Household.id,
        Worker.person_id == Person.id,
        Hardship.worker_id == Worker.id,
        Hardship.verified_at.is_not(None),
    )


def page(
    session: Session, region: str, home: str, since: date, *, without: bool = False, number: int = 1
) -> tuple[list[Listed], bool]:
    """A page of households, those with nobody at work first, of these the labelled first; `without`: only these."""
    earning, labelled = _earning(since), _labelled()
    # A household nobody lives in any more is kept for its number only.
    lived_in = exists().where(Person.household_id == Household.id, Person.erased_at.is_(None))
    query = select(Household, earning, labelled).where(_seen(region, home), lived_in)
    if without:
        query = query.where(~earning)
    rows = session.execute(
        query.order_by(earning, labelled.desc(), Household.id).offset((number - 1) * PAGE).limit(PAGE + 1)
    ).all()
    members = members_of(session, [household.id for household, _, _ in rows[:PAGE]])
    listed = [Listed(household, bool(e), bool(lab), members[household.id]) for household, e, lab in rows[:PAGE]]
    return listed, len(rows) > PAGE


def figures(session: Session, region: str, home: str, since: date) -> dict[str, int]:
    """`{"labelled", "labelled_without", "without"}`: the target is that no labelled household is without."""

    def count(*wanted: ColumnElement[bool]) -> int:
        lived_in = exists().where(Person.household_id == Household.id, Person.erased_at.is_(None))
        query = select(func.count()).select_from(Household).where(_seen(region, home), lived_in, and_(True, *wanted))
        return session.scalar(query) or 0

    return {
        "labelled": count(_labelled()),
        "labelled_without": count(_labelled(), ~_earning(since)),
        "without": count(~_earning(since)),
    }


def one(session: Session, region: str, home: str, household_id: int) -> Household | None:
    return session.scalar(select(Household).where(Household.id == household_id, _seen(region, home)))


def is_earning(session: Session, household_id: int, since: date) -> bool:
    return bool(session.scalar(select(_earning(since)).select_from(Household).where(Household.id == household_id)))


def members_of(session: Session, household_ids: list[int]) -> dict[int, list[Member]]:
    found: dict[int, list[Member]] = defaultdict(list)
    rows = session.execute(
        select(Person, Worker)
        .outerjoin(Worker, and_(Worker.person_id == Person.id, Worker.status != "erased"))
        .where(Person.household_id.in_(household_ids), Person.erased_at.is_(None))
        .order_by(Person.id)
    )
    for person, worker in rows:
        if person.household_id is not None:
            found[person.household_id].append(Member(person, worker))
    return found
