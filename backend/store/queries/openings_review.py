"""Openings as staff review them, and as the public board shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session, selectinload

from backend.store.models import Opening
from backend.store.queries.scope import within

PAGE = 30
TABS = ("in_review", "published", "filled", "rejected", "expired", "withdrawn")
# Out before its review, as a verified employer's may be (P04); a list of its own beside the states.
TO_LOOK_AT = "to_look_at"


def page(session: Session, region: str, *, status: str = "in_review", number: int = 1) -> tuple[list[Opening], bool]:
    """Openings of one state. What waits for a person: urgent harvests first (E10), then what starts first, then the oldest;

    everything else newest first.
    """
    waits = (Opening.urgent.desc(), Opening.starts_on, Opening.collected_at)
    order = waits if status in ("in_review", TO_LOOK_AT) else (Opening.updated_at.desc(),)
    of_state = _to_look_at() if status == TO_LOOK_AT else Opening.status == status
    found = session.scalars(
        select(Opening)
        .options(selectinload(Opening.employer))
        .where(of_state, within(Opening.region_code, region))
        .order_by(*order, Opening.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return list(found[:PAGE]), len(found) > PAGE


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
    rows = session.execute(
        select(Opening.status, func.count()).where(within(Opening.region_code, region)).group_by(Opening.status)
    )
    later = session.scalar(select(func.count()).where(_to_look_at(), within(Opening.region_code, region)))
    return {**dict(rows.all()), TO_LOOK_AT: later or 0}


def _to_look_at() -> ColumnElement[bool]:
    return and_(Opening.status.in_(("published", "filled")), Opening.reviewed_at.is_(None))


def one(session: Session, region: str, opening_id: int) -> Opening | None:
    return session.scalar(
        select(Opening)
        .options(selectinload(Opening.employer))
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
