"""A number that is not an employer's any more: it hears and changes nothing of his, and staff ask him for another (T4)."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.services import audit, staff_task
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Employer, Handset
from backend.store.queries.employers import hiring_now


def let_go(session: Session, handset: Handset, now: datetime) -> int:
    """Take the number off every employer who had it; return how many. Their openings stay."""
    employers = session.scalars(select(Employer).where(Employer.phone == handset.number)).all()
    for employer in employers:
        employer.phone = None
        audit.write(session, now, f"handset:{handset.id}", "employer_number_released", employer)
    return len(employers)


def ask_for_another(session: Session, deps: Deps, handset: Handset, now: datetime) -> None:
    """A task for staff with every opening that is not over, while the number is its employer's still."""
    for opening in hiring_now(session, handset.number, now.astimezone(TIMEZONE).date()):
        staff_task.about_opening(
            session, deps, now=now, kind="update_number", opening=opening, employer_id=opening.employer_id,
            summary=f"用工方的号码换了人，请问到新号码：{opening.title}，有{opening.filled}人等着去做",
        )  # fmt: skip
