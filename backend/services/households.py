"""Staff say who lives in one household: make one, put a person in or out, join two into one (H02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.households import may_be_together
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, edit_worker
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Household, Person, Worker
from backend.store.queries import households as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

# Why somebody of another village belongs in: codes, so that the trail holds no personal words.
REASONS = ("married", "moved", "relocated", "record_wrong")


def seen(session: Session, member: Member, household_id: int) -> Household:
    """The household, if somebody in it lives in the reach of `member`. Raises `NotFound`."""
    found = queries.one(session, member.region_code, HOME_REGION, household_id)
    if found is None:
        raise NotFound("no such household")
    return found


def make(deps: Deps, member: Member, worker_id: int) -> int:
    """Make a household of a worker's own, in her village, and return its number. She leaves the one she was in."""
    with deps.db.write() as session:
        worker = _worker(session, member, worker_id)
        household = Household(village_code=worker.person.village_code, created_at=deps.clock())
        session.add(household)
        session.flush()
        _move(deps, session, member, worker, household.id)
        return household.id


def put_in(deps: Deps, member: Member, worker_id: int, household_id: int, reason: str = "") -> None:
    """Put a worker into a household. Raises `NotFound`; `Conflict(reason="other_village")` without one of `REASONS`."""
    with deps.db.write() as session:
        worker = _worker(session, member, worker_id)
        household = _locked(session, member, household_id)
        _check(worker.person.village_code, household.village_code, reason)
        _move(deps, session, member, worker, household.id, reason)


def take_out(deps: Deps, member: Member, worker_id: int) -> None:
    """Take a worker out of her household; who is in none stays so."""
    with deps.db.write() as session:
        _move(deps, session, member, _worker(session, member, worker_id), None)


def merge(deps: Deps, member: Member, kept_id: int, other_id: int, reason: str = "") -> None:
    """Put everybody of one household into another. Raises `Invalid` for one and the same, `NotFound`.

    `Conflict` with reason `other_village` without one of `REASONS`, `elsewhere` when one of them is kept outside the region.
    """
    if kept_id == other_id:
        raise Invalid("one household", {"other": "another household"})
    if not may(member.role, "edit_household"):
        with deps.db.read() as session:
            seen(session, member, kept_id)
        raise Forbidden("this role only looks")
    with deps.db.write() as session:
        # In the order of their numbers, so that two who merge crosswise do not wait for each other.
        first, second = (_locked(session, member, one) for one in sorted((kept_id, other_id)))
        kept, other = (first, second) if first.id == kept_id else (second, first)
        # Joining takes a household away from where it was kept: only whoever both places belong to may.
        if not all(may_see(member.region_code, one.village_code or HOME_REGION) for one in (kept, other)):
            raise Conflict("a household of another region", reason="elsewhere")
        _check(other.village_code, kept.village_code, reason)
        moved = session.scalars(select(Person.id).where(Person.household_id == other.id)).all()
        session.execute(
            update(Person)
            .where(Person.household_id == other.id)
            .values(household_id=kept.id)
            .execution_options(synchronize_session=False)
        )
        audit.write(
            session, deps.clock(), member.actor, "merged", kept, other=other.id, persons=list(moved), reason=reason
        )
        session.delete(other)


def _check(one: str | None, other: str | None, reason: str) -> None:
    if not may_be_together(one, other, reason if reason in REASONS else ""):
        raise Conflict("of two villages", reason="other_village")


def _worker(session: Session, member: Member, worker_id: int) -> Worker:
    worker = edit_worker.seen(session, member, worker_id, lock=True)
    if not may(member.role, "edit_household"):
        raise Forbidden("this role only looks")
    return worker


def _locked(session: Session, member: Member, household_id: int) -> Household:
    seen(session, member, household_id)
    found = session.get(Household, household_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise NotFound("no such household")  # joined with another a moment ago
    return found


def _move(
    deps: Deps, session: Session, member: Member, worker: Worker, household_id: int | None, reason: str = ""
) -> None:
    left = worker.person.household_id
    if left == household_id:
        return
    worker.person.household_id = household_id
    session.flush()
    now = deps.clock()
    audit.write(session, now, member.actor, "household", worker, was=left, household_id=household_id, reason=reason)
    # Beside her card the households' own pasts: who came, who left.
    for number, verb in ((left, "left_household"), (household_id, "joined_household")):
        if number is not None and (home := session.get(Household, number)) is not None:
            audit.write(session, now, member.actor, verb, home, worker=worker.id, reason=reason)
