"""What a list of a ledger is narrowed by, the same for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, func, or_

from backend.domain.lexicon import job_codes, job_name
from backend.store.models import Region


@dataclass(frozen=True)
class Sieve:
    """`words`: all have to be there; `place`: a division and all below it; `day`: one of its days. Empty narrows nothing."""

    words: tuple[str, ...] = ()
    place: str = ""
    trade: str = ""
    day: date | None = None

    @property
    def args(self) -> dict[str, str]:
        """As it stands in an address."""
        told = {"words": " ".join(self.words), "place": self.place, "trade": self.trade,
                "day": self.day.isoformat() if self.day else ""}  # fmt: skip
        return {name: value for name, value in told.items() if value}

    @property
    def facts(self) -> dict[str, str]:
        """As the trail keeps it: no words, they may be a name."""
        return {name: value for name, value in self.args.items() if name != "words"}

    def said_in(self, *columns: Any, place: Any = None, trade: Any = None) -> list[ColumnElement[bool]]:
        """A condition for each of the words: it stands in one of the `columns`, the name of the place or of the trade."""
        return [self._said(word, columns, place, trade) for word in self.words]

    def _said(self, word: str, columns: tuple[Any, ...], place: Any, trade: Any) -> ColumnElement[bool]:
        ways: list[ColumnElement[bool]] = [
            func.lower(column).contains(word.lower(), autoescape=True) for column in columns
        ]
        if place is not None:
            ways.append(exists().where(Region.code == place, Region.name.contains(word, autoescape=True)))
        if trade is not None:
            ways.append(trade.in_([code for code in job_codes() if word.lower() in _names(code)]))
        return or_(*ways)


EVERYTHING = Sieve()


def _names(code: str) -> str:
    return f"{job_name(code)} {job_name(code, 'en')}".lower()
