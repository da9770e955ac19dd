"""The line's own way, with the product's own ranking and waves: nothing of them is written again here.

What the services do with the database around them (who is asked, when it is looked at again, the waiting list) is done here
as services/instant_hire.py and services/waiting_list.py do it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import datetime, time, timedelta

from backend.domain import waves
from backend.domain.calling import rings_at
from backend.domain.fairness import precedence
from backend.domain.matching import DEFAULT_WEIGHTS, Weights, rank_workers
from backend.domain.messages import leaves_at
from backend.domain.offers import MOVED_UP_VALID, OFFER_VALID, expires_at, overlap
from tools.market.market import Market
from tools.market.world import DAY, Posting, Registered

CALL_HOURS = (time(8), time(20))  # setting CALL_HOURS
OFFERS_PER_DAY = 3  # setting OFFERS_PER_DAY
TO_ANSWER = 10  # minutes: put_offer.TO_ANSWER
NOBODY_FOR = timedelta(hours=6)  # instant_hire.NOBODY_FOR
VALID_BY_CALL, RING_BEFORE = timedelta(minutes=45), timedelta(hours=3)  # waiting_list.py


class Ours:
    """Ranked candidates, asked in waves, by text or call as they like it; a waiting list; a daily cap; one of a household."""

    name = "ours"

    def __init__(self, market: Market, weights: Weights = DEFAULT_WEIGHTS) -> None:
        self._market, self._weights = market, weights
        self._asked: dict[int, set[int]] = defaultdict(set)
        self._open: dict[int, dict[int, int]] = defaultdict(dict)  # opening → worker → minute it ends
        self._open_of: dict[int, dict[int, tuple[Posting, int]]] = defaultdict(dict)  # the same by worker
        self._today: Counter[tuple[int, int]] = Counter()
        self._waiting: dict[int, list[int]] = defaultdict(list)
        self._kept: dict[int, dict[int, int]] = defaultdict(dict)  # places kept for who is asked from the waiting list
        self._answers: dict[str, tuple[int, int]] = {}  # trade → (taken, asked)
        self._yes: Counter[int] = Counter()
        self._next: dict[int, int] = {}

    def published(self, posting: Posting) -> None:
        self._look_at(posting, self._market.world.when(self._market.now))

    def morning(self, day: int) -> None:
        """Nothing: waves keep their own time."""

    def said_yes(self, worker: int, posting: Posting) -> None:
        market, id_ = self._market, posting.facts.id
        self._answered(worker, posting, taken=True)
        self._kept[id_].pop(worker, None)
        kept = sum(ends > market.now for ends in self._kept[id_].values())
        if market.free(posting) > kept and market.take(worker, posting):
            return
        if market.waits(worker, posting):
            self._waiting[id_].append(worker)

    def said_no(self, worker: int, posting: Posting) -> None:
        self._answered(worker, posting, taken=False)

    def freed(self, posting: Posting) -> None:
        """The place goes to the first on the waiting list who still wants it, then to whoever a wave finds."""
        market = self._market
        if market.begun(posting):
            return
        now = market.world.when(market.now)
        if self._waiting[posting.facts.id] and leaves_at(now) > now:
            market.at(self._minute(leaves_at(now)), self.freed, posting)
            return
        soon = market.world.when(posting.starts) - now < RING_BEFORE
        waiting = [w for w in self._waiting[posting.facts.id] if not market.clashes(w, posting)]
        free = market.free(posting) - sum(ends > market.now for ends in self._kept[posting.facts.id].values())
        for id_ in waiting[: max(free, 0)]:
            worker = market.workers[id_]
            by_call = soon or worker.channel == "call"
            valid = VALID_BY_CALL if by_call else MOVED_UP_VALID
            self._kept[posting.facts.id][id_] = market.now + round(valid.total_seconds() / 60)
            self._offer(worker, posting, valid, by_call=by_call)
            market.at(self._kept[posting.facts.id][id_], self._moved_up, id_, posting)
        self._waiting[posting.facts.id] = waiting[max(free, 0) :]
        if free > len(waiting):
            self._look_at(posting, now)

    def _moved_up(self, worker: int, posting: Posting) -> None:
        """She has not answered in time: the next one is asked."""
        if self._kept[posting.facts.id].pop(worker, None) is not None:
            self.freed(posting)

    def _look_at(self, posting: Posting, when: datetime) -> None:
        """Plan the next wave, once."""
        market = self._market
        minute = self._minute(waves.goes_at(when))
        planned = self._next.get(posting.facts.id)
        if planned is None or planned < market.now or minute < planned:
            self._next[posting.facts.id] = minute
            market.at(minute, self._wave, posting, minute)

    def _wave(self, posting: Posting, minute: int) -> None:
        market, id_ = self._market, posting.facts.id
        if self._next.get(id_) != minute or market.begun(posting) or (free := market.free(posting)) <= 0:
            return
        del self._next[id_]
        now, starts = market.world.when(market.now), market.world.when(posting.starts)
        self._expire(posting)
        taken, asked = self._answers.get(posting.facts.job_type, (0, 0))
        free -= sum(ends > market.now for ends in self._kept[id_].values())
        plan = waves.plan(
            free=free,
            open_offers=len(self._open[id_]),
            rate=waves.rate_here(waves.expected_rate(taken, asked), self._yes[id_], len(self._asked[id_])),
            starts_in=starts - now,
            urgent=posting.urgent,
            last_today=waves.is_last_today(now),
        )
        chosen = self._choose(posting, plan.size, now) if plan.size else []
        for worker in chosen:
            self._offer(worker, posting)
        # With nobody left it is looked at again later: somebody may have become free, or be under her daily cap.
        nobody = plan.size > 0 and not chosen and not self._open[id_]
        self._look_at(posting, now + (NOBODY_FOR if nobody else waves.look_again_after(plan, len(chosen))))

    def _choose(self, posting: Posting, size: int, now: datetime) -> list[Registered]:
        market, asked = self._market, self._asked[posting.facts.id]
        today = market.now // DAY
        facts = [market.facts(worker.id) for worker in self._market.library.candidates(posting, asked)]
        ranked = rank_workers(posting.facts, facts, now, self._weights, market.world.km)
        candidates = [
            waves.Candidate(r.id, r.score, r.need, precedence(market.facts(r.id), now), market.workers[r.id].household)
            for r in ranked
            if r.suitable
            and self._today[r.id, today] < OFFERS_PER_DAY
            and not self._asked_for_these_days(r.id, posting)
        ]
        households = {market.workers[id_].household for id_ in asked}
        chosen = waves.choose(candidates, size, asked_households=households, best_fit=self._weights.best_fit)
        return [market.workers[candidate.id] for candidate in chosen]

    def _asked_for_these_days(self, worker: int, posting: Posting) -> bool:
        return any(
            ends > self._market.now and overlap(other.facts.stretch, posting.facts.stretch)
            for other, ends in self._open_of.get(worker, {}).values()
        )

    def _offer(
        self, worker: Registered, posting: Posting, valid: timedelta | None = None, *, by_call: bool = False
    ) -> None:
        market, id_ = self._market, posting.facts.id
        now, starts = market.world.when(market.now), market.world.when(posting.starts)
        ends = self._minute(expires_at(now, starts, valid or OFFER_VALID))
        self._asked[id_].add(worker.id)
        self._open[id_][worker.id] = ends
        self._open_of[worker.id][id_] = posting, ends
        self._today[worker.id, market.now // DAY] += 1
        # Who would rather be rung is rung when people are; where that would be too late she is texted (planned_calls.plan).
        rung = self._minute(rings_at(now, CALL_HOURS))
        if (by_call or worker.channel == "call") and rung < ends - TO_ANSWER:
            market.at(rung, self._ring, worker, posting)
        else:
            market.ask(worker.id, posting, "sms")

    def _ring(self, worker: Registered, posting: Posting) -> None:
        if worker.id in self._open[posting.facts.id] and self._market.free(posting) > 0:
            self._market.ask(worker.id, posting, "call")

    def _answered(self, worker: int, posting: Posting, *, taken: bool) -> None:
        if self._open[posting.facts.id].pop(worker, None) is not None:
            self._count(posting, taken)
            self._yes[posting.facts.id] += taken
        self._open_of[worker].pop(posting.facts.id, None)

    def _expire(self, posting: Posting) -> None:
        open_ = self._open[posting.facts.id]
        for worker in [worker for worker, ends in open_.items() if ends <= self._market.now]:
            del open_[worker]
            self._open_of[worker].pop(posting.facts.id, None)
            self._count(posting, taken=False)

    def _count(self, posting: Posting, taken: bool) -> None:
        yes, all_ = self._answers.get(posting.facts.job_type, (0, 0))
        self._answers[posting.facts.job_type] = yes + taken, all_ + 1

    def _minute(self, when: datetime) -> int:
        since = when - self._market.world.when(0)
        return -int(-since.total_seconds() // 60)
