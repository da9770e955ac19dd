"""The neighbourhood's openings for a worker and workers for an opening: plain rows, nearest first, few and cheap (W03, W04).

The caller names the places in order of the way to them (`domain/nearby.py`); each query walks them in that order through one
index and stops when it has enough, so that what it costs depends on the neighbourhood and not on the province. Written by
hand for both databases: PostgreSQL takes a list as one array, SQLite as one JSON text, and neither plans anew for its length.
"""

# Every piece of these statements is written in this file; what comes from outside is bound.
# ruff: noqa: S608
from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import JSON, Boolean, Date, Row, String, TextClause, bindparam, literal_column, text
from sqlalchemy.orm import Session

from backend.domain.access import reach
from backend.domain.households import EARNING_STATUS
from backend.domain.offers import HOLDS_A_PLACE, Stretch
from backend.store.models import Opening, Person, Worker
from backend.store.models.base import UTCDateTime

# How many are ranked. Enough to choose the best 50 from, few enough to explain each. Workers of the very trade, of kindred ones, and those with a verified priority from farther off.
SAME_TRADE, KINDRED, PRIORITY = 110, 50, 30
OPENINGS = 150
# Where no more than these are seen, reading all of them is cheaper than walking the places one by one.
OPENINGS_READ = 400
Days = tuple[date, date] | None

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
_EARNS = ", ".join(f"'{status}'" for status in sorted(EARNING_STATUS))


@dataclass(frozen=True)
class Askable:
    """Whom a wave may ask: she has agreed, a number of hers takes what we send, and the days are free.

    `own`: the number it was posted from, on which nobody is asked. `first_day`, `last_day`, `stretch`: when the work is; see
    `Stretch` for the hours. `now_only`: besides, no number of hers has an offer open for these days, and fewer than `cap`
    were put to it since `today_began`.
    """

    stretch: Stretch
    now: datetime
    today_began: datetime
    cap: int
    own: str | None
    now_only: bool = True

    def bound(self) -> dict[str, Any]:
        one = self.stretch
        by_hours = one.hours_from and one.hours_to and one.hours_from < one.hours_to
        # Without its hours, or past midnight, it takes the whole day: see `offers.overlap`.
        hours = (one.hours_from, one.hours_to) if by_hours else ("00:00", "99:99")
        days = {"first_day": one.starts_on, "last_day": one.ends_on, "from_hour": hours[0], "to_hour": hours[1]}
        days |= {"own": self.own}
        return days | ({"now": self.now, "today_began": self.today_began, "cap": self.cap} if self.now_only else {})


def worker_ids(
    session: Session,
    *,
    opening_id: int,
    places: Sequence[str],
    trade: str,
    kindred: Iterable[str],
    limits: tuple[int, int, int] = (SAME_TRADE, KINDRED, PRIORITY),
    askable: Askable | None = None,
) -> list[int]:
    """Active workers living in `places` (codes, nearest first) whom the opening has not been put to as it is, each once.

    `askable`: of them only those who may be asked. Left out here, they take nobody's place among the `limits`.
    """
    same, others, helped = limits
    values = {"places": places, "kindred": sorted(kindred)}
    rows = session.connection().execute(
        _worker_ids(_dialect(session), askable is not None, askable is not None and askable.now_only),
        {
            **lists(session, values),
            "trade": trade,
            "opening": opening_id,
            "same": same,
            "others": others,
            "helped": helped,
            **(askable.bound() if askable else {}),
        },
    )
    return list(dict.fromkeys(row[0] for row in rows))


def worker_rows(
    session: Session, ids: Sequence[int], *, today: date, earning_since: date, missed_since: date
) -> Sequence[Any]:
    """What the ranking reads of these workers, in one read and no order.

    `_WORKER_COLUMNS` with lists as JSON texts, and then: `labels`, the verified ones joined by commas; `earning`, whether
    somebody of the household holds, or since that day held, a place (H02); `calendar`, joined by commas, `status first last
    from to` of each job held from today on and of each missed since that day. Missed counts only what staff has stated or
    both sides have said.
    """
    values = {"today": today, "earning_since": earning_since, "missed_since": missed_since}
    return session.connection().execute(_worker_rows(_dialect(session)), lists(session, {"ids": ids}) | values).all()


def open_openings(
    session: Session,
    *,
    county: str | None,
    seen_from: Sequence[str],
    today: date,
    trades: Iterable[str] | None = None,
    days: Days = None,
    limit: int = OPENINGS_READ,
) -> tuple[Sequence[Row[Any]], bool]:
    """Published openings with a free place that are seen from `seen_from`, as `_OPENING_COLUMNS`; whether these are all.

    Seen are those below `county` (any division), those whose market reaches one of `seen_from` (the divisions the asker
    lies in, P09), and those that staff have put before one of these (P08). `days`: the work falls on at least one of them.
    """
    first, end = reach(county) if county else ("", "")
    params = _params(session, today, limit, trades, days, {"seen_from": seen_from}) | {"first": first, "end": end}
    rows = session.connection().execute(_seen(_dialect(session), trades is not None, days is not None), params).all()
    # Any of the three parts may have been cut off; together they are then at least as many as one may bring.
    return rows, len(rows) < limit


def nearest_openings(
    session: Session,
    *,
    places: Sequence[str],
    counties: Sequence[str],
    seen_from: Sequence[str],
    today: date,
    trades: Iterable[str] | None = None,
    days: Days = None,
    limit: int = OPENINGS,
) -> Sequence[Row[Any]]:
    """The same where there are very many, out of `places` alone (codes, nearest first) and stopping at `limit`."""
    lists_of = {"places": places, "counties": counties, "seen_from": seen_from}
    params = _params(session, today, limit, trades, days, lists_of)
    return session.connection().execute(_nearest(_dialect(session), trades is not None, days is not None), params).all()


def _params(
    session: Session, today: date, limit: int, trades: Iterable[str] | None, days: Days, values: dict[str, Any]
) -> dict[str, Any]:
    if trades is not None:
        values = {**values, "trades": sorted(trades)}
    params = {**lists(session, values), "today": today, "most": limit}
    return params | {"first_day": days[0], "last_day": days[1]} if days else params


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
        return "unnest(CAST(:places AS text[])) WITH ORDINALITY AS near(code, n) CROSS JOIN LATERAL"
    # CROSS JOIN tells SQLite to walk the places in their order rather than to choose an order itself.
    return "(SELECT value AS code, key AS n FROM json_each(:places)) AS near CROSS JOIN"


def _each(dialect: str, table: str, condition: str) -> str:
    """The rows of `table` (name and alias) that belong to one place after the other."""
    if dialect == "postgresql":
        # OFFSET 0 keeps it a walk: else the planner may read a trade in the whole province to join it with these places.
        return f"(SELECT * FROM {table} WHERE {condition} OFFSET 0) AS {table.split()[1]}"
    return f"{table} ON {condition}"


def _ordered(dialect: str, then: str) -> str:
    # SQLite would sort all before giving the first; it walks `near` in order as it is.
    return f"ORDER BY near.n, {then}" if dialect == "postgresql" else ""


_MAY_BE_ASKED = f"""
    AND EXISTS (SELECT 1 FROM workers w JOIN consents k ON k.person_id = w.person_id AND k.withdrawn_at IS NULL
                JOIN handset_owners a ON a.person_id = w.person_id AND a.until IS NULL
                JOIN handsets h ON h.id = a.handset_id AND h.opted_out_at IS NULL
                WHERE w.id = t.worker_id AND w.status = 'active')
    AND NOT EXISTS (SELECT 1 FROM workers w JOIN handset_owners a ON a.person_id = w.person_id AND a.until IS NULL
                    JOIN handsets h ON h.id = a.handset_id
                    WHERE w.id = t.worker_id AND h.number = CAST(:own AS text))
    AND NOT EXISTS (SELECT 1 FROM offers b JOIN openings j ON j.id = b.opening_id
                    WHERE b.worker_id = t.worker_id AND b.status IN ({_HOLDS})
                      AND b.starts_on <= :last_day AND b.ends_on >= :first_day
                      AND (j.hours_from IS NULL OR j.hours_to IS NULL OR j.hours_from >= j.hours_to
                           OR (j.hours_from < :to_hour AND :from_hour < j.hours_to)))"""
# Two who share a number are one to whoever asks: the same text twice, and an answer that could be either's.
_ON_HER_NUMBERS = """
    FROM workers w JOIN handset_owners a ON a.person_id = w.person_id AND a.until IS NULL
    JOIN handset_owners c ON c.handset_id = a.handset_id AND c.until IS NULL
    JOIN workers v ON v.person_id = c.person_id JOIN offers b ON b.worker_id = v.id
    WHERE w.id = t.worker_id"""
_MAY_BE_ASKED_NOW = f"""
    AND NOT EXISTS (SELECT 1 {_ON_HER_NUMBERS} AND b.status = 'offered' AND b.expires_at > :now
                    AND b.starts_on <= :last_day AND b.ends_on >= :first_day)
    AND (SELECT count(DISTINCT b.id) {_ON_HER_NUMBERS} AND b.offered_at >= :today_began
         AND (b.expires_at IS NOT NULL OR b.wave IS NOT NULL)) < :cap"""


@cache
def _worker_ids(dialect: str, askable: bool = False, now_only: bool = False) -> TextClause:
    each = partial(_each, dialect)
    asked = (_MAY_BE_ASKED if askable else "") + (_MAY_BE_ASKED_NOW if now_only else "")
    bound = _days(*(("first_day", "last_day") if askable else ()))
    bound += [bindparam(name, type_=UTCDateTime) for name in (("now", "today_began") if now_only else ())]

    def part(condition: str, limit: str) -> str:
        return f"""SELECT * FROM (
            SELECT t.worker_id FROM {_near(dialect)} {each("worker_trades t", f"t.village_code = near.code AND {condition}")}
            WHERE NOT EXISTS (SELECT 1 FROM offers o WHERE o.opening_id = :opening AND o.worker_id = t.worker_id
                              AND NOT (o.status = 'withdrawn' AND coalesce(o.ended_as, '') = 'offered'))
            {asked}
            {_ordered(dialect, "t.worker_id")} LIMIT :{limit}) AS {limit}_part"""

    return text(" UNION ALL ".join((
        part("t.job_type = :trade", "same"),
        part(f"t.job_type {_in(dialect, 'kindred')}", "others"),
        part("t.job_type = :trade AND t.priority", "helped"),
    ))).bindparams(*bound)  # fmt: skip


@cache
def _worker_rows(dialect: str) -> Any:
    joined = "string_agg" if dialect == "postgresql" else "group_concat"
    # Lists come as text: most are the same few, so that reading each kind once is cheaper than decoding every one.
    names = ", ".join(
        f"CAST({name} AS text)" if isinstance(column.type, JSON) else name
        for column, name in ((column, _named(column, {"workers": "w", "persons": "p"})) for column in _WORKER_COLUMNS)
    )
    typed = (literal_column(c.name, String) if isinstance(c.type, JSON) else c for c in _WORKER_COLUMNS)
    statement = f"""
        SELECT {names},
            (SELECT {joined}(h.code, ',') FROM hardships h WHERE h.worker_id = w.id AND h.verified_at IS NOT NULL) AS labels,
            p.household_id IS NOT NULL AND (EXISTS (
                SELECT 1 FROM persons q JOIN workers v ON v.person_id = q.id
                WHERE q.household_id = p.household_id AND v.employment_status IN ({_EARNS})
            ) OR EXISTS (
                SELECT 1 FROM persons q JOIN workers v ON v.person_id = q.id JOIN offers o ON o.worker_id = v.id
                WHERE q.household_id = p.household_id AND o.status IN ({_HOLDS}, 'paid')
                  AND o.ends_on >= :earning_since)) AS earning,
            (SELECT {joined}(o.status || ' ' || o.starts_on || ' ' || o.ends_on || ' ' || coalesce(j.hours_from, '-')
                             || ' ' || coalesce(j.hours_to, '-'), ',')
             FROM offers o JOIN openings j ON j.id = o.opening_id
             WHERE o.worker_id = w.id AND (
                (o.status IN ({_HOLDS}) AND o.ends_on >= :today)
                OR (o.status = 'no_show' AND o.starts_on >= :missed_since AND (
                    EXISTS (SELECT 1 FROM outcomes s
                            WHERE s.offer_id = o.id AND s.outcome = 'no_show' AND s.side = 'staff')
                    OR 2 = (SELECT count(*) FROM outcomes s
                            WHERE s.offer_id = o.id AND s.outcome = 'no_show' AND s.side IN ('worker', 'employer'))))
             )) AS calendar
        FROM workers w JOIN persons p ON p.id = w.person_id
        WHERE w.id {_in(dialect, "ids", "integer")}
    """
    days = _days("today", "earning_since", "missed_since")
    return text(statement).bindparams(*days).columns(
        *typed, literal_column("labels", String), literal_column("earning", Boolean), literal_column("calendar", String)
    )  # fmt: skip


_FREE = "j.status = 'published' AND j.ends_on >= :today AND j.filled < j.headcount"


def _wanted(dialect: str, trades: bool, days: bool) -> str:
    wanted = f"AND j.job_type {_in(dialect, 'trades')}" if trades else ""
    return wanted + (" AND j.starts_on <= :last_day AND j.ends_on >= :first_day" if days else "")


def _as_openings(statement: str, days: bool) -> Any:
    bound = _days("today", *(("first_day", "last_day") if days else ()))
    return text(statement).bindparams(*bound).columns(*_OPENING_COLUMNS)


@cache
def _seen(dialect: str, trades: bool, days: bool) -> Any:
    names = ", ".join(_named(column, {"openings": "j"}) for column in _OPENING_COLUMNS)
    wanted, seen_from = f"{_FREE} {_wanted(dialect, trades, days)}", _in(dialect, "seen_from")
    # Without being told SQLite would read every trade of the county rather than these trades in the county.
    told = trades and dialect == "sqlite"
    by_trade = "INDEXED BY ix_openings_open_job_type_region_code" if told else ""
    shared = "INDEXED BY ix_openings_shared_visible_to_job_type" if told else ""
    parts = (
        f"{by_trade} WHERE j.region_code >= :first AND j.region_code < :end AND j.visible_to IS NULL AND {wanted}",
        f"{shared} WHERE j.visible_to {seen_from} AND {wanted}",
        f"""WHERE {wanted} AND j.id IN (
            SELECT opening_id FROM forwardings WHERE to_region {seen_from} ORDER BY id DESC LIMIT :most)""",
    )
    return _as_openings(
        " UNION ALL ".join(
            f"SELECT * FROM (SELECT {names} FROM openings j {part} LIMIT :most) AS part{n}"
            for n, part in enumerate(parts)
        ),
        days,
    )


@cache
def _nearest(dialect: str, trades: bool, days: bool) -> Any:
    names = ", ".join(_named(column, {"openings": "j"}) for column in _OPENING_COLUMNS)
    where = f"{_FREE} {_wanted(dialect, trades, days)}"
    return _as_openings(f"""
        SELECT {names} FROM {_near(dialect)} {_each(dialect, "openings j", f"j.region_code = near.code AND {where}")}
        WHERE ((j.visible_to IS NULL AND substr(j.region_code, 1, 6) {_in(dialect, "counties")})
                 OR j.visible_to {_in(dialect, "seen_from")})
        {_ordered(dialect, "j.starts_on, j.id")} LIMIT :most
    """, days)  # fmt: skip


_FORWARDED_TO = text("SELECT to_region FROM forwardings WHERE opening_id = :opening ORDER BY id")


def _named(column: Any, aliases: dict[str, str]) -> str:
    return f"{aliases[column.table.name]}.{column.name}"


def _days(*names: str) -> list[Any]:
    return [bindparam(name, type_=Date) for name in names]
