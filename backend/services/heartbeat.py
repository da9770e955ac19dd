"""Who was alive when: rows that /readyz and the watcher read."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.store.models import Heartbeat


def beat(session: Session, name: str, now: datetime, *, ok: bool = True, **detail: Any) -> None:
    """Note that `name` did (or, with `ok=False`, failed to do) its work at `now`."""
    row = session.get(Heartbeat, name)
    if row is None:
        row = Heartbeat(name=name, at=now, detail={})
        session.add(row)
    row.at = now
    row.detail = {**detail, "ok": ok}
