"""One table for every ledger: its columns, what it is sorted by, where it goes on, and the rows that are ticked."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask import abort, request

from backend.console.i18n import gettext
from backend.console.labels import job_types
from backend.domain.access import may_see
from backend.domain.search_words import LONGEST, MOST
from backend.services.receive_message import storable
from backend.store.queries.keyset import Key
from backend.store.queries.sieve import Sieve

MOST_PICKED = 1_000
MOST_COUNTED = 1_000  # what a ledger's head counts to: "999+"


@dataclass(frozen=True)
class Column:
    """`sort`: the order its head puts the list in; "" for a column that sorts nothing. `name` is translated when shown."""

    key: str
    name: str
    sort: str = ""


@dataclass(frozen=True)
class Table:
    """`args`: the filters, as they stand in the address. `next`: where the next page begins, "" on the last.

    `total`: None where it is not counted; `most`: where counting ended. `pick`: the kind for acts on many, "" for none.
    `sorts`: the orders the list can be put in, the usual one first; those no column stands for are named in `orders`.
    """

    endpoint: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    sorts: Mapping[str, tuple[Key, ...]] = field(default_factory=dict)
    orders: Sequence[Column] = ()
    sort: str = ""
    args: dict[str, str] = field(default_factory=dict)
    next: str = ""
    total: int | None = None
    most: int = 100
    pick: str = ""
    sieve: Sieve = field(default_factory=Sieve)

    @property
    def told(self) -> str:
        """12 · 99+."""
        return "" if self.total is None else capped(self.total, self.most)

    def by(self, column: Column) -> bool:
        """Whether the list stands in the order of this head, one way or the other."""
        return bool(column.sort) and column.sort == self.sort.removeprefix("-")

    def falls(self, column: Column) -> bool:
        """Whether in this order the greatest, latest or highest comes first."""
        turned = self.by(column) and self.sort.startswith("-")
        return self.sorts[column.sort][0].desc is not turned

    def turn(self, column: Column) -> str:
        """The order that a press on this head puts the list in: its own first, then the other way round."""
        return f"-{column.sort}" if self.sort == column.sort else column.sort


def capped(count: int, most: int = 100) -> str:
    return f"{most - 1}+" if count >= most else str(count)


def sort_asked(known: Sequence[str], usual: str = "") -> str:
    """`?sort=`, either way round; where it is none of `known`, `usual` or the first of them."""
    asked = request.args.get("sort", "")
    return asked if asked.removeprefix("-") in known else usual or known[0]


def sieve_asked(region: str, *fields: str) -> Sieve:
    """What the find bar of a list asks for, of `fields` (words, place, trade, day); nonsense narrows nothing."""
    given = {name: " ".join(storable(request.args.get(name, "")).split()) for name in fields}
    place, day = given.get("place", ""), given.get("day", "")
    try:
        on = date.fromisoformat(day) if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day, re.ASCII) else None
    except ValueError:
        on = None
    return Sieve(
        words=tuple(word[:LONGEST] for word in given.get("words", "")[:400].split()[:MOST]),
        place=place if re.fullmatch(r"[0-9]{2,12}", place, re.ASCII) and may_see(region, place) else "",
        trade=given.get("trade", "") if given.get("trade", "") in job_types() else "",
        day=on,
    )


def readable(rows: Sequence[Any], sieve: Sieve, shown: Callable[[Any], str]) -> list[Any]:
    """The rows whose words asked for stand in what the reader is shown: nobody reads off by trying what a page hides."""
    asked = [word.casefold() for word in sieve.words]
    return [row for row in rows if not asked or all(word in shown(row).casefold() for word in asked)]


def picked(*names: str, optional: tuple[str, ...] = ()) -> tuple[list[int], dict[str, str]]:
    """The ticked rows and the other fields of a form over a table; 400 for what a form of ours never sends."""
    sent = set(request.form) - {"csrf_token", "pick"}
    if sent - set(names) - set(optional) or set(names) - sent:
        abort(400)
    ids = request.form.getlist("pick")
    if any(not (each.isascii() and each.isdigit() and len(each) <= 9) for each in ids):
        abort(400)
    return list(dict.fromkeys(map(int, ids)))[:MOST_PICKED], {name: storable(request.form[name]) for name in sent}


def too_long(text: str, longest: int) -> str:
    """The sentence for words that are too long, "" for those that are not."""
    if len(text) <= longest:
        return ""
    return gettext("写了%(count)s个字，最多%(most)s个。请删短一点再存。", count=len(text), most=longest)
