"""Staff look after the calls the line means to place: take one off the list, or have a callback rung now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.domain.calling import in_hours
from backend.errors import Conflict, Forbidden, NotFound
from backend.services import audit, ring_instead, staff_call
from backend.services.planned_calls import finish
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import PlannedCall
from backend.store.queries import planned_calls

if TYPE_CHECKING:
    from backend.services.deps import Deps


def cancel(deps: Deps, member: Member, planned_id: int) -> None:
    """Not rung any more; what there was to tell goes out as a text. `Conflict` (`under_way`) once it rings or is over."""
    with deps.db.write() as session:
        planned, now = _waiting(session, member, planned_id), deps.clock()
        finish(planned, "suppressed", now, "cancelled")
        if planned.purpose == staff_call.PURPOSE:
            staff_call.not_rung(session, deps, planned, now)
        ring_instead.instead(session, deps, planned, now)
        audit.write(session, now, member.actor, "cancelled_call", planned, purpose=planned.purpose)


def ring_now(deps: Deps, member: Member, planned_id: int) -> None:
    """Let a callback come due at once. `Conflict`: `under_way`, or `hours`: nobody is rung at this time of day.

    The caps hold for this one, too: they are judged when it is placed.
    """
    with deps.db.write() as session:
        planned, now = _waiting(session, member, planned_id), deps.clock()
        if planned.purpose != "callback":
            raise Conflict("only callbacks are rung ahead of time", reason="under_way")
        if not in_hours(now, deps.settings.call_hours):
            raise Conflict("outside the hours", reason="hours")
        planned.due_at = min(planned.due_at, now)
        audit.write(session, now, member.actor, "rang_now", planned)


def _waiting(session: Session, member: Member, planned_id: int) -> PlannedCall:
    planned = planned_calls.one(session, member.region_code, HOME_REGION, planned_id)
    if planned is None:
        raise NotFound("no such call")
    if not may(member.role, "reply"):
        raise Forbidden("this role only looks")
    if planned.status != "planned":
        raise Conflict("it rings already, or is over", reason="under_way")
    return planned
