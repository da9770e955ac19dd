"""Offer states, overlap in time, expiry (W06, C4, M05)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

# status → what may follow. `accepted` or `waitlisted` again after an ending: people change their minds.
_AGAIN = frozenset({"accepted", "waitlisted", "offered"})
NEXT: dict[str, frozenset[str]] = {
    "offered": frozenset({"accepted", "waitlisted", "declined", "expired", "withdrawn"}),
    "waitlisted": frozenset({"offered", "accepted", "declined", "expired", "withdrawn"}),
    "accepted": frozenset({"withdrawn", "arrived", "no_show"}),
    "arrived": frozenset({"completed", "paid", "withdrawn"}),
    "completed": frozenset({"paid"}),
    "declined": _AGAIN,
    "expired": _AGAIN,
    "withdrawn": _AGAIN,
    "no_show": frozenset(),
    "paid": frozenset(),
}
# These hold a place in the opening and the days in the worker's calendar.
HOLDS_A_PLACE = frozenset({"accepted", "arrived", "completed"})
HAD_A_PLACE = HOLDS_A_PLACE | {"paid"}  # … and those with whom it is over and settled
EXPECTED = frozenset({"accepted", "arrived"})  # still awaited at the place, or at work there
OFFER_VALID = timedelta(hours=4)
# A place that has come free is kept so long for the first who waits for it: the others wait as well.
MOVED_UP_VALID = timedelta(minutes=30)


@dataclass(frozen=True)
class Stretch:
    """The days (both included) and, where both ends are known, the hours HH:MM of a job."""

    starts_on: date
    ends_on: date
    hours_from: str | None = None
    hours_to: str | None = None


def overlap(one: Stretch, other: Stretch) -> bool:
    """Whether both cannot be done: days meet, and hours meet too unless both jobs name theirs and they do not."""
    if one.ends_on < other.starts_on or other.ends_on < one.starts_on:
        return False
    hours = (one.hours_from, one.hours_to, other.hours_from, other.hours_to)
    if any(hour is None for hour in hours):
        return True
    if one.hours_from >= one.hours_to or other.hours_from >= other.hours_to:  # type: ignore[operator]
        return True  # past midnight: told apart by days only
    return one.hours_from < other.hours_to and other.hours_from < one.hours_to  # type: ignore[operator]


def may_step_back(status: str, ends_on: date, today: date) -> bool:
    """Whether a place can still be given up: before the work, or in the middle of several days of it."""
    return status == "accepted" or (status == "arrived" and today < ends_on)


def may_become(status: str, wanted: str) -> bool:
    return wanted in NEXT[status]


def short_code(used: Iterable[str]) -> str:
    """The lowest free two-digit code 11…99 among the worker's open offers (M04); digits 1…9 stay list numbers."""
    taken = set(used)
    return next((str(n) for n in range(11, 100) if str(n) not in taken), "99")


def expires_at(offered_at: datetime, starts_at: datetime, valid: timedelta = OFFER_VALID) -> datetime:
    """When an offer we made ends: four hours or what is `valid`, but no later than the start of the work."""
    return min(offered_at + valid, starts_at)
