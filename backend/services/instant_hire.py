"""Instant hire (即时快招): a published opening goes out in waves until it is full (E03, W04, H03).

`Opening.next_wave_at` says when it is looked at next; none: nothing is sent. Whoever waits for a place comes before a wave.
Ranking is done before anything is locked; then a guarded UPDATE takes the turn, so that two schedulers send one wave, and
its offers follow a batch at a time, so that others get to write in between. A wave that was cut short is looked at again
soon. Nobody is asked more often a day than OFFERS_PER_DAY, at night, or while she is talking with the line.
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
from backend.domain.offers import Stretch
from backend.errors import Conflict
from backend.services import answer_offer, both_sides, planned_calls, put_offer, staff_task, waiting_list
from backend.services.deps import Deps
from backend.services.each import each
from backend.services.matches import WorkerMatch, workers_for
from backend.services.views import opening_view
from backend.services.weights import weights_for
from backend.settings import TIMEZONE
from backend.store.models import Handset, Opening, Wave
from backend.store.queries import waves as queries
from backend.store.queries.candidates import Askable
from backend.store.queries.workers import numbers_of
from backend.store.session import in_turn

log = structlog.get_logger()

AT_ONCE = 50  # openings in one tick
ANSWERS_COUNT_FOR = timedelta(days=90)
# Whoever is in the middle of something with the line is asked in a later wave.
QUIET_FOR = timedelta(minutes=10)

# So many are asked in one transaction; on SQLite everybody else who writes waits for its end.
BATCH = 20
# A wave that was cut short is looked at again so soon; one takes a few seconds.
SOON_AGAIN = timedelta(minutes=1)
# Else the same few would come first at every tick, and nobody behind them.
AFTER_A_FAULT = timedelta(minutes=5)
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
    others: bool  # nobody can be asked, but some suit who cannot be asked just now
    changed_at: datetime  # of the facts that people were chosen for

    @property
    def wait(self) -> timedelta:
        return waves.look_again_after(self.plan, len(self.chosen))


@dataclass(frozen=True)
class _Begun:
    """A wave of which the first batch is out: `made` offers of it; `left` are asked in further batches."""

    number: int
    left: list[WorkerMatch]
    made: int
    changed_at: datetime


def rearm(session: Session, opening: Opening, now: datetime) -> None:
    """Send offers of a published opening, or send them again after more people have come into reach; in the caller's transaction."""
    if opening.status in {"published", "filled"} and opening.waves_stopped_at is None:
        opening.next_wave_at = now


def send_waves(deps: Deps) -> int:
    """Send every wave that is due; return how many offers were made."""
    now = deps.clock()
    with deps.db.read() as session:
        due = queries.due(session, now, AT_ONCE)

    def put_off(opening_id: int) -> bool:  # it is looked at again when all that are due have been
        with deps.db.write() as session:
            return _move(session, opening_id, deps.clock(), now + AFTER_A_FAULT)

    return each(
        "send_waves",
        due,
        lambda opening_id: _send(deps, opening_id),
        failed=lambda id_: each("put_off", [id_], put_off),
    )


def _send(deps: Deps, opening_id: int) -> int:
    now = deps.clock()
    in_turn(lambda: _who_waits_first(deps, opening_id, now))
    with deps.db.read() as session:
        opening = session.get_one(Opening, opening_id)
        look = _look(session, deps, opening, now)
    begun = in_turn(lambda: _begin(deps, opening_id, look, now))
    if begun is None:
        return 0
    made, left = begun.made, begun.left
    for n in range(0, len(left), BATCH):
        made += in_turn(lambda n=n: _more(deps, begun, opening_id, left[n : n + BATCH], now))  # type: ignore[misc]
    if left and look is not None:
        in_turn(lambda: _end(deps, opening_id, now + SOON_AGAIN, now + look.wait))
    log.info("wave_sent", opening_id=opening_id, number=begun.number, size=made)
    return made


def _who_waits_first(deps: Deps, opening_id: int, now: datetime) -> None:
    """What is free is for those on the list, before anybody else hears of it (C1)."""
    with deps.db.read() as session:
        if not waiting_list.waiting(session, opening_id):
            return
    with deps.db.write() as session:
        waiting_list.move_up(session, deps, session.get_one(Opening, opening_id, with_for_update=True), now)


def _begin(deps: Deps, opening_id: int, look: _Look | None, now: datetime) -> _Begun | None:
    """Take the turn and send the first batch; None: no wave goes out now, or somebody else sends it."""
    with deps.db.write() as session:
        if look is None:
            _move(session, opening_id, now, None)  # the work has begun
            return None
        if look.goes_at > now:
            _move(session, opening_id, now, look.goes_at)
            return None
        batch = {worker.id for worker in queries.lock_workers(session, [one.worker_id for one in look.chosen[:BATCH]])}
        opening = _held(session, opening_id)
        if opening.updated_at != look.changed_at:
            return None  # other days, other people: the next tick chooses anew
        chosen = _askable(session, deps, opening, look.chosen, now)
        nobody = look.plan.size > 0 and not look.chosen and not look.others and not look.open_offers
        until = now + (NOBODY_FOR if nobody else look.wait)
        # While it goes out it is due soon: when it is cut short the rest are asked then, and nobody twice.
        more = any(match.worker_id not in batch for match in chosen)
        if not _move(session, opening_id, now, now + SOON_AGAIN if more else until, wave=bool(chosen)):
            return None
        opening = session.get_one(Opening, opening_id, populate_existing=True)
        if nobody:
            _nobody_left(session, deps, opening, now)
        if not chosen:
            return None
        wave = Wave(
            opening_id=opening_id, number=opening.wave, free_places=look.free, open_offers=look.open_offers,
            expected_rate=look.plan.rate, size=0, sent_at=now, until=until,
        )  # fmt: skip
        session.add(wave)
        wave.size = sum(_offer(session, deps, opening, match, now) for match in chosen if match.worker_id in batch)
        left = [match for match in chosen if match.worker_id not in batch]
        return _Begun(opening.wave, left, wave.size, look.changed_at)


def _held(session: Session, opening_id: int) -> Opening:
    """The opening, not to be ended or changed by anybody else before this batch is out."""
    return session.get_one(Opening, opening_id, with_for_update={"key_share": True})


def _more(deps: Deps, begun: _Begun, opening_id: int, batch: list[WorkerMatch], now: datetime) -> int:
    """Ask one batch more of a wave; 0 when somebody has stopped or changed it or it is full by now."""
    with deps.db.write() as session:
        queries.lock_workers(session, [match.worker_id for match in batch])
        opening = _held(session, opening_id)
        stopped = opening.status != "published" or opening.waves_stopped_at is not None
        if stopped or opening.updated_at != begun.changed_at:
            return 0
        left = _askable(session, deps, opening, batch, now)
        made = sum(_offer(session, deps, opening, match, now, wave=begun.number) for match in left)
        queries.wave_grew(session, opening_id, begun.number, made)
    return made


def _end(deps: Deps, opening_id: int, due: datetime, until: datetime) -> None:
    """All are asked; where nobody has answered meanwhile it is looked at again when the wave is over."""
    with deps.db.write() as session:
        session.execute(
            update(Opening)
            .where(Opening.id == opening_id, Opening.next_wave_at == due)
            .values(next_wave_at=until)
            .execution_options(synchronize_session=False)
        )


def _look(session: Session, deps: Deps, opening: Opening, now: datetime) -> _Look | None:
    starts = answer_offer.starts_at(opening)
    if starts <= now:
        return None
    county = deps.regions.county_of(opening.region_code)
    usual = waves.expected_rate(*queries.answered(session, opening.job_type, county, now - ANSWERS_COUNT_FOR))
    taken, asked_before = queries.asked_for(session, opening.id)
    rate = waves.rate_here(usual, taken, asked_before)
    open_offers = queries.open_offers(session, opening.id, now)
    free = opening.headcount - opening.filled - waiting_list.kept(session, opening.id, now)
    free -= min(max(free, 0), waiting_list.held(session, opening.id, now))
    plan = waves.plan(
        free=free, open_offers=open_offers, rate=rate, starts_in=starts - now, urgent=opening.urgent,
        last_today=waves.is_last_today(now),
    )  # fmt: skip
    goes_at = waves.goes_at(now)
    if goes_at > now or not plan.size:
        return _Look(plan, goes_at, free, open_offers, [], others=True, changed_at=opening.updated_at)
    best_fit = weights_for(session, county).best_fit

    def suiting(now_only: bool) -> dict[int, WorkerMatch]:
        askable = _askable_in(deps, opening, now, now_only=now_only)
        # More than are needed, for some are in the middle of something.
        found = workers_for(session, deps.regions, now, opening, limit=plan.size * 2 + 50, askable=askable)
        return {match.worker_id: match for match in found}

    def choose(found: dict[int, WorkerMatch], of: Collection[int]) -> list[WorkerMatch]:
        candidates = [
            waves.Candidate(id_, one.score, one.need, one.precedence, one.worker.person.household_id)
            for id_ in of
            if (one := found[id_])
        ]
        asked = queries.households_asked(session, opening.id, now)
        chosen = waves.choose(candidates, plan.size, asked_households=asked, best_fit=best_fit)
        return [found[one.id] for one in chosen]

    found = suiting(now_only=True)
    chosen = choose(found, [match.worker_id for match in _askable(session, deps, opening, found.values(), now)])
    # With nobody to ask: is it only today, or only just now, that they cannot be asked?
    others = not chosen and bool(choose(later := suiting(now_only=False), _reached(session, later, now)))
    return _Look(plan, goes_at, free, open_offers, chosen, others=others, changed_at=opening.updated_at)


def _askable_in(deps: Deps, opening: Opening, now: datetime, *, now_only: bool) -> Askable:
    stretch = Stretch(opening.starts_on, opening.ends_on, opening.hours_from, opening.hours_to)
    cap = deps.settings.offers_per_day
    return Askable(stretch, now, _began(now), cap, own=opening.employer.phone, now_only=now_only)


def _began(now: datetime) -> datetime:
    return datetime.combine(now.astimezone(TIMEZONE).date(), time(0), TIMEZONE)


def _reached(session: Session, found: dict[int, WorkerMatch], now: datetime) -> list[int]:
    """Of them, those of whom a number can be written to or rung."""
    handsets = numbers_of(session, [match.worker.person_id for match in found.values()])
    people = {id_: handsets.get(match.worker.person_id) for id_, match in found.items()}
    return [id_ for id_, handset in people.items() if handset is not None and _reachable(handset, now)]


def _askable(
    session: Session, deps: Deps, opening: Opening, ranked: Collection[WorkerMatch], now: datetime
) -> list[WorkerMatch]:
    """Those of `ranked` who may be asked now: reachable, willing, not too often, not in the middle of something else.

    Two who share a number count as one: of them the better one is asked.
    """
    if not ranked:
        return []
    people = [match.worker.person_id for match in ranked]
    handsets = numbers_of(session, people)
    on_number = queries.on_the_same_number(session, [handset.id for handset in handsets.values()])
    ids = {worker_id for workers in on_number.values() for worker_id in workers}
    agreed = queries.who_agreed(session, people)
    asked_today = queries.offers_since(session, ids, _began(now))
    elsewhere = queries.asked_about_those_days(session, ids, opening.starts_on, opening.ends_on, now)
    talking = queries.in_talk(session, [handset.id for handset in handsets.values()], now, QUIET_FOR)
    active = queries.active(session, [match.worker_id for match in ranked])
    numbers: set[int] = set()

    def may_be_asked(match: WorkerMatch) -> bool:
        handset = handsets.get(match.worker.person_id)
        if handset is None or handset.id in numbers:
            return False
        there = on_number.get(handset.id, ())
        may = (
            match.worker_id in active
            and match.worker.person_id in agreed
            and _reachable(handset, now)
            and handset.id not in talking
            and not elsewhere.intersection(there)
            and sum(asked_today.get(one, 0) for one in there) < deps.settings.offers_per_day
        )
        if may:
            numbers.add(handset.id)
        return may

    return [match for match in ranked if may_be_asked(match)]


def _reachable(handset: Handset, now: datetime) -> bool:
    if handset.opted_out_at is not None:
        return False
    return takes_texts(handset.number) or planned_calls.why_never(handset, now) is None


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


def _offer(
    session: Session, deps: Deps, opening: Opening, match: WorkerMatch, now: datetime, *, wave: int | None = None
) -> bool:
    """Whether an offer was made."""
    channel = "voice" if match.worker.preferred_channel == "voice" else "sms"
    try:
        offer = put_offer.offer_opening(
            session, deps, now=now, opening_id=opening.id, worker_id=match.worker_id, channel=channel
        )
    except Conflict as conflict:  # she has taken it herself a moment ago
        log.info("not_offered", opening_id=opening.id, worker_id=match.worker_id, reason=conflict.reason)
        return False
    offer.wave, offer.score, offer.reasons = wave or opening.wave, match.score, list(match.reasons)
    return True


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
