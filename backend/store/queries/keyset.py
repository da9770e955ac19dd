"""Lists that go on after a row instead of counting off pages: as quick on the thousandth page as on the first.

A cursor is what the keys of the last row were, joined by `~`; nonsense begins at the beginning.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import Session

MOST = 100  # a count stops here: "99+"
WINDOW = 2_000  # rows looked through for one page where no index tells what is wanted


@dataclass(frozen=True)
class Key:
    """`name`: the attribute of a row; `read` turns its text back. Columns of a keyset hold no NULL."""

    column: Any
    name: str
    read: Callable[[str], Any]
    desc: bool = False


def flag(text: str) -> bool:
    return {"0": False, "1": True}[text]


def day(text: str) -> date:
    return date.fromisoformat(text)


def moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("a time of no zone")
    return found.astimezone(UTC)  # here rather than on the way to the database: at the end of all time it overflows


def number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 9):
        raise ValueError("not a number")
    return int(text)


def keys_of(sorts: Mapping[str, tuple[Key, ...]], sort: str) -> tuple[Key, ...]:
    """The keys of an order, turned round where its name begins with a hyphen."""
    keys = sorts[sort.removeprefix("-")]
    return tuple(replace(key, desc=not key.desc) for key in keys) if sort.startswith("-") else keys


def cursor(row: Any, keys: Sequence[Key]) -> str:
    """Where a page ended."""
    return "~".join(_told(getattr(row, key.name)) for key in keys)


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def ordered(query: Select[Any], keys: Sequence[Key], after: str = "") -> Select[Any]:
    """`query` in the order of `keys`, the last of which is unique, from behind the cursor `after` on."""
    values = _values(keys, after)
    if values:
        query = query.where(_beyond(keys, values))
    return query.order_by(*(key.column.desc() if key.desc else key.column for key in keys))


def sifted(
    session: Session,
    query: Select[Any],
    keys: Sequence[Key],
    after: str,
    wanted: Sequence[ColumnElement[bool]],
    size: int,
) -> tuple[list[Any], str]:
    """A page of what `wanted` leaves of `query`, and where the next one begins, "" at the end.

    What no index tells is looked for in the next `WINDOW` rows alone: fewer than `size` rows, or none, may go on behind it.
    """
    if not wanted:
        found = list(session.scalars(ordered(query, keys, after).limit(size + 1)))
        return found[:size], cursor(found[size - 1], keys) if len(found) > size else ""
    unique = keys[-1].column
    seen = ordered(query, keys, after).with_only_columns(*(key.column for key in keys))
    window = seen.limit(WINDOW).subquery()
    among = query.join(window, window.c[keys[-1].name] == unique).where(*wanted)
    found = list(session.scalars(ordered(among, keys).limit(size + 1)))
    if len(found) > size:
        return found[:size], cursor(found[size - 1], keys)
    last = session.execute(seen.offset(WINDOW - 1).limit(1)).first()
    return found, cursor(last, keys) if last is not None else ""


def _values(keys: Sequence[Key], after: str) -> list[Any]:
    parts = after.split("~") if after else []
    if len(parts) != len(keys):
        return []
    try:
        return [key.read(part) for key, part in zip(keys, parts, strict=True)]
    except (ValueError, KeyError, OverflowError):
        return []


def _beyond(keys: Sequence[Key], values: list[Any]) -> ColumnElement[bool]:
    # Bound, for `urgent < true` is no comparison SQLAlchemy would write by itself.
    values = [literal(value, key.column.type) for key, value in zip(keys, values, strict=True)]
    branches = []
    for depth, key in enumerate(keys):
        same = [each.column == value for each, value in zip(keys[:depth], values[:depth], strict=True)]
        further = key.column < values[depth] if key.desc else key.column > values[depth]
        branches.append(and_(*same, further))
    if len(keys) == 1:
        return branches[0]
    # Said of the first key once more: this half is what an index can begin at.
    first = keys[0].column <= values[0] if keys[0].desc else keys[0].column >= values[0]
    return and_(first, or_(*branches))


def counted(query: Select[Any], most: int = MOST) -> Select[int]:
    """How many rows `query` has, looked for no further than `most`."""
    return select(func.count()).select_from(query.order_by(None).limit(most).subquery())


def at_most(session: Session, query: Select[Any], most: int = MOST) -> int:
    return session.scalar(counted(query, most)) or 0


def each_at_most(session: Session, queries: Mapping[str, Select[Any]], most: int = MOST) -> dict[str, int]:
    """The same of several queries, by their names, in one statement."""
    if not queries:
        return {}
    row = session.execute(select(*(counted(query, most).scalar_subquery() for query in queries.values()))).one()
    return dict(zip(queries, row, strict=True))
