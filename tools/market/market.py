"""One year of one policy: an event clock, who holds which place, and what was asked of whom.

Minutes are those since midnight before the first day. The market keeps what no policy may get wrong or choose for
itself: capacity, calendars, what people answer and when. A policy sees a `Market` for what the line would know.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from backend.domain.calling import pause_before
from backend.domain.offers import Stretch, overlap
from backend.domain.people import WorkerFacts
from tools.market.hidden import People
from tools.market.library import Library
from tools.market.world import DAY, Posting, Registered, World

EARNING_FOR = timedelta(
    days=30
)  # services/matches.py: so long after its last day of work a household counts as earning
NO_SHOWS_KEPT = 3
MORNING = 8 * 60


class Policy(Protocol):
    """A way of bringing openings and people together."""

    name: str

    def published(self, posting: Posting) -> None:
        """The opening is out."""

    def said_yes(self, worker: int, posting: Posting) -> None:
        """She wants it; there may or may not be a place."""

    def said_no(self, worker: int, posting: Posting) -> None:
        """She answered that she does not."""

    def freed(self, posting: Posting) -> None:
        """Somebody gave a place back before the work began."""

    def morning(self, day: int) -> None:
        """Eight in the morning of a day, by its index."""


@dataclass
class Course:
    """How one opening went. Minutes; None: never."""

    posting: Posting
    asked: int = 0  # contacts made for it
    first_taken: int | None = None
    full: int | None = None
    filled: int = 0  # places held when the work began
    missing: int = 0  # of these, how many did not come


@dataclass
class Ledger:
    """What is counted in a run."""

    courses: dict[int, Course] = field(default_factory=dict)
    contacts: Counter[tuple[int, int]] = field(default_factory=Counter)  # (worker, day) → texts and rings
    offered: list[tuple[int, bool]] = field(default_factory=list)  # (worker, her household had no earner then)
    placed: list[tuple[int, bool, float]] = field(default_factory=list)  # the same, and days waited before
    given_back: int = 0
    in_vain: int = 0  # said yes and found it full
    worked_days: Counter[int] = field(default_factory=Counter)
    # Each morning: how many wait; of them with a verified label, with nobody earning at home, with either.
    waiting: list[tuple[int, int, int, int]] = field(default_factory=list)
    # For each opening as it comes out: its places, and of those who by the records could do it the same four numbers.
    could: list[tuple[int, int, int, int, int]] = field(default_factory=list)


class Market:
    """The state of a run. `make` builds the policy for this market."""

    def __init__(self, world: World, people: People, make: Callable[[Market], Policy]) -> None:
        self.world = world
        self._people = people
        self.now = 0
        self.ledger = Ledger({posting.facts.id: Course(posting) for posting in world.postings})
        self.postings = {posting.facts.id: posting for posting in world.postings}
        self.workers = {worker.id: worker for worker in world.workers}
        self._queue: list[tuple[int, int, Callable[..., None], tuple[Any, ...]]] = []
        self._order = 0
        self._held: dict[int, set[int]] = defaultdict(set)
        self._taken: dict[int, list[Posting]] = defaultdict(list)
        self._of_household: dict[int, list[int]] = defaultdict(list)
        for worker in world.workers:
            self._of_household[worker.household].append(worker.id)
        self._earned_until: dict[int, int] = {}  # household → last day on which one of its people worked or will
        self._idle_since = {worker.id: -worker.waiting_days for worker in world.workers}  # day
        self._missed: dict[int, list[datetime]] = defaultdict(list)
        self._facts: dict[int, WorkerFacts] = {}
        self._facts_of_day = -1
        self.library = Library(self)
        self.policy = make(self)

    def run(self) -> Ledger:
        for posting in self.world.postings:
            self.at(posting.published, self._published, posting)
            self.at(posting.starts, self._begins, posting)
        for day in range(self.world.days + 8):
            self.at(day * DAY + MORNING, self._morning, day)
        while self._queue:
            self.now, _, act, what = heapq.heappop(self._queue)
            act(*what)
        return self.ledger

    # -- what a policy may do and know ---------------------------------------------------------------------------------

    def at(self, minute: int, act: Callable[..., None], *what: Any) -> None:
        """Do this at that minute; what falls on one minute happens in the order it was asked for."""
        self._order += 1
        heapq.heappush(self._queue, (max(minute, self.now), self._order, act, what))

    def ask(self, worker: int, posting: Posting, channel: str) -> None:
        """Text (`sms`) or ring (`call`) her now; who does not pick up is rung again as the line does, then texted (M09)."""
        self.ledger.offered.append((worker, not self.earns(self.workers[worker].household)))
        if channel == "call":
            self._ring(worker, posting, 1)
        else:
            self._text(worker, posting)

    def free(self, posting: Posting) -> int:
        return posting.facts.headcount - len(self._held[posting.facts.id])

    def begun(self, posting: Posting) -> bool:
        return self.now >= posting.starts

    def take(self, worker: int, posting: Posting) -> bool:
        """Give her a place: True if she has it now. Never more than the headcount, never two jobs on one day."""
        held = self._held[posting.facts.id]
        if (
            self.begun(posting)
            or len(held) >= posting.facts.headcount
            or worker in held
            or self.clashes(worker, posting)
        ):
            return False
        held.add(worker)
        household = self.workers[worker].household
        idle = max(self.now / DAY - self._idle_since[worker], 0.0)
        self.ledger.placed.append((worker, not self.earns(household), idle))
        self._taken[worker].append(posting)
        self._changed(household)
        course = self.ledger.courses[posting.facts.id]
        if course.first_taken is None:
            course.first_taken = self.now
        if len(held) == posting.facts.headcount and course.full is None:
            course.full = self.now
        back = self._people.gives_back(worker, posting, self.now)
        if back is not None:
            self.at(back, self._gives_back, worker, posting)
        return True

    def clashes(self, worker: int, posting: Posting) -> bool:
        """Whether a place she holds falls on these days."""
        held = self._taken.get(worker)
        return held is not None and any(overlap(taken.facts.stretch, posting.facts.stretch) for taken in held)

    def earns(self, household: int) -> bool:
        """Whether one of its people works, or did within a month."""
        today = self.now // DAY
        if self._earned_until.get(household, -999) + EARNING_FOR.days >= today:
            return True
        return any(self._taken[member] for member in self._of_household[household])

    def facts(self, worker: int) -> WorkerFacts:
        """What the ranking may know of her now."""
        today = self.now // DAY
        if today != self._facts_of_day:
            self._facts_of_day = today
            self._facts.clear()
        known = self._facts.get(worker)
        if known is None:
            known = self._facts[worker] = self._known(self.workers[worker])
        return known

    def asks_at_board(self, worker: int, day: int) -> int | None:
        """The minute at which she comes to the board or phones in on this day, where she has nothing to do."""
        if any(taken.first <= day + 1 and day <= taken.last for taken in self._taken[worker]):
            return None
        minute = self._people.at_the_board(worker, day)
        return None if minute is None else day * DAY + minute

    def likes(self, worker: int, posting: Posting) -> bool:
        """She has it before her, at the board or on the phone: does she want it?"""
        return not self.clashes(worker, posting) and self._people.wants(
            worker, posting, self.now // DAY, self._idle_weeks(worker)
        )

    def waits(self, worker: int, posting: Posting) -> bool:
        """Whether, told that it is full, she would wait for a place."""
        return self._people.waits(worker, posting)

    # -- what happens ------------------------------------------------------------------------------------------------------

    def _known(self, worker: Registered) -> WorkerFacts:
        taken: tuple[Stretch, ...] = tuple(posting.facts.stretch for posting in self._taken[worker.id])
        return WorkerFacts(
            id=worker.id,
            job_types=worker.named,
            region_code=self.world.villages[worker.village].code,
            pay_min_fen=worker.pay_min_fen,
            pay_unit="day" if worker.pay_min_fen else None,
            unavailable=worker.unavailable,
            proximity=worker.proximity,
            travel=worker.travel if worker.says_travel else None,
            skill_level=worker.skill,
            verified_labels=worker.labels,
            household_without_earner=not self.earns(worker.household),
            waiting_since=None if taken else self.world.when(self._idle_since[worker.id] * DAY),
            taken=taken,
            no_shows=tuple(self._missed[worker.id]),
        )

    def _published(self, posting: Posting) -> None:
        could = [(bool(worker.labels), not self.earns(worker.household)) for worker in self.library.could(posting)]
        self.ledger.could.append((posting.facts.headcount, *_counted(could)))
        self.policy.published(posting)

    def _changed(self, household: int) -> None:
        for member in self._of_household[household]:
            self._facts.pop(member, None)

    def _contact(self, worker: int, posting: Posting) -> None:
        self.ledger.contacts[worker, self.now // DAY] += 1
        self.ledger.courses[posting.facts.id].asked += 1

    def _text(self, worker: int, posting: Posting) -> None:
        self._contact(worker, posting)
        # Nothing comes of a text to somebody who cannot come and would not say so: not worth an event.
        if self._people.could(worker, posting) or self._people.says_no(worker, posting):
            answered = self._people.text_answered(worker, posting, self.now)
            if answered is not None and answered < posting.starts:
                self.at(answered, self._answers, worker, posting, False)

    def _ring(self, worker: int, posting: Posting, tries: int) -> None:
        if self.begun(posting) or (tries > 1 and self.free(posting) <= 0):
            return  # settled meanwhile: not rung for
        self._contact(worker, posting)
        answered = self._people.call_answered(worker, posting, self.now, tries)
        if answered is not None:
            self.at(answered, self._answers, worker, posting, True)
        elif pause := pause_before("offer", tries):
            self.at(self.now + round(pause.total_seconds() / 60), self._ring, worker, posting, tries + 1)
        else:
            self._text(worker, posting)

    def _answers(self, worker: int, posting: Posting, spoken: bool) -> None:
        if self.begun(posting):
            return
        if self.likes(worker, posting):
            self.policy.said_yes(worker, posting)
            if worker not in self._held[posting.facts.id]:
                self.ledger.in_vain += 1
        elif spoken or self._people.says_no(worker, posting):
            self.policy.said_no(worker, posting)

    def _idle_weeks(self, worker: int) -> float:
        return max(self.now / DAY - self._idle_since[worker], 0.0) / 7

    def _gives_back(self, worker: int, posting: Posting) -> None:
        if self.begun(posting):
            return
        self._held[posting.facts.id].discard(worker)
        self._taken[worker].remove(posting)
        self._changed(self.workers[worker].household)
        self.ledger.given_back += 1
        self.policy.freed(posting)

    def _begins(self, posting: Posting) -> None:
        course = self.ledger.courses[posting.facts.id]
        held = self._held[posting.facts.id]
        course.filled = len(held)
        self.library.forget(posting)
        for worker in sorted(held):
            if self._people.stays_away(worker, posting):
                course.missing += 1
                self._missed[worker] = [*self._missed[worker], self.world.when(self.now)][-NO_SHOWS_KEPT:]
                self._taken[worker].remove(posting)
                self._changed(self.workers[worker].household)
            else:
                self.ledger.worked_days[worker] += posting.facts.days
                household = self.workers[worker].household
                self._earned_until[household] = max(self._earned_until.get(household, -999), posting.last)
                self._idle_since[worker] = posting.last + 1
                self.at((posting.last + 1) * DAY, self._ends, worker, posting)

    def _ends(self, worker: int, posting: Posting) -> None:
        self._taken[worker].remove(posting)
        self._changed(self.workers[worker].household)

    def _morning(self, day: int) -> None:
        waiting = []
        for household, members in self._of_household.items():
            none = not self.earns(household)
            for member in members:
                worker = self.workers[member]
                if not self._taken.get(member) and not self.gone(worker):
                    waiting.append((bool(worker.labels), none))
        if day < self.world.days:
            self.ledger.waiting.append(_counted(waiting))
        self.policy.morning(day)

    def gone(self, worker: Registered) -> bool:
        """Whether by the library she is away today, or set aside."""
        today = self.world.when(self.now).date()
        return any(first <= today <= last for first, last in (*worker.unavailable, *worker.paused))


def _counted(people: list[tuple[bool, bool]]) -> tuple[int, int, int, int]:
    """How many; of them with a verified label, with nobody earning at home, with either."""
    return len(people), sum(one for one, _ in people), sum(none for _, none in people), sum(map(any, people))
