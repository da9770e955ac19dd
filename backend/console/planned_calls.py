"""Calls the line means to place in one's own region: whom, what for, when, how often tried; take off, ring now (V15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.conversations import ID
from backend.console.guard import form, me, page_number
from backend.console.i18n import gettext
from backend.console.text import Mask
from backend.domain.access import may
from backend.domain.calling import in_hours
from backend.errors import Conflict
from backend.services import manage_calls, review_transcript
from backend.services.regions import HOME_REGION
from backend.store.queries import planned_calls as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/planned-calls")
    def planned_calls() -> str:
        waiting, number = request.args.get("over") != "1", page_number()
        with deps.db.read() as session:
            rows, more = queries.page(session, me().region_code, HOME_REGION, waiting=waiting, number=number)
        review_transcript.note_reading(deps, me(), "listed_calls", ids=[row.planned.id for row in rows])
        return render_template(
            "console/planned_calls.html",
            rows=rows,
            more=more,
            number=number,
            waiting=waiting,
            mask=Mask(),
            may_change=may(me().role, "reply"),
            rings_now=in_hours(deps.clock(), deps.settings.call_hours),
            hours=deps.settings.call_hours,
        )

    def go_on() -> ResponseReturnValue:
        return redirect(url_for("console.planned_calls"), 303)

    @bp.post(f"/planned-calls/{ID.format('planned_id')}/cancel")
    def cancel_call(planned_id: int) -> ResponseReturnValue:
        form()
        try:
            manage_calls.cancel(deps, me(), planned_id)
        except Conflict:
            flash(gettext("这个电话已经在打，或者已经打完了。"), "problem")
        else:
            flash(gettext("不打了。该说的会发短信。"), "done")
        return go_on()

    @bp.post(f"/planned-calls/{ID.format('planned_id')}/now")
    def ring_now(planned_id: int) -> ResponseReturnValue:
        form()
        try:
            manage_calls.ring_now(deps, me(), planned_id)
        except Conflict as conflict:
            late = conflict.reason == "hours"
            flash(
                gettext("这个时候不给人打电话。") if late else gettext("这个电话已经在打，或者已经打完了。"),
                "problem",
            )
        else:
            flash(gettext("马上就打。"), "done")
        return go_on()
