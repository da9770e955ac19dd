"""How long nobody has spoken for an entry, for the badge that every list of both libraries shows (P01, P07)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.domain.freshness import CURRENT_FOR, days_old, state


def worker_state(worker: Any, now: datetime) -> str:
    """current | due | stale: the one rule for a worker's entry, wherever it is shown."""
    last = worker.confirmed_at or worker.updated_at
    return state(last, now, in_vain=worker.asked_in_vain, asked=worker.asked_current_at)


def quiet_worker(worker: Any, now: datetime) -> int | None:
    """Days since the last word for a worker's entry that has gone stale; None for one that has not."""
    last = worker.confirmed_at or worker.updated_at
    if worker.status != "active" or worker_state(worker, now) != "stale":
        return None
    return days_old(last, now)


def quiet_opening(opening: Any, now: datetime) -> int | None:
    """Days since the last word for a published opening that nobody has confirmed for a week; None for any other."""
    last = opening.confirmed_at or opening.updated_at
    if opening.status != "published" or now - last < CURRENT_FOR:
        return None
    return days_old(last, now)
