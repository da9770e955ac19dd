"""Claims of hardship that wait for somebody to look, the oldest first, one after the other (H01, H03, vocabulary §4.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_labels, masks
from backend.console import ledgerwork_labels as words
from backend.console.conversations import ID
from backend.console.guard import form, me
from backend.console.i18n import gettext
from backend.console.table import capped, too_long
from backend.console.text import Mask
from backend.domain.access import may
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import judge_claim as service
from backend.services import review_transcript
from backend.services.regions import HOME_REGION
from backend.store.queries import ledgers as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps
    from backend.services.staff_login import Member


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/claims")
    def claims() -> str:
        member = _who()
        with deps.db.read() as session:
            rows, after = queries.claims(session, member.region_code, HOME_REGION, request.args.get("after", ""))
            waiting = queries.claims_waiting(session, member.region_code, HOME_REGION)
            judged = queries.judged_by(
                session, member.region_code, HOME_REGION, member.id, deps.clock() - TAKE_BACK_WITHIN
            )
        review_transcript.note_reading(deps, member, "listed_claims", ids=[row.id for row in rows])
        return render_template(
            "console/claims.html", rows=rows, after=after, waiting=capped(waiting), judged=judged, mask=Mask()
        )

    def show(claim_id: int, *, problem: str = "", evidence: str = "", reason: str = "") -> str:
        member = _who()
        with deps.db.write() as session:
            claim = queries.claim(session, member.region_code, HOME_REGION, claim_id)
            if claim is None:
                raise NotFound("no such claim")
            worker = claim.worker
            review_transcript.note_opening(deps, session, member, worker)
            mask = masks.of_worker(deps, session, member, worker)
            following = queries.next_claim(session, member.region_code, HOME_REGION, claim)
            context = {"person": worker.person, "visits": queries.visits(session, worker.id, 5)}
        return render_template(
            "console/claim.html",
            claim=claim, worker=worker, following=following, mask=mask, problem=problem, evidence=evidence,
            reason=reason, ledger_words=ledger_labels, words=words, this_year=deps.clock().year, longest=service.LONGEST,
            **context,
        )  # fmt: skip

    @bp.get(f"/claims/{ID.format('claim_id')}")
    def claim(claim_id: int) -> str:
        return show(claim_id)

    @bp.post(f"/claims/{ID.format('claim_id')}")
    def judge_claim(claim_id: int) -> ResponseReturnValue:
        given = form("decision", "evidence", optional=("found_true", "not_so"))
        if given["decision"] not in ("verify", "reject"):
            abort(400)
        verified = given["decision"] == "verify"
        reason = given.get("found_true" if verified else "not_so", "")
        typed = given["evidence"]
        try:
            service.judge(deps, me(), claim_id, verified, reason, typed)
        except Invalid:
            told = too_long(typed, service.LONGEST) or gettext("选一个原因，再写一句看到了什么。")
            return show(claim_id, problem=told, evidence=typed, reason=reason), 422
        except Conflict:
            return show(claim_id, problem=gettext("同事已经核过这一条了。"), evidence=typed, reason=reason), 409
        flash(gettext("记下了。核实过的困难才会在派活时优先。"), "done")
        with deps.db.read() as session:
            rows, _ = queries.claims(session, me().region_code, HOME_REGION)
        return redirect(url_for("console.claim", claim_id=rows[0].id) if rows else url_for("console.claims"), 303)

    @bp.post(f"/claims/{ID.format('claim_id')}/reveal")
    def reveal_claim(claim_id: int) -> ResponseReturnValue:
        given, member = form("field", "reason"), _who()
        with deps.db.read() as session:
            found = queries.claim(session, member.region_code, HOME_REGION, claim_id)
        if found is None:
            raise NotFound("no such claim")
        review_transcript.reveal(deps, member, "workers", found.worker_id, given["field"], given["reason"])
        return redirect(url_for("console.claim", claim_id=claim_id), 303)

    @bp.post(f"/claims/{ID.format('claim_id')}/undo")
    def undo_claim(claim_id: int) -> ResponseReturnValue:
        form()
        try:
            service.undo(deps, me(), claim_id)
        except Conflict:
            flash(gettext("撤不回去了。"), "problem")
        else:
            flash(gettext("撤回了，重新等核实。"), "done")
        return redirect(url_for("console.claims"), 303)

    def _who() -> Member:
        if not may(me().role, "verify_hardship"):
            raise Forbidden("not this role's to know")
        return me()
