"""Engines and units of work, with the settings that make SQLite and PostgreSQL keep the same promises."""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from backend.store import audit_region, inbox, ledger_changes, worker_trades

PATIENCE_S = 10.0  # then the database itself decides
LOOK_AGAIN_S = 0.002
TRIES = 3

T = TypeVar("T")


def make_engine(database_url: str, *, pool_size: int = 10) -> Engine:
    """Return an engine for SQLite (`sqlite:///…`) or PostgreSQL (`postgresql://…`, psycopg 3).

    SQLite: WAL and `synchronous=FULL` so that no committed row is lost (F10); every transaction begins IMMEDIATE, since
    Python's driver would otherwise start it only at the first write and two readers could both go on to write.
    PostgreSQL: bounded statements and locks, connections checked before use (reliability §4.4).
    """
    if database_url.startswith("sqlite"):
        engine = create_engine(
            database_url, connect_args={"timeout": 30, "check_same_thread": False}, hide_parameters=True
        )
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(
            engine,
            "begin",
            lambda connection: connection.exec_driver_sql(
                "BEGIN" if connection.get_execution_options().get("reads_only") else "BEGIN IMMEDIATE"
            ),
        )
        return engine
    if database_url.startswith("postgresql://"):
        database_url = database_url.replace("postgresql://", "postgresql+psycopg://", 1)
    return create_engine(
        database_url,
        pool_pre_ping=True,
        # An error names its statement; what was in it are people's words and numbers, and errors are logged.
        hide_parameters=True,
        pool_size=pool_size,
        pool_timeout=10,
        connect_args={
            "connect_timeout": 5,
            "options": "-c timezone=UTC -c statement_timeout=15000 -c lock_timeout=8000 "
            "-c idle_in_transaction_session_timeout=30000",
        },
    )


def _prepare_sqlite(connection: Any, record: Any) -> None:
    # The driver's own transaction handling is switched off; "begin" above does it.
    connection.isolation_level = None
    cursor = connection.cursor()
    _switch_to_wal(cursor)
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Tried again: of two that switch a new file at the same moment SQLite refuses one at once, whatever its timeout."""
    for pause_s in (0.01, 0.05, 0.2, 1.0, 5.0):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError as problem:
            if problem.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise
        time.sleep(pause_s)
    cursor.execute("PRAGMA journal_mode=WAL")


def in_turn(work: Callable[[], T]) -> T:
    """Do `work`, one transaction that changes nothing outside, and do it again when another was in its way.

    That is a row made by somebody else a moment ago, or (PostgreSQL) two that wait for each other; the third time it is
    raised: IntegrityError, OperationalError.
    """
    for _ in range(TRIES - 1):
        try:
            return work()
        except (IntegrityError, OperationalError):
            continue
    return work()


class _Turnstile:
    """Writers of one SQLite file go through it one after the other, in every process.

    Left to itself SQLite lets them try again after ever longer pauses, so that of twenty calls at once the unlucky wait for
    many seconds (V22). This only orders who waits, and never for long: what keeps two writers apart is still SQLite, so a
    process that stops inside, or knows no turnstile, does no harm.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._threads = threading.RLock()
        self._file: int | None = None

    @contextmanager
    def passing(self) -> Iterator[None]:
        until = time.monotonic() + PATIENCE_S
        first_of_threads = self._threads.acquire(timeout=PATIENCE_S)
        first_of_all = False
        try:
            first_of_all = first_of_threads and self._first_of_processes(until)
            yield
        finally:
            if first_of_all and self._file is not None:
                fcntl.flock(self._file, fcntl.LOCK_UN)
            if first_of_threads:
                self._threads.release()

    def _first_of_processes(self, until: float) -> bool:
        try:
            if self._file is None:
                self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            while True:
                try:
                    fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return True
                except BlockingIOError:
                    if time.monotonic() >= until:
                        return False
                    time.sleep(LOOK_AGAIN_S)
        except OSError:
            return False  # no descriptor left, or a place where nothing can be written: SQLite decides alone

    def close(self) -> None:
        with self._threads:
            if self._file is not None:
                os.close(self._file)
                self._file = None


class Database:
    """One engine and the two ways of using it. `write()` commits on success and rolls back on any error."""

    def __init__(self, database_url: str) -> None:
        self.engine = make_engine(database_url)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        self._aside: Engine | None = None
        self._making_aside = threading.Lock()
        worker_trades.watch(self._sessions)
        inbox.watch(self._sessions)
        ledger_changes.watch(self._sessions)
        audit_region.watch(self._sessions)
        path = self.engine.url.database if self.engine.dialect.name == "sqlite" else None
        self._turnstile = _Turnstile(f"{path}-turnstile") if path and path != ":memory:" else None

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A unit of work. No network call belongs inside it."""
        with (
            self._turnstile.passing() if self._turnstile else nullcontext(),
            self._sessions() as session,
            session.begin(),
        ):
            yield session

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A snapshot for reading; on SQLite it does not wait for a writer."""
        with self._sessions() as session:
            session.connection(execution_options={"reads_only": True})
            yield session

    @contextmanager
    def aside(self) -> Iterator[Session]:
        """As `read`, on one connection apart from all others: for what is looked up while a unit of work holds its own."""
        if self._aside is None:
            with self._making_aside:
                self._aside = self._aside or make_engine(
                    self.engine.url.render_as_string(hide_password=False), pool_size=1
                )
        with self._sessions(bind=self._aside) as session:
            session.connection(execution_options={"reads_only": True})
            yield session

    def close(self) -> None:
        self.engine.dispose()
        if self._aside is not None:
            self._aside.dispose()
        if self._turnstile is not None:
            self._turnstile.close()
