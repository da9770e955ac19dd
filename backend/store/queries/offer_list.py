"""Offers as staff look through them: whom what was put to, and what became of it (派活台账, W07)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from backend.store.models import Offer, Opening, Station, Worker
from backend.store.queries import keyset
from backend.store.queries.keyset import Key
from backend.store.queries.posts import POST
from backend.store.queries.scope import walked, within
from backend.store.queries.sieve import EVERYTHING, Sieve

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
    "day": (Key(Offer.starts_on, "starts_on", keyset.day, desc=True), Key(Offer.id, "id", keyset.number, desc=True)),
}
STATION_SORTS: dict[str, tuple[Key, ...]] = {
    # The widest first: a county's market before its towns' stations.
    "place": (Key(Station.region_code, "region_code", str), Key(Station.id, "id", keyset.number)),
}


def _listed(region: str, status: str, need: bool, place: Any = Opening.region_code) -> Select[Offer]:
    query = select(Offer).join(Opening, Opening.id == Offer.opening_id).where(within(place, region))
    if not need:
        # Whoever was given a public-welfare post is in hardship.
        query = query.where(Opening.source_kind != POST)
    return query.where(Offer.status == status) if status else query


def page(
    session: Session,
    region: str,
    *,
    status: str = "",
    need: bool = True,
    sort: str = "new",
    after: str = "",
    sieve: Sieve = EVERYTHING,
) -> tuple[list[Offer], str]:
    """Offers of the openings of a region from behind `after`, and where the next page begins.

    `need`: also of the posts that tell of need.
    """
    area = sieve.place or region
    query = _listed(area, status, need, walked(session, Opening.region_code, area)).options(
        joinedload(Offer.opening).joinedload(Opening.employer), joinedload(Offer.worker).joinedload(Worker.person)
    )
    wanted = sieve.said_in(Opening.title, place=Opening.region_code, trade=Opening.job_type)
    if sieve.trade:
        wanted.append(Opening.job_type == sieve.trade)
    if sieve.day:
        wanted += [Offer.starts_on <= sieve.day, Offer.ends_on >= sieve.day]
    return keyset.sifted(session, query, keyset.keys_of(SORTS, sort), after, wanted, PAGE)


def listed(region: str, need: bool) -> Select[Offer]:
    """Every offer of the openings of a region."""
    return _listed(region, "", need)


def count(session: Session, region: str, status: str, need: bool, most: int) -> int:
    return keyset.at_most(session, _listed(region, status, need).with_only_columns(Offer.id), most)


def stations(
    session: Session, region: str, *, after: str = "", sort: str = "place", sieve: Sieve = EVERYTHING
) -> tuple[list[Station], str]:
    """The markets and stations of a region, the widest first, and where the next page begins."""
    query = select(Station).where(within(Station.region_code, sieve.place or region))
    wanted = sieve.said_in(Station.name, Station.address, place=Station.region_code)
    return keyset.sifted(session, query, keyset.keys_of(STATION_SORTS, sort), after, wanted, PAGE)
