"""One's own account: phone, password, second factor, where one is logged in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import segno
from flask import Blueprint, Response, abort, flash, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import people_labels
from backend.console.guard import cookie_name, form, goes_on_as, me
from backend.console.i18n import gettext
from backend.domain.access import VERBS
from backend.domain.staff_accounts import MANAGES, SECOND_FACTOR_ROLES
from backend.errors import Invalid
from backend.services import second_factor, staff_accounts, staff_login, staff_passwords
from backend.store.models import Staff
from backend.store.queries import staff as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps


def register(bp: Blueprint, deps: Deps) -> None:
    https = deps.settings.public_base_url.startswith("https://")

    def address() -> str:
        return request.remote_addr or ""

    def token() -> str:
        return request.cookies.get(cookie_name(deps), "")

    def with_session(response: Response, opened: str) -> Response:
        """Hand over the new session: the old one is dead."""
        response.set_cookie(
            cookie_name(deps), opened, max_age=int(staff_login.ABSOLUTE.total_seconds()), path="/", secure=https,
            httponly=True, samesite="Lax",
        )  # fmt: skip
        return response

    def refused(problem: Exception, wrong: str = "") -> tuple[str, int]:
        if isinstance(problem, staff_login.LoginThrottled):
            return gettext("试的次数太多了。请过%(seconds)s秒再试。", seconds=problem.wait_s), 429
        return wrong or gettext("密码不对。"), 401

    def show(problem: str = "", phone_problem: str = "", typed: str | None = None) -> str:
        member = me()
        since, paper = second_factor.state(deps, member)
        how = staff_passwords.set_by_code(deps, member.id)
        with deps.db.read() as session:
            phone = session.get_one(Staff, member.id).phone
            sessions = queries.sessions_of(session, member.id, *staff_login.open_since(deps.clock()))
        return render_template(
            "console/account.html",
            phone=phone or "" if typed is None else typed,
            since=since,
            paper=paper,
            sessions=sessions,
            here=staff_login.digest(token()),
            handle=staff_accounts.HANDLE,
            device=people_labels.device,
            problem=problem,
            phone_problem=phone_problem,
            set_by=people_labels.set_by_code(how, deps.clock()) if how else "",
        )

    @bp.get("/account")
    def account() -> str:
        return show()

    @bp.post("/account/phone")
    def set_own_phone() -> ResponseReturnValue:
        given = form("phone")
        try:
            staff_accounts.set_own_phone(deps, me(), given["phone"])
        except Invalid as problem:
            words = people_labels.account_sentences(problem.fields)["phone"]
            return show(phone_problem=words, typed=given["phone"][:80]), 422
        flash(gettext("电话记下了。"), "done")
        return redirect(url_for("console.account"), 303)

    @bp.post("/account/password")
    def change_password() -> ResponseReturnValue:
        given = form("password", "new_password", "again")
        try:
            if given["new_password"] != given["again"]:
                raise Invalid("typed differently", {"password": "differs"})
            opened = staff_passwords.change_password(
                deps, me(), given["password"], given["new_password"], address=address(),
                agent=request.user_agent.string,
            )  # fmt: skip
        except Invalid as problem:
            return show(people_labels.password_sentence(problem.fields["password"])), 422
        except (staff_login.LoginRefused, staff_login.LoginThrottled) as problem:
            words, status = refused(problem)
            return show(words), status
        flash(gettext("密码改好了。别处登录的都退出了。"), "done")
        return with_session(make_response(redirect(url_for("console.account"), 303)), opened)

    @bp.post("/account/sessions/end")
    def end_own_session() -> ResponseReturnValue:
        staff_accounts.end_session(deps, me(), me().id, form("session")["session"])
        flash(gettext("那一处退出了。"), "done")
        return redirect(url_for("console.account"), 303)

    @bp.post("/account/sessions/end-others")
    def end_other_sessions() -> ResponseReturnValue:
        form()
        count = staff_accounts.end_other_sessions(deps, me(), token())
        flash(gettext("别处都退出了（%(count)s处）。", count=count), "done")
        return redirect(url_for("console.account"), 303)

    # -- the second factor ------------------------------------------------------------------------------------------
    def second(problem: str = "", codes: list[str] | None = None) -> str:
        since, paper = second_factor.state(deps, me())
        begun = second_factor.address_for_app(deps, me())
        return render_template(
            "console/second_factor.html",
            since=since,
            paper=paper,
            codes=codes,
            secret=begun[1] if begun else "",
            required=deps.settings.staff_totp == "required" and me().role in SECOND_FACTOR_ROLES,
            problem=problem,
        )

    @bp.get("/account/second-factor", endpoint="second_factor")
    def second_factor_page() -> str:
        return second()

    @bp.get("/account/second-factor/picture.svg")
    def second_factor_picture() -> Response:
        begun = second_factor.address_for_app(deps, me())
        if begun is None:
            abort(404)
        out = io.BytesIO()
        segno.make(begun[0], error="m").save(out, kind="svg", scale=6, border=3, xmldecl=False)
        return Response(out.getvalue(), mimetype="image/svg+xml")

    @bp.post("/account/second-factor/begin")
    def begin_second_factor() -> ResponseReturnValue:
        given = form("password")
        try:
            second_factor.begin(deps, me(), given["password"], address())
        except (staff_login.LoginRefused, staff_login.LoginThrottled) as problem:
            words, status = refused(problem)
            return second(words), status
        return redirect(url_for("console.second_factor"), 303)

    @bp.post("/account/second-factor/prove")
    def prove_second_factor() -> ResponseReturnValue:
        given = form("totp_code")
        try:
            codes, opened = second_factor.prove(
                deps, me(), given["totp_code"], address=address(), agent=request.user_agent.string
            )
        except staff_login.LoginThrottled as problem:
            words, status = refused(problem)
            return second(words), status
        except staff_login.LoginRefused:
            return second(gettext("验证码不对。看一下手机上的时间准不准，再输现在的码。")), 422
        goes_on_as(deps, opened)
        return with_session(make_response(second(codes=codes)), opened)

    @bp.post("/account/second-factor/paper")
    def new_paper_codes() -> ResponseReturnValue:
        given = form("password", "totp_code")
        try:
            codes = second_factor.new_recovery_codes(deps, me(), given["password"], given["totp_code"], address())
        except (staff_login.LoginRefused, staff_login.LoginThrottled) as problem:
            words, status = refused(problem, gettext("密码不对；或者验证码不对、用过了，请等下一个码。"))
            return second(words), status
        return second(codes=codes)

    @bp.post("/account/second-factor/off")
    def take_off_second_factor() -> ResponseReturnValue:
        given = form("password", "totp_code")
        try:
            second_factor.take_off(deps, me(), given["password"], given["totp_code"], address())
        except (staff_login.LoginRefused, staff_login.LoginThrottled) as problem:
            words, status = refused(problem, gettext("密码不对；或者验证码不对、用过了，请等下一个码。"))
            return second(words), status
        flash(gettext("第二道验证取消了。"), "done")
        return redirect(url_for("console.account"), 303)

    @bp.get("/account/roles")
    def roles() -> str:
        return render_template(
            "console/roles.html",
            roles=list(VERBS),
            verbs=[verb for verb in people_labels.VERBS if any(verb in VERBS[role] for role in VERBS)]
            + sorted(set().union(*VERBS.values()) - set(people_labels.VERBS)),
            granted=VERBS,
            verb_name=people_labels.verb,
            manages=MANAGES,
        )
