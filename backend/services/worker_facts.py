"""What the ranking may know of many workers at once, in one read (W04, H02, H03)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from sqlalchemy.orm import Session

from backend.domain.fairness import NO_SHOW_FORGOTTEN
from backend.domain.households import earning_since
from backend.domain.offers import Stretch
from backend.domain.people import NO_EARNER_LABEL, WorkerFacts
from backend.settings import TIMEZONE
from backend.store.queries import candidates

_NOTHING: frozenset[str] = frozenset()


@lru_cache(maxsize=20_000)
def _listed(stored: str | None) -> tuple[str, ...]:
    return tuple(_read(stored))


@lru_cache(maxsize=5_000)
def _set(stored: str | None) -> frozenset[str]:
    return frozenset(_read(stored))


@lru_cache(maxsize=20_000)
def _stretches(stored: str | None) -> tuple[tuple[date, date], ...]:
    return tuple((date.fromisoformat(first), date.fromisoformat(last)) for first, last in _read(stored))


def _read(stored: str | None) -> list[Any]:
    # An entry begun by keypad has no list yet: nothing, or JSON's null.
    return json.loads(stored) or [] if stored else []


def facts_of(session: Session, ids: Sequence[int], today: date) -> list[WorkerFacts]:
    """The workers as the ranking sees them, in no order; labels only as far as somebody has verified them."""
    rows = candidates.worker_rows(
        session, ids, today=today, earning_since=earning_since(today), missed_since=today - NO_SHOW_FORGOTTEN
    )
    return [_facts(*row) for row in rows]


def _facts(
    id: int,
    job_types: str | None,
    village: str | None,
    pay_min_fen: int | None,
    pay_unit: str | None,
    available_from: date | None,
    available_to: date | None,
    unavailable: str | None,
    day_parts: str | None,
    term: str | None,
    proximity: str | None,
    benefits: str | None,
    waiting_since: datetime | None,
    travel: str | None,
    within_km: float | None,
    skill_level: str | None,
    household: int | None,
    verified: str | None,
    earning: bool,
    calendar: str | None,
) -> WorkerFacts:
    labels = frozenset(verified.split(",")) if verified else _NOTHING
    taken, missed = _calendar(calendar) if calendar else ((), ())
    return WorkerFacts(
        id,
        _listed(job_types),
        village,
        pay_min_fen,
        pay_unit,
        available_from,
        available_to,
        _stretches(unavailable),
        _set(day_parts),
        term,
        proximity,
        _set(benefits),
        labels,
        # Where the household is known its own work decides; else the label, once somebody has verified it.
        not earning if household is not None else NO_EARNER_LABEL in labels,
        waiting_since,
        taken,
        travel,
        within_km,
        skill_level,
        missed,
    )


def _calendar(stored: str) -> tuple[tuple[Stretch, ...], tuple[datetime, ...]]:
    """The jobs she holds, and when she missed one."""
    taken, missed = [], []
    for job in stored.split(","):
        status, first, last, start, end = job.split(" ")
        if status == "no_show":
            missed.append(datetime.combine(date.fromisoformat(first), time(0), TIMEZONE))
        else:
            hours = (None if start == "-" else start, None if end == "-" else end)
            taken.append(Stretch(date.fromisoformat(first), date.fromisoformat(last), *hours))
    return tuple(taken), tuple(missed)
