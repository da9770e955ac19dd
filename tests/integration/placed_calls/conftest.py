"""A market, a caller, and planned calls that come due; on both databases."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.services import answer_offer, put_offer
from backend.services.deps import Deps
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.placed import place_due
from tests.support.signing import SignedClient

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_region("500114121002")
        f.make_region("500114121003", "双石村")


@pytest.fixture
def call(signed: SignedClient) -> Callable[[], PhoneCall]:
    return lambda: PhoneCall(signed, NUMBER)


@pytest.fixture
def due(deps: Deps, clock: SettableClock, carrier: FakeCarrier) -> Callable[[], dict[str, Any] | None]:
    return lambda: place_due(deps, clock, carrier)


@pytest.fixture
def worker(make: Make, deps: Deps) -> Callable[..., tuple[int, int]]:
    """A worker who would rather talk, and an opening; returns their ids."""

    def made(channel: str = "voice", **opening: Any) -> tuple[int, int]:
        with make() as f:
            someone = f.make_worker(number=NUMBER, preferred_channel=channel)
            return someone.id, f.make_opening(hours_from="07:00", hours_to="17:00", **opening).id

    return made


@pytest.fixture
def offered(worker: Callable[..., tuple[int, int]], deps: Deps) -> Callable[..., int]:
    def made(**more: Any) -> int:
        worker_id, opening_id = worker(**more)
        with deps.db.write() as session:
            offer = put_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening_id, worker_id=worker_id)
            return offer.id

    return made


@pytest.fixture
def accepted(worker: Callable[..., tuple[int, int]], deps: Deps) -> Callable[..., int]:
    def made(**more: Any) -> int:
        worker_id, opening_id = worker(**more)
        with deps.db.write() as session:
            return answer_offer.take(
                session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms"
            ).id

    return made
