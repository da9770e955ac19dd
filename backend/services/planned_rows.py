"""What one row of a file would do to a library, and what keeps it out; drawn up for each ledger by its own planner (L03)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from backend.domain.ledgers import Problem

_AT_ONCE = 500  # values in one IN (…)


@dataclass
class Planned:
    """One row: `action` add | change | same; `subject` the entry it meets, as it was last changed at `seen`."""

    number: int
    action: str
    facts: dict[str, Any]
    subject: int | None = None
    seen: str | None = None

    @property
    def sign(self) -> list[Any]:
        """What must still be so when the row is stored."""
        return [self.action, self.subject, self.seen]


@dataclass
class Plan:
    rows: list[Planned] = field(default_factory=list)
    problems: list[tuple[int, Problem]] = field(default_factory=list)

    def count(self, action: str) -> int:
        return sum(row.action == action for row in self.rows)


def in_parts(values: list[Any]) -> Iterator[list[Any]]:
    """`values` in so many as one IN (…) takes."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
