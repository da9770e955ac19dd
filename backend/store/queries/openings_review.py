"""Openings as staff review them, and as the public board shows them."""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, selectinload

from backend.store.models import Opening
from backend.store.queries.scope import within

PAGE = 30
# in_review: oldest first, since somebody waits; everything else newest first.
TABS = ("in_review", "published", "filled", "rejected", "expired", "withdrawn")


def page(session: Session, region: str, *, status: str = "in_review", number: int = 1) -> tuple[list[Opening], bool]:
    order = Opening.collected_at.asc() if status == "in_review" else Opening.updated_at.desc()
    found = session.scalars(
        select(Opening)
        .options(selectinload(Opening.employer))
        .where(Opening.status == status, within(Opening.region_code, region))
        .order_by(order, Opening.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return list(found[:PAGE]), len(found) > PAGE


def by_status(session: Session, region: str) -> dict[str, int]:
    rows = session.execute(
        select(Opening.status, func.count()).where(within(Opening.region_code, region)).group_by(Opening.status)
    )
    return dict(rows.all())


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
