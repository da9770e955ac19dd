"""The table that openings look for workers by follows every entry, whoever changes it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from backend.store.models import Worker, WorkerTrade
from backend.store.session import Database

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
