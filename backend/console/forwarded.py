"""Openings passed on: what was put before one's own place, what one has put before others, and doing so (P08, P09, E10)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console.conversations import ID
from backend.console.guard import form, me, page_number, too_long
from backend.console.i18n import gettext
from backend.console.text import Mask
from backend.domain.access import may, may_see
from backend.domain.forwarding import may_forward, parent
from backend.errors import Conflict, Invalid, NotFound
from backend.services import audit, forward_opening, review_transcript
from backend.store.models import Opening
from backend.store.queries import forwardings as queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.services.deps import Deps


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/forwarded")
    def forwarded() -> str:
        member, number = me(), page_number()
        tab = "sent" if request.args.get("tab") == "sent" else "received"
        with deps.db.read() as session:
            find = queries.sent if tab == "sent" else queries.received
            rows, more = find(session, member.region_code, number=number)
            unseen = queries.unseen(session, member.region_code)
        review_transcript.note_reading(deps, member, "listed_forwarded", ids=[row.forwarding.id for row in rows])
        return render_template(
            "console/forwarded.html", rows=rows, more=more, number=number, tab=tab, unseen=unseen, mask=Mask(),
            ours=lambda opening: may_see(member.region_code, opening.region_code),
        )  # fmt: skip

    @bp.get(f"/forwarded/{ID.format('forwarding_id')}")
    def forwarded_one(forwarding_id: int) -> str:
        """An opening of another region as those see it whom it was put before: to read, with the employer's number hidden."""
        member = me()
        with deps.db.write() as session:
            row = queries.one(session, member.region_code, forwarding_id)
            if row is None:
                raise NotFound("nothing was put before you under this number")
            forward_opening.look_at(session, deps, member, row.forwarding)
            audit.write(session, deps.clock(), member.actor, "read", row.opening, through=forwarding_id)
            places = _places(session, member.region_code, row.opening)
        return render_template(
            "console/forwarded_one.html", row=row, opening=row.opening, mask=Mask(), places=places,
            may_forward=may(member.role, "forward"), ours=may_see(member.region_code, row.opening.region_code),
        )  # fmt: skip

    @bp.get(f"/openings/{ID.format('opening_id')}/forward")
    def forward_page(opening_id: int) -> str:
        return show(opening_id)

    def show(opening_id: int, problem: str = "", note: str = "") -> str:
        member = me()
        with deps.db.read() as session:
            opening = session.get(Opening, opening_id)
            if opening is None or not _seen(session, member.region_code, opening):
                raise NotFound("no such opening")
            own = may_see(member.region_code, opening.region_code)
            rows = queries.of_opening(session, opening_id) if own else []
            places = _places(session, member.region_code, opening)
        review_transcript.note_reading(deps, member, "read_forwardings", ids=[opening_id])
        return render_template(
            "console/forward.html", opening=opening, rows=rows, places=places, mask=Mask(), problem=problem, ours=own, note=note,
            may_forward=may(member.role, "forward"),
        )  # fmt: skip

    @bp.post(f"/openings/{ID.format('opening_id')}/forward")
    def forward_opening_to(opening_id: int) -> ResponseReturnValue:
        given = form("to_region", optional=("note",))
        try:
            new = forward_opening.forward(deps, me(), opening_id, [given["to_region"]], given.get("note", ""))
        except Invalid as problem:
            return show(opening_id, too_long(problem) or gettext("请从单子上选一个地方。"), given.get("note", "")), 422
        except Conflict:
            return show(opening_id, gettext("这个岗位现在不招人，不能转。")), 409
        place = deps.regions.name(given["to_region"])
        flash(
            gettext("已转给%(place)s。", place=place) if new else gettext("以前就转给过%(place)s了。", place=place),
            "done",
        )
        return redirect(url_for("console.forward_page", opening_id=opening_id), 303)

    @bp.post(f"/openings/{ID.format('opening_id')}/to-villages")
    def forward_to_villages(opening_id: int) -> ResponseReturnValue:
        form()
        try:
            new = forward_opening.to_villages(deps, me(), opening_id)
        except Invalid:
            return show(opening_id, gettext("这个镇没有您能转到的村。")), 422
        except Conflict:
            return show(opening_id, gettext("这个岗位现在不招人，不能转。")), 409
        flash(gettext("已标成急招，发到了%(count)s个村。", count=len(new)), "done")
        return redirect(url_for("console.forward_page", opening_id=opening_id), 303)


def _seen(session: Session, region: str, opening: Opening) -> bool:
    return may_see(region, opening.region_code) or queries.is_received(session, region, opening.id)


def _places(session: Session, region: str, opening: Opening) -> list[tuple[str, str, str]]:
    """(code, name, level) of the places this member may put it before, the ones above first."""
    near = queries.places_near(session, region, parent(region))
    found = [row for row in near if may_forward(region, opening.region_code, row.code)]
    return [(row.code, row.name, row.level) for row in sorted(found, key=lambda row: (len(row.code), row.code))]
