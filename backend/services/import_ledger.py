"""Take a ledger in from Excel: read and shown first, row by row; then all of it is stored, or nothing (L03).

Between the two the rows wait in `ledger_imports`, for whoever brought them and for one day at most.
"""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.domain.access import may_take_in
from backend.domain.ledgers import TAKEN_IN, Problem, Reading, ReadRow, read_row
from backend.domain.private_numbers import without_private_numbers
from backend.domain.registration import NOTICE_VERSION
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, confirming, edit_station, employer_ledger, opening_ledger, worker_ledger
from backend.services.change_opening import change_opening
from backend.services.plan_import import place_finder, plan
from backend.services.planned_rows import Plan, Planned
from backend.services.post_opening import post_opening
from backend.services.read_workbook import Ledger, read_ledger
from backend.services.receive_message import storable
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Consent, Handset, HandsetOwner, Hardship, LedgerImport, Person, Region, Staff, Worker

if TYPE_CHECKING:
    from backend.services.deps import Deps

log = structlog.get_logger()

KEPT_FOR = timedelta(hours=24)
GIVEN_BY = ("self", "family")  # who signed the consent on paper
_PLACES = {"workers": ("village",), **dict.fromkeys(TAKEN_IN[1:], ("village", "town", "county"))}
_COLLECTED_WEEKLY = ("workers", "openings")  # L01


def read(deps: Deps, member: Member, kind: str, file_name: str, content: bytes) -> int:
    """Read a file and keep what it would do; nothing of it is in the libraries yet. Returns the number of the import.

    Raises `UnreadableFile` with a sentence for the file as a whole, `Forbidden`. Bad rows are in `problems`.
    """
    if kind not in TAKEN_IN:
        raise Invalid("unknown ledger", {"kind": "one of " + ", ".join(TAKEN_IN)})
    _may(member, kind)
    ledger = read_ledger(content, kind)
    now = deps.clock()
    # An employer of another region who posts here stands in the file that was drawn out; such a row may change nothing.
    find = place_finder(deps.regions, member.region_code, _PLACES[kind], elsewhere=kind == "employers")
    reading = Reading(now.astimezone(TIMEZONE).date(), find)
    read_rows = {row.number: read_row(kind, row.values, reading) for row in ledger.rows}
    for row in ledger.rows:
        read_rows[row.number].problems[:0] = row.problems
        _told_once(read_rows[row.number])
    good = [(number, each.facts) for number, each in read_rows.items() if not each.bad]
    sha = hashlib.sha256(content).hexdigest()
    with deps.db.write() as session:
        planned = plan(session, deps.regions, member, kind, good, now)
        for number, problem in planned.problems:
            read_rows[number].problems.append(problem)
        problems = _about_file(session, member, ledger, sha)
        problems += [_problem(number, each) for number, row in sorted(read_rows.items()) for each in row.problems]
        bad = {number for number, row in read_rows.items() if row.bad}
        found = LedgerImport(
            kind=kind,
            staff_id=member.id,
            region_code=member.region_code,
            file_name=without_private_numbers(storable(file_name))[:120],
            file_sha256=sha,
            rows=_kept(ledger, planned, bad),
            problems=problems,
            row_count=len(ledger.rows),
            read_at=now,
            added=planned.count("add"),
            changed=planned.count("change"),
        )
        session.add(found)
        session.flush()
        audit.write(session, now, member.actor, "read_file", found, kind=kind, rows=len(ledger.rows), bad=len(bad))
        return found.id


def _may(member: Member, kind: str) -> None:
    if not may_take_in(member.role, kind):
        raise Forbidden("not this role's to bring")


def _told_once(row: ReadRow) -> None:
    """A cell that cannot be taken as it is needs no second sentence that it is empty."""
    wrong = {problem.column for problem in row.problems if problem.reason != "这一格要填"}
    row.problems = [p for p in row.problems if p.reason != "这一格要填" or p.column not in wrong]


def _problem(number: int, problem: Problem) -> dict[str, Any]:
    column, value = (without_private_numbers(storable(text)) for text in (problem.column, problem.value))
    return {"row": number, "column": column, "value": value, "reason": problem.reason, "notice": problem.notice}


def _about_file(session: Session, member: Member, ledger: Ledger, sha: str) -> list[dict[str, Any]]:
    """What concerns no single row: columns that are missing (nothing can be stored), not known or not wanted."""
    told = [Problem(name, "", "表里缺这一栏，补上再传") for name in ledger.missing]
    told += [Problem(name, "", "这一栏不读，也不存（热线不需要证件号）", notice=True) for name in ledger.ignored]
    told += [Problem(name, "", "不认得这一栏，没有读", notice=True) for name in ledger.unknown]
    told += [Problem(name, "", "这张工作表也像台账，没有读；要存请单独传", notice=True) for name in ledger.other_sheets]
    earlier = session.scalar(
        select(LedgerImport.applied_at)
        .where(LedgerImport.file_sha256 == sha, LedgerImport.region_code == member.region_code)
        .where(LedgerImport.applied_at.is_not(None))
        .order_by(LedgerImport.id.desc())
        .limit(1)
    )
    if earlier is not None:
        day = earlier.astimezone(TIMEZONE)
        told.append(Problem("整张表", "", f"这个文件{day.month}月{day.day}日已经存过一次", notice=True))
    return [_problem(0, each) for each in told]


def _kept(ledger: Ledger, planned: Plan, bad: set[int]) -> list[dict[str, Any]]:
    """The heads, the rows that can be stored with what they would do, and the bad ones as they stood."""
    kept: list[dict[str, Any]] = [{"heads": ledger.heads}]
    kept += [{"row": row.number, "facts": row.facts, "sign": row.sign} for row in planned.rows if row.number not in bad]
    return kept + [{"row": row.number, "cells": row.cells} for row in ledger.rows if row.number in bad]


def own(session: Session, member: Member, import_id: int) -> LedgerImport:
    """An import, for whoever brought the file alone. Raises `NotFound`."""
    found = session.get(LedgerImport, import_id)
    if found is None or found.staff_id != member.id:
        raise NotFound("no such import")
    return found


def is_bad(found: LedgerImport) -> bool:
    return any(not problem["notice"] for problem in found.problems)


# -- storing -----------------------------------------------------------------------------------------------------
def store(deps: Deps, member: Member, import_id: int, given_by: str = "self") -> LedgerImport:
    """Store every row of an import in one transaction, or none. `given_by`: who signed the workers' consent on paper.

    Stored once: a second press finds it done and changes nothing. Raises `NotFound`, `Forbidden`;
    `Conflict(reason=)`: `bad_rows`, `library_changed` (somebody changed one of these entries since the file was read).
    """
    if given_by not in GIVEN_BY:
        raise Invalid("who signed", {"given_by": "self or family"})
    try:
        with deps.db.write() as session:
            return _store(deps, session, member, import_id, given_by)
    except IntegrityError as clash:  # the same number or person, made by a call or text at this moment
        raise Conflict("the library has changed", reason="library_changed") from clash


def _store(deps: Deps, session: Session, member: Member, import_id: int, given_by: str) -> LedgerImport:
    now = deps.clock()
    claimed = session.scalar(
        update(LedgerImport)
        .where(LedgerImport.id == import_id, LedgerImport.staff_id == member.id, LedgerImport.applied_at.is_(None))
        .values(applied_at=now)
        .returning(LedgerImport.id)
        .execution_options(synchronize_session=False)
    )
    found = own(session, member, import_id)
    _may(member, found.kind)
    if claimed is None:
        return found
    session.refresh(found)
    if is_bad(found):
        raise Conflict("some rows are bad", reason="bad_rows")
    # Who brought it has gone elsewhere: its rows were not read for there.
    if found.region_code != member.region_code:
        raise Conflict("read for another region", reason="library_changed")
    # Two who store the same list come one after the other, the village's and the county's as well; postings are let in.
    session.get(Region, member.region_code[:6], with_for_update={"key_share": True})
    kept = [row for row in found.rows if "facts" in row]
    again = plan(session, deps.regions, member, found.kind, [(row["row"], row["facts"]) for row in kept], now)
    if [row.sign for row in again.rows] != [row["sign"] for row in kept]:
        raise Conflict("the library has changed", reason="library_changed")
    if found.kind == "workers":
        _store_workers(session, now, member, again.rows, given_by, import_id)
    elif found.kind == "openings":
        _store_openings(deps, session, now, member, again.rows)
    elif found.kind == "employers":
        employer_ledger.store(session, now, member.actor, again.rows, import_id)
    else:
        edit_station.store(session, now, member, again.rows, import_id)
    found.added, found.changed = again.count("add"), again.count("change")
    found.rows, found.problems = [], []
    if found.kind in _COLLECTED_WEEKLY:
        session.execute(update(Staff).where(Staff.id == member.id).values(ledger_updated_at=now))
    session.flush()
    audit.write(
        session, now, member.actor, "imported", found, kind=found.kind, added=found.added, changed=found.changed
    )
    log.info("ledger_imported", import_id=import_id, kind=found.kind, added=found.added, changed=found.changed)
    return found


def _store_workers(
    session: Session, now: datetime, member: Member, rows: list[Planned], given_by: str, import_id: int
) -> None:
    added = [row for row in rows if row.action == "add"]
    met = {row.subject: row for row in rows if row.action in ("change", "same")}
    ids = sorted(worker_id for worker_id in met if worker_id is not None)
    for start in range(0, len(ids), 500):
        for worker in session.scalars(select(Worker).where(Worker.id.in_(ids[start : start + 500]))):
            # Collected again, it holds, whether anything in it is new or not (P01).
            confirming.spoken_with(worker, now)
            if met[worker.id].action == "change":
                fields = worker_ledger.put(session, now, worker, worker.person, met[worker.id].facts)
                audit.write(
                    session, now, member.actor, "imported_worker", worker, fields=sorted(fields), import_id=import_id
                )
    _add_workers(session, now, member, added, given_by, import_id)


def _add_workers(
    session: Session, now: datetime, member: Member, rows: list[Planned], given_by: str, import_id: int
) -> None:
    """All persons, then all that hangs on them: some few statements for a thousand rows."""
    handsets = _handsets(session, now, sorted({row.facts["phone"] for row in rows}))
    held = _held_by_somebody(session, [handset.id for handset in handsets.values()])
    persons = {}
    for row in rows:
        known = int(row.seen.partition(":")[2]) if row.seen else None
        persons[row.number] = (
            session.get_one(Person, known)
            if known is not None
            else Person(name=row.facts["name"], created_at=now, updated_at=now)
        )
    session.add_all(persons.values())
    session.flush()
    workers = {}
    for row in rows:
        person, handset = persons[row.number], handsets[row.facts["phone"]]
        worker = Worker(
            person_id=person.id,
            person=person,
            job_types=[],
            unavailable=[],
            day_parts=[],
            benefits=[],
            service_needs=[],
            hardships=[],
            preferred_channel="sms",
            waiting_since=now,
            created_at=now,
            updated_at=now,
            confirmed_at=now,
        )
        facts = {key: value for key, value in row.facts.items() if key not in ("phone", "hardships")}
        worker_ledger.put(session, now, worker, person, facts)
        worker.hardships.extend(Hardship(code=code, claimed_at=now) for code in row.facts.get("hardships", ()))
        workers[row.number] = worker
        session.add(worker)
        if row.seen is None:
            relation = "family" if handset.id in held else "self"
            held.add(handset.id)
            session.add(HandsetOwner(handset_id=handset.id, person_id=person.id, relation=relation, since=now))
        session.add(
            Consent(
                person_id=person.id,
                notice_version=NOTICE_VERSION,
                channel="staff",
                given_by=given_by,
                given_at=now,
            )
        )
    session.flush()
    for row in rows:
        audit.write(session, now, member.actor, "registered", workers[row.number], import_id=import_id)


def _handsets(session: Session, now: datetime, phones: list[str]) -> dict[str, Handset]:
    found: dict[str, Handset] = {}
    for start in range(0, len(phones), 500):
        some = phones[start : start + 500]
        found |= {h.number: h for h in session.scalars(select(Handset).where(Handset.number.in_(some)))}
    new = [Handset(number=phone, first_seen_at=now, last_seen_at=now) for phone in phones if phone not in found]
    session.add_all(new)
    session.flush()
    return found | {handset.number: handset for handset in new}


def _held_by_somebody(session: Session, handset_ids: list[int]) -> set[int]:
    held: set[int] = set()
    for start in range(0, len(handset_ids), 500):
        held |= set(
            session.scalars(
                select(HandsetOwner.handset_id).where(
                    HandsetOwner.handset_id.in_(handset_ids[start : start + 500]), HandsetOwner.until.is_(None)
                )
            )
        )
    return held


def _store_openings(deps: Deps, session: Session, now: datetime, member: Member, rows: list[Planned]) -> None:
    for row in rows:
        facts = opening_ledger.as_posted(row.facts)
        try:
            if row.action == "change" and row.subject is not None:
                change_opening(session, deps, now, row.subject, facts, actor=member.actor)
            elif row.action == "add":
                employer = {"name": row.facts["employer"], "phone": row.facts.get("phone")}
                opening = post_opening(session, now, deps.regions, facts, employer, None, actor=member.actor)
                kind = row.facts.get("employer_kind")
                if kind and opening.employer.created_at == now:
                    opening.employer.kind = kind
        except (Invalid, Conflict) as problem:
            raise Conflict("the library has changed", reason="library_changed", row=row.number) from problem


# -- letting go --------------------------------------------------------------------------------------------------
def drop(deps: Deps, member: Member, import_id: int) -> None:
    """Let go of a file that is not to be stored; dropping it twice changes nothing."""
    with deps.db.write() as session:
        session.execute(
            delete(LedgerImport).where(
                LedgerImport.id == import_id, LedgerImport.staff_id == member.id, LedgerImport.applied_at.is_(None)
            )
        )


def forget_unstored(deps: Deps) -> int:
    """Let go of files nobody stored within a day: the rows are people's facts. Returns how many."""
    with deps.db.write() as session:
        gone: Any = session.execute(
            delete(LedgerImport).where(
                LedgerImport.applied_at.is_(None), LedgerImport.read_at < deps.clock() - KEPT_FOR
            )
        )
        return int(gone.rowcount)
