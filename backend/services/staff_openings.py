"""Staff post, change, close and repeat openings for employers, and say who is a verified employer (E01–E03, P04)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from backend.domain.access import may, may_see
from backend.domain.answers import make
from backend.domain.phone import e164, to_e164
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, employer_ledger, once, still_hiring
from backend.services.answer_offer import tell_employer
from backend.services.as_written import as_written
from backend.services.change_opening import change_opening
from backend.services.people import handset_for
from backend.services.post_opening import post_opening, withdraw_opening
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.services.views import opening_view
from backend.store.models import Employer, Opening
from backend.store.queries import employers as queries
from backend.store.queries import openings as opening_queries
from backend.store.queries.scope import within

if TYPE_CHECKING:
    from backend.services.deps import Deps

KINDS = ("enterprise", "grower", "cooperative", "work_relief", "person", "other")  # E02
SOURCES = ("gig", "fair", "policy", "key_enterprise")  # E07
EMPLOYMENT = ("flexible", "full_time", "shared")
LONGEST_REASON = 300


def post(
    deps: Deps,
    member: Member,
    facts: dict[str, Any],
    employer: dict[str, Any],
    *,
    consent: bool,
    at_once: bool = False,
    more: dict[str, Any] | None = None,
    form_number: str = "",
) -> Opening:
    """Post for an employer who came to the office or rang it; it waits for review like any other.

    `facts`: columns. `employer`: `{"id"}`, or `{"name", "kind", "phone"}` with the phone as typed. `consent`: the employer
    agreed that name and number are told to those who get a place. `at_once`: a verified employer's goes out before the review.
    `form_number`: that of the form; one form makes one opening.
    Raises `Forbidden`; `Invalid` naming the fields.
    """
    if not may(member.role, "post_opening"):
        raise Forbidden("this role only looks")
    if not may_see(member.region_code, facts.get("region_code")):
        raise Invalid("outside your region", {"region_code": "outside your region"})
    if not consent:
        raise Invalid("the employer's consent is needed", {"consent": "needed"})
    now = deps.clock()
    with deps.db.write() as session:
        if (before := once.made_by(session, member, form_number)) is not None:
            return session.get_one(Opening, before)
        owner = _owner(session, member, employer, facts["region_code"], now)
        opening = post_opening(
            session, now, deps.regions, facts, {"id": owner.id}, None, actor=member.actor, at_once=at_once, more=more
        )
        audit.write(session, now, member.actor, "collected", opening, consent=True)
        once.note(session, now, member, form_number, opening.id)
        return opening


def _owner(session: Session, member: Member, given: dict[str, Any], region: str, now: Any) -> Employer:
    if given.get("id"):
        found = queries.standing(session, member.region_code, int(given["id"]))
        if found is None:
            raise Invalid("no such employer", {"employer": "no such employer"})
        return found
    name, typed = str(given.get("name") or "").strip(), str(given.get("phone") or "").strip()
    phone = _number(typed)
    wrong = {}
    if not 2 <= len(name) <= 60:
        wrong["employer_name"] = "say who hires"
    if typed and phone is None:
        wrong["employer_phone"] = "not a phone number"
    if given.get("kind") not in KINDS:
        wrong["employer_kind"] = "one of the kinds"
    if wrong:
        raise Invalid("who hires?", wrong)
    known = opening_queries.employer_by(session, phone, name, region)
    if known is None:
        facts = {"employer": name, "employer_kind": given["kind"], "phone": phone, "region_code": region}
        known = employer_ledger.add(session, now, member.actor, facts)
    return known


def change(deps: Deps, member: Member, opening_id: int, version: str, facts: dict[str, Any]) -> Opening:
    """Change an opening that is out; what those who hold a place count on stays (`Conflict` places_taken).

    Raises `Conflict` with reason `changed` when somebody else saved meanwhile (C5); `Invalid`, `NotFound`, `Forbidden`.
    """
    if not may(member.role, "post_opening"):
        raise Forbidden("this role only looks")
    if "region_code" in facts and not may_see(member.region_code, facts["region_code"]):
        raise Invalid("outside your region", {"region_code": "outside your region"})
    now = deps.clock()
    with deps.db.write() as session:
        opening = _mine(session, member, opening_id)
        if opening.updated_at.isoformat() != version:
            raise Conflict("somebody else has saved this opening meanwhile", reason="changed")
        return change_opening(session, deps, now, opening_id, facts, actor=member.actor)


def close(deps: Deps, member: Member, opening_id: int, how: str, reason: str) -> Opening:
    """Close an opening for its employer. `how`: enough (those who have a place come) | off. The employer is told."""
    if not may(member.role, "post_opening"):
        raise Forbidden("this role only looks")
    reason = as_written(reason, LONGEST_REASON, "reason")
    if how not in ("enough", "off") or not reason:
        raise Invalid("how and why", {"reason": "a reason is needed"})
    now = deps.clock()
    with deps.db.write() as session:
        opening = _mine(session, member, opening_id)
        if opening.status not in queries.LIVE:
            raise Conflict(f"this opening is {opening.status}", reason="closed_already")
        coming = opening.filled
        if how == "enough" and coming:
            still_hiring.close(session, deps, now, opening, actor=member.actor)
        else:
            how = "off"
            withdraw_opening(session, deps, now, opening.id, actor=member.actor)
        audit.write(
            session, now, member.actor, "closed_by_staff", opening, how=how, reason=_plain(session, reason, opening)
        )
        told = make("posting_closed", opening=opening_view(opening, deps.regions), how=how, coming=coming, undo=False)
        tell_employer(session, deps, now=now, opening=opening, answer=told)
        return opening


def verify(deps: Deps, member: Member, employer_id: int, verified: bool, reason: str) -> Employer:
    """Say that an employer was looked at (licence, door, owner), or take that back; the town's and the county's to do (P04).

    Raises `Forbidden`, `NotFound`; `Invalid` without a reason. Saying it twice changes nothing.
    """
    reason, now = as_written(reason, LONGEST_REASON, "reason"), deps.clock()
    with deps.db.write() as session:
        employer = _employer(session, member, employer_id)
        if not may(member.role, "verify_employer"):
            raise Forbidden("not this role's to say")
        if not reason:
            raise Invalid("a reason is needed", {"reason": "needed"})
        if (employer.verified_at is not None) == verified:
            return employer
        employer.verified_at, employer.verified_by = (now, member.id) if verified else (None, None)
        verb = "employer_verified" if verified else "employer_verification_withdrawn"
        audit.write(session, now, member.actor, verb, employer, reason=audit.plain(reason, employer.name))
        return employer


def set_kind(deps: Deps, member: Member, employer_id: int, kind: str) -> Employer:
    """Say what kind of employer it is (E02). Raises `Forbidden`, `NotFound`, `Invalid`."""
    if not may(member.role, "post_opening"):
        raise Forbidden("this role only looks")
    if kind not in KINDS:
        raise Invalid("no such kind", {"kind": "one of the kinds"})
    with deps.db.write() as session:
        employer = _employer(session, member, employer_id)
        if employer.kind != kind:
            audit.write(
                session, deps.clock(), member.actor, "employer_kind_set", employer, was=employer.kind, became=kind
            )
            employer.kind = kind
        return employer


def set_number(deps: Deps, member: Member, employer_id: int, typed: str) -> Employer:
    """Say on which number an employer is reached from now on, as he told staff; it speaks for his openings, too.

    `typed` as he says it. Raises `Forbidden`, `NotFound`; `Invalid` where it is no number.
    """
    if not may(member.role, "post_opening"):
        raise Forbidden("this role only looks")
    phone = _number(typed)
    if phone is None:
        raise Invalid("not a phone number", {"employer_phone": "not a phone number"})
    now = deps.clock()
    with deps.db.write() as session:
        employer = _employer(session, member, employer_id)
        if employer.phone != phone:
            # Staff have found him there: whoever had it before and was silent has it no more (T4).
            handset_for(session, deps, phone, now)
            employer_ledger.put(employer, {"phone": phone})
            audit.write(session, now, member.actor, "employer_number_set", employer)
        return employer


def _number(typed: str) -> str | None:
    return to_e164(typed) or e164(re.sub(r"[\s-]", "", typed))


def _employer(session: Session, member: Member, employer_id: int) -> Employer:
    """An employer of one's own region. One that only posted there is read, and is its own region's to judge."""
    found = queries.one(session, member.region_code, employer_id)
    if found is None:
        raise NotFound("no such employer")
    if not judges(member, found):
        raise Forbidden("an employer of another region")
    return found


def judges(member: Member, employer: Employer) -> bool:
    """Whether what this employer is may be said from the region of `member`; the line's own county speaks for those of none."""
    return may_see(member.region_code, employer.region_code or HOME_REGION)


def _plain(session: Session, reason: str, opening: Opening) -> str | None:
    return audit.plain(reason, opening.employer.name, *queries.workers_of(session, opening.id))


def _mine(session: Session, member: Member, opening_id: int) -> Opening:
    opening = session.scalar(
        select(Opening)
        .options(selectinload(Opening.employer))
        .where(Opening.id == opening_id, within(Opening.region_code, member.region_code))
        .with_for_update(of=Opening)
    )
    if opening is None:
        raise NotFound("no such opening")  # the same answer for one that is elsewhere (T6)
    return opening
