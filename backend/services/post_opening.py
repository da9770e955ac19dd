"""Take in an employer's opening; it goes out only after a review (E01, P04–P06). Also call one off."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from backend.domain import review
from backend.domain.answers import make
from backend.domain.employers import kind_of
from backend.domain.ledgers import LONGEST_TEXT
from backend.domain.lexicon import job_name
from backend.domain.offers import HOLDS_A_PLACE
from backend.errors import Conflict, Invalid, NotFound
from backend.services import answer_offer, audit, outbox
from backend.services.deps import Deps
from backend.services.opening_columns import check, to_columns
from backend.services.regions import HOME_REGION, RegionBook
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Employer, Offer, Opening
from backend.store.queries import employers as employer_queries
from backend.store.queries import openings as opening_queries
from backend.store.queries import review as review_queries
from backend.store.queries.offers import live_offers
from backend.store.queries.workers import numbers_of


def post_opening(
    session: Session,
    now: datetime,
    regions: RegionBook,
    facts: dict[str, Any],
    employer: dict[str, Any],
    source_message_id: int | None,
    *,
    actor: str = "employer",
    at_once: bool = False,
    more: dict[str, Any] | None = None,
) -> Opening:
    """Store an opening `in_review` with what the reviewer should look at. Raises `Invalid` naming the fields.

    `at_once`: a verified employer's opening goes out now, unless a person has to decide something about it first; it is
    reviewed afterwards (P04). `more`: further columns, e.g. `repeats_id`, `urgent`, `source_kind`, `employment_kind`.

    `facts`: `{job_type, title?, headcount?, region?, place?, starts_on?, ends_on?, hours? {from, to, day_part},
    pay? {min_fen, max_fen, unit, settlement, negotiable}, requirements?, meals?, lodging?, transport?, insured?}`; days are
    dates. `employer`: `{"id"}` of a known one, or `{"name", "phone"}` with the phone in E.164.
    """
    facts = {name: value for name, value in facts.items() if value is not None}
    columns = to_columns(facts)
    today = now.astimezone(TIMEZONE).date()
    days_missing = "starts_on" not in columns
    columns.setdefault("starts_on", today + timedelta(days=1))
    columns.setdefault("ends_on", columns["starts_on"])
    columns.setdefault("region_code", HOME_REGION)
    columns.setdefault("headcount", 1)
    if not columns.get("job_type"):
        raise Invalid("no trade", {"job_type": "say which work it is"})
    columns["title"] = columns.get("title") or job_name(columns["job_type"])
    check(columns, regions, today, new=True)
    owner = _employer(session, employer, columns["region_code"], now)
    opening = Opening(
        **columns,
        employer_id=owner.id,
        employer=owner,
        status="in_review",
        filled=0,
        review_flags=[],
        collected_at=now,
        updated_at=now,
        source_message_id=source_message_id,
        **(more or {}),
    )
    opening.review_flags = flags_of(session, regions, opening) + (["days_missing"] if days_missing else [])
    session.add(opening)
    session.flush()
    audit.write(session, now, actor, "posted", opening, message_id=source_message_id, flags=list(opening.review_flags))
    if at_once and owner.verified_at is not None and not review.blocks(opening.review_flags):
        opening.status, opening.published_at, opening.next_wave_at = "published", now, now
        audit.write(session, now, actor, "published_before_review", opening, flags=list(opening.review_flags))
    return opening


def withdraw_opening(session: Session, deps: Deps, now: datetime, opening_id: int, *, actor: str) -> Opening:
    """Call an opening off: no place can be taken any more, its open offers end and their workers are told by text.

    Raises `NotFound`; `Conflict` with reason `closed` when it is over already. Calling it off twice changes nothing.
    """
    # The status first: a worker who takes a place at the same moment either comes before this and is told, or is refused.
    moved: Any = session.execute(
        update(Opening)
        .where(Opening.id == opening_id, Opening.status.in_(("draft", "in_review", "published", "filled")))
        .values(status="withdrawn", updated_at=now)
        .execution_options(synchronize_session=False)
    )
    opening = locked(session, opening_id)
    session.refresh(opening)
    if not moved.rowcount:
        if opening.status == "withdrawn":
            return opening
        raise Conflict(f"this opening is {opening.status}", reason="closed")
    bound = end_offers(session, deps, now, opening)
    session.flush()
    audit.write(session, now, actor, "withdrew_opening", opening, offers=[offer.id for offer in bound])
    return opening


def end_offers(
    session: Session,
    deps: Deps,
    now: datetime,
    opening: Opening,
    *,
    places_too: bool = True,
    called_off_by: Literal["employer", "station"] = "employer",
) -> list[Offer]:
    """End every open offer of an opening, and with `places_too` every place, and tell the workers by text; return them.

    Only whoever had a place hears that it is called off, and by whom: to the others it is a job that takes nobody on any more.
    """
    live = live_offers(session, opening.id, now.astimezone(TIMEZONE).date())
    bound = [offer for offer in live if places_too or offer.status not in HOLDS_A_PLACE]
    phones = numbers_of(session, [offer.worker.person_id for offer in bound])
    view = opening_view(opening, deps.regions)
    for offer in bound:
        told = make("job_gone", opening=view, alternatives=[])
        # To be asked anew should hiring go on; what the employer does himself he is not told of.
        offer.ended_as, offer.employer_told = "waitlisted" if answer_offer.has_turn(offer) else offer.status, None
        if offer.status in HOLDS_A_PLACE:
            opening.filled -= 1
            offer.worker.waiting_since = offer.worker.waiting_since or now
            told = make("called_off" if called_off_by == "employer" else "taken_down", opening=view)
        answer_offer.end_place(offer, now)
        if handset := phones.get(offer.worker.person_id):
            outbox.enqueue(session, deps, now=now, handset=handset, kind="initiated", answers=[told])
    return bound


def usual_of(session: Session, regions: RegionBook, opening: Opening) -> review.Usual | None:
    """The pay that is usual near an opening for the same work."""
    county = regions.county_of(opening.region_code)
    return review_queries.usual_pay(session, opening.job_type, opening.pay_unit, county, without=opening.employer)


def posting_of(session: Session, regions: RegionBook, opening: Opening) -> review.Posting:
    """The opening as the review's rules see it, with what is usual nearby and who else uses phone and name."""
    county = regions.county_of(opening.region_code)
    with session.no_autoflush:
        return review.Posting(
            text="，".join(filter(None, (opening.title, opening.place, opening.requirements))),
            pay_min_fen=opening.pay_min_fen,
            pay_max_fen=opening.pay_max_fen,
            pay_unit=opening.pay_unit,
            negotiable=bool(opening.negotiable),
            hours_from=opening.hours_from,
            hours_to=opening.hours_to,
            usual=usual_of(session, regions, opening),
            hires=opening.employer.name,
            names_on_phone=tuple(review_queries.other_names(session, opening.employer)),
            phones_of_name=review_queries.phones_of_name(session, opening.employer, county),
            posted_already=review_queries.posted_already(session, opening),
        )


def flags_of(session: Session, regions: RegionBook, opening: Opening) -> list[str]:
    """The codes of everything a reviewer should look at."""
    return [found.flag for found in review.findings(posting_of(session, regions, opening))]


def _employer(session: Session, employer: dict[str, Any], region: str, now: datetime) -> Employer:
    if employer.get("id") is not None:
        found = employer_queries.held(session, employer["id"])
        if found is None:
            raise Invalid("no such employer", {"employer.id": "no such employer"})
        return found
    name, phone = (employer.get("name") or "").strip(), employer.get("phone") or None
    if not name:
        raise Invalid("an employer has a name", {"employer.name": "say who hires"})
    if len(name) > LONGEST_TEXT:
        raise Invalid("too long a name", {"employer.name": f"at most {LONGEST_TEXT} characters"})
    known = opening_queries.employer_by(session, phone, name, region)
    found = employer_queries.held(session, known.id) if known else None
    if found is None:
        found = Employer(name=name, kind=kind_of(name), phone=phone, region_code=region, created_at=now)
        session.add(found)
        session.flush()
    return found


def locked(session: Session, opening_id: int) -> Opening:
    """The opening with its employer, its own row locked. Raises `NotFound`."""
    opening = session.scalar(
        select(Opening)
        .options(joinedload(Opening.employer))
        .where(Opening.id == opening_id)
        .with_for_update(of=Opening)
    )
    if opening is None:
        raise NotFound("no such opening")
    return opening
