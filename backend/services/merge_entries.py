"""Make one entry of two that are the same worker, or the same employer; all or nothing, and taken apart again within a day.

Everything that hangs on the entry merged away moves to the one that is kept: whatever table refers to it, today's or
tomorrow's. What moved is written down beside the act, so that taking it apart puts every row back where it was.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Date, PrimaryKeyConstraint, Table, Text, UniqueConstraint, cast, delete, insert, select, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.offers import HOLDS_A_PLACE
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, edit_worker
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.ledger_changes import FIELDS, plain
from backend.store.models import Base, Employer, Hardship, LedgerAct, MergedEntry, Offer, Worker
from backend.store.models.base import UTCDateTime
from backend.store.queries import employers as employer_queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

KEPT_FOR = timedelta(days=1)
# What the page lets one choose, field by field; the rest follows the entry that is kept.
OF_WORKERS = (
    "name", "gender", "birth_year", "village_code", "job_types", "pay", "availability", "skill_level",
    "employment_status", "job_willingness", "at_home", "service_needs", "preferred_channel", "waiting_since", "officer_id",
)  # fmt: skip
OF_EMPLOYERS = ("name", "kind", "phone", "region_code")
_TOGETHER = {"pay": ("pay_min_fen", "pay_max_fen", "pay_unit"), "availability": ("available_from", "available_to")}
# Kept by the store itself, or about the entry rather than hanging on it.
_NOT_MOVED = frozenset({"worker_trades", "workers", "persons", "merged_entries"})


def columns_of(name: str) -> tuple[str, ...]:
    """The columns one choice of the page stands for."""
    return _TOGETHER.get(name, (name,))


def seen_worker(session: Session, member: Member, worker_id: int, *, lock: bool = False) -> Worker:
    worker = edit_worker.seen(session, member, worker_id, lock=lock)
    if not may_see(member.region_code, worker.person.village_code or HOME_REGION):
        raise NotFound("no such worker")
    return worker


def seen_employer(session: Session, member: Member, employer_id: int) -> Employer:
    found = employer_queries.one(session, member.region_code, employer_id)
    if found is None or not may_see(member.region_code, found.region_code or HOME_REGION):
        raise NotFound("no such employer")
    return found


def merge_workers(
    deps: Deps, member: Member, kept_id: int, other_id: int, take: set[str], versions: tuple[str, str]
) -> int:
    """Merge `other` into `kept`; `take`: the fields (`OF_WORKERS`) in which the other one is right. Returns the act.

    `versions`: `updated_at` of both as they were compared. Hardship stays verified with its proof where either is; consent
    withdrawn on one side is withdrawn. Raises `NotFound` unless both are of the region; `Forbidden`; `Invalid`;
    `Conflict`: `changed`, or `both_hold` where both hold a place in the same opening.
    """
    if kept_id == other_id or take - set(OF_WORKERS):
        raise Invalid("two entries and fields of theirs", {"other": "another entry"})
    now = deps.clock()
    with deps.db.write() as session:
        first, second = (seen_worker(session, member, one, lock=True) for one in sorted((kept_id, other_id)))
        kept, other = (first, second) if first.id == kept_id else (second, first)
        _may(member)
        if (version_of(kept), version_of(other)) != versions:
            raise Conflict("changed meanwhile", reason="changed")
        act = _act(session, member, now, "merge_workers", "workers", kept_id, other_id, take)
        undo: dict[str, Any] = {"moved": [], "gone": [], "rows": []}
        _offers(session, kept, other, undo)
        _hardships(session, kept, other, undo)
        for table, column in _references("workers"):
            _move(session, table, column, other.id, kept.id, undo)
        for table, column in _references("persons"):
            _move(session, table, column, other.person_id, kept.person_id, undo)
        _strictest(session, kept, now, undo)
        session.expire_all()
        for row, source in ((kept, other), (kept.person, other.person)):
            for name in (each for field in take for each in columns_of(field) if hasattr(row, each)):
                if name in FIELDS[type(row)]:
                    _set(row, name, getattr(source, name), undo)
        kept.updated_at = kept.person.updated_at = now
        # What is left of the other is empty: nobody is matched, asked or listed under it.
        for row in (other, other.person):
            for name in FIELDS[type(row)]:
                empty: Any = [] if isinstance(getattr(row, name), list) else None
                if name not in ("status", "preferred_channel"):
                    _set(row, name, empty, undo)
        _set(other, "status", "erased", undo)
        _set(other.person, "erased_at", now, undo)
        return _finish(session, member, now, act, undo, kept, other, other_id)


def merge_employers(deps: Deps, member: Member, kept_id: int, other_id: int, take: set[str]) -> int:
    """The same for two employers; the openings, talks and complaints of both are the kept one's. Returns the act."""
    if kept_id == other_id or take - set(OF_EMPLOYERS):
        raise Invalid("two entries and fields of theirs", {"other": "another entry"})
    now = deps.clock()
    with deps.db.write() as session:
        kept, other = seen_employer(session, member, kept_id), seen_employer(session, member, other_id)
        _may(member)
        act = _act(session, member, now, "merge_employers", "employers", kept_id, other_id, take)
        undo: dict[str, Any] = {"moved": [], "gone": [], "rows": []}
        for name in take:
            _set(kept, name, getattr(other, name), undo)
        if kept.verified_at is None and other.verified_at is not None:
            for name in ("verified_at", "verified_by"):
                _set(kept, name, getattr(other, name), undo)
        for table, column in _references("employers"):
            _move(session, table, column, other.id, kept.id, undo)
        undo["gone"].append(["employers", _as_json(other)])
        _finish(session, member, now, act, undo, kept, other, other_id)
        session.expire(other)
        session.execute(delete(Employer).where(Employer.id == other_id))
        return act.id


def take_apart(deps: Deps, member: Member, act_id: int) -> tuple[str, int]:
    """Undo a merge: every row goes back, or nothing happens. Returns the ledger and the number that comes back.

    Raises `NotFound`; `Conflict`: `too_late` after a day or a second time, `changed_since` where something that moved was
    changed since, so that nobody knows whose it is.
    """
    now = deps.clock()
    with deps.db.write() as session:
        act = session.get(LedgerAct, act_id, with_for_update=True)
        if act is None or not act.kind.startswith("merge_") or act.object_id is None:
            raise NotFound("no such act")
        kind, other_id = act.object_kind, int(act.args.get("other", 0))
        kept: Any = (
            seen_worker(session, member, act.object_id, lock=True) if kind == "workers"
            else seen_employer(session, member, act.object_id)
        )  # fmt: skip
        _may(member)
        if act.undone_at or not act.undo or act.at < now - KEPT_FOR:
            raise Conflict("too late", reason="too_late")
        for table_name, row in act.undo["gone"]:
            table = Base.metadata.tables[table_name]
            session.execute(insert(table).values(**_typed(table, row)))
        for table_name, key, column, was, became in reversed(act.undo["moved"]):
            _put_back(session, table_name, key, column, was, became)
        for table_name, key, column, was, became in reversed(act.undo["rows"]):
            _put_back(session, table_name, key, column, was, became)
        session.execute(delete(MergedEntry).where(MergedEntry.object_kind == kind, MergedEntry.from_id == other_id))
        act.undone_at, act.undo = now, {}
        session.flush()
        session.expire_all()
        if kind == "workers":
            from backend.store.worker_trades import refill

            refill(session, [act.object_id, other_id])
        audit.write(session, now, member.actor, "unmerged", kept, other=other_id)
        return kind, other_id


def forget_old(deps: Deps) -> int:
    """What merges could be taken apart by is not needed any more after a day, and it is personal. Returns how many."""
    with deps.db.write() as session:
        held = LedgerAct.kind.startswith("merge_"), cast(LedgerAct.undo, Text) != "{}"
        gone: Any = session.execute(
            update(LedgerAct).where(*held, LedgerAct.at < deps.clock() - KEPT_FOR).values(undo={})
        )
        return int(gone.rowcount)


def version_of(worker: Worker) -> str:
    return max(worker.updated_at, worker.person.updated_at).isoformat()


def _may(member: Member) -> None:
    if not may(member.role, "merge_entries"):
        raise Forbidden("this role only looks")


def _act(
    session: Session, member: Member, now: datetime, kind: str, ledger: str, kept_id: int, other_id: int, take: set[str]
) -> LedgerAct:
    act = LedgerAct(
        kind=kind, object_kind=ledger, object_id=kept_id, staff_id=member.id, at=now,
        args={"other": other_id, "take": sorted(take)}, waiting=[], done=[], failed=[], undo={},
    )  # fmt: skip
    session.add(act)
    session.flush()
    return act


def _finish(
    session: Session,
    member: Member,
    now: datetime,
    act: LedgerAct,
    undo: dict[str, Any],
    kept: Any,
    other: Any,
    other_id: int,
) -> int:
    act.undo = undo
    kind = act.object_kind
    # Whoever had been merged into the other leads here now.
    session.execute(
        update(MergedEntry).where(MergedEntry.object_kind == kind, MergedEntry.to_id == other_id).values(to_id=kept.id)
    )
    session.add(MergedEntry(object_kind=kind, from_id=other_id, to_id=kept.id, act_id=act.id))
    audit.write(session, now, member.actor, "merged_away", other, into=kept.id)
    audit.write(session, now, member.actor, "merged", kept, other=other_id, fields=act.args["take"], act=act.id)
    session.flush()
    return act.id


def _references(target: str) -> list[tuple[Table, str]]:
    """Every (table, column) that refers to the ids of `target`, in the order they can be moved."""
    return [
        (table, key.parent.name)
        for table in Base.metadata.sorted_tables
        if table.name not in _NOT_MOVED
        for key in table.foreign_keys
        if key.column.table.name == target
    ]


def _move(session: Session, table: Table, column: str, old: int, new: int, undo: dict[str, Any]) -> None:
    """Let every row of `table` that names `old` name `new`; a row that is there already for `new` is taken out."""
    keys = [each.name for each in table.primary_key.columns]
    uniques = [
        names
        for constraint in table.constraints
        if isinstance(constraint, UniqueConstraint | PrimaryKeyConstraint)
        and column in (names := [each.name for each in constraint.columns])
    ]
    for row in session.execute(select(table).where(table.c[column] == old)).mappings().all():
        twin = any(
            session.execute(
                select(table.c[keys[0]]).where(
                    table.c[column] == new, *(table.c[name] == row[name] for name in unique if name != column)
                ).limit(1)
            ).first()
            for unique in uniques
            if set(unique) != {"id"}
        )  # fmt: skip
        where = [table.c[key] == row[key] for key in keys]
        if twin:
            session.execute(delete(table).where(*where))
            undo["gone"].append([table.name, {name: _jsonable(value) for name, value in row.items()}])
            continue
        session.execute(update(table).where(*where).values({column: new}))
        after = {key: new if key == column else row[key] for key in keys}
        undo["moved"].append([table.name, after, column, old, new])


def _offers(session: Session, kept: Worker, other: Worker, undo: dict[str, Any]) -> None:
    """Of two offers of one opening the one that binds more stays; the other stays behind, bound to nothing."""
    rank = {"offered": 1, "waitlisted": 2, **dict.fromkeys(HOLDS_A_PLACE, 3)}
    mine = {offer.opening_id: offer for offer in session.scalars(select(Offer).where(Offer.worker_id == kept.id))}
    for theirs in session.scalars(select(Offer).where(Offer.worker_id == other.id)).all():
        same = mine.get(theirs.opening_id)
        if same is None:
            continue
        if rank.get(same.status, 0) == 3 and rank.get(theirs.status, 0) == 3:
            raise Conflict("both hold a place in one opening", reason="both_hold")
        for table, column in _references("offers"):
            _move(session, table, column, theirs.id, same.id, undo)
        if rank.get(theirs.status, 0) > rank.get(same.status, 0):
            # The stronger one's facts go into the row that stays; its own row is taken out with the twins.
            for name in ("status", "channel", "code", "offered_at", "expires_at", "answered_at", "message_id",
                         "waitlisted_at", "wave", "employer_told"):  # fmt: skip
                _set(same, name, getattr(theirs, name), undo)
    session.flush()


def _hardships(session: Session, kept: Worker, other: Worker, undo: dict[str, Any]) -> None:
    """A claim both made is verified where either is, by whoever looked, with what was seen; the earlier day counts."""
    mine = {label.code: label for label in session.scalars(select(Hardship).where(Hardship.worker_id == kept.id))}
    for theirs in session.scalars(select(Hardship).where(Hardship.worker_id == other.id)).all():
        same = mine.get(theirs.code)
        if same is None:
            continue
        if theirs.claimed_at < same.claimed_at:
            _set(same, "claimed_at", theirs.claimed_at, undo)
        if theirs.verified_at is not None and same.verified_at is None:
            for name in ("verified_at", "verified_by", "evidence", "rejected_at", "rejected_by", "rejected_for"):
                _set(same, name, getattr(theirs, name), undo)
    session.flush()


def _strictest(session: Session, kept: Worker, now: datetime, undo: dict[str, Any]) -> None:
    """Whoever took her consent back under one entry has taken it back: the latest word counts for both."""
    from backend.store.models import Consent

    given = list(session.scalars(select(Consent).where(Consent.person_id == kept.person_id).order_by(Consent.given_at)))
    withdrawn = max((each.withdrawn_at for each in given if each.withdrawn_at), default=None)
    for each in given:
        if withdrawn and each.withdrawn_at is None and each.given_at <= withdrawn:
            _set(each, "withdrawn_at", now, undo)
    session.flush()


def _set(row: Any, name: str, value: Any, undo: dict[str, Any]) -> None:
    was = getattr(row, name)
    if was == value:
        return
    undo["rows"].append([row.__tablename__, {"id": row.id}, name, _jsonable(was), _jsonable(value)])
    setattr(row, name, value)


def _put_back(session: Session, table_name: str, key: dict[str, Any], column: str, was: Any, became: Any) -> None:
    table = Base.metadata.tables[table_name]
    where = [table.c[name] == value for name, value in key.items()]
    stands = session.execute(select(table.c[column]).where(*where)).first()
    if stands is None or _jsonable(stands[0]) != became:
        raise Conflict("changed since", reason="changed_since")
    session.execute(update(table).where(*where).values({column: _value(table, column, was)}))


def _as_json(row: Any) -> dict[str, Any]:
    return {column.name: _jsonable(getattr(row, column.name)) for column in row.__table__.columns}


def _jsonable(value: Any) -> Any:
    return plain(value)


def _typed(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    return {name: _value(table, name, value) for name, value in row.items() if name in table.c}


def _value(table: Table, column: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    kind = table.c[column].type
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
