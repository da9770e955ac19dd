"""What a planned call is for, looked up when it is about to ring, when it reached nobody, and when it is over.

Whom a call does not reach gets the text she would have got (M09); what was settled meanwhile is not rung for.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.services import answer_offer, follow_up, put_offer, reminders, still_looking
from backend.services.deps import Deps
from backend.services.people import owners
from backend.services.views import opening_view
from backend.store.models import Call, Conversation, Handset, Offer, PlannedCall

_WANTED_WHILE = {
    "offer": frozenset({"offered"}),
    "reminder": frozenset({"accepted"}),
}
_Text = Callable[[Session, Deps, Offer, Handset, datetime], None]
_TEXTS: dict[str, _Text] = {
    "offer": put_offer.text_offer,
    "reminder": reminders.text_reminder,
    "follow_up": follow_up.text_follow_up,
}
_EXPECT: dict[str, Callable[[Conversation, Offer], None]] = {
    "offer": put_offer.expect_answer,
    "reminder": reminders.expect_coming,
    "follow_up": follow_up.expect_outcome,
}


def still_wanted(session: Session, planned: PlannedCall, now: datetime) -> bool:
    """Whether there is still something to ring for: the offer stands as it did when the call was planned."""
    if planned.purpose == still_looking.PURPOSE:
        return still_looking.still_wanted(session, planned)
    if planned.offer_id is None:
        return True
    offer = session.get_one(Offer, planned.offer_id)
    if offer.worker.status == "erased":
        return False
    if planned.purpose == "follow_up":
        return follow_up.is_open(session, offer)
    if offer.status not in _WANTED_WHILE[planned.purpose]:
        return False
    return planned.purpose != "offer" or offer.expires_at is None or offer.expires_at > now


def instead(session: Session, deps: Deps, planned: PlannedCall, now: datetime) -> None:
    """Nobody was reached, or it may not be rung: the text, if there is still something to tell."""
    if planned.purpose == still_looking.PURPOSE:
        still_looking.instead(session, deps, planned, now)
        return
    if planned.offer_id is None or not still_wanted(session, planned, now):
        return
    offer = session.get_one(Offer, planned.offer_id)
    handset = answer_offer.handset_of(session, offer.worker)
    if handset is not None and handset.id == planned.handset_id:
        _TEXTS[planned.purpose](session, deps, offer, handset, now)


def after_talk(session: Session, deps: Deps, planned: PlannedCall, now: datetime) -> None:
    """The call is over and was answered: what was left undecided can be read and answered at leisure."""
    if planned.purpose == "offer":
        instead(session, deps, planned, now)


def expect(session: Session, planned: PlannedCall, conversation: Conversation, now: datetime) -> None:
    """What a bare word in this call, or a text after it, answers (M04)."""
    if planned.purpose == still_looking.PURPOSE:
        reminders.expect_in_call(
            conversation, lambda to, about: still_looking.expect_in_call(session, to, about, now), planned
        )
    elif planned.offer_id is not None:
        offer = session.get_one(Offer, planned.offer_id)
        reminders.expect_in_call(conversation, _EXPECT[planned.purpose], offer)


def what_for(session: Session, deps: Deps, planned: PlannedCall, now: datetime) -> dict[str, Any]:
    """What the call is about, for whoever has picked up: `{purpose, opening, offer_id}`; "over": settled meanwhile.

    Of a callback also `missed`: the call it answers was never answered; of an offer `waited`: she stood on the list for it,
    `changed`: she was asked before, and the work has changed or goes on since.
    """
    settled = planned.status in {"answered", "suppressed"} or not still_wanted(session, planned, now)
    if planned.purpose == still_looking.PURPOSE and not settled:
        return still_looking.what_for(session, planned)
    if settled or planned.offer_id is None:
        missed = not settled and session.scalar(select(Call.id).where(Call.call_sid == planned.after_call_sid)) is None
        return {
            "purpose": "over" if settled else planned.purpose, "opening": None, "offer_id": None, "missed": missed,
        }  # fmt: skip
    offer = session.get_one(Offer, planned.offer_id)
    view = opening_view(offer.opening, deps.regions)
    handset = session.get_one(Handset, planned.handset_id)
    people = [owner.person_id for owner in owners(session, handset)][:4]
    told = {"purpose": planned.purpose, "opening": view, "offer_id": offer.id}
    if planned.purpose == "offer":
        told |= {"waited": offer.waitlisted_at is not None, "changed": offer.ended_as is not None}
    if offer.worker.person_id not in people:
        return told
    return {**told, "people": len(people), "whose": people.index(offer.worker.person_id) + 1}
