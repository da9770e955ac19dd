"""The real network on a real port, with a tiny real line as its customer."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from backend.carriers.simulator import SimulatorCarrier
from backend.phone_network.server import Network, build
from tests.integration.carriers.line import ACCOUNT, NUMBER, TOKEN, TestLine


@pytest.fixture
def line() -> Iterator[TestLine]:
    one = TestLine().start()
    yield one
    one.stop()


@pytest.fixture
def network(line: TestLine, tmp_path: Path) -> Iterator[Network]:
    one = build(tmp_path, account_sid=ACCOUNT, auth_token=TOKEN, number=NUMBER, public_base_url=line.url)
    one.start()
    yield one
    one.stop()


@pytest.fixture
def handset(network: Network) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=network.url, trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def carrier(network: Network) -> SimulatorCarrier:
    return SimulatorCarrier(ACCOUNT, TOKEN, network_url=network.url, timeout_s=30)
