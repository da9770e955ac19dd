"""How many likely twins each town has, counted town by town in the background: a county is too large to compare at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from backend.domain.duplicates import likely
from backend.services.regions import HOME_REGION
from backend.store.models import DuplicateCount
from backend.store.queries import duplicates

if TYPE_CHECKING:
    from backend.services.deps import Deps

COUNTED_FOR = timedelta(hours=6)
MOST = 100  # counted so far: "99+"
_LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def count_one(deps: Deps) -> int:
    """Count the town that was counted longest ago, if that is too long; returns how many were counted: 1 or 0."""
    now = deps.clock()
    towns = [code for county in deps.regions.counties_in("") for code, _ in deps.regions.towns_of(county)]
    with deps.db.read() as session:
        counted = {row.town_code: row.counted_at for row in session.scalars(select(DuplicateCount))}
        town = min(towns, key=lambda code: counted.get(code, _LONG_AGO), default=None)
        if town is None or counted.get(town, _LONG_AGO) > now - COUNTED_FOR:
            return 0
        pairs = len(likely(duplicates.of_place(session, town, HOME_REGION, town), MOST))
    with deps.db.write() as session:
        session.merge(DuplicateCount(town_code=town, pairs=pairs, counted_at=now))
    return 1


def look_again(session: Session, village: str | None, *, merged: int = 0) -> None:
    """Have a village's town counted next, in the caller's transaction; `merged` pairs are none any more already now."""
    fewer = DuplicateCount.pairs - merged
    session.execute(
        update(DuplicateCount)
        .where(DuplicateCount.town_code == (village or "")[:9])
        .values(counted_at=_LONG_AGO, pairs=case((fewer > 0, fewer), else_=0))
    )
