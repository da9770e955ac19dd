"""A task for staff that no message asked for: one open at a time of a kind and opening."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.case_rules import RULES, due_at
from backend.services import assign, audit
from backend.services.deps import Deps
from backend.store.models import Case, Opening


def about_opening(
    session: Session,
    deps: Deps,
    *,
    now: datetime,
    kind: str,
    opening: Opening,
    summary: str,
    once: bool = False,
    **details: Any,
) -> Case | None:
    """Open a case of `kind` about `opening`; None: one is open already, and only its summary is brought up to date.

    `once`: one that staff have closed is not opened again either.
    """
    query = select(Case).where(Case.kind == kind, Case.opening_id == opening.id)
    if not once:
        query = query.where(Case.status != "closed")
    running = session.scalar(query.order_by(Case.id.desc()).limit(1))
    if running is not None:
        running.summary = summary
        return None
    station = deps.regions.station_for(opening.region_code)
    case = Case(
        kind=kind, priority=RULES[kind].priority, summary=summary, opening_id=opening.id, details={"opening_id": opening.id, **details},
        region_code=opening.region_code, opened_at=now, source_message_id=None,
        due_at=due_at(kind, now, station["opens_at"], station["closes_at"]),
    )  # fmt: skip
    session.add(case)
    assign.to_team(session, case, now)
    session.flush()
    audit.write(session, now, "scheduler", "case_opened", case, kind=kind, opening_id=opening.id)
    return case
