"""The cases room: one page of the list by its filters, each answered from an index range whatever the total (DESIGN §3.9)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal, select, tuple_
from sqlalchemy.orm import Session

from backend.store.models import Case, Staff, Team
from backend.store.queries.scope import within

PAGE = 30
COUNTED = 100  # no count goes further: "99+"
_AFTER = re.compile(r"([0-9])-([0-9]{1,16})-([0-9]{1,9})", re.ASCII)


@dataclass(frozen=True)
class Filters:
    """`status`: open | taken | closed. `mine`: the reader's own and her teams'. `place`: a division inside her region."""

    status: str = "open"
    kind: str = ""
    priority: int = 0
    place: str = ""
    mine: bool = False
    late: bool = False


@dataclass(frozen=True)
class Listed:
    case: Case
    taker: str | None
    team: str | None


def page(
    session: Session,
    region: str,
    home: str,
    asked: Filters,
    *,
    me: int,
    teams: Sequence[int],
    now: datetime,
    after: str = "",
) -> tuple[list[Listed], str]:
    """One page and the key of the next ("": this is the last), what is most pressing first, of closed ones the newest."""
    query = (
        select(Case, Staff.name, Team.name)
        .outerjoin(Staff, Staff.id == Case.taken_by)
        .outerjoin(Team, Team.id == Case.assigned_to_team)
        .where(*_conditions(region, home, asked, me, teams, now))
    )
    closed = asked.status == "closed"
    if (start := _start(after)) is not None:
        query = query.where(_beyond(closed, start))
    order = (Case.closed_at.desc(), Case.id.desc()) if closed else (Case.priority, Case.due_at, Case.id)
    found = session.execute(query.order_by(*order).limit(PAGE + 1)).all()
    rows = [Listed(case, taker, team) for case, taker, team in found[:PAGE]]
    return rows, _key(rows[-1].case, closed) if len(found) > PAGE else ""


def count(
    session: Session, region: str, home: str, asked: Filters, *, me: int, teams: Sequence[int], now: datetime
) -> int:
    """How many there are, counted up to `COUNTED`."""
    some = select(Case.id).where(*_conditions(region, home, asked, me, teams, now)).limit(COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def lies_in(region: str, home: str) -> ColumnElement[bool]:
    """`within` for cases, by the columns the lists are indexed by; a case without a region is the home county's."""
    if len(region) == 6:
        return Case.county_code == region
    if len(region) == 9:
        return Case.town_code == region
    if len(region) == 12:
        return and_(Case.town_code == region[:9], Case.region_code == region)
    return within(Case.region_code, region, home)


def _conditions(
    region: str, home: str, asked: Filters, me: int, teams: Sequence[int], now: datetime
) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = [Case.status == asked.status, lies_in(asked.place or region, home)]
    if asked.kind:
        conditions.append(Case.kind == asked.kind)
    if asked.priority:
        conditions.append(Case.priority == asked.priority)
    if asked.late and asked.status != "closed":
        conditions.append(Case.due_at < now)
    if asked.mine:
        own = {
            "open": Case.assigned_to_team.in_(teams) if teams else false(),
            "taken": Case.taken_by == me,
            "closed": Case.closed_by == me,
        }
        conditions.append(own[asked.status])
    return conditions


def _moment(at: datetime | None) -> int:
    return int(at.timestamp() * 1_000_000) if at else 0


def _key(case: Case, closed: bool) -> str:
    return f"{case.priority}-{_moment(case.closed_at if closed else case.due_at)}-{case.id}"


def _start(after: str) -> tuple[int, datetime, int] | None:
    found = _AFTER.fullmatch(after)
    if found is None:
        return None
    try:
        # Whole seconds and the rest apart: a float would lose the last microseconds.
        seconds, rest = divmod(int(found[2]), 1_000_000)
        return int(found[1]), datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest), int(found[3])
    except (OverflowError, ValueError, OSError):
        return None


def _beyond(closed: bool, start: tuple[int, datetime, int]) -> Any:
    priority, at, id_ = start
    if closed:
        return tuple_(Case.closed_at, Case.id) < tuple_(literal(at, Case.closed_at.type), literal(id_))
    return tuple_(Case.priority, Case.due_at, Case.id) > tuple_(
        literal(priority), literal(at, Case.due_at.type), literal(id_)
    )
