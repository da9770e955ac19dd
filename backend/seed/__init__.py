"""The demo county: real divisions, invented people, employers and openings; the same every time (contract, Demo county)."""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.seed.current import keep_current
from backend.seed.history import seed_history
from backend.seed.ledgers import seed_ledgers
from backend.seed.people import WORKER_NUMBER, seed_workers
from backend.seed.places import seed_places, seed_screens
from backend.seed.staff import seed_staff
from backend.seed.teams import seed_teams
from backend.seed.work import renew_openings, seed_reviews
from backend.settings import Settings
from backend.store.models import Handset
from backend.store.session import Database

log = structlog.get_logger()
__all__ = ["renew", "seed"]


def seed(db: Database, settings: Settings, now: datetime) -> bool:
    """Fill an empty database with the demo county; on a filled one only renew what has run out. `now`: aware UTC.

    Returns whether people were added. Runs in one transaction: a seed that was interrupted leaves nothing behind.
    """
    with db.write() as session:
        seed_places(session)
        seed_screens(session, now)
        seed_staff(session, settings, now)
        fresh = not _is_seeded(session)
        if fresh:
            workers = seed_workers(session, now)
            renew_openings(session, now)
            seed_reviews(session, now)
            seed_history(session, workers, now)
            seed_ledgers(session, workers, now)
        else:
            renew_openings(session, now)
        seed_teams(session, now)
        keep_current(session, now)
    log.info("seeded", fresh=fresh)
    return fresh


def renew(db: Database, now: datetime) -> int:
    """Move the demo openings on so that each has a round ahead of `now`; returns how many were renewed. Daily."""
    with db.write() as session:
        if not _is_seeded(session):
            return 0
        renewed = renew_openings(session, now)
        keep_current(session, now)
        return renewed


def _is_seeded(session: Session) -> bool:
    return session.scalar(select(Handset.id).where(Handset.number == WORKER_NUMBER.format(1))) is not None
