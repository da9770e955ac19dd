"""A second copy of the service whose engine can be spoilt, and the books of each copy, for the fault tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from tests.e2e.support_faults import Books, SpoiltEngine, behind
from tests.support.stack import Stack


@dataclass(frozen=True)
class Copy:
    """A running copy, its books, and (for the second) its engine."""

    stack: Stack
    books: Books
    engine: SpoiltEngine | None = None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # The logs are read when everything that could have written into them has run.
    items.sort(key=lambda item: item.path.name == "test_logs.py")


@pytest.fixture(scope="session")
def first(stack: Stack) -> Iterator[Copy]:
    """The shared copy on SQLite."""
    books = Books(stack)
    yield Copy(stack, books)
    books.close()


@pytest.fixture(scope="session")
def second(request: pytest.FixtureRequest, make_stack: Callable[..., Stack]) -> Iterator[Copy]:
    """A copy on PostgreSQL (SQLite where that is not installed) with an engine that can be spoilt."""
    try:
        server = request.getfixturevalue("postgres")
        url = server.url(server.create())
    except pytest.skip.Exception:
        url = None
    engine = SpoiltEngine()
    stack = make_stack(url, wait=False, RASA_URL=engine.url)
    behind(engine, stack)
    stack.wait_until_ready()
    books = Books(stack, url)
    yield Copy(stack, books, engine)
    books.close()
    stack.stop()
    engine.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def copy(request: pytest.FixtureRequest) -> Copy:
    """Each database in turn."""
    if request.param == "sqlite":
        return request.getfixturevalue("first")
    request.getfixturevalue("postgres")  # or the skip that says how to get it
    return request.getfixturevalue("second")
