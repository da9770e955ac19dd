"""The first page: what waits, most pressing first, then how the day goes so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, render_template

from backend.console import figures_labels, masks
from backend.console.guard import me
from backend.domain.access import may
from backend.domain.figures import SHANGHAI, period
from backend.services import count_ledgers, figures
from backend.services.regions import HOME_REGION
from backend.services.review_transcript import note_reading
from backend.store.queries import cases, ledger_counts
from backend.store.queries import dashboard as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

FIRST_CASES = 6


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/")
    def today() -> str:
        member, now = me(), deps.clock()
        region = member.region_code
        sees_need = may(member.role, "see_need")
        so_far = period("day", now.astimezone(SHANGHAI).date())
        with deps.db.read() as session:
            waits = queries.waiting(session, region, HOME_REGION, now)
            hardest = ledger_counts.hardest(session, region, count_ledgers.asked(deps, now)) if sees_need else None
            pressing = cases.pressing(session, region, HOME_REGION, FIRST_CASES)
            masks_of = masks.of_listed_cases(session, [case for case, _ in pressing])
            groups = figures.look(session, member.role, region, so_far, now, names=figures.SO_FAR)
        note_reading(deps, member, "listed_cases", ids=[case.id for case, _ in pressing])
        return render_template(
            "console/today.html",
            waits=waits,
            pressing=pressing,
            hardest=hardest,
            masks=masks_of,
            groups=groups,
            words=figures_labels,
            where={},
            period=so_far,
        )
