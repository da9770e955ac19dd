"""The figures of a day, ten days, a month or a quarter, here or in a place below; the records behind each; charts."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import charts, figures_labels, ledger_labels
from backend.console.guard import form, me
from backend.console.i18n import english, gettext
from backend.console.labels import job_name, label
from backend.console.text import Mask
from backend.domain.access import may
from backend.domain.figures import KINDS, NOW, SHANGHAI, TELLS_A_NEED, Period, period
from backend.services import figures
from backend.services.review_transcript import note_reading

if TYPE_CHECKING:
    from backend.services.deps import Deps

EARLIEST = date(2020, 1, 1)


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/figures", endpoint="figures")
    def all_figures() -> str:
        member, now = me(), deps.clock()
        asked = _period(now)
        place = figures.place_asked(deps, member, request.args.get("place", ""))
        days = figures.chart_days(asked, now)
        with deps.db.read() as session:
            groups = figures.look(session, member.role, place, asked, now)
            daily = figures.all_by_day(session, place, days, now)
            trades = figures.places_by_trade(session, place, days, now)
            need, need_at = None, now
            if may(member.role, "see_need"):
                need, need_at = figures.waiting_by_label(session, place, days, now)
        today = now.astimezone(SHANGHAI).date()
        return render_template(
            "console/figures.html",
            groups=groups,
            words=figures_labels,
            where=_where(asked, place),
            period=asked,
            today=today,
            has_later=asked.following().first <= today,
            kinds=KINDS,
            place=place,
            places=_places_below(deps, member.region_code),
            days_shown=days,
            daily=daily,
            trades=trades,
            need=need,
            need_at=need_at,
            hardships=ledger_labels.HARDSHIPS,
            fewest=figures.FEWEST,
        )

    @bp.get("/figures/<figure>/rows")
    def figure_rows(figure: str) -> str:
        member, now = me(), deps.clock()
        asked = _period(now)
        place = figures.place_asked(deps, member, request.args.get("place", ""))
        with deps.db.read() as session:
            rows, more, total = figures.rows(
                session, member.role, place, figure, asked, now, request.args.get("after", "")
            )
            opened = figures.names_are_open(deps, session, member, figure)
        note_reading(
            deps,
            member,
            "listed_figure",
            figure=figure,
            place=place,
            ids=[row.thing.id for row in rows] if opened else [],
        )
        return render_template(
            "console/figure_rows.html",
            name=figure,
            rows=rows,
            more=more,
            total=total,
            counted_to=figures.COUNTED_TO,
            opened=opened,
            may_open=may(member.role, "reveal") and may(member.role, "verify_hardship"),
            is_now=figure in NOW,
            is_need=figure in TELLS_A_NEED,
            mask=Mask(),
            zero=timedelta(0),
            ledger_words=ledger_labels,
            words=figures_labels,
            where=_where(asked, place),
            period=asked,
            place=place,
        )

    @bp.post("/figures/<figure>/rows")
    def open_figure(figure: str) -> ResponseReturnValue:
        """`reason`: why the names behind a number that tells of a need are read; shown for ten minutes, written down."""
        figures.open_names(deps, me(), figure, form("reason")["reason"])
        args: dict[str, Any] = {n: request.args[n] for n in ("period", "on", "place") if n in request.args}
        return redirect(url_for("console.figure_rows", figure=figure, **args), 303)

    @bp.get("/figures/charts/<chart>.svg")
    def figure_chart(chart: str) -> Response:
        if chart not in figures_labels.CHARTS:
            abort(404)
        member, now = me(), deps.clock()
        if chart == "need" and not may(member.role, "see_need"):
            abort(403)
        place = figures.place_asked(deps, member, request.args.get("place", ""))
        days = figures.chart_days(_period(now), now)
        with deps.db.read() as session:
            if chart == "line":
                found = figures.line_by_day(session, place, days, now)
                drawn = _lines(chart, days, [(figures_labels.FIGURES[name], found[name]) for name in found])
            elif chart == "understood":
                found = figures.understood_by_day(session, place, days, now)
                shares = [
                    100 * part / whole if whole else None
                    for part, whole in zip(found["understood"], found["turns"], strict=True)
                ]
                drawn = _lines(chart, days, [(figures_labels.FIGURES["understood"], shares)], most=100, unit="%")
            elif chart == "trades":
                drawn = _bars(
                    chart, [(job_name(code), n) for code, n in figures.places_by_trade(session, place, days, now)]
                )
            else:
                drawn = _bars(
                    chart,
                    [
                        (label(ledger_labels.HARDSHIPS, code), n)
                        for code, n in figures.waiting_by_label(session, place, days, now)[0]
                    ],
                )
        answer = Response(drawn, mimetype="image/svg+xml")
        answer.headers["Content-Security-Policy"] = charts.CSP
        return answer


def _lines(
    chart: str, days: list[date], series: list[tuple[str, list[float | None]]] | list[tuple[str, list[int]]], *,
    most: float | None = None, unit: str = "",
) -> bytes:  # fmt: skip
    return charts.lines(
        chart, [short_day(day) for day in days], [(gettext(what), values) for what, values in series],
        nothing=gettext("这些天没有"), most=most, unit=unit,
    )  # fmt: skip


def _bars(chart: str, rows: list[tuple[str, int]]) -> bytes:
    return charts.bars(chart, [(what, float(number)) for what, number in rows], nothing=gettext("这些天没有"))


def short_day(day: date) -> str:
    """As there is room for under a chart: 11-22."""
    return day.strftime("%-d %b") if english() else f"{day.month}-{day.day}"


def _period(now: datetime) -> Period:
    """`?period=`, `?on=`; anything else is today."""
    today = now.astimezone(SHANGHAI).date()
    kind = request.args.get("period", "day")
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = today
    return period(kind if kind in KINDS else "day", min(max(on, EARLIEST), today))


def _where(asked: Period, place: str) -> dict[str, str]:
    """What leads from one page of figures to the next."""
    found = {"period": asked.kind, "on": asked.first.isoformat()}
    return {**found, "place": place} if place != me().region_code else found


def _places_below(deps: Deps, code: str) -> list[tuple[str, str]]:
    return [] if deps.regions.level(code) in ("village", None) else deps.regions.villages_of(code)
