"""The figures of a day, ten days, a month or a quarter, here or in a place below, and the records behind each."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import figures_labels, ledger_labels
from backend.console.guard import form, me
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
        asked = period_asked(now)
        place = figures.place_asked(deps, member, request.args.get("place", ""))
        with deps.db.read() as session:
            groups = figures.look(session, member.role, place, asked, now)
        today = now.astimezone(SHANGHAI).date()
        return render_template(
            "console/figures.html",
            groups=groups,
            words=figures_labels,
            where=where(asked, place),
            period=asked,
            today=today,
            has_later=asked.following().first <= today,
            kinds=KINDS,
            place=place,
            places=_places_below(deps, member.region_code),
            steps=figures.chart_steps(asked, now),
            charts=figures.charts_for(member.role),
        )

    @bp.get("/figures/<figure>/rows")
    def figure_rows(figure: str) -> str:
        member, now = me(), deps.clock()
        asked = period_asked(now)
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
            where=where(asked, place),
            period=asked,
            place=place,
        )

    @bp.post("/figures/<figure>/rows")
    def open_figure(figure: str) -> ResponseReturnValue:
        """`reason`: why the names behind a number that tells of a need are read; shown for ten minutes, written down."""
        figures.open_names(deps, me(), figure, form("reason")["reason"])
        args: dict[str, Any] = {n: request.args[n] for n in ("period", "on", "place") if n in request.args}
        return redirect(url_for("console.figure_rows", figure=figure, **args), 303)


def period_asked(now: datetime) -> Period:
    """`?period=`, `?on=`; anything else is today."""
    today = now.astimezone(SHANGHAI).date()
    kind = request.args.get("period", "day")
    try:
        on = date.fromisoformat(request.args.get("on", ""))
    except ValueError:
        on = today
    return period(kind if kind in KINDS else "day", min(max(on, EARLIEST), today))


def where(asked: Period, place: str) -> dict[str, str]:
    """What leads from one page of figures to the next."""
    found = {"period": asked.kind, "on": asked.first.isoformat()}
    return {**found, "place": place} if place != me().region_code else found


def _places_below(deps: Deps, code: str) -> list[tuple[str, str]]:
    return [] if deps.regions.level(code) in ("village", None) else deps.regions.villages_of(code)
