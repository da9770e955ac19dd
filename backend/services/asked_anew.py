"""An opening has changed, or ended and goes on: whoever was asked, waited or had a place is asked anew (W06, C1, C2).

Nobody is shut out by it, and nobody's 1 binds her to what the job was. The asking itself is left to the waves and to the
waiting list, which keep to the night, to the daily cap and to one question at a time (M04, M10).
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.offers import HOLDS_A_PLACE
from backend.services import answer_offer
from backend.store.models import Offer, Opening


def let_go(session: Session, opening: Opening) -> None:
    """What was asked counts no more: whose turn it is waits again, the next wave may ask the others anew.

    Whoever answers before that is read what holds now (`applications.apply_job`).
    """
    open_ones = select(Offer).where(Offer.opening_id == opening.id, Offer.status.in_(("offered", "waitlisted")))
    for offer in session.scalars(open_ones):
        if answer_offer.has_turn(offer):
            offer.status, offer.ended_as = "waitlisted", offer.ended_as or "waitlisted"
        else:
            offer.status, offer.ended_as = "withdrawn", "offered"
        offer.starts_on, offer.ends_on = opening.starts_on, opening.ends_on


def put_back(session: Session, opening: Opening) -> int:
    """Hiring goes on: who waited waits again in her turn, whoever had a place comes before all of them.

    Return how many had a place and can be asked.
    """
    ended = session.scalars(
        select(Offer).where(
            Offer.opening_id == opening.id, Offer.status == "withdrawn",
            Offer.ended_as.in_(("waitlisted", *HOLDS_A_PLACE)),
        )
    )  # fmt: skip
    asked = 0
    for offer in ended:
        offer.status, offer.starts_on, offer.ends_on = "waitlisted", opening.starts_on, opening.ends_on
        if offer.ended_as in HOLDS_A_PLACE:
            offer.waitlisted_at = opening.collected_at
            asked += answer_offer.may_be_asked(session, offer.worker, opening)
    return asked
