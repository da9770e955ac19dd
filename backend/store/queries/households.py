"""Households with their people, those without anybody at work first (H02)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select, union
from sqlalchemy.orm import Session

from backend.domain.households import EARNING_STATUS
from backend.domain.offers import HAD_A_PLACE
from backend.store.models import Hardship, Household, Offer, Person, Worker
from backend.store.queries import keyset
from backend.store.queries.keyset import Key
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
    of_here = select(Household.id).where(within(Household.village_code, region, home))
    lives_here = select(Person.household_id).where(
        Person.household_id.is_not(None), within(Person.village_code, region)
    )
    # One list of numbers, each half by its own index: asked of every household of the province it grows with it.
    return Household.id.in_(union(of_here, lives_here))


def _earning(since: date) -> ColumnElement[bool]:
    has_work = exists().where(
        Person.household_id == Household.id, Worker.person_id == Person.id, Worker.employment_status.in_(EARNING_STATUS)
    )
    placed = exists().where(
        Person.household_id == Household.id,
        Worker.person_id == Person.id,
        Offer.worker_id == Worker.id,
        Offer.status.in_(HAD_A_PLACE),
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


_ID = (Key(Household.id, "id", keyset.number),)
RANKS = ("labelled_without", "without", "earning")


def _ranked(region: str, home: str, since: date, rank: str) -> Select[Household]:
    query = listed(region, home)
    if rank == "labelled_without":
        # Few households hold a verified label: they are come to from the labels.
        with_label = (
            select(Person.household_id)
            .join(Worker, Worker.person_id == Person.id)
            .join(Hardship, Hardship.worker_id == Worker.id)
            .where(Hardship.verified_at.is_not(None), Person.household_id.is_not(None))
        )
        return query.where(Household.id.in_(with_label), ~_earning(since))
    return query.where(~_earning(since), ~_labelled()) if rank == "without" else query.where(_earning(since))


def page(
    session: Session, region: str, home: str, since: date, *, without: bool = False, after: str = ""
) -> tuple[list[Listed], str]:
    """A page of households, those with nobody at work first, of these the labelled first; `without`: only these.

    Returns where the next page begins, "" on the last.
    """
    ranks = RANKS[:2] if without else RANKS
    at, _, cursor = after.partition("~")
    first = int(at) if at.isdecimal() and int(at) < len(ranks) else 0
    found: list[tuple[int, Household]] = []
    for number in range(first, len(ranks)):
        query = keyset.ordered(_ranked(region, home, since, ranks[number]), _ID, cursor if number == first else "")
        found += [(number, one) for one in session.scalars(query.limit(PAGE + 1 - len(found)))]
        if len(found) > PAGE:
            break
    shown = found[:PAGE]
    members = members_of(session, [household.id for _, household in shown])
    ids = [household.id for _, household in shown]
    labelled = set(session.scalars(select(Household.id).where(Household.id.in_(ids), _labelled())))
    listed = [Listed(one, RANKS[number] == "earning", one.id in labelled, members[one.id]) for number, one in shown]
    return listed, f"{shown[-1][0]}~{shown[-1][1].id}" if len(found) > PAGE else ""


def listed(region: str, home: str) -> Select[Household]:
    """Every household of a region; one that nobody lives in any more is kept for its number only."""
    lived_in = exists().where(Person.household_id == Household.id, Person.erased_at.is_(None))
    return select(Household).where(_seen(region, home), lived_in)


def told(session: Session, rows: Sequence[Household], since: date) -> list[Listed]:
    """Who lives in these and whether one of them is at work or in verified need."""
    ids = [one.id for one in rows]
    members = members_of(session, ids)
    earning = set(session.scalars(select(Household.id).where(Household.id.in_(ids), _earning(since))))
    labelled = set(session.scalars(select(Household.id).where(Household.id.in_(ids), _labelled())))
    return [Listed(one, one.id in earning, one.id in labelled, members[one.id]) for one in rows]


def figures(session: Session, region: str, home: str, since: date) -> dict[str, int]:
    """`{"labelled", "labelled_without", "without"}`, each counted to a hundred; no labelled household is to be without."""
    with_label = (
        select(Person.household_id)
        .join(Worker, Worker.person_id == Person.id)
        .join(Hardship, Hardship.worker_id == Worker.id)
        .where(Hardship.verified_at.is_not(None), Person.erased_at.is_(None))
    )
    labelled = select(Household.id).where(_seen(region, home), Household.id.in_(with_label))
    ranked = {rank: _ranked(region, home, since, rank).with_only_columns(Household.id) for rank in RANKS[:2]}
    without_label = keyset.at_most(session, ranked["labelled_without"])
    return {
        "labelled": keyset.at_most(session, labelled),
        "labelled_without": without_label,
        "without": min(keyset.MOST, without_label + keyset.at_most(session, ranked["without"])),
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
