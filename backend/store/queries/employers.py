"""Employers and their openings: by the number they write from, and as staff list them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Select, case, func, or_, select
from sqlalchemy.orm import Session, joinedload

from backend.domain.offers import EXPECTED
from backend.store.models import AuditEvent, Case, Employer, LedgerChange, Offer, Opening, Person, Worker
from backend.store.queries import keyset
from backend.store.queries.keyset import Key
from backend.store.queries.ledgers import merged_into
from backend.store.queries.scope import within
from backend.store.queries.sieve import EVERYTHING, Sieve

PAGE = 30
_LAST_FOUR = re.compile(r"[0-9]{4}", re.ASCII)
LIVE = ("in_review", "published", "filled")


def hiring_now(session: Session, phone: str, today: date) -> Sequence[Opening]:
    """The openings posted from this number that are not over, the latest posted first."""
    return session.scalars(
        _of_number(phone)
        .where(Opening.status.in_(LIVE), Opening.ends_on >= today)
        .order_by(Opening.collected_at.desc(), Opening.id.desc())
    ).all()


def last_posted(session: Session, phone: str) -> Opening | None:
    """The opening this number posted last, whatever became of it."""
    return session.scalar(
        _of_number(phone)
        .where(Opening.status != "draft")
        .order_by(Opening.collected_at.desc(), Opening.id.desc())
        .limit(1)
    )


def sent_back_since(session: Session, phone: str, since: datetime) -> Opening | None:
    """The opening of this number that was sent back last, if that is not too long ago."""
    return session.scalar(
        _of_number(phone)
        .where(Opening.status == "rejected", Opening.reviewed_at >= since)
        .order_by(Opening.reviewed_at.desc(), Opening.id.desc())
        .limit(1)
    )


def spoken_for_since(session: Session, phone: str, since: datetime) -> bool:
    """Whether this number was told as its employer's since then: he was entered, or listed on it by staff, or an opening of
    his was posted or confirmed."""
    spoken = or_(Opening.collected_at >= since, Opening.confirmed_at >= since)
    of_openings = select(Opening.id).join(Employer).where(Employer.phone == phone, spoken)
    entered = select(Employer.id).where(Employer.phone == phone, Employer.created_at >= since)
    if any(session.scalar(query.limit(1)) is not None for query in (of_openings, entered)):
        return True
    listed_on = (
        select(LedgerChange.became)
        .join(LedgerChange.event)
        .join(Employer, Employer.id == LedgerChange.object_id)
        .where(Employer.phone == phone, LedgerChange.object_kind == "employers", LedgerChange.field == "phone")
        .where(LedgerChange.undone_at.is_(None), AuditEvent.verb == "imported_employer", AuditEvent.at >= since)
    )
    return phone in session.scalars(listed_on)


def is_employer(session: Session, phone: str) -> bool:
    return session.scalar(select(Employer.id).where(Employer.phone == phone).limit(1)) is not None


def who_comes(session: Session, opening_id: int) -> Sequence[Worker]:
    """Those who hold a place in it, in the order they took it."""
    query = (
        select(Worker)
        .options(joinedload(Worker.person))
        .join(Offer, Offer.worker_id == Worker.id)
        .where(Offer.opening_id == opening_id, Offer.status.in_(EXPECTED))
        .order_by(Offer.answered_at, Offer.id)
    )
    return session.scalars(query).all()


def workers_of(session: Session, opening_id: int) -> Sequence[str | None]:
    """The names of everybody who was ever offered it."""
    return session.scalars(
        select(Person.name)
        .join(Worker, Worker.person_id == Person.id)
        .join(Offer, Offer.worker_id == Worker.id)
        .where(Offer.opening_id == opening_id)
    ).all()


def _of_number(phone: str) -> Select[Opening]:
    return (
        select(Opening)
        .join(Employer, Employer.id == Opening.employer_id)
        .options(joinedload(Opening.employer))
        .where(Employer.phone == phone)
    )


SORTS: dict[str, tuple[Key, ...]] = {
    "new": (Key(Employer.id, "id", keyset.number, desc=True),),
}


def page(
    session: Session,
    region: str,
    *,
    verified: bool | None = None,
    sort: str = "new",
    after: str = "",
    sieve: Sieve = EVERYTHING,
) -> tuple[list[tuple[Employer, int, int]], str]:
    """(employer, openings, openings that are out) of a region, and where the next page begins; one of no place by its openings."""
    query = listed(sieve.place or region)
    if verified is not None:
        query = query.where(Employer.verified_at.is_not(None) if verified else Employer.verified_at.is_(None))
    # A number's last four digits are shown to everybody, the others to nobody: by these alone is it found.
    wanted = [
        or_(said, Employer.phone.endswith(word, autoescape=True)) if _LAST_FOUR.fullmatch(word) else said
        for word, said in zip(sieve.words, sieve.said_in(Employer.name, place=Employer.region_code), strict=True)
    ]
    shown, following = keyset.sifted(session, query, keyset.keys_of(SORTS, sort), after, wanted, PAGE)
    counts_of = counts(session, region, [one.id for one in shown])
    rows = [(employer, *counts_of.get(employer.id, (0, 0))) for employer in shown]
    return rows, following


def counts(session: Session, region: str, ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Employer id → (openings, openings that are out) in a region."""
    counted = session.execute(
        select(
            Opening.employer_id,
            func.count().label("openings"),
            func.sum(case((Opening.status.in_(("published", "filled")), 1), else_=0)).label("out"),
        )
        .where(Opening.employer_id.in_(list(ids)), within(Opening.region_code, region))
        .group_by(Opening.employer_id)
    )
    return {row.employer_id: (int(row.openings), int(row.out)) for row in counted}


def listed(region: str) -> Select[Employer]:
    """Every employer of a region, or with an opening there."""
    posts_here = (
        select(Opening.id).where(Opening.employer_id == Employer.id, within(Opening.region_code, region)).exists()
    )
    return select(Employer).where(or_(within(Employer.region_code, region), posts_here))


def one(session: Session, region: str, employer_id: int) -> Employer | None:
    """The employer, if it is of the region or has an opening there."""
    return session.scalar(listed(region).where(Employer.id == employer_id))


def standing(session: Session, region: str, employer_id: int) -> Employer | None:
    """`one`, or whom it was merged into: a form opened before the merge goes on naming the entry that is gone."""
    found = one(session, region, employer_id)
    if found is None and (kept := merged_into(session, "employers", employer_id)) is not None:
        return one(session, region, kept)
    return found


def held(session: Session, employer_id: int | None) -> Employer | None:
    """The employer, or whom it was merged into, that nobody can merge away until this transaction ends."""
    while employer_id is not None:
        # A row that is just being merged away is waited for, and then is not found.
        row = select(Employer).where(Employer.id == employer_id).with_for_update(read=True, key_share=True)
        found = session.scalar(row.execution_options(populate_existing=True))
        if found is not None:
            return found
        employer_id = merged_into(session, "employers", employer_id)
    return None


def openings_of(session: Session, region: str, employer_id: int, limit: int = 50) -> Sequence[Opening]:
    return session.scalars(
        select(Opening)
        .options(joinedload(Opening.employer))
        .where(Opening.employer_id == employer_id, within(Opening.region_code, region))
        .order_by(Opening.collected_at.desc(), Opening.id.desc())
        .limit(limit)
    ).all()


COMPLAINTS = (
    "wage_arrears",
    "papers_kept",
    "fraud",
    "deposit_or_fee",
    "overtime",
    "discrimination",
    "injury",
    "no_contract",
)
LOOKED_THROUGH = 500  # the latest complaints of a region; an employer's are found among them by the name that was told


def complaints(session: Session, region: str, home: str, name: str) -> list[Case]:
    """The cases of a region in which this employer's name was told, the latest first."""
    rows = session.scalars(
        select(Case)
        .where(Case.kind.in_(COMPLAINTS), within(Case.region_code, region, home))
        .order_by(Case.id.desc())
        .limit(LOOKED_THROUGH)
    )
    return [row for row in rows if name in _names((row.details or {}).get("employer_name"))]


def _names(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [str(value)] if value else []
