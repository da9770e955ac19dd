"""Openings as staff review them, and as the public board shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.store.models import Employer, Opening
from backend.store.queries import keyset
from backend.store.queries.keyset import Key
from backend.store.queries.scope import within
from backend.store.queries.sieve import EVERYTHING, Sieve

PAGE = 30
TABS = ("in_review", "published", "filled", "rejected", "expired", "withdrawn")
# Out before its review, as a verified employer's may be (P04); a list of its own beside the states.
TO_LOOK_AT = "to_look_at"


_ID = Key(Opening.id, "id", keyset.number)
_NEWEST = Key(Opening.id, "id", keyset.number, desc=True)
SORTS: dict[str, tuple[Key, ...]] = {
    # What waits for a person: urgent harvests first (E10), then what starts first, then the oldest.
    "waits": (
        Key(Opening.urgent, "urgent", keyset.flag, desc=True),
        Key(Opening.starts_on, "starts_on", keyset.day),
        Key(Opening.collected_at, "collected_at", keyset.moment),
        _ID,
    ),
    "updated": (Key(Opening.updated_at, "updated_at", keyset.moment, desc=True), _NEWEST),
    "starts": (Key(Opening.starts_on, "starts_on", keyset.day), _ID),
    "new": (_NEWEST,),
}


def sorts_of(status: str) -> tuple[str, ...]:
    """The orders a list of this state can be put in, the usual one first."""
    return (
        ("waits", "starts", "updated", "new") if status in ("in_review", TO_LOOK_AT) else ("updated", "starts", "new")
    )


def _listed(region: str, status: str, flagged: bool) -> Select[Opening]:
    of_state = _to_look_at() if status == TO_LOOK_AT else Opening.status == status
    query = select(Opening).where(of_state, within(Opening.region_code, region))
    return query.where(cast(Opening.review_flags, Text).not_in(("[]", "null"))) if flagged else query


def page(
    session: Session,
    region: str,
    *,
    status: str = "in_review",
    sort: str = "",
    after: str = "",
    flagged: bool = False,
    sieve: Sieve = EVERYTHING,
) -> tuple[list[Opening], str]:
    """Openings of one state from behind `after`, and where the next page begins, "" on the last."""
    keys = keyset.keys_of(SORTS, sort or sorts_of(status)[0])
    query = _listed(sieve.place or region, status, flagged).options(selectinload(Opening.employer))
    return keyset.sifted(session, query, keys, after, _sieved(sieve), PAGE)


def _sieved(sieve: Sieve) -> list[ColumnElement[bool]]:
    by_employer = (Opening.employer.has(each) for each in sieve.said_in(Employer.name))
    said = sieve.said_in(Opening.title, Opening.place, place=Opening.region_code, trade=Opening.job_type)
    return [
        *(or_(here, there) for here, there in zip(said, by_employer, strict=True)),
        *([Opening.job_type == sieve.trade] if sieve.trade else []),
        *([Opening.starts_on <= sieve.day, Opening.ends_on >= sieve.day] if sieve.day else []),
    ]


def some(session: Session, region: str, ids: Sequence[int]) -> list[Opening]:
    """Those of `ids` that are of the region."""
    query = select(Opening).options(selectinload(Opening.employer)).order_by(Opening.id)
    return list(session.scalars(query.where(Opening.id.in_(ids), within(Opening.region_code, region))))


def many(session: Session, region: str, status: str, limit: int) -> list[int]:
    """The ids of the openings of one state, no more than `limit`."""
    if status not in (*TABS, TO_LOOK_AT):
        return []
    query = keyset.ordered(_listed(region, status, False), SORTS[sorts_of(status)[0]])
    return list(session.scalars(query.with_only_columns(Opening.id).limit(limit)))


def beside(session: Session, region: str, opening: Opening) -> tuple[int | None, int | None]:
    """The one before and the one after an opening in the review queue."""
    keys = SORTS["waits"]
    after = keyset.cursor(opening, keys)
    back = tuple(Key(key.column, key.name, key.read, not key.desc) for key in keys)
    queue = _listed(region, "in_review", False).with_only_columns(Opening.id)
    following = session.scalar(keyset.ordered(queue, keys, after).limit(1))
    return session.scalar(keyset.ordered(queue, back, after).limit(1)), following


def alike(session: Session, region: str, opening: Opening, limit: int = 5) -> Sequence[Opening]:
    """What the same employer posted before, that of the same trade first, the latest first."""
    query = (
        select(Opening)
        .where(
            Opening.employer_id == opening.employer_id, Opening.id != opening.id, within(Opening.region_code, region)
        )
        .where(Opening.status != "draft")
        .order_by((Opening.job_type != opening.job_type), Opening.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def latest_published(session: Session, region: str, limit: int) -> Sequence[Opening]:
    """The openings of a division that are out with places free, the latest first."""
    query = (
        select(Opening)
        .where(Opening.status == "published", within(Opening.region_code, region))
        .order_by(Opening.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def by_status(session: Session, region: str) -> dict[str, int]:
    """How many of each state, counted to a hundred."""
    states = (*TABS, TO_LOOK_AT)
    return keyset.each_at_most(
        session, {state: _listed(region, state, False).with_only_columns(Opening.id) for state in states}
    )


def _to_look_at() -> ColumnElement[bool]:
    return and_(Opening.status.in_(("published", "filled")), Opening.reviewed_at.is_(None))


def one(session: Session, region: str, opening_id: int) -> Opening | None:
    return session.scalar(
        select(Opening)
        .options(joinedload(Opening.employer, innerjoin=True))
        .where(Opening.id == opening_id, within(Opening.region_code, region))
    )


def on_board(session: Session, region: str, today: date, *, offset: int, limit: int) -> tuple[list[Opening], int]:
    """Published openings with a free place that are not over, soonest first; and how many there are in all."""
    shown = (
        Opening.status == "published",
        Opening.ends_on >= today,
        Opening.filled < Opening.headcount,
        within(Opening.region_code, region),
    )
    total = session.scalar(select(func.count()).select_from(Opening).where(*shown)) or 0
    found = session.scalars(
        select(Opening)
        .options(selectinload(Opening.employer))
        .where(*shown)
        .order_by(Opening.starts_on, Opening.id)
        .offset(offset)
        .limit(limit)
    ).all()
    return list(found), total
