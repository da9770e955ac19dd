"""What matching may know of a worker. Sex and age are left out on purpose: nothing here can rank by them (P06)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from backend.domain.offers import Stretch

# Labels of vocabulary §4.7 that give priority once verified: poverty, monitoring, low income, disability, age beyond the
# usual, long without work, household without earner, resettled, veteran, carer. The others only describe.
PRIORITY_LABELS = frozenset({"G01", "G02", "G03", "G04", "G05", "G06", "G07", "G08", "G09", "G12"})
NO_EARNER_LABEL = "G07"


@dataclass(frozen=True)
class WorkerFacts:
    """A worker as the ranking sees her. Money in fen; `unavailable` are stretches of days, both ends included."""

    id: int
    job_types: tuple[str, ...] = ()
    region_code: str | None = None
    pay_min_fen: int | None = None
    pay_unit: str | None = None
    available_from: date | None = None
    available_to: date | None = None
    unavailable: tuple[tuple[date, date], ...] = ()
    day_parts: frozenset[str] = frozenset()
    term: str | None = None
    proximity: str | None = None
    benefits: frozenset[str] = frozenset()
    verified_labels: frozenset[str] = frozenset()  # a claim nobody has verified never gets in here (vocabulary §4.7)
    household_without_earner: bool = False
    waiting_since: datetime | None = None
    taken: tuple[Stretch, ...] = field(default=())  # jobs whose place she holds

    def is_free(self, start: date, end: date) -> str:
        """`yes` for all the days, `partly` for some, `no` for none, by what she said about her time."""
        if (self.available_from and end < self.available_from) or (self.available_to and start > self.available_to):
            return "no"
        blocked = [(a, b) for a, b in self.unavailable if a <= end and start <= b]
        if any(a <= start and end <= b for a, b in blocked):
            return "no"
        outside = (self.available_from and start < self.available_from) or (
            self.available_to and end > self.available_to
        )
        return "partly" if blocked or outside else "yes"
