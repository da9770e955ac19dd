"""Which dialogue model the line answers with: put another in use, go back to the one before, know it again by its hash.

A model is in use when the last change that is done names it. The trainer hands a change on to the watcher of `make run`,
which starts a second engine beside the first; both are told here how it went.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.dialogue.model_file import sha256_of
from backend.domain.access import may
from backend.errors import Conflict, Forbidden, NotFound
from backend.services import audit
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import DialogueModel, ModelSwitch
from backend.store.queries import dialogue_models as queries
from backend.store.session import Database

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.settings import Settings

# Kept besides the one in use, to go back to.
KEPT = 3
# An engine takes half a minute to come up, two on a busy machine.
TAKES_AT_MOST = timedelta(minutes=5)


@dataclass(frozen=True)
class Chosen:
    """A model file and the hash it must have; `switch_id`: the change that asks for it."""

    path: Path
    sha256: str
    switch_id: int = 0


def models_folder(settings: Settings) -> Path:
    """Where models with reviewed sentences lie; those of the program itself lie beside its sources."""
    return settings.data_dir / "training" / "models"


def file_of(settings: Settings, model: DialogueModel) -> Path:
    """Where the file of a model trained here lies: named by what is in it, so that no other training can overwrite it."""
    return models_folder(settings) / f"{str(model.sha256)[:16]}.tar.gz"


def may_train(member: Member) -> bool:
    """Whether somebody trains, switches and goes back: one line, one model, so it is up to the county that runs the line."""
    return may(member.role, "train_model") and member.region_code == HOME_REGION


def switch(deps: Deps, member: Member, model_id: int) -> None:
    """Ask for a trained model to be put in use.

    Raises `Forbidden`, `NotFound`, `Conflict` (`not_ready`, `in_use`, `file_gone`, `other_program`, `switching`).
    """
    _ask(deps, member, model_id, "switch")


def roll_back(deps: Deps, member: Member) -> None:
    """Ask for the model that was in use before this one; raises as `switch`, and `nothing_before`."""
    _ask(deps, member, None, "back")


def _ask(deps: Deps, member: Member, model_id: int | None, kind: str) -> None:
    if not may_train(member):
        raise Forbidden("only the line's own county puts models in use")
    try:
        with deps.db.write() as session:
            used = queries.in_use(session)
            if model_id is None:
                before = queries.before(session)
                if before is None:
                    raise Conflict("there was none before", reason="nothing_before")
                model_id = before.id
            model = session.get(DialogueModel, model_id)
            if model is None:
                raise NotFound("no such model")
            if used is not None and used.id == model.id:
                raise Conflict("it is in use", reason="in_use")
            if model.status != "ready" or model.sha256 is None:
                raise Conflict("it cannot be put in use", reason="not_ready")
            if not model.file_kept:
                raise Conflict("its file is gone", reason="file_gone")
            if used is not None and model.tree != used.tree:
                raise Conflict("it was made for another version of the program", reason="other_program")
            row = ModelSwitch(model_id=model.id, kind=kind, slot=1, asked_by=member.id, asked_at=deps.clock())
            session.add(row)
            session.flush()
            audit.write(session, deps.clock(), member.actor, "model_switched", model, kind=kind, name=model.name)
    except IntegrityError as problem:
        raise Conflict("another change is under way", reason="switching") from problem


def asked(session: Session) -> tuple[ModelSwitch, DialogueModel] | None:
    """The change that is asked for and not yet done."""
    found = session.execute(
        select(ModelSwitch, DialogueModel)
        .join(DialogueModel, DialogueModel.id == ModelSwitch.model_id)
        .where(ModelSwitch.slot == 1)
    ).first()
    return (found[0], found[1]) if found else None


def settle(db: Database, switch_id: int, now: datetime, problem: str | None = None) -> None:
    """Write down that the change is done, or why it is not."""
    with db.write() as session:
        session.execute(
            update(ModelSwitch)
            .where(ModelSwitch.id == switch_id, ModelSwitch.status == "asked")
            .values(status="failed" if problem else "done", slot=None, done_at=now, problem=problem)
        )


def at_start(db: Database, settings: Settings, own: Chosen, now: datetime) -> tuple[Chosen, str | None]:
    """The model to start with, and a plain sentence when it is another than the one last chosen.

    `own`: the program's own model. One trained here is used on as long as the program is the same and its file is whole.
    """
    name = own.path.name.removesuffix(".tar.gz")
    with db.write() as session:
        ours = session.scalars(
            select(DialogueModel).where(DialogueModel.origin == "tree", DialogueModel.name == name)
        ).first()
        if ours is None:
            ours = DialogueModel(origin="tree", status="ready", name=name, tree=name, requested_at=now, finished_at=now)
            session.add(ours)
        ours.sha256, ours.file_kept = own.sha256, True
        for older in session.scalars(
            select(DialogueModel).where(DialogueModel.origin == "tree", DialogueModel.name != name)
        ):
            older.file_kept = False
        session.flush()
        used = queries.in_use(session)
        said = None
        if used is not None and used.origin == "trained":
            path = file_of(settings, used)
            if used.tree != name:
                said = "the program is newer than the model trained here; it starts with its own. Train again in the console."
            elif used.sha256 is None or not _is_whole(path, used.sha256):
                used.file_kept = False
                said = (
                    f"{path.name} is missing or was altered; it is not loaded. The program's own model takes its place."
                )
            else:
                return Chosen(path, used.sha256), None
        if used is None or used.id != ours.id:
            session.add(ModelSwitch(model_id=ours.id, kind="start", status="done", asked_at=now, done_at=now))
        return own, said


def fell_back(db: Database, now: datetime) -> str | None:
    """Write down that the program's own model answers in the place of one whose file was altered; return that one's name."""
    with db.write() as session:
        used = queries.in_use(session)
        own = queries.own_of(session, used.tree) if used is not None and used.origin == "trained" else None
        if used is None or own is None:
            return None
        used.file_kept = False
        session.add(ModelSwitch(model_id=own.id, kind="fell_back", status="done", asked_at=now, done_at=now))
        return used.name


def _is_whole(path: Path, sha256: str) -> bool:
    try:
        return sha256_of(path) == sha256
    except OSError:
        return False


def forget_old(db: Database, settings: Settings) -> None:
    """Delete the files of trained models but the last `KEPT`, the one in use, the one before and the one asked for."""
    with db.write() as session:
        used = queries.in_use(session)
        rows = session.scalars(
            select(DialogueModel)
            .where(DialogueModel.origin == "trained", DialogueModel.file_kept)
            .order_by(DialogueModel.id.desc())
        ).all()
        before = queries.before(session)
        stay = {row.id for row in [row for row in rows if row.status == "ready"][:KEPT]}
        change = asked(session)
        stay |= {one.id for one in (used, before, change[1] if change else None) if one is not None}
        names = {file_of(settings, row).name for row in rows if row.id in stay}
        for row in rows:
            if row.id not in stay:
                row.file_kept = False
    for path in models_folder(settings).glob("*.tar.gz"):
        if path.name not in names:
            path.unlink(missing_ok=True)
