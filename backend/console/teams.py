"""Teams: which colleagues answer for which place and topic (设置 → 班组)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import step_in_labels
from backend.console.guard import me
from backend.console.i18n import gettext
from backend.domain.staff_accounts import is_at_desk
from backend.errors import Conflict, Invalid
from backend.services import teams as service
from backend.services.receive_message import storable
from backend.store.models import Staff
from backend.store.queries import stepping_in
from backend.store.queries.staff import NO_PASSWORD

if TYPE_CHECKING:
    from backend.services.deps import Deps

_NUMBER = re.compile(r"[1-9][0-9]{0,8}", re.ASCII)


def register(bp: Blueprint, deps: Deps) -> None:
    def show(problem: str = "", at: int | None = None) -> str:
        member = me()
        with deps.db.read() as session:
            rows = stepping_in.teams_within(session, member.region_code)
            seen = stepping_in.seen_at(session, {one.id for _, members in rows for one in members})
            staff = stepping_in.staff_within(session, member.region_code)
        typed = None
        if problem:
            typed = {
                "name": request.form.get("name", ""),
                "region": request.form.get("region", ""),
                "topics": request.form.getlist("topic"),
                "people": {int(one) for one in request.form.getlist("person") if _NUMBER.fullmatch(one)},
            }
        places = [member.region_code, *sorted({one.region_code for one in staff} - {member.region_code})]
        return render_template(
            "console/teams.html", rows=[(team, _there(members, seen, deps.clock())) for team, members in rows], staff=staff, words=step_in_labels, problem=problem, at=at, typed=typed,
            places=places, no_password=NO_PASSWORD,
        )  # fmt: skip

    @bp.get("/teams")
    def teams() -> str:
        return show()

    @bp.post("/teams")
    def make_team() -> ResponseReturnValue:
        given, topics, people = _sent("name", "region")
        try:
            service.make(deps, me(), name=given["name"], region_code=given["region"], topics=topics, people=people)
        except Invalid as problem:
            return show(_sentence(problem), 0), 422
        flash(gettext("班组建好了。新来的事会自动分给它。"), "done")
        return redirect(url_for("console.teams"), 303)

    @bp.post("/teams/<int(max=2147483647):team_id>")
    def change_team(team_id: int) -> ResponseReturnValue:
        given, topics, people = _sent("name", "version", "active")
        if not _NUMBER.fullmatch(given["version"]) or given["active"] not in ("yes", "no"):
            abort(400)
        try:
            service.change(
                deps, me(), team_id, name=given["name"], topics=topics, people=people,
                active=given["active"] == "yes", version=int(given["version"]),
            )  # fmt: skip
        except Invalid as problem:
            return show(_sentence(problem), team_id), 422
        except Conflict:
            words = gettext("您看的时候，同事改了这个班组。上面是改过的，您选的还在下面；要改就再存一次。")
            return show(words, team_id), 409
        flash(gettext("班组改好了。"), "done")
        return redirect(url_for("console.teams"), 303)


def _there(members: list[Staff], seen: dict[int, datetime], now: datetime) -> list[tuple[Staff, str]]:
    """The members, those at their desks first, each with whether she is there; "" for who is given no cases."""
    first = sorted(members, key=lambda one: not is_at_desk(seen.get(one.id), now))
    return [
        (one, step_in_labels.presence(seen.get(one.id), now) if stepping_in.answers_for(one, one.region_code) else "")
        for one in first
    ]


def _sent(*names: str) -> tuple[dict[str, str], list[str], list[int]]:
    """The form's single fields, and what was ticked; anything else ends in 400, as `guard.form` has it."""
    if set(request.form) - {"csrf_token", "topic", "person", *names} or set(names) - set(request.form):
        abort(400)
    if any(len(request.form.getlist(name)) != 1 for name in names):
        abort(400)
    people = request.form.getlist("person")
    if not all(_NUMBER.fullmatch(one) for one in people):
        abort(400)
    return (
        {name: storable(request.form[name]) for name in names},
        request.form.getlist("topic"),
        [int(one) for one in people],
    )


def _sentence(problem: Invalid) -> str:
    field, why = next(iter(problem.fields.items()))
    if why == "nobody_in":
        return gettext("里面要有进得来的人：选的这些都还没设密码。")
    return {
        "name": gettext("请写班组的名字，最多%(count)s个字。", count=service.LONGEST_NAME),
        "region": gettext("请选班组管哪里。"),
        "topics": gettext("请至少选一类事。"),
        "people": gettext("请至少选一个人，而且是班组管的地方的人。"),
    }.get(field, why)
