"""Which markets and stations the rows of a file mean, and what they would change (L03, L05)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.domain.ledgers import STATIONS, Problem
from backend.errors import Invalid
from backend.services import edit_station
from backend.services.planned_rows import Plan, Planned, in_parts
from backend.services.staff_login import Member
from backend.store.models import Station

_HEADS = {column.key: column.header for column in STATIONS}
_NOT_SO = "这一行不合规矩，请对照填写说明"


def plan(session: Session, member: Member, rows: Sequence[tuple[int, dict[str, Any]]]) -> Plan:
    """`rows`: (number in the file, facts by column). A station is known by its place, of two in one place by its name."""
    found = Plan()
    known = _of_places(session, sorted({facts["region_code"] for _, facts in rows}))
    first_row: dict[Any, int] = {}
    for number, facts in rows:
        here = known[facts["region_code"]]
        if len(here) > 1:
            here = [one for one in here if one.name == facts["name"]]
        station = here[0] if len(here) == 1 else None
        key = station.id if station else facts["region_code"]
        if key in first_row:
            told = Problem("地方", "", f"和第{first_row[key]}行是同一个地方的，一个地方只设一个，留一行")
            found.problems.append((number, told))
            continue
        first_row[key] = number
        planned, problem = _row(number, facts, station, member, taken=bool(known[facts["region_code"]]))
        if planned is not None:
            found.rows.append(planned)
        if problem is not None:
            found.problems.append((number, problem))
    return found


def _row(
    number: int, facts: dict[str, Any], station: Station | None, member: Member, *, taken: bool
) -> tuple[Planned | None, Problem | None]:
    if station is None and taken:
        return None, Problem("名称", facts["name"], "这个地方有几个，名称都对不上")
    if station is None and not may(member.role, "add_station"):
        return None, Problem("地方", "", "这个地方还没有市场或驿站，新设要区县来办")
    if station is not None and not edit_station.changes(station, facts):
        return Planned(number, "same", facts, station.id, edit_station.version(station)), None
    try:
        edit_station.checked(edit_station.typed(station, facts))
    except Invalid as problem:
        name = next(iter(problem.fields))
        told = {"closes_at": "关门要晚过开门", "short_name": "这一格要填" if station is None else _NOT_SO}
        return None, Problem(_HEADS[name], "", told.get(name, _NOT_SO))
    if station is None:
        return Planned(number, "add", facts), None
    return Planned(number, "change", facts, station.id, edit_station.version(station)), None


def _of_places(session: Session, places: list[str]) -> dict[str, list[Station]]:
    found: dict[str, list[Station]] = defaultdict(list)
    for some in in_parts(places):
        for station in session.scalars(select(Station).where(Station.region_code.in_(some)).order_by(Station.id)):
            found[station.region_code].append(station)
    return found
