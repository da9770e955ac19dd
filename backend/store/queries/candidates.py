"""The neighbourhood's openings for a worker and workers for an opening: plain rows, nearest first, few and cheap (W03, W04).

The caller names the places in order of the way to them (`domain/nearby.py`); each query walks them in that order through one
index and stops when it has enough, so that what it costs depends on the neighbourhood and not on the province. Written by
hand for both databases: PostgreSQL takes a list as one array, SQLite as one JSON text, and neither plans anew for its length.
"""

# Every piece of these statements is written in this file; what comes from outside is bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Date, Row, TextClause, bindparam, text
from sqlalchemy.orm import Session

from backend.domain.offers import HOLDS_A_PLACE, Stretch
from backend.store.models import Hardship, Offer, Opening, Person, Worker

# How many are ranked. Workers of the very trade, of kindred ones, and those with a verified priority from farther off.
SAME_TRADE, KINDRED, PRIORITY = 140, 60, 40
OPENINGS = 150

_OPENING_COLUMNS = (
    Opening.id, Opening.job_type, Opening.region_code, Opening.starts_on, Opening.ends_on, Opening.hours_from,
    Opening.hours_to, Opening.day_part, Opening.pay_min_fen, Opening.pay_max_fen, Opening.pay_unit, Opening.settlement,
    Opening.negotiable, Opening.meals, Opening.lodging, Opening.transport, Opening.insured, Opening.headcount,
    Opening.filled, Opening.published_at, Opening.requirements, Opening.title,
)  # fmt: skip
_WORKER_COLUMNS = (
    Worker.id, Worker.job_types, Person.village_code, Worker.pay_min_fen, Worker.pay_unit, Worker.available_from,
    Worker.available_to, Worker.unavailable, Worker.day_parts, Worker.term, Worker.proximity, Worker.benefits,
    Worker.waiting_since, Worker.travel, Worker.within_km, Worker.skill_level, Person.household_id,
)  # fmt: skip
_HOLDS = ", ".join(f"'{status}'" for status in sorted(HOLDS_A_PLACE))


def worker_ids(
    session: Session,
    *,
    opening_id: int,
    places: Sequence[str],
    trade: str,
    kindred: Iterable[str],
    limits: tuple[int, int, int] = (SAME_TRADE, KINDRED, PRIORITY),
) -> list[int]:
    """Active workers living in `places` (codes, nearest first) whom the opening has not been put to, each once."""
    same, others, helped = limits
    values = {"places": places, "kindred": sorted(kindred)}
    rows = session.connection().execute(
        _worker_ids(_dialect(session)),
        {
            **lists(session, values),
            "trade": trade,
            "opening": opening_id,
            "same": same,
            "others": others,
            "helped": helped,
        },
    )
    return list(dict.fromkeys(row[0] for row in rows))


def worker_rows(session: Session, ids: Sequence[int]) -> Sequence[Row[Any]]:
    """What the ranking reads of these workers: `_WORKER_COLUMNS`, in no order."""
    return session.connection().execute(_worker_rows(_dialect(session)), lists(session, {"ids": ids})).all()


def verified_labels(session: Session, ids: Sequence[int]) -> dict[int, frozenset[str]]:
    """Worker id → her labels that somebody has verified."""
    found: dict[int, set[str]] = defaultdict(set)
    rows = session.connection().execute(_labels(_dialect(session)), lists(session, {"ids": ids}))
    for worker_id, code in rows:
        found[worker_id].add(code)
    return {worker_id: frozenset(codes) for worker_id, codes in found.items()}


def calendars(
    session: Session, ids: Sequence[int], today: date, missed_since: date
) -> tuple[dict[int, list[Stretch]], dict[int, list[date]]]:
    """Worker id → days and hours of the jobs she holds, from today on; worker id → first days of jobs she missed.

    Missed counts only what staff has stated, or both sides have said.
    """
    taken: dict[int, list[Stretch]] = defaultdict(list)
    missed: dict[int, list[date]] = defaultdict(list)
    rows = session.connection().execute(
        _calendars(_dialect(session)), {**lists(session, {"ids": ids}), "today": today, "since": missed_since}
    )
    for worker_id, status, starts_on, ends_on, hours_from, hours_to in rows:
        if status == "no_show":
            missed[worker_id].append(starts_on)
        else:
            taken[worker_id].append(Stretch(starts_on, ends_on, hours_from, hours_to))
    return taken, missed


def households_earning(session: Session, households: Iterable[int], since: date) -> set[int]:
    """The households of which somebody holds, or since that day held, a place (H02)."""
    wanted = sorted(households)
    if not wanted:
        return set()
    rows = session.connection().execute(
        _earning(_dialect(session)), {**lists(session, {"households": wanted}), "since": since}
    )
    return {row[0] for row in rows}


def open_openings(
    session: Session,
    *,
    places: Sequence[str],
    counties: Sequence[str],
    seen_from: Sequence[str],
    today: date,
    trades: Iterable[str] | None = None,
    first_day: date | None = None,
    last_day: date | None = None,
    limit: int = OPENINGS,
) -> Sequence[Row[Any]]:
    """Published openings with a free place in `places` (codes, nearest first), as `_OPENING_COLUMNS`.

    Seen are those of `counties`, and those whose market reaches one of `seen_from` (the divisions the asker lies in, P09).
    `first_day`…`last_day`: the work falls on at least one of them.
    """
    values: dict[str, Any] = {"places": places, "counties": counties, "seen_from": seen_from}
    if trades is not None:
        values["trades"] = sorted(trades)
    days = first_day is not None or last_day is not None
    params = {**lists(session, values), "today": today, "most": limit}
    if days:
        params |= {"first_day": first_day or last_day, "last_day": last_day or first_day}
    return session.connection().execute(_openings(_dialect(session), trades is not None, days), params).all()


def forwarded_openings(session: Session, *, seen_from: Sequence[str], today: date, limit: int) -> Sequence[Row[Any]]:
    """Published openings with a free place that staff have put before one of `seen_from` (P08), the latest first."""
    params = {**lists(session, {"seen_from": seen_from}), "today": today, "most": limit}
    return session.connection().execute(_forwarded(_dialect(session)), params).all()


def forwarded_to(session: Session, opening_id: int) -> list[str]:
    """The divisions an opening has been put before."""
    return list(session.connection().execute(_FORWARDED_TO, {"opening": opening_id}).scalars())


# -- statements ------------------------------------------------------------------------------------------------------
def _dialect(session: Session) -> str:
    return session.get_bind().dialect.name


def lists(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """Lists as the database at hand takes them: an array, or one JSON text."""
    if _dialect(session) == "postgresql":
        return {name: list(value) for name, value in values.items()}
    return {name: json.dumps(list(value)) for name, value in values.items()}


def in_list(session: Session, name: str, kind: str = "text") -> str:
    """What follows a column that must be one of the list bound as `name` (`lists`)."""
    return _in(_dialect(session), name, kind)


def _in(dialect: str, name: str, kind: str = "text") -> str:
    """What follows a column that must be one of the list `name`."""
    if dialect == "postgresql":
        return f"= ANY(CAST(:{name} AS {kind}[]))"
    return f"IN (SELECT value FROM json_each(:{name}))"


def _near(dialect: str) -> str:
    """The places as a table `near` (code, n); the join that follows keeps their order."""
    if dialect == "postgresql":
        return "unnest(CAST(:places AS text[])) WITH ORDINALITY AS near(code, n) JOIN"
    # CROSS JOIN tells SQLite to walk the places in their order rather than to choose an order itself.
    return "(SELECT value AS code, key AS n FROM json_each(:places)) AS near CROSS JOIN"


def _ordered(dialect: str, then: str) -> str:
    # SQLite would sort all before giving the first; it walks `near` in order as it is.
    return f"ORDER BY near.n, {then}" if dialect == "postgresql" else ""


@cache
def _worker_ids(dialect: str) -> TextClause:
    def part(condition: str, limit: str) -> str:
        return f"""SELECT * FROM (
            SELECT t.worker_id FROM {_near(dialect)} worker_trades t ON t.village_code = near.code AND {condition}
            WHERE NOT EXISTS (SELECT 1 FROM offers o WHERE o.opening_id = :opening AND o.worker_id = t.worker_id)
            {_ordered(dialect, "t.worker_id")} LIMIT :{limit}) AS {limit}_part"""

    return text(" UNION ALL ".join((
        part("t.job_type = :trade", "same"),
        part(f"t.job_type {_in(dialect, 'kindred')}", "others"),
        part("t.job_type = :trade AND t.priority", "helped"),
    )))  # fmt: skip


@cache
def _worker_rows(dialect: str) -> Any:
    names = ", ".join(_named(column, {"workers": "w", "persons": "p"}) for column in _WORKER_COLUMNS)
    return text(
        f"SELECT {names} FROM workers w JOIN persons p ON p.id = w.person_id "
        f"WHERE w.id {_in(dialect, 'ids', 'integer')} AND w.status = 'active' AND p.erased_at IS NULL"
    ).columns(*_WORKER_COLUMNS)


@cache
def _labels(dialect: str) -> Any:
    return text(
        f"SELECT worker_id, code FROM hardships WHERE worker_id {_in(dialect, 'ids', 'integer')} AND verified_at IS NOT NULL"
    ).columns(Hardship.worker_id, Hardship.code)


@cache
def _calendars(dialect: str) -> Any:
    return text(f"""
        SELECT o.worker_id, o.status, o.starts_on, o.ends_on, j.hours_from, j.hours_to
        FROM offers o JOIN openings j ON j.id = o.opening_id
        WHERE o.worker_id {_in(dialect, "ids", "integer")} AND (
            (o.status IN ({_HOLDS}) AND o.ends_on >= :today)
            OR (o.status = 'no_show' AND o.starts_on >= :since AND (
                EXISTS (SELECT 1 FROM outcomes s
                        WHERE s.offer_id = o.id AND s.outcome = 'no_show' AND s.side = 'staff')
                OR 2 = (SELECT count(*) FROM outcomes s
                        WHERE s.offer_id = o.id AND s.outcome = 'no_show' AND s.side IN ('worker', 'employer')))))
    """).bindparams(*_days("today", "since")).columns(
        Offer.worker_id, Offer.status, Offer.starts_on, Offer.ends_on, Opening.hours_from, Opening.hours_to
    )  # fmt: skip


@cache
def _earning(dialect: str) -> Any:
    return text(f"""
        SELECT DISTINCT p.household_id FROM persons p
        JOIN workers w ON w.person_id = p.id JOIN offers o ON o.worker_id = w.id
        WHERE p.household_id {_in(dialect, "households", "integer")}
          AND o.status IN ({_HOLDS}, 'paid') AND o.ends_on >= :since
    """).bindparams(*_days("since")).columns(Person.household_id)  # fmt: skip


_FREE = "j.status = 'published' AND j.ends_on >= :today AND j.filled < j.headcount"


@cache
def _openings(dialect: str, trades: bool, days: bool) -> Any:
    names = ", ".join(_named(column, {"openings": "j"}) for column in _OPENING_COLUMNS)
    return text(f"""
        SELECT {names} FROM {_near(dialect)} openings j ON j.region_code = near.code AND {_FREE}
            {f"AND j.job_type {_in(dialect, 'trades')}" if trades else ""}
            {"AND j.starts_on <= :last_day AND j.ends_on >= :first_day" if days else ""}
            AND ((j.visible_to IS NULL AND substr(j.region_code, 1, 6) {_in(dialect, "counties")})
                 OR j.visible_to {_in(dialect, "seen_from")})
        {_ordered(dialect, "j.starts_on, j.id")} LIMIT :most
    """).bindparams(*_days("today", *(("first_day", "last_day") if days else ()))).columns(*_OPENING_COLUMNS)  # fmt: skip


@cache
def _forwarded(dialect: str) -> Any:
    names = ", ".join(_named(column, {"openings": "j"}) for column in _OPENING_COLUMNS)
    return text(f"""
        SELECT {names} FROM openings j WHERE {_FREE} AND j.id IN (
            SELECT opening_id FROM forwardings WHERE to_region {_in(dialect, "seen_from")} ORDER BY id DESC LIMIT :most)
    """).bindparams(*_days("today")).columns(*_OPENING_COLUMNS)  # fmt: skip


_FORWARDED_TO = text("SELECT to_region FROM forwardings WHERE opening_id = :opening ORDER BY id")


def _named(column: Any, aliases: dict[str, str]) -> str:
    return f"{aliases[column.table.name]}.{column.name}"


def _days(*names: str) -> list[Any]:
    return [bindparam(name, type_=Date) for name in names]
