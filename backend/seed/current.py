"""The demo county's libraries as a county keeps them: most entries spoken for this week, a few gone quiet (P01).

Renewed daily, so that nobody in the demo is asked about work of her own accord before a visitor has got to know her.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.freshness import MOST_ASKINGS, STALE_AFTER
from backend.seed.people import WORKER_NUMBER
from backend.seed.work import EMPLOYER_NUMBER
from backend.store.models import Employer, Handset, HandsetOwner, Opening, Worker

EVERY_QUIET_WORKER, EVERY_QUIET_OPENING = 17, 23


def keep_current(session: Session, now: datetime) -> None:
    """Set the clocks of the demo's own entries; those that people have changed themselves are newer and stay."""
    demo = select(HandsetOwner.person_id).join(Handset).where(Handset.number.like(WORKER_NUMBER[:8] + "%"))
    for worker in session.scalars(select(Worker).where(Worker.person_id.in_(demo), Worker.status == "active")):
        said = worker.confirmed_at
        if said is None and worker.id % EVERY_QUIET_WORKER == 0:
            said = worker.confirmed_at = now - timedelta(days=32 + worker.id % 9)
        if said is not None and said < now - STALE_AFTER:
            if worker.asked_in_vain < MOST_ASKINGS:
                worker.asked_current_at, worker.asked_in_vain = now - timedelta(days=15), MOST_ASKINGS
        elif said is None or said < now - timedelta(days=4):
            worker.confirmed_at = now - timedelta(days=worker.id % 4, hours=worker.id % 7)
    of_the_demo = select(Employer.id).where(Employer.phone.like(EMPLOYER_NUMBER[:9] + "%"))
    published = select(Opening).where(Opening.employer_id.in_(of_the_demo), Opening.status == "published")
    for opening in session.scalars(published.where(Opening.source_message_id.is_(None))):
        if opening.id % EVERY_QUIET_OPENING == 0:
            opening.confirmed_at, opening.asked_current_at = now - timedelta(days=9), now
        else:
            opening.confirmed_at = now
    session.flush()
