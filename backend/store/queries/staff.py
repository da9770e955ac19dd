"""Who of the staff did something, by name."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.models import Staff


def names_of(session: Session, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """Id → name, for those of `staff_ids` that are somebody's."""
    wanted = {id_ for id_ in staff_ids if id_ is not None}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(wanted)))
    return {row.id: row.name for row in rows}
