"""The public faces `/screen/<station>`: the market's wall and its papers (P02). No login, no personal data, no cookie."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from jinja2 import Environment
from werkzeug.wrappers import Response

from backend import errors
from backend.console import guard
from backend.services import public_faces
from backend.settings import TIMEZONE

if TYPE_CHECKING:
    from backend.services.deps import Deps

KEEP_S = 5  # a wall asks every fifteen seconds; ten walls at once ask the database once or twice
STATIC, PAPER_S = 300, 60


def create_blueprint(deps: Deps) -> Blueprint:
    """The wall turns its own pages by a plain refresh; a script, where there is one, keeps it current in place instead."""
    bp = Blueprint(
        "screen", __name__, template_folder="templates", static_folder="static", static_url_path="/screen/static"
    )

    bp.record_once(lambda state: guard.prepare_app(state.app, deps))

    @bp.get("/screen/<station>")
    def board(station: str) -> str:
        found = public_faces.board(deps, station)
        number = guard.page_number()
        pages = max(1, -(-len(found.faces) // found.per_page))
        number = number if number <= pages else 1
        first = (number - 1) * found.per_page
        return render_template(
            "console/screen.html",
            board=found,
            faces=found.faces[first : first + found.per_page],
            number=number,
            pages=pages,
            following=url_for("screen.board", station=found.slug, page=number % pages + 1),
            now=deps.clock(),
            clock=local_clock(deps.clock()),
        )

    @bp.get("/screen/<station>/list")
    def list_of(station: str) -> ResponseReturnValue:
        """All lines of a wall as one `<ul>`; 304 while nothing has changed."""
        found = public_faces.board(deps, station)
        body = render_template("console/screen_lines.html", board=found)
        return tagged(make_response(body), KEEP_S)

    @bp.errorhandler(errors.NotFound)
    @bp.errorhandler(404)
    def not_found(_: Exception) -> ResponseReturnValue:
        return render_template("console/screen_none.html"), 404

    @bp.after_request
    def close_the_doors(response: Response) -> Response:
        kept = response.headers.get("Cache-Control")
        guard.with_headers(response, deps, keep=request.endpoint == "screen.static")
        if kept and request.endpoint != "screen.static":
            response.headers["Cache-Control"] = kept
        return response

    return bp


def tagged(response: Response, seconds: int) -> Response:
    """The answer with its fingerprint, or 304 where the asker has it already."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    response.headers["Cache-Control"] = f"public, max-age={seconds}, must-revalidate"
    response.make_conditional(request.environ)
    return response


def local_clock(moment: datetime) -> str:
    return moment.astimezone(TIMEZONE).strftime("%H:%M")
