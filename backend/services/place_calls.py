"""Placing planned calls: claimed, the attempt committed, the carrier asked outside any transaction.

Every ringing is a row before the carrier hears of it, so that the caps are counted from what is committed and hold
whatever fails afterwards. An unknown outcome is never rung again blindly: it counts as a try, and the carrier's own
webhooks find it by the reference in their addresses (F6, I11, D7).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.carriers.base import CarrierBusy
from backend.errors import CarrierError
from backend.services import after_call, ring_instead, staff_call, when_to_ring
from backend.services.deps import Deps
from backend.services.follow_ringing import SILENT_FOR, drop, locked, note, reached_nobody
from backend.services.planned_calls import why_never
from backend.store.models import CallAttempt, Handset, HandsetOwner, PlannedCall

log = structlog.get_logger()

RING_S = 30
# The carrier's limit counts a talk with staff as well. What is not put through the flow itself ends (V18).
TIME_LIMIT_S = int((after_call.TALKING_FOR + timedelta(minutes=13)).total_seconds())


@dataclass(frozen=True)
class Claimed:
    attempt_id: int
    to: str
    reference: str
    by_staff: bool = False  # a member of staff is rung first (`staff_call`)


def something_due(deps: Deps) -> bool:
    """Whether a planned call is due; one read, for whoever waits for work."""
    with deps.db.read() as session:
        due = select(PlannedCall.id).where(PlannedCall.status == "planned", PlannedCall.due_at <= deps.clock())
        return session.scalar(due.limit(1)) is not None


def place_next(deps: Deps) -> bool:
    """Take up one due call: ring it, or put it off or away as the rules say; False: none was due."""
    claimed = _claim(deps)
    if not isinstance(claimed, Claimed):
        return claimed
    if not _is_still_to_ring(deps, claimed):
        return True
    base, about = f"{deps.settings.public_base_url}/twilio/voice/placed", urlencode({"r": claimed.reference})
    to_staff = f"{deps.settings.public_base_url}/twilio/voice/staff?{about}"
    try:
        placed = deps.carrier.place_call(
            claimed.to,
            from_=deps.settings.twilio_phone_number,
            url=to_staff if claimed.by_staff else f"{base}?{about}",
            status_url=f"{base}/status?{about}",
            machine_url=None if claimed.by_staff else f"{base}/machine?{about}",
            timeout_s=RING_S,
            time_limit_s=TIME_LIMIT_S,
        )
    except CarrierError as problem:
        _not_placed(deps, claimed, problem)
    else:
        with deps.db.write() as session:
            planned, attempt = locked(session, claimed.reference)
            note(attempt, planned, placed.carrier_id, placed.status)
    return True


# -- claiming ----------------------------------------------------------------------------------------------------------


def _claim(deps: Deps) -> Claimed | bool:
    """The next call to place, its attempt committed; True: a due one was dealt with without ringing."""
    now = deps.clock()
    with deps.db.write() as session:
        planned = session.scalar(
            select(PlannedCall)
            .where(PlannedCall.status == "planned", PlannedCall.due_at <= now)
            .order_by(PlannedCall.due_at, PlannedCall.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if planned is None:
            return False
        handset = session.get_one(Handset, planned.handset_id)
        if (over := _why_not(session, planned, handset, now)) is not None:
            drop(session, deps, planned, over, now)
            return True
        when_to_ring.one_at_a_time(session, now)
        if (later := when_to_ring.not_now(session, deps, planned, now)) is not None:
            at, reason = later
            if at >= planned.expires_at or (planned.purpose == staff_call.PURPOSE and reason in staff_call.FOR_GOOD):
                drop(session, deps, planned, reason, now)
            else:
                planned.due_at = at
            return True
        attempt = CallAttempt(
            planned_call_id=planned.id, handset_id=handset.id, reference=secrets.token_urlsafe(18), status="placing",
            at=now,
        )  # fmt: skip
        session.add(attempt)
        planned.status, planned.attempts = "placing", planned.attempts + 1
        session.flush()
        by_staff = staff_call.begins(session, planned) if planned.purpose == staff_call.PURPOSE else None
        return Claimed(attempt.id, by_staff or handset.number, attempt.reference, by_staff is not None)


def _is_still_to_ring(deps: Deps, claimed: Claimed) -> bool:
    """Looked at just before the carrier is asked: a process that stood still may have been given up (`follow_ringing.settle`)."""
    with deps.db.read() as session:
        attempt = session.get_one(CallAttempt, claimed.attempt_id)
        if attempt.status == "placing" and attempt.ended_at is None and deps.clock() - attempt.at < SILENT_FOR:
            return True
    log.warning("too_late_to_ring", attempt_id=claimed.attempt_id)
    return False


def _why_not(session: Session, planned: PlannedCall, handset: Handset, now: datetime) -> str | None:
    """Why it is not rung any more: expired, or a reason of `PlannedCall.suppressed_reason`."""
    if planned.purpose == staff_call.PURPOSE:
        return staff_call.why_not(session, planned, handset, now)
    if never := why_never(handset, now):
        return never
    if planned.person_id is not None and not _is_on_file(session, planned):
        return "not_allowed"  # the number has changed hands, or she has had herself erased
    if not ring_instead.still_wanted(session, planned, now):
        return "answered"
    return "expired" if planned.expires_at <= now else None


def _is_on_file(session: Session, planned: PlannedCall) -> bool:
    owner = select(HandsetOwner.id).where(
        HandsetOwner.handset_id == planned.handset_id,
        HandsetOwner.person_id == planned.person_id,
        HandsetOwner.until.is_(None),
    )
    return session.scalar(owner.limit(1)) is not None


def _not_placed(deps: Deps, claimed: Claimed, problem: CarrierError) -> None:
    now = deps.clock()
    with deps.db.write() as session:
        planned, attempt = locked(session, claimed.reference)
        log.warning("call_not_placed", attempt_id=attempt.id, code=problem.code, unknown=problem.outcome_unknown)
        if attempt.status != "placing":
            return  # the carrier's own webhook was quicker and knows better
        if problem.outcome_unknown:
            # It may be ringing. Its webhooks carry the reference; without any the tick settles it.
            attempt.status, planned.status = "unknown", "ringing"
            return
        attempt.status, attempt.ended_at = "failed", now
        wait = timedelta(seconds=problem.retry_after_s or 0) if isinstance(problem, CarrierBusy) else timedelta()
        reached_nobody(session, deps, planned, now, for_good=problem.permanent, at_least=wait)
