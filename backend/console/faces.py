"""上墙: what each station's big screen shows, and its papers to print (P02)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import poster, poster_sheet
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.screen import asked_size, pdf_answer
from backend.domain.access import may
from backend.domain.public_words import line_number
from backend.errors import Conflict, Invalid, NotFound
from backend.services import public_faces
from backend.settings import TIMEZONE
from backend.store.queries import faces as queries
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps

PAGE = 10
OPENINGS = 20


def register(bp: Blueprint, deps: Deps) -> None:
    def show(*, typed: dict[int, dict[str, Any]] | None = None, wrong: tuple[str, ...] = (), problem: str = "") -> str:
        member, after = me(), request.args.get("after", "")
        only = next(iter(typed)) if typed else None
        today = deps.clock().astimezone(TIMEZONE).date()
        with deps.db.read() as session:
            stations, more = queries.stations_page(session, member.region_code, after=after, limit=PAGE, only=only)
            screens = {one.id: queries.screen_of(session, one.id) for one in stations}
            who = names_of(session, [screen.changed_by for screen in screens.values() if screen])
            rows = [] if after or typed else queries.on_board(session, [member.region_code], today, OPENINGS)
            openings = [public_faces.face_of(row, deps.regions, deps.clock()) for row in rows]
        return render_template(
            "console/faces.html",
            stations=[
                _station(one, screens[one.id], who, public_faces.places_around(deps.regions, one.region_code), typed)
                for one in stations
            ],
            more=stations[-1].region_code if more else "",
            openings=openings,
            lost={
                face.id: sorted(poster_sheet.unheld(face.title + face.place + face.requirements)) for face in openings
            },
            limits=public_faces,
            may_set=may(member.role, "set_screen"),
            wrong=wrong,
            problem=problem,
        )

    @bp.get("/faces")
    def faces() -> str:
        return show()

    @bp.post(f"/faces/{ID.format('station_id')}")
    def set_screen(station_id: int) -> ResponseReturnValue:
        with deps.db.read() as session:
            station = queries.station_in(session, me().region_code, station_id)
            offered = public_faces.places_around(deps.regions, station.region_code) if station else []
        if station is None:
            raise NotFound("no such station")
        given = form("version", "per_page", "seconds", optional=tuple(f"at{code}" for code, _ in offered))
        around = [code for code, _ in offered if f"at{code}" in given]
        typed = {station_id: {"per_page": given["per_page"], "seconds": given["seconds"], "around": around}}
        try:
            public_faces.set_screen(
                deps,
                me(),
                station_id,
                _number(given["version"]),
                around=around,
                per_page=_number(given["per_page"]),
                seconds=_number(given["seconds"]),
            )
        except Invalid as problem:
            return show(typed=typed, wrong=tuple(problem.fields), problem=gettext("有几处填得不对，请改一改。")), 422
        except Conflict:
            told = gettext("同事刚改过这块大屏。下面是您填的；再存一次，就按您填的来。")
            return show(typed=typed, problem=told), 409
        flash(gettext("大屏改好了，十几秒后就换。"), "done")
        return redirect(url_for("console.faces"), 303)

    @bp.get(f"/openings/{ID.format('opening_id')}/poster.pdf")
    def opening_poster(opening_id: int) -> ResponseReturnValue:
        """The paper of any published opening of one's own region, with the station that answers for its place."""
        now = deps.clock()
        today = now.astimezone(TIMEZONE).date()
        with deps.db.read() as session:
            row = queries.public_opening(session, opening_id, [me().region_code], today)
            if row is None:
                raise NotFound("no such opening")
            face = public_faces.face_of(row, deps.regions, now)
        station = deps.regions.station_for(face.region_code)
        number = deps.settings.twilio_phone_number
        facts = poster.Facts(
            station["name"],
            station["address"],
            station["opens_at"],
            station["closes_at"],
            line_number(number),
            number,
            today,
        )
        return pdf_answer(poster.opening(facts, face, asked_size()), f"opening-{opening_id}.pdf")


def _station(
    station: Any,
    screen: Any,
    who: dict[int, str],
    offered: list[tuple[str, str]],
    typed: dict[int, dict[str, Any]] | None,
) -> dict[str, Any]:
    """One card: the station, what its screen shows now, and what stands in the form."""
    now = {
        "per_page": screen.per_page if screen else public_faces.PER_PAGE,
        "seconds": screen.seconds if screen else public_faces.SECONDS,
        "around": list(screen.around) if screen else [],
    }
    return {
        "row": station,
        "version": screen.version if screen else 0,
        "changed_at": screen.changed_at if screen else None,
        "changed_by": who.get(screen.changed_by, "") if screen and screen.changed_by else "",
        "now": now,
        "form": (typed or {}).get(station.id, now),
        "open": bool(typed and station.id in typed),
        "offered": offered,
    }


def _number(text: str) -> int:
    """Figures as typed; anything else is a number no field takes."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else -1
