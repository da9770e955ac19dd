"""The matching part of `make bench`: a province of people and work, each side asked 200 times, beside a plain query.

The floor is the query a person would write by hand: the same filters, ordered by distance, as many rows as are ranked; its
plan is printed. What is held to are ratios, all from one run: finding the candidates at most twice the floor, the whole
answer, ranked and explained, at most eight times. The same is measured in a province a tenth the size, where it must cost
as much, and on SQLite with 20,000 workers.
"""

from __future__ import annotations

import random
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session, joinedload

from backend import migrations
from backend.domain.openings import kindred_of
from backend.services import matches
from backend.services.regions import RegionBook
from backend.store.models import Opening, Worker
from backend.store.queries import candidates
from backend.store.session import Database
from tests.support.postgres import PostgresServer
from tests.support.province import TODAY, Province, Size, fill_postgres, fill_sqlite

WHOLE = Size(villages=17_000, workers=1_000_000, openings=100_000)
TENTH = Size(villages=1_700, workers=100_000, openings=10_000)
SMALL = Size(villages=340, workers=20_000, openings=2_000)
SUBJECTS, ROUNDS, WARM_UP = 200, 4, 8
CANDIDATES_AT_MOST, WHOLE_AT_MOST = 2.0, 8.0
# A tenth of the province may be this much cheaper before it counts as growing with it.
GROWTH_AT_MOST = 1.5
BEST_WORKERS, BEST_OPENINGS = 50, 5
NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
Took = dict[str, list[float]]

_AWAY = "(r.latitude - :lat) * (r.latitude - :lat) + (r.longitude - :lon) * (r.longitude - :lon) * :shrink"
FLOOR_WORKERS = f"""
    SELECT t.worker_id, {_AWAY} AS away
    FROM regions r JOIN worker_trades t ON t.village_code = r.code
    WHERE r.code >= :county AND r.code < :end AND t.job_type {{trades}}
      AND NOT EXISTS (SELECT 1 FROM offers o WHERE o.opening_id = :opening AND o.worker_id = t.worker_id)
    ORDER BY away LIMIT {candidates.SAME_TRADE + candidates.KINDRED}
"""
FLOOR_OPENINGS = f"""
    SELECT j.id, {_AWAY} AS away
    FROM openings j JOIN regions r ON r.code = j.region_code
    WHERE j.status = 'published' AND j.ends_on >= :today AND j.filled < j.headcount AND j.job_type {{trades}}
      AND ((j.visible_to IS NULL AND j.region_code >= :county AND j.region_code < :end) OR j.visible_to {{seen_from}})
    ORDER BY away LIMIT {candidates.OPENINGS}
"""


class Floor:
    """The hand-written queries, on the same connection as the product's own."""

    def __init__(self, session: Session, regions: RegionBook) -> None:
        self._session, self._regions = session, regions
        self._postgres = session.get_bind().dialect.name == "postgresql"

    def workers(self, opening: Opening) -> tuple[Any, dict[str, Any]]:
        here = self._here(opening.region_code) | {"opening": opening.id}
        return self._with(FLOOR_WORKERS, here, trades=sorted(kindred_of([opening.job_type])))

    def openings(self, worker: Worker) -> tuple[Any, dict[str, Any]]:
        home = worker.person.village_code or ""
        here = self._here(home) | {"today": TODAY if self._postgres else str(TODAY)}
        seen_from = [home[:n] for n in (2, 4, 6, 9, 12)]
        return self._with(FLOOR_OPENINGS, here, trades=sorted(kindred_of(worker.job_types)), seen_from=seen_from)

    def run(self, statement: Any, values: dict[str, Any]) -> int:
        return len(self._session.connection().execute(statement, values).all())

    def plan(self, statement: Any, values: dict[str, Any]) -> str:
        how = "EXPLAIN (ANALYZE, BUFFERS)" if self._postgres else "EXPLAIN QUERY PLAN"
        rows = self._session.connection().execute(text(f"{how} {statement.text}"), values)
        return "\n".join(f"      {row[-1]}" for row in rows)

    def _here(self, code: str) -> dict[str, Any]:
        lat, lon = self._regions.point(code) or (0.0, 0.0)
        return {"lat": lat, "lon": lon, "shrink": 0.81, "county": code[:6], "end": str(int(code[:6]) + 1)}

    def _with(self, statement: str, values: dict[str, Any], **lists: list[str]) -> tuple[Any, dict[str, Any]]:
        made = candidates.lists(self._session, lists)
        return text(
            statement.format(**{name: candidates.in_list(self._session, name) for name in lists})
        ), values | made


@dataclass
class Market:
    """A filled database, and what was measured of it so far."""

    what: str
    database: Database
    size: Size
    took: Took = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.regions = RegionBook(self.database)
        self.regions.nearby()  # read once by every process, not at a search

    def measure(self, round: int) -> None:
        """Ask for a share of the subjects, others in every round."""
        rng = random.Random(round)
        with self.database.read() as session:
            floor = Floor(session, self.regions)
            for n, opening in enumerate(
                _some(session, rng, Opening, self.size.openings, Opening.status == "published")
            ):
                asked = floor.workers(opening)
                self._time(session, n, {
                    "workers floor": partial(floor.run, *asked),
                    "workers candidates": partial(matches.candidate_workers, session, self.regions, opening),
                    "workers whole": partial(_explained_workers, session, self.regions, opening),
                    "workers with rows": partial(_workers_with_rows, session, self.regions, opening),
                })  # fmt: skip
            for n, worker in enumerate(_some(session, rng, Worker, self.size.workers, Worker.status == "active")):
                asked = floor.openings(worker)
                self._time(session, n, {
                    "openings floor": partial(floor.run, *asked),
                    "openings candidates": partial(
                        matches.candidate_openings, session, self.regions, TODAY, worker=worker, enough=BEST_OPENINGS
                    ),
                    "openings whole": partial(_explained_openings, session, self.regions, worker),
                    "openings with rows": partial(_openings_with_rows, session, self.regions, worker),
                })  # fmt: skip

    def _time(self, session: Session, n: int, steps: dict[str, Callable[[], object]]) -> None:
        """Each step once without the clock, so that none pays for the pages the others read, then each once with it."""
        for step in steps.values():
            step()
        for name, step in steps.items():
            # No two subjects live in one village: putting its neighbours in order is part of the work.
            self.regions.nearby().forget()
            began = time.perf_counter()
            step()
            if n >= WARM_UP:
                self.took.setdefault(name, []).append((time.perf_counter() - began) * 1000)
        session.expunge_all()

    def medians(self) -> dict[str, float]:
        return {name: statistics.median(times) for name, times in self.took.items()}

    def show(self) -> None:
        medians = self.medians()
        print(f"  {self.what}")
        for name, median in medians.items():
            times = sorted(self.took[name])
            print(f"    {name:22} median {median:7.2f} ms   p95 {times[round(0.95 * len(times)) - 1]:7.2f} ms   "
                  f"{median / medians[f'{name.split()[0]} floor']:5.2f} times its floor   n={len(times)}", flush=True)  # fmt: skip

    def show_floor(self) -> None:
        """The floor of one subject of each side and how the database answers it."""
        with self.database.read() as session:
            floor = Floor(session, self.regions)
            opening = _some(session, random.Random(99), Opening, self.size.openings, Opening.status == "published")[0]
            worker = _some(session, random.Random(99), Worker, self.size.workers, Worker.status == "active")[0]
            for side, (statement, values) in (
                ("an opening", floor.workers(opening)),
                ("a worker", floor.openings(worker)),
            ):
                print(f"  the floor for {side}:\n{statement.text.rstrip()}\n    its plan:")
                print(floor.plan(statement, values), flush=True)


def _explained_workers(session: Session, regions: RegionBook, opening: Opening) -> list[Any]:
    ranked, _ = matches.ranked_workers(session, regions, NOW, opening)
    return [(r.id, r.score, r.reasons, r.parts) for r in ranked[:BEST_WORKERS]]


def _explained_openings(session: Session, regions: RegionBook, worker: Worker) -> list[Any]:
    ranked, _ = matches.ranked_openings(session, regions, TODAY, worker=worker, enough=BEST_OPENINGS)
    return [(r.id, r.score, r.reasons, r.parts) for r in ranked[:BEST_OPENINGS]]


def _workers_with_rows(session: Session, regions: RegionBook, opening: Opening) -> list[Any]:
    return [match.worker for match in matches.workers_for(session, regions, NOW, opening, limit=BEST_WORKERS)]


def _openings_with_rows(session: Session, regions: RegionBook, worker: Worker) -> list[Any]:
    return [
        match.opening for match in matches.openings_for(session, regions, TODAY, worker=worker, limit=BEST_OPENINGS)
    ]


def _some(session: Session, rng: random.Random, kind: Any, most: int, condition: Any) -> list[Any]:
    wanted = SUBJECTS // ROUNDS + WARM_UP
    query = select(kind).where(kind.id.in_(rng.sample(range(1, most + 1), wanted * 2)), condition)
    if kind is Worker:
        query = query.options(joinedload(Worker.person))
    rows = list(session.scalars(query))
    rng.shuffle(rows)
    session.expunge_all()
    return rows[:wanted]


def _verdicts(what: str, medians: dict[str, float]) -> bool:
    held = True
    for side in ("workers", "openings"):
        for step, most in (("candidates", CANDIDATES_AT_MOST), ("whole", WHOLE_AT_MOST)):
            held &= _verdict(f"{what}: {side} {step}", medians[f"{side} {step}"] / medians[f"{side} floor"], most)
    return held


def _verdict(what: str, ratio: float, most: float) -> bool:
    print(f"  {what} {ratio:.2f} times (to hold: at most {most:g}) {'held' if ratio <= most else 'MISSED'}", flush=True)
    return ratio <= most


def _on_postgres(server: PostgresServer, size: Size) -> Market:
    url = server.url(server.create())
    migrations.upgrade(url)
    began = time.monotonic()
    fill_postgres(url, Province(size))
    what = f"PostgreSQL, {size.workers:,} workers, {size.openings:,} openings, {size.villages:,} villages"
    print(f"  {what}: filled in {time.monotonic() - began:.0f} s", flush=True)
    return Market(what, Database(url), size)


def _postgres() -> bool:
    # What a server for this much data is given; fsync is off, nothing is written while it is measured.
    server = PostgresServer(shared_buffers="1GB", random_page_cost="1.1")
    try:
        tenth, whole = _on_postgres(server, TENTH), _on_postgres(server, WHOLE)
        whole.show_floor()
        for round in range(ROUNDS):
            # In turn, so that whatever else the machine does falls on both alike.
            tenth.measure(round)
            whole.measure(round)
        tenth.show()
        whole.show()
        small, large = tenth.medians(), whole.medians()
        held = _verdicts("PostgreSQL", large)
        for step in ("workers candidates", "workers whole", "openings candidates", "openings whole"):
            held &= _verdict(
                f"PostgreSQL: ten times the province takes for {step}", large[step] / small[step], GROWTH_AT_MOST
            )
        for market in (tenth, whole):
            market.database.close()
        return held
    finally:
        server.stop()


def _sqlite() -> bool:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        migrations.upgrade(f"sqlite:///{path}")
        fill_sqlite(str(path), Province(SMALL))
        what = f"SQLite, {SMALL.workers:,} workers, {SMALL.openings:,} openings, {SMALL.villages:,} villages"
        market = Market(what, Database(f"sqlite:///{path}"), SMALL)
        market.show_floor()
        for round in range(ROUNDS):
            market.measure(round)
        market.show()
        held = _verdicts("SQLite", market.medians())
        market.database.close()
    return held


def main() -> int:
    return 0 if all([_postgres(), _sqlite()]) else 1
