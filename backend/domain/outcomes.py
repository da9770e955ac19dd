"""What became of a place that was taken, from what both sides and staff say of it (W06, E03).

No side alone can put a blot on the other: an employer's "she did not come" counts only when she was asked and does not
say otherwise within a day, and wages count as paid only when she says so. Where both sides differ, a person looks (`Verdict.differ`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

SIDES = ("worker", "employer", "staff")
OUTCOMES = ("arrived", "no_show", "completed", "paid", "unpaid")
TO_CONTRADICT = timedelta(days=1)
# How far along a place is; what is said only ever moves it on.
_RANK = {"accepted": 0, "no_show": 1, "arrived": 1, "completed": 2, "paid": 3}


@dataclass(frozen=True)
class Said:
    """`side`: worker | employer | staff; `outcome`: arrived | no_show | completed | paid | unpaid."""

    side: str
    outcome: str
    at: datetime


@dataclass(frozen=True)
class Verdict:
    """`status`: what the place is now. `differ`: both sides say different things of whether she came, or of her wages."""

    status: str
    differ: str | None = None  # came | paid


def verdict(status: str, said: Iterable[Said], now: datetime, asked: datetime | None = None) -> Verdict:
    """The status after everything that was said; `status` is the present one, which never goes back.

    `asked`: when she was asked herself, whom her employer says not to have come; None: she was not, and it stays open.
    Staff look at what both sides say: the last word of theirs on whether she came stands.
    """
    told = sorted(said, key=lambda one: one.at)
    if status not in _RANK:
        return Verdict(status)
    wanted, differ = _came(status, told, now, asked)
    by = {(one.side, one.outcome) for one in told}
    if wanted in {"arrived", "completed"}:
        if by & {("worker", "paid"), ("staff", "paid")}:
            wanted = "paid"
        elif (
            by & {(side, outcome) for side in SIDES for outcome in ("completed", "unpaid")}
            or ("employer", "paid") in by
        ):
            wanted = "completed"
    by_staff = any(one.side == "staff" for one in told)
    if status == "no_show" and wanted != "no_show" and not by_staff:
        return Verdict("no_show", "came")  # she had her day to say so; now a person looks
    if differ is None and wanted != "paid" and {("employer", "paid"), ("worker", "unpaid")} <= by:
        differ = "paid"
    stays = wanted == status or _RANK[wanted] < _RANK[status]
    return Verdict(status if stays and not _put_right(status, wanted, told) else wanted, differ)


def _came(status: str, told: list[Said], now: datetime, asked: datetime | None) -> tuple[str, str | None]:
    of_staff = [one.outcome for one in told if one.side == "staff"]
    if of_staff:
        return ("no_show" if of_staff[-1] == "no_show" else "arrived"), None
    worker = {one.outcome for one in told if one.side == "worker"}
    employer = {one.outcome for one in told if one.side == "employer"}
    she_came, she_did_not = bool(worker - {"no_show"}), "no_show" in worker
    absent = "no_show" in employer
    # Wages he says are paid or owed tell that she was there, but not of whoever he said was not: they are the others'.
    there = bool(employer & ({"arrived", "completed"} if absent else {*OUTCOMES} - {"no_show"}))
    if she_came:
        return "arrived", "came" if absent and not there else None
    if she_did_not:
        return "no_show", "came" if there else None
    if there:
        return "arrived", None
    if absent and asked is not None and now - asked >= TO_CONTRADICT:
        return "no_show", None
    return status, None


def _put_right(status: str, wanted: str, told: list[Said]) -> bool:
    """Staff alone may turn "did not come" into "came" and the other way round, until wages are told of."""
    of_staff = [one.outcome for one in told if one.side == "staff"]
    return bool(of_staff) and {status, wanted} == {"no_show", "arrived"}
