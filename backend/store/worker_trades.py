"""Keeps `worker_trades`, what openings look for workers by, true to the entries it is drawn from.

On every flush, so that whoever changes an entry, a village or a status need not think of it; a change made past the
session (a bare UPDATE of workers or persons) would have to call `refill` itself.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, event, insert, inspect, select
from sqlalchemy.orm import Session

from backend.domain.people import PRIORITY_LABELS
from backend.store.models import Hardship, Person, Worker, WorkerTrade

_WATCHED = {
    Worker: ("job_types", "status", "person_id"),
    Person: ("village_code",),
    Hardship: ("code", "verified_at", "worker_id"),
}


def watch(sessions: Any) -> None:
    """From now on every session of `sessions` (a sessionmaker) keeps the table."""
    event.listen(sessions, "after_flush", _after_flush)


def _after_flush(session: Session, _: Any) -> None:
    gone = [each for each in session.deleted if isinstance(each, Hardship)]
    touched = [*gone, *(each for each in (*session.new, *session.dirty) if _concerns(each))]
    if not touched:
        return
    people = [each.id for each in touched if isinstance(each, Person)]
    workers = {each.id for each in touched if isinstance(each, Worker)}
    workers.update(each.worker_id for each in touched if isinstance(each, Hardship))
    if people:
        workers.update(session.connection().scalars(select(Worker.id).where(Worker.person_id.in_(people))))
    refill(session, workers)


def refill(session: Session, worker_ids: Iterable[int]) -> None:
    """Write the rows of these workers anew, in the session's transaction."""
    ids = sorted(worker_ids)
    if not ids:
        return
    connection = session.connection()
    connection.execute(delete(WorkerTrade).where(WorkerTrade.worker_id.in_(ids)))
    entries = connection.execute(
        select(Worker.id, Worker.job_types, Person.village_code)
        .join(Person, Person.id == Worker.person_id)
        .where(Worker.id.in_(ids), Worker.status == "active")
    ).all()
    helped = set(
        connection.scalars(
            select(Hardship.worker_id).where(
                Hardship.worker_id.in_(ids), Hardship.verified_at.is_not(None), Hardship.code.in_(PRIORITY_LABELS)
            )
        )
    )
    rows = [
        {"worker_id": worker_id, "job_type": trade, "village_code": village, "priority": worker_id in helped}
        for worker_id, job_types, village in entries
        for trade in dict.fromkeys(job_types or [""])
    ]
    if rows:
        connection.execute(insert(WorkerTrade), rows)


def _concerns(entity: Any) -> bool:
    watched = _WATCHED.get(type(entity))
    if watched is None:
        return False
    state = inspect(entity)
    return any(state.attrs[name].history.has_changes() for name in watched)
