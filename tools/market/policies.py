"""Three ways to fill openings: the line's own, a text to everybody, and whoever comes first to the board.

Each sees the market only: the library's records, places and calendars, and what people answer.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import datetime, time, timedelta
from itertools import islice

from backend.domain import waves
from backend.domain.fairness import has_priority
from backend.domain.matching import DEFAULT_WEIGHTS, Weights, rank_workers
from backend.domain.messages import leaves_at
from backend.domain.offers import expires_at, overlap
from backend.domain.openings import kindred_of
from backend.domain.travel import within_wish
from tools.market.market import Market, Policy
from tools.market.world import DAY, Posting, Registered

CALL_HOURS = (time(8), time(20))  # setting CALL_HOURS
OFFERS_PER_DAY = 3  # setting OFFERS_PER_DAY
CANDIDATES = 200  # of the nearest who do this trade or one like it; what the candidate query hands to the ranking
MOVED_UP_VALID = timedelta(minutes=30)  # an offer to somebody on the waiting list (services/waiting_list.py)


class Library:
    """The worker library by trade, as a query would have it."""

    def __init__(self, market: Market) -> None:
        self._market = market
        self._by_trade: dict[str, list[Registered]] = defaultdict(list)
        for worker in market.workers.values():
            for code in worker.named or ("",):
                self._by_trade[code].append(worker)
        self._known: dict[str, list[Registered]] = {}
        self._near: dict[int, list[Registered]] = {}

    def doing(self, code: str) -> list[Registered]:
        """Who named this trade or one like it, or none at all; by id."""
        if code not in self._known:
            found = {worker.id: worker for trade in kindred_of([code]) for worker in self._by_trade.get(trade, ())}
            found |= {worker.id: worker for worker in self._by_trade[""]}
            self._known[code] = [found[id_] for id_ in sorted(found)]
        return self._known[code]

    def near(self, posting: Posting) -> list[Registered]:
        """The same without whoever said that she is away on those days, the nearest first."""
        id_ = posting.facts.id
        if id_ not in self._near:
            first, last = posting.facts.starts_on, posting.facts.ends_on
            way = self._market.world.way[posting.village]
            self._near[id_] = sorted(
                (
                    worker
                    for worker in self.doing(posting.facts.job_type)
                    if not any(a <= first and last <= b for a, b in worker.unavailable)
                ),
                key=lambda worker: (way[worker.village], worker.id),
            )
        return self._near[id_]


class Ours:
    """Ranked candidates, asked in waves, by text or call as they like it; a waiting list; a daily cap; one of a household."""

    name = "ours"

    def __init__(self, market: Market, weights: Weights = DEFAULT_WEIGHTS) -> None:
        self._market, self._weights = market, weights
        self._library = Library(market)
        self._asked: dict[int, set[int]] = defaultdict(set)
        self._open: dict[int, dict[int, int]] = defaultdict(dict)  # opening → worker → minute it ends
        self._open_of: dict[int, dict[int, tuple[Posting, int]]] = defaultdict(dict)  # the same by worker
        self._today: Counter[tuple[int, int]] = Counter()
        self._waiting: dict[int, list[int]] = defaultdict(list)
        self._answers: dict[str, tuple[int, int]] = {}  # trade → (taken, asked)
        self._waves: Counter[int] = Counter()
        self._next: dict[int, int] = {}

    def published(self, posting: Posting) -> None:
        self._look_at(posting, self._market.world.when(self._market.now))

    def morning(self, day: int) -> None:
        """Nothing: waves keep their own time."""

    def said_yes(self, worker: int, posting: Posting) -> None:
        self._answered(worker, posting, taken=True)
        if not self._market.take(worker, posting) and not self._market.begun(posting):
            self._waiting[posting.facts.id].append(worker)

    def said_no(self, worker: int, posting: Posting) -> None:
        self._answered(worker, posting, taken=False)

    def freed(self, posting: Posting) -> None:
        """The place goes to the first on the waiting list who still wants it, then to whoever a wave finds."""
        market = self._market
        waiting = self._waiting[posting.facts.id]
        while waiting:
            worker = waiting.pop(0)
            if market.clashes(worker, posting):
                continue
            now = market.world.when(market.now)
            goes = waves.goes_at(now, posting_starts(market, posting), CALL_HOURS)
            market.at(self._minute(goes), self._move_up, worker, posting)
            return
        self._look_at(posting, market.world.when(market.now))

    def _move_up(self, worker: int, posting: Posting) -> None:
        market = self._market
        if market.begun(posting) or market.free(posting) <= 0:
            return
        self._offer(market.workers[worker], posting, MOVED_UP_VALID)
        market.at(market.now + round(MOVED_UP_VALID.total_seconds() / 60), self._moved_up, posting)

    def _moved_up(self, posting: Posting) -> None:
        if not self._market.begun(posting) and self._market.free(posting) > 0:
            self.freed(posting)

    def _look_at(self, posting: Posting, when: datetime) -> None:
        """Plan the next wave, once."""
        market = self._market
        minute = self._minute(waves.goes_at(when, posting_starts(market, posting), CALL_HOURS))
        planned = self._next.get(posting.facts.id)
        if planned is None or planned < market.now or minute < planned:
            self._next[posting.facts.id] = minute
            market.at(minute, self._wave, posting, minute)

    def _wave(self, posting: Posting, minute: int) -> None:
        market, id_ = self._market, posting.facts.id
        if self._next.get(id_) != minute or market.begun(posting) or (free := market.free(posting)) <= 0:
            return
        del self._next[id_]
        now, starts = market.world.when(market.now), posting_starts(market, posting)
        self._expire(posting)
        taken, asked = self._answers.get(posting.facts.job_type, (0, 0))
        plan = waves.plan(
            free=free,
            open_offers=len(self._open[id_]),
            rate=waves.expected_rate(taken, asked),
            starts_in=starts - now,
            urgent=posting.urgent,
        )
        chosen = self._choose(posting, plan.size, now) if plan.size else []
        for worker in chosen:
            self._offer(worker, posting)
        if chosen:
            self._waves[id_] += 1
        # Nobody left now: somebody may be free again tomorrow, or under her daily cap.
        if chosen or not plan.size or starts - now > timedelta(days=1):
            wait = plan.wait if chosen or not plan.size else timedelta(hours=4)
            self._look_at(posting, now + wait)

    def _choose(self, posting: Posting, size: int, now: datetime) -> list[Registered]:
        market, asked = self._market, self._asked[posting.facts.id]
        today = market.now // DAY
        near = (
            worker.id
            for worker in self._library.near(posting)
            if worker.id not in asked
            and self._today[worker.id, today] < OFFERS_PER_DAY
            and not market.clashes(worker.id, posting)
            and not self._asked_for_these_days(worker.id, posting)
        )
        facts = [market.facts(id_) for id_ in islice(near, max(CANDIDATES, size))]
        ranked = rank_workers(posting.facts, facts, now, self._weights, market.world.km)
        candidates = [
            waves.Candidate(
                r.id, r.score, r.need, has_priority(market.facts(r.id), now), market.workers[r.id].household
            )
            for r in ranked
            if r.suitable
        ]
        households = {market.workers[id_].household for id_ in asked}
        chosen = waves.choose(candidates, size, first=not self._waves[posting.facts.id], asked_households=households)
        return [market.workers[candidate.id] for candidate in chosen]

    def _asked_for_these_days(self, worker: int, posting: Posting) -> bool:
        held = self._open_of.get(worker)
        return bool(held) and any(
            ends > self._market.now and overlap(other.facts.stretch, posting.facts.stretch)
            for other, ends in held.values()
        )

    def _offer(self, worker: Registered, posting: Posting, valid: timedelta | None = None) -> None:
        market, id_ = self._market, posting.facts.id
        now, starts = market.world.when(market.now), posting_starts(market, posting)
        ends = self._minute(min(now + valid, starts) if valid else expires_at(now, starts))
        self._asked[id_].add(worker.id)
        self._open[id_][worker.id] = ends
        self._open_of[worker.id][id_] = posting, ends
        self._today[worker.id, market.now // DAY] += 1
        market.ask(worker.id, posting, worker.channel)

    def _answered(self, worker: int, posting: Posting, *, taken: bool) -> None:
        if self._open[posting.facts.id].pop(worker, None) is not None:
            self._count(posting, taken)
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


class Broadcast:
    """A text to everybody who by the records could do it (trade, days, how far she goes), at once; the first to answer get the places. No ranking, no caps."""

    name = "broadcast"

    def __init__(self, market: Market, by_preference: bool = False) -> None:
        self._market, self._by_preference = market, by_preference
        self._library = Library(market)
        self._late: dict[int, list[int]] = defaultdict(list)

    def published(self, posting: Posting) -> None:
        self._market.at(self._leaves(), self._send, posting)

    def morning(self, day: int) -> None:
        """Nothing."""

    def said_yes(self, worker: int, posting: Posting) -> None:
        if not self._market.take(worker, posting):
            self._late[posting.facts.id].append(worker)

    def said_no(self, worker: int, posting: Posting) -> None:
        """Nothing: nobody else is asked, for all have been."""

    def freed(self, posting: Posting) -> None:
        """Whoever wanted it and came too late is texted again, all at once."""
        self._market.at(self._leaves(), self._send_again, posting)

    def _leaves(self) -> int:
        """Texts have their quiet hours whoever sends them (M10)."""
        market = self._market
        now = market.world.when(market.now)
        return market.now + round((leaves_at(now) - now).total_seconds() / 60)

    def _send(self, posting: Posting) -> None:
        if self._market.begun(posting):
            return
        place, market = posting.facts.region_code, self._market
        for worker in self._library.near(posting):
            home = market.world.villages[worker.village].code
            if not market.clashes(worker.id, posting) and within_wish(
                market.world.km(home, place), None, worker.proximity, home, place
            ):
                market.ask(worker.id, posting, worker.channel if self._by_preference else "sms")

    def _send_again(self, posting: Posting) -> None:
        if self._market.begun(posting) or self._market.free(posting) <= 0:
            return
        late = self._late.pop(posting.facts.id, [])
        for worker in late:
            self._market.ask(worker, posting, self._market.workers[worker].channel if self._by_preference else "sms")


class FirstCome:
    """Nobody is told of anything. Who comes to the board or phones in takes the first on the list that she likes."""

    name = "first_come"

    def __init__(self, market: Market) -> None:
        self._market = market
        self._list: list[Posting] = []

    def published(self, posting: Posting) -> None:
        self._list.append(posting)

    def said_yes(self, worker: int, posting: Posting) -> None:
        """Nobody is asked."""

    def said_no(self, worker: int, posting: Posting) -> None:
        """Nobody is asked."""

    def freed(self, posting: Posting) -> None:
        """It is on the list again for whoever comes next."""

    def morning(self, day: int) -> None:
        self._list = [posting for posting in self._list if not self._market.begun(posting)]
        for worker in self._market.workers:
            minute = self._market.asks_at_board(worker, day)
            if minute is not None:
                self._market.at(minute, self._looks, worker)

    def _looks(self, worker: int) -> None:
        market = self._market
        for posting in self._list:
            if market.begun(posting) or market.free(posting) <= 0:
                continue
            if market.likes(worker, posting) and market.take(worker, posting):
                return


def posting_starts(market: Market, posting: Posting) -> datetime:
    return market.world.when(posting.starts)


POLICIES: dict[str, Callable[[Market], Policy]] = {"ours": Ours, "broadcast": Broadcast, "first_come": FirstCome}
