"""Entries gone stale: workers and openings nobody has spoken for, with what staff can do about each (P01, P07)."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import table
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.text import Mask
from backend.domain.access import may
from backend.domain.freshness import in_asking_hours
from backend.errors import Conflict
from backend.services import review_transcript, speak_for
from backend.store.queries import stale as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/stale")
    def stale() -> str:
        member, begin, now = me(), request.args.get("after", ""), deps.clock()
        tab = request.args.get("tab", "workers")
        tab = tab if tab in queries.TABS else "workers"
        with deps.db.read() as session:
            counts = queries.counts(session, member.region_code, now)
            if tab == "openings":
                rows, after = queries.openings(session, member.region_code, now, begin)
            elif tab == "set_aside":
                rows, after = queries.set_aside(session, member.region_code, begin)  # type: ignore[assignment]
            else:
                rows, after = queries.workers(session, member.region_code, now, begin)  # type: ignore[assignment]
        review_transcript.note_reading(deps, member, "listed_stale", tab=tab, ids=[row.id for row in rows])
        return render_template(
            "console/stale.html",
            rows=rows,
            after=after,
            tab=tab,
            counts={name: table.capped(count) for name, count in counts.items()},
            mask=Mask(),
            may_act=may(member.role, "confirm_entry"),
            asks_now=in_asking_hours(now),
        )

    def go_on(tab: str) -> ResponseReturnValue:
        return redirect(url_for("console.stale", tab=tab), 303)

    @bp.post(f"/stale/workers/{ID.format('worker_id')}")
    def keep_worker(worker_id: int) -> ResponseReturnValue:
        """`said`: ask (ask her now) | looking | not_looking, as she told staff; `tab`: where to go on."""
        given = form("said", "tab")
        if given["said"] == "ask":
            _asked(lambda: speak_for.ask_worker(deps, me(), worker_id))
        else:
            speak_for.worker_says(deps, me(), worker_id, given["said"])
            looking = given["said"] == "looking"
            flash(gettext("记下了：还在找活。") if looking else gettext("记下了：先不派活。"), "done")
        return go_on("set_aside" if given["tab"] == "set_aside" else "workers")

    @bp.post(f"/stale/openings/{ID.format('opening_id')}")
    def keep_opening(opening_id: int) -> ResponseReturnValue:
        """`said`: ask (ask whoever hires now) | more, as they told staff. To end it a reason is needed: on its own page."""
        said = form("said")["said"]
        if said not in ("ask", "more"):
            abort(400)
        if said == "ask":
            _asked(lambda: speak_for.ask_employer(deps, me(), opening_id))
        else:
            try:
                speak_for.still_hires(deps, me(), opening_id)
            except Conflict:
                flash(gettext("这个岗位已经停了。"), "problem")
            else:
                flash(gettext("记下了：还要人。"), "done")
        return go_on("openings")


def _asked(ask: Callable[[], None]) -> None:
    try:
        ask()
    except Conflict as problem:
        flash(
            {
                "hours": gettext("这个时候不问人。早上9点到晚上7点再问。"),
                "asked_today": gettext("今天已经找过这个号码了，明天再问。"),
            }.get(problem.reason, gettext("这个号码没法问，请打电话或者上门。")),
            "problem",
        )
    else:
        flash(gettext("问了。回了话，这里就更新。"), "done")
