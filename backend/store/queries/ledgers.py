"""The worker library as staff look through it: filtered, in pages that begin after an id, and ledger by ledger (P01, H03, H04)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.store.models import Handset, HandsetOwner, Hardship, LedgerImport, Person, Visit, Worker, WorkerTrade
from backend.store.queries.freshness import gone_stale
from backend.store.queries.scope import within

PAGE = 50
BATCH = 1_000
# 待工时间长: a quarter without work; 大龄: the notices' 4050 without asking for sex.
LONG_WAITING = timedelta(days=90)
OLDER_FROM = 50
TABS = ("waiting", "disabled", "low_income", "older", "others")
_OF_TAB = {"disabled": ("G04",), "low_income": ("G03",), "others": ("G01", "G02", "G07", "G08", "G09", "G12")}
# To stand in one of these tells of a need that the card itself hides until it is revealed.
LABEL_TABS = frozenset(_OF_TAB)


@dataclass(frozen=True)
class Filter:
    """What a list of workers is narrowed by; None and "" narrow nothing.

    `village`: a division code and all below it; `waiting_days`: more than so many without work; `verified`: whether a
    label of hers is; `stale`: no word from her for a month, or asked in vain.
    """

    village: str = ""
    trade: str = ""
    waiting_days: int | None = None
    verified: bool | None = None
    stale: bool = False
    willingness: str = ""
    employment: str = ""

    def facts(self) -> dict[str, Any]:
        """What was asked for, as the audit trail keeps it."""
        return {name: value for name, value in vars(self).items() if value not in (None, "", False)}


def _mine(region: str, home: str) -> Select[Worker]:
    return (
        select(Worker)
        .join(Worker.person)
        .options(joinedload(Worker.person), selectinload(Worker.hardships))
        .where(Worker.status != "erased", Person.erased_at.is_(None), within(Person.village_code, region, home))
    )


def filtered(region: str, home: str, asked: Filter, now: datetime) -> Select[Worker]:
    """Workers of `region` that `asked` leaves, in the order of their ids."""
    query = _mine(region, home)
    if asked.village:
        query = query.where(within(Person.village_code, asked.village))
    if asked.trade:
        query = query.where(exists().where(WorkerTrade.worker_id == Worker.id, WorkerTrade.job_type == asked.trade))
    if asked.waiting_days is not None:
        query = query.where(Worker.waiting_since < now - timedelta(days=asked.waiting_days))
    if asked.verified is not None:
        labelled = exists().where(Hardship.worker_id == Worker.id, Hardship.verified_at.is_not(None))
        query = query.where(labelled if asked.verified else ~labelled)
    if asked.stale:
        query = query.where(gone_stale(now))
    if asked.willingness:
        query = query.where(Worker.job_willingness == asked.willingness)
    if asked.employment:
        query = query.where(Worker.employment_status == asked.employment)
    return query.order_by(Worker.id)


def page(
    session: Session, region: str, home: str, asked: Filter, now: datetime, *, after: int = 0
) -> tuple[list[Worker], bool]:
    """One page of workers with an id above `after`, and whether there are more."""
    rows = session.scalars(filtered(region, home, asked, now).where(Worker.id > after).limit(PAGE + 1)).all()
    return list(rows[:PAGE]), len(rows) > PAGE


def batches(session: Session, query: Select[Worker]) -> Iterator[Sequence[Worker]]:
    """Every row of a query ordered by id, a thousand at a time, none of them held longer than its batch."""
    after = 0
    while rows := session.scalars(query.where(Worker.id > after).limit(BATCH)).all():
        yield rows
        after = rows[-1].id
        session.expunge_all()


def one(session: Session, region: str, home: str, worker_id: int, *, lock: bool = False) -> Worker | None:
    query = _mine(region, home).where(Worker.id == worker_id)
    return session.scalar(query.with_for_update(of=Worker).execution_options(populate_existing=True) if lock else query)


def found(session: Session, region: str, home: str, *, name: str = "", last4: str = "") -> list[Worker]:
    """Workers of exactly this name, or reachable on a number with these last four digits; the first page of them."""
    query = _mine(region, home)
    if name:
        query = query.where(Person.name == name)
    if last4:
        reachable = (
            select(HandsetOwner.person_id)
            .join(Handset, Handset.id == HandsetOwner.handset_id)
            .where(Handset.number.endswith(last4, autoescape=True), HandsetOwner.until.is_(None))
        )
        query = query.where(Worker.person_id.in_(reachable))
    if not (name or last4):
        return []
    return list(session.scalars(query.order_by(Worker.id).limit(PAGE)))


# -- the separate ledger 重点群体台账 (H03, H04) ---------------------------------------------------------------------
@dataclass(frozen=True)
class Priority:
    """One line: `last_contact` is the later of the last visit and the last time her phone was heard from."""

    worker: Worker
    last_contact: datetime | None
    visit: Visit | None


def _tab(tab: str, now: datetime) -> ColumnElement[bool]:
    def verified(codes: Iterable[str]) -> ColumnElement[bool]:
        return exists().where(
            Hardship.worker_id == Worker.id, Hardship.code.in_(list(codes)), Hardship.verified_at.is_not(None)
        )

    if tab == "waiting":
        return or_(
            Worker.waiting_since < now - LONG_WAITING, and_(Worker.waiting_since.is_not(None), verified(["G06"]))
        )
    if tab == "older":
        return or_(Person.birth_year <= now.year - OLDER_FROM, verified(["G05"]))
    return verified(_OF_TAB[tab])


def priority(region: str, home: str, tab: str, now: datetime) -> Select[Worker]:
    """The workers of one tab; ordered by id, for an export."""
    return _mine(region, home).where(Worker.status == "active", _tab(tab, now)).order_by(Worker.id)


def priority_page(
    session: Session, region: str, home: str, tab: str, now: datetime, *, number: int = 1
) -> tuple[list[Priority], bool]:
    """One page of a tab, the longest without work first."""
    query = _mine(region, home).where(Worker.status == "active", _tab(tab, now))
    query = query.order_by(Worker.waiting_since.is_(None), Worker.waiting_since, Worker.id)
    rows = session.scalars(query.offset((number - 1) * PAGE).limit(PAGE + 1)).all()
    return with_contact(session, rows[:PAGE]), len(rows) > PAGE


def counts(session: Session, region: str, home: str, now: datetime) -> dict[str, int]:
    """How many stand in each tab."""
    return {
        tab: session.scalar(
            select(func.count()).select_from(priority(region, home, tab, now).order_by(None).subquery())
        )
        or 0
        for tab in TABS
    }


def with_contact(session: Session, workers: Sequence[Worker]) -> list[Priority]:
    ids = [worker.id for worker in workers]
    newest = select(func.max(Visit.id)).where(Visit.worker_id.in_(ids)).group_by(Visit.worker_id)
    visits = {visit.worker_id: visit for visit in session.scalars(select(Visit).where(Visit.id.in_(newest)))}
    heard: dict[int, datetime] = {}
    rows = session.execute(
        select(HandsetOwner.person_id, Handset.last_seen_at)
        .join(Handset, Handset.id == HandsetOwner.handset_id)
        .where(HandsetOwner.person_id.in_([worker.person_id for worker in workers]), HandsetOwner.until.is_(None))
    )
    for person_id, seen in rows:
        heard[person_id] = max(seen, heard.get(person_id, seen))
    lines = []
    for worker in workers:
        visit = visits.get(worker.id)
        moments = [moment for moment in (visit.at if visit else None, heard.get(worker.person_id)) if moment]
        lines.append(Priority(worker, max(moments, default=None), visit))
    return lines


def visits(session: Session, worker_id: int, limit: int = 20) -> Sequence[Visit]:
    return session.scalars(
        select(Visit).where(Visit.worker_id == worker_id).order_by(Visit.at.desc(), Visit.id.desc()).limit(limit)
    ).all()


def imports_of(session: Session, staff_id: int, limit: int) -> Sequence[LedgerImport]:
    """What a member of staff has handed in, the latest first."""
    query = select(LedgerImport).where(LedgerImport.staff_id == staff_id).order_by(LedgerImport.id.desc()).limit(limit)
    return session.scalars(query).all()
