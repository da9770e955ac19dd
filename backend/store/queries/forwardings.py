"""Openings put before another place: what a place has received, and what it has passed on (P08).

The only way in which staff see an opening of another region, and all they see is the page made for it: the ordinary
queries (`openings_review`) know nothing of forwardings, so that nothing else comes along (T6).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from backend.store.models import Forwarding, Opening, Region, Staff
from backend.store.queries import keyset
from backend.store.queries.scope import within

PAGE = 30


@dataclass(frozen=True)
class Listed:
    forwarding: Forwarding
    opening: Opening
    by: Staff | None
    seen_by: Staff | None


def seen_through(region: str, forwarding_id: int | None = None) -> ColumnElement[bool]:
    """The rule itself: forwarded to the region of the member of staff, or to a place inside it."""
    to_us = within(Forwarding.to_region, region)
    return to_us if forwarding_id is None else to_us & (Forwarding.id == forwarding_id)


def received(session: Session, region: str, *, number: int = 1) -> tuple[list[Listed], bool]:
    """What was put before the region, unseen first, then the newest."""
    order = (Forwarding.seen_at.is_not(None), Forwarding.id.desc())
    return _page(session, select(Forwarding.id).where(seen_through(region)), order, number)


def sent(session: Session, region: str, *, number: int = 1) -> tuple[list[Listed], bool]:
    """What staff of the region passed on, and what became of the region's own openings elsewhere; the newest first."""
    ours = or_(within(Opening.region_code, region), within(_by.region_code, region))
    found = (
        select(Forwarding.id)
        .join(Opening, Opening.id == Forwarding.opening_id)
        .outerjoin(_by, _by.id == Forwarding.forwarded_by)
        .where(ours)
    )
    return _page(session, found, (Forwarding.id.desc(),), number)


def one(session: Session, region: str, forwarding_id: int) -> Listed | None:
    row = session.execute(_rows().where(seen_through(region, forwarding_id))).first()
    return Listed(row[1], row[0], row[2], row[3]) if row else None


def of_opening(session: Session, opening_id: int) -> list[Listed]:
    found = session.execute(_rows().where(Forwarding.opening_id == opening_id).order_by(Forwarding.id))
    return [Listed(forwarding, opening, by, seen) for opening, forwarding, by, seen in found]


def is_received(session: Session, region: str, opening_id: int) -> bool:
    query = select(Forwarding.id).where(seen_through(region), Forwarding.opening_id == opening_id)
    return session.scalar(query.limit(1)) is not None


def unseen_ids(region: str) -> Select[int]:
    """What was put before this very place and not opened yet; ended ones no longer press."""
    return (
        select(Forwarding.id)
        .join(Opening, Opening.id == Forwarding.opening_id)
        .where(Forwarding.to_region == region, Forwarding.seen_at.is_(None), Opening.status == "published")
    )


def unseen(session: Session, region: str) -> int:
    """At most a hundred are counted."""
    return keyset.at_most(session, unseen_ids(region))


def places_near(session: Session, region: str, above: str | None) -> list[Region]:
    """The divisions one may put something before: the one above, those beside, those right below."""
    parents = [code for code in (region, above) if code]
    query = select(Region).where(or_(Region.parent_code.in_(parents), Region.code == above), Region.code != region)
    return list(session.scalars(query.order_by(Region.code)))


_by, _seen = aliased(Staff), aliased(Staff)


def _rows() -> Any:
    return (
        select(Opening, Forwarding, _by, _seen)
        .join(Forwarding, Forwarding.opening_id == Opening.id)
        .options(joinedload(Opening.employer))
        .outerjoin(_by, _by.id == Forwarding.forwarded_by)
        .outerjoin(_seen, _seen.id == Forwarding.seen_by)
    )


def _page(session: Session, found: Any, order: Sequence[Any], number: int) -> tuple[list[Listed], bool]:
    # Which they are comes first: what stands beside them is looked up for one page, not for all there are.
    ids = found.order_by(*order).offset((number - 1) * PAGE).limit(PAGE + 1)
    rows = session.execute(_rows().where(Forwarding.id.in_(session.scalars(ids).all())).order_by(*order)).all()
    listed = [Listed(forwarding, opening, by, seen) for opening, forwarding, by, seen in rows]
    return listed[:PAGE], len(listed) > PAGE
