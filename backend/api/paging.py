"""Lists as `{"items": [...], "next": cursor-or-null}`, cut by id, so that rows added meanwhile neither repeat nor vanish."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from backend.errors import Invalid

LARGEST_ID = 2**31 - 1


def page(
    session: Session,
    query: Select[Any],
    key: Any,
    asked: dict[str, Any],
    shape: Callable[[list[Any]], list[dict[str, Any]]],
    *,
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page of `query` ordered by the id column `key`; `asked`: `{"limit", "cursor"?}`, `shape` makes the items."""
    limit = asked["limit"]
    if (cursor := asked.get("cursor")) is not None:
        after = _read(cursor)
        query = query.where(key < after if newest_first else key > after)
    query = query.order_by(key.desc() if newest_first else key).limit(limit + 1)
    rows = list(session.scalars(query).unique())
    more = len(rows) > limit
    rows = rows[:limit]
    return {"items": shape(rows), "next": str(rows[-1].id) if more else None}


def _read(cursor: str) -> int:
    if cursor.isascii() and cursor.isdigit() and int(cursor[:11]) <= LARGEST_ID and len(cursor) <= 10:
        return int(cursor)
    raise Invalid("unusable cursor", {"cursor": "take it from `next` of the page before"})
