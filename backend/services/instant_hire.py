"""Instant hire (即时快招): a published opening goes out in waves until it is full (E03, W04, H03).

`Opening.next_wave_at` says when it is looked at next; none: nothing is sent. Ranking is done before anything is locked;
then one transaction takes the turn by a guarded UPDATE and writes the wave and its offers, so that two schedulers send one
wave. Nobody is asked more often a day than OFFERS_PER_DAY, at night, or while she is talking with the line.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import structlog
from sqlalchemy import update
from sqlalchemy.orm import Session

from backend.domain import waves
from backend.domain.answers import make
from backend.domain.calling import takes_texts
from backend.errors import Conflict
from backend.services import answer_offer, both_sides, planned_calls, staff_task
from backend.services.deps import Deps
from backend.services.matches import WorkerMatch, workers_for
from backend.services.views import opening_view
from backend.settings import TIMEZONE
from backend.store.models import Handset, Opening, Wave, Worker
from backend.store.queries import waves as queries
from backend.store.queries.workers import numbers_of
from backend.store.session import in_turn

log = structlog.get_logger()

AT_ONCE = 50  # openings in one tick
ANSWERS_COUNT_FOR = timedelta(days=90)
# Whoever is in the middle of something with the line is asked in a later wave.
QUIET_FOR = timedelta(minutes=10)


# With nobody left it is looked again for whoever has come new into the library.
NOBODY_FOR = timedelta(hours=6)


@dataclass(frozen=True)
class _Look:
    """What a look at an opening found, before anything is locked."""

    plan: waves.Plan
    goes_at: datetime
    free: int
    open_offers: int
    chosen: list[WorkerMatch]
    others: bool  # some suit who cannot be asked just now


def rearm(session: Session, opening: Opening, now: datetime) -> None:
    """Send offers of a published opening, or send them again after more people have come into reach; in the caller's transaction."""
    if opening.status in {"published", "filled"} and opening.waves_stopped_at is None:
        opening.next_wave_at = now


def send_waves(deps: Deps) -> int:
    """Send every wave that is due; return how many offers were made."""
    now = deps.clock()
    with deps.db.read() as session:
        due = queries.due(session, now, AT_ONCE)
    sent = 0
    for opening_id in due:
        try:
            sent += in_turn(lambda opening_id=opening_id: _send(deps, opening_id))  # type: ignore[misc]
        except Exception:  # it is looked at again at the next tick, and holds up no other
            log.exception("wave_not_sent", opening_id=opening_id)
    return sent


def _send(deps: Deps, opening_id: int) -> int:
    now = deps.clock()
    with deps.db.read() as session:
        opening = session.get_one(Opening, opening_id)
        look = _look(session, deps, opening, now)
    with deps.db.write() as session:
        if look is None:
            _move(session, opening_id, now, None)  # the work has begun
            return 0
        if look.goes_at > now:
            _move(session, opening_id, now, look.goes_at)
            return 0
        rows = queries.lock_workers(session, [match.worker.id for match in look.chosen])
        still = {worker.id for worker in rows if worker.status == "active"}
        left = [match for match in look.chosen if match.worker.id in still]
        chosen = _askable(session, deps, session.get_one(Opening, opening_id), left, now)
        nobody = look.plan.size > 0 and not look.chosen and not look.others and not look.open_offers
        until = now + (NOBODY_FOR if nobody else look.plan.wait)
        if not _move(session, opening_id, now, until, wave=bool(chosen)):
            return 0
        opening = session.get_one(Opening, opening_id, populate_existing=True)
        if nobody:
            _nobody_left(session, deps, opening, now)
        if not chosen:
            return 0
        session.add(
            Wave(
                opening_id=opening_id, number=opening.wave, free_places=look.free, open_offers=look.open_offers,
                expected_rate=look.plan.rate, size=len(chosen), sent_at=now, until=until,
            )
        )  # fmt: skip
        for match in chosen:
            _offer(session, deps, opening, match, now)
    log.info("wave_sent", opening_id=opening_id, number=opening.wave, size=len(chosen))
    return len(chosen)


def _look(session: Session, deps: Deps, opening: Opening, now: datetime) -> _Look | None:
    starts = answer_offer.starts_at(opening)
    if starts <= now:
        return None
    county = deps.regions.county_of(opening.region_code)
    usual = waves.expected_rate(*queries.answered(session, opening.job_type, county, now - ANSWERS_COUNT_FOR))
    rate = waves.rate_here(usual, *queries.asked_for(session, opening.id))
    open_offers = queries.open_offers(session, opening.id, now)
    free = opening.headcount - opening.filled
    plan = waves.plan(
        free=free, open_offers=open_offers, rate=rate, starts_in=starts - now, urgent=opening.urgent,
        last_today=waves.is_last_today(now),
    )  # fmt: skip
    goes_at = waves.goes_at(now)
    if goes_at > now or not plan.size:
        return _Look(plan, goes_at, free, open_offers, [], others=True)
    # More than are needed, for some have been asked often enough today.
    ranked = workers_for(session, deps.regions, now, opening, limit=plan.size * 4 + 50)
    askable = {match.worker.id: match for match in _askable(session, deps, opening, ranked, now)}
    candidates = [
        waves.Candidate(id_, match.score, match.need, match.has_priority, match.worker.person.household_id)
        for id_, match in askable.items()
    ]
    asked = queries.households_asked(session, opening.id, now)
    chosen = waves.choose(candidates, plan.size, first=opening.wave == 0, asked_households=asked)
    later = any(match.worker.id not in askable and _may_ever(session, match.worker) for match in ranked)
    return _Look(plan, goes_at, free, open_offers, [askable[one.id] for one in chosen], others=later)


def _askable(
    session: Session, deps: Deps, opening: Opening, ranked: Collection[WorkerMatch], now: datetime
) -> list[WorkerMatch]:
    """Those of `ranked` who may be asked now: reachable, willing, not too often, not in the middle of something else."""
    ids = [match.worker.id for match in ranked]
    if not ids:
        return []
    people = [match.worker.person_id for match in ranked]
    handsets = numbers_of(session, people)
    agreed = queries.who_agreed(session, people)
    today = datetime.combine(now.astimezone(TIMEZONE).date(), time(0), TIMEZONE)
    asked_today = queries.offers_since(session, ids, today)
    elsewhere = queries.asked_about_those_days(session, ids, opening.starts_on, opening.ends_on, now)
    talking = queries.in_talk(session, [handset.id for handset in handsets.values()], now, QUIET_FOR)

    def may_be_asked(worker: Worker) -> bool:
        handset = handsets.get(worker.person_id)
        return (
            handset is not None
            and worker.status == "active"
            and worker.person_id in agreed
            and _reachable(handset, now)
            and handset.id not in talking
            and worker.id not in elsewhere
            and asked_today.get(worker.id, 0) < deps.settings.offers_per_day
        )

    return [match for match in ranked if may_be_asked(match.worker)]


def _reachable(handset: Handset, now: datetime) -> bool:
    if handset.opted_out_at is not None or handset.locked_at is not None:
        return False
    return takes_texts(handset.number) or planned_calls.why_never(handset, now) is None


def _may_ever(session: Session, worker: Worker) -> bool:
    """Whether it was only today, or only just now, that she could not be asked."""
    handset = answer_offer.handset_of(session, worker)
    return handset is not None and handset.opted_out_at is None and handset.locked_at is None


def _move(session: Session, opening_id: int, now: datetime, to: datetime | None, *, wave: bool = False) -> bool:
    """Take the turn: of two who look at the same opening one goes on (C1, F7)."""
    mine = session.scalar(
        update(Opening)
        .where(
            Opening.id == opening_id,
            Opening.next_wave_at <= now,
            Opening.status == "published",
            Opening.waves_stopped_at.is_(None),
        )
        .values(next_wave_at=to, wave=Opening.wave + (1 if wave else 0))
        .returning(Opening.id)
        .execution_options(synchronize_session=False)
    )
    return mine is not None


def _offer(session: Session, deps: Deps, opening: Opening, match: WorkerMatch, now: datetime) -> None:
    channel = "voice" if match.worker.preferred_channel == "voice" else "sms"
    try:
        offer = answer_offer.offer_opening(
            session, deps, now=now, opening_id=opening.id, worker_id=match.worker.id, channel=channel
        )
    except Conflict as conflict:  # she has taken it herself a moment ago
        log.info("not_offered", opening_id=opening.id, worker_id=match.worker.id, reason=conflict.reason)
        return
    offer.wave, offer.score, offer.reasons = opening.wave, match.score, list(match.reasons)


def _nobody_left(session: Session, deps: Deps, opening: Opening, now: datetime) -> None:
    """Everybody who suits has been asked: the employer hears it once, and staff may forward it (P08)."""
    left = opening.headcount - opening.filled
    task = staff_task.about_opening(
        session, deps, now=now, kind="nobody_left", opening=opening, once=True,
        summary=f"{opening.title}还差{left}人，附近合适的人都问过了。要不要转到别的村、镇、县？",
    )  # fmt: skip
    if task is not None:
        told = make("nobody_left", opening=opening_view(opening, deps.regions))
        both_sides.tell_employer(session, deps, opening, told, now)
