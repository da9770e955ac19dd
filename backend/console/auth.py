"""The way in and out, and the language switch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, g, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from backend.console.guard import LANGUAGES, back_to, cookie_name, form, me
from backend.console.i18n import gettext
from backend.services import staff_login

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from backend.services.deps import Deps

DEVICE_COOKIE = "lg_device"
DEVICE_KEPT_S = 180 * 24 * 3600


def register(bp: Blueprint, deps: Deps) -> None:
    https = deps.settings.public_base_url.startswith("https://")

    def set_cookie(response: Response, name: str, value: str, max_age: int, path: str = "/") -> None:
        response.set_cookie(name, value, max_age=max_age, path=path, secure=https, httponly=True, samesite="Lax")

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
            )
        except staff_login.LoginThrottled as problem:
            words = gettext("试的次数太多了。请过%(seconds)s秒再试。", seconds=problem.wait_s)
            response = make_response(render_template("console/login.html", name=given["login"], problem=words), 429)
            response.headers["Retry-After"] = str(problem.wait_s)
            return response
        except staff_login.LoginRefused:
            words = gettext("账号或密码不对。")
            return render_template("console/login.html", name=given["login"], problem=words), 401
        # Whatever the browser held before is dropped: the session gets a new id (T9).
        staff_login.log_out(deps, request.cookies.get(cookie_name(deps), ""))
        session.clear()
        onwards = redirect(onward, 303)
        set_cookie(onwards, cookie_name(deps), entered.token, int(staff_login.ABSOLUTE.total_seconds()))
        set_cookie(onwards, DEVICE_COOKIE, entered.device, DEVICE_KEPT_S, "/console")
        return onwards

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
