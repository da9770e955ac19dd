"""A database with the served divisions in it; ids and rows beyond that each test makes itself."""

from __future__ import annotations

import pytest

from backend.seed.places import seed_places
from backend.store.session import Database


@pytest.fixture
def county(database: Database) -> None:
    with database.write() as session:
        seed_places(session)
