"""What staff typed or handed in, that nobody has stored yet and that holds an erased person: it would bring her back (T15)."""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.models import Draft, LedgerImport


def drop(session: Session, names: Collection[str], numbers: Collection[str]) -> None:
    """Let go of ledger files with one of `numbers` (as dialled in the country), of half-filled forms with these or `names`."""
    for waiting in session.scalars(select(LedgerImport).where(LedgerImport.applied_at.is_(None))):
        if _holds([waiting.rows, waiting.problems], numbers):
            session.delete(waiting)
    for draft in session.scalars(select(Draft)):
        if any(name in str(text) for _, text in draft.fields for name in names) or _holds(draft.fields, numbers):
            session.delete(draft)


def _holds(value: Any, numbers: Collection[str]) -> bool:
    return any(number in text for text in _digits_in(value) for number in numbers)


def _digits_in(value: Any) -> Iterator[str]:
    """The digits of every text inside lists and dicts, gaps left out."""
    if isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _digits_in(each)
    elif isinstance(value, str):
        yield "".join(sign for sign in unicodedata.normalize("NFKC", value) if sign.isdigit())
