"""Offers: the days a worker has given away, and who still waits for an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, Date, and_, bindparam, exists, or_, select, text
from sqlalchemy.orm import Session, joinedload

from backend.domain.offers import HAD_A_PLACE, HOLDS_A_PLACE, Stretch
from backend.store.models import Offer, Opening, Outcome, Person, Worker

# An offer in one of these still binds somebody: the worker has to be told when the opening goes away …
LIVE = frozenset({"offered", "waitlisted", "accepted"})


def is_live(today: date) -> ColumnElement[bool]:
    """… and so does the place of whoever is at work already, until its last day."""
    return or_(Offer.status.in_(LIVE), and_(Offer.status == "arrived", Offer.ends_on > today))


def binds(today: date) -> ColumnElement[bool]:
    """Whether an offer is a place whose days are not over."""
    return and_(Offer.status.in_(HOLDS_A_PLACE), Offer.ends_on >= today)


def taken_stretches(session: Session, worker_ids: Iterable[int], today: date) -> dict[int, list[Stretch]]:
    """Worker id → the days and hours of the jobs she holds a place in, from today on."""
    found: dict[int, list[Stretch]] = defaultdict(list)
    rows = session.execute(
        select(Offer.worker_id, Offer.starts_on, Offer.ends_on, Opening.hours_from, Opening.hours_to)
        .join(Opening, Opening.id == Offer.opening_id)
        .where(Offer.worker_id.in_(list(worker_ids)), Offer.status.in_(HOLDS_A_PLACE), Offer.ends_on >= today)
    )
    for worker_id, starts_on, ends_on, hours_from, hours_to in rows:
        found[worker_id].append(Stretch(starts_on, ends_on, hours_from, hours_to))
    return dict(found)


def live_offers(session: Session, opening_id: int, today: date) -> Sequence[Offer]:
    """The offers of an opening that still bind somebody, oldest first."""
    query = (
        select(Offer)
        .options(joinedload(Offer.worker).joinedload(Worker.person))
        .where(Offer.opening_id == opening_id, is_live(today))
        .order_by(Offer.id)
    )
    return session.scalars(query).all()


def with_workers(session: Session, opening_id: int, statuses: Iterable[str], limit: int) -> Sequence[Offer]:
    """The offers of an opening in one of `statuses`, oldest first, with their workers."""
    query = (
        select(Offer)
        .options(joinedload(Offer.worker).joinedload(Worker.person))
        .where(Offer.opening_id == opening_id, Offer.status.in_(list(statuses)))
        .order_by(Offer.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def of_worker(session: Session, worker_id: int, limit: int) -> Sequence[Offer]:
    """Her offers, the latest first, with their openings and employers."""
    query = (
        select(Offer)
        .options(joinedload(Offer.opening).joinedload(Opening.employer))
        .where(Offer.worker_id == worker_id)
        .order_by(Offer.id.desc())
        .limit(limit)
    )
    return session.scalars(query).all()


def outcomes_of(session: Session, offer_ids: Iterable[int]) -> dict[int, list[Outcome]]:
    """Offer id → what the sides have said became of it, oldest first."""
    said: dict[int, list[Outcome]] = defaultdict(list)
    for row in session.scalars(
        select(Outcome).where(Outcome.offer_id.in_(list(offer_ids))).order_by(Outcome.at, Outcome.id)
    ):
        said[row.offer_id].append(row)
    return dict(said)


def workers_with_offer(session: Session, opening_id: int) -> set[int]:
    """Workers this opening has been put to, whatever they answered."""
    return set(session.scalars(select(Offer.worker_id).where(Offer.opening_id == opening_id)))


def households_at_work(session: Session, household_ids: Iterable[int], since: date) -> set[int]:
    """The households of which somebody holds, or since that day held, a place (H02)."""
    wanted = list(household_ids)
    if not wanted:
        return set()
    query = (
        select(Person.household_id)
        .join(Worker, Worker.person_id == Person.id)
        .join(Offer, Offer.worker_id == Worker.id)
        .where(
            Person.household_id.in_(wanted),
            Offer.status.in_(HAD_A_PLACE),
            Offer.ends_on >= since,
        )
        .distinct()
    )
    return {household for household in session.scalars(query) if household is not None}


def came() -> ColumnElement[bool]:
    """Whether somebody has said that the holder of an offer came: she has worked, though she may have left since."""
    return exists().where(Outcome.offer_id == Offer.id, Outcome.outcome == "arrived")


_OVER = """SELECT id, ends_on, status FROM offers {by}
    WHERE followed_up_at IS NULL AND ends_on < :today AND ends_on >= :since AND (status <> 'withdrawn' OR EXISTS (
        SELECT 1 FROM outcomes s WHERE s.offer_id = offers.id AND s.outcome = 'arrived'))
    ORDER BY id"""


def over_and_unasked(session: Session, statuses: Iterable[str], since: date, today: date) -> list[tuple[int, date]]:
    """Offer id and last day of the places (`statuses`) whose work ended since then and whose holder has not been asked."""
    # Left alone SQLite would read everybody who ever held a place.
    by = "INDEXED BY ix_offers_not_followed_up" if session.get_bind().dialect.name == "sqlite" else ""
    statement = (
        text(_OVER.format(by=by))
        .bindparams(bindparam("today", type_=Date), bindparam("since", type_=Date))
        .columns(Offer.id, Offer.ends_on, Offer.status)
    )
    wanted = frozenset(statuses)
    rows = session.execute(statement, {"today": today, "since": since})
    return [(id_, last_day) for id_, last_day, status in rows if status in wanted]
