"""The tenant rule of `domain/access.py` as a condition for queries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_

from backend.domain.access import reach


def within(column: Any, staff_region: str) -> ColumnElement[bool]:
    """`column` (a division code) lies in `staff_region` or below; NULL lies nowhere.

    A half-open range rather than LIKE: both databases answer it from an ordinary index, and no wildcard can be smuggled in.
    """
    first, end = reach(staff_region)
    return and_(column >= first, column < end)
