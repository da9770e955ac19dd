"""Alembic's entry: on the connection that `backend.migrations` hands over, else on DATABASE_URL's."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlalchemy import JSON, Connection

from backend.store.models import Base
from backend.store.models.base import UTCDateTime


def render_item(kind: str, item: Any, autogen_context: Any) -> str | Literal[False]:
    """Write our own column types as the database types they are, so that old migrations need no code of ours."""
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen_context.imports.add("from sqlalchemy.dialects import postgresql")
        return 'sa.JSON().with_variant(postgresql.JSONB(), "postgresql")'
    return False


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,  # SQLite can change a table only by copying it
        compare_type=True,
        render_item=render_item,
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def main() -> None:
    if connection := context.config.attributes.get("connection"):
        migrate(connection)
        return
    from backend.settings import load
    from backend.store.session import make_engine

    engine = make_engine(load().database_url)
    with engine.begin() as connection:
        migrate(connection)
    engine.dispose()


main()
