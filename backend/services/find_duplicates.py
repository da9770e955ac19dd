"""Who in a town is likely entered twice, compared town by town in the background and kept: a county is too large at once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.duplicates import likely
from backend.services.regions import HOME_REGION
from backend.store.models import DuplicateCount
from backend.store.queries import duplicates
from backend.store.session import in_turn

if TYPE_CHECKING:
    from backend.services.deps import Deps

KEPT_FOR = timedelta(hours=6)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def compare_one(deps: Deps) -> int:
    """Compare the town that was compared longest ago, if that is too long; returns how many were compared: 1 or 0."""
    towns = [code for county in deps.regions.counties_in("") for code, _ in deps.regions.towns_of(county)]
    with deps.db.read() as session:
        compared = {row.town_code: row.counted_at for row in session.scalars(select(DuplicateCount))}
    town = min(towns, key=lambda code: compared.get(code, LONG_AGO), default=None)
    if town is None or compared.get(town, LONG_AGO) > deps.clock() - KEPT_FOR:
        return 0
    compare(deps, town)
    return 1


def compare(deps: Deps, town: str) -> None:
    """Compare everybody of a town with each other, and keep who is likely the same."""
    now = deps.clock()
    with deps.db.read() as session:
        found = likely(duplicates.of_place(session, town, HOME_REGION, town), None)

    def keep() -> None:
        with deps.db.write() as session:
            duplicates.keep(session, town, [pair[:2] for pair in found], now)

    in_turn(keep)


def compare_again(session: Session, village: str | None, *, gone: int | None = None) -> None:
    """Have a village's town compared next, in the caller's transaction; worker `gone` is nobody's twin any more already now."""
    # First of all: a comparison that is being kept at this moment goes before, or leaves `gone` out.
    again = update(DuplicateCount).where(DuplicateCount.town_code == (village or "")[:9]).values(counted_at=LONG_AGO)
    session.execute(again)
    if gone is not None:
        duplicates.drop(session, gone)
