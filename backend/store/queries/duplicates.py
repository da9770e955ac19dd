"""Who may be in the library twice: the same phone, the same name, or a name that sounds the same, in one village."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, delete, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.domain.duplicates import likely
from backend.store.models import DuplicateCount, DuplicatePair, Employer, Handset, HandsetOwner, Person, Worker
from backend.store.queries.scope import within

PAGE = 50
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


def _known(region: str, home: str, place: str) -> Any:
    return (
        select(Worker.id, Person.name, Person.village_code, Person.birth_year, Person.gender, HandsetOwner.handset_id)
        .join(Person, Person.id == Worker.person_id)
        .outerjoin(HandsetOwner, and_(HandsetOwner.person_id == Person.id, HandsetOwner.until.is_(None)))
        .where(
            Worker.status != "erased", Person.erased_at.is_(None), Person.name.is_not(None), Person.name != "",
            within(Person.village_code, place), within(Person.village_code, region, home),
        )
        .order_by(Worker.id)
    )  # fmt: skip


def of_place(session: Session, region: str, home: str, place: str) -> list[Known]:
    """Everybody of one town or village of the region, as far as they are compared."""
    return [Known(*row) for row in session.execute(_known(region, home, place).limit(MOST_OF_A_TOWN))]


def keep(session: Session, town: str, pairs: Sequence[Sequence[Known]], compared_at: datetime) -> None:
    """Put these pairs, the surest first, in place of what was kept of a town; without those erased since they were read."""
    # Held from here on: whoever is being erased or merged (`find_duplicates.compare_again`) waits, or is seen to be gone.
    row = session.get(DuplicateCount, town, with_for_update=True)
    if row is None:
        session.add(row := DuplicateCount(town_code=town, pairs=0, counted_at=compared_at))
        session.flush()
    session.execute(delete(DuplicatePair).where(DuplicatePair.town_code == town))
    if pairs:
        session.execute(
            insert(DuplicatePair),
            [{"town_code": town, "position": n, "area": one.village if one.village == other.village else town,
              "first_id": one.id, "second_id": other.id} for n, (one, other) in enumerate(pairs, 1)],
        )  # fmt: skip
    erased = select(Worker.id).where(
        Worker.status == "erased", or_(Worker.id == DuplicatePair.first_id, Worker.id == DuplicatePair.second_id)
    )
    left_out: Any = session.execute(
        delete(DuplicatePair).where(DuplicatePair.town_code == town, erased.exists()),
        execution_options={"synchronize_session": False},
    )
    row.pairs, row.counted_at = len(pairs) - left_out.rowcount, compared_at


def drop(session: Session, worker_id: int) -> None:
    """Let go of every pair of somebody."""
    hers = or_(DuplicatePair.first_id == worker_id, DuplicatePair.second_id == worker_id)
    towns = Counter(session.scalars(delete(DuplicatePair).where(hers).returning(DuplicatePair.town_code)))
    for town, gone in towns.items():
        fewer = DuplicateCount.pairs - gone
        session.execute(update(DuplicateCount).where(DuplicateCount.town_code == town).values(pairs=fewer))


def compared_at(session: Session, place: str) -> datetime | None:
    """When the town of a place was last compared with itself; None if it never was."""
    return session.scalar(select(DuplicateCount.counted_at).where(DuplicateCount.town_code == place[:9]))


def kept(
    session: Session, region: str, home: str, place: str, after: int = 0
) -> tuple[list[tuple[Known, Known, str]], int]:
    """A page of the pairs kept of a place, with why as in `likely`, and what to go on behind (0: nothing); `after`: the same.

    They are held to what stands on the cards now: of a pair of which one moved, was renamed, merged or erased since, nothing
    is told. So a page may be short and others follow.
    """
    pairs = session.execute(
        select(DuplicatePair.position, DuplicatePair.first_id, DuplicatePair.second_id)
        .where(
            DuplicatePair.town_code == place[:9], within(DuplicatePair.area, place), DuplicatePair.position > after
        )
        .order_by(DuplicatePair.position)
        .limit(PAGE + 1)
    ).all()  # fmt: skip
    shown = pairs[:PAGE]
    ids = {one for pair in shown for one in pair[1:]}
    cards = defaultdict(list)
    for row in session.execute(_known(region, home, place).where(Worker.id.in_(ids))):
        cards[row[0]].append(Known(*row))
    alike = [found for pair in shown for found in likely([*cards[pair.first_id], *cards[pair.second_id]])]
    return alike, shown[-1].position if len(pairs) > PAGE else 0


def counts(session: Session, towns: Sequence[str]) -> dict[str, int]:
    """How many likely twins each of `towns` had when it was last compared; those that have never been are left out."""
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
