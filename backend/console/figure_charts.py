"""The dashboard's charts: each a picture, and the same numbers as a table on a page of its own.

Both read when they are asked for, so that the figures themselves do not wait for two weeks of every day.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, Response, render_template, request
from sqlalchemy.orm import Session

from backend.console import charts, figures_labels, ledger_labels
from backend.console.figures import period_asked, where
from backend.console.guard import me
from backend.console.i18n import english, gettext
from backend.console.labels import job_name, label
from backend.domain.figures import SHANGHAI, Period
from backend.services import figures

if TYPE_CHECKING:
    from backend.services.deps import Deps


@dataclass(frozen=True)
class _Read:
    """What a chart shows: sets over time (`sizes`: set → one number for each of `steps`), or else (what, how many), the most
    first."""

    steps: list[Period]
    sizes: dict[str, list[int]] = field(default_factory=dict)
    ranked: list[tuple[str, int]] = field(default_factory=list)
    counted_at: datetime | None = None  # of what is not counted just now

    @property
    def is_empty(self) -> bool:
        return not self.ranked and not any(any(each) for each in self.sizes.values())


def register(bp: Blueprint, deps: Deps) -> None:
    def read(session: Session, chart: str, place: str) -> _Read:
        now = deps.clock()
        steps = figures.chart_steps(period_asked(now), now)
        if chart == "line":
            return _Read(steps, sizes=figures.line_by_step(session, place, steps, now))
        if chart == "understood":
            return _Read(steps, sizes=figures.understood_by_step(session, place, steps, now))
        if chart == "trades":
            found = figures.places_by_trade(session, place, steps, now)
            return _Read(steps, ranked=[(job_name(code), n) for code, n in found])
        waiting, at = figures.waiting_by_label(session, place, steps, now)
        return _Read(steps, ranked=[(label(ledger_labels.HARDSHIPS, code), n) for code, n in waiting], counted_at=at)

    @bp.get("/figures/charts/<chart>")
    def figure_chart(chart: str) -> str:
        member, now = me(), deps.clock()
        figures.check_chart(member.role, chart)
        place = figures.place_asked(deps, member, request.args.get("place", ""))
        with deps.db.read() as session:
            found = read(session, chart, place)
        return render_template(
            "console/figure_chart.html",
            chart=chart,
            read=found,
            words=figures_labels,
            nothing=nothing_of(chart),
            place=place,
            where=where(period_asked(now), place),
            fewest=figures.FEWEST,
            today=now.astimezone(SHANGHAI).date(),
        )

    @bp.get("/figures/charts/<chart>.svg")
    def figure_picture(chart: str) -> Response:
        member = me()
        figures.check_chart(member.role, chart)
        place = figures.place_asked(deps, member, request.args.get("place", ""))
        with deps.db.read() as session:
            drawn = _drawn(chart, read(session, chart, place))
        answer = Response(drawn, mimetype="image/svg+xml")
        answer.headers["Content-Security-Policy"] = charts.CSP
        return answer


def _drawn(chart: str, found: _Read) -> bytes:
    nothing = nothing_of(chart)
    if not found.sizes:
        return charts.bars(chart, [(what, float(number)) for what, number in found.ranked], nothing=nothing)
    steps = [_short(step) for step in found.steps]
    if chart == "understood":
        turns = found.sizes["turns"]
        shares = [
            100 * part / whole if whole else None for part, whole in zip(found.sizes["understood"], turns, strict=True)
        ]
        series = [(label(figures_labels.FIGURES, "understood"), shares)]
        return charts.lines(chart, steps, series, nothing=nothing, most=100, unit="%")
    lines = [(label(figures_labels.FIGURES, name), sizes) for name, sizes in found.sizes.items()]
    return charts.lines(chart, steps, lines, nothing=nothing)


def nothing_of(chart: str) -> str:
    """What a chart says that has nothing to show; of needs too few are not told from none."""
    if chart == "need":
        return gettext("没有哪一类满%(count)s人", count=figures.FEWEST)
    return gettext("这些天没有")


def _short(step: Period) -> str:
    """As there is room for under a chart: a day 11-22, ten days 11-21起."""
    if english():
        return step.first.strftime("%-d %b") + ("" if step.kind == "day" else "–")
    return f"{step.first.month}-{step.first.day}{'' if step.kind == 'day' else '起'}"
