"""What the dashboard counts, in one place: the figures, the sets behind them, and the stretches of time (issue: item 7).

Every figure stands on one or two *sets* of records; whatever a page shows as a number is the size of a set, and the list
behind it holds that set and nothing else (DESIGN §3.10). A set belongs to a day by when its thing happened:

calls_in, calls_out     calls by when they began; out are those the line placed itself.
texts_in, texts_out     SMS by when they came in or were written.
turns                   what people said or wrote that had to be understood: an intent was read in it. Keys pressed are none.
understood              those of the turns that were not a fallback, did not fail, and whose intent nobody has put right.
corrected               those of the turns that staff have put right, the intent or a word; named what it was, an intent was right.
conversations           by when they began.
contained               conversations the line finished alone: no case, nobody took over or wrote, no turn failed.
asked_person            conversations in which somebody asked for a person (as put right), left a message or has to be rung back.
offers_made             places put to somebody by a wave or by staff; whoever finds the work herself was asked by nobody.
offers_answered         those of the offers_made that were answered, yes or no.
places                  places taken, by when she said yes; still hers or worked. Given back or not come to: no longer counted.
places_verified         those of the places that went to somebody with a verified label that gives priority (vocabulary §4.7).
openings_full           openings whose last place was taken then; time to fill runs from publication to that yes, nights included.
no_shows                places whose work began then and to which nobody came.
late_cases              cases promised for then and not closed in time.
waiting                 (now) people of the library without work who look for some.
waiting_verified        (now) those of the waiting with a verified label that gives priority.
stale_workers           (now) workers of whom nobody has heard for a month, or whom the line asked twice in vain.
stale_openings          (now) openings with places free that nobody has confirmed for a week.

Conversations, calls, texts and cases belong to the village of whoever spoke; places to that of the work; people to their own.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median as middle
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
WEEK = timedelta(days=7)

# Sets that say how things stand now, whatever day is looked at.
NOW = frozenset({"waiting", "waiting_verified", "stale_workers", "stale_openings"})
# To stand in one of these tells of a need: who it is takes a reason first, as in the separate ledger.
TELLS_A_NEED = frozenset({"places_verified", "waiting_verified"})
SETS = (
    "calls_in", "calls_out", "texts_in", "texts_out", "turns", "understood", "corrected", "conversations", "contained",
    "asked_person", "offers_made", "offers_answered", "places", "places_verified", "openings_full", "no_shows", "late_cases",
    "waiting", "waiting_verified", "stale_workers", "stale_openings",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """`shows`: count (size of `of`) | share (`of` in `among`) | median (time to fill of `of`).

    `better`: whether more of it is good (`up`), bad (`down`) or neither.
    """

    name: str
    shows: str
    of: str
    among: str = ""
    better: str = ""

    @property
    def sets(self) -> tuple[str, ...]:
        return (self.of, self.among) if self.among else (self.of,)


GROUPS: tuple[tuple[str, tuple[Figure, ...]], ...] = (
    (
        "line",
        (
            Figure("calls_in", "count", "calls_in"),
            Figure("calls_out", "count", "calls_out"),
            Figure("texts_in", "count", "texts_in"),
            Figure("texts_out", "count", "texts_out"),
        ),
    ),
    (
        "talk",
        (
            Figure("understood", "share", "understood", "turns", "up"),
            Figure("corrected", "share", "corrected", "turns"),
            Figure("contained", "share", "contained", "conversations", "up"),
            Figure("asked_person", "share", "asked_person", "conversations"),
            Figure("late_cases", "count", "late_cases", better="down"),
        ),
    ),
    (
        "work",
        (
            Figure("offers_made", "count", "offers_made"),
            Figure("offers_answered", "share", "offers_answered", "offers_made", "up"),
            Figure("places", "count", "places", better="up"),
            Figure("time_to_fill", "median", "openings_full", better="down"),
            Figure("no_shows", "count", "no_shows", better="down"),
        ),
    ),
    (
        "need",
        (
            Figure("places_verified", "share", "places_verified", "places", "up"),
            Figure("waiting_verified", "share", "waiting_verified", "waiting"),
            Figure("stale_workers", "count", "stale_workers", better="down"),
            Figure("stale_openings", "count", "stale_openings", better="down"),
        ),
    ),
)
FIGURES = {figure.name: figure for _, figures in GROUPS for figure in figures}

KINDS = ("day", "ten_days", "month", "quarter")


@dataclass(frozen=True)
class Period:
    """Whole days in Shanghai, both ends included. `kind`: one of `KINDS`; a month has three 旬: to the 10th, the 20th, its end."""

    kind: str
    first: date
    last: date

    def instants(self, now: datetime) -> tuple[datetime, datetime]:
        """[start, end) in UTC; a period that is still running ends now."""
        start, end = midnight(self.first), midnight(self.last + timedelta(days=1))
        return start, max(start, min(end, now))

    def compared(self, now: datetime) -> tuple[datetime, datetime]:
        """The stretch it is held against: the same day a week ago, else the period before; as much of it as has run so far."""
        start, end = self.instants(now)
        before = self.before()
        then, limit = midnight(before.first), midnight(before.last + timedelta(days=1))
        if end < midnight(self.last + timedelta(days=1)):
            limit = min(limit, then + (end - start))
        return then, limit

    def before(self) -> Period:
        """The same day of the week before, or the period just before."""
        if self.kind == "day":
            return Period("day", self.first - WEEK, self.last - WEEK)
        return period(self.kind, self.first - timedelta(days=1))

    def previous(self) -> Period:
        return period(self.kind, self.first - timedelta(days=1))

    def following(self) -> Period:
        return period(self.kind, self.last + timedelta(days=1))

    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


def period(kind: str, on: date) -> Period:
    """The period of this kind that `on` lies in.

    >>> period("ten_days", date(2026, 11, 22))
    Period(kind='ten_days', first=datetime.date(2026, 11, 21), last=datetime.date(2026, 11, 30))
    """
    if kind == "day":
        return Period(kind, on, on)
    if kind == "ten_days":
        first = 1 if on.day <= 10 else 11 if on.day <= 20 else 21
        last = {1: 10, 11: 20}.get(first) or monthrange(on.year, on.month)[1]
        return Period(kind, on.replace(day=first), on.replace(day=last))
    if kind == "month":
        return Period(kind, on.replace(day=1), on.replace(day=monthrange(on.year, on.month)[1]))
    if kind == "quarter":
        first_month = 3 * ((on.month - 1) // 3) + 1
        last_month = first_month + 2
        return Period(
            kind,
            on.replace(month=first_month, day=1),
            on.replace(month=last_month, day=monthrange(on.year, last_month)[1]),
        )
    raise ValueError(f"no such period: {kind}")


def midnight(on: date) -> datetime:
    """When the day begins in Shanghai, in UTC."""
    return datetime.combine(on, time(), SHANGHAI).astimezone(UTC)


def share(part: int, whole: int) -> float | None:
    """0–1; None where there is nothing to be a share of."""
    return part / whole if whole else None


def time_to_fill(filled: Iterable[tuple[datetime, datetime]]) -> timedelta | None:
    """The median of (published, last place taken); a place given before publication, as staff may, counts as at once."""
    took = [max((full - published).total_seconds(), 0.0) for published, full in filled]
    return timedelta(seconds=middle(took)) if took else None
