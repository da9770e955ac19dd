"""Take a change of a card back within a day, as long as nobody has changed the same since (W15, C5)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Forbidden, NotFound
from backend.services import audit, edit_worker, review_opening
from backend.services.change_opening import change_opening
from backend.services.post_opening import flags_of
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.ledger_changes import FIELDS, plain
from backend.store.models import (
    AuditEvent,
    LedgerAct,
    LedgerChange,
    MergedEntry,
    Opening,
    Person,
    Station,
    Worker,
)  # fmt: skip
from backend.store.queries import employers, ledger_history

if TYPE_CHECKING:
    from backend.services.deps import Deps

# What a member must be allowed to do with a card to take a change of it back.
VERBS = {
    "workers": "edit_worker", "employers": "post_opening", "openings": "review_opening", "stations": "edit_station",
}  # fmt: skip
_DAYS = {"available_from", "available_to", "starts_on", "ends_on"}


def take_back(deps: Deps, member: Member, kind: str, object_id: int, event_id: int) -> list[str]:
    """Put back what stood on a card before one entry of its history. Returns the fields.

    Raises `NotFound`, `Forbidden`; `Conflict` with reason `too_late` (a day has passed, or taken back already) or
    `changed_since` (what it wrote has been changed since), in which nothing is changed.
    """
    if kind not in VERBS:
        raise NotFound("no such ledger")
    with deps.db.write() as session:
        return put_back(deps, session, member, kind, object_id, event_id)


def put_back(deps: Deps, session: Session, member: Member, kind: str, object_id: int, event_id: int) -> list[str]:
    """The same in the caller's transaction."""
    now = deps.clock()
    card = _card(session, member, kind, object_id)
    if not may(member.role, VERBS[kind]):
        raise Forbidden("this role only looks")
    entry = session.get(AuditEvent, event_id)
    changes = ledger_history.changes_of(session, kind, object_id, event_id)
    if entry is None or not changes:
        raise NotFound("no such change")
    if entry.at < now - TAKE_BACK_WITHIN or any(change.undone_at for change in changes):
        raise Conflict("too late to take it back", reason="too_late")
    rows = {change.field: _row(card, change.field) for change in changes}
    if any(plain(getattr(rows[change.field], change.field)) != change.became for change in changes):
        raise Conflict("changed since", reason="changed_since")
    village = next((each.was for each in changes if each.field in ("village_code", "region_code")), None)
    if village is not None and not may_see(member.region_code, village):
        raise Conflict("it would leave the region", reason="elsewhere")
    before = {change.field: _typed(change.field, change.was) for change in changes}
    fields = sorted(before)
    if isinstance(card, Opening) and card.status != "in_review":
        change_opening(session, deps, now, card.id, before, actor=member.actor)
    else:
        for field, value in before.items():
            setattr(rows[field], field, value)
    for row in {card, *rows.values()}:
        if hasattr(row, "updated_at"):
            row.updated_at = now
    if isinstance(card, Opening) and card.status == "in_review":
        card.review_flags = flags_of(session, deps.regions, card)
    for change in changes:
        change.undone_at, change.undone_by = now, member.id
    audit.write(session, now, member.actor, "taken_back", card, fields=fields, of=event_id)
    return fields


def names_of(session: Session, worker: Worker | None) -> set[str]:
    """Every name the entry, and those merged into it, ever had since the past is kept."""
    if worker is None:
        return set()
    rows = session.execute(
        select(LedgerChange.was, LedgerChange.became).where(*_past_of(session, worker), LedgerChange.field == "name")
    )
    merged = session.execute(
        select(LedgerAct.undo).where(LedgerAct.object_kind == "workers", LedgerAct.object_id.in_(_ids(session, worker)))
    )
    found = {name for row in rows for name in row}
    found |= {was for (undo,) in merged for table, _, field, was, _ in undo.get("rows", ())
              if (table, field) == ("persons", "name")}  # fmt: skip
    return {name for name in found if name}


def forget(session: Session, worker: Worker | None) -> None:
    """Nothing of a person who is erased, nor of the entries merged into hers, stays in what is kept of the past (T15)."""
    if worker is None:
        return
    session.execute(delete(LedgerChange).where(*_past_of(session, worker)))
    session.execute(
        update(LedgerAct)
        .where(LedgerAct.object_kind == "workers", LedgerAct.object_id.in_(_ids(session, worker)))
        .values(undo={}, args={})
    )


def _ids(session: Session, worker: Worker) -> list[int]:
    """The entry and those merged into it, and into these: each leads to the entry that was kept last."""
    merged = select(MergedEntry.from_id).where(MergedEntry.object_kind == "workers", MergedEntry.to_id == worker.id)
    return [worker.id, *session.scalars(merged)]


def _past_of(session: Session, worker: Worker) -> tuple[ColumnElement[bool], ...]:
    return LedgerChange.object_kind == "workers", LedgerChange.object_id.in_(_ids(session, worker))


def _card(session: Session, member: Member, kind: str, object_id: int) -> Any:
    if kind == "workers":
        return edit_worker.seen(session, member, object_id, lock=True)
    if kind == "openings":
        return review_opening.mine(session, member, object_id, lock=True)
    found: Any
    if kind == "employers":
        found = employers.one(session, member.region_code, object_id)
        found = found if found and may_see(member.region_code, found.region_code or HOME_REGION) else None
    else:
        found = session.get(Station, object_id)
        found = found if found and may_see(member.region_code, found.region_code) else None
    if found is None:
        raise NotFound("no such card")
    session.refresh(found, with_for_update=True)
    return found


def _row(card: Any, field: str) -> Any:
    """The stored row a field of a card stands in: a worker's name and village are her person's."""
    return card.person if isinstance(card, Worker) and field in FIELDS[Person] else card


def _typed(field: str, value: Any) -> Any:
    if value is None or not isinstance(value, str):
        return value
    if field in _DAYS:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if field == "waiting_since" else value
