"""How many wait and how many fell silent, counted for every division in the background; staff read the number with its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.services.regions import HOME_REGION
from backend.store.queries import figure_counts

if TYPE_CHECKING:
    from backend.services.deps import Deps


def count_standing(deps: Deps) -> int:
    """Count anew and keep what was found; returns of how many divisions there is something to tell."""
    now = deps.clock()
    provinces = sorted({county[:2] for county in (HOME_REGION, *deps.regions.counties_in(""))})
    with deps.db.read() as session:
        found = figure_counts.everywhere(session, provinces, HOME_REGION, now)
    with deps.db.write() as session:
        figure_counts.keep(session, found, now)
    return len(found)
