"""A clock that tests set, and the day by the real one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from backend.settings import TIMEZONE

# A Wednesday, ten in the morning in Shanghai: stations are open, quiet hours are over.
START = datetime(2026, 6, 10, 2, 0, tzinfo=UTC)


def today() -> date:
    """The day it is where the line is, for what runs by the real clock; the machine may keep another."""
    return datetime.now(TIMEZONE).date()


class SettableClock:
    """Call it for the time (aware UTC); `advance(hours=5)` moves it."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> datetime:
        self.now += timedelta(**by)
        return self.now

    def set(self, now: datetime) -> None:
        if now.tzinfo is None:
            raise ValueError("the clock takes aware times")
        self.now = now.astimezone(UTC)
