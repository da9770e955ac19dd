"""Rank openings for a worker and workers for an opening, with reasons a person can read (W03, W04, H02, H03).

One fit for both directions, at most 100 points with the default weights, and for workers on top of it the need for work
(`fairness.py`). Two things never enter: a cheaper worker is no better worker, and age and sex are not even known here.
What suits comes first, then the higher score; equal scores are told apart by id, so the order is always the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import NamedTuple

from backend.domain import fairness, travel
from backend.domain.fairness import Note
from backend.domain.lexicon import job_name
from backend.domain.offers import overlap
from backend.domain.openings import OpeningFacts, fen_per_day, kindred
from backend.domain.people import WorkerFacts
from backend.domain.skills import LEVELS
from backend.domain.travel import is_near_enough, shared_digits
from backend.domain.weights import DEFAULT_WEIGHTS, Weights

__all__ = [
    "DEFAULT_WEIGHTS", "Part", "Ranked", "Weights", "is_near_enough", "part_of_day", "rank_openings", "rank_workers",
    "serves_day_parts", "shared_digits",
]  # fmt: skip

# Home (None: not known) and place of work, as division codes → the way in km as the crow flies, None when not known.
Km = Callable[[str | None, str], float | None]

# Shares of a part's points where the answer is neither yes nor no.
TRADE_NOT_SAID = 0.4  # she may well do it, but never said so
PAY_UNKNOWN = 0.4  # no wish, no figure, or two bases that cannot be compared
PAY_SHORT = 0.6  # a little below the wish; nothing at seven tenths of it
PAY_TOO_SHORT = 0.7
SKILL_UNKNOWN = 0.5
BEYOND_WISH = 0.5  # farther than she wants to go
OTHER_TERM = 0.7  # a day's work for who wants a steady one, or the other way round
FRESH = ((2, 1.0), (7, 0.6), (14, 0.2))  # published at most so many days ago
LONG_TERM_DAYS = 30
# What a part of the day is served by; a job without hours serves any.
DAY_PARTS: dict[str, frozenset[str]] = {
    "morning": frozenset({"morning", "daytime"}),
    "noon": frozenset({"noon", "daytime"}),
    "afternoon": frozenset({"afternoon", "daytime"}),
    "daytime": frozenset({"morning", "noon", "afternoon", "daytime"}),
    "evening": frozenset({"evening", "night"}),
    "night": frozenset({"evening", "night"}),
}
BENEFIT_WORDS = {"meals": "管饭", "lodging": "管住", "transport": "有车接送", "insurance": "买保险"}


class Part(NamedTuple):
    """One part of a rank: `points` of `most`, and why in plain words. `told`: said aloud, not only shown to who checks."""

    name: str
    points: float
    most: float
    words: str
    told: bool


class Ranked(NamedTuple):
    """One candidate: `id` of the opening or worker. `suitable`: the trade, the days and the calendar all allow it."""

    id: int
    score: float
    suitable: bool
    notes: list[Note]

    @property
    def parts(self) -> list[Part]:
        """Everything the score is made of, in the order it is reckoned; the points add up to the score."""
        return [Part(name, round(points, 2), most, words, told) for name, points, most, words, told in self.notes]

    @property
    def reasons(self) -> list[str]:
        """What is worth saying, as plain sentences."""
        return [words for _, _, _, words, told in self.notes if told]

    @property
    def need(self) -> float:
        """The points given for the need for work alone."""
        return round(sum(note[1] for note in self.notes if note[0] in fairness.NEED_PARTS), 2)


def rank_openings(
    worker: WorkerFacts,
    openings: Iterable[OpeningFacts],
    now: datetime,
    weights: Weights = DEFAULT_WEIGHTS,
    km: Km | None = None,
) -> list[Ranked]:
    """Best first. For a stranger hand in a `WorkerFacts` with nothing but where she calls from."""
    fit = Fit(now, weights, km)
    ranked = []
    for opening in openings:
        notes, suitable = fit.of(worker, opening)
        ranked.append(_ranked(opening.id, notes, suitable))
    return sorted(ranked, key=_order)


def rank_workers(
    opening: OpeningFacts,
    workers: Iterable[WorkerFacts],
    now: datetime,
    weights: Weights = DEFAULT_WEIGHTS,
    km: Km | None = None,
) -> list[Ranked]:
    """Best first: the fit, then on top of it who needs work most, by what has been verified only."""
    fit = Fit(now, weights, km)
    ranked = []
    for worker in workers:
        notes, suitable = fit.of(worker, opening)
        if suitable:
            notes += fairness.notes(worker, now, weights)
        ranked.append(_ranked(worker.id, notes, suitable))
    return sorted(ranked, key=_order)


def _ranked(id: int, notes: list[Note], suitable: bool) -> Ranked:
    score = 0.0
    for note in notes:
        score += note[1]
    return Ranked(id, round(score, 2), suitable, notes)


def _order(ranked: Ranked) -> tuple[bool, float, int]:
    return not ranked.suitable, -ranked.score, ranked.id


class Fit:
    """How well one worker and one opening go together; the same from both sides. Keeps what pairs have in common."""

    def __init__(self, now: datetime, weights: Weights, km: Km | None) -> None:
        self._now, self._weights, self._km = now, weights, km
        self._trades: dict[tuple[tuple[str, ...], str], tuple[Note, bool]] = {}
        self._ways: dict[tuple[object, ...], Note] = {}
        self._pays: dict[tuple[int | None, str | None, int], Note] = {}
        self._given: dict[tuple[frozenset[str], frozenset[str]], Note] = {}
        self._openings: dict[int, tuple[str | None, Note, frozenset[str]]] = {}
        # What most pairs get: nobody asked, nothing to compare.
        most = weights
        self._any_hours: Note = ("hours", most.hours, most.hours, "哪个钟点都行", False)
        self._any_days: Note = ("days", most.days, most.days, "没说哪天不得空", False)
        self._any_skill: Note = ("requirements", most.requirements, most.requirements, "手艺上没有要求", False)

    def of(self, worker: WorkerFacts, opening: OpeningFacts) -> tuple[list[Note], bool]:
        """The notes of the fit, and whether trade, days and calendar allow it."""
        key = (worker.job_types, opening.job_type)
        trade, does_it = self._trades.get(key) or self._trades.setdefault(key, self._trade(*key))
        way_key = (
            worker.region_code, opening.region_code, worker.proximity, worker.within_km, worker.travel, opening.transport,
        )  # fmt: skip
        way = self._ways.get(way_key) or self._ways.setdefault(way_key, self._way(worker, opening))
        known = self._openings.get(opening.id)
        if known is None:
            given = frozenset(benefit for benefit in BENEFIT_WORDS if opening.gives(benefit))
            known = self._openings[opening.id] = (part_of_day(opening), self._fresh(opening), given)
        part, fresh, given = known
        if worker.taken or worker.term or worker.available_from or worker.available_to or worker.unavailable:
            days, can_come = self._days(worker, opening)
        else:
            days, can_come = self._any_days, True
        pay_key = (worker.pay_min_fen, worker.pay_unit, opening.id)
        pay = self._pays.get(pay_key) or self._pays.setdefault(pay_key, self._pay(worker, opening))
        gain_key = (worker.benefits, given)
        gain = self._given.get(gain_key) or self._given.setdefault(gain_key, self._benefits(worker, given))
        hours = self._hours(worker, part) if worker.day_parts else self._any_hours
        skill = self._skill(worker, opening.skill) if opening.skill else self._any_skill
        return [trade, way, days, hours, pay, skill, gain, fresh], does_it and can_come

    def _trade(self, job_types: tuple[str, ...], wanted: str) -> tuple[Note, bool]:
        most = self._weights.trade
        if wanted in job_types:
            return ("trade", most, most, f"工种对口：{job_name(wanted)}", True), True
        near = next((code for code in job_types if kindred(code, wanted)), None)
        if near is not None:
            words = f"和{job_name(near)}差不多的活：{job_name(wanted)}"
            return ("trade", self._weights.kindred, most, words, True), True
        if not job_types:
            return ("trade", TRADE_NOT_SAID * most, most, "没说过做哪样活", False), True
        return ("trade", 0.0, most, "和登记的工种不一样", False), False

    def _way(self, worker: WorkerFacts, opening: OpeningFacts) -> Note:
        most, home, place = self._weights.distance, worker.region_code, opening.region_code
        if home is None:
            return "distance", 0.0, most, "不晓得住哪里", False
        km = self._km(home, place) if self._km else None
        own = travel.mode_of(worker.travel, worker.proximity)
        # Whoever is fetched need not walk.
        mode = "bus" if opening.transport and own != "motorbike" else own
        if km is None or home == place:
            guessed, words = travel.by_tree(home, place)
            way = guessed
        else:
            way = km
            words = "有车接送" if opening.transport and own == "walking" else travel.way_words(km, own)
        points = travel.share(travel.minutes(way, mode)) * most
        wishes = worker.within_km is not None or worker.proximity is not None
        if wishes and not travel.within_wish(km, worker.within_km, worker.proximity, home, place):
            return "distance", points * BEYOND_WISH, most, "比想去的地方远", True
        return "distance", points, most, words or "路远", bool(words)

    def _days(self, worker: WorkerFacts, opening: OpeningFacts) -> tuple[Note, bool]:
        most = self._weights.days
        if worker.taken:
            stretch = opening.stretch
            if any(overlap(taken, stretch) for taken in worker.taken):
                return ("days", 0.0, most, "和已经接的活撞了日子", True), False
        bound = bool(worker.available_from or worker.available_to or worker.unavailable)
        share = worker.free_share(opening.starts_on, opening.ends_on) if bound else 1.0
        if share <= 0:
            return ("days", 0.0, most, "那几天不得空", True), False
        if worker.term and worker.term != ("long" if opening.days >= LONG_TERM_DAYS else "short"):
            words = "想做长期的活" if worker.term == "long" else "想做短工"
            return ("days", most * share * OTHER_TERM, most, words if share == 1 else "有几天不得空", share < 1), True
        if share < 1:
            return ("days", most * share, most, "有几天不得空", True), True
        return (("days", most, most, "日子合适", True) if bound else self._any_days), True

    def _hours(self, worker: WorkerFacts, part: str | None) -> Note:
        most = self._weights.hours
        if part is None:
            return "hours", most, most, "没写几点上工", False
        if _serves(part, worker.day_parts):
            return "hours", most, most, "钟点合适", True
        return "hours", 0.0, most, "上工的钟点对不上", True

    def _pay(self, worker: WorkerFacts, opening: OpeningFacts) -> Note:
        most = self._weights.pay
        if worker.pay_min_fen is None:
            return "pay", PAY_UNKNOWN * most, most, "没说想要好多工钱", False
        offered = opening.pay_max_fen if opening.pay_max_fen is not None else opening.pay_min_fen
        if offered is None:
            return "pay", PAY_UNKNOWN * most, most, "没写工钱", False
        unit = worker.pay_unit or "day"  # an amount alone is meant by the day (vocabulary §4.2)
        if opening.pay_unit == unit:
            ratio = offered / worker.pay_min_fen if worker.pay_min_fen else 1.0
        else:
            one, other = fen_per_day(offered, opening.pay_unit), fen_per_day(worker.pay_min_fen, unit)
            if one is None or other is None:
                return "pay", PAY_UNKNOWN * most, most, "两边算法不同，不好比", False
            ratio = one / other if other else 1.0
        if ratio >= 1:
            return "pay", most, most, "工钱够想要的数", True
        points = PAY_SHORT * most * max(0.0, (ratio - PAY_TOO_SHORT) / (1 - PAY_TOO_SHORT))
        return "pay", points, most, "工钱比想要的少", True

    def _skill(self, worker: WorkerFacts, asked: str) -> Note:
        most = self._weights.requirements
        wanted = "要有证" if asked == "certified" else "要熟手"
        if worker.skill_level not in LEVELS:
            return "requirements", SKILL_UNKNOWN * most, most, f"{wanted}，没说过会不会", False
        if LEVELS.index(worker.skill_level) >= LEVELS.index(asked):
            return "requirements", most, most, "手艺够得上", True
        return "requirements", 0.0, most, wanted, True

    def _benefits(self, worker: WorkerFacts, given: frozenset[str]) -> Note:
        most = self._weights.benefits
        wanted = worker.benefits & BENEFIT_WORDS.keys() if worker.benefits else worker.benefits
        if wanted:
            met = wanted & given
            words = "、".join(said for benefit, said in BENEFIT_WORDS.items() if benefit in met)
            return "benefits", most * len(met) / len(wanted), most, words or "想要的吃住接送没有", bool(met)
        if not given:
            return "benefits", 0.0, most, "没写管不管吃住", False
        return "benefits", most / 2, most, "、".join(BENEFIT_WORDS[b] for b in BENEFIT_WORDS if b in given), True

    def _fresh(self, opening: OpeningFacts) -> Note:
        most = self._weights.freshness
        if opening.published_at is None:
            return "freshness", 0.0, most, "还没发布", False
        age = (self._now - opening.published_at).days
        share = next((share for days, share in FRESH if age <= days), 0.0)
        return "freshness", share * most, most, "新发布的" if share == 1 else f"发布了{age}天", share == 1


def part_of_day(opening: OpeningFacts) -> str | None:
    """The opening's part of the day: as said, else from its hours."""
    if opening.day_part or not opening.hours_from:
        return opening.day_part
    start, end = opening.hours_from, opening.hours_to or opening.hours_from
    if start >= "18:00" or end < start:
        return "evening" if "18:00" <= start < "21:00" and end > start else "night"
    if end <= "13:30":
        return "morning"
    return "afternoon" if start >= "12:00" else "daytime"


def serves_day_parts(opening: OpeningFacts, wanted: Iterable[str]) -> bool:
    part = part_of_day(opening)
    return part is None or _serves(part, wanted)


def _serves(part: str, wanted: Iterable[str]) -> bool:
    return any(part in DAY_PARTS.get(want, frozenset({want})) for want in wanted)
