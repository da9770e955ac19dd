"""What a wave of offers has to know: how earlier offers were answered, whom the line has asked today, who is asked now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import bindparam, func, literal_column, select, text, update
from sqlalchemy.orm import Session

from backend.domain.access import reach
from backend.domain.offers import HOLDS_A_PLACE
from backend.store.models import Consent, Conversation, HandsetOwner, Offer, Opening, Person, Wave, Worker
from backend.store.models.base import UTCDateTime

# Said yes, whatever came of it. What was withdrawn tells nothing: the employer may have called it off.
SAID_YES = ("accepted", "waitlisted", "arrived", "completed", "paid", "no_show")
LATEST, LATEST_OPENINGS = 400, 60


_DUE = """SELECT id FROM openings {by}
    WHERE next_wave_at <= :now AND status = 'published' AND waves_stopped_at IS NULL
    ORDER BY urgent DESC, starts_on, id LIMIT :most"""


def due(session: Session, now: datetime, limit: int) -> Sequence[int]:
    """Openings whose next wave is due, the urgent first."""
    # What is over keeps its time, and is not in the index. Left alone SQLite would read all that are published.
    by = "INDEXED BY ix_openings_next_wave_at" if session.get_bind().dialect.name == "sqlite" else ""
    statement = text(_DUE.format(by=by)).bindparams(bindparam("now", type_=UTCDateTime))
    return session.execute(statement, {"now": now, "most": limit}).scalars().all()


def answered(session: Session, job_type: str, county: str, since: datetime) -> tuple[int, int]:
    """How many of the latest offers of waves, of a trade in a county, were taken, and how many were answered or ran out."""
    first, end = reach(county)
    # The openings first, through their own index: offers are many, and of one trade and county few.
    openings = (
        select(Opening.id)
        .where(
            Opening.job_type == job_type,
            Opening.region_code >= first,
            Opening.region_code < end,
            literal_column("openings.wave > 0"),
            Opening.starts_on >= since.date(),
        )
        .order_by(Opening.id.desc())
        .limit(LATEST_OPENINGS)
    )
    latest = (
        select(Offer.status)
        .where(
            Offer.opening_id.in_(openings),
            Offer.wave.is_not(None),
            Offer.status.not_in(("offered", "withdrawn")),
            Offer.offered_at >= since,
        )
        .order_by(Offer.id.desc())
        .limit(LATEST)
        .subquery()
    )
    statuses = session.execute(select(latest.c.status, func.count()).group_by(latest.c.status)).all()
    return sum(count for status, count in statuses if status in SAID_YES), sum(count for _, count in statuses)


def asked_for(session: Session, opening_id: int) -> tuple[int, int]:
    """How many of those whom waves have asked for this opening said yes, and how many were asked, unanswered ones included."""
    rows = session.execute(
        select(Offer.status, func.count())
        .where(Offer.opening_id == opening_id, Offer.wave.is_not(None), Offer.status != "withdrawn")
        .group_by(Offer.status)
    ).all()
    return sum(count for status, count in rows if status in SAID_YES), sum(count for _, count in rows)


def open_offers(session: Session, opening_id: int, now: datetime) -> int:
    """Unanswered still; those for whom a place is kept (moved up from the waiting list) are not among them."""
    query = select(func.count(Offer.id)).where(
        Offer.opening_id == opening_id,
        Offer.status == "offered",
        Offer.expires_at > now,
        Offer.waitlisted_at.is_(None),
    )
    return session.scalar(query) or 0


def offers_since(session: Session, worker_ids: Collection[int], since: datetime) -> dict[int, int]:
    """Worker id → offers we put to her since then, by text or by call; what she took of her own accord is none.

    One of a wave counts, too, when it was full by her yes and she waits for a place now.
    """
    ours = Offer.expires_at.is_not(None) | Offer.wave.is_not(None)
    rows = session.execute(
        select(Offer.worker_id, func.count(Offer.id))
        .where(Offer.worker_id.in_(worker_ids), Offer.offered_at >= since, ours)
        .group_by(Offer.worker_id)
    )
    return {row[0]: row[1] for row in rows}


def asked_about_those_days(
    session: Session, worker_ids: Collection[int], starts_on: date, ends_on: date, now: datetime
) -> set[int]:
    """Who has an offer open for other work on these days: one question at a time."""
    return set(
        session.scalars(
            select(Offer.worker_id).where(
                Offer.worker_id.in_(worker_ids),
                Offer.status == "offered",
                Offer.expires_at > now,
                Offer.starts_on <= ends_on,
                Offer.ends_on >= starts_on,
            )
        )
    )


def in_talk(session: Session, handset_ids: Collection[int], now: datetime, quiet_for: timedelta) -> set[int]:
    """Handsets that have talked with the line just now, or that a member of staff has taken over."""
    newest = (
        select(func.max(Conversation.id))
        .where(Conversation.handset_id.in_(handset_ids))
        .group_by(Conversation.handset_id)
    )
    rows = session.execute(
        select(Conversation.handset_id, Conversation.last_at, Conversation.taken_by).where(Conversation.id.in_(newest))
    )
    return {handset for handset, last_at, taken_by in rows if taken_by is not None or last_at > now - quiet_for}


def on_the_same_number(session: Session, handset_ids: Collection[int]) -> dict[int, list[int]]:
    """Handset id → the workers reached on it."""
    rows = session.execute(
        select(HandsetOwner.handset_id, Worker.id)
        .join(Worker, Worker.person_id == HandsetOwner.person_id)
        .where(HandsetOwner.handset_id.in_(handset_ids), HandsetOwner.until.is_(None))
    )
    found: dict[int, list[int]] = {}
    for handset_id, worker_id in rows:
        found.setdefault(handset_id, []).append(worker_id)
    return found


def active(session: Session, worker_ids: Collection[int]) -> set[int]:
    """Who of them looks for work, as it stands now."""
    return set(session.scalars(select(Worker.id).where(Worker.id.in_(worker_ids), Worker.status == "active")))


def wave_grew(session: Session, opening_id: int, number: int, by: int) -> None:
    session.execute(
        update(Wave).where(Wave.opening_id == opening_id, Wave.number == number).values(size=Wave.size + by)
    )


def who_agreed(session: Session, person_ids: Collection[int]) -> set[int]:
    """Whoever has agreed to be in the library; a number that once took a place without a name is not sent offers."""
    query = select(Consent.person_id).where(Consent.person_id.in_(person_ids), Consent.withdrawn_at.is_(None))
    return set(session.scalars(query))


def households_asked(session: Session, opening_id: int, now: datetime) -> set[int]:
    """Households of which somebody has this opening's offer open, or a place in it (H02)."""
    query = (
        select(Person.household_id)
        .join(Worker, Worker.person_id == Person.id)
        .join(Offer, Offer.worker_id == Worker.id)
        .where(
            Offer.opening_id == opening_id,
            Person.household_id.is_not(None),
            Offer.status.in_(HOLDS_A_PLACE) | ((Offer.status == "offered") & (Offer.expires_at > now)),
        )
    )
    return {household for household in session.scalars(query) if household is not None}


def waves_of(session: Session, opening_id: int) -> Sequence[Wave]:
    return session.scalars(select(Wave).where(Wave.opening_id == opening_id).order_by(Wave.number)).all()


def offers_by_status(session: Session, opening_id: int) -> dict[str, int]:
    rows = session.execute(
        select(Offer.status, func.count(Offer.id)).where(Offer.opening_id == opening_id).group_by(Offer.status)
    )
    return {row[0]: row[1] for row in rows}


def lock_workers(session: Session, worker_ids: Iterable[int]) -> Sequence[Worker]:
    """Hold the rows of workers, always in the same order: a second wave waits and then sees the first one's offers."""
    return session.scalars(
        select(Worker).where(Worker.id.in_(list(worker_ids))).order_by(Worker.id).with_for_update(key_share=True)
    ).all()
