"""Reviewed turns become examples for the model, in a file that a person can read and compare (`DATA_DIR/training`)."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from backend.domain import training
from backend.domain.access import may
from backend.errors import Forbidden, NotFound
from backend.services import audit
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.settings import Settings
from backend.store.models import Conversation, Message, TrainingExample
from backend.store.queries import corrections as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

log = structlog.get_logger()


def path(settings: Settings) -> Path:
    """Where the examples stand, as Rasa reads them. The file is missing until a turn has been reviewed."""
    return settings.data_dir / "training" / "reviewed.yml"


def learn(
    session: Session, deps: Deps, member: Member, turn: Message, intent: str, entities: list[dict[str, Any]], text: str
) -> str | None:
    """Put the turn's example in the place of the one it had, in the caller's transaction; none where nothing is learnt.

    `entities`: with `start` and `end` in `text`, the words as they were understood. Returns why it is not learnt, if it is
    not: unclear (as what it was meant is not known), disputed (somebody taught it as something else), or as
    `training.left_out`.
    """
    conversation = session.get_one(Conversation, turn.conversation_id)
    people = queries.names_on(session, turn.handset_id)
    known = {person.name for person in people if person.name}
    sex = next((person.gender for person in people if person.id == conversation.person_id and person.gender), "female")
    entities = [] if intent == "out_of_scope" else entities
    line = None if intent == "nlu_fallback" else training.example(text, entities, known, turn.id, sex)
    found = session.scalar(select(TrainingExample).where(TrainingExample.message_id == turn.id))
    if line is None:
        if found is not None:
            session.delete(found)
        return "unclear" if intent == "nlu_fallback" else training.left_out(text, entities, known)
    if found is None:
        found = TrainingExample(message_id=turn.id)
        session.add(found)
    found.intent, found.text, found.channel = intent, line, turn.channel
    found.region_code, found.staff_id, found.at = conversation.region_code, member.id, deps.clock()
    found.dropped_at = found.dropped_by = None
    session.flush()
    return "disputed" if training.bare(line) in training.disputed(queries.learnt(session)) else None


def forget(session: Session, message_id: int) -> None:
    """The turn is reviewed no more: its example goes."""
    found = session.scalar(select(TrainingExample).where(TrainingExample.message_id == message_id))
    if found is not None:
        session.delete(found)


def drop(deps: Deps, member: Member, example_id: int, dropped: bool) -> None:
    """Take an example out of what is learnt, or put it back. Raises `NotFound`, `Forbidden`."""
    with deps.db.write() as session:
        example = queries.example(session, member.region_code, HOME_REGION, example_id)
        if example is None:
            raise NotFound("no such example")
        if not may(member.role, "correct"):
            raise Forbidden("this role only looks")
        if (example.dropped_at is not None) == dropped:
            return
        now = deps.clock()
        example.dropped_at, example.dropped_by = (now, member.id) if dropped else (None, None)
        audit.write(session, now, member.actor, "example_dropped" if dropped else "example_kept", example)
    written(deps)


def write(deps: Deps) -> Path:
    """Write the file as the database has it now, whole or not at all, and return where. Raises `OSError`.

    One process after the other reads and writes, so that the last to write has seen what all have stored.
    """
    target = path(deps.settings)
    # What people said is for the service alone to read, though no name is in it.
    target.parent.mkdir(parents=True, exist_ok=True)
    target.parent.chmod(0o700)
    with _alone(target.parent / ".reviewed.lock"):
        with deps.db.read() as session:
            words = training.file_of(queries.learnt(session))
        draft = target.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
            file.write(words)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    return target


def write_after(session: Session, deps: Deps) -> None:
    """The same once the caller's transaction is stored; `refresh` looks again where that fails."""

    def stored(ended: Session) -> None:
        if not ended.in_nested_transaction():
            written(deps)

    event.listen(session, "after_commit", stored)


def refresh(deps: Deps) -> int:
    """Write the file where it is not as the database has it; returns 1 when it was not."""
    target = path(deps.settings)
    before = target.read_bytes() if target.exists() else None
    with deps.db.read() as session:
        words = training.file_of(queries.learnt(session)).encode()
    if before == words or (before is None and b"intent:" not in words):
        return 0
    return int(written(deps))


def written(deps: Deps) -> bool:
    """The same after a correction, which is stored already: that the disk is full does not undo it."""
    try:
        write(deps)
    except OSError as problem:
        log.error("examples_not_written", error=type(problem).__name__)
        return False
    return True


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    file = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
    finally:
        os.close(file)
