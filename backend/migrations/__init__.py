"""Migrations: numbered by hand, the same on SQLite and PostgreSQL, safe to run twice or from two processes at once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from backend.store.session import make_engine

# Any fixed number will do: processes that migrate at the same time wait for each other on it.
_ADVISORY_LOCK = 7_462_319


def config(connection: Connection | None = None) -> Config:
    made = Config()
    made.set_main_option("script_location", str(Path(__file__).parent))
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


def upgrade(database_url: str, revision: str = "head") -> bool:
    """Bring the database to `revision`; True if anything was done. One transaction: all of it happens or none (D13)."""
    with _locked(database_url) as connection:
        before = _current(connection)
        command.upgrade(config(connection), revision)
        return before != _current(connection)


def downgrade(database_url: str, revision: str) -> None:
    with _locked(database_url) as connection:
        command.downgrade(config(connection), revision)


def is_current(connection: Connection) -> bool:
    """Say whether the tables are those that this code was written for."""
    return _current(connection) == ScriptDirectory.from_config(config()).get_current_head()


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


@contextmanager
def _locked(database_url: str) -> Iterator[Connection]:
    engine = make_engine(database_url)
    try:
        if engine.dialect.name == "sqlite" and engine.url.database:
            Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        with engine.connect() as connection:
            if on_sqlite := engine.dialect.name == "sqlite":
                # A table is changed by copying and dropping it, which no row that points at it may hinder; the switch
                # works only outside a transaction, so the references are checked by hand before the end of this one.
                connection.connection.cursor().execute("PRAGMA foreign_keys=OFF")
            with connection.begin():  # on SQLite BEGIN IMMEDIATE is the lock
                if not on_sqlite:
                    connection.execute(text("select pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
                yield connection
                if on_sqlite and (broken := connection.execute(text("PRAGMA foreign_key_check")).all()):
                    raise RuntimeError(f"the migration would leave {len(broken)} rows that point nowhere")
    finally:
        engine.dispose()
