"""The tables come from the migrations and fit the models, on both databases."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from multiprocessing.synchronize import Barrier
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from backend import migrations
from backend.seed import seed
from backend.settings import Settings
from backend.store.models import Base
from backend.store.session import Database, make_engine
from tests.support.clock import SettableClock
from tests.support.postgres import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'new' / 'empty.sqlite3'}"
    server: PostgresServer = request.getfixturevalue("postgres")
    return server.url(server.create())


def tables(url: str) -> set[str]:
    database = Database(url)
    try:
        return set(inspect(database.engine).get_table_names()) - {"alembic_version"}
    finally:
        database.close()


def test_the_migrations_make_exactly_what_the_models_say(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_up_down_and_up_again_leaves_the_same_tables(empty_url: str) -> None:
    assert migrations.upgrade(empty_url)
    made = tables(empty_url)
    migrations.downgrade(empty_url, "base")
    assert tables(empty_url) == set()
    assert migrations.upgrade(empty_url)
    assert tables(empty_url) == made == set(Base.metadata.tables)


def test_a_second_run_does_nothing(empty_url: str) -> None:
    assert migrations.upgrade(empty_url)
    assert not migrations.upgrade(empty_url)


def test_two_processes_that_migrate_at_once_wait_for_each_other(empty_url: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = [run.result() for run in [pool.submit(_upgrade_alone, empty_url) for _ in range(4)]]
    assert sorted(done) == [False, False, False, True]
    assert tables(empty_url) == set(Base.metadata.tables)


def test_of_processes_that_open_a_new_file_at_once_none_is_refused(tmp_path: Path) -> None:
    """Of two that switch it to WAL at the same moment SQLite refuses one without waiting."""
    spawn = get_context("spawn")
    line = spawn.Barrier(4, timeout=60)
    opened = [spawn.Process(target=_open_all, args=(tmp_path, line)) for _ in range(4)]
    for process in opened:
        process.start()
    for process in opened:
        process.join(120)
    assert [process.exitcode for process in opened] == [0] * 4


def _open_all(folder: Path, line: Barrier) -> None:
    for number in range(100):
        line.wait()
        engine = make_engine(f"sqlite:///{folder / f'{number}.sqlite3'}")
        with engine.connect() as connection:
            assert connection.execute(text("PRAGMA journal_mode")).scalar_one() == "wal"
        engine.dispose()


def _upgrade_alone(url: str) -> bool:
    # Alembic keeps its running context in a module, so "at once" means processes.

    script = f"from backend import migrations; print(migrations.upgrade({url!r}))"
    finished = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return finished.stdout.strip() == "True"


def test_an_interrupted_run_leaves_nothing_half_made(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """D13: what was interrupted is simply run again."""
    from alembic import op

    made = []
    create_table = op.create_table

    def break_at_the_tenth(*arguments: object, **keywords: object) -> object:
        made.append(arguments[0])
        if len(made) == 10:
            raise KeyboardInterrupt
        return create_table(*arguments, **keywords)  # type: ignore[arg-type]

    monkeypatch.setattr(op, "create_table", break_at_the_tenth)
    with pytest.raises(KeyboardInterrupt):
        migrations.upgrade(empty_url)
    monkeypatch.undo()
    assert tables(empty_url) == set()
    assert migrations.upgrade(empty_url)
    assert tables(empty_url) == set(Base.metadata.tables)


def test_a_database_in_use_is_brought_up_and_down_with_every_row_kept(
    empty_url: str, settings: Settings, clock: SettableClock
) -> None:
    """Rows that point at one another hinder no step (SQLite changes a table by copying and dropping it)."""
    migrations.upgrade(empty_url)
    database = Database(empty_url)
    seed(database, settings, clock())
    counted = _rows(database)
    database.close()
    migrations.downgrade(empty_url, "0001")
    assert migrations.upgrade(empty_url)
    database = Database(empty_url)
    try:
        assert _rows(database) == counted
    finally:
        database.close()


def _rows(database: Database) -> dict[str, int]:
    """How many rows each table that was there from the beginning holds, and the trades filled in from them."""
    names = ("workers", "persons", "openings", "offers", "conversations", "messages", "worker_trades")
    with database.read() as session:
        return {name: session.scalar(text(f"select count(*) from {name}")) or 0 for name in names}
