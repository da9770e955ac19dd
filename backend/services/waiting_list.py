"""The waiting list of a full opening: who waits gets the place that comes free before anybody else is asked (W06, C1).

A place that has come free is offered anew, to the first who waits, for half an hour: she may have found other work since.
Meanwhile it is kept for her (`answer_offer.take`); then the next one is asked, and so is whoever comes after somebody who
cannot be asked at all. At night nobody is asked (M10), and what is free stays for those who wait until the morning.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from backend.domain.answers import Answer, make
from backend.domain.messages import leaves_at
from backend.domain.offers import HOLDS_A_PLACE, may_become
from backend.services import answer_offer, audit, outbox, put_offer, reminders
from backend.services.acts import act, run
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.find_jobs import alternatives, find_jobs
from backend.services.people import ask_which_person, ensure_worker
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Offer, Opening, Worker

log = structlog.get_logger()

# So shortly before the work a text may be read too late: whoever can be rung is rung.
RING_BEFORE = timedelta(hours=3)
# Three tries at ringing take longer than reading a text.
VALID_BY_CALL = timedelta(minutes=45)


def ask_to_wait(turn: Turn, opening: Opening) -> list[Answer]:
    """It is full: wait for a place, or take another (C1). By text the others are keys 2 and on, by voice they are read."""
    others = alternatives(turn, opening)
    wait: dict[str, Any] = {"act": "wait_for_place", "params": {"opening_id": opening.id}}
    options = {"1": wait, "yes": wait}
    if turn.channel == "voice":
        options["2"] = options["no"] = {"act": "others_instead", "params": {"opening_id": opening.id}}
    else:
        options |= {
            str(n): {"act": "apply_job", "params": {"opening_id": view["id"]}} for n, view in enumerate(others, start=2)
        }
    turn.expect(
        "full_wait", options, opening_id=opening.id, words="full_wait" if turn.channel == "voice" else "full_wait_text"
    )
    view = opening_view(opening, turn.deps.regions)
    return [make("full_wait", opening=view, ahead=len(waiting(turn.session, opening.id)), alternatives=others)]


@act("others_instead")
def others_instead(turn: Turn) -> list[Answer]:
    """Other work instead of waiting."""
    opening = turn.session.get_one(Opening, turn.facts.params["opening_id"])
    others = alternatives(turn, opening)
    if not others:
        turn.facts.params.clear()
        return find_jobs(turn)
    return [make("job_offers", openings=others, filters={}, relaxed=[], remaining=0)]


@act("wait_for_place")
def wait_for_place(turn: Turn) -> list[Answer]:
    """Put her on the list; a place that has come free meanwhile is hers. Twice gets the same answer."""
    opening_id = turn.facts.params["opening_id"]
    if question := ask_which_person(turn, "wait_for_place", turn.facts.params):
        return [question]
    worker = turn.session.get_one(Worker, ensure_worker(turn).id, with_for_update=True)
    opening = turn.session.get_one(Opening, opening_id)
    offer = turn.session.scalar(select(Offer).where(Offer.opening_id == opening_id, Offer.worker_id == worker.id))
    if offer is not None and offer.status in HOLDS_A_PLACE:
        turn.expect(None)
        return [make("already_taken", opening=opening_view(opening, turn.deps.regions), code=offer.code)]
    over = opening.status not in {"published", "filled"} or opening.ends_on < turn.today
    if over or (offer is not None and offer.status != "waitlisted" and not may_become(offer.status, "waitlisted")):
        view = opening_view(opening, turn.deps.regions)
        return [make("job_gone", opening=view, alternatives=alternatives(turn, opening))]
    if offer is None or offer.status != "waitlisted":
        if opening.status == "published" and not waiting(turn.session, opening_id) and _free(turn, opening):
            return run(turn, {"act": "apply_job", "params": {"opening_id": opening_id, "confirmed": True}})
        offer = answer_offer.put_on_list(
            turn.session, now=turn.now, opening=opening, worker=worker, offer=offer, channel=turn.channel
        )
        offer.message_id = turn.message.id
        turn.session.flush()
        audit.record(turn, "waits_for_place", offer, opening_id=opening_id)
    turn.expect(None)
    view = opening_view(opening, turn.deps.regions)
    return [make("waitlisted", opening=view, position=position(turn.session, offer), code=offer.code)]


def _free(turn: Turn, opening: Opening) -> bool:
    return opening.filled + kept(turn.session, opening.id, turn.now) < opening.headcount


def kept(session: Session, opening_id: int, now: datetime) -> int:
    """How many places are kept for those who waited and are being asked."""
    query = select(func.count(Offer.id)).where(Offer.opening_id == opening_id, answer_offer.is_moved_up(now))
    return session.scalar(query) or 0


def waiting(session: Session, opening_id: int) -> list[Offer]:
    """Who waits for a place, the longest first."""
    return list(
        session.scalars(
            select(Offer)
            .options(joinedload(Offer.worker).joinedload(Worker.person))
            .where(Offer.opening_id == opening_id, Offer.status == "waitlisted")
            .order_by(Offer.waitlisted_at, Offer.id)
        )
    )


def position(session: Session, offer: Offer) -> int:
    return [one.id for one in waiting(session, offer.opening_id)].index(offer.id) + 1


def move_up(session: Session, deps: Deps, opening: Opening, now: datetime) -> int:
    """Ask the first who wait about the places that have come free, in the caller's transaction; return how many."""
    asked = 0
    for offer in _next_up(session, opening, now):
        _ask(session, deps, offer, now)
        asked += 1
    return asked


def _next_up(session: Session, opening: Opening, now: datetime) -> Iterator[Offer]:
    """Whom the free places are for, in turn, each judged when the one before has been asked; nobody at night (M10).

    Whoever is in the middle of something else keeps hers for the next tick; whoever cannot be asked keeps her turn.
    """
    if opening.status != "published" or leaves_at(now) > now or answer_offer.starts_at(opening) <= now:
        return
    free = opening.headcount - opening.filled - kept(session, opening.id, now)
    for offer in waiting(session, opening.id):
        if free <= 0:
            return
        if _is_held(session, offer, now):
            free -= 1
        elif answer_offer.may_be_asked(session, offer.worker, opening):
            free -= 1
            yield offer


def held(session: Session, opening_id: int, now: datetime) -> int:
    """How many wait whom the next tick will ask, for just now a bare answer of theirs would be to something else (M04)."""
    return sum(_is_held(session, offer, now) for offer in waiting(session, opening_id))


def _is_held(session: Session, offer: Offer, now: datetime) -> bool:
    if offer.worker.status != "active":
        return False
    handset = answer_offer.handset_of(session, offer.worker)
    return handset is not None and handset.opted_out_at is None and reminders.has_question(session, handset, now)


def _ask(session: Session, deps: Deps, offer: Offer, now: datetime) -> None:
    opening = offer.opening
    soon = answer_offer.starts_at(opening) - now < RING_BEFORE
    by_call = offer.worker.preferred_channel == "voice" or soon
    put_offer.offer_opening(
        session, deps, now=now, opening_id=opening.id, worker_id=offer.worker_id,
        channel="voice" if by_call else "sms", valid=VALID_BY_CALL if by_call else None, ring=soon,
    )  # fmt: skip
    log.info("moved_up", offer_id=offer.id, opening_id=opening.id)


def move_up_waiting(deps: Deps) -> int:
    """Every opening with a free place and somebody waiting; return how many people were asked.

    For whatever freed the place: a step back at night, more places wanted, an offer that nobody answered.
    """
    now = deps.clock()
    if leaves_at(now) > now:
        return 0
    with deps.db.read() as session:
        found = session.scalars(
            select(Opening.id)
            .join(Offer, Offer.opening_id == Opening.id)
            .where(Offer.status == "waitlisted", Opening.status == "published", Opening.filled < Opening.headcount)
            .distinct()
        ).all()

    def one(opening_id: int) -> int:
        with deps.db.read() as session:
            # Where nobody can be asked, now or for hours, others get to write.
            if next(_next_up(session, session.get_one(Opening, opening_id), now), None) is None:
                return 0
        with deps.db.write() as session:
            # The row is locked, so that two who look at the same free place ask one person.
            opening = session.get_one(Opening, opening_id, with_for_update=True)
            return move_up(session, deps, opening, now)

    return each("move_up_waiting", found, one)


def end_waiting(deps: Deps) -> int:
    """The work has begun and no place came free: nobody is left waiting without a word; return how many were told."""
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        rows = session.scalars(
            select(Offer)
            .options(joinedload(Offer.opening))
            .where(Offer.status == "waitlisted", Offer.starts_on <= today)
        ).all()
    openings = {offer.id: offer.opening for offer in rows}

    def one(offer_id: int) -> bool:
        return answer_offer.starts_at(openings[offer_id]) <= now and _end(deps, offer_id, now)

    return each("end_waiting", openings, one)


def _end(deps: Deps, offer_id: int, now: datetime) -> bool:
    with deps.db.write() as session:
        mine = session.scalar(
            update(Offer)
            .where(Offer.id == offer_id, Offer.status == "waitlisted")
            .values(status="expired", answered_at=now)
            .returning(Offer.id)
            .execution_options(synchronize_session=False)
        )
        if mine is None:
            return False
        offer = session.get_one(Offer, offer_id)
        if (handset := answer_offer.handset_of(session, offer.worker)) is not None:
            view = opening_view(offer.opening, deps.regions)
            outbox.enqueue(
                session, deps, now=now, handset=handset, kind="initiated", expires_at=now + timedelta(hours=12),
                answers=[make("wait_over", opening=view, reason="started")],
            )  # fmt: skip
    return True
