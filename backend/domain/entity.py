"""One value read from a message, and the message it is read from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from backend.domain.lunar_zh import MarketDays


@dataclass(frozen=True, slots=True)
class Entity:
    """One value. `text` is message[start:end]; `value` is an int, a float (money) or a string as in the contract."""

    entity: str
    text: str
    value: str | int | float
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Message:
    """A cleaned, repaired, unmasked message; `now` is aware, Asia/Shanghai."""

    text: str
    now: datetime
    intent: str | None
    market_days: MarketDays | None

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def tells(self) -> bool:
        """Whether the message tells what has happened: its dates without a year are then past ones."""
        return self.intent in ("report_problem", "register_return", "register_unemployment")

    def entity(self, kind: str, start: int, end: int, value: str | int | float) -> Entity:
        return Entity(kind, self.text[start:end], value, start, end)
