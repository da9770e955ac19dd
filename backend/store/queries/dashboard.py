"""What waits to be done here, counted to a hundred: a station with more than that reads 99+ and begins at the top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from backend.store.models import Case, Opening, Worker
from backend.store.queries import forwardings, inbox_counts, keyset, stale
from backend.store.queries.scope import within

PRIORITIES = (1, 2, 3)


@dataclass(frozen=True)
class Waiting:
    """`cases`: priority → (not yet closed, of them past due)."""

    cases: dict[int, tuple[int, int]]
    talks: int
    to_review: int
    to_look_at: int
    stale_workers: int
    stale_openings: int
    passed_on: int


def waiting(session: Session, region: str, home: str, now: datetime) -> Waiting:
    opening = select(Opening.id).where(within(Opening.region_code, region))
    queries: dict[str, Select[Any]] = {
        "talks": inbox_counts.carrying(region, "waiting"),
        "to_review": opening.where(Opening.status == "in_review"),
        "to_look_at": opening.where(Opening.status.in_(("published", "filled")), Opening.reviewed_at.is_(None)),
        "stale_workers": select(Worker.id).join(Worker.person).where(*stale.silent_workers(region, now)),
        "stale_openings": select(Opening.id).where(*stale.silent_openings(region, now)),
        "passed_on": forwardings.unseen_ids(region),
    }
    for priority in PRIORITIES:
        still = select(Case.id).where(
            Case.status.in_(("open", "taken")), Case.priority == priority, within(Case.region_code, region, home)
        )
        queries |= {f"still_{priority}": still, f"late_{priority}": still.where(Case.due_at < now)}
    found = keyset.each_at_most(session, queries)
    cases = {priority: (found.pop(f"still_{priority}"), found.pop(f"late_{priority}")) for priority in PRIORITIES}
    return Waiting(cases=cases, **found)
