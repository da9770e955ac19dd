"""What is shown to everybody: published openings with a free place, stations, places; nothing of anybody's."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, selectinload

from backend.store.models import Opening, Region, Screen, Station
from backend.store.queries.scope import within

MOST = 60  # ten pages of six: more turns than anybody stands in front of a wall for
CAP = 100  # counted no further: "99+"
WEEK_CAP = 1000
JUST_FILLED = 500
# How long what was just filled is still shown, crossed out.
CROSSED_FOR = timedelta(minutes=10)


def station(session: Session, slug: str) -> Station | None:
    return session.scalar(select(Station).where(Station.slug == slug.replace("\0", "")))


def screen_of(session: Session, station_id: int) -> Screen | None:
    return session.get(Screen, station_id)


def stations_within(session: Session, region: str) -> Sequence[Station]:
    """The stations of a member's region, widest first; a handful at most."""
    return session.scalars(
        select(Station)
        .where(within(Station.region_code, region))
        .order_by(func.length(Station.region_code), Station.region_code)
        .limit(300)
    ).all()


def stations_page(
    session: Session, region: str, *, after: str, limit: int, only: int | None = None
) -> tuple[list[Station], bool]:
    """A page of the stations of a member's region by their divisions, and whether more follow; `only`: that one alone."""
    query = select(Station).where(within(Station.region_code, region), Station.region_code > after.replace("\0", ""))
    if only is not None:
        query = select(Station).where(within(Station.region_code, region), Station.id == only)
    found = session.scalars(query.order_by(Station.region_code, Station.id).limit(limit + 1)).all()
    return list(found[:limit]), len(found) > limit


def station_in(session: Session, region: str, station_id: int) -> Station | None:
    return session.scalar(select(Station).where(Station.id == station_id, within(Station.region_code, region)))


def _open(today: date) -> ColumnElement[bool]:
    return and_(Opening.status == "published", Opening.ends_on >= today, Opening.filled < Opening.headcount)


def _in(regions: Iterable[str]) -> ColumnElement[bool]:
    return or_(*(within(Opening.region_code, region) for region in regions))


def on_board(session: Session, regions: Sequence[str], today: date, limit: int = MOST) -> list[Opening]:
    """What is open in `regions`, soonest first."""
    return _openings(session, select(Opening).where(_open(today), _in(regions)), limit)


def just_filled(session: Session, regions: Sequence[str], today: date, now: datetime, limit: int) -> list[Opening]:
    """What was filled in the last minutes: whoever came for it sees that it is gone, and why.

    First by the moment, then by the place: what was ever filled keeps its state, and years of it lie in a county.
    """
    latest = (
        select(Opening.id)
        .where(Opening.status == "filled", Opening.updated_at > now - CROSSED_FOR)
        .order_by(Opening.updated_at.desc())
        .limit(JUST_FILLED)
    )
    query = select(Opening).where(Opening.id.in_(latest.subquery().select()), Opening.ends_on >= today, _in(regions))
    return _openings(session, query, limit)


def this_week(session: Session, regions: Sequence[str], first: date, last: date, limit: int) -> list[Opening]:
    """Open work that begins, or goes on, between two days."""
    query = select(Opening).where(_open(first), Opening.starts_on <= last, _in(regions))
    return _openings(session, query, limit)


def this_week_count(session: Session, regions: Sequence[str], first: date, last: date) -> int:
    """How many openings `this_week` has in all, counted up to `WEEK_CAP`."""
    some = select(Opening.id).where(_open(first), Opening.starts_on <= last, _in(regions)).limit(WEEK_CAP)
    return session.scalar(select(func.count()).select_from(some.subquery())) or 0


def public_opening(session: Session, opening_id: int, regions: Sequence[str], today: date) -> Opening | None:
    """An opening that is out for everybody; anything else is as if it were not there."""
    return session.scalar(
        select(Opening)
        .options(selectinload(Opening.employer))
        .where(Opening.id == opening_id, Opening.status == "published", Opening.ends_on >= today, _in(regions))
    )


def _openings(session: Session, query: Select[Opening], limit: int) -> list[Opening]:
    ordered = query.options(selectinload(Opening.employer)).order_by(Opening.starts_on, Opening.id)
    return list(session.scalars(ordered.limit(limit)).all())


def open_counts(session: Session, codes: Sequence[str], today: date) -> dict[str, int]:
    """How many openings are out in and below each of `codes`, counted up to `CAP`.

    Equivalent, once per code: SELECT count(*) FROM (SELECT 1 FROM openings WHERE … LIMIT 100): no map grows with the total.
    """
    found: dict[str, int] = {}
    # A county's towns fit into one statement; SQLite takes no more than 500 terms.
    for start in range(0, len(codes), 100):
        parts = []
        for code in codes[start : start + 100]:
            out = select(Opening.id).where(_open(today), within(Opening.region_code, code)).limit(CAP).subquery()
            parts.append(select(literal(code).label("code"), func.count().label("n")).select_from(out))
        if parts:
            found |= {code: number for code, number in session.execute(union_all(*parts)) if number}
    return found


def points_of(session: Session, codes: Sequence[str]) -> dict[str, tuple[float, float]]:
    """Where staff have written down that places lie, in degrees."""
    rows = session.execute(
        select(Region.code, Region.latitude, Region.longitude).where(
            Region.code.in_(codes), Region.latitude.is_not(None), Region.longitude.is_not(None)
        )
    )
    return {code: (north, east) for code, north, east in rows if north is not None and east is not None}


def stations_below(session: Session, region: str) -> dict[str, Station]:
    """The station of each division in and below `region`; a county has some thirty."""
    return {station.region_code: station for station in stations_within(session, region)}
