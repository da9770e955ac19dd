"""The separate ledger 重点群体台账: long without work, disabled, low income, older, others verified (H03, H04)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from backend.console import ledger_labels
from backend.console.guard import form, me
from backend.console.text import Mask
from backend.domain.access import may
from backend.services import count_ledgers, review_transcript
from backend.services.regions import HOME_REGION
from backend.settings import TIMEZONE
from backend.store.queries import ledger_counts
from backend.store.queries import ledgers as queries
from backend.store.queries.staff import names_of

if TYPE_CHECKING:
    from backend.services.deps import Deps


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/ledgers/priority")
    def priority_ledger() -> str:
        tab, begin = request.args.get("tab", ""), request.args.get("after", "")
        tab = tab if tab in queries.TABS else queries.TABS[0]
        member, now = me(), deps.clock()
        with deps.db.read() as session:
            opened = review_transcript.tab_is_open(deps, session, member, tab)
            rows, after = (
                queries.priority_page(session, member.region_code, HOME_REGION, tab, now, begin) if opened else ([], "")
            )
            counts, counted_at = ledger_counts.kept(session, member.region_code, count_ledgers.asked(deps, now))
            officers = names_of(session, (row.worker.officer_id for row in rows))
        review_transcript.note_reading(deps, member, "listed_priority", ids=[row.worker.id for row in rows], tab=tab)
        return render_template(
            "console/priority.html",
            rows=rows,
            after=after,
            tab=tab,
            tabs=queries.TABS,
            counts=counts,
            counted_at=counted_at,
            officers=officers,
            mask=Mask(),
            words=ledger_labels,
            today=now.astimezone(TIMEZONE).date(),
            may_export=may(member.role, "export_ledger"),
            may_reveal=may(member.role, "reveal"),
            opened=opened,
        )

    @bp.post("/ledgers/priority/open")
    def open_priority_tab() -> ResponseReturnValue:
        given = form("tab", "reason")
        review_transcript.open_tab(deps, me(), given["tab"], given["reason"])
        return redirect(url_for("console.priority_ledger", tab=given["tab"]), 303)
