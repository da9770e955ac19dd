"""What both languages' tables are: a sentence, or a function (answer, detail 0…3) → text, for every answer kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend.domain.answers import Answer
from backend.settings import TIMEZONE

Phrases = dict[str, str | Callable[[Answer, int], str]]


def local(iso: str) -> datetime:
    """An ISO UTC time as it is read here."""
    return datetime.fromisoformat(iso).astimezone(TIMEZONE)
