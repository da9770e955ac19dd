"""The public board `/screen/<station>`: open work in big type for a market's screen (P02). No login, no personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from backend.console import guard, labels, text
from backend.domain.employers import is_public_name
from backend.domain.masking import mask_numbers
from backend.settings import TIMEZONE
from backend.store.models import Employer, Station
from backend.store.queries import openings_review

if TYPE_CHECKING:
    from backend.services.deps import Deps

PER_PAGE = 6
TURN_AFTER_S = 15  # long enough to read six lines aloud to oneself


def create_blueprint(deps: Deps) -> Blueprint:
    """The board turns its own pages by a plain refresh: no script, and a screen that lost the network comes back alone."""
    bp = Blueprint(
        "screen", __name__, template_folder="templates", static_folder="static", static_url_path="/screen/static"
    )

    bp.record_once(lambda state: guard.prepare_app(state.app, deps))

    @bp.get("/screen/<station>")
    def board(station: str) -> str:
        with deps.db.read() as session:
            found = session.scalar(select(Station).where(Station.slug == station.replace("\0", "")))
            if found is None:
                abort(404)
            number = guard.page_number()
            today = deps.clock().astimezone(TIMEZONE).date()
            rows, total = openings_review.on_board(
                session, found.region_code, today, offset=(number - 1) * PER_PAGE, limit=PER_PAGE
            )
        pages = max(1, -(-total // PER_PAGE))
        following = number + 1 if number < pages else 1
        return render_template(
            "console/screen.html",
            station=found,
            rows=rows,
            total=total,
            number=number,
            pages=pages,
            turn_after_s=TURN_AFTER_S,
            following=url_for("screen.board", station=found.slug, page=following),
            now=deps.clock(),
            line=spoken_number(deps.settings.twilio_phone_number),
            employer=public_name,
            hide=mask_numbers,
            label=labels.label,
            labels=labels,
            job_name=labels.job_name,
            days=text.days,
            when=text.when,
            pay=text.pay,
            region=deps.regions.name,
            path=request.path,
        )

    @bp.after_request
    def close_the_doors(response: Response) -> Response:
        return guard.with_headers(response, deps, keep=request.endpoint == "screen.static")

    return bp


def public_name(employer: Employer) -> str:
    """An organisation's name; of a person only the family name."""
    public = is_public_name(employer.name, employer.kind, verified=employer.verified_at is not None)
    return employer.name if public else f"{employer.name[:1]}老板"


def spoken_number(e164: str) -> str:
    """`+8610000012333` → 100 0001 2333."""
    digits = e164.removeprefix("+86")
    return f"{digits[:3]} {digits[3:7]} {digits[7:]}".strip() if len(digits) == 11 else digits
