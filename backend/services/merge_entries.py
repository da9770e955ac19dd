"""Make one entry of two that are the same worker, or the same employer; all or nothing, and taken apart again within a day.

Everything that hangs on the entry merged away moves to the one that is kept: whatever table refers to it, today's or
tomorrow's. What moved is written down beside the act, so that taking it apart puts every row back where it was.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from itertools import product
from typing import TYPE_CHECKING, Any

from sqlalchemy import Text, cast, delete, func, select, update
from sqlalchemy.orm import Session, joinedload

from backend.domain.access import may, may_see
from backend.domain.offers import HOLDS_A_PLACE, Stretch, overlap
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, edit_worker, find_duplicates, merge_rows
from backend.services.merge_rows import Undo, put
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store import inbox
from backend.store.ledger_changes import FIELDS, plain
from backend.store.models import (
    Consent,
    Conversation,
    Employer,
    HandsetOwner,
    Hardship,
    LedgerAct,
    MergedEntry,
    Offer,
    Person,
    Worker,
)
from backend.store.queries import duplicates
from backend.store.queries import employers as employer_queries
from backend.store.queries.offers import binds
from backend.store.worker_trades import refill

if TYPE_CHECKING:
    from backend.services.deps import Deps

# What the page lets one choose, field by field.
OF_WORKERS = (
    "name", "gender", "birth_year", "village_code", "household_id", "job_types", "pay", "availability", "day_parts", "term",
    "skill_level", "employment_status", "job_willingness", "at_home", "service_needs", "preferred_channel", "waiting_since",
    "officer_id",
)  # fmt: skip
OF_EMPLOYERS = ("name", "kind", "phone", "region_code")
_TOGETHER = {"pay": ("pay_min_fen", "pay_max_fen", "pay_unit"), "availability": ("available_from", "available_to")}
# Facts of hers that no history is kept of.
_BESIDES: dict[type[Any], tuple[str, ...]] = {
    Worker: ("proximity",),
    Person: ("place_as_said", "wording", "speech_rate", "name_recording_url"),
}
_ALWAYS_SET = ("status", "preferred_channel")


def columns_of(name: str) -> tuple[str, ...]:
    """The columns one choice of the page stands for."""
    return _TOGETHER.get(name, (name,))


def seen_worker(session: Session, member: Member, worker_id: int, *, lock: bool = False) -> Worker:
    worker = edit_worker.seen(session, member, worker_id, lock=lock)
    if not may_see(member.region_code, worker.person.village_code or HOME_REGION):
        raise NotFound("no such worker")
    return worker


def seen_employer(session: Session, member: Member, employer_id: int, *, lock: bool = False) -> Employer:
    found = employer_queries.one(session, member.region_code, employer_id)
    if found is None or not may_see(member.region_code, found.region_code or HOME_REGION):
        raise NotFound("no such employer")
    if lock:
        query = select(Employer).where(Employer.id == employer_id).with_for_update()
        if session.scalar(query.execution_options(populate_existing=True)) is None:
            raise NotFound("no such employer any more")
    return found


def merge_workers(
    deps: Deps, member: Member, kept_id: int, other_id: int, take: set[str], versions: tuple[str, ...]
) -> int:
    """Merge `other` into `kept`; `take`: the fields (`OF_WORKERS`) in which the other one is right. Returns the act.

    `versions`: `versions_of` both as they were compared. Hardship stays verified with its proof where either is; consent
    withdrawn on one side is withdrawn. Raises `NotFound` unless both are of the region; `Forbidden`; `Invalid`;
    `Conflict`: `changed`; `both_hold`, or `overlap` naming the openings' ids, where each holds a place and one person cannot
    hold both.
    """
    if kept_id == other_id or take - set(OF_WORKERS):
        raise Invalid("two entries and fields of theirs", {"other": "another entry"})
    now = deps.clock()
    with deps.db.write() as session:
        first, second = (seen_worker(session, member, one, lock=True) for one in sorted((kept_id, other_id)))
        kept, other = (first, second) if first.id == kept_id else (second, first)
        _may(member)
        if versions_of(session, kept, other) != versions:
            raise Conflict("changed meanwhile", reason="changed")
        act = _act(session, member, now, "merge_workers", "workers", kept_id, other_id, take)
        undo = merge_rows.nothing()
        _both_hold(session, kept, other, now)
        _offers(session, kept, other, undo)
        _hardships(session, kept, other, undo)
        merge_rows.move_all(session, "workers", other.id, kept.id, undo)
        merge_rows.move_all(session, "persons", other.person_id, kept.person_id, undo)
        _strictest(session, kept, now, undo)
        session.expire_all()
        for said in duplicates.said_of(session, other.id):
            merge_rows.take_out(session, said, undo)
        find_duplicates.compare_again(session, other.person.village_code, gone=other.id)
        _facts(kept, other, take, undo)
        kept.updated_at = kept.person.updated_at = now
        put(other, "status", "erased", undo)
        put(other.person, "erased_at", now, undo)
        _listed_anew(session, kept, other)
        return _finish(session, member, now, act, undo, kept, other, other_id)


def _facts(kept: Worker, other: Worker, take: set[str], undo: Undo) -> None:
    """What was chosen, what the page did not ask and only the other one tells; nothing of a fact is left with the other."""
    chosen = {column for field in take for column in columns_of(field)}
    shown = {column for field in OF_WORKERS for column in columns_of(field)}
    row: Any
    source: Any
    for row, source in ((kept, other), (kept.person, other.person)):
        for name in (*FIELDS[type(row)], *_BESIDES[type(row)]):
            value = getattr(source, name)
            # How a name sounds is kept until somebody has written it down.
            lacks = value and not getattr(row, name) and not (name == "name_recording_url" and row.name)
            if name in chosen or (name not in shown and lacks):
                put(row, name, value, undo)
            if name not in _ALWAYS_SET:
                put(source, name, [] if isinstance(value, list) else None, undo)


def merge_employers(
    deps: Deps, member: Member, kept_id: int, other_id: int, take: set[str], versions: tuple[str, str]
) -> int:
    """The same for two employers; the openings, talks and complaints of both are the kept one's. Returns the act.

    Raises as `merge_workers`; `versions`: `employer_version` of both as they were compared.
    """
    if kept_id == other_id or take - set(OF_EMPLOYERS):
        raise Invalid("two entries and fields of theirs", {"other": "another entry"})
    now = deps.clock()
    with deps.db.write() as session:
        first, second = (seen_employer(session, member, one, lock=True) for one in sorted((kept_id, other_id)))
        kept, other = (first, second) if first.id == kept_id else (second, first)
        _may(member)
        if (employer_version(kept), employer_version(other)) != versions:
            raise Conflict("changed meanwhile", reason="changed")
        act = _act(session, member, now, "merge_employers", "employers", kept_id, other_id, take)
        undo = merge_rows.nothing()
        for name in take:
            put(kept, name, getattr(other, name), undo)
        if kept.verified_at is None and other.verified_at is not None:
            for name in ("verified_at", "verified_by"):
                put(kept, name, getattr(other, name), undo)
        merge_rows.move_all(session, "employers", other.id, kept.id, undo)
        merge_rows.take_out(session, other, undo)
        return _finish(session, member, now, act, undo, kept, other, other_id)


def take_apart(deps: Deps, member: Member, act_id: int) -> tuple[str, int]:
    """Undo a merge: every row goes back, or nothing happens. Returns the ledger and the number that comes back.

    Raises `NotFound`, also where one of the two would come back outside of the member's region; `Conflict`: `too_late` after
    a day or a second time, `changed_since` where something that moved was changed since, so that nobody knows whose it is.
    """
    now = deps.clock()
    with deps.db.write() as session:
        act = session.get(LedgerAct, act_id, with_for_update=True)
        if act is None or not act.kind.startswith("merge_") or act.object_id is None:
            raise NotFound("no such act")
        kind, other_id = act.object_kind, int(act.args.get("other", 0))
        kept: Any = (
            seen_worker(session, member, act.object_id, lock=True) if kind == "workers"
            else seen_employer(session, member, act.object_id, lock=True)
        )  # fmt: skip
        _may(member)
        if act.undone_at or not act.undo or act.at < now - TAKE_BACK_WITHIN:
            raise Conflict("too late", reason="too_late")
        for village in _came_from(session, act, kept, other_id):
            if not may_see(member.region_code, village or HOME_REGION):
                raise NotFound("one of the two is somebody else's")
        merge_rows.put_back(session, act.undo)
        session.execute(delete(MergedEntry).where(MergedEntry.object_kind == kind, MergedEntry.from_id == other_id))
        act.undone_at, act.undo = now, {}
        session.flush()
        session.expire_all()
        if kind == "workers":
            refill(session, [act.object_id, other_id])
            other = session.get_one(Worker, other_id)
            _listed_anew(session, kept, other)
            duplicates.drop_said_of_erased(session, other_id)
            find_duplicates.compare_again(session, other.person.village_code)
        audit.write(session, now, member.actor, "unmerged", kept, other=other_id)
        return kind, other_id


def _came_from(session: Session, act: LedgerAct, kept: Any, other_id: int) -> list[str | None]:
    """Where both stood before they were merged."""
    if act.object_kind == "workers":
        both = (kept.person, session.get_one(Worker, other_id).person)
        return [merge_rows.stood(act.undo, person, "village_code") for person in both]
    gone = [row["region_code"] for table, row in act.undo["gone"] if table == "employers"]
    return [merge_rows.stood(act.undo, kept, "region_code"), *gone]


def forget_old(deps: Deps) -> int:
    """What merges could be taken apart by is not needed any more after a day, and it is personal. Returns how many."""
    with deps.db.write() as session:
        held = LedgerAct.kind.startswith("merge_"), cast(LedgerAct.undo, Text) != "{}"
        gone: Any = session.execute(
            update(LedgerAct).where(*held, LedgerAct.at < deps.clock() - TAKE_BACK_WITHIN).values(undo={})
        )
        return int(gone.rowcount)


def versions_of(session: Session, kept: Worker, other: Worker) -> tuple[str, str, str]:
    """What a form carries to see whether somebody was quicker: both cards, and how the two stand beside each other.

    That is another one too when they have come to share a phone, or were said to be two.
    """
    return version_of(kept), version_of(other), duplicates.version_of(session, kept.id, other.id)


def version_of(worker: Worker) -> str:
    return max(worker.updated_at, worker.person.updated_at).isoformat()


def employer_version(employer: Employer) -> str:
    stands = [plain(getattr(employer, name)) for name in (*OF_EMPLOYERS, "verified_at")]
    return hashlib.sha256(json.dumps(stands).encode()).hexdigest()[:16]


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
    undo: Undo,
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


def _both_hold(session: Session, kept: Worker, other: Worker, now: datetime) -> None:
    """One person cannot stand in two places: days that both are awaited on are settled first (C4)."""
    held: dict[int, list[Offer]] = {kept.id: [], other.id: []}
    query = select(Offer).options(joinedload(Offer.opening)).where(
        Offer.worker_id.in_(held), binds(now.astimezone(TIMEZONE).date())
    )  # fmt: skip
    for offer in session.scalars(query):
        held[offer.worker_id].append(offer)
    for mine, theirs in product(*held.values()):
        if mine.opening_id != theirs.opening_id and overlap(_stretch(mine), _stretch(theirs)):
            raise Conflict("both are awaited", reason="overlap", openings=[mine.opening_id, theirs.opening_id])


def _stretch(offer: Offer) -> Stretch:
    return Stretch(offer.starts_on, offer.ends_on, offer.opening.hours_from, offer.opening.hours_to)


def _listed_anew(session: Session, *workers: Worker) -> None:
    """Phones changed hands without the inbox's knowing: whose latest talk is an elder's is read anew."""
    people = [worker.person_id for worker in workers]
    handsets = select(HandsetOwner.handset_id).where(HandsetOwner.person_id.in_(people))
    latest = select(func.max(Conversation.id)).where(Conversation.handset_id.in_(handsets))
    inbox.touch(session, session.scalars(latest.group_by(Conversation.handset_id)))


def _offers(session: Session, kept: Worker, other: Worker, undo: Undo) -> None:
    """Of two offers of one opening the one that binds more stays; the other stays behind, bound to nothing."""
    rank = {"offered": 1, "waitlisted": 2, **dict.fromkeys(HOLDS_A_PLACE, 3)}
    mine = {offer.opening_id: offer for offer in session.scalars(select(Offer).where(Offer.worker_id == kept.id))}
    for theirs in session.scalars(select(Offer).where(Offer.worker_id == other.id)).all():
        same = mine.get(theirs.opening_id)
        if same is None:
            continue
        if rank.get(same.status, 0) == 3 and rank.get(theirs.status, 0) == 3:
            raise Conflict("both hold a place in one opening", reason="both_hold")
        merge_rows.move_all(session, "offers", theirs.id, same.id, undo)
        if rank.get(theirs.status, 0) > rank.get(same.status, 0):
            # The stronger one's facts go into the row that stays; its own row is taken out with the twins.
            for name in ("status", "channel", "code", "offered_at", "expires_at", "answered_at", "message_id",
                         "waitlisted_at", "wave", "employer_told"):  # fmt: skip
                put(same, name, getattr(theirs, name), undo)
    session.flush()


def _hardships(session: Session, kept: Worker, other: Worker, undo: Undo) -> None:
    """A claim both made is verified where either is, by whoever looked, with what was seen; the earlier day counts."""
    mine = {label.code: label for label in session.scalars(select(Hardship).where(Hardship.worker_id == kept.id))}
    for theirs in session.scalars(select(Hardship).where(Hardship.worker_id == other.id)).all():
        same = mine.get(theirs.code)
        if same is None:
            continue
        if theirs.claimed_at < same.claimed_at:
            put(same, "claimed_at", theirs.claimed_at, undo)
        if theirs.verified_at is not None and same.verified_at is None:
            for name in ("verified_at", "verified_by", "evidence", "rejected_at", "rejected_by", "rejected_for"):
                put(same, name, getattr(theirs, name), undo)
    session.flush()


def _strictest(session: Session, kept: Worker, now: datetime, undo: Undo) -> None:
    """Whoever took her consent back under one entry has taken it back: the latest word counts for both."""
    given = list(session.scalars(select(Consent).where(Consent.person_id == kept.person_id).order_by(Consent.given_at)))
    withdrawn = max((each.withdrawn_at for each in given if each.withdrawn_at), default=None)
    for each in given:
        if withdrawn and each.withdrawn_at is None and each.given_at <= withdrawn:
            put(each, "withdrawn_at", now, undo)
    session.flush()
