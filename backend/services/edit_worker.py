"""Staff keep one worker's card: her facts, and visits to her (W01, H09, H10)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, confirming, once, worker_ledger
from backend.services.as_written import as_written
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Staff, Visit, Worker
from backend.store.queries import ledgers

if TYPE_CHECKING:
    from backend.services.deps import Deps

VISIT_KINDS = ("home", "phone", "window")
LONGEST_NOTE = 300


def seen(session: Session, member: Member, worker_id: int, *, lock: bool = False) -> Worker:
    """The worker, if she lives in the reach of `member`. Raises `NotFound`."""
    worker = ledgers.one(session, member.region_code, HOME_REGION, worker_id, lock=lock)
    if worker is None:
        raise NotFound("no such worker")
    return worker


def edit(deps: Deps, member: Member, worker_id: int, version: str, facts: dict[str, Any]) -> list[str]:
    """Put a card right; `facts` by the ledger's columns, None clears. Returns the columns that changed.

    Raises `NotFound`, `Forbidden`; `Invalid` for a village outside one's region; `Conflict(reason="changed")` when
    somebody else saved since `version` was shown.
    """
    if "village" in facts and (facts["village"] is None or not may_see(member.region_code, facts["village"])):
        raise Invalid("outside your region", {"village": "outside your region"})
    with deps.db.write() as session:
        worker = _mine(session, member, worker_id, "edit_worker")
        if worker_ledger.version(worker, worker.person) != version:
            raise Conflict("somebody else has saved this card meanwhile", reason="changed")
        now = deps.clock()
        changed = worker_ledger.put(session, now, worker, worker.person, facts)
        if changed:
            audit.write(session, now, member.actor, "edited", worker, fields=sorted(changed))
        return changed


def set_officer(deps: Deps, member: Member, worker_id: int, staff_id: int | None) -> None:
    """Say which member of staff helps her one to one (H01, H10); None: nobody. Raises `Invalid` for one who cannot see her."""
    with deps.db.write() as session:
        worker = _mine(session, member, worker_id, "edit_worker")
        if staff_id is not None and staff_id not in {each.id for each in officers_for(session, worker)}:
            raise Invalid("not of her region", {"officer": "not of her region"})
        if worker.officer_id == staff_id:
            return
        worker.officer_id = staff_id
        audit.write(session, deps.clock(), member.actor, "officer_set", worker, staff_id=staff_id)


def officers_for(session: Session, worker: Worker) -> list[Staff]:
    """Active staff of her village, town or county, the nearest first."""
    home = worker.person.village_code or HOME_REGION
    above = {home[:length] for length in (6, 9, 12)}
    rows = session.scalars(
        select(Staff)
        .where(Staff.active, Staff.role.in_(("village", "town", "county")), Staff.region_code.in_(above))
        .order_by(Staff.id)
    )
    return sorted(rows, key=lambda each: -len(each.region_code))


def record_visit(deps: Deps, member: Member, worker_id: int, kind: str, note: str, next_on: date | None,
                 *, form_number: str = "") -> int:  # fmt: skip
    """Write down that she was visited, rung or seen at the window; when the next visit is due. Raises `Invalid`."""
    now, note = deps.clock(), as_written(note, LONGEST_NOTE, "note")
    problems = {}
    if kind not in VISIT_KINDS:
        problems["kind"] = "home, phone or window"
    if next_on is not None and next_on <= now.astimezone(TIMEZONE).date():
        problems["next_on"] = "a day to come"
    if problems:
        raise Invalid("some facts do not hold", problems)
    with deps.db.write() as session:
        worker = _mine(session, member, worker_id, "record_visit")
        if (before := once.made_by(session, member, form_number)) is not None:
            return before
        visit = Visit(worker_id=worker.id, staff_id=member.id, kind=kind, at=now, note=note, next_on=next_on)
        session.add(visit)
        # She spoke to somebody of the station: the entry is as fresh as that (P01).
        confirming.spoken_with(worker, now)
        session.flush()
        audit.write(session, now, member.actor, "visited", worker, visit_id=visit.id, kind=kind)
        once.note(session, now, member, form_number, visit.id)
        return visit.id


def _mine(session: Session, member: Member, worker_id: int, verb: str) -> Worker:
    worker = seen(session, member, worker_id, lock=True)
    if not may(member.role, verb):
        raise Forbidden("this role only looks")
    return worker
