"""Places: the names people use, a town's market days, where a village lies; each in one's own region."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.domain.access import may
from backend.domain.lunar_zh import MarketDays
from backend.errors import Invalid, NotFound
from backend.services import edit_places
from backend.settings import TIMEZONE
from backend.store.models import Region

if TYPE_CHECKING:
    from datetime import date

    from backend.services.deps import Deps

DIGITS = tuple(range(10))


def register(bp: Blueprint, deps: Deps) -> None:
    def show(code: str, *, problem: str = "", typed: str = "") -> str:
        member = me()
        with deps.db.read() as session:
            region = edit_places.seen(session, member, code)
            session.expunge(region)
        # What lies above one's own region is named, not linked: it is not one's own.
        above = [one for one in reversed(deps.regions.ancestors(code)) if one.startswith(member.region_code)]
        return render_template(
            "console/places.html",
            place=region,
            above=above,
            below=[(one, name, deps.regions.own_aliases(one)) for one, name in deps.regions.villages_of(code)],
            may_edit=may(member.role, "edit_place") and region.level in ("town", "village"),
            digits=DIGITS,
            next_market=_next_market(region, deps.clock().astimezone(TIMEZONE).date()),
            market=deps.regions.market_days(code),
            problem=problem,
            typed=typed,
        )

    def go_on(code: str) -> ResponseReturnValue:
        return redirect(url_for("console.place", code=code), 303)

    @bp.get("/places")
    def places() -> str:
        return show(me().region_code)

    @bp.get("/places/<code>")
    def place(code: str) -> str:
        return show(division_code(code))

    @bp.post("/places/<code>/add")
    def add_place_name(code: str) -> ResponseReturnValue:
        given = form("name")
        try:
            name = edit_places.add_name(deps, me(), division_code(code), given["name"])
        except Invalid:
            return show(code, problem=gettext("地名写两个到十二个字，只写字。"), typed=given["name"][:20]), 422
        flash(gettext("“%(name)s”记下了，热线马上就听得懂。", name=name), "done")
        return go_on(code)

    @bp.post("/places/<code>/remove")
    def remove_place_name(code: str) -> ResponseReturnValue:
        given = form("name")
        edit_places.remove_name(deps, me(), division_code(code), given["name"])
        flash(gettext("“%(name)s”去掉了。", name=given["name"]), "done")
        return go_on(code)

    @bp.post("/places/<code>/market")
    def set_market(code: str) -> ResponseReturnValue:
        given = form("calendar", optional=tuple(f"day{digit}" for digit in DIGITS))
        days = [digit for digit in DIGITS if given.get(f"day{digit}") == "yes"]
        try:
            edit_places.set_market_days(deps, me(), division_code(code), given["calendar"], days)
        except Invalid:
            return show(code, problem=gettext("赶场天没有记下：只有镇上有赶场天。")), 422
        flash(gettext("赶场天记下了。"), "done")
        return go_on(code)

    @bp.post("/places/<code>/point")
    def set_place_point(code: str) -> ResponseReturnValue:
        given = form("latitude", "longitude")
        try:
            edit_places.set_point(
                deps, me(), division_code(code), _degrees(given["latitude"]), _degrees(given["longitude"])
            )
        except (Invalid, ValueError):
            return show(code, problem=gettext("位置要写两个数，比如29.53和108.77；不晓得就都空着。")), 422
        flash(gettext("位置记下了。"), "done")
        return go_on(code)


def division_code(code: str) -> str:
    """An address's division code; NotFound for anything else."""
    if not (code.isascii() and code.isdigit() and 2 <= len(code) <= 12):
        raise NotFound("no such place")
    return code


def _degrees(text: str) -> float | None:
    return float(text) if text.strip() else None


def _next_market(region: Region, today: date) -> date | None:
    market = MarketDays.of(region.market_days)
    return market.next_after(today) if market else None
