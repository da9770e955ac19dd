"""Every night: whom a search looks for in a wider neighbourhood, as far as time alone has changed it (H02, H03)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from backend.domain.fairness import WAITING_FULL_DAYS
from backend.domain.households import earning_since
from backend.settings import TIMEZONE
from backend.store import worker_trades
from backend.store.models import WorkerTrade

if TYPE_CHECKING:
    from backend.services.deps import Deps

# So many workers in one transaction, so that nobody waits for it.
AT_ONCE = 2000


def refresh(deps: Deps) -> int:
    """Put the marks right, some thousand workers at a time; return how many were wrong. Twice changes nothing more."""
    now = deps.clock()
    with deps.db.read() as session:
        last = session.scalar(select(func.max(WorkerTrade.worker_id))) or 0
    changed = 0
    for first in range(1, last + 1, AT_ONCE):
        with deps.db.write() as session:
            changed += worker_trades.refresh_priority(
                session,
                first,
                first + AT_ONCE,
                waiting_before=now - timedelta(days=WAITING_FULL_DAYS),
                earning_since=earning_since(now.astimezone(TIMEZONE).date()),
            )
    return changed
