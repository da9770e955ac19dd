"""What people really want, can and do. No policy sees any of it: it learns only what they answer.

Every draw is keyed by whom and what it is about (`draws`), so that each policy meets the same people in the same mood.
"""

from __future__ import annotations

import math
from datetime import date, timedelta

from backend.domain.openings import kindred
from tools.market.draws import four, normal, stream
from tools.market.world import DAY, Posting, Registered, World, festival

# What a draw is for; part of its key.
JOB, MOOD, TEXT, CALL, BEFORE, BOARD = range(6)
WAKES, SLEEPS = 6 * 60 + 30, 22 * 60  # nobody answers a text in the night


class People:
    """The workers as they are. Minutes are those since the first midnight; ids are the library's."""

    def __init__(self, world: World) -> None:
        self._world, self._p = world, world.parameters
        self._seed = world.seed
        self._able: dict[int, bytearray] = {}
        self._person: dict[int, Registered] = {}
        self._km_yuan: dict[int, float] = {}
        self._likes: dict[int, dict[str, float]] = {}
        self._careless: dict[int, float] = {}
        chance = stream(world.seed, "hidden")
        for worker in world.workers:
            self._person[worker.id] = worker
            spread = math.exp(self._p["hidden.km_spread"] * chance.gauss(0, 1))
            self._km_yuan[worker.id] = self._p["hidden.yuan_a_km"][worker.travel] * spread * self._p["county.detour"]
            sigma = self._p["hidden.employer_kind_yuan"]
            self._likes[worker.id] = {kind: chance.gauss(0, sigma) for kind in self._p["employers.kinds"]}
            self._careless[worker.id] = self._p["hidden.no_show"] * math.exp(chance.gauss(-0.15, 0.55))
            self._able[worker.id] = self._days(worker, stream(world.seed, f"days {worker.id}").random)

    def _days(self, worker: Registered, u) -> bytearray:  # type: ignore[no-untyped-def]
        """For each day of the year whether she is at home, well, and not needed by family or field."""
        p, able = self._p, bytearray(b"\1") * (self._world.days + 40)
        first: date = p["year.first_day"]
        family = p["hidden.family_busy"] * (2 if "G12" in worker.labels else 1)
        home = [p["year.spring_festival"] + timedelta(days=n) for n in p["year.home_days"]]
        busy = 0
        for n in range(len(able)):
            day = first + timedelta(days=n)
            if worker.gone_out and not home[0] <= day < home[1]:
                able[n] = 0
                continue
            if festival(p, day) and u() > p["year.festival_work"]:
                able[n] = 0
            if busy:
                busy -= 1
                able[n] = 0
            elif u() < (family + p["hidden.own_field_busy"][day.month - 1]) / 3:
                busy = 1 + int(u() * 4)  # three days on average with this one
                able[n] = 0
            elif u() < p["hidden.ill_a_month"] / 30:
                busy = 2 + int(u() * 7)
                able[n] = 0
        return able

    def could(self, worker: int, posting: Posting) -> bool:
        """Whether her days allow it: the first, and three quarters of all."""
        able = self._able[worker]
        first, last = posting.first, posting.last
        if not able[first]:
            return False
        return first == last or sum(able[first : last + 1]) * 4 >= 3 * (last - first + 1)

    def at_home(self, worker: int, day: int) -> bool:
        return bool(self._able[worker][day])

    def wants(self, worker: int, posting: Posting, day: int, idle_weeks: float) -> bool:
        """Whether she would take it, asked on this day after so many weeks without work."""
        if not self.could(worker, posting):
            return False
        willing, job, _, _ = four(self._seed, JOB, worker, posting.facts.id)
        p = self._p
        if willing >= p["hidden.willing"]:
            return False
        gain = self._gain(worker, posting) + p["hidden.idle_yuan_a_week"] * min(idle_weeks, 8.0)
        gain += p["hidden.this_job_yuan"] * normal(job)
        gain += p["hidden.mood_yuan"] * normal(four(self._seed, MOOD, worker, day)[0])
        return gain > 0

    def _gain(self, worker: int, posting: Posting) -> float:
        """What it is worth to her beyond what she works for, in yuan a day."""
        p, who, facts, work = self._p, self._person[worker], posting.facts, posting.work
        gain = posting.day_yuan - who.pay_share * work.pay + self._likes[worker][posting.kind]
        km = self._world.way[who.village][posting.village]
        trouble = km * self._km_yuan[worker]
        if who.travel == "bus" and km > 3:
            trouble += p["hidden.bus_wait_yuan"]
        gain -= trouble * (p["hidden.fetched"] if facts.transport else 1.0)
        worth = p["hidden.benefit_yuan"]
        gain += worth["meals"] * bool(facts.meals) + worth["insured"] * bool(facts.insured)
        gain += worth["lodging"] * bool(facts.lodging)
        if work.code not in who.trades:
            if work.skilled:
                return -1000.0
            near = any(kindred(code, work.code) for code in who.trades)
            gain -= p["hidden.other_trade_yuan"] if near else p["hidden.strange_work_yuan"]
        return gain

    def text_answered(self, worker: int, posting: Posting, sent: int) -> int | None:
        """When she answers a text sent at this minute; None: never."""
        p, (reads, late, _, _) = self._p, four(self._seed, TEXT, worker, posting.facts.id)
        rather = "rather_rung" if self._person[worker].channel == "call" else "reads"
        if reads >= p["hidden.text_read"][rather]:
            return None
        minutes = p["hidden.text_minutes"]
        answered = sent + round(minutes["least"] + minutes["median"] * math.exp(minutes["spread"] * normal(late)))
        if answered % DAY >= SLEEPS or answered % DAY < WAKES:
            wakes = (answered - WAKES + DAY - 1) // DAY * DAY + WAKES
            answered = wakes + round(60 * four(self._seed, TEXT, worker, posting.facts.id)[2])
        return answered

    def says_no(self, worker: int, posting: Posting) -> bool:
        """Whether she answers a text about work she does not want."""
        return four(self._seed, TEXT, worker, posting.facts.id)[3] < self._p["hidden.says_no"]

    def call_answered(self, worker: int, posting: Posting, rung: int, tries: int) -> int | None:
        """When she has answered a call placed at this minute, the first of `tries` being 1; None: she did not pick up."""
        share = self._p["hidden.call_answered"] if tries == 1 else self._p["hidden.call_again_answered"]
        picks_up = four(self._seed, CALL, worker, posting.facts.id)[(tries - 1) % 4] < share
        return rung + max(1, round(self._p["hidden.call_minutes"])) if picks_up else None

    def waits(self, worker: int, posting: Posting) -> bool:
        """Whether she waits for a place in what is full."""
        return four(self._seed, JOB, worker, posting.facts.id)[2] < self._p["hidden.waits"]

    def gives_back(self, worker: int, posting: Posting, taken: int) -> int | None:
        """When, before it begins, she gives back a place taken at this minute; None: she keeps it."""
        chance, when, _, _ = four(self._seed, BEFORE, worker, posting.facts.id)
        days = (posting.starts - taken) / DAY
        if chance >= 1 - (1 - self._p["hidden.withdraws_a_day"]) ** days:
            return None
        return taken + round(when * (posting.starts - taken))

    def stays_away(self, worker: int, posting: Posting) -> bool:
        """Whether she holds a place and does not come."""
        rain = self._world.rain[posting.first] and posting.work.outdoors
        share = self._careless[worker] * (self._p["hidden.rain_no_show"] if rain else 1.0)
        return four(self._seed, BEFORE, worker, posting.facts.id)[2] < share

    def at_the_board(self, worker: int, day: int) -> int | None:
        """The minute of the day at which she comes to the board or phones in to ask; None: not on this day."""
        if not self._able[worker][day]:
            return None
        comes, early, when, _ = four(self._seed, BOARD, worker, day)
        who = self._person[worker]
        km = self._world.way[who.village][self._world.villages[who.village].seat]
        reach = self._p["hidden.board_km"] / (3 if who.travel == "walking" else 1)
        if comes >= self._p["hidden.board_a_day"] * math.exp(-km / reach):
            return None
        return 390 + round(when * 150) if early < 0.7 else 540 + round(when * 540)
