"""Rows that change hands when two entries become one: every change is written down, so that each goes back where it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Date, PrimaryKeyConstraint, Table, UniqueConstraint, delete, insert, select, update
from sqlalchemy.orm import Session

from backend.errors import Conflict
from backend.store.ledger_changes import plain
from backend.store.models import Base
from backend.store.models.base import UTCDateTime

# Kept by the store itself, or about the entry rather than hanging on it.
_NOT_MOVED = frozenset({"worker_trades", "workers", "persons", "merged_entries"})

Undo = dict[str, Any]  # moved: [[table, key, column, was, became]]; rows: the same of facts; gone: [[table, row]]


def nothing() -> Undo:
    return {"moved": [], "gone": [], "rows": []}


def references(target: str) -> list[tuple[Table, str]]:
    """Every (table, column) that refers to the ids of `target`, in the order they can be moved."""
    return [
        (table, key.parent.name)
        for table in Base.metadata.sorted_tables
        if table.name not in _NOT_MOVED
        for key in table.foreign_keys
        if key.column.table.name == target
    ]


def move_all(session: Session, target: str, old: int, new: int, undo: Undo) -> None:
    """Let everything that refers to row `old` of `target`, in whatever table, refer to `new`."""
    for table, column in references(target):
        _move(session, table, column, old, new, undo)


def _move(session: Session, table: Table, column: str, old: int, new: int, undo: Undo) -> None:
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
            undo["gone"].append([table.name, {name: plain(value) for name, value in row.items()}])
            continue
        session.execute(update(table).where(*where).values({column: new}))
        after = {key: new if key == column else row[key] for key in keys}
        undo["moved"].append([table.name, after, column, old, new])


def put(row: Any, name: str, value: Any, undo: Undo) -> None:
    """Set a fact of one row."""
    was = getattr(row, name)
    if was == value:
        return
    undo["rows"].append([row.__tablename__, {"id": row.id}, name, plain(was), plain(value)])
    setattr(row, name, value)


def take_out(session: Session, row: Any, undo: Undo) -> None:
    """Delete a row to which nothing refers any more; what was read of it can still be read."""
    table = row.__table__
    key = [column == getattr(row, column.name) for column in table.primary_key.columns]
    undo["gone"].append([table.name, {column.name: plain(getattr(row, column.name)) for column in table.columns}])
    session.expunge(row)
    session.execute(delete(table).where(*key))


def put_back(session: Session, undo: Undo) -> None:
    """Everything as it was. Raises `Conflict(reason="changed_since")` where something was changed since: nobody knows whose."""
    for table_name, row in undo["gone"]:
        table = Base.metadata.tables[table_name]
        values = {name: _value(table, name, value) for name, value in row.items() if name in table.c}
        session.execute(insert(table).values(**values))
    for table_name, key, column, was, became in [*reversed(undo["moved"]), *reversed(undo["rows"])]:
        table = Base.metadata.tables[table_name]
        where = [table.c[name] == value for name, value in key.items()]
        stands = session.execute(select(table.c[column]).where(*where)).first()
        if stands is None or plain(stands[0]) != became:
            raise Conflict("changed since", reason="changed_since")
        session.execute(update(table).where(*where).values({column: _value(table, column, was)}))


def stood(undo: Undo, row: Any, column: str) -> Any:
    """What stood in `column` of a row before; what stands there now where it was not changed."""
    return next(
        (was for table, key, changed, was, _ in undo["rows"]
         if (table, key, changed) == (row.__tablename__, {"id": row.id}, column)),
        getattr(row, column),
    )  # fmt: skip


def _value(table: Table, column: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    kind = table.c[column].type
    if isinstance(kind, UTCDateTime):
        return datetime.fromisoformat(value)
    return date.fromisoformat(value) if isinstance(kind, Date) else value
