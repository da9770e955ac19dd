"""The dashboard: what a place's day, ten days, month or quarter came to, and the records behind each number (DESIGN §3.10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import figures as rules
from backend.domain.access import may, may_see
from backend.domain.figures import FIGURES, GROUPS, NOW, SETS, TELLS_A_NEED, Figure, Period
from backend.errors import Forbidden, Invalid, NotFound
from backend.services.regions import HOME_REGION
from backend.services.review_transcript import REASONS, SHOWN_FOR
from backend.services.staff_login import Member
from backend.store.models import AuditEvent
from backend.store.queries import figure_charts, figure_counts
from backend.store.queries import figures as queries
from backend.store.queries.figure_sets import Scope
from backend.store.queries.figures import Row

if TYPE_CHECKING:
    from backend.services.deps import Deps

CHART_DAYS, CHART_STRETCHES = 14, 9
CHARTS = ("line", "understood", "trades", "need")
# The figures of a stretch of time. The others count everybody as of now: for a page of their own, not for every first look.
SO_FAR = tuple(name for name, figure in FIGURES.items() if figure.of not in NOW)
# Fewer people than this under one label are not told apart: in a village everybody would know who it is.
FEWEST = 5
# A list of what stands now is counted no further: how many there are is kept (`queries/figure_counts.py`).
COUNTED_TO = 1000
_OPENED = "opened_figure"


@dataclass(frozen=True)
class Shown:
    """A figure as it is read: a count, a share 0–1 or a median time; None: there is nothing to reckon it from."""

    figure: Figure
    part: int
    whole: int
    value: int | float | timedelta | None
    before: int | float | timedelta | None  # of the stretch it is compared with; None for what is only known as of now
    at: datetime | None = None  # when it was counted, if that was not just now

    @property
    def trend(self) -> str:
        """up | down | same; "" where there is nothing to compare."""
        if self.value is None or self.before is None:
            return ""
        if self.value == self.before:
            return "same"
        return "up" if self.value > self.before else "down"  # type: ignore[operator]


def place_asked(deps: Deps, member: Member, code: str) -> str:
    """The division whose figures are wanted; one's own without a `code`. Raises `NotFound` for what is not one's own."""
    if not code:
        return member.region_code
    if not (code.isascii() and code.isdigit() and may_see(member.region_code, code) and deps.regions.knows(code)):
        raise NotFound("no such place here")
    return code


def sets_for(role: str) -> tuple[str, ...]:
    """The sets this role may read: what tells of a need only for those who see the need."""
    return tuple(name for name in SETS if name not in TELLS_A_NEED or may(role, "see_need"))


def look(
    session: Session, role: str, region: str, period: Period, now: datetime, *, names: Sequence[str] = ()
) -> list[tuple[str, list[Shown]]]:
    """The figures of `region`, group by group; only those in `names` if any are given."""
    readable = sets_for(role)
    groups = [
        (group, [f for f in figures if set(f.sets) <= set(readable) and (not names or f.name in names)])
        for group, figures in GROUPS
    ]
    wanted = [name for _, figures in groups for figure in figures for name in figure.sets]
    start, end = period.instants(now)
    before_start, before_end = period.compared(now)
    this = Scope(region, HOME_REGION, start, end, now)
    then = Scope(region, HOME_REGION, before_start, before_end, now)
    past = [name for name in wanted if name not in NOW]
    counted, earlier = queries.counts_of_each(session, (this, then), [name for name in past if name != "openings_full"])
    took: list[timedelta | None] = [None, None]
    if "openings_full" in past:
        full = queries.filled(session, (this, then))
        counted["openings_full"], earlier["openings_full"] = map(len, full)
        took = [rules.time_to_fill(filled) for filled in full]
    counted_at: datetime | None = None
    if standing := [name for name in wanted if name in NOW]:
        found, counted_at = figure_counts.standing(session, this, standing)
        counted.update(found)

    def shown(figure: Figure) -> Shown:
        part, whole = counted[figure.of], counted.get(figure.among, 0)
        is_past = figure.of not in NOW
        value: int | float | timedelta | None = part
        before: int | float | timedelta | None = earlier[figure.of] if is_past else None
        if figure.shows == "share":
            value = rules.share(part, whole)
            before = rules.share(earlier[figure.of], earlier[figure.among]) if is_past else None
        elif figure.shows == "median":
            value, before = took
        return Shown(figure, part, whole, value, before, None if is_past else counted_at)

    return [(group, [shown(figure) for figure in figures]) for group, figures in groups if figures]


def rows(
    session: Session, role: str, region: str, name: str, period: Period, now: datetime, after: str = ""
) -> tuple[list[Row], bool, int]:
    """A page of the records of the set `name`, whether there are more, and how many there are in all; of what stands now
    `COUNTED_TO` + 1 for whatever is more than that.

    Raises `NotFound` for a set nobody knows, `Forbidden` for one that this role does not read.
    """
    if name not in SETS:
        raise NotFound("no such figure")
    if name not in sets_for(role):
        raise Forbidden("this role does not read who is in need")
    start, end = period.instants(now)
    scope = Scope(region, HOME_REGION, start, end, now)
    found, more = queries.rows(session, scope, name, after=after)
    if name in NOW:
        return found, more, queries.count_to(session, scope, name, COUNTED_TO + 1)
    return found, more, queries.counts(session, scope, [name])[name]


def open_names(deps: Deps, member: Member, name: str, reason: str) -> None:
    """Let this member read for ten minutes who stands in a set that tells of a need. Raises `Forbidden`, `Invalid`."""
    if name not in TELLS_A_NEED or reason not in REASONS:
        raise Invalid("a list and a reason are needed", {"reason": "needed"})
    if not (may(member.role, "reveal") and may(member.role, "verify_hardship")):
        raise Forbidden("this role does not read who is in need")
    with deps.db.write() as session:
        session.add(
            AuditEvent(
                at=deps.clock(), actor=member.actor, verb=_OPENED, object_kind="figures", object_id=name, message_id=None,
                facts={"reason": reason},
            )
        )  # fmt: skip


def names_are_open(deps: Deps, session: Session, member: Member, name: str) -> bool:
    """Whether this member may read now who stands in the set; one that tells of no need is open to all who see it."""
    if name not in TELLS_A_NEED:
        return True
    opened = session.scalar(
        select(AuditEvent.id).where(
            AuditEvent.object_kind == "figures",
            AuditEvent.object_id == name,
            AuditEvent.actor == member.actor,
            AuditEvent.verb == _OPENED,
            AuditEvent.at > deps.clock() - SHOWN_FOR,
        ).limit(1)
    )  # fmt: skip
    return opened is not None and may(member.role, "reveal") and may(member.role, "verify_hardship")


# -- charts: how things went up to the last of the period ------------------------------------------------------------------
def charts_for(role: str) -> tuple[str, ...]:
    """The charts this role may read."""
    return tuple(chart for chart in CHARTS if chart != "need" or may(role, "see_need"))


def check_chart(role: str, chart: str) -> None:
    """Raises `NotFound` for a chart nobody knows, `Forbidden` for one that this role does not read."""
    if chart not in CHARTS:
        raise NotFound("no such chart")
    if chart not in charts_for(role):
        raise Forbidden("this role does not read who is in need")


def chart_steps(period: Period, now: datetime) -> list[Period]:
    """What a chart tells apart: of a quarter its ten-day stretches and those before them, nine in all; else single days, a
    month's or fourteen, up to the last of the period."""
    last = min(period.last, now.astimezone(rules.SHANGHAI).date())
    if period.kind == "quarter":
        steps = [rules.period("ten_days", last)]
        while len(steps) < CHART_STRETCHES:
            steps.insert(0, steps[0].previous())
        return steps
    days = max(CHART_DAYS, (last - period.first).days + 1) if period.kind == "month" else CHART_DAYS
    return [rules.period("day", last - timedelta(days=n)) for n in reversed(range(days))]


def _whole(region: str, steps: Sequence[Period], now: datetime) -> Scope:
    start, end = rules.midnight(steps[0].first), rules.midnight(steps[-1].last + timedelta(days=1))
    return Scope(region, HOME_REGION, start, end, now)


def line_by_step(session: Session, region: str, steps: Sequence[Period], now: datetime) -> dict[str, list[int]]:
    """Calls and texts in and out, in each step."""
    scope = _whole(region, steps, now)
    return {
        **figure_charts.by_step(session, scope, ("calls_in", "calls_out"), steps),
        **figure_charts.by_step(session, scope, ("texts_in", "texts_out"), steps),
    }


def understood_by_step(session: Session, region: str, steps: Sequence[Period], now: datetime) -> dict[str, list[int]]:
    return figure_charts.by_step(session, _whole(region, steps, now), ("understood", "turns"), steps)


def places_by_trade(session: Session, region: str, steps: Sequence[Period], now: datetime) -> list[tuple[str, int]]:
    return figure_charts.places_by_trade(session, _whole(region, steps, now))


def waiting_by_label(
    session: Session, region: str, steps: Sequence[Period], now: datetime
) -> tuple[list[tuple[str, int]], datetime]:
    """(label, people waiting), the most first, and when they were counted; labels of fewer than `FEWEST` are left out."""
    found, at = figure_counts.waiting_by_label(session, _whole(region, steps, now))
    return sorted(((code, n) for code, n in found.items() if n >= FEWEST), key=lambda each: (-each[1], each[0])), at


__all__ = [
    "CHARTS", "CHART_DAYS", "CHART_STRETCHES", "COUNTED_TO", "FEWEST", "FIGURES", "SO_FAR", "Shown", "chart_steps", "charts_for", "check_chart", "line_by_step", "look", "names_are_open", "open_names",
    "place_asked", "places_by_trade", "rows", "sets_for", "understood_by_step", "waiting_by_label",
]  # fmt: skip
