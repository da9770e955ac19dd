"""The table that openings look for workers by follows every entry, whoever changes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from backend.services import keep_priority
from backend.services.deps import Deps
from backend.store.models import Hardship, Household, Worker, WorkerTrade
from backend.store.session import Database
from tests.support.clock import SettableClock

HOME, OTHER = "500114121002", "500114121003"


def _rows(database: Database, worker_id: int) -> list[tuple[str, str | None]]:
    with database.read() as session:
        query = select(WorkerTrade.job_type, WorkerTrade.village_code).where(WorkerTrade.worker_id == worker_id)
        return sorted(tuple(row) for row in session.execute(query))


def test_it_follows_trades_village_and_status_of_an_entry(database: Database, make: Callable[[], Any]) -> None:
    with make() as f:
        f.make_region(OTHER)
        worker_id = f.make_worker(job_types=["A04", "A19"], village=HOME).id
    assert _rows(database, worker_id) == [("A04", HOME), ("A19", HOME)]
    with database.write() as session:
        session.get_one(Worker, worker_id).job_types = ["B06"]
    assert _rows(database, worker_id) == [("B06", HOME)]
    with database.write() as session:
        session.get_one(Worker, worker_id).person.village_code = OTHER
    assert _rows(database, worker_id) == [("B06", OTHER)]
    with database.write() as session:
        session.get_one(Worker, worker_id).job_types = []
    assert _rows(database, worker_id) == [("", OTHER)]
    with database.write() as session:
        session.get_one(Worker, worker_id).status = "paused"
    assert _rows(database, worker_id) == []


def _marked(database: Database) -> set[int]:
    with database.read() as session:
        return set(session.scalars(select(WorkerTrade.worker_id).where(WorkerTrade.priority)))


def test_a_label_marks_for_the_wider_search_once_it_is_verified(database: Database, make: Callable[[], Any]) -> None:
    with make() as f:
        worker = f.make_worker(job_types=["A04"])
        label = f._add(Hardship(worker_id=worker.id, code="G03", claimed_at=f.now))
    assert _marked(database) == set()
    with database.write() as session:
        session.get_one(Hardship, label.id).verified_at = f.now
    assert _marked(database) == {worker.id}
    with database.write() as session:
        session.delete(session.get_one(Hardship, label.id))
    assert _marked(database) == set()


def test_the_night_marks_long_waits_and_households_whose_work_is_long_over(
    deps: Deps, clock: SettableClock, make: Callable[[], Any]
) -> None:
    with make() as f:
        waiting = f.make_worker(job_types=["A04"], waiting_since=f.now - timedelta(days=50))
        household = f._add(Household(village_code=HOME, created_at=f.now))
        earner, mate = (f.make_worker(job_types=["A04"]) for _ in range(2))
        f.make_offer(f.make_opening(), earner, "accepted")
        earner.person.household_id = mate.person.household_id = household.id
    assert _marked(deps.db) == set()
    assert keep_priority.refresh(deps) == 0
    clock.advance(days=10)
    assert keep_priority.refresh(deps) == 1 and _marked(deps.db) == {waiting.id}
    clock.advance(days=40)
    assert keep_priority.refresh(deps) == 2 and _marked(deps.db) == {waiting.id, earner.id, mate.id}
    assert keep_priority.refresh(deps) == 0


def test_a_household_of_which_nobody_holds_a_place_is_marked_at_once(
    database: Database, make: Callable[[], Any]
) -> None:
    with make() as f:
        worker = f.make_worker(job_types=["A04"])
        worker.person.household_id = f._add(Household(village_code=HOME, created_at=f.now)).id
    assert _marked(database) == {worker.id}
