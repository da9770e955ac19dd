"""Write down what one side says of a place, and let the rule decide what it is now (`domain/outcomes.py`; W06)."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.outcomes import TO_CONTRADICT, Said, Verdict, verdict
from backend.services import answer_offer, audit, staff_task
from backend.services.deps import Deps
from backend.services.each import each
from backend.store.models import Offer, Outcome

log = structlog.get_logger()


def say(
    session: Session,
    deps: Deps,
    *,
    now: datetime,
    offer: Offer,
    side: str,
    outcome: str,
    message_id: int | None = None,
    staff_id: int | None = None,
) -> Verdict:
    """`side` (worker | employer | staff) says `outcome` of `offer`; its status follows. Said again it changes nothing.

    Where both sides differ on whether she came, staff get a task; what wages are owed is the worker's own case.
    """
    session.get_one(Offer, offer.id, with_for_update=True, populate_existing=True)
    known = session.scalar(
        select(Outcome).where(Outcome.offer_id == offer.id, Outcome.side == side, Outcome.outcome == outcome)
    )
    if known is None:
        session.add(
            Outcome(
                offer_id=offer.id, side=side, outcome=outcome, at=now, message_id=message_id, staff_id=staff_id
            )
        )  # fmt: skip
        session.flush()
    elif side == "staff":
        known.at, known.staff_id = now, staff_id  # the last word of staff counts
    return _settle(session, deps, offer, now)


def _settle(session: Session, deps: Deps, offer: Offer, now: datetime) -> Verdict:
    told = [Said(row.side, row.outcome, row.at) for row in said_of(session, offer.id)]
    found = verdict(offer.status, told, now, offer.absence_asked_at)
    if found.status != offer.status:
        log.info("outcome", offer_id=offer.id, before=offer.status, after=found.status)
        audit.write(session, now, "scheduler", "outcome_settled", offer, status=found.status)
        before, offer.status = offer.status, found.status
        if found.status == "no_show":
            answer_offer.did_not_come(session, offer, now)
        elif before == "no_show":
            answer_offer.came_after_all(session, offer, now)
    if found.differ == "came":
        staff_task.about_opening(
            session, deps, now=now, kind="attendance", opening=offer.opening, once=True, offer_id=offer.id,
            summary=f"{offer.opening.title}：来没来，工人和用工方说法不同，请问清楚",
        )  # fmt: skip
    return found


def said_of(session: Session, offer_id: int) -> list[Outcome]:
    return list(session.scalars(select(Outcome).where(Outcome.offer_id == offer_id).order_by(Outcome.at, Outcome.id)))


def settle_outcomes(deps: Deps) -> int:
    """An employer's "she did not come" stands when she has been asked and has not contradicted for a day; return how many.

    It settles the place, and is shown; in the ranking it takes nothing off her, for that it needs her word or staff's.
    """
    now = deps.clock()
    with deps.db.read() as session:
        due = session.scalars(
            select(Outcome.offer_id)
            .join(Offer, Offer.id == Outcome.offer_id)
            .where(
                Outcome.side == "employer",
                Outcome.outcome == "no_show",
                Offer.absence_asked_at <= now - TO_CONTRADICT,
                Offer.status == "accepted",
            )
        ).all()

    def one(offer_id: int) -> bool:
        with deps.db.write() as session:
            offer = session.get_one(Offer, offer_id, with_for_update=True)
            before = offer.status
            return _settle(session, deps, offer, now).status != before

    return each("settle_outcomes", due, one)
