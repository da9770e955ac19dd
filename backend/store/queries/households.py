"""Households with their people, those without anybody at work first (H02)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, union
from sqlalchemy.orm import Session

from backend.domain.access import may_see
from backend.domain.households import EARNING_STATUS
from backend.domain.offers import HAD_A_PLACE
from backend.store.models import Hardship, Household, Offer, Person, Worker
from backend.store.queries import keyset, stretches
from backend.store.queries.keyset import Key
from backend.store.queries.scope import within
from backend.store.queries.stretches import Run

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
    # One list of numbers, each half by its own index: asked of every household of the province it grows with it.
    return Household.id.in_(union(of_here, _lives_here(region)))


def _lives_here(region: str) -> Select[Any]:
    return select(Person.household_id).where(Person.household_id.is_not(None), within(Person.village_code, region))


def _found(query: Select[Any]) -> ColumnElement[bool]:
    # Asked of one household after the other, so that a page stops when it is full: as EXISTS, PostgreSQL would rather
    # gather those of the whole province first.
    return query.limit(1).scalar_subquery().is_not(None)


def _of_household() -> Select[Any]:
    people = select(Worker.id).join(Person, Person.id == Worker.person_id)
    return people.where(Person.household_id == Household.id).correlate(Household)


def _earning(since: date) -> ColumnElement[bool]:
    placed = _of_household().join(Offer, Offer.worker_id == Worker.id)
    return or_(
        _found(_of_household().where(Worker.employment_status.in_(EARNING_STATUS))),
        _found(placed.where(Offer.status.in_(HAD_A_PLACE), Offer.ends_on >= since)),
    )


def _labelled() -> ColumnElement[bool]:
    labels = _of_household().join(Hardship, Hardship.worker_id == Worker.id)
    return _found(labels.where(Hardship.verified_at.is_not(None)))


_ID = (Key(Household.id, "id", keyset.number),)
_PLACE = (Key(Household.village_code, "village_code", str), *_ID)
RANKS = ("labelled_without", "without", "earning")


def _ranked(since: date, rank: str) -> list[ColumnElement[bool]]:
    if rank == "earning":
        return [_earning(since)]
    return [~_earning(since), _labelled() if rank == "labelled_without" else ~_labelled()]


def page(
    session: Session, region: str, home: str, since: date, *, without: bool = False, after: str = ""
) -> tuple[list[Listed], str]:
    """A page of households, those with nobody at work first, of these the labelled first; `without`: only these.

    Within each village by village. Behind all of them, in the same order, those kept elsewhere that somebody of here lives
    in: whom the place is answerable for is found along its own index. Returns where the next page begins, "" on the last.
    """
    ranks = RANKS[:2] if without else RANKS
    own = within(Household.village_code, region)
    runs: list[tuple[str, Run]] = []
    for rank in ranks:
        query = select(Household).where(_lived_in(), *_ranked(since, rank))
        runs.append((rank, Run(query.where(own), _PLACE)))
        if may_see(region, home):
            runs.append((rank, Run(query.where(Household.village_code.is_(None)), _ID)))
    elsewhere = and_(Household.village_code.is_not(None), ~own)
    if not may_see(region, home):
        elsewhere = or_(Household.village_code.is_(None), elsewhere)
    for rank in ranks:
        query = select(Household).where(
            Household.id.in_(_lives_here(region)), elsewhere, _lived_in(), *_ranked(since, rank)
        )
        runs.append((rank, Run(query, _ID)))
    found, following = stretches.page(session, [(run,) for _, run in runs], after, PAGE)
    ids = [household.id for _, household in found]
    members = members_of(session, ids)
    labelled = set(session.scalars(select(Household.id).where(Household.id.in_(ids), _labelled())))
    listed = [Listed(one, runs[number][0] == "earning", one.id in labelled, members[one.id]) for number, one in found]
    return listed, following


def listed(region: str, home: str) -> Select[Household]:
    """Every household of a region; one that nobody lives in any more is kept for its number only."""
    return select(Household).where(_seen(region, home), _lived_in())


def _lived_in() -> ColumnElement[bool]:
    people = select(Person.id).where(Person.household_id == Household.id, Person.erased_at.is_(None))
    return _found(people.correlate(Household))


def told(session: Session, rows: Sequence[Household], since: date) -> list[Listed]:
    """Who lives in these and whether one of them is at work or in verified need."""
    ids = [one.id for one in rows]
    members = members_of(session, ids)
    earning = set(session.scalars(select(Household.id).where(Household.id.in_(ids), _earning(since))))
    labelled = set(session.scalars(select(Household.id).where(Household.id.in_(ids), _labelled())))
    return [Listed(one, one.id in earning, one.id in labelled, members[one.id]) for one in rows]


def by_place(session: Session, region: str, home: str, since: date) -> Iterator[tuple[set[str], bool, bool]]:
    """Of every household of a region: the places whose staff see it, whether it is labelled, whether somebody earns."""
    ids = listed(region, home).with_only_columns(Household.id)
    labelled = set(session.scalars(ids.where(_labelled())))
    earning = set(session.scalars(ids.where(_earning(since))))
    places: dict[int, set[str]] = defaultdict(set)
    for household_id, code in session.execute(
        listed(region, home).with_only_columns(Household.id, Household.village_code)
    ):
        places[household_id].add(code or home)
    lives = (
        select(Person.household_id, Person.village_code)
        .where(Person.household_id.is_not(None), within(Person.village_code, region))
        .distinct()
    )
    for lived_in, code in session.execute(lives):
        if lived_in in places and code:
            places[lived_in].add(code)
    for household_id, codes in places.items():
        yield codes, household_id in labelled, household_id in earning


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
