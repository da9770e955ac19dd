"""When a call is over: one text with everything that was done in it, and nothing when nothing was (V20).

What was done stands in the effects of the call's turns, committed turn by turn, so that a crash loses none of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.services import callback, outbox
from backend.services.deps import Deps
from backend.services.each import each
from backend.store.models import Call, CallTurn, Conversation, Handset, HandsetOwner, Message, Person, TurnEffect

log = structlog.get_logger()

# Told in the text, the gravest to miss first: whom to ask for and where, who rings back by when, then the rest.
TOLD = (
    "job_taken", "waitlisted", "case_opened", "callback_promised", "human", "withdrawn", "wait_over", "registered", "posting_received",
    "posting_published", "posting_closed", "posting_changed", "posting_reopened", "submitted_again", "which_absent",
    "attendance_noted", "profile_updated", "not_looking", "availability_set", "offer_declined", "undone", "market_info", "opted_in", "calls_off", "opted_out",
)  # fmt: skip
# Of one opening only the last word counts.
OF_AN_OPENING = frozenset(
    {
        "job_taken",
        "waitlisted",
        "withdrawn",
        "wait_over",
        "offer_declined",
        "undone",
        "posting_closed",
        "posting_reopened",
        "posting_changed",
        "submitted_again",
    }
)
SILENT_FOR = timedelta(minutes=15)  # no turn lasts that long: the end of the call was never reported
TALKING_FOR = timedelta(minutes=60)  # but a talk with staff may


def text_what_was_done(session: Session, deps: Deps, call: Call) -> Message | None:
    """Queue the one text after `call`, in the caller's transaction; again, only for what came after the first."""
    handset = session.get_one(Handset, call.handset_id)
    effects = _effects(session, call)
    conversation = session.get_one(Conversation, call.conversation_id)
    answers = [
        answer for effect in effects for answer in effect.answer["answers"] if _still_asked(answer, conversation)
    ]
    done = summary(answers, opted_out=handset.opted_out_at is not None)
    if not done or not takes_texts(handset.number):
        return None
    station = deps.regions.station_for(conversation.region_code)["short_name"]
    while len(done) > 1 and deps.render_sms([make("call_summary", done=done)], station, "zh").endswith("…"):
        done = done[:-1]  # what fits is told whole; the rest was said aloud and is heard again under 3
    message = outbox.enqueue(
        session,
        deps,
        now=deps.clock(),
        handset=handset,
        conversation=conversation,
        answers=[make("call_summary", done=done)],
        # The newest turn told, not the newest there is: what is still with the engine is told when it is done.
        in_reply_to=max(effect.message_id for effect in effects),
    )
    message.call_id = call.id
    return message


def _still_asked(answer: Answer, conversation: Conversation) -> bool:
    """Whether the numbers in an answer still mean what they say: another question may have come after this one (M04)."""
    pending = (conversation.context or {}).get("pending") or {}
    return answer["kind"] != "which_absent" or pending.get("kind") == "which_absent"


def summary(answers: Iterable[Answer], *, opted_out: bool = False) -> list[Answer]:
    """What a text has to tell of a call's answers: each thing once, as it stands at the end, the gravest first."""
    last: dict[Any, Answer] = {}
    for answer in answers:
        if answer["kind"] not in TOLD:
            continue
        key = _what(answer)
        last[key] = _merged(last.pop(key, None), answer)
    kept = list(last.values())
    cases = {answer["case_id"] for answer in kept if answer["kind"] in {"case_opened", "callback_promised"}}
    kept = [
        answer
        for answer in kept
        if not (answer["kind"] == "human" and (answer["open_now"] or answer["case_id"] in cases))
        # Whoever wants no texts gets none about that; what she did is her own affair and is answered.
        and not (answer["kind"] == "opted_out" and opted_out)
    ]
    return sorted(kept, key=lambda answer: TOLD.index(answer["kind"]))


def _what(answer: Answer) -> Any:
    """What an answer is about, so that a later one about the same takes its place."""
    if answer["kind"] in OF_AN_OPENING and answer.get("opening"):
        return "opening", answer["opening"]["id"]
    if answer["kind"] in {"which_absent", "attendance_noted"}:
        return "who came", answer["opening"]["id"]
    if answer["kind"] in {"case_opened", "callback_promised"}:
        return "case", answer["case_id"]
    if answer["kind"] in {"opted_in", "opted_out"}:
        return "texts"
    if answer["kind"] == "profile_updated" or answer.get("what") == "profile":
        return "profile"
    return answer["kind"]


def _merged(before: Answer | None, answer: Answer) -> Answer:
    if answer["kind"] == "registered":
        return {**answer, "jobs": []}  # a list to choose from is no summary
    if answer["kind"] == "profile_updated" and before is not None:
        return {**answer, "changed": {**before.get("changed", {}), **answer["changed"]}}
    return answer


def _effects(session: Session, call: Call) -> list[TurnEffect]:
    """What the call's turns did since the last text about it, in their order."""
    texted = session.scalar(
        select(func.max(Message.in_reply_to)).where(Message.call_id == call.id, Message.channel == "sms")
    )
    return list(
        session.scalars(
            select(TurnEffect)
            .join(Message, Message.id == TurnEffect.message_id)
            .where(Message.call_id == call.id, Message.direction == "inbound", Message.id > (texted or 0))
            .order_by(TurnEffect.message_id, TurnEffect.at)
        )
    )


def over(session: Session, deps: Deps, call: Call, flow: Mapping[str, Any]) -> None:
    """A call has ended: what broke off is rung back, and what was done goes out in one text (V15, V20).

    `flow`: where the call stood (`Call.state["flow"]`): finished, reached, case_id and content tell how it ended.
    """
    call.put_through_to = None
    reached = bool(flow.get("reached")) or flow.get("case_id") is not None
    callback.after_call(
        session, deps, call, callback.HowItEnded(bool(flow.get("finished")), reached, bool(flow.get("content")))
    )
    text_what_was_done(session, deps, call)
    if _erased_meanwhile(session, call):
        call.state = {}
        session.execute(delete(CallTurn).where(CallTurn.call_id == call.id))
    log.info("call_ended", call_id=call.id, status=call.status, finished=flow.get("finished"))


def _erased_meanwhile(session: Session, call: Call) -> bool:
    """Whether somebody on this phone had herself erased during the call: what was keyed into it goes as well (T15)."""
    erased = (
        select(Person.id)
        .join(HandsetOwner, HandsetOwner.person_id == Person.id)
        .where(HandsetOwner.handset_id == call.handset_id, Person.erased_at >= call.started_at)
    )
    return session.scalar(erased.limit(1)) is not None


def end_silent_calls(deps: Deps) -> int:
    """Close the calls whose end the carrier never reported; return how many. Called again it finds nothing more."""
    with deps.db.read() as session:
        silent = silent_calls(session, deps.clock())
    return each("end_silent_calls", silent, lambda call_id: _close_silent(deps, call_id))


def _close_silent(deps: Deps, call_id: int) -> bool:
    with deps.db.write() as session:
        call = session.get(Call, call_id, with_for_update=True)
        if call is None or call.ended_at is not None:
            return False
        flow = (call.state or {}).get("flow") or {}
        call.status, call.ended_at = "lost", deps.clock()
        call.state = {**(call.state or {}), "flow": {**flow, "ended": True}}
        over(session, deps, call, flow)
        return True


def silent_calls(session: Session, now: datetime) -> list[int]:
    """The ids of calls whose end was never reported: long silent, or put through longer than anybody talks."""
    rows = session.execute(
        select(Call.id, Call.last_at, Call.put_through_to).where(
            Call.ended_at.is_(None), Call.last_at < now - SILENT_FOR
        )
    )
    return [row.id for row in rows if row.put_through_to is None or row.last_at < now - TALKING_FOR]
