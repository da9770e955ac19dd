"""还在找活吗? Each week, whoever has said nothing for a week is asked, by text or by a call of ours (P01, M10, H03).

Spread over the week and the day, one phone at a time, never on a day on which the line has already written or rung. Twice
in vain, and the entry is shown as stale; after sixty days without a word it is set aside until somebody speaks for it.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.domain import freshness
from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.services import answer_offer, audit, confirming, outbox, planned_calls
from backend.services.acts import act
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.people import owners
from backend.services.reminders import is_in_talk
from backend.services.turn import Turn
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Handset, PlannedCall, Worker
from backend.store.queries import freshness as queries
from backend.store.queries.waves import who_agreed

log = structlog.get_logger()

PURPOSE = "still_looking"
AT_ONCE = 200  # per tick: a list put in on one day takes its week
# So much of a day's ringings may go to this question: offers and reminders come first.
SHARE_OF_CALLS = 4
ANSWERED_WITHIN = timedelta(days=6)  # before the next asking
TO_REACH_HER = timedelta(days=2)


def ask_workers(deps: Deps) -> int:
    """Ask whoever is due; return how many phones were asked."""
    now = deps.clock()
    if not freshness.in_asking_hours(now):
        return 0
    most = deps.settings.calls_per_day // SHARE_OF_CALLS
    with deps.db.read() as session:
        by_call = queries.planned_since(session, PURPOSE, now - timedelta(hours=24)) < most
        due = queries.due_workers(session, now, by_call=by_call, limit=AT_ONCE)
    return each(PURPOSE, due, lambda worker_id: _ask_if_due(deps, worker_id))


def _ask_if_due(deps: Deps, worker_id: int) -> bool:
    now = deps.clock()
    with deps.db.write() as session:
        worker = session.get_one(Worker, worker_id)
        said = worker.confirmed_at or worker.updated_at
        asked = worker.asked_current_at
        if not freshness.is_worker_due(worker_id, said, now, in_vain=worker.asked_in_vain, asked=asked):
            return False
        handset = answer_offer.handset_of(session, worker)
        if handset is None or not may_be_asked(session, handset, now):
            return False
        return ask(session, deps, worker, handset, now)


def may_be_asked(session: Session, handset: Handset, now: datetime) -> bool:
    """Whether nothing stands in the way today: no opt-out, no talk just now, nothing written or rung of our own accord."""
    midnight = datetime.combine(now.astimezone(TIMEZONE).date(), time(0), TIMEZONE)
    return not (
        handset.opted_out_at is not None
        or is_in_talk(session, handset, now)
        or queries.contacted_since(session, handset.id, midnight)
    )


def ask(session: Session, deps: Deps, worker: Worker, handset: Handset, now: datetime) -> bool:
    """Ask for everybody on the phone; whether that was done. Two processes at the same moment ask once (D11)."""
    before = worker.asked_current_at
    unchanged = Worker.asked_current_at.is_(None) if before is None else Worker.asked_current_at == before
    mine = session.execute(
        update(Worker)
        .where(Worker.id == worker.id, Worker.status == "active", unchanged)
        .values(asked_current_at=now, asked_in_vain=Worker.asked_in_vain + 1)
        .execution_options(synchronize_session=False)
    ).rowcount  # type: ignore[attr-defined]
    if not mine:
        return False
    session.refresh(worker)
    for other in queries.workers_on(session, handset.id):
        if other.id != worker.id:
            other.asked_current_at, other.asked_in_vain = now, other.asked_in_vain + 1
    rather_talks = worker.preferred_channel == "voice" or not takes_texts(handset.number)
    if rather_talks and _ring(session, deps, worker, handset, now):
        return True
    if not takes_texts(handset.number):
        # A landline that may not be rung: it cannot be asked, so nobody on it was asked in vain.
        for one in {worker, *queries.workers_on(session, handset.id)}:
            one.asked_in_vain -= 1
        return False
    text(session, deps, worker, handset, now)
    return True


def _ring(session: Session, deps: Deps, worker: Worker, handset: Handset, now: datetime) -> bool:
    planned = planned_calls.plan(
        session, deps, now=now, handset=handset, purpose=PURPOSE, person_id=worker.person_id, due_at=now,
        expires_at=now + TO_REACH_HER,
    )  # fmt: skip
    return planned is not None


def text(session: Session, deps: Deps, worker: Worker, handset: Handset, now: datetime) -> None:
    people = len(queries.workers_on(session, handset.id)) or 1
    message = outbox.enqueue(
        session, deps, now=now, handset=handset, kind="initiated", expires_at=now + TO_REACH_HER,
        answers=[make("still_looking", people=people)],
    )  # fmt: skip
    expect(session.get_one(Conversation, message.conversation_id), worker, now, people)


def expect(conversation: Conversation, worker: Worker, now: datetime, people: int = 1) -> None:
    """A bare answer is now to this question (M04)."""
    yes, no = _said(worker, "looking"), _said(worker, "not_looking")
    options: dict[str, Any] = {"1": yes, "yes": yes, "2": no, "no": no}
    if people > 1:
        options["4"] = _said(worker, "some")  # in a call of ours 3 is 不要再打来
    else:
        conversation.person_id = worker.person_id
    pending = {
        "kind": PURPOSE, "options": options, "words": PURPOSE,
        "until": (now + ANSWERED_WITHIN).isoformat(),
    }  # fmt: skip
    conversation.context = {**(conversation.context or {}), "pending": pending}


def _said(worker: Worker, what: str) -> dict[str, Any]:
    return {"act": PURPOSE, "params": {"worker_id": worker.id, "said": what}}


@act(PURPOSE)
def still_looking(turn: Turn) -> list[Answer]:
    """`params`: worker_id, said (looking | not_looking | some: not all who share the phone)."""
    asked = turn.session.get(Worker, turn.facts.params.get("worker_id") or 0)
    said = str(turn.facts.params.get("said"))
    turn.expect(None)
    people = {owner.person_id for owner in owners(turn.session, turn.handset)}
    if asked is None or asked.status == "erased" or asked.person_id not in people:
        return [make("nothing_to_answer", said="yes" if said == "looking" else "no")]
    if said == "some":
        return [make("some_looking")]
    everybody = {asked.id: asked, **{one.id: one for one in queries.workers_on(turn.session, turn.handset.id)}}
    for worker in everybody.values():
        confirming.confirm(worker, turn.now)
        if said == "looking":
            confirming.take_up_again(worker, turn.now)
        else:
            confirming.stop_looking(worker)
        audit.record(turn, "still_looking" if said == "looking" else "not_looking", worker)
    return [make("still_noted" if said == "looking" else "not_looking")]


def still_wanted(session: Session, planned: PlannedCall) -> bool:
    """Whether the call still has something to ask: she has not spoken for her entry since it was planned."""
    worker = of(session, planned)
    if worker is None or worker.status != "active":
        return False
    return worker.confirmed_at is None or worker.confirmed_at < planned.created_at


def instead(session: Session, deps: Deps, planned: PlannedCall, now: datetime) -> None:
    """Nobody picked up: the same question by text (M09)."""
    worker, handset = of(session, planned), session.get_one(Handset, planned.handset_id)
    if worker is not None and still_wanted(session, planned) and takes_texts(handset.number):
        text(session, deps, worker, handset, now)


def expect_in_call(session: Session, conversation: Conversation, planned: PlannedCall, now: datetime) -> None:
    worker = of(session, planned)
    if worker is not None:
        expect(conversation, worker, now, people_on(session, planned))


def what_for(session: Session, planned: PlannedCall) -> dict[str, Any]:
    """`{purpose, worker_id, people}` of a call that still has something to ask."""
    worker = of(session, planned)
    return {"purpose": PURPOSE, "worker_id": worker.id if worker else None, "people": people_on(session, planned)}


def people_on(session: Session, planned: PlannedCall) -> int:
    """How many who look for work share the phone."""
    return max(1, len(queries.workers_on(session, planned.handset_id)))


def of(session: Session, planned: PlannedCall) -> Worker | None:
    """Whom a planned call asks about."""
    on_phone = queries.workers_on(session, planned.handset_id)
    return next((worker for worker in on_phone if worker.person_id == planned.person_id), None)


def set_aside_the_silent(deps: Deps) -> int:
    """Stop offering work to whoever has not answered for sixty days; return how many. She is told once how to come back."""
    now = deps.clock()
    if not freshness.in_asking_hours(now):
        return 0
    with deps.db.read() as session:
        silent = queries.silent_too_long(session, now, AT_ONCE)

    def one(worker_id: int) -> bool:
        with deps.db.write() as session:
            worker = session.get_one(Worker, worker_id, with_for_update=True)
            if not queries.is_silent_too_long(session, worker_id, now):
                return False
            confirming.set_aside(worker)
            audit.write(session, now, "scheduler", "set_aside", worker)
            handset = answer_offer.handset_of(session, worker)
            if handset is not None and takes_texts(handset.number) and who_agreed(session, [worker.person_id]):
                outbox.enqueue(
                    session, deps, now=now, handset=handset, kind="initiated", answers=[make("gone_quiet")],
                    expires_at=now + TO_REACH_HER,
                )  # fmt: skip
        return True

    return each("set_aside_the_silent", silent, one)
