"""Rows to show: read in one snapshot, kept in hand after it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.orm import Session

from backend.store.session import Database


@contextmanager
def reading(db: Database) -> Iterator[Session]:
    """Like `db.read()`, for pages: the rows stay usable after the block.

    The rollback that ends a read expires whatever the session still holds, and a template would then ask a closed session.
    """
    with db.read() as session:
        yield session
        session.expunge_all()
