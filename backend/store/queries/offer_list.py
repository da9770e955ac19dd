"""Offers as staff look through them: whom what was put to, and what became of it (派活台账, W07)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from backend.store.models import Offer, Opening, Station, Worker
from backend.store.queries import keyset
from backend.store.queries.keyset import Key
from backend.store.queries.scope import walked, within

PAGE = 50
STATUSES = (
    "offered",
    "waitlisted",
    "accepted",
    "declined",
    "expired",
    "withdrawn",
    "arrived",
    "no_show",
    "completed",
    "paid",
)
SORTS: dict[str, tuple[Key, ...]] = {
    "new": (Key(Offer.id, "id", keyset.number, desc=True),),
}


def _listed(region: str, status: str, place: Any = Opening.region_code) -> Select[Offer]:
    query = select(Offer).join(Opening, Opening.id == Offer.opening_id).where(within(place, region))
    return query.where(Offer.status == status) if status else query


def page(
    session: Session, region: str, *, status: str = "", sort: str = "new", after: str = ""
) -> tuple[list[Offer], str]:
    """Offers of the openings of a region from behind `after`, and where the next page begins."""
    query = _listed(region, status, walked(session, Opening.region_code, region)).options(
        joinedload(Offer.opening).joinedload(Opening.employer), joinedload(Offer.worker).joinedload(Worker.person)
    )
    found = list(session.scalars(keyset.ordered(query, SORTS[sort], after).limit(PAGE + 1)))
    return found[:PAGE], keyset.cursor(found[PAGE - 1], SORTS[sort]) if len(found) > PAGE else ""


def count(session: Session, region: str, status: str) -> int:
    return keyset.at_most(session, _listed(region, status).with_only_columns(Offer.id))


def stations(session: Session, region: str, most: int = 500) -> list[Station]:
    """The markets and stations of a region, the widest first."""
    query = select(Station).where(within(Station.region_code, region)).order_by(Station.region_code, Station.id)
    return list(session.scalars(query.limit(most)))
