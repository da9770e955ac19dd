"""The way in and out, and the language switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from backend.console import people_labels
from backend.console.guard import LANGUAGES, back_to, cookie_name, form, me
from backend.console.i18n import gettext
from backend.errors import Invalid
from backend.services import second_factor, staff_login, staff_passwords

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from backend.services.deps import Deps

DEVICE_COOKIE = "lg_device"
DEVICE_KEPT_S = 180 * 24 * 3600


def register(bp: Blueprint, deps: Deps) -> None:
    https = deps.settings.public_base_url.startswith("https://")

    def set_cookie(response: Response, name: str, value: str, max_age: int, path: str = "/") -> None:
        response.set_cookie(name, value, max_age=max_age, path=path, secure=https, httponly=True, samesite="Lax")

    def keep_session(response: Response, token: str, kept_s: int = int(staff_login.ABSOLUTE.total_seconds())) -> None:
        set_cookie(response, cookie_name(deps), token, kept_s)

    def come_in(entered: staff_login.Entered, onward: str) -> Response:
        if how := staff_passwords.set_by_code(deps, entered.staff_id, lately=True):
            # Whoever made the code could have used it: the owner is told as soon as she comes in (T8).
            flash(people_labels.set_by_code(how, deps.clock()), "note")
        onwards = redirect(onward, 303)
        keep_session(onwards, entered.token)
        set_cookie(onwards, DEVICE_COOKIE, entered.device, DEVICE_KEPT_S, "/console")
        return onwards

    def too_often(problem: staff_login.LoginThrottled, page: str, **shown: str) -> Response:
        words = gettext("试的次数太多了。请过%(seconds)s秒再试。", seconds=problem.wait_s)
        response = make_response(render_template(page, problem=words, **shown), 429)
        response.headers["Retry-After"] = str(problem.wait_s)
        return response

    @bp.route("/login", methods=["GET", "POST"])
    def login() -> ResponseReturnValue:
        """The login page; a wrong name and a wrong password get the same answer, in the same time (T11)."""
        onward = back_to(request.args.get("next"), url_for("console.today"))
        if request.method == "GET":
            return redirect(onward) if g.member else render_template("console/login.html", name="")
        given = form("login", "password")
        try:
            entered = staff_login.log_in(
                deps,
                given["login"],
                given["password"],
                address=request.remote_addr or "",
                device=request.cookies.get(DEVICE_COOKIE, ""),
                agent=request.user_agent.string,
            )
        except staff_login.LoginThrottled as problem:
            return too_often(problem, "console/login.html", name=given["login"])
        except staff_login.LoginRefused:
            words = gettext("账号或密码不对。")
            return render_template("console/login.html", name=given["login"], problem=words), 401
        # Whatever the browser held before is dropped: the session gets a new id (T9).
        staff_login.log_out(deps, request.cookies.get(cookie_name(deps), ""))
        session.clear()
        if entered.half_way:
            onwards = redirect(url_for("console.second_step", next=onward), 303)
            keep_session(onwards, entered.token, int(staff_login.HALF_WAY.total_seconds()))
            return onwards
        return come_in(entered, onward)

    @bp.route("/login/second", methods=["GET", "POST"])
    def second_step() -> ResponseReturnValue:
        """The second half of a login; the page looks the same whether the first half was made or not."""
        onward = back_to(request.args.get("next"), url_for("console.today"))
        token = request.cookies.get(cookie_name(deps), "")
        if request.method == "GET":
            if not second_factor.half_way(deps, token):
                return redirect(onward if g.member else url_for("console.login"))
            return render_template("console/login_second.html")
        given = form("totp_code")
        try:
            entered = second_factor.step_in(
                deps, token, given["totp_code"], address=request.remote_addr or "", agent=request.user_agent.string
            )
        except staff_login.LoginThrottled as problem:
            return too_often(problem, "console/login_second.html")
        except staff_login.LoginRefused:
            if not second_factor.half_way(deps, token):
                flash(gettext("过了5分钟。请从账号密码开始，再登录一次。"), "problem")
                return redirect(url_for("console.login"), 303)
            words = gettext("验证码不对，或者用过了。请等下一个码。")
            return render_template("console/login_second.html", problem=words), 401
        session.clear()
        return come_in(entered, onward)

    @bp.route("/login/code", methods=["GET", "POST"])
    def first_password() -> ResponseReturnValue:
        """Whoever was handed a one-use code sets a password with it."""
        if request.method == "GET":
            return render_template("console/first_password.html", code="")
        given = form("code", "password", "again")
        code = given["code"][:80]
        try:
            if given["password"] != given["again"]:
                raise Invalid("typed differently", {"password": "differs"})
            login = staff_passwords.set_first_password(deps, code, given["password"], request.remote_addr or "")
        except staff_login.LoginThrottled as problem:
            return too_often(problem, "console/first_password.html", code=code)
        except staff_login.LoginRefused:
            words = gettext("这个码不能用：抄错了，用过了，或者过了3天。请找给您码的人。")
            return render_template("console/first_password.html", code=code, problem=words), 401
        except Invalid as problem:
            words = people_labels.password_sentence(problem.fields["password"])
            return render_template("console/first_password.html", code=code, problem=words), 422
        flash(gettext("密码设好了。您的账号是 %(login)s，请登录。", login=login), "done")
        return redirect(url_for("console.login"), 303)

    @bp.post("/logout")
    def logout() -> ResponseReturnValue:
        form()
        staff_login.log_out(deps, request.cookies.get(cookie_name(deps), ""))
        session.clear()
        response = redirect(url_for("console.login"), 303)
        response.delete_cookie(cookie_name(deps), path="/", secure=https, httponly=True, samesite="Lax")
        return response

    @bp.post("/language")
    def language() -> ResponseReturnValue:
        given = form("language", optional=("back",))
        if given["language"] not in LANGUAGES:
            abort(400)
        if g.member:
            staff_login.choose_language(deps, me().id, given["language"])
        session["language"] = given["language"]
        return redirect(back_to(given.get("back"), url_for("console.today")), 303)

    @bp.get("/logout")
    def leave() -> ResponseReturnValue:
        """A bookmark of this address must not log anybody out: a GET changes nothing (T10)."""
        flash(gettext("要退出，请按页面上的“退出”。"), "note")
        return redirect(url_for("console.today"))
