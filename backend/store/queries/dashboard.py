"""What waits to be done here, counted to a hundred: a station with more than that reads 99+ and begins at the top."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.models import Case, Opening, Worker
from backend.store.queries import forwardings, inbox_counts, keyset, posts, stale
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
    hardest: int


def waiting(session: Session, region: str, home: str, now: datetime, hardest_after: int) -> Waiting:
    """`hardest_after`: failed weeks from which somebody is among the hardest to place (H11)."""

    def cases(priority: int) -> tuple[int, int]:
        still = select(Case.id).where(
            Case.status.in_(("open", "taken")), Case.priority == priority, within(Case.region_code, region, home)
        )
        return keyset.at_most(session, still), keyset.at_most(session, still.where(Case.due_at < now))

    in_review = select(Opening.id).where(Opening.status == "in_review", within(Opening.region_code, region))
    to_look_at = select(Opening.id).where(
        Opening.status.in_(("published", "filled")), Opening.reviewed_at.is_(None), within(Opening.region_code, region)
    )
    quiet_people = select(Worker.id).join(Worker.person).where(*stale.silent_workers(region, now))
    quiet_openings = select(Opening.id).where(*stale.silent_openings(region, now))
    return Waiting(
        cases={priority: cases(priority) for priority in PRIORITIES},
        talks=inbox_counts.count(session, region, "waiting"),
        to_review=keyset.at_most(session, in_review),
        to_look_at=keyset.at_most(session, to_look_at),
        stale_workers=keyset.at_most(session, quiet_people),
        stale_openings=keyset.at_most(session, quiet_openings),
        passed_on=forwardings.unseen(session, region),
        hardest=posts.count_hardest(session, region, hardest_after),
    )
