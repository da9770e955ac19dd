"""Two plain ways to fill openings, for comparison: a text to everybody, and whoever comes first to the board.

Each sees the market only: the library's records, places and calendars, and what people answer.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from backend.domain.messages import leaves_at
from tools.market.market import Market, Policy
from tools.market.ours import Ours
from tools.market.world import Posting


class Broadcast:
    """A text to everybody who by the records could do it (trade, days, how far she goes), at once.

    The first to answer get the places. No ranking, no caps.
    """

    name = "broadcast"

    def __init__(self, market: Market) -> None:
        self._market = market
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
        for worker in self._market.library.could(posting):
            self._market.ask(worker.id, posting, "sms")

    def _send_again(self, posting: Posting) -> None:
        if self._market.begun(posting) or self._market.free(posting) <= 0:
            return
        late = self._late.pop(posting.facts.id, [])
        for worker in late:
            self._market.ask(worker, posting, "sms")


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


POLICIES: dict[str, Callable[[Market], Policy]] = {"ours": Ours, "broadcast": Broadcast, "first_come": FirstCome}
