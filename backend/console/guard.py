"""What stands in front of every console page: who is asking, the CSRF token, the headers, the sentence for an error."""

from __future__ import annotations

import re
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.sansio.app import App
from flask.typing import ResponseReturnValue
from flask_babel import Babel  # type: ignore[import-untyped]
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from backend import errors
from backend.console.i18n import gettext
from backend.console.rooms import place_of
from backend.domain.access import may, may_reveal
from backend.services.drafts import holder_of
from backend.services.receive_message import storable
from backend.services.review_transcript import TooManyReveals
from backend.services.staff_login import Member, who_is

if TYPE_CHECKING:
    from backend.services.deps import Deps

TRANSLATIONS = Path(__file__).resolve().parent / "translations"
LANGUAGES = ("zh", "en")
# Reached without a session: the way in, its language switch and the style sheet.
OPEN_TO_ALL = frozenset(
    {
        "console.login",
        "console.second_step",
        "console.first_password",
        "console.language",
        "console.static",
        "screen.board",
        "screen.list_of",
        "screen.job_map",
        "screen.opening_poster",
        "screen.station_poster",
        "screen.week_poster",
        "screen.static",
    }
)
# What somebody whose second factor is required and not there yet can reach: the page that sets it up, and the way out.
OPEN_BEFORE_ENROLLING = frozenset(
    {
        "console.second_factor",
        "console.second_factor_picture",
        "console.begin_second_factor",
        "console.prove_second_factor",
        "console.logout",
        "console.language",
        "console.static",
    }
)
# Asked by the page's own script every few seconds: told plainly that a session is over, and none lives on by it.
ASKED_BY_SCRIPT = frozenset({"console.inbox_news", "console.training_state"})
CSP = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
LONGEST_FORM = 2 * 1024 * 1024  # bytes; a Chinese character sent in a form takes nine
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_csrf = CSRFProtect()


def install(bp: Blueprint, deps: Deps) -> None:
    """Put the guards on `bp`; what the app itself has to know is set when the blueprint is registered."""
    from backend.console import drafts  # which asks this file who is there

    bp.record_once(lambda state: prepare_app(state.app, deps))

    @bp.before_request
    def let_in() -> ResponseReturnValue | None:
        token = request.cookies.get(cookie_name(deps), "")
        if request.endpoint not in OPEN_TO_ALL:
            # Whoever pastes a hundred thousand characters gets a sentence and their words back, not a closed door.
            # Pages that take files have set a limit of their own before.
            if request.max_content_length == current_app.config["MAX_CONTENT_LENGTH"]:
                request.max_content_length = LONGEST_FORM
            request.max_form_memory_size = max(request.max_form_memory_size or 0, LONGEST_FORM)
        # Asked first: a session that has run out is cleared away by the next question.
        holder = None if request.method in _SAFE else holder_of(deps, token)
        asks_by_itself = request.endpoint in ASKED_BY_SCRIPT or request.headers.get("X-By-Itself") == "1"
        g.member = member = who_is(deps, token, prolong=not asks_by_itself)
        if member is not None and session.get("csrf_token") != member.csrf_secret:
            # The token is bound to the server-side session: it dies with it.
            session["csrf_token"] = member.csrf_secret
        if request.method not in _SAFE:
            _check_origin(deps)
            _csrf.protect()
        if member is None and request.endpoint not in OPEN_TO_ALL:
            if asks_by_itself:
                return {"error": "session_over"}, 401
            if request.method in _SAFE:
                return redirect(url_for("console.login", next=request.full_path.rstrip("?")))
            if drafts.save(deps, holder):
                return redirect(url_for("console.login", next=url_for("console.drafts")), 303)
            if set(request.form) - {"csrf_token"}:
                raise CSRFError("nobody's form")  # whose it was is not known: the words are still on the page before
            flash(gettext("请先登录。"), "problem")
            return redirect(url_for("console.login"), 303)
        if member is not None and member.must_enrol and request.endpoint not in OPEN_BEFORE_ENROLLING:
            return redirect(url_for("console.second_factor"), 303)
        if member is not None:
            # What a tab of the table is closed to, its pages are closed to, whatever stands in them.
            _, tab = place_of(request.endpoint)
            if tab is not None and tab.verb and not may(member.role, tab.verb):
                raise errors.Forbidden("a room for others")
        if member is not None and request.method not in _SAFE:
            drafts.sent_again(deps)
        return None

    @bp.after_request
    def close_the_doors(response: Response) -> Response:
        return with_headers(response, deps, keep=request.endpoint == "console.static")

    @bp.context_processor
    def shared() -> dict[str, Any]:
        member = g.get("member")
        return {
            "member": member,
            "may": lambda verb: member is not None and may(member.role, verb),
            "revealable": lambda fields, shown: [
                field
                for field in fields
                if field not in shown and member is not None and may_reveal(member.role, field)
            ],
            "region_name": deps.regions.name(member.region_code) if member else "",
            "now": deps.clock(),
            "lang": language(),
            "here": request.full_path.rstrip("?"),
            "form_number": lambda: secrets.token_hex(8),
        }

    _install_errors(bp, deps)


def prepare_app(app: App, deps: Deps) -> None:
    """Set up sessions, CSRF and translations on the app, once, whichever blueprint comes first."""
    https = deps.settings.public_base_url.startswith("https://")
    app.secret_key = app.secret_key or deps.settings.secret_key
    app.config.setdefault("WTF_CSRF_CHECK_DEFAULT", False)  # only the console speaks forms; webhooks are signed
    app.config["WTF_CSRF_TIME_LIMIT"] = None  # as long as the session it is bound to
    app.config["SESSION_COOKIE_SAMESITE"] = "Lax"
    app.config["SESSION_COOKIE_HTTPONLY"] = True
    app.config["SESSION_COOKIE_SECURE"] = https
    if "csrf" not in app.extensions:
        _csrf.init_app(app)
    if "babel" not in app.extensions:
        Babel(
            app,
            default_locale="zh",
            default_translation_directories=str(TRANSLATIONS),
            locale_selector=language,
            default_timezone="Asia/Shanghai",
        )


def with_headers(response: Response, deps: Deps, *, keep: bool = False) -> Response:
    """Nothing inline, nothing framed, nothing kept by a browser that others use too (reliability §4.4, T10)."""
    response.headers.setdefault("Content-Security-Policy", CSP)  # a chart brings its own
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "DENY"
    # Not `no-referrer`: with it a browser sends `Origin: null` with our own forms.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
    response.headers["Cache-Control"] = "public, max-age=300" if keep else "no-store"
    if deps.settings.public_base_url.startswith("https://"):
        response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response


def cookie_name(deps: Deps) -> str:
    # The prefix makes browsers refuse the cookie from anywhere but this very host over https.
    return "__Host-lg_staff" if deps.settings.public_base_url.startswith("https://") else "lg_staff"


def language() -> str:
    """The reader's language: their own setting, else what the login page was switched to, else Chinese.

    The public pages are Chinese for everybody, and are kept by caches: the session is not even looked at.
    """
    if request.blueprint == "screen":
        return "zh"
    member = g.get("member")
    chosen = member.language if member else session.get("language")
    return chosen if chosen in LANGUAGES else "zh"


def goes_on_as(deps: Deps, token: str) -> None:
    """The rest of this answer belongs to the new session `token`: the forms on its page are sent with it."""
    g.member = member = who_is(deps, token)
    if member is not None:
        session["csrf_token"] = member.csrf_secret


def me() -> Member:
    """The member of staff behind this request."""
    member: Member = g.member
    return member


def form(*names: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
    """The form's fields by name, cleaned of what a database refuses.

    Anything unknown, missing or sent twice ends in 400: a form of ours never does that (T8, ASVS 15.3.7).
    """
    sent = set(request.form) - {"csrf_token"}
    if sent - set(names) - set(optional) or set(names) - sent:
        abort(400)
    if any(len(request.form.getlist(name)) != 1 for name in sent):
        abort(400)
    return {name: storable(request.form[name]) for name in sent}


def page_number() -> int:
    """`?page=`, from 1; nonsense is page 1."""
    asked = request.args.get("page", "1")
    return min(int(asked), 10_000) if re.fullmatch(r"[0-9]{1,6}", asked) and int(asked) else 1


def back_to(path: str | None, otherwise: str) -> str:
    """A path of our own to go on to; anything that could lead elsewhere is replaced."""
    if path and re.fullmatch(r"/console(?:/[\w/-]*)?(?:\?[\w=&%-]*)?", path, re.ASCII):
        return path
    return otherwise


def ours(deps: Deps) -> bool:
    """Whether the page that sent this is ours, as far as the browser says."""
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc in {
        request.host,
        urlsplit(deps.settings.public_base_url).netloc,
    }


def _check_origin(deps: Deps) -> None:
    if not ours(deps):
        raise CSRFError("another origin")


def _install_errors(bp: Blueprint, deps: Deps) -> None:
    from backend.console import drafts

    def page(status: int, title: str, sentence: str) -> tuple[str, int]:
        return render_template("console/problem.html", title=title, sentence=sentence), status

    @bp.errorhandler(errors.NotFound)
    @bp.errorhandler(404)
    def not_found(_: Exception) -> tuple[str, int]:
        return page(404, gettext("没有这一页"), gettext("没有找到，或者不在您的辖区。"))

    @bp.errorhandler(errors.Forbidden)
    def forbidden(_: Exception) -> tuple[str, int]:
        return page(403, gettext("不能这样做"), gettext("您的账号只能查看，不能办理。"))

    @bp.errorhandler(CSRFError)
    def stale_form(_: Exception) -> ResponseReturnValue:
        # Logged in anew in another window: what was typed in this one is not lost. Only where the browser says that the
        # form is ours: nobody else plants anything.
        member = g.get("member")
        if member and request.headers.get("Origin") and ours(deps) and drafts.save(deps, member.id):
            return redirect(url_for("console.drafts"), 303)
        # Reloading the page before would throw away what was typed in it: the login opens beside it.
        words = gettext("先不要刷新，填的字还在上一页。另开一页登录，再退回上一页，重新交一次。")
        return render_template("console/problem.html", title=gettext("这张表过期了"), sentence=words, stale=True), 403

    @bp.errorhandler(TooManyReveals)
    def too_many(_: Exception) -> tuple[str, int]:
        return page(429, gettext("看得太多了"), gettext("一小时最多显示30次。请过一会儿再试。"))

    @bp.errorhandler(errors.Conflict)
    def moved_on(problem: errors.Conflict) -> tuple[str, int]:
        return page(409, gettext("情况变了"), conflict_sentence(problem))

    @bp.errorhandler(errors.Invalid)
    def invalid(_: Exception) -> tuple[str, int]:
        return page(422, gettext("填得不对"), gettext("请回到上一页，改好再提交。"))

    @bp.errorhandler(errors.CarrierError)
    def no_recording(_: Exception) -> tuple[str, int]:
        return page(502, gettext("录音拿不到"), gettext("电话公司那边暂时拿不到录音。请过一会儿再试。"))

    @bp.errorhandler(HTTPException)
    def other(problem: HTTPException) -> ResponseReturnValue:
        return page(problem.code or 500, gettext("这一步没有办成"), gettext("请回到上一页再试一次。"))


def too_long(problem: errors.Invalid) -> str:
    """What is said of words that are kept whole or not at all; nothing of any other problem."""
    if not isinstance(problem, errors.TooLong):
        return ""
    return gettext(
        "太长了：最多%(most)s个字，现在有%(count)s个字。写的都还在，写短一点再交。",
        most=problem.most,
        count=problem.count,
    )


def conflict_sentence(problem: errors.Conflict) -> str:
    """What to tell a member of staff whom somebody or something was quicker than."""
    return {
        "taken": gettext("同事已经接手了。"),
        "closed": gettext("这件事已经办结了。"),
        "no_name": gettext("这件事里没有要写下的名字。"),
        "not_in_review": gettext("这个岗位已经有人审过了。"),
        "days_gone": gettext("这个活的最后一天已经过了。先改好日子再发布。"),
        "places_taken": gettext(
            "已经有人要来，日子、钟点、村子、工种不能改，人数不能少于要来的人。要改就先停招，再发新的。"
        ),
        "reviewed": gettext("这个岗位已经复核过了。"),
        "not_out": gettext("这个岗位已经不在发布了。"),
        "closed_already": gettext("这个岗位已经不在招了。"),
        "changed": gettext("您看的时候，同事改了这一条。请看过新的内容再改。"),
    }.get(problem.reason, gettext("请刷新后再看。"))
