"""What the dashboard's charts show: sets by day, places by trade; the same sets as everywhere else (`queries/figures.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from backend.domain.figures import midnight
from backend.domain.offers import HAD_A_PLACE
from backend.store.models import Offer, Opening
from backend.store.queries.figure_sets import Scope, source_of
from backend.store.queries.figures import counting


def by_day(session: Session, scope: Scope, names: Sequence[str], days: Sequence[date]) -> dict[str, list[int]]:
    """Set → its size on each of `days`; the sets have one source, the days follow each other."""
    (source,) = {source_of(name) for name in names}
    whole = Scope(scope.region, scope.home, midnight(days[0]), midnight(days[-1] + timedelta(days=1)), scope.now)
    # Which of the days, told once for each record: neither database would remember it from one set to the next.
    which: Any = case(
        *((source.moment < midnight(day + timedelta(days=1)), n) for n, day in enumerate(days[:-1])),
        else_=len(days) - 1,
    ).label("which_day")
    found = {name: [0] * len(days) for name in names}
    ((wanted, query),) = counting(whole, names, by=dict.fromkeys(names, which))
    for day, *sizes in session.execute(query):
        for name, size in zip(wanted, sizes, strict=True):
            found[name][day] = size
    return found


def places_by_trade(session: Session, scope: Scope, limit: int = 8) -> list[tuple[str, int]]:
    """(code of the trade, places taken), the most first."""
    source = source_of("places")
    query = (
        source.joined(select(Opening.job_type, func.count()).select_from(Offer))
        .where(*source.where(scope), Offer.status.in_(HAD_A_PLACE))
        .group_by(Opening.job_type)
        .order_by(func.count().desc(), Opening.job_type)
        .limit(limit)
    )
    return [(code, number) for code, number in session.execute(query)]
