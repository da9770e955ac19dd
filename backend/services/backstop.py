"""Public-welfare posts as the last resort: who has waited in vain long enough, and staff put a post to her (H11).

Once a week it is judged of everybody with a verified hardship who waits: was there a place, an offer, anything that suits?
Weeks in vain are counted until she has a place; from BACKSTOP_AFTER on she is in the list of 公益岗兜底, with the reasons.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.offers import HOLDS_A_PLACE
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import answer_offer, audit, confirming, once, put_offer
from backend.services.each import each
from backend.services.matches import openings_for
from backend.services.post_opening import post_opening
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Offer, Opening, Worker
from backend.store.queries import posts

if TYPE_CHECKING:
    from backend.services.deps import Deps

log = structlog.get_logger()

WEEK = timedelta(days=7)
AT_ONCE = 50  # workers judged in one tick: each costs a ranking
LOOKED_AT = 5  # if the five best openings do not suit, nothing does
POST_JOB = "S21"
# She may talk it over at home before she answers.
TO_THINK = timedelta(days=3)


def judge_weeks(deps: Deps) -> int:
    """Judge the week of everybody whose week is over; return for how many nothing was found."""
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        due = posts.to_be_judged(session, now, today, today - WEEK, AT_ONCE)
    return each("judge_weeks", due, lambda worker_id: _judge(deps, worker_id, now, today))


def _judge(deps: Deps, worker_id: int, now: datetime, today: date) -> bool:
    with deps.db.write() as session:
        worker = session.get_one(Worker, worker_id)
        why, offers = _in_vain(session, deps, worker, now, today)
        failed = Worker.failed_matches + 1 if why else Worker.failed_matches
        # Guarded by the day: a doubled tick counts no week twice.
        mine = session.execute(
            update(Worker)
            .where(
                Worker.id == worker_id,
                Worker.status == "active",
                or_(Worker.failed_on.is_(None), Worker.failed_on <= today - WEEK),
            )
            .values(failed_matches=failed, failed_on=today)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        if not mine or why is None:
            return False
        audit.write(session, now, "scheduler", "match_failed", worker, why=why, offers=offers)
    log.info("match_failed", worker_id=worker_id, why=why)
    return True


def _in_vain(session: Session, deps: Deps, worker: Worker, now: datetime, today: date) -> tuple[str | None, list[int]]:
    """Why nothing came of the week: offers_ended | nothing_suitable, with the offers; None: something did, or may yet."""
    offers = posts.offers_since(session, worker.id, now - WEEK)
    if any(offer.status in HOLDS_A_PLACE or offer.status == "paid" for offer in offers):
        return None, []
    if offers:
        return "offers_ended", [offer.id for offer in offers]
    best = openings_for(session, deps.regions, today, worker=worker, limit=LOOKED_AT)
    return (None, []) if any(match.suitable for match in best) else ("nothing_suitable", [])


# -- what staff do -------------------------------------------------------------------------------------------------------


def make_post(
    deps: Deps, member: Member, facts: dict[str, Any], employer: dict[str, Any], *, form_number: str = ""
) -> Opening:
    """Set up a post, kept in hand: `facts` and `employer` as in `post_opening`. Raises `Forbidden`, `Invalid`."""
    _must(member)
    now = deps.clock()
    if not facts.get("region") or not str(facts["region"]).startswith(member.region_code):
        raise Invalid("outside your region", {"region": "outside your region"})
    with deps.db.write() as session:
        if (before := once.made_by(session, member, form_number)) is not None:
            return session.get_one(Opening, before)
        opening = post_opening(
            session, now, deps.regions, {"job_type": POST_JOB, **facts}, employer, None, actor=member.actor,
            more={"source_kind": posts.POST},
        )  # fmt: skip
        opening.status, opening.reviewed_by, opening.reviewed_at = "draft", member.id, now
        audit.write(session, now, member.actor, "made_post", opening)
        once.note(session, now, member, form_number, opening.id)
        return opening


def give_post(deps: Deps, member: Member, opening_id: int, worker_id: int) -> Offer:
    """Put a post to a worker: she is told by text or call, and has three days to answer; staff may answer for her.

    Raises `NotFound`, `Forbidden`; `Conflict`: `full`, `taken_already`, `overlap`, `not_open`.
    """
    _must(member)
    now = deps.clock()
    with deps.db.write() as session:
        opening, worker = _both(session, member, opening_id, worker_id)
        if opening.filled >= opening.headcount:
            raise Conflict("no place", reason="full")
        if (standing := answer_offer.in_the_way(session, worker.id, opening)) is not None:
            raise Conflict("overlaps a taken opening", reason="overlap", standing=standing.opening_id)
        offer = put_offer.offer_opening(
            session, deps, now=now, opening_id=opening.id, worker_id=worker.id, channel="staff", valid=TO_THINK
        )
        audit.write(session, now, member.actor, "gave_post", offer, opening_id=opening.id, worker_id=worker.id)
        return offer


def answer_for(deps: Deps, member: Member, offer_id: int, answer: str) -> Offer:
    """What she told staff about a post: `accept` | `decline`. Raises as `answer_offer.answer` does."""
    _must(member)
    if answer not in {"accept", "decline"}:
        raise Invalid("accept or decline", {"answer": "accept or decline"})
    now = deps.clock()
    with deps.db.write() as session:
        offer = session.get(Offer, offer_id)
        if offer is None or posts.one(session, member.region_code, offer.opening_id) is None:
            raise NotFound("no such offer")
        if not may_see(member.region_code, offer.worker.person.village_code or HOME_REGION):
            raise NotFound("no such offer")  # a post here, but a worker of elsewhere
        if answer == "accept" and offer.status == "expired":
            offer.status = "offered"  # she was asked in time and told staff; the post was kept for her
            offer.expires_at = None
        given = answer_offer.answer(session, now=now, offer_id=offer_id, answer=answer)
        confirming.confirm(given.worker, now)
        audit.write(session, now, member.actor, "answered_for", given, status=given.status)
        return given


def _both(session: Session, member: Member, opening_id: int, worker_id: int) -> tuple[Opening, Worker]:
    opening = posts.one(session, member.region_code, opening_id)
    worker = posts.one_of_the_hardest(session, member.region_code, worker_id)
    if opening is None or worker is None:
        raise NotFound("no such post or worker")
    return opening, worker


def _must(member: Member) -> None:
    if not may(member.role, "give_post"):
        raise Forbidden("town and county give posts")
