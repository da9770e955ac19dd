"""Train the line's model anew with what staff reviewed: ask, watch, cancel; and what the trainer writes down about it.

One training at a time for the whole line: its model is one for everybody. The row is the queue; whoever works on it holds
a lease, so that a trainer that was killed leaves a row that the next one takes up again.
"""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from sqlalchemy import or_, select, update
from sqlalchemy.exc import IntegrityError

from backend.domain import reviewed
from backend.domain.reviewed import Example
from backend.errors import Conflict, Forbidden, LinggongError, NotFound
from backend.services import audit, training_examples
from backend.services.dialogue_models import may_train
from backend.services.staff_login import Member
from backend.settings import ROOT
from backend.store.models import DialogueModel
from backend.store.queries import dialogue_models as queries
from backend.store.session import Database

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.settings import Settings

LEASE = timedelta(seconds=60)
# A training that was cut off is taken up again once; then a person decides.
ATTEMPTS = 2
_ACTIVE = ("queued", "training", "scoring")


class Lost(LinggongError):
    """The row is no longer this trainer's: cancelled, or taken up by another after a long silence."""


@dataclass(frozen=True)
class Pending:
    """What staff reviewed, against what the model in use learnt. `unreadable`: the file is not what we write."""

    examples: list[Example] = field(default_factory=list)
    added: int = 0
    removed: int = 0
    by_intent: list[tuple[str, int]] = field(default_factory=list)  # of what is new, the most first
    unreadable: bool = False


@cache
def known() -> tuple[frozenset[str], frozenset[str]]:
    """(intents, kinds of entities) the line knows, from domain.yml."""
    content = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))

    def names(key: str) -> frozenset[str]:
        return frozenset(one if isinstance(one, str) else next(iter(one)) for one in content[key])

    return names("intents"), names("entities")


def read_reviewed(settings: Settings) -> list[Example]:
    """The usable reviewed sentences; none without the file. Raises `ValueError` when it cannot be read as one of ours."""
    try:
        content = training_examples.path(settings).read_text(encoding="utf-8")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError) as problem:
        raise ValueError("unreadable") from problem
    return reviewed.read(content, *known())


def pending(deps: Deps) -> Pending:
    try:
        examples = read_reviewed(deps.settings)
    except ValueError:
        return Pending(unreadable=True)
    with deps.db.read() as session:
        used = queries.in_use(session)
        full = queries.in_full(session, used.id) if used else None
        before = set((full.example_hashes if full else None) or ())
    now = {one.hash: one for one in examples}
    new = [one for key, one in now.items() if key not in before]
    return Pending(
        examples, len(new), len(before - set(now)), Counter(one.intent for one in new).most_common(), unreadable=False
    )


def done_already(last: DialogueModel | None, used: DialogueModel | None, examples: list[Example]) -> bool:
    """Whether the last training was of these very sentences, and what came of it is still there."""
    return (
        last is not None and used is not None and last.tree == used.tree
        and (last.status == "refused" or (last.status == "ready" and last.file_kept))
        and last.example_hashes == sorted(one.hash for one in examples)
    )  # fmt: skip


def ask(deps: Deps, member: Member) -> int:
    """Queue a training; return its number.

    Raises `Forbidden`; `Conflict` with `under_way`, `nothing_reviewed`, `nothing_new`, `trained_already`, `unreadable`.
    """
    if not may_train(member):
        raise Forbidden("only the line's own county trains the model")
    training_examples.written(deps)
    found = pending(deps)
    if found.unreadable:
        raise Conflict("the file of reviewed sentences cannot be read", reason="unreadable")
    hashes = sorted(one.hash for one in found.examples)
    try:
        with deps.db.write() as session:
            used = queries.in_use(session)
            if queries.under_way(session) is not None:
                raise Conflict("one is under way", reason="under_way")
            if not hashes and not found.removed:
                raise Conflict("nothing was reviewed", reason="nothing_reviewed")
            if used is not None and not found.added and not found.removed:
                raise Conflict("nothing is new", reason="nothing_new")
            last = next(iter(queries.last_trainings(session, 1)), None)
            if done_already(last, used, found.examples):
                raise Conflict("this was trained already", reason="trained_already")
            row = DialogueModel(
                origin="trained", slot=1, requested_by=member.id, requested_at=deps.clock(), examples=len(hashes),
                added=found.added, removed=found.removed,
            )  # fmt: skip
            session.add(row)
            session.flush()
            audit.write(session, deps.clock(), member.actor, "training_asked", row, added=found.added)
            return row.id
    except IntegrityError as problem:  # two pressed at the same moment
        raise Conflict("one is under way", reason="under_way") from problem


def cancel(deps: Deps, member: Member, model_id: int) -> None:
    """Ask the training to end; one that still waits ends at once. Raises `Forbidden`, `NotFound`, `Conflict` (`ended`)."""
    if not may_train(member):
        raise Forbidden("only the line's own county cancels a training")
    with deps.db.write() as session:
        row = session.get(DialogueModel, model_id, with_for_update=True)
        if row is None or row.origin != "trained":
            raise NotFound("no such training")
        if row.status not in _ACTIVE:
            raise Conflict("it has ended", reason="ended")
        row.cancel_asked = True
        if row.status == "queued":
            row.status, row.slot, row.finished_at = "cancelled", None, deps.clock()
        audit.write(session, deps.clock(), member.actor, "training_cancelled", row)


# -- what the trainer writes ------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Claim:
    model_id: int
    token: str


def claim(db: Database, now: datetime) -> Claim | None:
    """Take the training that waits, or one whose trainer fell silent; one cut off too often is marked as failed."""
    token = secrets.token_hex(8)
    with db.write() as session:
        row = session.scalars(
            select(DialogueModel)
            .where(DialogueModel.slot == 1, or_(DialogueModel.status == "queued", DialogueModel.lease_until < now))
            .with_for_update(skip_locked=True)
        ).first()
        if row is None:
            return None
        if row.attempts >= ATTEMPTS:
            row.status, row.slot, row.problem, row.finished_at = "failed", None, "cut_off", now
            return None
        row.status, row.attempts, row.started_at = "training", row.attempts + 1, row.started_at or now
        row.lease_token, row.lease_until, row.share, row.step = token, now + LEASE, 0, "reading"
        return Claim(row.id, token)


def note(db: Database, held: Claim, now: datetime, **values: Any) -> None:
    """Write progress (status, step, share, seconds_left …) and prolong the lease. Raises `Lost`."""
    with db.write() as session:
        row = session.get(DialogueModel, held.model_id, with_for_update=True)
        if row is None or row.lease_token != held.token or row.slot is None or row.cancel_asked:
            raise Lost("cancelled or taken up elsewhere")
        row.lease_until = now + LEASE
        for name, value in values.items():
            setattr(row, name, value)


def finish(db: Database, held: Claim, now: datetime, status: str, **values: Any) -> None:
    """End it as ready, refused, failed or cancelled; nothing when it is no longer this trainer's."""
    with db.write() as session:
        session.execute(
            update(DialogueModel)
            .where(DialogueModel.id == held.model_id, DialogueModel.lease_token == held.token)
            .values(status=status, slot=None, lease_token=None, lease_until=None, finished_at=now, seconds_left=None,
                    step=None, **values)
        )  # fmt: skip


def put_back(db: Database, held: Claim) -> None:
    """The trainer is told to stop: the next one starts over, and this does not count as a failure."""
    with db.write() as session:
        row = session.get(DialogueModel, held.model_id, with_for_update=True)
        if row is not None and row.lease_token == held.token and row.slot is not None:
            row.status, row.lease_token, row.lease_until = "queued", None, None
            row.attempts, row.share, row.step, row.seconds_left = row.attempts - 1, 0, None, None
