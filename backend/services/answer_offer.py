"""Take, decline and give back places: the one door through which headcount moves (W06, C1, DESIGN §3.7)."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true, update
from sqlalchemy.orm import Session

from backend.domain.answers import Answer
from backend.domain.offers import (
    HOLDS_A_PLACE,
    Stretch,
    may_become,
    may_step_back,
    overlap,
    short_code,
)
from backend.errors import Conflict, NotFound
from backend.services import outbox
from backend.services.deps import Deps
from backend.services.people import handset_to_write_to
from backend.settings import TIMEZONE
from backend.store.models import Employer, Handset, HandsetOwner, Offer, Opening, Worker
from backend.store.queries.offers import binds
from backend.store.queries.posts import POST, kept_in_hand

log = structlog.get_logger()
OPEN = ("offered", "waitlisted", "accepted")


def take(
    session: Session,
    *,
    now: datetime,
    opening_id: int,
    worker_id: int,
    channel: str,
    message_id: int | None = None,
) -> Offer:
    """Give `worker_id` a place in `opening_id`, or raise.

    Conflict(reason=): `full`; `overlap` (fact `standing`: the id of the taken opening in the way); `not_open`
    (expired, withdrawn, not published); `taken_already` (fact `offer_id`); `own`
    (posted from a number of hers).
    """
    # The worker's row is locked first, so that two takings by one person are judged one after the other (C4).
    worker = session.get(Worker, worker_id, with_for_update=True)
    opening = session.get(Opening, opening_id)
    if worker is None or opening is None:
        raise NotFound("no such worker or opening")
    offer = session.scalar(select(Offer).where(Offer.opening_id == opening_id, Offer.worker_id == worker_id))
    if offer is not None and offer.status in HOLDS_A_PLACE:
        raise Conflict("already taken", reason="taken_already", offer_id=offer.id)
    if offer is not None and not may_become(offer.status, "accepted"):
        raise Conflict("this offer is over", reason="not_open")
    if is_own(session, worker, opening):
        raise Conflict("her own opening", reason="own")
    if standing := in_the_way(session, worker_id, opening):
        raise Conflict("overlaps a taken opening", reason="overlap", standing=standing.opening_id)
    today = now.astimezone(TIMEZONE).date()
    claimed = session.scalar(
        update(Opening)
        .where(
            Opening.id == opening_id,
            _takes_people(offer),
            Opening.filled + _kept_for_others(session, opening, worker_id, offer, now) < Opening.headcount,
            Opening.ends_on >= today,
        )
        .values(
            filled=Opening.filled + 1,
            status=case((Opening.filled + 1 >= Opening.headcount, "filled"), else_=Opening.status),
        )
        .returning(Opening.id)
        .execution_options(synchronize_session=False)
    )
    if claimed is None:
        session.refresh(opening)
        # Published and not over, yet not to be had: every place is taken, or kept for those who waited longer.
        full = opening.status == "filled" or (opening.status == "published" and opening.ends_on >= today)
        raise Conflict("no place", reason="full" if full else "not_open")
    session.refresh(opening)
    code = free_code(session, worker_id, today)
    if offer is None:
        offer = Offer(opening_id=opening_id, worker_id=worker_id, offered_at=now)
        session.add(offer)
    # Taken anew it is reminded of and asked about anew, on the days as they are now.
    offer.starts_on, offer.ends_on = opening.starts_on, opening.ends_on
    offer.reminded_at = offer.followed_up_at = None
    offer.code, offer.ended_as = offer.code or code, None
    offer.status, offer.channel, offer.answered_at, offer.message_id = "accepted", channel, now, message_id
    session.flush()
    worker.waiting_since, worker.failed_matches = None, 0
    log.info("offer_accepted", offer_id=offer.id, opening_id=opening_id, filled=opening.filled)
    return offer


def _takes_people(offer: Offer | None) -> ColumnElement[bool]:
    """Published; or a post kept in hand by staff, which only whoever they put it to may take (H11)."""
    published = Opening.status == "published"
    return or_(published, kept_in_hand()) if offer is not None and offer.channel == "staff" else published


def _kept_for_others(session: Session, opening: Opening, worker_id: int, own: Offer | None, now: datetime) -> Any:
    """Places for those whose turn on the waiting list is before hers: who is being asked, and who is asked next.

    The next is asked in a moment where she is in the middle of something else (M04), and in the morning at night (M10).
    """
    turn = own.waitlisted_at if own is not None and own.status in ("offered", "waitlisted") else None
    sooner = true() if turn is None else or_(
        Offer.waitlisted_at < turn, and_(Offer.waitlisted_at == turn, Offer.id < own.id if own else false())
    )  # fmt: skip
    others = and_(Offer.opening_id == opening.id, Offer.worker_id != worker_id)
    # Who waits still, unasked, comes after whoever is asked.
    asked = is_moved_up(now) if own is None or own.status != "offered" else and_(is_moved_up(now), sooner)
    places = select(func.count(Offer.id)).where(others, asked).scalar_subquery()
    if now >= starts_at(opening):
        return places
    unasked = session.scalars(select(Offer).where(others, Offer.status == "waitlisted", sooner))
    return places + sum(may_be_asked(session, offer.worker, opening) for offer in unasked)


def is_moved_up(now: datetime) -> ColumnElement[bool]:
    """Whether an offer asks somebody who waited for a place, and is still to be answered."""
    return and_(Offer.status == "offered", Offer.waitlisted_at.is_not(None), Offer.expires_at > now)


def has_turn(offer: Offer) -> bool:
    """Whether she waits for a place, or is being asked because it is her turn."""
    return offer.status == "waitlisted" or (offer.status == "offered" and offer.waitlisted_at is not None)


def is_let_go(offer: Offer) -> bool:
    """Whether she was asked and the opening changed before she answered: she is to be asked anew."""
    return offer.status == "withdrawn" and offer.ended_as == "offered"


def is_own(session: Session, worker: Worker, opening: Opening) -> bool:
    """Whether it was posted from a number of hers: a grower looks for work, too, and he is not to hear that he comes himself."""
    numbers = (
        select(Handset.number)
        .join(HandsetOwner, HandsetOwner.handset_id == Handset.id)
        .where(HandsetOwner.person_id == worker.person_id, HandsetOwner.until.is_(None))
    )
    own = select(Employer.id).where(Employer.id == opening.employer_id, Employer.phone.in_(numbers))
    return session.scalar(own) is not None


def in_the_way(session: Session, worker_id: int, opening: Opening) -> Offer | None:
    """The place she holds that cannot be done together with `opening`."""
    wanted = _stretch(opening)
    held = session.scalars(
        select(Offer).where(
            Offer.worker_id == worker_id,
            Offer.status.in_(HOLDS_A_PLACE),
            Offer.opening_id != opening.id,
            Offer.starts_on <= opening.ends_on,
            Offer.ends_on >= opening.starts_on,
        )
    )
    return next((offer for offer in held if overlap(wanted, _stretch(offer.opening))), None)


def _stretch(opening: Opening) -> Stretch:
    return Stretch(opening.starts_on, opening.ends_on, opening.hours_from, opening.hours_to)


def free_code(session: Session, worker_id: int, today: date) -> str:
    """A code that no open offer bears which is answered from the same phone: of two who share it one 接11 means one (V21)."""
    hers = (
        select(HandsetOwner.handset_id)
        .join(Worker, Worker.person_id == HandsetOwner.person_id)
        .where(Worker.id == worker_id, HandsetOwner.until.is_(None))
    )
    sharing = (
        select(Worker.id)
        .join(HandsetOwner, HandsetOwner.person_id == Worker.person_id)
        .where(HandsetOwner.handset_id.in_(hers), HandsetOwner.until.is_(None))
    )
    of_the_phone = or_(Offer.worker_id == worker_id, Offer.worker_id.in_(sharing))
    used = select(Offer.code).where(of_the_phone, or_(Offer.status.in_(OPEN), binds(today)))
    return short_code(session.scalars(used))


def give_back(session: Session, *, now: datetime, offer_id: int, message_id: int | None = None) -> Offer:
    """Give up a place, also in the middle of several days of work. Conflict(reason="not_held") when there is none."""
    offer = session.get(Offer, offer_id, with_for_update=True)
    if offer is None:
        raise NotFound("no such offer")
    if not may_step_back(offer.status, offer.ends_on, now.astimezone(TIMEZONE).date()):
        raise Conflict("holds no place", reason="not_held")
    if not _free_place(session, offer, now):
        raise Conflict("the opening holds no taken place", reason="not_held")
    end_place(offer, now)
    offer.message_id, offer.ended_as = message_id, None
    session.flush()
    waits_again(session, offer.worker, now)
    return offer


def _free_place(session: Session, offer: Offer, now: datetime) -> bool:
    """Somebody else may have the place; False where none was taken."""
    closed = Opening.closed_at.is_not(None)
    freed = session.scalar(
        update(Opening)
        .where(Opening.id == offer.opening_id, Opening.filled > 0)
        .values(
            filled=Opening.filled - 1,
            # Whose employer has enough wants nobody in her stead (E03): the place goes with her.
            headcount=case((and_(closed, Opening.filled > 1), Opening.headcount - 1), else_=Opening.headcount),
            status=case(
                (closed, Opening.status),
                (and_(Opening.status == "filled", Opening.source_kind == POST), "draft"),
                (Opening.status == "filled", "published"),
                else_=Opening.status,
            ),
            next_wave_at=look_again(now),
        )
        .returning(Opening.id)
        .execution_options(synchronize_session=False)
    )
    if freed is not None:
        session.refresh(offer.opening)
    return freed is not None


def did_not_come(session: Session, offer: Offer, now: datetime) -> None:
    """She did not come to work of which days are left: somebody else may do those."""
    today = now.astimezone(TIMEZONE).date()
    if offer.ends_on > today and _free_place(session, offer, now):
        offer.ends_on = max(offer.starts_on, today - timedelta(days=1))
        waits_again(session, offer.worker, now)


def came_after_all(session: Session, offer: Offer, now: datetime) -> None:
    """Staff have put it right: the rest of the days is hers again, unless somebody else has them now."""
    if not offer.ends_on < offer.opening.ends_on or offer.opening.ends_on <= now.astimezone(TIMEZONE).date():
        return
    again = session.scalar(
        update(Opening)
        .where(Opening.id == offer.opening_id, Opening.filled < Opening.headcount)
        .values(
            filled=Opening.filled + 1,
            status=case(
                (and_(Opening.status == "published", Opening.filled + 1 >= Opening.headcount), "filled"),
                else_=Opening.status,
            ),
        )
        .returning(Opening.id)
        .execution_options(synchronize_session=False)
    )
    if again is not None:
        session.refresh(offer.opening)
        offer.ends_on = offer.opening.ends_on


def end_place(offer: Offer, now: datetime) -> None:
    """Her place is no longer hers. Whoever is at work already has done the days until now, and is asked about those."""
    if offer.status == "arrived":
        today = now.astimezone(TIMEZONE).date()
        begun = datetime.combine(today, _hour(offer.opening.hours_from), TIMEZONE) <= now
        offer.ends_on = max(offer.starts_on, today if begun else today - timedelta(days=1))
    offer.status, offer.answered_at = "withdrawn", now


def waits_again(session: Session, worker: Worker, now: datetime) -> None:
    """She is without work again from now on, unless another place is hers still (H03)."""
    today = now.astimezone(TIMEZONE).date()
    busy = select(Offer.id).where(Offer.worker_id == worker.id, binds(today))
    if worker.waiting_since is None and worker.status == "active" and session.scalar(busy.limit(1)) is None:
        worker.waiting_since = now


def look_again(now: datetime) -> Any:
    """`next_wave_at` of an opening that is offered in waves: a place or an answer has come, so the next wave looks now."""
    return case((and_(Opening.wave > 0, Opening.waves_stopped_at.is_(None)), now), else_=Opening.next_wave_at)


def decline(session: Session, *, now: datetime, offer_id: int, message_id: int | None = None) -> Offer:
    """Decline an offer not yet answered; a taken one is given back."""
    offer = session.get(Offer, offer_id, with_for_update=True)
    if offer is None:
        raise NotFound("no such offer")
    if offer.status in ("accepted", "arrived"):
        return give_back(session, now=now, offer_id=offer_id, message_id=message_id)
    if offer.status == "declined":
        return offer
    if not may_become(offer.status, "declined") and not is_let_go(offer):
        raise Conflict("this offer is over", reason="not_open")
    offer.status, offer.answered_at, offer.message_id, offer.ended_as = "declined", now, message_id, None
    session.execute(
        update(Opening)
        .where(Opening.id == offer.opening_id, Opening.status == "published")
        .values(next_wave_at=look_again(now))
        .execution_options(synchronize_session=False)
    )
    return offer


def holds_a_place(session: Session, offer_id: int) -> bool:
    return session.scalar(select(Offer.status).where(Offer.id == offer_id)) in HOLDS_A_PLACE


def answer(session: Session, *, now: datetime, offer_id: int, answer: str, channel: str = "staff") -> Offer:
    """Accept or decline an offer for its worker. Raises like `take` and `decline`; tells nobody (`both_sides.answer`)."""
    offer = session.get(Offer, offer_id)
    if offer is None:
        raise NotFound("no such offer")
    if answer == "accept":
        if offer.status == "offered" and offer.expires_at and offer.expires_at <= now:
            raise Conflict("this offer has expired", reason="not_open")
        return take(session, now=now, opening_id=offer.opening_id, worker_id=offer.worker_id, channel=channel)
    return decline(session, now=now, offer_id=offer_id)


def put_on_list(
    session: Session, *, now: datetime, opening: Opening, worker: Worker, offer: Offer | None, channel: str
) -> Offer:
    """Let her wait for a place; whoever waits keeps her turn."""
    if offer is None:
        offer = Offer(
            opening_id=opening.id, worker_id=worker.id, starts_on=opening.starts_on, ends_on=opening.ends_on,
            offered_at=now,
        )  # fmt: skip
        session.add(offer)
    offer.code = offer.code or free_code(session, worker.id, now.astimezone(TIMEZONE).date())
    # Whose turn it was and who yet came too late has not lost it.
    had_turn = offer.status == "offered" and offer.waitlisted_at is not None
    offer.waitlisted_at = offer.waitlisted_at if had_turn else now
    offer.status, offer.channel, offer.answered_at = "waitlisted", channel, now
    offer.expires_at = None
    session.flush()
    return offer


def back_on_the_list(session: Session, opening: Opening, now: datetime) -> int:
    """Fewer are wanted than are asked: the last in turn wait again, with their turn; return how many."""
    moved_up = session.scalars(
        select(Offer)
        .where(Offer.opening_id == opening.id, is_moved_up(now))
        .order_by(Offer.waitlisted_at.desc(), Offer.id.desc())
    ).all()
    over = moved_up[: max(0, opening.filled + len(moved_up) - opening.headcount)]
    for offer in over:
        offer.status, offer.expires_at = "waitlisted", None
    return len(over)


def starts_at(opening: Opening) -> datetime:
    """When the work begins; seven in the morning where no hour was told."""
    return datetime.combine(opening.starts_on, _hour(opening.hours_from), TIMEZONE)


def handset_of(session: Session, worker: Worker) -> Handset | None:
    """The number on which she is reached."""
    return session.scalar(
        select(Handset)
        .join(HandsetOwner, HandsetOwner.handset_id == Handset.id)
        .where(HandsetOwner.person_id == worker.person_id, HandsetOwner.until.is_(None))
        # Her own before one she shares.
        .order_by(HandsetOwner.relation != "self", HandsetOwner.id)
        .limit(1)
    )


def may_be_asked(session: Session, worker: Worker, opening: Opening) -> bool:
    """Whether she looks for work, can be reached, holds no place on those days, and has not posted it herself."""
    handset = handset_of(session, worker)
    reached = worker.status == "active" and handset is not None and handset.opted_out_at is None
    return reached and not is_own(session, worker, opening) and in_the_way(session, worker.id, opening) is None


def _hour(text: str | None) -> time:
    return time.fromisoformat(text) if text else time(7, 0)


def tell_employer(session: Session, deps: Deps, *, now: datetime, opening: Opening, answer: Answer) -> None:
    """Text the employer what became of the opening (W06: both sides hear the result); nothing without a number."""
    employer = session.get(Employer, opening.employer_id)
    if employer is not None and employer.phone:
        handset = handset_to_write_to(session, employer.phone, now)
        outbox.enqueue(session, deps, now=now, handset=handset, kind="initiated", answers=[answer])
