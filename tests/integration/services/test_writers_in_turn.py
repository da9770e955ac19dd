"""Many writers at once on one database: none is lost, and a writer that stops keeps nobody out for good."""

from __future__ import annotations

import multiprocessing
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import text

from backend.store import session as store
from backend.store.session import Database

WRITERS, EACH = 12, 25


def write_some(url: str) -> None:
    """Add one to the only number `EACH` times."""
    database = Database(url)
    for _ in range(EACH):
        with database.write() as session:
            session.execute(text("UPDATE tally SET n = n + 1"))
    database.close()


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


def test_writers_of_two_processes_lose_nothing(url: str) -> None:
    other = multiprocessing.get_context("spawn").Process(target=write_some, args=(url,))
    other.start()
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write_some, [url] * WRITERS))
    other.join(60)
    assert counted(url) == (WRITERS + 1) * EACH


def test_a_writer_that_stops_inside_keeps_nobody_out_for_good(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever only holds the turnstile and not the database is passed by."""
    monkeypatch.setattr(store, "PATIENCE_S", 0.2)
    path = url.removeprefix("sqlite:///") + "-turnstile"
    stuck, go_on = store._Turnstile(path), threading.Event()
    inside = threading.Event()

    def stop_inside() -> None:
        with stuck.passing():
            inside.set()
            go_on.wait(60)

    holder = threading.Thread(target=stop_inside)
    holder.start()
    assert inside.wait(60)
    database = Database(url)
    with database.write() as session:
        session.execute(text("UPDATE tally SET n = 7"))
    database.close()
    go_on.set()
    holder.join(60)
    stuck.close()
    assert counted(url) == 7


def test_a_turnstile_whose_file_cannot_be_opened_keeps_nobody_out(url: str, tmp_path: Path) -> None:
    """Neither this writer nor the next thread: SQLite keeps them apart alone."""
    broken = store._Turnstile(str(tmp_path / "no such folder" / "turnstile"))
    with broken.passing():
        write_some(url)
    passed = threading.Event()

    def pass_too() -> None:
        with broken.passing():
            passed.set()

    threading.Thread(target=pass_too, daemon=True).start()
    assert passed.wait(60)
    assert counted(url) == EACH
