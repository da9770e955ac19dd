"""The number an employer is reached on: when it is taken for his no more, and how staff set another (T4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.phone import REISSUED_AFTER
from backend.services import audit, staff_task
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Employer, Handset
from backend.store.queries.employers import hiring_now, spoken_for_since


def may_be_lost(session: Session, handset: Handset, now: datetime) -> bool:
    """Whether the number may be somebody else's by now: nothing was heard from it, nor told by its employer in another way.

    An employer who posts through staff and only reads our texts is not silent, nor is one whom staff have listed lately. To a
    number that may be lost no names go.
    """
    since = now - REISSUED_AFTER
    return handset.last_seen_at < since and not spoken_for_since(session, handset.number, since)


def let_go(session: Session, deps: Deps, handset: Handset, now: datetime) -> int:
    """Take the number off every employer who had it; return how many. Their openings stay, and staff ask for another."""
    for opening in hiring_now(session, handset.number, now.astimezone(TIMEZONE).date()):
        staff_task.about_opening(
            session, deps, now=now, kind="update_number", opening=opening, employer_id=opening.employer_id,
            summary=f"用工方的号码换了人，请问到新号码：{opening.title}，有{opening.filled}人等着去做",
        )  # fmt: skip
    employers = session.scalars(select(Employer).where(Employer.phone == handset.number)).all()
    for employer in employers:
        employer.phone = None
        audit.write(session, now, f"handset:{handset.id}", "employer_number_released", employer)
    return len(employers)
