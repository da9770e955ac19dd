"""What becomes of a ringing: the carrier's word of it, who picked up, and another try or another way when nobody did.

Late, doubled or out of order, no word moves anything backwards (D7); a ringing nobody hears of again counts as a try (F6).
"""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.domain.calling import ENDED, moved_on, pause_before, picked_up, rings_at
from backend.errors import CarrierError, NotFound
from backend.services import reminders, ring_instead, staff_call, when_to_ring
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.planned_calls import finish
from backend.services.receive_message import conversation_for
from backend.store.models import Call, CallAttempt, Case, Conversation, Handset, Message, PlannedCall, TurnEffect

log = structlog.get_logger()

# Without any word of the carrier for so long a ringing counts as a try that reached nobody.
SILENT_FOR = timedelta(minutes=10)


def locked(session: Session, reference: str) -> tuple[PlannedCall, CallAttempt]:
    """The plan and this ringing of it, the plan's row locked; NotFound for a reference that is not ours."""
    attempt = session.scalar(select(CallAttempt).where(CallAttempt.reference == reference))
    if attempt is None:
        raise NotFound("no such ringing")
    planned = session.get_one(PlannedCall, attempt.planned_call_id, with_for_update=True)
    session.refresh(attempt)
    return planned, attempt


def note(attempt: CallAttempt, planned: PlannedCall, sid: str, status: str) -> bool:
    """Move the ringing on; False when it stands further already (D7)."""
    attempt.call_sid = attempt.call_sid or sid or None
    if planned.status == "placing":
        planned.status = "ringing"
    moved = moved_on(attempt.status, status)
    if moved == attempt.status:
        return False
    attempt.status = moved
    return True


def receive_status(deps: Deps, reference: str, sid: str, status: str) -> None:
    """A status callback of a call we placed: late, doubled or out of order it moves nothing backwards (D7)."""
    now = deps.clock()
    with deps.db.write() as session:
        try:
            planned, attempt = locked(session, reference)
        except NotFound:
            log.warning("status_of_no_ringing", status=status[:16])
            return
        if (attempt.call_sid and sid != attempt.call_sid) or not note(attempt, planned, sid, status):
            return
        if attempt.status in ENDED:
            attempt.ended_at = now
            over(session, deps, planned, attempt, now)


def over(session: Session, deps: Deps, planned: PlannedCall, attempt: CallAttempt, now: datetime) -> None:
    """One ringing has ended: whoever did or said something was reached, else it counts as a try."""
    log.info("ringing_over", planned_call_id=planned.id, attempt_id=attempt.id, status=attempt.status,
             answered_by=attempt.answered_by, reached=planned.status == "answered")  # fmt: skip
    if planned.purpose == staff_call.PURPOSE:
        staff_call.hung_up(session, deps, planned, now)
    elif planned.status == "answered":
        ring_instead.after_talk(session, deps, planned, now)
    elif planned.status == "ringing":
        reached_nobody(session, deps, planned, now)


def reached_nobody(
    session: Session, deps: Deps, planned: PlannedCall, now: datetime, *, for_good: bool = False,
    at_least: timedelta = timedelta(),
) -> None:  # fmt: skip
    """Try again after a pause while tries and time are left; else another way is taken (M09)."""
    pause = pause_before(planned.purpose, planned.attempts)
    if pause is not None and not for_good:
        due_at = rings_at(now + max(pause, at_least), deps.settings.call_hours)
        if due_at < planned.expires_at:
            planned.status, planned.due_at = "planned", due_at
            return
    finish(planned, "unreached", now)
    if planned.purpose == staff_call.PURPOSE:
        staff_call.hung_up(session, deps, planned, now)
        return
    ring_instead.instead(session, deps, planned, now)


def drop(session: Session, deps: Deps, planned: PlannedCall, why: str, now: datetime) -> None:
    """It is not rung any more; another way is taken unless she has answered already."""
    reached = planned.attempts > 0 and why == "expired"
    if why == "expired":
        finish(planned, "unreached" if reached else "expired", now)
    else:
        finish(planned, "suppressed", now, why)
    if planned.purpose == staff_call.PURPOSE:
        staff_call.not_rung(session, deps, planned, now)
        return
    if why not in {"answered", "done"}:
        ring_instead.instead(session, deps, planned, now)


def machine_answered(deps: Deps, reference: str, sid: str, answered_by: str) -> None:
    """The carrier heard who picked up. A machine is hung up on with nothing left on it (M08); the try is repeated."""
    who = picked_up(answered_by)
    with deps.db.write() as session:
        try:
            planned, attempt = locked(session, reference)
        except NotFound:
            return
        if attempt.answered_by is not None or (attempt.call_sid and attempt.call_sid != sid):
            return
        attempt.answered_by = "human" if who == "machine" and _has_answered(session, deps, sid) else who
        if attempt.answered_by != "machine" or attempt.status in ENDED:
            return
        if planned.status == "answered":
            # What was taken for words was the machine's own announcement.
            planned.status, planned.finished_at = "ringing", None
            call = session.scalar(select(Call).where(Call.carrier == deps.carrier.name, Call.call_sid == sid))
            if call is not None:
                reminders.nobody_heard(session.get_one(Conversation, call.conversation_id))
    try:
        deps.carrier.hang_up(sid)
    except CarrierError as problem:
        # The call's own questions end it when nobody answers them.
        log.warning("machine_not_hung_up_on", code=problem.code)


# Acts that only an answer leads to; an announcement is a greeting, or not understood.
_ANSWERS = (
    "apply_job", "withdraw_application", "will_come", "job_outcome", "no_more_calls", "goodbye", "find_jobs", "job_details",
    "report_problem", "talk_to_human", "leave_message", "register_unemployment", "nobody_came", "talked_to_human",
)  # fmt: skip


def _has_answered(session: Session, deps: Deps, sid: str) -> bool:
    """Whether somebody in this call has pressed a key, given an answer or asked for help: then it is no machine."""
    call = session.scalar(select(Call).where(Call.carrier == deps.carrier.name, Call.call_sid == sid))
    if call is None:
        return False
    # A cry for help counts before it is answered: the verdict may come while it is still being written down.
    if call.put_through_to is not None or ((call.state or {}).get("awaiting") or {}).get("urgent"):
        return True
    heard = select(Message.id).where(Message.call_id == call.id, Message.direction == "inbound")
    if session.scalar(select(Case.id).where(Case.source_message_id.in_(heard)).limit(1)) is not None:
        return True
    acted = select(TurnEffect.act).where(TurnEffect.message_id.in_(heard), TurnEffect.act.in_(_ANSWERS))
    pressed = heard.where(Message.keys.is_not(None), Message.keys != "")
    return session.scalar(pressed.limit(1)) is not None or session.scalar(acted.limit(1)) is not None


# -- in the call ----------------------------------------------------------------------------------------------------------


def pick_up(session: Session, deps: Deps, *, sid: str, reference: str) -> tuple[Call, PlannedCall]:
    """The call of a ringing that was answered, made at its first webhook, and what it is for.

    NotFound for a reference that is not ours, or one of another call.
    """
    now = deps.clock()
    own = select(Call).where(Call.carrier == deps.carrier.name, Call.call_sid == sid)
    if (call := session.scalar(own.with_for_update())) is not None and call.planned_call_id is not None:
        return call, session.get_one(PlannedCall, call.planned_call_id)
    planned, attempt = locked(session, reference)
    if call is not None or attempt.call_sid not in (None, sid):
        raise NotFound("no such ringing")
    if (call := session.scalar(own)) is not None:
        return call, planned
    note(attempt, planned, sid, "in-progress")
    handset = session.get_one(Handset, planned.handset_id, with_for_update={"key_share": True})
    conversation = conversation_for(session, handset, now)
    call = Call(carrier=deps.carrier.name, call_sid=sid, handset_id=handset.id, conversation_id=conversation.id,
                direction="outbound", planned_call_id=planned.id, state={}, turn=0, started_at=now, last_at=now)  # fmt: skip
    session.add(call)
    session.flush()
    return call, planned


def somebody_there(session: Session, deps: Deps, call: Call) -> None:
    """Somebody has pressed a key or spoken: the call reached its person, and is never placed again (V15).

    From now on a short answer is to what the call is about; what only a machine heard asks nobody anything (M04).
    """
    now = deps.clock()
    planned = session.get(PlannedCall, call.planned_call_id, with_for_update=True) if call.planned_call_id else None
    if planned is None or planned.status == "answered":
        return
    wanted = planned.status != "suppressed" and ring_instead.still_wanted(session, planned, now)
    finish(planned, "answered", now)
    handset = session.get_one(Handset, call.handset_id)
    handset.last_seen_at = max(handset.last_seen_at, now)  # she still has this number (T4)
    if wanted:
        ring_instead.expect(session, planned, session.get_one(Conversation, call.conversation_id), now)


# -- ticks ---------------------------------------------------------------------------------------------------------------


def settle(deps: Deps) -> int:
    """Settle ringings nobody heard of again and plans whose time is over; return how many rows changed (F6, F7)."""
    now = deps.clock()
    with deps.db.read() as session:
        rows = session.execute(
            select(CallAttempt.id, CallAttempt.reference)
            .join(PlannedCall, PlannedCall.id == CallAttempt.planned_call_id)
            .where(
                CallAttempt.ended_at.is_(None),
                ~when_to_ring.is_talked_in(now),
                or_(
                    CallAttempt.at < now - when_to_ring.LIVE_FOR,
                    # Never heard of: placed by a process that died, or with an outcome nobody knows.
                    (CallAttempt.at < now - SILENT_FOR) & CallAttempt.status.in_(("placing", "unknown")),
                ),
            )
        ).all()
        late = session.scalars(
            select(PlannedCall.id).where(PlannedCall.status == "planned", PlannedCall.expires_at <= now)
        ).all()
    stale = {row.id: row.reference for row in rows}
    changed = each("settle_ringing", stale, lambda attempt_id: _settle_ringing(deps, stale[attempt_id], now))
    return changed + each("settle_late_call", late, lambda planned_id: _settle_late(deps, planned_id, now))


def _settle_ringing(deps: Deps, reference: str, now: datetime) -> bool:
    with deps.db.write() as session:
        planned, attempt = locked(session, reference)
        if attempt.ended_at is not None:
            return False
        attempt.ended_at = now
        if attempt.status in {"placing", "unknown"}:
            attempt.status = "failed"
        if planned.status == "placing":
            planned.status = "ringing"
        over(session, deps, planned, attempt, now)
        return True


def _settle_late(deps: Deps, planned_id: int, now: datetime) -> bool:
    with deps.db.write() as session:
        row = session.get_one(PlannedCall, planned_id, with_for_update=True)
        if row.status != "planned" or row.expires_at > now:
            return False
        drop(session, deps, row, "expired", now)
        return True
