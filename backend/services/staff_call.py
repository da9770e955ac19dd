"""A member of staff rings somebody back through the line: her own phone first, then the person, both from our number.

Neither sees the other's number. It is a planned call like any other (`place_calls`), so that hours and caps hold (M10,
V15); only somebody who asked to be rung is rung at any hour. What came of it stands in the conversation and with the case.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.domain.calling import in_hours, may_be_rung
from backend.domain.case_rules import WAITS
from backend.errors import Conflict, Invalid, NotFound
from backend.services import audit, handle_case
from backend.services.each import each
from backend.services.planned_calls import finish, why_never
from backend.services.reopen import reopen
from backend.services.staff_login import Member
from backend.services.take_over import writable
from backend.services.when_to_ring import free_at
from backend.store.models import (
    CallAttempt,
    Case,
    Conversation,
    Handset,
    Message,
    PlannedCall,
    Staff,
    StaffCall,
)

if TYPE_CHECKING:
    from backend.services.deps import Deps

log = structlog.get_logger()

PURPOSE = "staff_call"
WORTH_FOR = timedelta(minutes=5)  # for so long whoever pressed the button waits for her phone to ring
UNDER_WAY = ("planned", "ringing", "connecting")
# Nothing of this passes while she waits: she is told at once.
FOR_GOOD = frozenset({"hours", "number_cap", "daily_cap"})
TALK_S = 3_600
# The end of the person's leg is told a moment before or after her own is over; later than this the word of it was lost.
TOLD_WITHIN = timedelta(minutes=2)
# How the person's leg ended, in the carrier's words → ours, and as it stands in the conversation.
_ENDED = {"completed": "answered", "answered": "answered", "busy": "busy", "no-answer": "no-answer"}
_SAID = {
    "answered": ("工作人员用热线打了回去，接通了。", "A member of staff called back over the line and got through."),
    "busy": ("工作人员用热线打了回去，对方占线。", "A member of staff called back over the line; the number was busy."),
    "no-answer": ("工作人员用热线打了回去，没人接。", "A member of staff called back over the line; nobody answered."),
    "failed": (
        "工作人员用热线打了回去，没打通。",
        "A member of staff called back over the line; it did not get through.",
    ),
    "unknown": (
        "工作人员用热线打了回去，通没通没有传回来。打的人请写个备注，不清楚就再打一次。",
        "A member of staff called back over the line; whether it got through was never reported. Whoever rang, please leave "
        "a note, or ring again if in doubt.",
    ),
}


def ring(deps: Deps, member: Member, conversation_id: int, *, phone: str, close_case: bool, form_id: str) -> None:
    """Plan the call; the sender rings `member` within seconds. The same form sent twice rings once.

    `phone`: mine | station. `close_case`: what the person waits for is done once they have talked. Raises `NotFound`,
    `Forbidden`, `Invalid` (phone: none) and `Conflict`: hours | number_cap | daily_cap | opted_out | not_allowed |
    ringing (a call to this person is under way) | taken (a colleague has the case).
    """
    now = deps.clock()
    with deps.db.write() as session:
        found = writable(session, member, conversation_id)
        if session.scalar(select(StaffCall.id).where(StaffCall.form_id == form_id)) is not None:
            return
        number = _number(session, deps, member, found, phone)
        handset = session.get_one(Handset, found.handset_id)
        if _under_way(session, found, now):
            raise Conflict("it is ringing", reason="ringing")
        case = _waiting_case(session, found)
        asked = case is not None and case.kind in WAITS
        if (why := why_not_now(session, deps, handset, now, asked=asked)) is not None:
            raise Conflict("not to be rung", reason=why)
        if case is not None and case.status == "open":
            handle_case.take_in(deps, session, member, case)
        reopen(session, found, now)
        planned = PlannedCall(handset_id=handset.id, purpose=PURPOSE, status="planned", due_at=now,
                              expires_at=now + WORTH_FOR, attempts=0, created_at=now)  # fmt: skip
        session.add(planned)
        session.flush()
        session.add(
            StaffCall(planned_call_id=planned.id, conversation_id=found.id, case_id=case.id if case else None,
                      staff_id=member.id, staff_number=number, asked=asked, close_case=close_case, form_id=form_id,
                      status="planned", created_at=now)
        )  # fmt: skip
        audit.write(session, now, member.actor, "rang_back", found, planned_call_id=planned.id, phone=phone)


def why_not_now(session: Session, deps: Deps, handset: Handset, now: datetime, *, asked: bool) -> str | None:
    """Why this person may not be rung by staff at this moment: a reason of `ring`; None: she may."""
    if not may_be_rung(handset.number):
        return "not_allowed"
    if asked:
        return None
    settings = deps.settings
    if (never := why_never(handset, now)) is not None:
        return never
    if not in_hours(now, settings.call_hours):
        return "hours"
    if free_at(session, CallAttempt.handset_id == handset.id, settings.calls_per_number, now) is not None:
        return "number_cap"
    if free_at(session, CallAttempt.id.is_not(None), settings.calls_per_day, now) is not None:
        return "daily_cap"
    return None


def _number(session: Session, deps: Deps, member: Member, found: Conversation, phone: str) -> str:
    if phone == "mine":
        number = session.get_one(Staff, member.id).phone
    elif phone == "station":
        number = str(deps.regions.station_for(member.region_code or found.region_code)["hotline"] or "")
    else:
        raise Invalid("which phone", {"phone": "none"})
    if not number:
        raise Invalid("no phone to ring", {"phone": "none"})
    return number


def _under_way(session: Session, found: Conversation, now: datetime) -> bool:
    """Whether a call of staff to this person is being placed or talked in; one nobody heard of again does not count."""
    newest = session.scalar(
        select(StaffCall).where(StaffCall.conversation_id == found.id).order_by(StaffCall.id.desc()).limit(1)
    )
    if newest is None or newest.status not in UNDER_WAY or newest.ended_at is not None:
        return False
    return now - newest.created_at < (timedelta(seconds=TALK_S) if newest.status == "connecting" else WORTH_FOR * 2)


def _waiting_case(session: Session, found: Conversation) -> Case | None:
    """The case in which this person waits to be rung, else the most pressing one that is open."""
    cases = session.scalars(
        select(Case)
        .where(Case.conversation_id == found.id, Case.status != "closed")
        .order_by(Case.priority, Case.id)
        .with_for_update()
    ).all()
    waiting = [case for case in cases if case.kind in WAITS and not (case.details or {}).get("talked_at")]
    return next(iter(waiting or cases), None)


# -- while it is placed (`place_calls`) -------------------------------------------------------------------------------------


def of_plan(session: Session, planned: PlannedCall) -> StaffCall:
    return session.scalars(select(StaffCall).where(StaffCall.planned_call_id == planned.id).with_for_update()).one()


def begins(session: Session, planned: PlannedCall) -> str:
    """Note that her phone rings now; return its number."""
    call = of_plan(session, planned)
    call.status = "ringing"
    return call.staff_number


def why_not(session: Session, planned: PlannedCall, handset: Handset, now: datetime) -> str | None:
    """Why it is not rung any more, as `place_calls` asks: she who asked is rung though she wants no calls of the line's."""
    if not of_plan(session, planned).asked and (never := why_never(handset, now)):
        return never
    return "expired" if planned.expires_at <= now else None


def not_rung(session: Session, deps: Deps, planned: PlannedCall, now: datetime) -> None:
    """It was not placed: the rules stood in the way, the line was busy too long, or somebody called it off."""
    call = of_plan(session, planned)
    if call.status in UNDER_WAY:
        call.status, call.ended_at = "suppressed", now


def hung_up(session: Session, deps: Deps, planned: PlannedCall, now: datetime) -> None:
    """The leg of the member of staff is over. She who never pressed 1 was not reached; the person was not rung."""
    call = of_plan(session, planned)
    if planned.status == "ringing":
        finish(planned, "unreached", now)
    if call.status in ("planned", "ringing"):
        call.status, call.ended_at = "unreached", now
        log.info("staff_not_reached", staff_call_id=call.id)
    elif call.status == "connecting":
        call.ended_at = now  # how the other leg ended comes with `talked`, a moment earlier or later, or was lost


def settle(deps: Deps) -> int:
    """Calls whose end nobody reported: say so where staff read it, and give them to whoever rang. Returns how many."""
    now = deps.clock()
    over, too_long = now - TOLD_WITHIN, now - timedelta(seconds=TALK_S) - WORTH_FOR
    lost = select(StaffCall.id).where(
        StaffCall.status == "connecting", or_(StaffCall.ended_at <= over, StaffCall.created_at <= too_long)
    )
    with deps.db.read() as session:
        ids = session.scalars(lost.order_by(StaffCall.id).limit(100)).all()

    def never_told(call_id: int) -> int:
        with deps.db.write() as session:
            planned_id = session.get_one(StaffCall, call_id).planned_call_id
            # As a report does: the plan first, so that one that comes after all waits for us or we for it.
            call = of_plan(session, session.get_one(PlannedCall, planned_id, with_for_update=True))
            session.refresh(call)
            if call.status != "connecting":
                return 0
            _over(session, deps, call, "unknown", call.ended_at or now)
            return 1

    return each("settle_staff_calls", ids, never_told)


# -- in the call (`ivr/staff_webhooks.py`) ----------------------------------------------------------------------------------


def of_ringing(session: Session, reference: str, sid: str) -> tuple[PlannedCall, StaffCall]:
    """The call of staff a webhook is about, locked. NotFound for a reference that is not ours, or of another call."""
    attempt = session.scalar(select(CallAttempt).where(CallAttempt.reference == reference))
    planned = session.get_one(PlannedCall, attempt.planned_call_id, with_for_update=True) if attempt else None
    if attempt is None or planned is None or planned.purpose != PURPOSE or attempt.call_sid not in (None, sid):
        raise NotFound("no such ringing")
    attempt.call_sid = attempt.call_sid or sid
    return planned, of_plan(session, planned)


def connect(deps: Deps, reference: str, sid: str) -> str | None:
    """She pressed 1: return the person's number to dial; the same webhook again gets the same. None: it is over."""
    with deps.db.write() as session:
        planned, call = of_ringing(session, reference, sid)
        if call.status not in ("planned", "ringing", "connecting"):
            return None
        if call.status != "connecting":
            call.status = "connecting"
            finish(planned, "answered", deps.clock())
        return session.get_one(Handset, planned.handset_id).number


def talked(deps: Deps, reference: str, sid: str, status: str, seconds: int) -> str:
    """The person's leg has ended. Returns our word for it: answered | busy | no-answer | failed. Told again: nothing."""
    now = deps.clock()
    with deps.db.write() as session:
        _, call = of_ringing(session, reference, sid)
        if call.status not in ("connecting", "unknown"):
            return call.status
        call.talked_s = seconds if _ENDED.get(status) == "answered" and seconds > 0 else None
        _over(session, deps, call, _ENDED.get(status, "failed"), now)
        return call.status


def _over(session: Session, deps: Deps, call: StaffCall, status: str, ended_at: datetime) -> None:
    now = deps.clock()
    call.status, call.ended_at = status, ended_at
    conversation = session.get_one(Conversation, call.conversation_id, with_for_update=True)
    _note_in_conversation(session, call, conversation, now)
    _note_with_case(session, deps, call, now)
    if status == "unknown" and conversation.assigned_to_staff is None and conversation.taken_by is None:
        conversation.assigned_to_staff, conversation.assigned_at = call.staff_id, now
    audit.write(session, now, f"staff:{call.staff_id}", "rang_back_over", conversation, status=status)
    log.info("staff_call_over", staff_call_id=call.id, status=status, seconds=call.talked_s)


def _note_in_conversation(session: Session, call: StaffCall, conversation: Conversation, now: datetime) -> None:
    chinese, english = _SAID[call.status]
    if call.talked_s:
        minutes = max(1, round(call.talked_s / 60))
        chinese, english = f"{chinese[:-1]}，说了{minutes}分钟。", f"{english[:-1]}; they talked for {minutes} min."
    status = {"answered": "delivered", "unknown": "unknown"}.get(call.status, "permanent-failure")
    if call.message_id is not None:
        told = session.get_one(Message, call.message_id)  # that its end was not reported: it is now
        told.body, told.gloss, told.status = chinese, english, status
        return
    message = Message(
        conversation_id=conversation.id, handset_id=conversation.handset_id, direction="outbound", channel="voice",
        body=chinese, gloss=english, status=status, created_at=now, handled_by="staff",
    )  # fmt: skip
    session.add(message)
    session.flush()
    call.message_id = message.id
    conversation.last_at = max(conversation.last_at, now)


def _note_with_case(session: Session, deps: Deps, call: StaffCall, now: datetime) -> None:
    case = session.get(Case, call.case_id, with_for_update=True) if call.case_id else None
    if case is None or case.status == "closed":
        return
    if call.status != "answered":
        before = [one for one in (case.details or {}).get("rang", []) if one != "unknown"]
        case.details = {**(case.details or {}), "rang": [*before, call.status]}
        return
    case.details = {**(case.details or {}), "talked_at": now.isoformat()}
    if call.close_case:
        case.status, case.closed_by, case.closed_at = "closed", call.staff_id, now
        case.resolution = "用热线打回去，接通了"
        audit.write(session, now, f"staff:{call.staff_id}", "closed_case", case)
