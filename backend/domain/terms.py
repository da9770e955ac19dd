"""What a job promises those who do it, and whether a change makes it worse for them (C2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

BENEFITS = ("meals", "lodging", "transport", "insured")
# From the wage in the hand of an evening to the wage at the end; on completion it depends on the work, so it stands last.
SOONEST_FIRST = ("daily", "weekly", "half_monthly", "monthly", "on_completion")


def worse(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    """Whether somebody who agreed to `before` would get less under `after`; both by an opening's columns, money in fen.

    Another basis of pay (a day, a jin) cannot be compared and counts as worse; what was never promised cannot be lost.
    """
    return (
        _pays_less(before, after)
        or _pays_later(before, after)
        or any(before[name] and not after[name] for name in BENEFITS)
    )


def _pays_less(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    was, becomes = _least(before), _least(after)
    if was is None:
        return False
    return becomes is None or before["pay_unit"] != after["pay_unit"] or becomes < was


def _pays_later(before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
    was, becomes = before["settlement"], after["settlement"]
    if was is None or was == becomes:
        return False
    return becomes not in SOONEST_FIRST or SOONEST_FIRST.index(becomes) > SOONEST_FIRST.index(was)


def _least(terms: Mapping[str, Any]) -> int | None:
    known = [terms[name] for name in ("pay_min_fen", "pay_max_fen") if terms[name] is not None]
    return min(known) if known else None
