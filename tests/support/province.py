"""A province of invented places, people and work for the benchmark of the matching: villages on a grid, the same at every run.

Figures it is drawn by: one to three trades a person out of the trades of `job_types.csv`, the common ones more often; 15 in
100 claim a hardship and 6 in 10 of these are verified; 8 in 10 belong to a household of three that is known; 4 openings in
5 are open.
"""

from __future__ import annotations

import itertools
import json
import random
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import psycopg

from backend.domain.lexicon import job_codes
from backend.domain.openings import kindred_of
from backend.domain.people import PRIORITY_LABELS

PROVINCE = "52"
TODAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 9, 0)
VILLAGES_A_TOWN, TOWNS_A_COUNTY, COUNTIES_A_CITY = 10, 19, 10
STEP = 0.02  # degrees between villages: about two km
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Size:
    villages: int
    workers: int
    openings: int


@dataclass(frozen=True)
class Village:
    code: str
    latitude: float
    longitude: float


class Province:
    """`tables()` gives every table's name, columns and rows, in the order they can be written."""

    def __init__(self, size: Size, seed: int = 7) -> None:
        self.size, self._rng = size, random.Random(seed)
        self.regions: list[Row] = [(PROVINCE, "云山省", "province", None, None, None)]
        self.villages: list[Village] = []
        self._places()
        self._trades = job_codes()
        self._trade_weights = [1 / (n + 3) ** 0.7 for n in range(len(self._trades))]
        self._rng.shuffle(self._trades)
        self._village_weights = list(itertools.accumulate(self._rng.uniform(0.3, 1.7) for _ in self.villages))

    def _places(self) -> None:
        """Counties as blocks of a grid, towns as blocks of a county."""
        a_county = VILLAGES_A_TOWN * TOWNS_A_COUNTY
        counties = -(-self.size.villages // a_county)
        across = max(1, round(counties**0.5))
        for n in range(counties):
            city = f"{PROVINCE}{n // COUNTIES_A_CITY + 1:02}"
            county = f"{city}{n % COUNTIES_A_CITY + 1:02}"
            if n % COUNTIES_A_CITY == 0:
                self.regions.append((city, f"第{city}市", "city", PROVINCE, None, None))
            self.regions.append((county, f"第{county}县", "county", city, None, None))
            for t in range(TOWNS_A_COUNTY):
                town = f"{county}{t + 100}"
                self.regions.append((town, f"第{town}镇", "town", county, None, None))
                for v in range(VILLAGES_A_TOWN):
                    if len(self.villages) == self.size.villages:
                        return
                    # A town is five villages wide and two high, a county four towns wide and five high.
                    column = (n % across) * 20 + (t % 4) * 5 + v % 5
                    row = (n // across) * 10 + (t // 4) * 2 + v // 5
                    lat = 25.0 + row * STEP + self._rng.uniform(-0.006, 0.006)
                    lon = 104.0 + column * STEP + self._rng.uniform(-0.006, 0.006)
                    code = f"{town}{v + 1:03}"
                    self.regions.append((code, f"第{code}村", "village", town, lat, lon))
                    self.villages.append(Village(code, lat, lon))

    def _some_trades(self) -> list[str]:
        first = self._rng.choices(self._trades, self._trade_weights)[0]
        trades = [first]
        for _ in range(self._rng.choice((0, 1, 1, 2))):
            near = sorted(kindred_of([first])) if self._rng.random() < 0.6 else self._trades
            trades.append(self._rng.choice(near))
        return list(dict.fromkeys(trades))

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], Iterable[Row]]]:
        rng, at = self._rng, str(NOW)
        yield (
            "regions", ("code", "name", "level", "parent_code", "latitude", "longitude", "aliases"),
            ((*row, "[]") for row in self.regions),
        )  # fmt: skip
        households = self.size.workers // 3 + 1
        yield "households", ("id", "village_code", "created_at"), ((n, None, at) for n in range(1, households + 1))
        persons, workers, trades, labels = self._people(households)
        yield "persons", ("id", "village_code", "household_id", "created_at", "updated_at"), persons
        yield (
            "workers",
            (
                "id", "person_id", "status", "job_types", "pay_min_fen", "pay_unit", "unavailable", "day_parts", "benefits",
                "proximity", "term", "preferred_channel", "waiting_since", "skill_level", "created_at", "updated_at",
            ),
            workers,
        )  # fmt: skip
        yield "worker_trades", ("worker_id", "job_type", "village_code", "priority"), trades
        yield "hardships", ("worker_id", "code", "claimed_at", "verified_at"), labels
        yield (
            "employers", ("id", "name", "kind", "created_at"),
            ((n, f"第{n}号果园", "grower", at) for n in range(1, self.size.openings // 20 + 2)),
        )  # fmt: skip
        openings, days = self._openings()
        yield (
            "openings",
            (
                "id", "employer_id", "job_type", "title", "headcount", "filled", "region_code", "place", "starts_on",
                "ends_on", "hours_from", "hours_to", "pay_min_fen", "pay_max_fen", "pay_unit", "settlement", "negotiable",
                "requirements", "meals", "transport", "status", "review_flags", "published_at", "collected_at",
                "updated_at", "visible_to",
            ),
            openings,
        )  # fmt: skip
        offers = []
        for n in range(1, self.size.workers * 3 // 10 + 1):
            opening = rng.randrange(1, self.size.openings + 1)
            worker = (n * 7919) % self.size.workers + 1
            first, last = days[opening - 1]
            status = rng.choice(("offered", "accepted", "accepted", "declined", "declined", "paid", "no_show"))
            offers.append((n, opening, worker, status, "sms", "11", first, last, at))
        yield (
            "offers",
            ("id", "opening_id", "worker_id", "status", "channel", "code", "starts_on", "ends_on", "offered_at"),
            offers,
        )
        yield (
            "outcomes", ("offer_id", "side", "outcome", "at"),
            ((row[0], "staff", "no_show", at) for row in offers if row[3] == "no_show" and rng.random() < 0.7),
        )  # fmt: skip

    def _people(self, households: int) -> tuple[list[Row], list[Row], list[Row], list[Row]]:
        rng, at = self._rng, str(NOW)
        codes = [village.code for village in self.villages]
        homes = rng.choices(codes, cum_weights=self._village_weights, k=self.size.workers)
        persons, workers, trades, labels = [], [], [], []
        claims = sorted(PRIORITY_LABELS)
        for n, home in enumerate(homes, start=1):
            household = n % households + 1 if rng.random() < 0.8 else None
            persons.append((n, home, household, at, at))
            mine = self._some_trades()
            wish = rng.choice((None, 10_000, 12_000, 15_000, 20_000))
            busy = '[["2026-12-01", "2026-12-03"]]' if rng.random() < 0.1 else "[]"
            near = rng.choice((None, None, "county", "town", "near", "walking"))
            since = str(NOW - timedelta(days=rng.randrange(200))) if rng.random() < 0.7 else None
            workers.append(
                (n, n, "active", json.dumps(mine), wish, "day" if wish else None, busy, "[]", "[]", near, None, "sms", since,
                 rng.choice((None, "basic", "skilled")), at, at)
            )  # fmt: skip
            helped = household is not None
            if rng.random() < 0.15:
                verified = rng.random() < 0.6
                helped = helped or verified
                labels.append((n, rng.choice(claims), at, at if verified else None))
            trades += [(n, trade, home, helped) for trade in mine]
        return persons, workers, trades, labels

    def _openings(self) -> tuple[list[Row], list[tuple[str, str]]]:
        rng = self._rng
        rows, days = [], []
        places = rng.choices([village.code for village in self.villages], k=self.size.openings)
        for n, place in enumerate(places, start=1):
            trade = rng.choices(self._trades, self._trade_weights)[0]
            first = TODAY + timedelta(days=rng.randrange(-1, 14))
            last = first + timedelta(days=rng.choice((0, 0, 1, 2, 5, 20, 60)))
            days.append((str(first), str(last)))
            heads = rng.choice((1, 2, 2, 5, 10, 30))
            pay = rng.randrange(80, 300, 10) * 100
            status, filled = ("published", 0) if rng.random() < 0.8 else ("filled", heads)
            posted = str(NOW - timedelta(hours=rng.randrange(1, 400)))
            rows.append(
                (n, n % (self.size.openings // 20 + 1) + 1, trade, "做活路", heads, filled, place, "", str(first), str(last),
                 "08:00", "18:00", pay, pay, "day", "daily", False, rng.choice(("", "", "要熟手")), rng.choice((True, None)),
                 rng.choice((True, None, None)), status, "[]", posted, posted, posted,
                 place[:4] if rng.random() < 0.05 else None)
            )  # fmt: skip
        return rows, days


def fill_postgres(url: str, province: Province) -> None:
    """COPY everything into a migrated database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET timezone = 'UTC'")
        # The rows are drawn to fit each other; checking every one of three million against its table would take the longest.
        connection.execute("SET session_replication_role = replica")
        for table, columns, rows in province.tables():
            statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
            with connection.cursor().copy(statement) as copy:  # type: ignore[arg-type]
                for some in _batches(rows):
                    copy.write("".join("\t".join(map(_as_text, row)) + "\n" for row in some))
        connection.execute("VACUUM ANALYZE")


def fill_sqlite(path: str, province: Province) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    for table, columns, rows in province.tables():
        marks = ", ".join("?" * len(columns))
        connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows)
    connection.commit()
    connection.execute("ANALYZE")
    connection.commit()
    connection.close()


def _batches(rows: Iterable[Row], size: int = 5000) -> Iterator[list[Row]]:
    waiting = iter(rows)
    while some := list(itertools.islice(waiting, size)):
        yield some


def _as_text(value: Any) -> str:
    if value is None:
        return "\\N"
    return ("t" if value else "f") if isinstance(value, bool) else str(value)
