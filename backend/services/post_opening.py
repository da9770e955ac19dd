"""Take in an employer's opening; it goes out only after a review (E01, P04–P06). Also change one, or call it off."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session, joinedload

from backend.domain.answers import make
from backend.domain.lexicon import job_codes, job_name
from backend.domain.openings import DAY_PARTS, PAY_UNITS, SETTLEMENTS, review_flags
from backend.errors import Conflict, Invalid, NotFound
from backend.services import audit, outbox
from backend.services.deps import Deps
from backend.services.regions import HOME_REGION, RegionBook
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Employer, Opening
from backend.store.queries import openings as opening_queries
from backend.store.queries.offers import live_offers
from backend.store.queries.workers import numbers_of

MOST_PEOPLE = 500
LONGEST_TEXT = 200  # characters of a title, place or requirement
FURTHEST = timedelta(days=400)
_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")
# What binds those who hold a place: it changes only by calling the opening off and posting anew (C2).
BINDING = frozenset({"job_type", "region_code", "starts_on", "ends_on", "hours_from", "hours_to"})


def post_opening(
    session: Session,
    now: datetime,
    regions: RegionBook,
    facts: dict[str, Any],
    employer: dict[str, Any],
    source_message_id: int | None,
    *,
    actor: str = "employer",
) -> Opening:
    """Store an opening `in_review` with what the reviewer should look at. Raises `Invalid` naming the fields.

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
    _check(columns, regions, today, new=True)
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
    )
    opening.review_flags = _flags(session, regions, opening) + (["days_missing"] if days_missing else [])
    session.add(opening)
    session.flush()
    audit.write(session, now, actor, "posted", opening, message_id=source_message_id, flags=list(opening.review_flags))
    return opening


def change_opening(
    session: Session, now: datetime, regions: RegionBook, opening_id: int, facts: dict[str, Any], *, actor: str
) -> Opening:
    """Change facts of an opening; keys as in `post_opening`, None clears what may be empty. Raises `Invalid`, `Conflict`.

    Conflict(reason=): `places_taken` (fewer places than are taken, or other days while somebody counts on these);
    `closed` (rejected, expired or withdrawn).
    """
    opening = _locked(session, opening_id)
    if opening.status in ("rejected", "expired", "withdrawn"):
        raise Conflict(f"this opening is {opening.status}", reason="closed")
    columns = to_columns(facts)
    changed = {name: value for name, value in columns.items() if getattr(opening, name) != value}
    merged = {name: getattr(opening, name) for name in _COLUMNS} | changed
    _check(merged, regions, now.astimezone(TIMEZONE).date(), new=False)
    if opening.filled and (merged["headcount"] < opening.filled or BINDING & changed.keys()):
        raise Conflict("places in this opening are taken; call it off and post it anew", reason="places_taken")
    for name, value in changed.items():
        setattr(opening, name, value)
    if opening.status == "filled" and opening.filled < opening.headcount:
        opening.status = "published"
    elif opening.status == "published" and opening.filled >= opening.headcount:
        opening.status = "filled"
    if changed:
        opening.updated_at = now
        opening.review_flags = _flags(session, regions, opening)
        audit.write(session, now, actor, "edited", opening, fields=sorted(changed))
    session.flush()
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
    opening = _locked(session, opening_id)
    session.refresh(opening)
    if not moved.rowcount:
        if opening.status == "withdrawn":
            return opening
        raise Conflict(f"this opening is {opening.status}", reason="closed")
    bound = live_offers(session, opening_id)
    phones = numbers_of(session, [offer.worker.person_id for offer in bound])
    view = opening_view(opening, deps.regions)
    for offer in bound:
        if offer.status == "accepted":
            opening.filled -= 1
            offer.worker.waiting_since = offer.worker.waiting_since or now
        offer.status, offer.answered_at = "withdrawn", now
        if handset := phones.get(offer.worker.person_id):
            outbox.enqueue(
                session, deps, now=now, handset=handset, kind="initiated", answers=[make("called_off", opening=view)]
            )
    session.flush()
    audit.write(session, now, actor, "withdrew_opening", opening, offers=[offer.id for offer in bound])
    return opening


_COLUMNS = (
    "job_type",
    "title",
    "headcount",
    "region_code",
    "place",
    "starts_on",
    "ends_on",
    "hours_from",
    "hours_to",
    "day_part",
    "pay_min_fen",
    "pay_max_fen",
    "pay_unit",
    "settlement",
    "negotiable",
    "requirements",
    "meals",
    "lodging",
    "transport",
    "insured",
)
_NAMES = {"region": "region_code"}


def to_columns(facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` by the names of the columns; what is not in it stays out."""
    columns: dict[str, Any] = {}
    for name, value in facts.items():
        if name == "hours":
            hours = value or {"from": None, "to": None, "day_part": None}
            columns |= {f"hours_{end}": hours[end] for end in ("from", "to") if end in hours}
            columns |= {"day_part": hours["day_part"]} if "day_part" in hours else {}
        elif name == "pay":
            pay = value or {"min_fen": None, "max_fen": None, "unit": None, "settlement": None, "negotiable": None}
            columns |= {f"pay_{key}": pay[key] for key in ("min_fen", "max_fen", "unit") if key in pay}
            columns |= {"settlement": pay["settlement"]} if "settlement" in pay else {}
            columns |= {"negotiable": bool(pay["negotiable"])} if "negotiable" in pay else {}
        elif name in ("title", "place", "requirements"):
            columns[name] = (value or "").strip()
        else:
            columns[_NAMES.get(name, name)] = value
    return columns


def _check(columns: dict[str, Any], regions: RegionBook, today: date, *, new: bool) -> None:
    get = columns.get
    problems: dict[str, str] = {}
    if get("job_type") not in job_codes():
        problems["job_type"] = "a code of the job type table, e.g. A04"
    if not get("title"):
        problems["title"] = "say what the work is"
    if not isinstance(get("headcount"), int) or not 1 <= columns["headcount"] <= MOST_PEOPLE:
        problems["headcount"] = f"a number from 1 to {MOST_PEOPLE}"
    if not regions.knows(get("region_code")):
        problems["region"] = "a division code of the served counties"
    starts_on, ends_on = get("starts_on"), get("ends_on")
    if starts_on is None or ends_on is None:
        problems["starts_on"] = "the first and the last day are needed"
    elif ends_on < starts_on:
        problems["ends_on"] = "the last day cannot be before the first"
    elif new and ends_on < today:
        problems["ends_on"] = "the last day has passed"
    elif ends_on - today > FURTHEST:
        problems["ends_on"] = "more than a year ahead"
    for name, field in (("hours_from", "hours.from"), ("hours_to", "hours.to")):
        if get(name) is not None and not _HOUR.fullmatch(columns[name]):
            problems[field] = "HH:MM"
    low, high = get("pay_min_fen"), get("pay_max_fen")
    if any(fen is not None and not 0 < fen <= 100_000_000 for fen in (low, high)):
        problems["pay"] = "an amount above 0 and up to 1,000,000 yuan"
    elif low is not None and high is not None and high < low:
        problems["pay"] = "the upper wage cannot be below the lower"
    for name, field, allowed in (
        ("pay_unit", "pay.unit", PAY_UNITS),
        ("settlement", "pay.settlement", SETTLEMENTS),
        ("day_part", "hours.day_part", DAY_PARTS),
    ):
        if get(name) is not None and columns[name] not in allowed:
            problems[field] = "one of " + ", ".join(allowed)
    for name in ("title", "place", "requirements"):
        if len(get(name) or "") > LONGEST_TEXT:
            problems[name] = f"at most {LONGEST_TEXT} characters"
    if problems:
        raise Invalid("some facts do not hold", problems)


def _flags(session: Session, regions: RegionBook, opening: Opening) -> list[str]:
    with session.no_autoflush:
        usual = opening_queries.usual_pay_fen(
            session, opening.job_type, opening.pay_unit, regions.county_of(opening.region_code), without_id=opening.id
        )
        names = opening_queries.employer_names(session, opening.employer.phone)
    return review_flags(
        text=" ".join((opening.title, opening.place or "", opening.requirements or "")),
        pay_min_fen=opening.pay_min_fen,
        pay_max_fen=opening.pay_max_fen,
        negotiable=bool(opening.negotiable),
        usual_fen=usual,
        employer_names=names,
    )


def _employer(session: Session, employer: dict[str, Any], region: str, now: datetime) -> Employer:
    if employer.get("id") is not None:
        found = session.get(Employer, employer["id"])
        if found is None:
            raise Invalid("no such employer", {"employer.id": "no such employer"})
        return found
    name, phone = (employer.get("name") or "").strip(), employer.get("phone") or None
    if not name:
        raise Invalid("an employer has a name", {"employer.name": "say who hires"})
    if len(name) > LONGEST_TEXT:
        raise Invalid("too long a name", {"employer.name": f"at most {LONGEST_TEXT} characters"})
    found = opening_queries.employer_by(session, phone, name)
    if found is None:
        found = Employer(name=name, phone=phone, region_code=region, created_at=now)
        session.add(found)
        session.flush()
    return found


def _locked(session: Session, opening_id: int) -> Opening:
    opening = session.scalar(
        select(Opening)
        .options(joinedload(Opening.employer))
        .where(Opening.id == opening_id)
        .with_for_update(of=Opening)
    )
    if opening is None:
        raise NotFound("no such opening")
    return opening
