"""Who may be in the library twice: the same phone, the same name, or a name that sounds the same, in one village."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.store.models import DuplicateCount, Employer, Handset, HandsetOwner, Person, Worker
from backend.store.queries.scope import within

MOST_OF_A_TOWN = 20_000
LATEST_EMPLOYERS = 2_000
SHOWN = 8


@dataclass(frozen=True)
class Known:
    """What is compared of one entry."""

    id: int
    name: str
    village: str | None
    birth_year: int | None
    gender: str | None
    handset: int | None


def of_place(session: Session, region: str, home: str, place: str) -> list[Known]:
    """Everybody of one town or village of the region, as far as they are compared."""
    rows = session.execute(
        select(Worker.id, Person.name, Person.village_code, Person.birth_year, Person.gender, HandsetOwner.handset_id)
        .join(Person, Person.id == Worker.person_id)
        .outerjoin(HandsetOwner, and_(HandsetOwner.person_id == Person.id, HandsetOwner.until.is_(None)))
        .where(
            Worker.status != "erased", Person.erased_at.is_(None), Person.name.is_not(None),
            within(Person.village_code, place), within(Person.village_code, region, home),
        )
        .order_by(Worker.id)
        .limit(MOST_OF_A_TOWN)
    )  # fmt: skip
    return [Known(*row) for row in rows if row[1]]  # type: ignore[arg-type]


def counts(session: Session, towns: Sequence[str]) -> dict[str, int]:
    """How many likely twins each of `towns` had when it was last counted; those that have never been are left out."""
    query = select(DuplicateCount.town_code, DuplicateCount.pairs).where(DuplicateCount.town_code.in_(towns))
    return {row.town_code: row.pairs for row in session.execute(query)}


def like(
    session: Session,
    region: str,
    home: str,
    *,
    name: str,
    village: str | None,
    birth_year: int | None,
    phone: str | None,
) -> list[Worker]:
    """Entries of the region that somebody being entered may have already: of this name in this village or of this age, or
    anybody on this phone of a name that begins alike."""
    same_name: Any = and_(
        Person.name == name,
        or_(Person.village_code == village, Person.birth_year == birth_year)
        if birth_year
        else Person.village_code == village,
    )
    conditions = [same_name]
    if phone:
        holders = (
            select(HandsetOwner.person_id)
            .join(Handset, Handset.id == HandsetOwner.handset_id)
            .where(Handset.number == phone, HandsetOwner.until.is_(None))
        )
        conditions.append(and_(Person.id.in_(holders), or_(Person.name == name, Person.name.is_(None))))
    found: Select[Worker] = (
        select(Worker)
        .join(Worker.person)
        .options(joinedload(Worker.person), selectinload(Worker.hardships))
        .where(Worker.status != "erased", Person.erased_at.is_(None), within(Person.village_code, region, home))
        .where(or_(*conditions))
        .order_by(Worker.id)
        .limit(SHOWN)
    )
    return list(session.scalars(found))


def employers(session: Session, region: str, home: str) -> Sequence[Employer]:
    """The latest employers of the region, to be compared with each other."""
    query = select(Employer).where(within(Employer.region_code, region, home)).order_by(Employer.id.desc())
    return session.scalars(query.limit(LATEST_EMPLOYERS)).all()
