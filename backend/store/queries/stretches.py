"""Lists of several stretches, one behind the other, each in the order of an index: `keyset` where one order is not enough.

A list that puts one kind of row before another, or those of whom something is unknown last, walks no single index; each
stretch of it does. A stretch may run along two indexes at once (who was confirmed, who never was): then rows are merged.
A cursor is the number of the stretch and what the keys of the last row were.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import Session

from backend.store.queries import keyset
from backend.store.queries.keyset import Key


@dataclass(frozen=True)
class Run:
    """Rows in the order of `keys`, which one index holds."""

    query: Select[Any]
    keys: tuple[Key, ...]


def page(
    session: Session, stretches: Sequence[Sequence[Run]], after: str, size: int
) -> tuple[list[tuple[int, Any]], str]:
    """`size` rows with the number of the stretch each stands in, and where the next page begins, "" on the last.

    The runs of one stretch are merged: their keys compare with each other and rise.
    """
    at, _, cursor = after.partition("~")
    first = int(at) if at.isascii() and at.isdigit() and len(at) < 3 and int(at) < len(stretches) else 0
    found: list[tuple[int, Any, str]] = []
    for number in range(first, len(stretches)):
        begin = cursor if number == first else ""
        found += [(number, *each) for each in _merged(session, stretches[number], begin, size + 1 - len(found))]
        if len(found) > size:
            break
    shown = [(number, row) for number, row, _ in found[:size]]
    return shown, f"{found[size - 1][0]}~{found[size - 1][2]}" if len(found) > size else ""


def _merged(session: Session, runs: Sequence[Run], after: str, size: int) -> list[tuple[Any, str]]:
    rows = [
        (row, run.keys)
        for run in runs
        for row in session.scalars(keyset.ordered(run.query.order_by(None), run.keys, after).limit(size))
    ]
    if len(runs) > 1:
        rows.sort(key=lambda each: tuple(getattr(each[0], key.name) for key in each[1]))
    return [(row, keyset.cursor(row, keys)) for row, keys in rows[:size]]
