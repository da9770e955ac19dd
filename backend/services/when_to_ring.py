"""When a planned call may ring: the hours, who is talking just now, and the caps, judged by one process at a time (I11).

The caps are counted from the ringings on record, whatever they were for; what cannot be counted is not rung.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.domain.calling import rings_at
from backend.services.after_call import TALKING_FOR
from backend.services.deps import Deps
from backend.store.models import Call, CallAttempt, Conversation, Heartbeat, PlannedCall, StaffCall

DAY = timedelta(hours=24)
# No call lasts longer, but for a talk with staff; what has not ended by then has lost its last callback.
LIVE_FOR = timedelta(minutes=15)
BUSY_LINE, BUSY_NUMBER, WITH_STAFF = timedelta(seconds=15), timedelta(minutes=1), timedelta(minutes=30)


def one_at_a_time(session: Session, now: datetime) -> None:
    """From here to the commit only one process judges the caps: two would each see the last free ringing."""
    lock = update(Heartbeat).where(Heartbeat.name == "calls").values(at=now)
    if session.execute(lock.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        return
    try:
        with session.begin_nested():
            session.add(Heartbeat(name="calls", at=now, detail={}))
    except IntegrityError:
        session.execute(lock.execution_options(synchronize_session=False))


def not_now(session: Session, deps: Deps, planned: PlannedCall, now: datetime) -> tuple[datetime, str] | None:
    """When to look again and what stands in the way, or None: it may ring at this moment."""
    settings = deps.settings
    # A call of staff: in the conversation they have, and at any hour and however often, if the person asked to be rung.
    by_staff = session.execute(select(StaffCall.asked).where(StaffCall.planned_call_id == planned.id)).first()
    asked = by_staff is not None and by_staff.asked
    if not asked and (opens := rings_at(now, settings.call_hours)) > now:
        return opens, "hours" if by_staff else "expired"
    if by_staff is None and _with_staff(session, planned):
        return now + WITH_STAFF, "with_staff"
    if _is_talking(session, planned.handset_id, now):
        return now + BUSY_NUMBER, "expired"
    live = select(func.count()).where(
        CallAttempt.ended_at.is_(None), or_(CallAttempt.at > now - LIVE_FOR, is_talked_in(now))
    )
    if (session.scalar(live) or 0) >= settings.calls_at_once:
        return now + BUSY_LINE, "line_busy" if by_staff else "daily_cap"
    if asked:
        return None
    own = CallAttempt.handset_id == planned.handset_id
    if (free := free_at(session, own, settings.calls_per_number, now)) is not None:
        return free, "number_cap"
    if (free := free_at(session, CallAttempt.id.is_not(None), settings.calls_per_day, now)) is not None:
        return free, "daily_cap"
    return None


def _goes_on(now: datetime) -> ColumnElement[bool]:
    with_staff = and_(Call.put_through_to.is_not(None), Call.last_at > now - TALKING_FOR)
    return and_(Call.ended_at.is_(None), or_(Call.last_at > now - LIVE_FOR, with_staff))


def is_talked_in(now: datetime) -> ColumnElement[bool]:
    """Whether somebody is still talking in the call of a ringing (`CallAttempt`), with the line or with staff."""
    return exists().where(Call.call_sid == CallAttempt.call_sid, Call.planned_call_id.is_not(None), _goes_on(now))


def free_at(session: Session, which: Any, most: int, now: datetime) -> datetime | None:
    """When the number of ringings within 24 hours falls below `most` again; None: it is below."""
    if most <= 0:
        return now + DAY * 365  # nobody is rung
    newest = session.scalars(
        select(CallAttempt.at).where(which, CallAttempt.at > now - DAY).order_by(CallAttempt.at.desc()).limit(most)
    ).all()
    return newest[-1] + DAY if len(newest) >= most else None


def _with_staff(session: Session, planned: PlannedCall) -> bool:
    """A member of staff has this number's conversation: a machine does not ring in between."""
    newest = (
        select(Conversation.taken_by)
        .where(Conversation.handset_id == planned.handset_id)
        .order_by(Conversation.id.desc())
        .limit(1)
    )
    return session.scalar(newest) is not None


def _is_talking(session: Session, handset_id: int, now: datetime) -> bool:
    calls = select(Call.id).where(Call.handset_id == handset_id, _goes_on(now))
    rings = select(CallAttempt.id).where(
        CallAttempt.handset_id == handset_id, CallAttempt.ended_at.is_(None), CallAttempt.at > now - LIVE_FOR
    )
    return session.scalar(calls.limit(1)) is not None or session.scalar(rings.limit(1)) is not None
