"""Ringing back: a missed call, or one that broke off with nothing finished, is answered by a call of ours (V15)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.calling import rings_at
from backend.services import planned_calls
from backend.services.deps import Deps
from backend.services.people import handset_for
from backend.services.receive_message import conversation_for
from backend.services.reopen import reopen
from backend.services.turn import Turn
from backend.store.models import Call, Conversation, Handset, PlannedCall
from backend.store.session import in_turn

# Long enough to redial by oneself, short enough that the phone is still in the hand; ten minutes at the most.
AFTER = timedelta(minutes=3)
TOO_LATE = timedelta(minutes=10) - AFTER
# Three tries, with their pauses, and some waiting for a free line.
WORTH_FOR = timedelta(minutes=40)


@dataclass(frozen=True)
class HowItEnded:
    """What the call flow knows of a call at its end.

    `finished`: something was done in it. `reached`: a person talked, or is bound to ring (a case is open). `content`: she
    heard what there was to the end, was told goodbye, or the call had its full length: nothing is left to ring for.
    """

    finished: bool = False
    reached: bool = False
    content: bool = False


def after_call(session: Session, deps: Deps, call: Call, how: HowItEnded) -> None:
    """At the end of a call from outside: plan a callback, or take back the one that is no longer needed."""
    if call.direction != "inbound":
        return
    now = deps.clock()
    # An earlier callback of this number is settled by this call, or replaced by its own.
    planned_calls.cancel(session, now=now, handset_id=call.handset_id, purpose="callback", reason="done")
    conversation = session.get_one(Conversation, call.conversation_id)
    if how.finished or how.reached or how.content or conversation.taken_by is not None:
        return
    if now - call.last_at > TOO_LATE:
        return  # its end was never reported: by now a call would come out of the blue
    handset = session.get_one(Handset, call.handset_id)
    if handset.locked_at is not None and handset.locked_at >= call.started_at:
        return  # 打错了: whoever answers now is not whom it was about
    _plan(session, deps, handset, call.call_sid)


def missed(deps: Deps, *, sid: str, number: str) -> None:
    """A call that ended before the line ever answered it: its number has contacted us all the same."""
    in_turn(lambda: _missed(deps, sid, number))


def _missed(deps: Deps, sid: str, number: str) -> None:
    with deps.db.write() as session:
        handset = handset_for(session, deps, number, deps.clock())
        if session.scalar(select(PlannedCall.id).where(PlannedCall.after_call_sid == sid)) is not None:
            return  # told before: its callback stands, or is over
        reopen(
            session, conversation_for(session, handset, deps.clock()), deps.clock()
        )  # staff see that somebody called
        planned_calls.cancel(session, now=deps.clock(), handset_id=handset.id, purpose="callback", reason="done")
        _plan(session, deps, handset, sid)


def _plan(session: Session, deps: Deps, handset: Handset, sid: str) -> None:
    now = deps.clock()
    due_at = rings_at(now + AFTER, deps.settings.call_hours)
    planned_calls.plan(
        session, deps, now=now, handset=handset, purpose="callback", after_call_sid=sid, due_at=due_at,
        expires_at=due_at + WORTH_FOR,
    )  # fmt: skip


def settled(turn: Turn) -> None:
    """By text or in another call something was finished: nobody has to be rung back any more."""
    planned_calls.cancel(turn.session, now=turn.now, handset_id=turn.handset.id, purpose="callback", reason="done")
