"""Many writers at once on one database: each gets its turn soon, and a writer that stops keeps nobody out for good."""

from __future__ import annotations

import multiprocessing
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.store import session as store
from backend.store.session import Database

WRITERS, EACH = 12, 25


def write_some(url: str) -> float:
    """Add one to the only number `EACH` times; return the longest that one writing took."""
    database, longest = Database(url), 0.0
    for _ in range(EACH):
        began = time.monotonic()
        with database.write() as session:
            session.execute(text("UPDATE tally SET n = n + 1"))
        longest = max(longest, time.monotonic() - began)
    database.close()
    return longest


@pytest.fixture
def url(tmp_path: Path) -> str:
    address = f"sqlite:///{tmp_path / 'tally.sqlite3'}"
    database = Database(address)
    with database.write() as session:
        session.execute(text("CREATE TABLE tally (n INTEGER)"))
        session.execute(text("INSERT INTO tally VALUES (0)"))
    database.close()
    return address


def counted(url: str) -> int:
    database = Database(url)
    with database.read() as session:
        found = session.execute(text("SELECT n FROM tally")).scalar_one()
    database.close()
    return int(found)


def test_writers_of_two_processes_lose_nothing_and_none_waits_long(url: str) -> None:
    """V22: of twenty calls at once none is left to the end."""
    other = multiprocessing.get_context("spawn").Process(target=write_some, args=(url,))
    other.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        longest = max(pool.map(write_some, [url] * WRITERS))
    other.join(60)
    assert counted(url) == (WRITERS + 1) * EACH
    assert longest < 5


def test_a_writer_that_stops_inside_keeps_nobody_out_for_good(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever only holds the turnstile and not the database is passed by."""
    monkeypatch.setattr(store, "PATIENCE_S", 0.2)
    path = url.removeprefix("sqlite:///") + "-turnstile"
    stuck, go_on = store._Turnstile(path), threading.Event()
    inside = threading.Event()

    def stop_inside() -> None:
        with stuck.passing():
            inside.set()
            go_on.wait(30)

    holder = threading.Thread(target=stop_inside)
    holder.start()
    assert inside.wait(10)
    database = Database(url)
    with database.write() as session:
        session.execute(text("UPDATE tally SET n = 7"))
    database.close()
    go_on.set()
    holder.join(10)
    stuck.close()
    assert counted(url) == 7
