"""What the dashboard's charts show: sets step by step, places by trade; the same sets as everywhere else (`queries/figures.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from backend.domain.figures import Period, midnight
from backend.domain.offers import HAD_A_PLACE
from backend.store.models import Offer, Opening
from backend.store.queries.figure_sets import Scope, source_of
from backend.store.queries.figures import counting


def by_step(session: Session, scope: Scope, names: Sequence[str], steps: Sequence[Period]) -> dict[str, list[int]]:
    """Set → its size in each of `steps`, which follow each other and make up the scope; the sets have one source."""
    (source,) = {source_of(name) for name in names}
    # Which of the steps, told once for each record: neither database would remember it from one set to the next.
    which: Any = case(
        *((source.moment < midnight(step.last + timedelta(days=1)), n) for n, step in enumerate(steps[:-1])),
        else_=len(steps) - 1,
    ).label("which_step")
    found = {name: [0] * len(steps) for name in names}
    ((wanted, query),) = counting(scope, names, by=dict.fromkeys(names, which))
    for step, *sizes in session.execute(query):
        for name, size in zip(wanted, sizes, strict=True):
            found[name][step] = size
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
