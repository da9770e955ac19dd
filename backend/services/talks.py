"""Talks brought about between an employer and workers, and what came of them (洽谈, H05)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.offers import HAD_A_PLACE
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import answer_offer, audit, both_sides, edit_worker, once
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Employer, Offer, Opening, Talk, TalkPerson
from backend.store.queries import talks as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

KINDS = ("point_to_point", "one_to_one", "one_to_many")
OUTCOMES = ("hired", "refused", "thinks", "absent")
MOST_PEOPLE = 200
LONGEST_NOTE = 300
AROUND = timedelta(days=366)  # a talk is held within a year of the day it is written down


def record(
    deps: Deps,
    member: Member,
    kind: str,
    *,
    opening_id: int | None,
    employer_id: int | None,
    held_on: date,
    note: str = "",
    form_number: str = "",
) -> int:
    """Write down a talk, about one opening or with an employer in general, and return its number; a form's only once.

    Raises `Invalid`, `Forbidden`.
    """
    if not may(member.role, "record_talk"):
        raise Forbidden("this role only looks")
    now = deps.clock()
    problems = {}
    if kind not in KINDS:
        problems["kind"] = "one of " + ", ".join(KINDS)
    if abs(held_on - now.astimezone(TIMEZONE).date()) > AROUND:
        problems["held_on"] = "within a year"
    if len(note.strip()) > LONGEST_NOTE:
        problems["note"] = "too long"
    with deps.db.write() as session:
        if (before := once.made_by(session, member, form_number)) is not None:
            return before
        opening = session.get(Opening, opening_id) if opening_id is not None else None
        employer = session.get(Employer, opening.employer_id if opening else employer_id or 0)
        if opening is not None and not may_see(member.region_code, opening.region_code):
            opening = employer = None
        elif opening is None and employer is not None and not may_see(member.region_code, employer.region_code):
            employer = None
        if employer is None:
            problems["with"] = "an opening or an employer of your region"
        if problems or employer is None:
            raise Invalid("some facts do not hold", problems)
        talk = Talk(
            kind=kind,
            region_code=opening.region_code if opening else member.region_code,
            employer_id=employer.id,
            opening_id=opening.id if opening else None,
            staff_id=member.id,
            held_on=held_on,
            note=note.strip(),
            created_at=now,
        )
        session.add(talk)
        session.flush()
        audit.write(session, now, member.actor, "talk_recorded", talk, kind=kind)
        once.note(session, now, member, form_number, talk.id)
        return talk.id


def add_person(deps: Deps, member: Member, talk_id: int, worker_id: int) -> None:
    """Bring a worker of one's own region into a talk; twice changes nothing.

    Raises `NotFound`; `Conflict(reason=)`: `one_only` (one to one is with one), `full`.
    """
    with deps.db.write() as session:
        talk = _mine(session, member, talk_id)
        edit_worker.seen(session, member, worker_id)
        there = [entry.worker_id for entry, _ in queries.people(session, talk.id)]
        if worker_id in there:
            return
        if talk.kind == "one_to_one" and there:
            raise Conflict("a talk of one to one", reason="one_only")
        if len(there) >= MOST_PEOPLE:
            raise Conflict("too many", reason="full")
        session.add(TalkPerson(talk_id=talk.id, worker_id=worker_id))
        audit.write(session, deps.clock(), member.actor, "talk_joined", talk, worker_id=worker_id)


def set_outcome(deps: Deps, member: Member, talk_id: int, worker_id: int, outcome: str) -> None:
    """Write down what came of it for one worker.

    Hired for an opening takes a place in it at once through the one door there is; employer and worker are told.
    Raises `NotFound`, `Invalid`; what `answer_offer.take` raises (full, overlap, not_open), and nothing is kept then;
    `Conflict` with reason `has_the_place` when hired is to be taken back while the place is still hers.
    """
    if outcome not in OUTCOMES:
        raise Invalid("unknown outcome", {"outcome": "one of " + ", ".join(OUTCOMES)})
    now = deps.clock()
    with deps.db.write() as session:
        talk = _mine(session, member, talk_id)
        worker = edit_worker.seen(session, member, worker_id)
        entry = session.get(TalkPerson, (talk_id, worker_id), with_for_update=True)
        if entry is None:
            raise NotFound("not in this talk")
        if entry.outcome == outcome:
            return
        if (
            entry.outcome == "hired"
            and talk.opening_id is not None
            and _has_the_place(session, talk.opening_id, worker.id)
        ):
            # Both sides were told that she comes; only her own word gives the place back.
            raise Conflict("she has the place", reason="has_the_place")
        entry.outcome = outcome
        audit.write(session, now, member.actor, "talk_outcome", talk, worker_id=worker_id, outcome=outcome)
        if outcome == "hired" and talk.opening_id is not None:
            _take(deps, session, talk.opening_id, worker.id)


def _has_the_place(session: Session, opening_id: int, worker_id: int) -> bool:
    found = session.scalar(
        select(Offer.id).where(
            Offer.opening_id == opening_id, Offer.worker_id == worker_id, Offer.status.in_(HAD_A_PLACE)
        )
    )
    return found is not None


def _take(deps: Deps, session: Session, opening_id: int, worker_id: int) -> None:
    now = deps.clock()
    try:
        offer = answer_offer.take(session, now=now, opening_id=opening_id, worker_id=worker_id, channel="staff")
    except Conflict as conflict:
        if conflict.reason == "taken_already":
            return
        raise
    both_sides.taken(session, deps, now=now, offer=offer, tell_worker=True)


def _mine(session: Session, member: Member, talk_id: int) -> Talk:
    talk = queries.one(session, member.region_code, talk_id)
    if talk is None:
        raise NotFound("no such talk")
    if not may(member.role, "record_talk"):
        raise Forbidden("this role only looks")
    return talk
