"""What a worker does with openings by word or key: take one, step back, hear her own list (W06)."""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import or_, select

from backend.domain.answers import Answer, make
from backend.domain.calling import takes_texts
from backend.domain.offers import HOLDS_A_PLACE, may_step_back
from backend.errors import Conflict
from backend.services import answer_offer, audit, both_sides, put_offer, waiting_list
from backend.services.acts import act
from backend.services.find_jobs import (
    SHOWN_AT_ONCE,
    alternatives,
    expect_openings,
    find_jobs,
    to_register,
    which_opening,
)
from backend.services.open_case import open_case
from backend.services.people import ask_which_person, ensure_worker, owners, worker_of
from backend.services.turn import Turn
from backend.services.views import opening_view
from backend.services.waiting_list import ask_to_wait
from backend.store.models import Offer, Opening, Worker
from backend.store.queries.offers import binds
from backend.store.queries.posts import is_kept_in_hand


@act("apply_job")
def apply_job(turn: Turn) -> list[Answer]:
    """Take one: the opening keyed, numbered or named; the number on the phone suffices (DESIGN §3.4)."""
    params = turn.facts.params
    offer = _offer_named(turn)
    if offer is not None:
        opening = offer.opening
        if offer.status == "offered" and offer.expires_at and offer.expires_at <= turn.now:
            offer.status = "expired"
        if offer.status == "expired" and not params.get("confirmed"):
            return [make("offer_expired", opening=_view(turn, opening), alternatives=_after_expiry(turn, opening))]
        was_asked = answer_offer.is_let_go(offer) or (
            offer.status == "waitlisted" and offer.ended_as and offer.expires_at
        )
        if was_asked and not params.get("confirmed") and (told := _as_it_is_now(turn, offer)):
            return [told]
    elif params.get("code"):
        return [make("choice_unknown", choice=params["code"], choices=[])]
    else:
        if not params.get("opening_id") and not turn.recall("jobs") and not (turn.pending or {}).get("opening_ids"):
            return find_jobs(turn)  # "我要报名" before anything was shown
        found = which_opening(turn, "take")
        if isinstance(found, list):
            return found
        opening = found
    if turn.channel == "voice" and not params.get("confirmed"):
        # A recogniser mishears: a spoken wish alone never takes a place; a key or a clear yes does.
        yes: dict[str, Any] = {"act": "apply_job", "params": {"opening_id": opening.id, "confirmed": True}}
        turn.expect(
            "confirm_take",
            {"1": yes, "yes": yes, "2": {"act": "more_jobs"}, "no": {"act": "more_jobs"}},
            opening_id=opening.id,
        )
        return [make("confirm_take", opening=_view(turn, opening))]
    if question := ask_which_person(turn, "apply_job", {"opening_id": opening.id, "confirmed": True}):
        return [question]
    worker = ensure_worker(turn)
    try:
        taken = answer_offer.take(
            turn.session,
            now=turn.now,
            opening_id=opening.id,
            worker_id=worker.id,
            channel=turn.channel,
            message_id=turn.message.id,
        )
    except Conflict as conflict:
        return _refused(turn, opening, conflict)
    audit.record(turn, "took_place", taken, opening_id=opening.id)
    both_sides.taken(turn.session, turn.deps, now=turn.now, offer=taken)
    if not takes_texts(turn.handset.number):
        # Whom to ask for is never told aloud and no text arrives: a person has to tell her.
        open_case(turn, "callback", f"座机报了活：{opening.title}。收不到短信，请打过去说到了找哪个")
    told = both_sides.job_taken(turn.session, turn.deps, taken)
    turn.expect("taken", {} if told["registered"] else to_register(turn), offer_id=taken.id)
    return [told]


def _as_it_is_now(turn: Turn, offer: Offer) -> Answer | None:
    """The work has changed since she was asked: she hears what holds now before her yes counts (C2).

    None: it is gone or full, or her yes will be asked for anyway.
    """
    opening = offer.opening
    if answer_offer.starts_at(opening) <= turn.now:
        return None
    if opening.status == "in_review":  # a person looks at it first: then she is asked before anybody else
        if offer.status != "waitlisted":
            offer = answer_offer.put_on_list(
                turn.session, now=turn.now, opening=opening, worker=offer.worker, offer=offer, channel=turn.channel
            )
        turn.expect(None)
        place = waiting_list.position(turn.session, offer)
        return make("waitlisted", opening=_view(turn, opening), position=place, code=offer.code)
    by_staff = offer.channel == "staff" and is_kept_in_hand(opening)
    if turn.channel == "voice" or not (opening.status == "published" or by_staff):
        return None
    put_offer.begin(turn.session, offer, opening, turn.now, "staff" if by_staff else turn.channel)
    put_offer.expect_answer(turn.conversation, offer)
    return put_offer.as_answer(offer, turn.deps)


def _offer_named(turn: Turn) -> Offer | None:
    """The offer an answer names: bound by the menu, or by its two-digit code among those of the phone (M04).

    Of several who share the phone it is for the one whose offer it is (V21).
    """
    params = turn.facts.params
    # Only an offer to this phone: another's is never taken, whatever an old question still holds (DESIGN §3.3).
    people = [owner.person_id for owner in owners(turn.session, turn.handset)]
    offer = None
    if params.get("offer_id"):
        offer = turn.session.get(Offer, params["offer_id"])
    elif params.get("code"):
        # Codes are used again: the open one is meant, else the last that bore it.
        offer = turn.session.scalar(
            select(Offer)
            .join(Worker, Worker.id == Offer.worker_id)
            .where(Worker.person_id.in_(people), Offer.code == str(params["code"]))
            .order_by(Offer.status.in_(answer_offer.OPEN).desc(), Offer.offered_at.desc(), Offer.id.desc())
            .limit(1)
        )
    if offer is None or offer.worker.person_id not in people:
        return None
    turn.conversation.person_id = offer.worker.person_id
    return offer


def _after_expiry(turn: Turn, opening: Opening) -> list[dict[str, Any]]:
    """The opening itself while it has places still, now as her own wish; then others (M05)."""
    others = alternatives(turn, opening)
    if opening.status != "published" or opening.ends_on < turn.today or opening.filled >= opening.headcount:
        return others
    found = [_view(turn, opening), *others][:SHOWN_AT_ONCE]
    expect_openings(turn, found)
    return found


def _refused(turn: Turn, opening: Opening, conflict: Conflict) -> list[Answer]:
    view = _view(turn, opening)
    if conflict.reason == "overlap":
        standing = turn.session.get_one(Opening, conflict.facts["standing"])
        offer = _held(turn, standing.id)
        turn.expect(
            "clash",
            {"1": {"act": "withdraw_application", "params": {"offer_id": offer.id, "confirmed": True}}}
            if offer
            else {},
        )
        return [make("clash", opening=view, standing=_view(turn, standing))]
    if conflict.reason == "taken_already":
        offer = turn.session.get_one(Offer, conflict.facts["offer_id"])
        return [make("already_taken", opening=view, code=offer.code)]
    if conflict.reason == "own":
        return [make("own_job", opening=view)]
    if conflict.reason == "full" and answer_offer.starts_at(opening) > turn.now:
        return ask_to_wait(turn, opening)
    kind = "job_full" if conflict.reason == "full" else "job_gone"
    return [make(kind, opening=view, alternatives=alternatives(turn, opening))]


def _held(turn: Turn, opening_id: int) -> Offer | None:
    worker = worker_of(turn)
    if worker is None:
        return None
    return turn.session.scalar(
        select(Offer).where(Offer.worker_id == worker.id, Offer.opening_id == opening_id, binds(turn.today))
    )


@act("my_applications")
def my_applications(turn: Turn) -> list[Answer]:
    """Her own open list: work, day and place; a number gives one back (after a yes)."""
    if question := ask_which_person(turn, "my_applications"):
        return [question]
    worker = worker_of(turn)
    offers = _open_offers(turn, worker) if worker else []
    options = {
        str(n): {"act": "withdraw_application", "params": {"offer_id": offer.id, "ask": True}}
        for n, offer in enumerate(offers, start=1)
        if offer.status in {"offered", "waitlisted"} or _may_leave(turn, offer)
    }
    turn.expect("my_list", options, offer_ids=[offer.id for offer in offers])
    return [
        make(
            "my_list",
            offers=[
                {
                    "offer_id": offer.id,
                    "code": offer.code,
                    # To her the place is hers, before the work and in the middle of it.
                    "status": "accepted" if offer.status in HOLDS_A_PLACE else offer.status,
                    "opening": _view(turn, offer.opening),
                }
                for offer in offers
            ],
        )
    ]


def _open_offers(turn: Turn, worker: Worker) -> list[Offer]:
    return list(
        turn.session.scalars(
            select(Offer)
            .where(
                Offer.worker_id == worker.id,
                or_(Offer.status.in_(("offered", "waitlisted")), binds(turn.today)),
                Offer.ends_on >= turn.today,
            )
            .order_by(Offer.starts_on, Offer.id)
        )
    )


@act("withdraw_application")
def withdraw_application(turn: Turn) -> list[Answer]:
    """Step back from one, freeing the place; an offer not yet taken is declined. Undone by taking it again."""
    offer = _offer_named(turn)
    if question := ask_which_person(turn, "withdraw_application", turn.facts.params):
        return [question]
    worker = worker_of(turn)
    offer = offer or (_meant(turn, worker) if worker else None)
    if offer is None or worker is None or offer.worker_id != worker.id:
        held = [one for one in _open_offers(turn, worker) if _may_leave(turn, one)] if worker else []
        if len(held) > 1:
            options = {
                str(n): {"act": "withdraw_application", "params": {"offer_id": o.id, "confirmed": True}}
                for n, o in enumerate(held, 1)
            }
            turn.expect("which_withdraw", options)
            return [
                make("which_job", openings=[_view(turn, o.opening) for o in held[:3]], purpose="withdraw", more=False)
            ]
        return [make("nothing_to_withdraw")]
    view = _view(turn, offer.opening)
    asks = turn.facts.params.get("ask")
    if asks and offer.status == "offered" and offer.expires_at and offer.expires_at > turn.now:
        # A number of her list chose it; by the offer's own text the same number took it.
        put_offer.expect_answer(turn.conversation, offer)
        return [put_offer.as_answer(offer, turn.deps)]
    asks = asks or (turn.channel == "voice" and not turn.facts.params.get("confirmed"))
    if asks and offer.status == "waitlisted":
        return [_really(turn, offer, {"act": "wait_for_place", "params": {"opening_id": offer.opening_id}})]
    if offer.status in {"offered", "waitlisted", "declined"} or answer_offer.is_let_go(offer):
        waited = offer.status == "waitlisted"
        answer_offer.decline(turn.session, now=turn.now, offer_id=offer.id, message_id=turn.message.id)
        waiting_list.move_up(turn.session, turn.deps, offer.opening, turn.now)
        turn.expect(None)
        return [make("wait_over", opening=view, reason="left") if waited else make("offer_declined", opening=view)]
    if not _may_leave(turn, offer):
        return [make("nothing_to_withdraw")]
    if asks:
        return [_really(turn, offer, {"act": "keep_place"})]
    answer_offer.give_back(turn.session, now=turn.now, offer_id=offer.id, message_id=turn.message.id)
    audit.record(turn, "gave_back_place", offer, opening_id=offer.opening_id)
    both_sides.stepped_back(turn.session, turn.deps, now=turn.now, offer=offer)
    again: dict[str, Any] = {"act": "apply_job", "params": {"opening_id": offer.opening_id, "confirmed": True}}
    turn.expect("undo", {"1": again}, offer_id=offer.id)
    return [make("withdrawn", opening=view, code=offer.code)]


def _really(turn: Turn, offer: Offer, no: dict[str, Any]) -> Answer:
    yes: dict[str, Any] = {"act": "withdraw_application", "params": {"offer_id": offer.id, "confirmed": True}}
    turn.expect("confirm_withdraw", {"1": yes, "yes": yes, "2": no, "no": no}, offer_id=offer.id)
    return make("confirm_withdraw", opening=_view(turn, offer.opening), code=offer.code)


@act("keep_place")
def keep_place(turn: Turn) -> list[Answer]:
    turn.expect(None)
    return [make("kept", what="place")]


def _meant(turn: Turn, worker: Worker) -> Offer | None:
    """Which held place "来不了了" means: by number in the list just heard, trade or day, or the only one."""
    held = [offer for offer in _open_offers(turn, worker) if _may_leave(turn, offer)]
    pending = turn.pending or {}
    ordinal = turn.facts.one("ordinal") or turn.facts.params.get("choice")
    if ordinal is not None:
        listed = pending["offer_ids"] if pending.get("kind") == "my_list" else [offer.id for offer in held]
        position = len(listed) if ordinal == -1 else int(ordinal)
        return turn.session.get(Offer, listed[position - 1]) if 1 <= position <= len(listed) else None
    if opening_id := turn.facts.params.get("opening_id"):
        return next((offer for offer in held if offer.opening_id == opening_id), None)
    if trades := turn.facts.all("job_type"):
        held = [offer for offer in held if offer.opening.job_type in trades]
    if days := turn.facts.one("date"):
        start = date.fromisoformat(str(days).partition("/")[0])
        held = [offer for offer in held if offer.starts_on <= start <= offer.ends_on]
    return held[0] if len(held) == 1 else None


def _may_leave(turn: Turn, offer: Offer) -> bool:
    return may_step_back(offer.status, offer.ends_on, turn.today)


def _view(turn: Turn, opening: Opening) -> dict[str, Any]:
    return opening_view(opening, turn.deps.regions)
