"""Who may be in the library twice: the same phone, the same name, or a name that sounds the same, in one village."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.domain.duplicates import likely, stand
from backend.store.models import (
    DistinctPair,
    DuplicateCount,
    DuplicatePair,
    Employer,
    Handset,
    HandsetOwner,
    Person,
    Worker,
)
from backend.store.queries import keyset
from backend.store.queries.keyset import Key
from backend.store.queries.scope import within

PAGE = 50
MOST_OF_A_TOWN = 20_000
MOST_KEPT = 5_000  # pairs of one town, the surest
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


_CARDS = (
    select(Worker.id, Person.name, Person.village_code, Person.birth_year, Person.gender, HandsetOwner.handset_id)
    .join(Person, Person.id == Worker.person_id)
    .outerjoin(HandsetOwner, and_(HandsetOwner.person_id == Person.id, HandsetOwner.until.is_(None)))
    .order_by(Worker.id)
)


def _known(region: str, home: str, place: str) -> Any:
    return _CARDS.where(
        Worker.status != "erased", Person.erased_at.is_(None), Person.name.is_not(None), Person.name != "",
        within(Person.village_code, place), within(Person.village_code, region, home),
    )  # fmt: skip


def _cards(session: Session, query: Any) -> dict[int, list[Known]]:
    cards: dict[int, list[Known]] = defaultdict(list)
    for row in session.execute(query):
        cards[row[0]].append(Known(*row))
    return cards


def of_place(session: Session, region: str, home: str, place: str) -> list[Known]:
    """Everybody of one town or village of the region, as far as they are compared."""
    return [Known(*row) for row in session.execute(_known(region, home, place).limit(MOST_OF_A_TOWN))]


def likely_in(session: Session, region: str, home: str, place: str) -> list[tuple[Known, Known, str]]:
    """The surest pairs of a place, compared now, with why as in `likely`; without those of whom it was said that they are two."""
    said = _standing(session, _said_in(region, home, place))
    found = likely(of_place(session, region, home, place), None)
    return [pair for pair in found if (pair[0].id, pair[1].id) not in said][:PAGE]


def keep(session: Session, town: str, pairs: Sequence[Sequence[Known]], compared_at: datetime) -> None:
    """Put these pairs, the surest first, in place of what was kept of a town.

    Without those of whom it was said that they are two, and those erased since they were read.
    """
    # Held from here on: whoever is being erased, merged or said to be another (`find_duplicates`) waits, or is seen to be so.
    row = session.get(DuplicateCount, town, with_for_update=True)
    if row is None:
        session.add(row := DuplicateCount(town_code=town, pairs=0, counted_at=compared_at))
        session.flush()
    session.execute(delete(DuplicatePair).where(DuplicatePair.town_code == town))
    said = _standing(session, _said_in(town, None, town))
    pairs = [pair for pair in pairs if (pair[0].id, pair[1].id) not in said][:MOST_KEPT]
    if pairs:
        session.execute(
            insert(DuplicatePair),
            [{"town_code": town, "position": n, "area": one.village if one.village == other.village else town,
              "first_id": one.id, "second_id": other.id} for n, (one, other) in enumerate(pairs, 1)],
        )  # fmt: skip
    left_out: Any = session.execute(
        delete(DuplicatePair).where(DuplicatePair.town_code == town, _one_is_erased(DuplicatePair)),
        execution_options={"synchronize_session": False},
    )
    row.pairs, row.counted_at = len(pairs) - left_out.rowcount, compared_at


def _one_is_erased(pair: type[DuplicatePair | DistinctPair]) -> ColumnElement[bool]:
    return exists().where(Worker.status == "erased", or_(Worker.id == pair.first_id, Worker.id == pair.second_id))


def drop(session: Session, worker_id: int) -> None:
    """Let go of every pair of somebody, and of what was said of such."""
    _drop(session, or_(DuplicatePair.first_id == worker_id, DuplicatePair.second_id == worker_id))
    session.execute(delete(DistinctPair).where(_said_of(worker_id)))


def _drop(session: Session, pairs: ColumnElement[bool]) -> None:
    towns = Counter(session.scalars(delete(DuplicatePair).where(pairs).returning(DuplicatePair.town_code)))
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
    cards, said = _cards(session, _known(region, home, place).where(Worker.id.in_(ids))), distinct(session, ids)
    alike = [
        found for pair in shown if (pair.first_id, pair.second_id) not in said
        for found in likely([*cards[pair.first_id], *cards[pair.second_id]])
    ]  # fmt: skip
    return alike, shown[-1].position if len(pairs) > PAGE else 0


def distinct(session: Session, ids: Collection[int]) -> dict[tuple[int, int], DistinctPair]:
    """Of whom among `ids` it was said that they are two, by both numbers, the smaller first.

    What was said holds while both cards stand as they stood; of a pair that stands otherwise nothing is told.
    """
    return _standing(
        session, select(DistinctPair).where(DistinctPair.first_id.in_(ids), DistinctPair.second_id.in_(ids))
    )


def _said_in(region: str, home: str | None, place: str) -> Select[DistinctPair]:
    """What was said of two in the region, at least one of them in the place, both where they stood then.

    Whoever has moved since stands otherwise: what was said of her holds no more, in whatever place it is found.
    """
    areas = (DistinctPair.first_area, DistinctPair.second_area)
    here = or_(*(within(area, place) for area in areas))
    return select(DistinctPair).where(here, *(within(area, region, home) for area in areas))


def _standing(session: Session, query: Select[DistinctPair]) -> dict[tuple[int, int], DistinctPair]:
    return {(pair.first_id, pair.second_id): pair for _, _, pair in _holding(session, session.scalars(query).all())}


def _holding(session: Session, said: Sequence[DistinctPair]) -> list[tuple[Known, Known, DistinctPair]]:
    ids = {number for pair in said for number in (pair.first_id, pair.second_id)}
    cards = _cards(session, _CARDS.where(Worker.id.in_(ids)))
    both = [(cards[pair.first_id], cards[pair.second_id], pair) for pair in said]
    return [(one[0], other[0], pair) for one, other, pair in both if pair.stood == stand([*one, *other])]


_LATEST = (
    Key(DistinctPair.at, "at", keyset.moment, desc=True),
    Key(DistinctPair.first_id, "first_id", keyset.number),
    Key(DistinctPair.second_id, "second_id", keyset.number),
)


def said_of(session: Session, worker_id: int) -> Sequence[DistinctPair]:
    """All that was said of somebody, whether it still holds or not."""
    return session.scalars(select(DistinctPair).where(_said_of(worker_id))).all()


def drop_said_of_erased(session: Session, worker_id: int) -> None:
    """Let go of what was said of somebody and of one who is erased."""
    session.execute(delete(DistinctPair).where(_said_of(worker_id), _one_is_erased(DistinctPair)))


def _said_of(worker_id: int) -> ColumnElement[bool]:
    return or_(DistinctPair.first_id == worker_id, DistinctPair.second_id == worker_id)


def distinct_in(
    session: Session, region: str, home: str, place: str, after: str = ""
) -> tuple[list[tuple[Known, Known, DistinctPair]], str]:
    """A page of those of a place of whom it was said, the latest first, and what to go on behind, as `kept` does."""
    rows, further = keyset.sifted(session, _said_in(region, home, place), _LATEST, after, (), PAGE)
    return _holding(session, rows), further


def say_distinct(session: Session, one_id: int, other_id: int, town: str, *, by: int, at: datetime) -> None:
    """Note that two are not one, as they stand now; they are no pair any more."""
    first, second = sorted((one_id, other_id))
    # A comparison of the town that is being kept at this moment goes before, or leaves the two out.
    session.get(DuplicateCount, town, with_for_update=True)
    take_back_distinct(session, first, second)  # what was said when they stood otherwise
    cards = _cards(session, _CARDS.where(Worker.id.in_((first, second))))
    areas = {"first_area": cards[first][0].village, "second_area": cards[second][0].village}
    stood = stand([*cards[first], *cards[second]])
    session.add(DistinctPair(first_id=first, second_id=second, stood=stood, staff_id=by, at=at, **areas))
    _drop(session, and_(DuplicatePair.first_id == first, DuplicatePair.second_id == second))


def version_of(session: Session, one_id: int, other_id: int) -> str:
    """A sign of how two stand beside each other and of whether they were said to be two."""
    cards = _cards(session, _CARDS.where(Worker.id.in_((one_id, other_id))))
    said = session.get(DistinctPair, (min(one_id, other_id), max(one_id, other_id)))
    told = [stand([*cards[one_id], *cards[other_id]]), said.at.isoformat() if said else ""]
    return sha256("".join(told).encode()).hexdigest()[:16]


def take_back_distinct(session: Session, one_id: int, other_id: int) -> bool:
    """Forget that two are not one; False if nobody had said so."""
    pair = session.get(DistinctPair, (min(one_id, other_id), max(one_id, other_id)))
    if pair is None:
        return False
    session.delete(pair)
    session.flush()
    return True


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
