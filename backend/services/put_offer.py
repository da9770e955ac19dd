"""Put an opening to a worker (即时快招): the offer, how she hears of it, and what her bare answer then means (E03, M04, M05)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.domain.messages import leaves_at
from backend.domain.offers import HOLDS_A_PLACE, MOVED_UP_VALID, OFFER_VALID, expires_at
from backend.errors import Conflict, NotFound
from backend.services import audit, outbox, planned_calls
from backend.services.answer_offer import free_code, handset_of, is_own, starts_at
from backend.services.deps import Deps
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Handset, Offer, Opening, Worker
from backend.store.queries.posts import is_kept_in_hand

# Rung later than this before its end an offer could not be answered any more.
TO_ANSWER = timedelta(minutes=10)


def offer_opening(
    session: Session,
    deps: Deps,
    *,
    now: datetime,
    opening_id: int,
    worker_id: int,
    channel: str = "sms",
    valid: timedelta | None = None,
    ring: bool = False,
) -> Offer:
    """Put an opening to a worker: an offer with a code and an expiry (E03, M04, M05).

    Told by text, or by a call of ours where she would rather talk; whom it does not reach gets the text (V15).
    Whoever waits for a place keeps her turn, and it is kept for her while the offer is `valid`: OFFER_VALID, or
    MOVED_UP_VALID where others wait behind her and the place was never hers. `ring`: by a call whatever she would
    rather, for there is little time.

    Conflict(reason=): `not_open`, `full`, `taken_already`; an open offer is returned as it is.
    """
    opening, worker = session.get(Opening, opening_id), session.get(Worker, worker_id)
    if opening is None or worker is None:
        raise NotFound("no such worker or opening")
    if opening.status == "filled":
        raise Conflict("no place", reason="full")
    if opening.status != "published" and not (channel == "staff" and is_kept_in_hand(opening)):
        raise Conflict("not published", reason="not_open")
    offer = session.scalar(
        select(Offer).where(Offer.opening_id == opening_id, Offer.worker_id == worker_id).with_for_update()
    )
    if offer is not None and offer.status in HOLDS_A_PLACE:
        raise Conflict("already taken", reason="taken_already", offer_id=offer.id)
    if offer is not None and offer.status == "offered":
        return offer
    if is_own(session, worker, opening):
        raise Conflict("her own opening", reason="own")
    if offer is None:
        offer = Offer(
            opening_id=opening_id,
            worker_id=worker_id,
            offered_at=now,
            starts_on=opening.starts_on,
            ends_on=opening.ends_on,
        )
        session.add(offer)
    begin(session, offer, opening, now, channel, valid)
    handset = handset_of(session, worker)
    if handset is not None and not _ring(session, deps, offer, handset, now, ring):
        text_offer(session, deps, offer, handset, now)
    return offer


def begin(
    session: Session, offer: Offer, opening: Opening, now: datetime, channel: str, valid: timedelta | None = None
) -> None:
    """Let the offer stand from now on, as the work is now; tells nobody."""
    if offer.status != "waitlisted":
        offer.waitlisted_at = None
    if valid is None:
        never_hers = offer.waitlisted_at is not None and offer.ended_as not in HOLDS_A_PLACE
        valid = MOVED_UP_VALID if never_hers else OFFER_VALID
    offer.code = free_code(session, offer.worker_id, now.astimezone(TIMEZONE).date())
    offer.starts_on, offer.ends_on = opening.starts_on, opening.ends_on
    offer.status, offer.channel, offer.offered_at, offer.answered_at = "offered", channel, now, None
    starts = starts_at(opening)
    # At night it leaves in the morning, and has its hours from then (M10).
    offer.expires_at = expires_at(leaves_at(now), starts if starts > now else _end_of(opening.ends_on), valid)
    session.flush()


def _ring(session: Session, deps: Deps, offer: Offer, handset: Handset, now: datetime, wanted: bool) -> bool:
    """Plan a call for whoever would rather talk, or gets no texts; False where it has to be a text."""
    wanted = wanted or offer.worker.preferred_channel == "voice" or not takes_texts(handset.number)
    if not wanted or offer.expires_at is None:
        return False
    planned = planned_calls.plan(
        session, deps, now=now, handset=handset, purpose="offer", offer_id=offer.id, person_id=offer.worker.person_id,
        due_at=now, expires_at=offer.expires_at - TO_ANSWER, again=True,
    )  # fmt: skip
    return planned is not None


def text_offer(session: Session, deps: Deps, offer: Offer, handset: Handset, now: datetime) -> None:
    """Tell an open offer by text; a bare answer is then to it."""
    assert offer.expires_at is not None
    message = outbox.enqueue(
        session,
        deps,
        now=now,
        handset=handset,
        kind="initiated",
        expires_at=offer.expires_at,
        answers=[as_answer(offer, deps)],
    )
    expect_answer(session.get_one(Conversation, message.conversation_id), offer)


def as_answer(offer: Offer, deps: Deps) -> Answer:
    """An open offer as it is told."""
    assert offer.expires_at is not None
    return make(
        "place_free" if offer.waitlisted_at is not None else "offer",
        opening=opening_view(offer.opening, deps.regions),
        code=offer.code,
        expires_at=offer.expires_at.isoformat(),
        changed=offer.ended_as is not None,
    )


def expect_answer(conversation: Conversation, offer: Offer) -> None:
    """A bare answer now binds to this offer, the last one sent (M04)."""
    accept: dict[str, Any] = {"act": "apply_job", "params": {"offer_id": offer.id}}
    refuse: dict[str, Any] = {"act": "withdraw_application", "params": {"offer_id": offer.id}}
    conversation.person_id = offer.worker.person_id
    conversation.context = {
        **(conversation.context or {}),
        "pending": {
            "kind": "offer",
            "offer_id": offer.id,
            "options": {"1": accept, "yes": accept, "2": refuse, "no": refuse},
            "until": offer.expires_at.isoformat() if offer.expires_at else None,
        },
    }


def _end_of(day: date) -> datetime:
    return datetime.combine(day, time(23, 59), TIMEZONE)


def put_offer(
    session: Session, deps: Deps, *, now: datetime, opening_id: int, worker_id: int, channel: str, actor: str
) -> Offer:
    """Ask her by hand, outside the waves, in the caller's transaction; whoever waits for a place keeps her turn (E03, M06).

    A wave asks only those who agreed to be in the library; by hand whoever once took a place without a name may be asked, too.

    Raises as `offer_opening`; `Conflict` with reason `not_askable` where she looks for no work, wants no texts or has no number.
    """
    worker = session.get(Worker, worker_id, with_for_update=True)
    if worker is None:
        raise NotFound("no such worker")
    handset = handset_of(session, worker)
    reached = handset is not None and handset.opted_out_at is None
    if worker.status != "active" or not reached:
        raise Conflict("she is not to be asked", reason="not_askable")
    offer = offer_opening(session, deps, now=now, opening_id=opening_id, worker_id=worker_id, channel=channel)
    audit.write(session, now, actor, "offered", offer, opening_id=offer.opening_id)
    return offer
