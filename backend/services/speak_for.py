"""Staff keep an entry current for somebody: ask now, or note what she, or whoever hires, has told them (P01, P07)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backend.domain.access import may
from backend.domain.freshness import in_asking_hours
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import answer_offer, audit, both_sides, confirming, still_hiring, still_looking
from backend.services.staff_login import Member
from backend.store.models import Opening, Worker
from backend.store.queries import stale

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.services.deps import Deps

OF_A_WORKER = ("looking", "not_looking")


def ask_worker(deps: Deps, member: Member, worker_id: int) -> None:
    """Ask her now. `NotFound`, `Forbidden`; `Conflict`: `hours`, `unreachable`, `asked_today` (caps hold for staff, too)."""
    now = deps.clock()
    with deps.db.write() as session:
        worker = _worker(session, member, worker_id)
        handset = answer_offer.handset_of(session, worker)
        if handset is None or worker.status != "active":
            raise Conflict("cannot be asked", reason="unreachable")
        if not in_asking_hours(now):
            raise Conflict("nobody is asked at this hour", reason="hours")
        if not still_looking.may_be_asked(session, handset, now):
            raise Conflict("asked, written to or talking today", reason="asked_today")
        if not still_looking.ask(session, deps, worker, handset, now):
            raise Conflict("cannot be asked", reason="unreachable")
        audit.write(session, now, member.actor, "asked_current", worker)


def worker_says(deps: Deps, member: Member, worker_id: int, said: str) -> Worker:
    """`said`: looking | not_looking, as she told a member of staff."""
    if said not in OF_A_WORKER:
        raise Invalid("looking or not", {"said": "looking or not_looking"})
    now = deps.clock()
    with deps.db.write() as session:
        worker = _worker(session, member, worker_id)
        confirming.confirm(worker, now)
        if said == "looking":
            confirming.take_up_again(worker, now)
        else:
            confirming.stop_looking(worker)
        audit.write(session, now, member.actor, "still_looking" if said == "looking" else "not_looking", worker)
        return worker


def ask_employer(deps: Deps, member: Member, opening_id: int) -> None:
    """Ask whoever hires now; raises like `ask_worker`."""
    now = deps.clock()
    with deps.db.write() as session:
        opening = _opening(session, member, opening_id)
        handset = both_sides.textable(session, opening, now)
        if handset is None or opening.status != "published":
            raise Conflict("cannot be asked", reason="unreachable")
        if not in_asking_hours(now):
            raise Conflict("nobody is asked at this hour", reason="hours")
        if not still_looking.may_be_asked(session, handset, now):
            raise Conflict("asked, written to or talking today", reason="asked_today")
        if not still_hiring.ask(session, deps, opening, handset, now):
            raise Conflict("asked a moment ago", reason="asked_today")
        audit.write(session, now, member.actor, "asked_current", opening)


def still_hires(deps: Deps, member: Member, opening_id: int) -> Opening:
    """People are still wanted, as whoever hires told a member of staff. `Conflict` (`closed`) when it is over already."""
    now = deps.clock()
    with deps.db.write() as session:
        opening = _opening(session, member, opening_id)
        if opening.status not in ("published", "filled"):
            raise Conflict("over already", reason="closed")
        still_hiring.confirm(opening, now)
        audit.write(session, now, member.actor, "still_hiring", opening)
        return opening


def _worker(session: Session, member: Member, worker_id: int) -> Worker:
    found = stale.worker(session, member.region_code, worker_id)
    if found is None:
        raise NotFound("no such worker")
    _must(member)
    return found


def _opening(session: Session, member: Member, opening_id: int) -> Opening:
    found = stale.opening(session, member.region_code, opening_id)
    if found is None:
        raise NotFound("no such opening")
    _must(member)
    return found


def _must(member: Member) -> None:
    if not may(member.role, "confirm_entry"):
        raise Forbidden("this role only looks")
