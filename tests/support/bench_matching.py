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
from datetime import UTC, datetime
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
SUBJECTS, WARM_UP = 200, 30
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


def measure(database: Database, size: Size, what: str, *, plans: bool) -> dict[str, float]:
    """Medians in ms by what was measured; prints them and, for `plans`, how the floor is answered."""
    regions = RegionBook(database)
    rng = random.Random(11)
    took: Took = {}
    with database.read() as session:
        regions.nearby()  # read once by every process, not at a search
        floor = Floor(session, regions)
        openings = _some(session, rng, Opening, size.openings, Opening.status == "published")
        for n, opening in enumerate(openings):
            asked = floor.workers(opening)
            if plans and n == WARM_UP:
                print(f"    the floor for an opening:\n{floor.plan(*asked)}")
            steps: dict[str, Callable[[], object]] = {
                "workers floor": lambda asked=asked: floor.run(*asked),
                "workers candidates": lambda one=opening: matches.candidate_workers(session, regions, one),
                "workers whole": lambda one=opening: _explained_workers(session, regions, one),
                "workers with rows": lambda one=opening: matches.workers_for(
                    session, regions, NOW, one, limit=BEST_WORKERS
                ),
            }
            _time(steps, took, regions, counts=n >= WARM_UP)
            session.expunge_all()
        for n, worker in enumerate(_some(session, rng, Worker, size.workers, Worker.status == "active")):
            asked = floor.openings(worker)
            if plans and n == WARM_UP:
                print(f"    the floor for a worker:\n{floor.plan(*asked)}")
            steps = {
                "openings floor": lambda asked=asked: floor.run(*asked),
                "openings candidates": lambda one=worker: matches.candidate_openings(
                    session, regions, TODAY, worker=one, enough=BEST_OPENINGS
                ),
                "openings whole": lambda one=worker: _explained_openings(session, regions, one),
                "openings with rows": lambda one=worker: matches.openings_for(
                    session, regions, TODAY, worker=one, limit=BEST_OPENINGS
                ),
            }
            _time(steps, took, regions, counts=n >= WARM_UP)
            session.expunge_all()
    medians = {name: statistics.median(times) for name, times in took.items()}
    print(f"  {what}")
    for name, median in medians.items():
        base = medians[f"{name.split()[0]} floor"]
        p95 = sorted(took[name])[round(0.95 * len(took[name])) - 1]
        print(f"    {name:22} median {median:7.2f} ms   p95 {p95:7.2f} ms   {median / base:5.2f} times its floor   n={len(took[name])}", flush=True)  # fmt: skip
    return medians


def _explained_workers(session: Session, regions: RegionBook, opening: Opening) -> list[Any]:
    ranked, _ = matches.ranked_workers(session, regions, NOW, opening)
    return [(r.id, r.score, r.reasons, r.parts) for r in ranked[:BEST_WORKERS]]


def _explained_openings(session: Session, regions: RegionBook, worker: Worker) -> list[Any]:
    ranked, _ = matches.ranked_openings(session, regions, TODAY, worker=worker, enough=BEST_OPENINGS)
    return [(r.id, r.score, r.reasons, r.parts) for r in ranked[:BEST_OPENINGS]]


def _some(session: Session, rng: random.Random, kind: Any, most: int, condition: Any) -> list[Any]:
    query = select(kind).where(kind.id.in_(rng.sample(range(1, most + 1), (SUBJECTS + WARM_UP) * 2)), condition)
    if kind is Worker:
        query = query.options(joinedload(Worker.person))
    rows = list(session.scalars(query))
    rng.shuffle(rows)
    session.expunge_all()
    return rows[: SUBJECTS + WARM_UP]


def _time(steps: dict[str, Callable[[], object]], took: Took, regions: RegionBook, *, counts: bool) -> None:
    """Each step once without the clock, so that none pays for the pages the others read, then each once with it."""
    for step in steps.values():
        step()
    for name, step in steps.items():
        regions.nearby().forget()  # no two subjects live in one village; the order of its neighbours is part of the work
        began = time.perf_counter()
        step()
        if counts:
            took.setdefault(name, []).append((time.perf_counter() - began) * 1000)


def _verdicts(what: str, medians: dict[str, float]) -> bool:
    held = True
    for side in ("workers", "openings"):
        for step, most in (("candidates", CANDIDATES_AT_MOST), ("whole", WHOLE_AT_MOST)):
            ratio = medians[f"{side} {step}"] / medians[f"{side} floor"]
            held &= ratio <= most
            print(f"  {what}: {side} {step} {ratio:.2f} times the floor (to hold: at most {most:g}) {'held' if ratio <= most else 'MISSED'}")  # fmt: skip
    return held


def main() -> int:
    # What a server for this much data is given; fsync is off, nothing is written while it is measured.
    server = PostgresServer(shared_buffers="1GB", random_page_cost="1.1")
    held = True
    try:
        by_size: dict[str, dict[str, float]] = {}
        for name, size in (("a tenth of the province", TENTH), ("the province", WHOLE)):
            url = server.url(server.create())
            migrations.upgrade(url)
            began = time.monotonic()
            fill_postgres(url, Province(size))
            what = f"PostgreSQL, {size.workers:,} workers, {size.openings:,} openings, {size.villages:,} villages"
            print(f"  {name} filled in {time.monotonic() - began:.0f} s", flush=True)
            database = Database(url)
            by_size[name] = measure(database, size, what, plans=size is WHOLE)
            database.close()
        held &= _verdicts("PostgreSQL", by_size["the province"])
        for step in ("workers whole", "openings whole"):
            growth = by_size["the province"][step] / by_size["a tenth of the province"][step]
            held &= growth <= GROWTH_AT_MOST
            print(f"  PostgreSQL: {step} takes {growth:.2f} times as long in ten times the province (to hold: at most {GROWTH_AT_MOST:g})")  # fmt: skip
    finally:
        server.stop()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "bench.sqlite3"
        migrations.upgrade(f"sqlite:///{path}")
        fill_sqlite(str(path), Province(SMALL))
        database = Database(f"sqlite:///{path}")
        held &= _verdicts(
            "SQLite",
            measure(database, SMALL, f"SQLite, {SMALL.workers:,} workers, {SMALL.openings:,} openings", plans=True),
        )
        database.close()
    return 0 if held else 1
