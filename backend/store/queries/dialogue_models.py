"""Reads about dialogue models: the one in use, the one before, the training under way, the last ones."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, undefer

from backend.store.models import DialogueModel, ModelSwitch, Staff
from backend.store.queries.scope import within

LAST = 20


def in_use(session: Session) -> DialogueModel | None:
    """The model that answers; none before the program was started for the first time."""
    switch = last_switch(session)
    return session.get(DialogueModel, switch.model_id) if switch else None


def last_switch(session: Session) -> ModelSwitch | None:
    """The change that put the model in use."""
    return session.scalars(
        select(ModelSwitch).where(ModelSwitch.status == "done").order_by(ModelSwitch.id.desc()).limit(1)
    ).first()


def before(session: Session) -> DialogueModel | None:
    """The model that was in use before this one, if one can still go back to it."""
    current = last_switch(session)
    if current is None:
        return None
    used = session.get(DialogueModel, current.model_id)
    return session.scalars(
        select(DialogueModel)
        .join(ModelSwitch, ModelSwitch.model_id == DialogueModel.id)
        .where(
            ModelSwitch.status == "done", ModelSwitch.id < current.id, DialogueModel.id != current.model_id,
            DialogueModel.file_kept, DialogueModel.tree == (used.tree if used else None),
        )
        .order_by(ModelSwitch.id.desc())
        .limit(1)
    ).first()  # fmt: skip


def own_of(session: Session, tree: str | None) -> DialogueModel | None:
    """The model that this version of the program came with."""
    return session.scalars(
        select(DialogueModel).where(DialogueModel.origin == "tree", DialogueModel.tree == tree).limit(1)
    ).first()


def scored(session: Session, tree: str) -> Sequence[DialogueModel]:
    """The models for this version of the program that may be used or might have been, with their scores."""
    return session.scalars(
        select(DialogueModel)
        .where(DialogueModel.status == "ready", DialogueModel.tree == tree, DialogueModel.figures.is_not(None))
        .options(undefer(DialogueModel.scores))
    ).all()


def under_way(session: Session) -> DialogueModel | None:
    """The training that waits or runs."""
    return session.scalars(select(DialogueModel).where(DialogueModel.slot == 1)).first()


def last_trainings(session: Session, most: int = LAST) -> Sequence[DialogueModel]:
    """What was trained here, the newest first."""
    return session.scalars(
        select(DialogueModel).where(DialogueModel.origin == "trained").order_by(DialogueModel.id.desc()).limit(most)
    ).all()


def last_switches(session: Session, most: int = LAST) -> Sequence[tuple[ModelSwitch, DialogueModel]]:
    """Which models were put in use, the newest change first."""
    rows = session.execute(
        select(ModelSwitch, DialogueModel)
        .join(DialogueModel, DialogueModel.id == ModelSwitch.model_id)
        .order_by(ModelSwitch.id.desc())
        .limit(most)
    )
    return [(row[0], row[1]) for row in rows]


def in_full(session: Session, model_id: int) -> DialogueModel | None:
    """A model with everything it was scored on."""
    return session.scalars(
        select(DialogueModel)
        .where(DialogueModel.id == model_id)
        .options(undefer(DialogueModel.scores), undefer(DialogueModel.compared), undefer(DialogueModel.example_hashes))
    ).first()


def regions_of(session: Session, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """Id → division code of whoever is among `staff_ids`."""
    wanted = {one for one in staff_ids if one is not None}
    rows = session.execute(select(Staff.id, Staff.region_code).where(Staff.id.in_(wanted)))
    return {row.id: row.region_code for row in rows}


def names_of(session: Session, region: str, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """Id → name of those among `staff_ids` who belong to `region`; the model is everybody's, colleagues elsewhere are not."""
    wanted = {one for one in staff_ids if one is not None}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(wanted), within(Staff.region_code, region)))
    return {row.id: row.name for row in rows}
