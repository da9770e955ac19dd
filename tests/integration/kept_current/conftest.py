"""A market, and workers and openings of which nobody has spoken for a while; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.domain import freshness
from backend.services.deps import Deps
from backend.store.models import Handset, Worker
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.phone_call import NUMBER
from tests.support.placed import place_due

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_region("500114121002")
        f.make_region("500114121003", "双石村")
        f.make_region("500114122201", "蓬东村")


@pytest.fixture
def silent(make: Make, deps: Deps, clock: SettableClock) -> Callable[..., int]:
    """A worker heard of `days` ago, and now her own hour of being asked; returns her id."""

    def made(days: int = 0, number: str = NUMBER, **more: Any) -> int:
        with make() as f:
            worker = f.make_worker(number=number, confirmed_at=clock() - timedelta(days=days), **more)
            worker_id: int = worker.id
        clock.set(freshness.asks_at(worker_id, clock()) + timedelta(minutes=1))
        return worker_id

    return made


@pytest.fixture
def entry(deps: Deps) -> Callable[[int], Worker]:
    def read(worker_id: int) -> Worker:
        with deps.db.read() as session:
            return session.get_one(Worker, worker_id)

    return read


@pytest.fixture
def handset(deps: Deps) -> Callable[[], Handset]:
    def read() -> Handset:
        with deps.db.read() as session:
            return session.scalars(select(Handset).where(Handset.number == NUMBER)).one()

    return read


@pytest.fixture
def due(deps: Deps, clock: SettableClock, carrier: FakeCarrier) -> Callable[[], dict[str, Any] | None]:
    return lambda: place_due(deps, clock, carrier)
