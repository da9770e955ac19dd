"""The reminder before work starts: a text to be answered by number, or a call of ours; one question in both.

Due offers are found by rows and taken by a guarded UPDATE, so that a doubled tick reminds nobody twice (F7, D11).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from backend.domain.answers import Answer, make
from backend.domain.calling import reminder_window
from backend.services import answer_offer, outbox, planned_calls
from backend.services.acts import act
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.people import owners
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Handset, Offer

log = structlog.get_logger()
About = TypeVar("About")  # what a call is about: an offer, or the plan itself

# Whoever is in the middle of something with the line is not asked another thing.
QUIET_FOR = timedelta(minutes=10)
# … unless this little time is left to ask at all.
LAST_CHANCE = timedelta(minutes=25)
# Where a conversation keeps what was asked before a call of ours.
BEFORE_CALL = "before_call"


def remind_workers(deps: Deps) -> int:
    """Remind everybody whose work starts soon and who has not been reminded; return how many."""
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        rows = session.scalars(
            select(Offer)
            .options(joinedload(Offer.opening))
            .where(
                Offer.status == "accepted",
                Offer.reminded_at.is_(None),
                Offer.starts_on >= today,
                Offer.starts_on <= today + timedelta(days=1),
            )
        ).all()
    near = {offer.id: offer for offer in rows}

    def one(offer_id: int) -> bool:
        offer = near[offer_id]
        window = reminder_window(answer_offer.starts_at(offer.opening), offer.answered_at or offer.offered_at)
        return window is not None and window[0] <= now < window[1] and _remind(deps, offer_id, window[1])

    return each("remind_workers", near, one)


def _remind(deps: Deps, offer_id: int, until: datetime) -> bool:
    now = deps.clock()
    with deps.db.write() as session:
        offer = session.get_one(Offer, offer_id)
        handset = answer_offer.handset_of(session, offer.worker)
        if handset is not None and is_in_talk(session, handset, now) and now < until - LAST_CHANCE:
            return False
        mine = session.execute(
            update(Offer)
            .where(Offer.id == offer_id, Offer.reminded_at.is_(None), Offer.status == "accepted")
            .values(reminded_at=now)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        if not mine or handset is None:
            return bool(mine)
        if not ring(session, deps, offer, handset, "reminder", until, now):
            text_reminder(session, deps, offer, handset, now)
    return True


def ring(
    session: Session, deps: Deps, offer: Offer, handset: Handset, purpose: str, until: datetime, now: datetime
) -> bool:
    """Plan a call for whoever would rather talk; False where it has to be a text."""
    if offer.worker.preferred_channel != "voice":
        return False
    planned = planned_calls.plan(
        session, deps, now=now, handset=handset, purpose=purpose, offer_id=offer.id, person_id=offer.worker.person_id,
        due_at=now, expires_at=until,
    )  # fmt: skip
    return planned is not None


def is_in_talk(session: Session, handset: Handset, now: datetime) -> bool:
    """Whether this number and the line, or a member of staff, have just been talking."""
    newest = session.scalar(
        select(Conversation).where(Conversation.handset_id == handset.id).order_by(Conversation.id.desc()).limit(1)
    )
    return newest is not None and (newest.taken_by is not None or newest.last_at > now - QUIET_FOR)


def has_question(session: Session, handset: Handset, now: datetime) -> bool:
    """Whether the line has just asked this number something that a bare "1" would answer (M04)."""
    newest = session.scalar(
        select(Conversation).where(Conversation.handset_id == handset.id).order_by(Conversation.id.desc()).limit(1)
    )
    if newest is None or newest.last_at <= now - QUIET_FOR:
        return False
    return bool(((newest.context or {}).get("pending") or {}).get("options"))


def text_reminder(session: Session, deps: Deps, offer: Offer, handset: Handset, now: datetime) -> None:
    message = outbox.enqueue(
        session, deps, now=now, handset=handset, kind="initiated",
        expires_at=answer_offer.starts_at(offer.opening),
        answers=[make("reminder", opening=opening_view(offer.opening, deps.regions))],
    )  # fmt: skip
    expect_coming(session.get_one(Conversation, message.conversation_id), offer)


def expect_coming(conversation: Conversation, offer: Offer) -> None:
    """A bare answer is now to the reminder (M04): 1 comes, 2 gives the place back after a yes."""
    yes: dict[str, Any] = {"act": "will_come", "params": {"offer_id": offer.id}}
    no: dict[str, Any] = {"act": "withdraw_application", "params": {"offer_id": offer.id, "ask": True}}
    expect(conversation, offer, "reminder", {"1": yes, "yes": yes, "2": no, "no": no})


def expect(conversation: Conversation, offer: Offer, kind: str, options: dict[str, Any]) -> None:
    """The next short answer of this number means one of `options`, by its number or in words (`domain/short_answers.py`)."""
    conversation.person_id = offer.worker.person_id
    pending = {"kind": kind, "offer_id": offer.id, "options": options, "words": kind}
    conversation.context = {**(conversation.context or {}), "pending": pending}


def expect_in_call(conversation: Conversation, ask: Callable[[Conversation, About], None], about: About) -> None:
    """`ask` what a call of ours is about; what was asked before is kept, should only a machine have heard it."""
    context = {key: value for key, value in (conversation.context or {}).items() if key != BEFORE_CALL}
    before = {"pending": context.get("pending"), "person_id": conversation.person_id}
    ask(conversation, about)
    conversation.context = {**(conversation.context or {}), BEFORE_CALL: before}


def nobody_heard(conversation: Conversation) -> None:
    """It was a machine: what was asked before the call is asked still, whatever was made of its announcement."""
    context = dict(conversation.context or {})
    if (before := context.pop(BEFORE_CALL, None)) is not None:
        conversation.person_id, context["pending"] = before["person_id"], before["pending"]
    conversation.context = context


def own_offer(turn: Turn) -> Offer | None:
    """The offer that is being answered, if it is one of the people on this number."""
    offer = turn.session.get(Offer, turn.facts.params.get("offer_id") or 0)
    people = {owner.person_id for owner in owners(turn.session, turn.handset)}
    return offer if offer is not None and offer.worker.person_id in people else None


@act("will_come")
def will_come(turn: Turn) -> list[Answer]:
    """要来: the place stays hers; nothing changes but that nobody has to wonder."""
    offer = own_offer(turn)
    turn.expect(None)
    if offer is None or offer.status != "accepted":
        return [make("nothing_to_answer", said="yes")]
    return [make("outcome_noted", outcome="coming", opening=opening_view(offer.opening, turn.deps.regions))]
