"""The exact numbers of the ledgers that staff report, counted for every division in the background, read with their time."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from backend.services.regions import HOME_REGION
from backend.store.queries import ledger_counts
from backend.store.queries.ledger_counts import Asked

if TYPE_CHECKING:
    from backend.services.deps import Deps


def asked(deps: Deps, now: datetime | None = None) -> Asked:
    """What every count of the ledgers is to be counted by."""
    return Asked(HOME_REGION, deps.settings.backstop_after, now or deps.clock())


def count_everywhere(deps: Deps) -> int:
    """Count anew and keep what was found; returns of how many divisions there is something to tell."""
    by = asked(deps)
    with deps.db.read() as session:
        found = {
            area: sizes
            for province in sorted({county[:2] for county in (HOME_REGION, *deps.regions.counties_in(""))})
            for area, sizes in ledger_counts.counted(session, province, by).items()
        }
    with deps.db.write() as session:
        ledger_counts.keep(session, found, by.now)
    return len(found)
