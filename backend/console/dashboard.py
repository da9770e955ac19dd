"""The first page: what waits, most pressing first, then how the day goes so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from backend.console import figures_labels
from backend.console.cases import list_masks
from backend.console.guard import me
from backend.domain.figures import SHANGHAI, period
from backend.services import figures
from backend.services.regions import HOME_REGION
from backend.services.review_transcript import note_reading
from backend.store.queries import cases, conversations, forwardings, openings_review, posts, stale

if TYPE_CHECKING:
    from backend.services.deps import Deps

FIRST_CASES = 6


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/")
    def today() -> str:
        member, now = me(), deps.clock()
        region = member.region_code
        so_far = period("day", now.astimezone(SHANGHAI).date())
        with deps.db.read() as session:
            by_priority = cases.open_by_priority(session, region, HOME_REGION, now)
            pressing, _ = cases.page(session, region, HOME_REGION, status="open")
            masks = list_masks(session, [case for case, _ in pressing[:FIRST_CASES]])
            waiting = conversations.count_waiting(session, region, HOME_REGION)
            openings = openings_review.by_status(session, region)
            kept = stale.counts(session, region, now)
            passed_on = forwardings.unseen(session, region)
            hardest = posts.count_hardest(session, region, deps.settings.backstop_after)
            groups = figures.look(session, member.role, region, so_far, now)
        note_reading(deps, member, "listed_cases", ids=[case.id for case, _ in pressing[:FIRST_CASES]])
        return render_template(
            "console/today.html",
            by_priority=by_priority,
            pressing=pressing[:FIRST_CASES],
            waiting=waiting,
            to_review=openings.get("in_review", 0),
            to_look_at=openings.get(openings_review.TO_LOOK_AT, 0),
            stale=kept["workers"] + kept["openings"],
            stale_tab="workers" if kept["workers"] or not kept["openings"] else "openings",
            passed_on=passed_on,
            hardest=hardest,
            masks=masks,
            groups=groups,
            words=figures_labels,
            where={},
            period=so_far,
        )
