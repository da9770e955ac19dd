"""The worker library as the policies ask it: who does a trade, nearest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from backend.domain.openings import kindred_of
from backend.domain.travel import within_wish
from backend.services.matches import ENOUGH
from backend.store.queries.candidates import KINDRED, PRIORITY, SAME_TRADE
from tools.market.world import Posting, Registered

if TYPE_CHECKING:
    from tools.market.market import Market


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
        self._parts: dict[int, tuple[list[Registered], list[Registered], list[Registered]]] = {}

    def doing(self, code: str) -> list[Registered]:
        """Who named this trade or one like it, or none at all; by id."""
        if code not in self._known:
            found = {worker.id: worker for trade in kindred_of([code]) for worker in self._by_trade.get(trade, ())}
            found |= {worker.id: worker for worker in self._by_trade[""]}
            self._known[code] = [found[id_] for id_ in sorted(found)]
        return self._known[code]

    def near(self, posting: Posting) -> list[Registered]:
        """The same without whoever said that she is away on those days or is set aside, the nearest first."""
        id_ = posting.facts.id
        if id_ not in self._near:
            first, last = posting.facts.starts_on, posting.facts.ends_on
            way = self._market.world.way[posting.village]
            self._near[id_] = sorted(
                (
                    worker
                    for worker in self.doing(posting.facts.job_type)
                    if not any(a <= first and last <= b for a, b in (*worker.unavailable, *worker.paused))
                ),
                key=lambda worker: (way[worker.village], worker.id),
            )
        return self._near[id_]

    def could(self, posting: Posting) -> list[Registered]:
        """Who by the records could do it: the trade, the days, and how far she said she would go."""
        market, place = self._market, posting.facts.region_code
        return [
            worker
            for worker in self.near(posting)
            if within_wish(
                market.world.km(home := market.world.villages[worker.village].code, place),
                None,
                worker.proximity,
                home,
                place,
            )
            and not market.clashes(worker.id, posting)
        ]

    def candidates(self, posting: Posting, asked: set[int]) -> list[Registered]:
        """Whom the product's query hands to the ranking (store/queries/candidates.py): the nearest of the trade, of kindred
        ones, and those of the trade with a verified label from farther off; nobody who has been asked."""
        code = posting.facts.job_type
        if posting.facts.id not in self._parts:
            near = self.near(posting)
            same = [worker for worker in near if code in worker.named]
            others = [worker for worker in near if worker.named and code not in worker.named]
            self._parts[posting.facts.id] = same, others, [worker for worker in same if worker.labels]
        found: dict[int, Registered] = {}
        for part, most in zip(self._parts[posting.facts.id], (SAME_TRADE, KINDRED, PRIORITY), strict=True):
            left: Iterator[Registered] = (worker for worker in part if worker.id not in asked)
            found |= {worker.id: worker for worker in islice(left, most)}
        if len(found) < ENOUGH:
            left = (worker for worker in self.near(posting) if not worker.named and worker.id not in asked)
            found |= {worker.id: worker for worker in islice(left, SAME_TRADE)}
        return list(found.values())

    def forget(self, posting: Posting) -> None:
        self._near.pop(posting.facts.id, None)
        self._parts.pop(posting.facts.id, None)
