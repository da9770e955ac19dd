"""What a change of a card put in whose place, written down beside the trail's entry by the store itself.

Whoever changes a card, staff, the person by text or call, a file, another system, writes one entry of the trail in the same
transaction; what stood there before is taken from the rows. So no way of changing a card can forget its history.
"""

from __future__ import annotations

from copy import copy
from datetime import date, datetime
from typing import Any

from sqlalchemy import event, inspect, select
from sqlalchemy.orm import Session, SessionTransaction

from backend.store.models import AuditEvent, Employer, LedgerChange, Opening, Person, Station, Worker

# A card's facts by table; what the service keeps for itself (freshness, counters, decisions) has entries of its own.
FIELDS: dict[type[Any], tuple[str, ...]] = {
    Worker: (
        "job_types", "pay_min_fen", "pay_max_fen", "pay_unit", "available_from", "available_to", "unavailable",
        "day_parts", "term", "travel", "within_km", "benefits", "preferred_channel", "waiting_since", "skill_level",
        "employment_status", "job_willingness", "at_home", "service_needs", "officer_id", "status",
    ),
    Person: ("name", "gender", "birth_year", "village_code", "household_id"),
    Employer: ("name", "kind", "phone", "region_code"),
    Opening: (
        "title", "job_type", "headcount", "region_code", "place", "starts_on", "ends_on", "hours_from", "hours_to",
        "pay_min_fen", "pay_max_fen", "pay_unit", "settlement", "negotiable", "requirements", "meals", "lodging",
        "transport", "insured",
    ),
    Station: (
        "region_code", "kind", "name", "short_name", "address", "opens_at", "closes_at", "hotline", "services",
        "area_sqm", "windows", "staff_count", "has_screen", "has_sign",
    ),
}  # fmt: skip
_KINDS = {model.__tablename__ for model in FIELDS}
# Entries that change nothing, and the one that is made to leave nothing behind.
_LOOKS = frozenset({"read", "revealed", "listened"})
_FORGETS = frozenset({"erased", "merged_away"})
_CHANGES, _EVENTS, _NEW, _MARKS = "ledger_changes", "ledger_events", "ledger_new", "ledger_marks"


def watch(sessions: Any) -> None:
    """From now on every session of `sessions` (a sessionmaker) writes down what it changes."""
    event.listen(sessions, "before_flush", _gather)
    event.listen(sessions, "before_commit", _write)
    event.listen(sessions, "after_transaction_create", _mark)
    event.listen(sessions, "after_soft_rollback", _go_back)


def plain(value: Any) -> Any:
    """A column's value as plain JSON."""
    return value.isoformat() if isinstance(value, date | datetime) else value


def _gather(session: Session, *_: Any) -> None:
    for row in session.new:
        if isinstance(row, AuditEvent):
            if row.object_kind in _KINDS and row.verb not in _LOOKS:
                session.info.setdefault(_EVENTS, {}).setdefault((row.object_kind, row.object_id), row)
        elif type(row) in FIELDS:
            session.info.setdefault(_NEW, set()).add(row)
    new = session.info.get(_NEW, ())
    for row in session.dirty:
        if type(row) not in FIELDS or row in new:
            continue
        state = inspect(row)
        for field in FIELDS[type(row)]:
            past = state.attrs[field].history
            if past.added and past.deleted and plain(past.added[0]) != plain(past.deleted[0]):
                found = session.info.setdefault(_CHANGES, {}).setdefault(
                    (type(row).__tablename__, row.id, field), [plain(past.deleted[0]), None]
                )
                found[1] = plain(past.added[0])


def _mark(session: Session, transaction: SessionTransaction) -> None:
    """What was gathered when a savepoint is set: all before it has been flushed by then."""
    if transaction.nested:
        gathered = {name: copy(session.info[name]) for name in (_EVENTS, _NEW) if name in session.info}
        gathered[_CHANGES] = {key: list(pair) for key, pair in session.info.get(_CHANGES, {}).items()}
        session.info.setdefault(_MARKS, {})[transaction] = gathered


def _go_back(session: Session, transaction: SessionTransaction) -> None:
    """What a savepoint took back was never changed."""
    gathered = session.info.get(_MARKS, {}).pop(transaction, None)
    if gathered is not None:
        for name in (_CHANGES, _EVENTS, _NEW):
            session.info.pop(name, None)
        session.info.update(gathered)


def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    _gather(session)
    events: dict[tuple[str, str], AuditEvent] = session.info.pop(_EVENTS, {})
    changes: dict[tuple[str, int, str], list[Any]] = session.info.pop(_CHANGES, {})
    session.info.pop(_NEW, None)
    session.info.pop(_MARKS, None)
    if not changes or not events or any(each.verb in _FORGETS for each in events.values()):
        return
    people = {row_id for kind, row_id, _ in changes if kind == "persons"}
    entry_of: dict[int, int] = {}
    if people:
        with session.no_autoflush:
            rows = session.execute(select(Worker.person_id, Worker.id).where(Worker.person_id.in_(people)))
            entry_of = {row.person_id: row.id for row in rows}
    for (kind, row_id, field), (was, became) in changes.items():
        entry = events.get((kind, str(row_id)))
        if kind == "persons" and row_id in entry_of:
            entry = events.get(("workers", str(entry_of[row_id]))) or entry
            kind, row_id = "workers", entry_of[row_id]
        if entry is not None and was != became:
            session.add(
                LedgerChange(event=entry, object_kind=kind, object_id=row_id, field=field, was=was, became=became)
            )
