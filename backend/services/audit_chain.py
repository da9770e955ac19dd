"""Seal the audit trail, and see that nobody has touched it (T13).

The table takes no UPDATE and no DELETE (migration 0009). Whoever owns the database could still take that rule away, so
every ten seconds the new events are sealed: a digest over them and over the seal before. The digest is keyed with
SECRET_KEY: who has the database alone can change an event, but cannot make the seals fit again.

The seals are a table of their own, written by one tick, so that nobody who acts waits for the one before. An event that
commits after younger ones were sealed is in the next seal: a seal names the ids it covers.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.store.models import AuditCheck, AuditEvent, AuditSeal

if TYPE_CHECKING:
    from backend.services.deps import Deps

log = structlog.get_logger()

AT_ONCE = 2_000  # events in one seal
LATE_BY = 2_000  # ids: so far back we look for events that committed late
CHECKED_AT_ONCE = 20_000  # events looked at in one tick
START = "0" * 64


@dataclass(frozen=True)
class Problem:
    """What is wrong: `changed` (an event of this seal was changed, taken out or put in), `missing` (a seal's number is gone,
    or the last seal of the round before is gone or another), `key` (made with another SECRET_KEY, cannot be checked),
    `unsealed` (an event that no seal covers, far behind the others)."""

    what: str
    seal: int
    first: int
    last: int


def seal(deps: Deps) -> int:
    """Seal the events that no seal covers yet; returns how many. One process at a time: the scheduler that leads."""
    sealed = 0
    while True:
        count = _seal_some(deps)
        sealed += count
        if count < AT_ONCE:
            return sealed


def _seal_some(deps: Deps) -> int:
    with deps.db.write() as session:
        before = session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
        last_id = before.last_id if before else 0
        covered = _covered(session, before, last_id - LATE_BY)
        ids = session.scalars(
            select(AuditEvent.id)
            .where(AuditEvent.id > max(last_id - LATE_BY, 0))
            .order_by(AuditEvent.id)
            .limit(LATE_BY + AT_ONCE)
        )
        new = [id_ for id_ in ids if not any(first <= id_ <= last for first, last in covered)][:AT_ONCE]
        rows = _rows(session, _spans(new)) if new else []
        if not rows:
            return 0
        number = before.number + 1 if before else 1
        key = _key(deps)
        session.add(
            AuditSeal(
                number=number,
                sealed_at=deps.clock(),
                spans=_spans(new),
                count=len(rows),
                last_id=max(last_id, new[-1]),
                key_mark=_mark(key),
                digest=(digest := _digest(key, number, before.digest if before else START, rows)),
            )
        )
    # The log is a witness elsewhere: who takes the newest seals away together with their events is found out by it.
    log.info("audit_sealed", number=number, events=len(rows), digest=digest)
    return len(rows)


def verify(deps: Deps) -> tuple[int, int, datetime | None, list[Problem]]:
    """Look along the whole chain: seals, events, the time of the newest sealed event, and everything that is wrong."""
    seals = events = 0
    newest: datetime | None = None
    problems: list[Problem] = []
    next_number = 1
    while True:
        with deps.db.read() as session:
            found = _look(deps, session, next_number, CHECKED_AT_ONCE)
        problems += found.problems
        seals, events = seals + found.seals, events + found.events
        newest = max((at for at in (newest, found.newest) if at), default=None)
        if found.at_end:
            break
        next_number = found.next_number
    with deps.db.read() as session:
        problems += _cut_off(session, session.get(AuditCheck, 1))
    return seals, events, newest, problems + _uncovered(deps)


def check_some(deps: Deps) -> int:
    """Look along the next part of the chain, round after round, and keep what was found for the page (`last_check`).

    Whoever cuts off the newest events and their seals leaves a chain that fits: the last seal of the round before tells.
    """
    with deps.db.read() as session:
        kept = session.get(AuditCheck, 1)
        found = _look(deps, session, kept.next_number if kept else 1, CHECKED_AT_ONCE)
        cut_off = _cut_off(session, kept)
    # All events are counted once a round, when it has come to its end.
    found.problems += cut_off or (_uncovered(deps) if found.at_end else [])
    with deps.db.write() as session:
        kept = session.get(AuditCheck, 1, with_for_update=True)
        if kept is None:
            kept = AuditCheck(id=1, next_number=1, events=0, whole_events=0)
            session.add(kept)
        now = deps.clock()
        if found.problems:
            first = found.problems[0]
            kept.problem = {**vars(first), "at": now.isoformat()}
        elif kept.problem and _looked_at_again(kept, found):
            kept.problem = None  # and right: e.g. the key is back
        kept.events += found.events
        kept.next_number = found.next_number
        if found.at_end:
            if not cut_off:
                kept.last_seal, kept.last_digest = found.next_number - 1, found.digest
            if found.newest or kept.events:
                kept.whole_at, kept.whole_events = now, kept.events
                kept.whole_to = found.newest or kept.whole_to
            kept.next_number, kept.events = 1, 0
    return len(found.problems)


def _looked_at_again(kept: AuditCheck, found: _Found) -> bool:
    """Whether this look covers what was wrong: the part of that seal, the end of the chain, or the count of all events."""
    problem = kept.problem or {}
    if problem["what"] == "unsealed":
        return found.at_end
    tail = problem["what"] == "missing" and problem["seal"] == kept.last_seal
    return tail or problem["seal"] in range(kept.next_number, found.next_number)


def _cut_off(session: Session, kept: AuditCheck | None) -> list[Problem]:
    if kept is None or not kept.last_seal:
        return []
    there = session.get(AuditSeal, kept.last_seal)
    whole = there is not None and hmac.compare_digest(there.digest, kept.last_digest)
    return [] if whole else [Problem("missing", kept.last_seal, 0, 0)]


def last_check(session: Session) -> AuditCheck | None:
    """What the looks along the chain have found so far."""
    return session.get(AuditCheck, 1)


@dataclass
class _Found:
    problems: list[Problem]
    next_number: int
    seals: int = 0
    events: int = 0
    newest: datetime | None = None
    at_end: bool = False
    digest: str = START  # of the last seal looked at


def _look(deps: Deps, session: Session, number: int, most: int) -> _Found:
    key = _key(deps)
    mark = _mark(key)
    found = _Found([], number)
    before = session.get(AuditSeal, number - 1) if number > 1 else None
    digest = before.digest if before else START
    last_of_all = session.scalar(select(func.max(AuditSeal.number))) or 0
    seals = session.scalars(
        select(AuditSeal).where(AuditSeal.number >= number).order_by(AuditSeal.number).limit(max(1, most // 10))
    ).all()
    for each in seals:
        if each.number != found.next_number:
            found.problems.append(Problem("missing", found.next_number, 0, 0))
        rows = _rows(session, each.spans)
        first, last = each.spans[0][0], each.spans[-1][1]
        if each.key_mark != mark:
            found.problems.append(Problem("key", each.number, first, last))
        elif len(rows) != each.count or not hmac.compare_digest(_digest(key, each.number, digest, rows), each.digest):
            found.problems.append(Problem("changed", each.number, first, last))
        digest = each.digest
        found.seals += 1
        found.events += len(rows)
        found.newest = max((row.at for row in rows), default=found.newest)
        found.next_number = each.number + 1
        if found.events >= most:
            break
    found.at_end, found.digest = found.next_number > last_of_all, digest
    return found


def _uncovered(deps: Deps) -> list[Problem]:
    """Events below the newest sealed one that are in no seal: put in behind our back."""
    with deps.db.read() as session:
        newest = session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))
        if newest is None:
            return []
        upto = newest.last_id
        there = session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.id <= upto)) or 0
        counted = session.scalar(select(func.sum(AuditSeal.count)).where(AuditSeal.number <= newest.number)) or 0
    if there <= counted:
        return []
    # What only committed late is in the next seal.
    with contextlib.suppress(IntegrityError):  # another process makes it at this moment
        seal(deps)
    with deps.db.read() as session:
        later = session.scalars(select(AuditSeal.spans).where(AuditSeal.number > newest.number))
        counted += sum(max(0, min(last, upto) - first + 1) for spans in later for first, last in spans)
    return [Problem("unsealed", 0, 0, upto)] if there > counted else []


def _covered(session: Session, before: AuditSeal | None, from_id: int) -> list[tuple[int, int]]:
    """The spans of ids from `from_id` on that seals cover: in the newest seals, as each covers one id at least."""
    newest = AuditSeal.number > (before.number if before else 0) - 2 * LATE_BY
    seals = session.scalars(select(AuditSeal.spans).where(newest, AuditSeal.last_id >= from_id))
    return _merged((first, last) for spans in seals for first, last in spans if last >= from_id)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _spans(ids: Sequence[int]) -> list[list[int]]:
    return [list(span) for span in _merged((id_, id_) for id_ in ids)]


def _events() -> Any:
    return select(
        AuditEvent.id, AuditEvent.at, AuditEvent.actor, AuditEvent.verb, AuditEvent.object_kind, AuditEvent.object_id,
        AuditEvent.message_id, AuditEvent.facts, AuditEvent.region_code,
    )  # fmt: skip


def _rows(session: Session, spans: Sequence[Sequence[int]]) -> list[Any]:
    rows: list[Any] = []
    for at in range(0, len(spans), 200):
        inside = or_(*(AuditEvent.id.between(first, last) for first, last in spans[at : at + 200]))
        rows += session.execute(_events().where(inside).order_by(AuditEvent.id)).all()
    return rows


def _digest(key: bytes, number: int, before: str, rows: Iterable[Any]) -> str:
    made = hmac.new(key, f"{number}\n{before}\n".encode(), hashlib.sha256)
    for row in rows:
        at = row.at.astimezone(UTC).isoformat(timespec="microseconds")
        made.update(json.dumps([row.id, at, *row[2:]], ensure_ascii=True, sort_keys=True).encode() + b"\n")
    return made.hexdigest()


def _key(deps: Deps) -> bytes:
    return hmac.digest(deps.settings.secret_key.encode(), b"seals of the audit trail", hashlib.sha256)


def _mark(key: bytes) -> str:
    return hashlib.sha256(b"mark" + key).hexdigest()[:12]
