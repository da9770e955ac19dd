"""The accounts of one's people: who there is, inviting, moving, closing, setting back, and what waits for a colleague."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import people_labels
from backend.console.guard import conflict_sentence, form, me
from backend.console.i18n import gettext
from backend.domain.access import may
from backend.domain.staff_accounts import MANAGES, roles_to_give
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import staff_accounts, staff_changes, staff_login
from backend.services.receive_message import storable
from backend.services.review_transcript import note_reading
from backend.store.models import ROLES
from backend.store.queries import staff as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

LONGEST_SEARCH = 40


def register(bp: Blueprint, deps: Deps) -> None:
    def places() -> list[tuple[str, list[tuple[str, str]]]]:
        """Own region and all below it, in groups: (county or town, [(code, short name)]), each town before its villages."""
        with deps.db.read() as session:
            found = queries.regions_for(session, me().region_code, (6, 9, 12))
        groups: dict[str, list[tuple[str, str]]] = {}
        for one in found:
            groups.setdefault(one.code[:9], []).append((one.code, deps.regions.name(one.code)))
        return [(deps.regions.name(code), inside) for code, inside in groups.items()]

    def show(problems: dict[str, str] | None = None, given: dict[str, str] | None = None, **more: Any) -> str:
        member = me()
        if not may(member.role, "manage_staff"):
            raise Forbidden("this role looks after no accounts")
        role = request.args.get("role", "")
        role = role if role in ROLES else ""
        words = storable(request.args.get("words", ""))[:LONGEST_SEARCH].strip()
        after = request.args.get("after", "0")
        from_id = int(after) if after.isascii() and after.isdigit() and len(after) < 10 else 0
        note_reading(deps, member, "read_accounts", role=role)
        with deps.db.read() as session:
            rows = queries.accounts(session, member.region_code, role=role, words=words, after=from_id)
            waiting = queries.changes_waiting(session, member.region_code, deps.clock())
        return render_template(
            "console/people.html",
            rows=rows[: queries.PAGE],
            next_after=rows[queries.PAGE - 1].id if len(rows) > queries.PAGE else None,
            role=role,
            words=words,
            waiting=[(one, staff, by, staff_changes.may_decide(member, one, staff)) for one, staff, by in waiting],
            changes=people_labels.CHANGES,
            give=[one for one in ROLES if one in MANAGES[member.role]],
            places=places(),
            no_password=queries.NO_PASSWORD,
            problems=problems or {},
            given=given or {},
            **more,
        )

    @bp.get("/people")
    def people() -> str:
        return show()

    @bp.post("/people/invite")
    def invite_staff() -> ResponseReturnValue:
        given = form("login", "name", "role", "region_code", "phone")
        try:
            staff_id, code = staff_accounts.invite(deps, me(), **given)
        except Invalid as problem:
            typed = {name: text[:200] for name, text in given.items()}
            return show(people_labels.account_sentences(problem.fields), typed), 422
        return card(staff_id, code=code)

    def card(staff_id: int, *, code: str = "", problem: str = "", problems: dict[str, str] | None = None,
             given: dict[str, str] | None = None) -> str:  # fmt: skip
        member = me()
        if not may(member.role, "manage_staff"):
            raise Forbidden("this role looks after no accounts")
        with deps.db.write() as session:
            staff = queries.one(session, member.region_code, staff_id)
            if staff is None:
                raise NotFound("no such account")
            staff_login.audit_staff(session, deps.clock(), staff.id, "read", by=member.id)
            sessions = queries.sessions_of(session, staff.id, *staff_login.open_since(deps.clock()))
            waiting = [
                (one, by)
                for one, about, by in queries.changes_waiting(session, member.region_code, deps.clock())
                if about.id == staff.id
            ]
            open_code = queries.open_code(session, staff.id, deps.clock())
        able = staff_accounts.power(member, staff)
        give = [one for one in ROLES if one in roles_to_give(member.role) or (able == "together" and one == staff.role)]
        return render_template(
            "console/person.html",
            staff=staff,
            able=able,
            own=staff.id == member.id,
            sessions=sessions if able else [],
            handle=staff_accounts.HANDLE,
            device=people_labels.device,
            waiting=[(one, by, staff_changes.may_decide(member, one, staff)) for one, by in waiting],
            changes=people_labels.CHANGES,
            open_code=open_code,
            no_password=queries.NO_PASSWORD,
            give=give,
            places=places(),
            code=code,
            problem=problem,
            problems=problems or {},
            given=given or {},
        )

    @bp.get("/people/<int(max=2147483647):staff_id>")
    def person(staff_id: int) -> str:
        return card(staff_id)

    def version(text: str) -> int:
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            abort(400)
        return int(text)

    def sentence(problem: Conflict) -> str:
        return {
            "last_county": gettext("这是区县最后一个能管账号的人，不能停、不能换。先请另一位同事做区县管理员。"),
            "asked_already": gettext("这个账号已经有一件事在等同事同意。"),
            "changed": gettext("您看的时候，同事改了这个账号。下面是现在的样子，请再看一遍。"),
            "decided": gettext("同事已经定了。"),
            "lapsed": gettext("这件事作废了：过了7天，或者提的人、这个账号后来变了。还要办，请重新提。"),
        }.get(problem.reason, conflict_sentence(problem))

    @bp.post("/people/<int(max=2147483647):staff_id>/edit")
    def edit_staff(staff_id: int) -> ResponseReturnValue:
        given = form("version", "name", "phone")
        try:
            staff_accounts.edit(
                deps, me(), staff_id, version(given["version"]), name=given["name"], phone=given["phone"]
            )
        except Invalid as problem:
            typed = {name: text[:200] for name, text in given.items()}
            return card(staff_id, problems=people_labels.account_sentences(problem.fields), given=typed), 422
        except Conflict as problem:
            typed = {name: text[:200] for name, text in given.items()}
            return card(staff_id, problem=sentence(problem), given=typed), 409
        flash(gettext("记下了。"), "done")
        return redirect(url_for("console.person", staff_id=staff_id), 303)

    @bp.post("/people/<int(max=2147483647):staff_id>/change")
    def change_staff(staff_id: int) -> ResponseReturnValue:
        given = form("version", "kind", optional=("role", "region_code"))
        try:
            done = staff_changes.change(
                deps, me(), staff_id, given["kind"], version(given["version"]), role=given.get("role", ""),
                region_code=given.get("region_code", ""),
            )  # fmt: skip
        except Invalid as problem:
            if "kind" in problem.fields:
                abort(400)
            return card(staff_id, problems=people_labels.account_sentences(problem.fields), given=given), 422
        except Conflict as problem:
            return card(staff_id, problem=sentence(problem), given=given), 409
        if done == "asked":
            flash(gettext("记下了，要另一位区县同事同意才算。"), "note")
        elif done:
            return card(staff_id, code=done)
        else:
            flash(gettext("办好了。这个账号在各处都已退出，下次登录就按新的来。"), "done")
        return redirect(url_for("console.person", staff_id=staff_id), 303)

    @bp.post("/people/<int(max=2147483647):staff_id>/sessions/end")
    def end_session_of(staff_id: int) -> ResponseReturnValue:
        staff_accounts.end_session(deps, me(), staff_id, form("session")["session"])
        flash(gettext("那一处退出了。"), "done")
        return redirect(url_for("console.person", staff_id=staff_id), 303)

    @bp.post("/people/changes/<int(max=2147483647):change_id>")
    def decide_change(change_id: int) -> ResponseReturnValue:
        given = form("decision")
        if given["decision"] not in ("approve", "refuse"):
            abort(400)
        try:
            staff_id, code = staff_changes.decide(deps, me(), change_id, given["decision"] == "approve")
        except Conflict as problem:
            return show(problem=sentence(problem)), 409
        if code:
            return card(staff_id, code=code)
        flash(gettext("同意了，已经办好。") if given["decision"] == "approve" else gettext("没有同意。"), "done")
        return redirect(url_for("console.person", staff_id=staff_id), 303)
