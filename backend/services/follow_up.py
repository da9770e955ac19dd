"""After the last day of a job: 去没去? 工钱给了没有? By text or by a call of ours, answered by number or word.

The answers move the offer on (arrived, no_show, completed, paid); unpaid wages become a case like any other told ones.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.domain.calling import follow_up_window
from backend.domain.offers import may_become
from backend.services import answer_offer, audit, outbox, outcomes
from backend.services.acts import act
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.open_case import open_case, told
from backend.services.reminders import expect, is_in_talk, own_offer, ring
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Employer, Handset, Offer
from backend.store.queries.offers import came, over_and_unasked

ASKED_WITHIN = timedelta(days=4)
# `completed` may be the employer's word alone: whether she was paid only she says. Of whoever was at work and left, or was
# called off, in the middle of it the days done are asked about (`came`).
OPEN = ("accepted", "arrived", "completed", "withdrawn")


def ask_how_it_went(deps: Deps) -> int:
    """Ask everybody whose job is over and who has not been asked; return how many."""
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        over = over_and_unasked(session, OPEN, today - ASKED_WITHIN, today)
    windows = {offer_id: follow_up_window(last_day) for offer_id, last_day in over}
    due = [offer_id for offer_id, (begins, until) in windows.items() if begins <= now < until]
    return each("ask_how_it_went", due, lambda offer_id: _ask(deps, offer_id, windows[offer_id][1]))


def _ask(deps: Deps, offer_id: int, until: datetime) -> bool:
    now = deps.clock()
    with deps.db.write() as session:
        offer = session.get_one(Offer, offer_id)
        handset = answer_offer.handset_of(session, offer.worker)
        if handset is not None and is_in_talk(session, handset, now):
            return False  # asked at a later tick; a number is asked about one job at a time
        mine = session.execute(
            update(Offer)
            .where(Offer.id == offer_id, Offer.followed_up_at.is_(None), Offer.status.in_(OPEN))
            .values(followed_up_at=now)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        if mine:
            answer_offer.waits_again(session, offer.worker, now)
        if not mine or handset is None:
            return bool(mine)
        if not ring(session, deps, offer, handset, "follow_up", until, now):
            text_follow_up(session, deps, offer, handset, now)
    return True


def is_open(session: Session, offer: Offer) -> bool:
    """Whether there are days of work to ask about."""
    if offer.status == "withdrawn":
        return session.scalar(select(Offer.id).where(Offer.id == offer.id, came())) is not None
    return offer.status in OPEN


def text_follow_up(session: Session, deps: Deps, offer: Offer, handset: Handset, now: datetime) -> None:
    message = outbox.enqueue(
        session, deps, now=now, handset=handset, kind="initiated", expires_at=follow_up_window(offer.ends_on)[1],
        answers=[make("follow_up", opening=opening_view(offer.opening, deps.regions))],
    )  # fmt: skip
    expect_outcome(session.get_one(Conversation, message.conversation_id), offer)


def expect_outcome(conversation: Conversation, offer: Offer) -> None:
    """A bare answer is now to "did you go?" (M04)."""
    yes, no = _outcome(offer, "arrived"), _outcome(offer, "no_show")
    expect(conversation, offer, "follow_up", {"1": yes, "yes": yes, "2": no, "no": no})


def _expect_pay(conversation: Conversation, offer: Offer) -> None:
    yes, no, not_due = _outcome(offer, "paid"), _outcome(offer, "unpaid"), _outcome(offer, "not_due")
    expect(conversation, offer, "ask_paid", {"1": yes, "yes": yes, "2": no, "no": no, "3": not_due})


def _outcome(offer: Offer, outcome: str) -> dict[str, Any]:
    return {"act": "job_outcome", "params": {"offer_id": offer.id, "outcome": outcome}}


@act("job_outcome")
def job_outcome(turn: Turn) -> list[Answer]:
    """`params`: offer_id, outcome (arrived | no_show, then paid | unpaid | not_due)."""
    offer, outcome = own_offer(turn), str(turn.facts.params.get("outcome"))
    turn.expect(None)
    if offer is None or not (offer.status == "no_show" or is_open(turn.session, offer)):
        return [make("nothing_to_answer", said="yes")]
    view = opening_view(offer.opening, turn.deps.regions)
    if outcome == "no_show":
        if offer.status not in ("no_show", "withdrawn") and not may_become(offer.status, "no_show"):
            return [make("nothing_to_answer", said="no")]
        _say(turn, offer, "no_show")
        return [make("outcome_noted", outcome="no_show", opening=view)]
    _say(turn, offer, "arrived")
    if outcome == "arrived":
        if offer.ends_on >= turn.today:  # asked on the day itself: wages are not due yet
            return [make("outcome_noted", outcome="arrived", opening=view)]
        _expect_pay(turn.conversation, offer)
        return [make("ask_paid", opening=view)]
    _say(turn, offer, "completed" if outcome == "not_due" else outcome)
    if outcome != "unpaid":
        return [make("outcome_noted", outcome=outcome, opening=view)]
    employer = turn.session.get_one(Employer, offer.opening.employer_id)
    summary = f"拖欠工钱,雇主 {employer.name},{offer.opening.title}"
    details = {"problem": ["wage_arrears"], "employer_name": [employer.name], "job_type": [offer.opening.job_type],
               "date": [f"{offer.starts_on.isoformat()}/{offer.ends_on.isoformat()}"]}  # fmt: skip
    return [told(turn, open_case(turn, "wage_arrears", summary, details))]


def _say(turn: Turn, offer: Offer, outcome: str) -> None:
    before = offer.status
    outcomes.say(
        turn.session, turn.deps, now=turn.now, offer=offer, side="worker", outcome=outcome, message_id=turn.message.id
    )
    if offer.status != before:
        offer.answered_at, offer.message_id = turn.now, turn.message.id
        audit.record(turn, "told_outcome", offer, status=offer.status)
