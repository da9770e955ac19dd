"""The ledger of gig markets and stations: list, what each one has, edit with history (L05, L21)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_history, table
from backend.console import ledgerwork_labels as words
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.text import Mask
from backend.domain.access import may
from backend.domain.ledger_cells import national
from backend.errors import Conflict, Invalid
from backend.services import edit_station as service
from backend.store.queries import offer_list as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

# What a new one needs to answer for its place; the rest is written down later.
ASKED_FIRST = ("kind", "name", "short_name", "address", "opens_at", "closes_at", "hotline")
COLUMNS = (
    table.Column("name", N_("名称")),
    table.Column("place", N_("地方"), "place"),
    table.Column("hours", N_("开门")),
    table.Column("hotline", N_("电话")),
    table.Column("staff", N_("窗口、人员")),
    table.Column("has", N_("大屏、标牌")),
    table.Column("updated", N_("最近更新")),
)


def register(bp: Blueprint, deps: Deps) -> None:
    def show_list(*, facts: dict[str, str] | None = None, wrong: dict[str, str] | None = None) -> str:
        member, sort = me(), table.sort_asked(tuple(queries.STATION_SORTS))
        sieve = table.sieve_asked(member.region_code, "words", "place")
        with deps.db.read() as session:
            rows, after = queries.stations(
                session, member.region_code, after=request.args.get("after", ""), sort=sort, sieve=sieve
            )
        return render_template(
            "console/stations.html",
            list=table.Table("console.stations", COLUMNS, rows, sorts=queries.STATION_SORTS, sort=sort, next=after,
                             sieve=sieve, args=sieve.args),
            places=deps.regions.villages_of(member.region_code), words=words, national=national,
            may_add=may(member.role, "add_station"), facts=facts or service.BLANK, wrong=wrong or {}, adding=facts is not None,
            here=(member.region_code, deps.regions.name(member.region_code)),
        )  # fmt: skip

    @bp.get("/stations")
    def stations() -> str:
        return show_list()

    @bp.post("/stations")
    def add_station() -> ResponseReturnValue:
        given = form("region_code", *ASKED_FIRST)
        try:
            made = service.add(deps, me(), given["region_code"], {**service.BLANK, **given})
        except Invalid as problem:
            wrong = {name: sentence(name) for name in problem.fields}
            if problem.fields.get("region_code") == "taken":
                wrong["region_code"] = gettext("这个地方已经有一个了。同一个地方只设一个，可以设在它下面的村。")
            return show_list(facts={**service.BLANK, **given}, wrong=wrong), 422
        flash(gettext("设好了。别的情况在这一页补上。"), "done")
        return redirect(url_for("console.station", station_id=made), 303)

    def show(
        station_id: int, *, problem: str = "", facts: dict[str, str] | None = None, wrong: dict[str, str] | None = None
    ) -> str:
        member = me()
        with deps.db.read() as session:
            station = service.seen(session, member, station_id)
            # A station's number is on its door and on every poster.
            mask = Mask(frozenset({"phone", "name"}))
            lines = ledger_history.lines(deps, session, member, "stations", station_id, mask)
        return render_template(
            "console/station.html",
            station=station, stored=(stored := service.typed(station)), facts=facts or stored, wrong=wrong or {},
            problem=problem, editing=facts is not None, version=service.version(station), history=lines, words=words,
            may_act=may(member.role, "edit_station"), national=national,
        )  # fmt: skip

    @bp.get(f"/stations/{ID.format('station_id')}")
    def station(station_id: int) -> str:
        return show(station_id)

    @bp.post(f"/stations/{ID.format('station_id')}")
    def edit_station(station_id: int) -> ResponseReturnValue:
        given = form("version", *service.FACTS)
        stood = given.pop("version")
        try:
            service.edit(deps, me(), station_id, stood, given)
        except Invalid as problem:
            wrong = {name: sentence(name) for name in problem.fields}
            return show(station_id, problem=gettext("有几处填得不对，请改一改。"), facts=given, wrong=wrong), 422
        except Conflict:
            told = gettext("您看的时候，同事改了这一条。上面是现在的，下面是您填的，看过再存。")
            return show(station_id, problem=told, facts=given), 409
        flash(gettext("存下了。"), "done")
        return redirect(url_for("console.station", station_id=station_id), 303)


def sentence(name: str) -> str:
    return {
        "region_code": gettext("请选是哪个地方。"),
        "name": gettext("名称要2到40个字。"),
        "short_name": gettext("短信落款要2到8个字。"),
        "address": gettext("地址最多100个字。"),
        "opens_at": gettext("钟点写成07:30这样。"),
        "closes_at": gettext("钟点写成18:00这样，要晚过开门。"),
        "hotline": gettext("电话要写全，比如13开头的11位手机号，或者带区号的座机。"),
        "area_sqm": gettext("写一个数，最多100000。"),
        "windows": gettext("写一个数，最多200。"),
        "staff_count": gettext("写一个数，最多500。"),
    }.get(name, gettext("请看看这一项。"))
