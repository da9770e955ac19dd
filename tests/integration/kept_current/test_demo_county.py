"""The demo county stays quiet: nobody in it is asked anything before a visitor has done something (contract, Demo county)."""

from __future__ import annotations

from sqlalchemy import func, select

from backend.domain import freshness
from backend.seed import renew, seed
from backend.services import still_hiring, still_looking
from backend.services.deps import Deps
from backend.store.models import OutboxRow, Region, Station, Worker
from tests.support.clock import SettableClock


def test_a_month_in_the_demo_county_asks_nobody_and_shows_some_entries_gone_quiet(
    deps: Deps, clock: SettableClock
) -> None:
    with deps.db.write() as session:
        for model in (Station, Region):
            for row in session.scalars(select(model).order_by(*([Region.code.desc()] if model is Region else []))):
                session.delete(row)
                session.flush()
    seed(deps.db, deps.settings, clock())
    deps.regions.reload()
    with deps.db.read() as session:
        before = session.scalar(select(func.count(OutboxRow.id)))
    for _ in range(30):
        clock.advance(days=1)
        renew(deps.db, clock())
        assert (still_looking.ask_workers(deps), still_hiring.ask_employers(deps)) == (0, 0)
    with deps.db.read() as session:
        assert session.scalar(select(func.count(OutboxRow.id))) == before
        stale = session.scalar(
            select(func.count(Worker.id)).where(Worker.confirmed_at < clock() - freshness.STALE_AFTER)
        )
    assert stale and stale < 90
