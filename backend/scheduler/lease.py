"""One leader among however many schedulers were started: a row that is held by one guarded UPDATE (D11)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import or_, update
from sqlalchemy.exc import IntegrityError

from backend.store.models import Heartbeat
from backend.store.session import Database

NAME = "scheduler"
HELD_FOR = timedelta(seconds=15)


def hold(db: Database, holder: str, now: datetime) -> bool:
    """Take or prolong the lead for `holder`; False while somebody else holds it.

    Taking it again before it runs out is the leader's heartbeat, which /readyz reads.
    """
    mine_or_free = or_(Heartbeat.holder == holder, Heartbeat.until.is_(None), Heartbeat.until < now)
    with db.write() as session:
        held = session.execute(
            update(Heartbeat)
            .where(Heartbeat.name == NAME, mine_or_free)
            .values(holder=holder, at=now, until=now + HELD_FOR)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        if held or session.get(Heartbeat, NAME) is not None:
            return bool(held)
    try:
        with db.write() as session:
            session.add(Heartbeat(name=NAME, holder=holder, at=now, until=now + HELD_FOR, detail={}))
    except IntegrityError:
        return False  # another scheduler wrote the very first row
    return True


def release(db: Database, holder: str, now: datetime) -> None:
    """Give the lead up at once, so that the next one need not wait for it to run out."""
    with db.write() as session:
        session.execute(update(Heartbeat).where(Heartbeat.name == NAME, Heartbeat.holder == holder).values(until=now))
