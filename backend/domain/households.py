"""A household and who in it earns: one household, at least one job (一户一人一就业, H02)."""

from __future__ import annotations

from datetime import date, timedelta

# A household counts as earning while, and a month after, one of its people has work through the line.
EARNING_FOR = timedelta(days=30)
# … or while staff have it in the ledger that one of them works elsewhere.
EARNING_STATUS = frozenset({"working", "self_employed"})


def earning_since(today: date) -> date:
    """Work that ended on this day or later still counts as an income."""
    return today - EARNING_FOR


def may_be_together(one: str | None, other: str | None, reason: str) -> bool:
    """Whether people of these two villages may be put into one household: another village needs a reason."""
    return one is None or other is None or one == other or bool(reason)
