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
    travel: str | None = None  # walking | bicycle | motorbike | bus, as said
    within_km: float | None = None  # the longest way she said she would go
    skill_level: str | None = None  # none | basic | skilled | certified; None: not known
    no_shows: tuple[datetime, ...] = ()  # missed without a word, by both sides' or the staff's account

    def free_share(self, start: date, end: date) -> float:
        """The part of the days from `start` to `end` that she has not given away or excluded by what she said: 0 to 1."""
        days = (end - start).days + 1
        first = max(start, self.available_from) if self.available_from else start
        last = min(end, self.available_to) if self.available_to else end
        inside = (last - first).days + 1
        if inside <= 0:
            return 0.0
        if not self.unavailable:
            return inside / days
        blocked = {
            max(a, first).toordinal() + n
            for a, b in self.unavailable
            if a <= last and first <= b
            for n in range((min(b, last) - max(a, first)).days + 1)
        }
        return (inside - len(blocked)) / days
