"""What the ranking may know of many workers at once, in five small reads however many they are (W04, H02, H03)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy.orm import Session

from backend.domain.fairness import NO_SHOW_FORGOTTEN
from backend.domain.offers import Stretch
from backend.domain.people import NO_EARNER_LABEL, WorkerFacts
from backend.settings import TIMEZONE
from backend.store.queries import candidates

# A household counts as earning while, and a month after, one of its people has work through the line.
EARNING_FOR = timedelta(days=30)
_NOTHING: frozenset[str] = frozenset()


def facts_of(session: Session, ids: Sequence[int], today: date) -> list[WorkerFacts]:
    """The workers as the ranking sees them, by what is committed and verified; who is no longer active is left out."""
    rows = candidates.worker_rows(session, ids)
    labels = candidates.verified_labels(session, ids)
    taken, missed = candidates.calendars(session, ids, today, today - NO_SHOW_FORGOTTEN)
    households = {row[-1] for row in rows if row[-1] is not None}
    earning = candidates.households_earning(session, households, today - EARNING_FOR)
    return [
        _facts(row, labels.get(row[0], _NOTHING), taken.get(row[0], ()), missed.get(row[0], ()), earning)
        for row in rows
    ]  # fmt: skip


def _facts(
    row: Any, labels: frozenset[str], taken: Sequence[Stretch], missed: Sequence[date], earning: set[int]
) -> WorkerFacts:
    (
        id, job_types, village, pay_min_fen, pay_unit, available_from, available_to, unavailable, day_parts, term, proximity,
        benefits, waiting_since, travel, within_km, skill_level, household,
    ) = row  # fmt: skip
    return WorkerFacts(
        id=id,
        job_types=tuple(job_types or ()),
        region_code=village,
        pay_min_fen=pay_min_fen,
        pay_unit=pay_unit,
        available_from=available_from,
        available_to=available_to,
        unavailable=tuple((date.fromisoformat(a), date.fromisoformat(b)) for a, b in unavailable or ()),
        day_parts=frozenset(day_parts) if day_parts else _NOTHING,
        term=term,
        proximity=proximity,
        benefits=frozenset(benefits) if benefits else _NOTHING,
        verified_labels=labels,
        # Where the household is known its own work decides; else the label, once somebody has verified it.
        household_without_earner=household not in earning if household is not None else NO_EARNER_LABEL in labels,
        waiting_since=waiting_since,
        taken=tuple(taken),
        travel=travel,
        within_km=within_km,
        skill_level=skill_level,
        no_shows=tuple(datetime.combine(day, time(0), TIMEZONE) for day in missed),
    )
