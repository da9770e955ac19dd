"""The lines of the ledgers that no village keeps on paper: employers, households, offers, cases, stations (L03, W07, L05)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from backend.domain.access import may
from backend.domain.employers import is_public_name
from backend.domain.households import earning_since
from backend.domain.ledger_cells import HIDDEN, national
from backend.domain.ledger_told import told
from backend.domain.lexicon import job_name
from backend.domain.masking import mask_name, mask_numbers, mask_phone
from backend.services import edit_station
from backend.services.regions import HOME_REGION, RegionBook
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Case, Employer, Household, Offer, Opening, Station, Worker
from backend.store.queries import employers, households, offer_list
from backend.store.queries.ledgers import BATCH
from backend.store.queries.scope import within
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

# What codes are called in the file: by table (offer, case, priority …), then by code.
Words = Mapping[str, Mapping[str, str]]
_MODELS: dict[str, Any] = {
    "employers": Employer,
    "households": Household,
    "offers": Offer,
    "cases": Case,
    "stations": Station,
}
DRAWN = tuple(_MODELS)


def query(member: Member, kind: str) -> Select[Any]:
    """Every row of the ledger `kind` that `member` may see, in the order of their numbers."""
    region = member.region_code
    if kind == "employers":
        found: Select[Any] = employers.listed(region)
    elif kind == "households":
        found = households.listed(region, HOME_REGION)
    elif kind == "offers":
        found = offer_list.listed(region, need=may(member.role, "verify_hardship")).options(
            joinedload(Offer.opening).joinedload(Opening.employer), joinedload(Offer.worker).joinedload(Worker.person)
        )
    elif kind == "cases":
        found = select(Case).where(within(Case.region_code, region, HOME_REGION))
    else:
        found = select(Station).where(within(Station.region_code, region))
    return found.order_by(_MODELS[kind].id)


def rows(
    session: Session, deps: Deps, member: Member, kind: str, asked: Select[Any], full: bool, words: Words
) -> Iterator[dict[str, Any]]:
    """The lines of `query`, a batch at a time. `full`: names and numbers in the clear."""
    after = 0
    while found := session.scalars(asked.where(_MODELS[kind].id > after).limit(BATCH)).all():
        after = found[-1].id
        if kind == "employers":
            yield from _employers(session, deps.regions, member.region_code, found, full)
        elif kind == "households":
            yield from _households(session, deps, found, full)
        elif kind == "offers":
            yield from (_offer(deps.regions, one, full, words) for one in found)
        elif kind == "cases":
            yield from _cases(session, deps.regions, found, words)
        else:
            yield from (_station(deps.regions, one) for one in found)
        session.expunge_all()


def place_told(regions: RegionBook, code: str | None) -> str:
    """A village with its town before it, so that the name is found again."""
    if code is None:
        return ""
    return (regions.name(code[:9]) if len(code) == 12 else "") + regions.name(code)


def phone_told(number: str | None, full: bool) -> str:
    if not number:
        return ""
    return national(number) if full else mask_phone(number)


def employer_told(boss: Employer, full: bool) -> str:
    """An organisation by its name, a person as any other."""
    named = full or is_public_name(boss.name, boss.kind, verified=boss.verified_at is not None)
    return boss.name if named else mask_name(boss.name)


def _employers(
    session: Session, regions: RegionBook, region: str, found: Sequence[Employer], full: bool
) -> Iterator[dict[str, Any]]:
    counts = employers.counts(session, region, [one.id for one in found])
    for one in found:
        posted, out = counts.get(one.id, (0, 0))
        yield {
            "employer": employer_told(one, full),
            "employer_kind": told("employer_kind", one.kind),
            "phone": phone_told(one.phone, full),
            "region_code": place_told(regions, one.region_code),
            "verified": _yes(one.verified_at is not None),
            "openings": posted,
            "out": out,
            "made": _day(one.created_at),
        }


def _households(session: Session, deps: Deps, found: Sequence[Household], full: bool) -> Iterator[dict[str, Any]]:
    since = earning_since(deps.clock().astimezone(TIMEZONE).date())
    for one in households.told(session, found, since):
        names = [member.person.name or "" for member in one.members]
        yield {
            "number": one.household.id,
            "village": place_told(deps.regions, one.household.village_code),
            "people": len(one.members),
            "names": "、".join(name if full else mask_name(name) for name in names if name),
            "earning": _yes(one.earning),
            "hardships": (_yes(True) if full else HIDDEN) if one.labelled else "",
        }


def _offer(regions: RegionBook, one: Offer, full: bool, words: Words) -> dict[str, Any]:
    person, opening = one.worker.person, one.opening
    return {
        "title": opening.title if full else mask_numbers(opening.title),
        "job_type": job_name(opening.job_type),
        "region_code": place_told(regions, opening.region_code),
        "employer": employer_told(opening.employer, full),
        "starts_on": one.starts_on,
        "ends_on": one.ends_on,
        "name": (person.name or "") if full else mask_name(person.name or ""),
        "village": place_told(regions, person.village_code),
        "status": words["offer"].get(one.status, one.status),
        "asked": _day(one.offered_at),
        "answered": _day(one.answered_at),
    }


def _cases(session: Session, regions: RegionBook, found: Sequence[Case], words: Words) -> Iterator[dict[str, Any]]:
    """What sort, how pressing, how long: what was said in it stays in the console."""
    names = names_of(session, [one.taken_by for one in found])
    for one in found:
        yield {
            "number": one.id,
            "case": words["case"].get(one.kind, one.kind),
            "priority": words["priority"].get(str(one.priority), ""),
            "status": words["case_status"].get(one.status, one.status),
            "region_code": place_told(regions, one.region_code),
            "opened": _day(one.opened_at),
            "due": _day(one.due_at),
            "officer": names.get(one.taken_by or 0, ""),
            "closed": _day(one.closed_at),
        }


def _station(regions: RegionBook, one: Station) -> dict[str, Any]:
    return {name: told(name, getattr(one, name)) for name in edit_station.FACTS} | {
        "region_code": place_told(regions, one.region_code),
        "updated": _day(one.updated_at),
    }


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _day(at: datetime | None) -> date | None:
    return at.astimezone(TIMEZONE).date() if at else None
