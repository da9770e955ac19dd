"""The tenant rule of `domain/access.py` as a condition for queries."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import Session

from backend.domain.access import may_see, reach


def within(column: Any, staff_region: str, home: str | None = None) -> ColumnElement[bool]:
    """`column` (a division code) lies in `staff_region` or below.

    NULL lies nowhere, unless `home` is given: then it counts as that region, so that a stranger's conversation or case is
    seen by the county that runs the line rather than by nobody.
    A half-open range rather than LIKE: both databases answer it from an ordinary index, and no wildcard can be smuggled in.
    """
    first, end = reach(staff_region)
    inside = and_(column >= first, column < end)
    return or_(inside, column.is_(None)) if home is not None and may_see(staff_region, home) else inside


def walked(session: Session, column: Any, region: str) -> Any:
    """`column` for a list in the order of an index of its own: SQLite would rather gather a whole county and sort it.

    Of a town or village it gathers rightly; PostgreSQL weighs it by itself.
    """
    whole_county = len(region) <= 6 and session.get_bind().dialect.name == "sqlite"
    return column.concat("") if whole_county else column
