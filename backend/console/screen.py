"""The public faces `/screen/<station>`: the market's wall and its papers (P02). No login, no personal data, no cookie."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

import structlog
from flask import Blueprint, make_response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from backend import errors
from backend.console import guard, poster
from backend.domain.public_words import line_number
from backend.services import job_map as maps
from backend.services import public_faces
from backend.settings import TIMEZONE

if TYPE_CHECKING:
    from collections.abc import Callable

    from backend.services.deps import Deps

log = structlog.get_logger()
KEEP_S = 5  # a wall asks every fifteen seconds; ten walls at once ask the database once or twice
PAPER_S = 60


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

    @bp.get("/screen/<station>/map")
    def job_map(station: str) -> ResponseReturnValue:
        """The county of a station, or with `?town=` one of its towns; a town's station opens on its own town."""
        found = public_faces.station_of(deps, station)
        county = deps.regions.counties_in(found.region_code)[0]
        town = request.args.get("town", found.region_code[:9] if len(found.region_code) >= 9 else "")
        drawn = maps.town_map(deps, county, town) if town else maps.county_map(deps, county)
        body = render_template(
            "console/screen_map.html",
            map=drawn,
            links=map_links(drawn, lambda town: url_for("screen.job_map", station=found.slug, town=town)),
            up=url_for("screen.job_map", station=found.slug, town="") if drawn.is_town else "",
            line=line_number(deps.settings.twilio_phone_number),
            clock=local_clock(deps.clock()),
        )
        return tagged(make_response(body), PAPER_S)

    @bp.get("/screen/<station>/poster.pdf")
    def station_poster(station: str) -> ResponseReturnValue:
        facts = facts_now(public_faces.board(deps, station))
        return paper(poster.station(facts, asked_size()), f"{station}.pdf")

    @bp.get("/screen/<station>/week.pdf")
    def week_poster(station: str) -> ResponseReturnValue:
        found, faces, beyond = public_faces.week(deps, station, poster.PER_SHEET * poster.MOST_SHEETS)
        return paper(poster.week(facts_now(found), faces, beyond), f"{station}-week.pdf")

    @bp.get("/screen/<station>/openings/<int(max=2147483647):opening_id>.pdf")
    def opening_poster(station: str, opening_id: int) -> ResponseReturnValue:
        found, face = public_faces.one(deps, station, opening_id)
        return paper(poster.opening(facts_now(found), face, asked_size()), f"{station}-{opening_id}.pdf")

    def facts_now(found: public_faces.Board) -> poster.Facts:
        today = deps.clock().astimezone(TIMEZONE).date()
        return poster.facts_of(found, deps.settings.twilio_phone_number, today)

    def paper(drawn: poster.Paper, name: str) -> Response:
        return tagged(pdf_answer(drawn, name), PAPER_S)

    @bp.errorhandler(errors.NotFound)
    @bp.errorhandler(404)
    def not_found(_: Exception) -> ResponseReturnValue:
        line = line_number(deps.settings.twilio_phone_number)
        return render_template("console/screen_none.html", line=line), 404

    @bp.after_request
    def close_the_doors(response: Response) -> Response:
        kept = response.headers.get("Cache-Control")
        guard.with_headers(response, deps, keep=request.endpoint == "screen.static")
        if kept and request.endpoint != "screen.static":
            response.headers["Cache-Control"] = kept
        return response

    return bp


def map_links(drawn: maps.Map, to_town: Callable[[str], str]) -> dict[str, str]:
    """Where each dot leads: a town to its own map, a village to its place in the list."""
    return {dot.code: f"#p-{dot.code}" if drawn.is_town else to_town(dot.code) for dot in drawn.dots}


def asked_size() -> str:
    """`?size=a3`; anything else is A4."""
    return "a3" if request.args.get("size") == "a3" else "a4"


def pdf_answer(drawn: poster.Paper, name: str) -> Response:
    """A paper to look at and to print. What could not be drawn is counted in the log; the signs themselves are text."""
    if drawn.missing:
        log.info("poster_signs_missing", paper=name, count=len(drawn.missing))
    response = make_response(drawn.pdf)
    response.mimetype = "application/pdf"
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response


def tagged(response: Response, seconds: int) -> Response:
    """The answer with its fingerprint, or 304 where the asker has it already."""
    response.set_etag(hashlib.sha256(response.get_data()).hexdigest()[:24])
    response.headers["Cache-Control"] = f"public, max-age={seconds}, must-revalidate"
    response.make_conditional(request.environ)
    return response


def local_clock(moment: datetime) -> str:
    return moment.astimezone(TIMEZONE).strftime("%H:%M")
