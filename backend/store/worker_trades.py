"""Keeps `worker_trades`, what openings look for workers by, true to the entries it is drawn from.

On every flush, so that whoever changes an entry, a village or a status need not think of it; a change made past the
session (a bare UPDATE of workers or persons) would have to call `refill` itself.

`priority` marks whom a search looks for in a wider neighbourhood (H02, H03): a verified label that gives priority, a
household of which nobody holds a place, a long wait. It only has to leave nobody out: the ranking judges by the facts
themselves. What time alone changes is put right every night (`refresh_priority`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, bindparam, delete, event, insert, inspect, or_, select, text
from sqlalchemy.orm import Session, aliased

from backend.domain.households import EARNING_STATUS
from backend.domain.offers import HOLDS_A_PLACE
from backend.domain.people import PRIORITY_LABELS
from backend.store.models import Hardship, Offer, Person, Worker, WorkerTrade
from backend.store.models.base import UTCDateTime

_WATCHED = {
    Worker: ("job_types", "status", "person_id"),
    Person: ("village_code", "household_id"),
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
    # Nobody of the household works now, here or elsewhere; whether somebody did of late is for the night to see.
    mate, mates_entry = aliased(Person), aliased(Worker)
    at_work = (
        select(mate.id)
        .join(mates_entry, mates_entry.person_id == mate.id)
        .outerjoin(Offer, Offer.worker_id == mates_entry.id)
        .where(
            mate.household_id == Person.household_id,
            or_(Offer.status.in_(HOLDS_A_PLACE), mates_entry.employment_status.in_(EARNING_STATUS)),
        )
    )
    helped.update(
        connection.scalars(
            select(Worker.id)
            .join(Person, Person.id == Worker.person_id)
            .where(Worker.id.in_(ids), Person.household_id.is_not(None), ~at_work.exists())
        )
    )
    rows = [
        {"worker_id": worker_id, "job_type": trade, "village_code": village, "priority": worker_id in helped}
        for worker_id, job_types, village in entries
        for trade in dict.fromkeys(job_types or [""])
    ]
    if rows:
        connection.execute(insert(WorkerTrade), rows)


def refresh_priority(session: Session, first: int, end: int, *, waiting_before: datetime, earning_since: date) -> int:
    """Put `priority` right for the workers `first` ≤ id < `end`; return how many rows it changed.

    `waiting_before`: who waits since then or longer is looked for farther off. `earning_since`: a household counts as
    earning from the last day of its people's work until so long after.
    """
    statement = _REFRESH.bindparams(first=first, end=end, waiting_before=waiting_before, earning_since=earning_since)
    changed: Any = session.execute(statement)
    return int(changed.rowcount)


_REFRESH = text(f"""
    UPDATE worker_trades SET priority = NOT priority
    WHERE worker_id >= :first AND worker_id < :end AND priority <> (
        EXISTS (SELECT 1 FROM hardships h WHERE h.worker_id = worker_trades.worker_id AND h.verified_at IS NOT NULL
                AND h.code IN ({", ".join(f"'{code}'" for code in sorted(PRIORITY_LABELS))}))
        OR EXISTS (
            SELECT 1 FROM workers w JOIN persons p ON p.id = w.person_id
            WHERE w.id = worker_trades.worker_id AND (w.waiting_since <= :waiting_before OR (
                p.household_id IS NOT NULL AND NOT EXISTS (
                    SELECT 1 FROM persons q JOIN workers v ON v.person_id = q.id
                    WHERE q.household_id = p.household_id
                      AND v.employment_status IN ({", ".join(f"'{status}'" for status in sorted(EARNING_STATUS))})
                ) AND NOT EXISTS (
                    SELECT 1 FROM persons q JOIN workers v ON v.person_id = q.id JOIN offers o ON o.worker_id = v.id
                    WHERE q.household_id = p.household_id AND o.ends_on >= :earning_since
                      AND o.status IN ({", ".join(f"'{status}'" for status in sorted(HOLDS_A_PLACE))}, 'paid'))))))
""").bindparams(bindparam("waiting_before", type_=UTCDateTime), bindparam("earning_since", type_=Date))  # noqa: S608 - written here


def _concerns(entity: Any) -> bool:
    watched = _WATCHED.get(type(entity))
    if watched is None:
        return False
    state = inspect(entity)
    return any(state.attrs[name].history.has_changes() for name in watched)
