"""One table for every ledger: its columns, what it is sorted by, where it goes on, and the rows that are ticked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import abort, request

from backend.console.i18n import gettext
from backend.services.receive_message import storable

MOST_PICKED = 1_000


@dataclass(frozen=True)
class Column:
    """`sort`: the order its head puts the list in; "" for a column that sorts nothing. `name` is translated when shown."""

    key: str
    name: str
    sort: str = ""


@dataclass(frozen=True)
class Table:
    """`args`: the filters, as they stand in the address. `next`: where the next page begins, "" on the last.

    `total`: counted to a hundred, None where it is not counted. `pick`: the kind for acts on many, "" for none.
    """

    endpoint: str
    columns: Sequence[Column]
    rows: Sequence[Any]
    sort: str = ""
    args: dict[str, str] = field(default_factory=dict)
    next: str = ""
    total: int | None = None
    pick: str = ""

    @property
    def told(self) -> str:
        """12 · 99+."""
        return "" if self.total is None else capped(self.total)


def capped(count: int) -> str:
    return "99+" if count >= 100 else str(count)


def sort_asked(known: Sequence[str]) -> str:
    """`?sort=`, the first of `known` where it is none of them."""
    asked = request.args.get("sort", "")
    return asked if asked in known else known[0]


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
