"""What a file's rows would do to the libraries: add, change or nothing; and what keeps a row out (L03, W01, E01, L05).

Pure looking: the same plan is drawn up again when the file is stored, and anything that has changed since refuses it whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.domain.access import may_see
from backend.domain.ledger_cells import Place
from backend.domain.ledgers import Problem
from backend.errors import Invalid
from backend.services import opening_ledger, plan_employers, plan_stations, worker_ledger
from backend.services.import_notices import notices
from backend.services.opening_columns import check, to_columns
from backend.services.planned_rows import Plan, Planned, in_parts
from backend.services.regions import HOME_REGION, RegionBook
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Employer, Handset, HandsetOwner, Opening, Person, Worker
from backend.store.queries.openings import employer_by

# Openings a file may put right; what is out is changed where its workers are told.
_STILL_IN_REVIEW = frozenset({"draft", "in_review"})
_SENTENCES = {
    "the last day has passed": "最后一天已经过了",
    "more than a year ahead": "太远了，最多写到一年以内",
    "the upper wage cannot be below the lower": "工价后面的数不能比前面的小",
}


def place_finder(
    regions: RegionBook, region: str, levels: Sequence[str], *, elsewhere: bool = False
) -> Callable[[str], list[Place]]:
    """A function from a name to the places of `region` it can mean exactly; what only sounds alike is not taken.

    `elsewhere`: a name that means none of these may mean a place of another region.
    """
    known: dict[str, list[Place]] = {}

    def find(name: str) -> list[Place]:
        if name not in known:
            meant = [p for p in regions.find(name, region) if p.how != "sound" and p.level in levels]
            within = [place for place in meant if may_see(region, place.code)] or (meant if elsewhere else [])
            best = max((place.score for place in within), default=0.0)
            known[name] = [(place.code, place.name) for place in within if place.score == best]
        return known[name]

    return find


def plan(
    session: Session,
    regions: RegionBook,
    member: Member,
    kind: str,
    rows: Sequence[tuple[int, dict[str, Any]]],
    now: datetime,
) -> Plan:
    """`rows`: (number in the file, facts by column). `member`: who brings the file."""
    region = member.region_code
    if kind == "workers":
        return _plan_workers(session, region, rows)
    if kind == "employers":
        return plan_employers.plan(session, member, rows)
    if kind == "stations":
        return plan_stations.plan(session, member, rows)
    return _plan_openings(session, regions, region, rows, now)


# -- workers -----------------------------------------------------------------------------------------------------
def _plan_workers(session: Session, region: str, rows: Sequence[tuple[int, dict[str, Any]]]) -> Plan:
    found = Plan()
    people = _people_on(session, {facts["phone"] for _, facts in rows})
    first_row: dict[tuple[str, str], int] = {}
    names_on: dict[str, set[str]] = defaultdict(set)
    for phone, known in people.items():
        names_on[phone] = {person.name for person, _ in known if person.name}
    for number, facts in rows:
        phone, name = facts["phone"], facts["name"]
        if (phone, name) in first_row:
            told = Problem("姓名", name, f"和第{first_row[phone, name]}行是同一个人（姓名、电话都一样），留一行")
            found.problems.append((number, told))
            continue
        first_row[phone, name] = number
        person, worker = _same_person(people.get(phone, []), name)
        on_number = [one for one, _ in people.get(phone, [])]
        if (person is not None and not _ours(region, person)) or (
            on_number and not any(_ours(region, one) for one in on_number)
        ):
            # The same words whether the name is that person's or not: a file is no way to ask whose number it is.
            told = Problem("联系电话", "", "这个号码登记在别的地方，请区县窗口来登记，或者换一个号码")
            found.problems.append((number, told))
            continue
        if names_on[phone] - {name}:
            told = Problem(
                "联系电话", "", "这个号码还有别人在用，会记成共用一个电话，请对一对是不是一家人", notice=True
            )
            found.problems.append((number, told))
        names_on[phone].add(name)
        found.rows.append(_worker_row(number, facts, person, worker))
    found.problems += notices(session, [(row.number, row.facts) for row in found.rows if row.action == "add"])
    return found


def _ours(region: str, person: Person) -> bool:
    return may_see(region, person.village_code or HOME_REGION)


def _worker_row(number: int, facts: dict[str, Any], person: Person | None, worker: Worker | None) -> Planned:
    if person is None or worker is None:
        return Planned(number, "add", facts, None, f"person:{person.id}" if person else None)
    action = "change" if worker_ledger.changes(worker, person, facts) else "same"
    return Planned(number, action, facts, worker.id, worker_ledger.version(worker, person))


def _same_person(known: list[tuple[Person, Worker | None]], name: str) -> tuple[Person | None, Worker | None]:
    return next(((person, worker) for person, worker in known if person.name == name), (None, None))


def _people_on(session: Session, phones: Iterable[str]) -> dict[str, list[tuple[Person, Worker | None]]]:
    """Number → who is reachable on it, with their entries in the library."""
    found: dict[str, list[tuple[Person, Worker | None]]] = defaultdict(list)
    for some in in_parts(sorted(phones)):
        pairs = session.execute(
            select(Handset.number, Person)
            .join(HandsetOwner, HandsetOwner.handset_id == Handset.id)
            .join(Person, Person.id == HandsetOwner.person_id)
            .where(Handset.number.in_(some), HandsetOwner.until.is_(None), Person.erased_at.is_(None))
            .order_by(HandsetOwner.id)
        ).all()
        workers = {
            worker.person_id: worker
            for worker in session.scalars(
                select(Worker)
                .options(selectinload(Worker.hardships))
                .where(Worker.person_id.in_([person.id for _, person in pairs]), Worker.status != "erased")
            )
        }
        for phone, person in pairs:
            found[phone].append((person, workers.get(person.id)))
    return found


# -- openings ----------------------------------------------------------------------------------------------------
def _plan_openings(
    session: Session, regions: RegionBook, region: str, rows: Sequence[tuple[int, dict[str, Any]]], now: datetime
) -> Plan:
    found = Plan()
    today = now.astimezone(TIMEZONE).date()
    known = _openings_of(session, region, [facts for _, facts in rows])
    first_row: dict[tuple[Any, ...], int] = {}
    for number, facts in rows:
        facts = opening_ledger.complete(facts)
        key = opening_ledger.key_of(facts)
        if key in first_row:
            told = Problem("整行", "", f"和第{first_row[key]}行是同一个岗位（单位、工种、地点、日期都一样），留一行")
            found.problems.append((number, told))
            continue
        first_row[key] = number
        planned, problem = _opening_row(number, facts, known.get(key, []), regions, today)
        is_new = planned is not None and planned.action == "add"
        if (
            is_new
            and not facts.get("phone")
            and not employer_by(session, None, facts["employer"], facts["region_code"])
        ):
            planned, problem = None, Problem("联系电话", "", "这个单位是第一次登记，要填电话")
        if problem is not None:
            found.problems.append((number, problem))
        if planned is not None:
            found.rows.append(planned)
    return found


def _opening_row(
    number: int, facts: dict[str, Any], known: list[Opening], regions: RegionBook, today: date
) -> tuple[Planned | None, Problem | None]:
    for opening in known:
        if not opening_ledger.changes(opening, facts):
            return Planned(number, "same", facts, opening.id, opening.updated_at.isoformat()), None
    waiting = [opening for opening in known if opening.status in _STILL_IN_REVIEW]
    out = [opening for opening in known if opening.status in ("published", "filled")]
    if out and not waiting:
        return None, Problem("整行", "", "这个岗位已经发布，要改请在“岗位”页上改")
    try:
        check(to_columns(opening_ledger.as_posted(facts)), regions, today, new=True)
    except Invalid as problem:
        field_name, words = next(iter(problem.fields.items()))
        column = {"ends_on": "结束日期", "starts_on": "开始日期", "pay": "务工待遇"}.get(field_name, "整行")
        return None, Problem(column, "", _SENTENCES.get(words, "这一行不合规矩，请对照填写说明"))
    if waiting:
        return Planned(number, "change", facts, waiting[-1].id, waiting[-1].updated_at.isoformat()), None
    return Planned(number, "add", facts), None


def _openings_of(session: Session, region: str, rows: Sequence[dict[str, Any]]) -> dict[tuple[Any, ...], list[Opening]]:
    """The openings of the employers in `rows`, by what makes two rows one posting; who has no number goes by the name."""
    found: dict[tuple[Any, ...], list[Opening]] = defaultdict(list)
    phones = sorted({facts["phone"] for facts in rows if facts.get("phone")})
    names = sorted({facts["employer"] for facts in rows if not facts.get("phone")})
    whose: list[ColumnElement[bool]] = [Employer.phone.in_(some) for some in in_parts(phones)]
    whose += [and_(Employer.phone.is_(None), Employer.name.in_(some)) for some in in_parts(names)]
    for these in whose:
        rows_of = session.scalars(
            select(Opening)
            .join(Opening.employer)
            .options(joinedload(Opening.employer))
            .where(these, Opening.status.not_in(("withdrawn", "rejected")))
            .order_by(Opening.id)
        )
        for opening in rows_of:
            if may_see(region, opening.region_code):
                found[opening_ledger.key_of(opening_ledger.line(opening))].append(opening)
    return found
