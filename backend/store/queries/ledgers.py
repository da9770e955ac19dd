"""The worker library as staff look through it: filtered, in pages that begin after an id, and ledger by ledger (P01, H03, H04)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.store.models import (
    Consent,
    Handset,
    HandsetOwner,
    Hardship,
    LedgerAct,
    LedgerImport,
    MergedEntry,
    Person,
    Visit,
    Worker,
    WorkerTrade,
)
from backend.store.queries import keyset, stretches
from backend.store.queries.freshness import gone_stale
from backend.store.queries.keyset import Key
from backend.store.queries.scope import walked, within
from backend.store.queries.stretches import Run

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


def _mine(region: str, home: str, place: Any = Person.village_code, labels: Any = selectinload) -> Select[Worker]:
    """`labels`: how the declared hardships come along; apart, they are read after a row is locked."""
    return (
        select(Worker)
        .join(Worker.person)
        .options(joinedload(Worker.person), labels(Worker.hardships))
        .where(Worker.status != "erased", Person.erased_at.is_(None), within(place, region, home))
    )


def filtered(region: str, home: str, asked: Filter, now: datetime, place: Any = Person.village_code) -> Select[Worker]:
    """Workers of `region` that `asked` leaves, in the order of their ids."""
    query = _mine(region, home, place)
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


_ID = Key(Worker.id, "id", keyset.number)
# Each walks an index of its own; a name is hidden, so no list is sorted by it.
SORTS: dict[str, tuple[Key, ...]] = {
    "new": (Key(Worker.id, "id", keyset.number, desc=True),),
    "waiting": (Key(Worker.waiting_since, "waiting_since", keyset.moment), _ID),
    "updated": (
        Key(Worker.updated_at, "updated_at", keyset.moment, desc=True),
        Key(Worker.id, "id", keyset.number, desc=True),
    ),
}
_UNKNOWN = "unknown~"  # behind all whose waiting is known come those of whom it is not


def page(
    session: Session, region: str, home: str, asked: Filter, now: datetime, *, after: str = "", sort: str = "new"
) -> tuple[list[Worker], str]:
    """One page of workers from behind `after`, and where the next one begins, "" on the last.

    Those of whom it is not known how long they have been waiting come last, whichever way round.
    """
    place = walked(session, Person.village_code, asked.village or region)
    query, keys = filtered(region, home, asked, now, place).order_by(None), keyset.keys_of(SORTS, sort)
    found: list[Worker] = []
    if sort.removeprefix("-") != "waiting":
        found = list(session.scalars(keyset.ordered(query, keys, after).limit(PAGE + 1)))
        return found[:PAGE], keyset.cursor(found[PAGE - 1], keys) if len(found) > PAGE else ""
    if not after.startswith(_UNKNOWN):
        known = query.where(Worker.waiting_since.is_not(None))
        found = list(session.scalars(keyset.ordered(known, keys, after).limit(PAGE + 1)))
        if len(found) > PAGE:
            return found[:PAGE], keyset.cursor(found[PAGE - 1], keys)
        after = ""
    unknown = query.where(Worker.waiting_since.is_(None))
    rest = keyset.ordered(unknown, (_ID,), after.removeprefix(_UNKNOWN)).limit(PAGE + 1 - len(found))
    found += session.scalars(rest)
    if len(found) <= PAGE:
        return found, ""
    last = found[PAGE - 1]
    return found[:PAGE], keyset.cursor(last, keys) if last.waiting_since else _UNKNOWN + str(last.id)


def some(session: Session, region: str, home: str, ids: Sequence[int]) -> list[Worker]:
    """Those of `ids` that are of the region, in the order of their numbers."""
    return list(session.scalars(_mine(region, home).where(Worker.id.in_(ids)).order_by(Worker.id)))


def many(session: Session, region: str, home: str, asked: Filter, now: datetime, limit: int) -> list[int]:
    """The ids of all workers a filter leaves, no more than `limit`."""
    query = filtered(region, home, asked, now).limit(limit)
    return [worker.id for worker in session.scalars(query)]


def count(session: Session, region: str, home: str, asked: Filter, now: datetime, most: int) -> int:
    """How many a filter leaves, counted to `most`."""
    return keyset.at_most(session, filtered(region, home, asked, now).with_only_columns(Worker.id), most)


def batches(session: Session, query: Select[Worker]) -> Iterator[Sequence[Worker]]:
    """Every row of a query ordered by id, a thousand at a time, none of them held longer than its batch."""
    after = 0
    while rows := session.scalars(query.where(Worker.id > after).limit(BATCH)).all():
        yield rows
        after = rows[-1].id
        session.expunge_all()


def one(session: Session, region: str, home: str, worker_id: int, *, lock: bool = False) -> Worker | None:
    query = _mine(region, home, labels=selectinload if lock else joinedload).where(Worker.id == worker_id)
    if lock:
        query = query.with_for_update(of=Worker).execution_options(populate_existing=True)
    return session.scalars(query).unique().one_or_none()


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


def _verified(codes: Iterable[str]) -> ColumnElement[bool]:
    return exists().where(
        Hardship.worker_id == Worker.id, Hardship.code.in_(list(codes)), Hardship.verified_at.is_not(None)
    )


def _tab(tab: str, now: datetime) -> ColumnElement[bool]:
    if tab == "waiting":
        return or_(
            Worker.waiting_since < now - LONG_WAITING, and_(Worker.waiting_since.is_not(None), _verified(["G06"]))
        )
    if tab == "older":
        return or_(Person.birth_year <= now.year - OLDER_FROM, _verified(["G05"]))
    return _verified(_OF_TAB[tab])


def priority(region: str, home: str, tab: str, now: datetime) -> Select[Worker]:
    """The workers of one tab; ordered by id, for an export."""
    return _mine(region, home).where(Worker.status == "active", _tab(tab, now)).order_by(Worker.id)


def priority_page(
    session: Session, region: str, home: str, tab: str, now: datetime, after: str = ""
) -> tuple[list[Priority], str]:
    """One page of a tab, the longest without work first; and where the next one begins, "" on the last."""
    place, wait = walked(session, Person.village_code, region), SORTS["waiting"]
    active = _mine(region, home, place).where(Worker.status == "active")
    if tab == "waiting":
        # Who waits long needs no label: asked for apart, either stretch has an end of its own.
        long = now - LONG_WAITING
        runs = [
            Run(active.where(Worker.waiting_since < long), wait),
            Run(active.where(Worker.waiting_since >= long, _verified(["G06"])), wait),
        ]
    else:
        query = active.where(_tab(tab, now))
        runs = [
            Run(query.where(Worker.waiting_since.is_not(None)), wait),
            Run(query.where(Worker.waiting_since.is_(None)), (_ID,)),
        ]
    found, following = stretches.page(session, [(run,) for run in runs], after, PAGE)
    return with_contact(session, [row for _, row in found]), following


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


def consent_of(session: Session, person_id: int) -> Consent | None:
    """What she agreed to last and has not taken back."""
    query = select(Consent).where(Consent.person_id == person_id, Consent.withdrawn_at.is_(None))
    return session.scalar(query.order_by(Consent.id.desc()).limit(1))


# -- claims that wait to be looked at (H01, vocabulary §4.7) ---------------------------------------------------------
_CLAIMS = (Key(Hardship.claimed_at, "claimed_at", keyset.moment), Key(Hardship.id, "id", keyset.number))


def _claims(region: str, home: str) -> Select[Hardship]:
    return (
        select(Hardship)
        .join(Worker, Worker.id == Hardship.worker_id)
        .join(Person, Person.id == Worker.person_id)
        .options(joinedload(Hardship.worker).joinedload(Worker.person))
        .where(
            Hardship.verified_at.is_(None),
            Hardship.rejected_at.is_(None),
            Worker.status != "erased",
            within(Person.village_code, region, home),
        )
    )


def claims(session: Session, region: str, home: str, after: str = "") -> tuple[list[Hardship], str]:
    """Claims nobody has judged, the oldest first, and where the next page begins."""
    found = list(session.scalars(keyset.ordered(_claims(region, home), _CLAIMS, after).limit(PAGE + 1)))
    return found[:PAGE], keyset.cursor(found[PAGE - 1], _CLAIMS) if len(found) > PAGE else ""


def claims_waiting(session: Session, region: str, home: str) -> int:
    return keyset.at_most(session, _claims(region, home).with_only_columns(Hardship.id))


def claim(session: Session, region: str, home: str, claim_id: int, *, lock: bool = False) -> Hardship | None:
    """One claim, judged or not."""
    query = (
        select(Hardship)
        .join(Worker, Worker.id == Hardship.worker_id)
        .join(Person, Person.id == Worker.person_id)
        .where(Hardship.id == claim_id, Worker.status != "erased", within(Person.village_code, region, home))
    )
    return session.scalar(
        query.with_for_update(of=Hardship).execution_options(populate_existing=True) if lock else query
    )


def next_claim(session: Session, region: str, home: str, than: Hardship) -> int | None:
    """The id of the claim that waits behind this one."""
    query = keyset.ordered(_claims(region, home), _CLAIMS, keyset.cursor(than, _CLAIMS)).limit(1)
    found = session.scalar(query)
    return found.id if found else None


def judged_by(session: Session, region: str, home: str, staff_id: int, since: datetime) -> list[Hardship]:
    """What a member of staff has judged since then, the latest first."""
    query = (
        select(Hardship)
        .join(Worker, Worker.id == Hardship.worker_id)
        .join(Person, Person.id == Worker.person_id)
        .options(joinedload(Hardship.worker).joinedload(Worker.person))
        .where(
            within(Person.village_code, region, home),
            or_(
                and_(Hardship.verified_by == staff_id, Hardship.verified_at >= since),
                and_(Hardship.rejected_by == staff_id, Hardship.rejected_at >= since),
            ),
        )
        .order_by(func.coalesce(Hardship.verified_at, Hardship.rejected_at).desc())
        .limit(20)
    )
    return list(session.scalars(query))


def merged_into(session: Session, kind: str, object_id: int) -> int | None:
    """Where the number of an entry that was merged away leads."""
    found = session.get(MergedEntry, (kind, object_id))
    return found.to_id if found else None


def merge_to_undo(session: Session, kind: str, object_id: int, since: datetime) -> tuple[int, int] | None:
    """(act, the number merged away) of the latest merge into an entry that can still be taken apart."""
    act = session.scalar(
        select(LedgerAct)
        .where(
            LedgerAct.object_kind == kind, LedgerAct.object_id == object_id, LedgerAct.at >= since,
            LedgerAct.undone_at.is_(None), LedgerAct.kind.startswith("merge_"),
        )
        .order_by(LedgerAct.id.desc())
        .limit(1)
    )  # fmt: skip
    return (act.id, int(act.args["other"])) if act and act.undo else None


def imports_of(session: Session, staff_id: int, limit: int) -> Sequence[LedgerImport]:
    """What a member of staff has handed in, the latest first."""
    query = select(LedgerImport).where(LedgerImport.staff_id == staff_id).order_by(LedgerImport.id.desc()).limit(limit)
    return session.scalars(query).all()
