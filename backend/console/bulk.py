"""Acts on many rows: what would be done to how many, then done, how far it is, what failed, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from backend.console import labels
from backend.console import ledgerwork_labels as words
from backend.console.conversations import ID
from backend.console.employers import places_within
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.table import picked
from backend.console.text import Mask
from backend.domain.access import may
from backend.errors import Conflict, Forbidden, Invalid
from backend.services import bulk as service
from backend.services import review_transcript
from backend.services.regions import HOME_REGION
from backend.store.queries import ledgers, openings_review
from backend.store.queries.staff import accounts

if TYPE_CHECKING:
    from backend.services.deps import Deps

LABELS = {"workers": words.BULK_WORKERS, "openings": words.BULK_OPENINGS}
LISTS = {"workers": "console.workers", "openings": "console.openings"}
FILTERS = tuple(f"f_{name}" for name in ("village", "trade", "waiting", "verified", "stale", "willingness",
                                         "employment", "status", "flagged"))  # fmt: skip
SHOWN = 30
KINDS = "<any(workers, openings):kind>"


def register(bp: Blueprint, deps: Deps) -> None:
    def preview(kind: str, act: str, ids: list[int], problem: str = "") -> str:
        member = me()
        with deps.db.read() as session:
            if kind == "workers":
                rows: list[Any] = ledgers.some(session, member.region_code, HOME_REGION, ids[:SHOWN])
            else:
                rows = openings_review.some(session, member.region_code, ids[:SHOWN])
            officers = accounts(session, member.region_code) if act == "officer" else ()
        review_transcript.note_reading(deps, member, f"picked_{kind}", ids=[row.id for row in rows])
        return render_template(
            "console/bulk.html",
            kind=kind, act=act, asks=labels.label(words.BULK_ASKS, act) % {"count": len(ids)}, what=labels.label(LABELS[kind], act), ids=ids, rows=rows, shown=SHOWN,
            mask=Mask(), problem=problem, back=LISTS[kind],
            officers=[one for one in officers if one.active and one.role in ("village", "town", "county")],
            places=places_within(deps, member.region_code, "") if act == "village" else [],
            can_undo=act in service.CAN_BE_UNDONE, longest=service.LONGEST_EXTENSION,
        )  # fmt: skip

    @bp.post(f"/bulk/{KINDS}")
    def bulk_preview(kind: str) -> ResponseReturnValue:
        """What would be done with the ticked rows, or with all that the filter leaves."""
        if not may(me().role, service.VERBS[kind]):
            raise Forbidden("this role only looks")
        ids, given = picked("act", optional=("all", *FILTERS))
        if given["act"] not in LABELS[kind]:
            abort(400)
        if given.get("all") == "yes":
            ids = everything(kind, {name[2:]: value for name, value in given.items() if name.startswith("f_")})
        if not ids:
            flash(gettext("一个都没选。先在左边打勾。"), "problem")
            return redirect(url_for(LISTS[kind]), 303)
        return preview(kind, given["act"], ids)

    def everything(kind: str, asked: dict[str, str]) -> list[int]:
        from backend.console.workers import asked_filter

        member = me()
        with deps.db.read() as session:
            if kind == "workers":
                wanted = asked_filter(MultiDict(asked), member)
                return ledgers.many(session, member.region_code, HOME_REGION, wanted, deps.clock(), service.MOST)
            return openings_review.many(session, member.region_code, asked.get("status", ""), service.MOST)

    @bp.post(f"/bulk/{KINDS}/start")
    def start_bulk(kind: str) -> ResponseReturnValue:
        ids, given = picked("act", optional=("officer", "village", "ground", "days"))
        act = given["act"]
        if act not in LABELS[kind] or not ids:
            abort(400)
        args: dict[str, Any] = {}
        if act == "officer":
            args["officer"] = int(given["officer"]) if given.get("officer", "").isdecimal() else None
        elif act == "extend":
            args["days"] = int(given["days"]) if given.get("days", "").isdecimal() else 0
        elif act in ("village", "reject"):
            name = {"village": "village", "reject": "ground"}[act]
            args[name] = given.get(name, "")
        try:
            act_id = service.begin(deps, me(), kind, act, ids, args)
        except Invalid:
            return preview(kind, act, ids, gettext("还差一样没选好。")), 422
        service.go_on(deps, me(), act_id)
        return redirect(url_for("console.bulk_act", act_id=act_id), 303)

    @bp.get(f"/bulk/{ID.format('act_id')}")
    def bulk_act(act_id: int) -> str:
        member = me()
        with deps.db.read() as session:
            row = service.own(session, member, act_id)
        total = len(row.waiting) + len(row.done) + (0 if row.undone_at else len(row.failed))
        return render_template(
            "console/bulk_done.html",
            row=row, total=total, what=labels.label(LABELS[row.object_kind], row.kind), words=words,
            back=LISTS[row.object_kind],
            can_undo=row.kind in service.CAN_BE_UNDONE and not (row.waiting or row.undone_at or row.undo) and row.done,
        )  # fmt: skip

    @bp.post(f"/bulk/{ID.format('act_id')}/on")
    def bulk_on(act_id: int) -> ResponseReturnValue:
        form()
        service.go_on(deps, me(), act_id)
        return redirect(url_for("console.bulk_act", act_id=act_id), 303)

    @bp.post(f"/bulk/{ID.format('act_id')}/undo")
    def bulk_undo(act_id: int) -> ResponseReturnValue:
        form()
        try:
            stays = service.undo(deps, me(), act_id)
        except Conflict:
            flash(gettext("撤不回去了。"), "problem")
        else:
            if stays is not None:
                flash(
                    gettext("撤回了，%(count)s个没有撤。", count=len(stays)) if stays else gettext("都撤回了。"), "done"
                )
        return redirect(url_for("console.bulk_act", act_id=act_id), 303)
