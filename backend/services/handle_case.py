"""Staff answer a case: take it, write down a spoken name, close it with what was done (R01, R02)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.domain.written_names import written_name
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, hand_over
from backend.services.as_written import as_written
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Case, Person, Worker
from backend.store.queries import cases

if TYPE_CHECKING:
    from backend.services.deps import Deps

LONGEST_RESOLUTION = 500


def take(deps: Deps, member: Member, case_id: int) -> None:
    """Make a case one's own. Raises `Conflict` with reason `taken` or `closed`."""
    with deps.db.write() as session:
        take_in(deps, session, member, _mine(session, member, case_id))


def release(deps: Deps, member: Member, case_id: int) -> None:
    """Put a taken case back among the open ones; any colleague in reach may, since people fall ill."""
    with deps.db.write() as session:
        case = _mine(session, member, case_id)
        if case.status == "taken":
            case.status, case.taken_by, case.taken_at = "open", None, None
            audit.write(session, deps.clock(), member.actor, "released", case)


def close(deps: Deps, member: Member, case_id: int, resolution: str) -> None:
    """Close a case with a sentence on what was done; an open one is taken first. Raises `Invalid`, `Conflict`."""
    resolution = as_written(resolution, LONGEST_RESOLUTION, "resolution")
    if not resolution:
        raise Invalid("say what was done", {"resolution": "empty"})
    with deps.db.write() as session:
        close_in(deps, session, member, _mine(session, member, case_id), resolution)


def pass_on(deps: Deps, member: Member, case_id: int, *, to: str, comment: str, seen: str) -> str:
    """Give a case to a colleague (staff:3) or a team (team:4); return the name. Errors as of `hand_over.case`."""
    with deps.db.write() as session:
        case = _mine(session, member, case_id)
        return hand_over.case(deps, session, member, case, to=to, comment=comment, seen=seen)


def write_name(deps: Deps, member: Member, case_id: int, name: str) -> None:
    """Write down the name a worker spoke on the phone; the case is done then, and the spoken name is let go.

    The name itself goes to the person only; the audit event says that it was written, not what.
    """
    written = written_name(name)
    if written is None:
        raise Invalid("not a name", {"name": "not_a_name"})
    with deps.db.write() as session:
        case = _mine(session, member, case_id)
        worker = session.get(Worker, case.worker_id) if case.worker_id else None
        if case.kind != "write_name" or worker is None:
            raise Conflict("there is no spoken name in this case", reason="no_name")
        now = deps.clock()
        person = session.get_one(Person, worker.person_id)
        person.name, person.name_recording_url, person.updated_at = written, None, now
        worker.updated_at = now
        audit.write(session, now, member.actor, "name_written", person, case_id=case.id)
        close_in(deps, session, member, case, "名字已写下")


def take_in(deps: Deps, session: Session, member: Member, case: Case) -> None:
    """Take a case in the caller's transaction, who holds its row. Raises `Conflict`."""
    if case.status == "closed":
        raise Conflict("the case is closed", reason="closed")
    if case.status == "taken":
        if case.taken_by != member.id:
            raise Conflict("a colleague has this case", reason="taken")
        return
    case.status, case.taken_by, case.taken_at = "taken", member.id, deps.clock()
    audit.write(session, deps.clock(), member.actor, "took_case", case)


def close_in(deps: Deps, session: Session, member: Member, case: Case, resolution: str) -> None:
    """Close a case in the caller's transaction, who holds its row; an open one is taken first."""
    take_in(deps, session, member, case)
    case.status, case.closed_by, case.closed_at, case.resolution = "closed", member.id, deps.clock(), resolution
    audit.write(session, deps.clock(), member.actor, "closed_case", case)


def _mine(session: Session, member: Member, case_id: int) -> Case:
    # Locked until the end of the transaction, so that of two takers the second sees the first.
    case = cases.one(session, member.region_code, HOME_REGION, case_id, lock=True)
    if case is None:
        raise NotFound("no such case")
    if not may(member.role, "take_case"):
        raise Forbidden("this role only looks")
    return case
