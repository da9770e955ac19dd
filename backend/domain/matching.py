"""Rank openings for a worker and workers for an opening, with reasons a person can read (W03, W04, H02, H03).

The score is the fit, at most 100, plus for workers a priority of at most 30. Two things never enter: a cheaper worker is
no better worker, and age and sex are not even known here. Equal scores are told apart by id, so the order is always the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from backend.domain.lexicon import job_name
from backend.domain.offers import overlap
from backend.domain.openings import OpeningFacts, kindred, pays_at_least
from backend.domain.people import PRIORITY_LABELS, WorkerFacts

SAME_TRADE, KINDRED_TRADE, TRADE_NOT_SAID = 40, 22, 15
# By the region tree: how many digits of the division code both share → points and what is said.
NEARNESS = ((12, 20, "就在本村"), (9, 15, "就在本镇"), (6, 8, "就在本区县"), (4, 3, ""))
ALL_DAYS, SOME_DAYS = 15, 6
ENOUGH_PAY, PAY_UNKNOWN = 10, 4
RIGHT_DAY_PART = 5
WANTED_BENEFITS = 5
FRESH = ((2, 5, "新发布的"), (7, 3, ""), (14, 1, ""))  # published at most so many days ago
# Priority. A household without an earner comes first (H02): more than the two others together.
NO_EARNER, HARDSHIP, WAITING_AT_MOST = 18, 6, 6
DAYS_PER_WAITING_POINT = 7
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


@dataclass(frozen=True)
class Ranked:
    """One candidate: `id` of the opening or worker. `suitable`: the trade, the days and the calendar all allow it."""

    id: int
    score: float
    reasons: list[str]
    suitable: bool


def rank_openings(worker: WorkerFacts, openings: Iterable[OpeningFacts], now: datetime) -> list[Ranked]:
    """Best first. For a stranger hand in a `WorkerFacts` with nothing but where she calls from."""
    ranked = [_fit(worker, opening, now) for opening in openings]
    return sorted(ranked, key=lambda r: (-r.score, r.id))


def rank_workers(opening: OpeningFacts, workers: Iterable[WorkerFacts], now: datetime) -> list[Ranked]:
    """Best first: the fit, then on top of it who needs work most, by what has been verified only."""
    ranked = []
    for worker in workers:
        fit = _fit(worker, opening, now, for_worker=False)
        points, reasons = _priority(worker, now) if fit.suitable else (0.0, [])
        ranked.append(Ranked(worker.id, round(fit.score + points, 2), fit.reasons + reasons, fit.suitable))
    return sorted(ranked, key=lambda r: (-r.score, r.id))


def _fit(worker: WorkerFacts, opening: OpeningFacts, now: datetime, *, for_worker: bool = True) -> Ranked:
    reasons: list[str] = []
    score = 0.0

    trade_fits = True
    if opening.job_type in worker.job_types:
        score += SAME_TRADE
        reasons.append(f"工种对口：{job_name(opening.job_type)}")
    elif near_trade := next((code for code in worker.job_types if kindred(code, opening.job_type)), None):
        score += KINDRED_TRADE
        reasons.append(f"和{job_name(near_trade)}差不多的活：{job_name(opening.job_type)}")
    elif not worker.job_types:
        score += TRADE_NOT_SAID
    else:
        trade_fits = False

    shared = _shared_digits(worker.region_code, opening.region_code)
    near = next(((points, words) for digits, points, words in NEARNESS if shared >= digits), (0, ""))
    score += near[0]
    if near[1]:
        reasons.append(near[1])
    if worker.proximity and not is_near_enough(worker.proximity, worker.region_code, opening.region_code):
        score -= near[0] / 2
        reasons.append("比想去的地方远")

    free = worker.is_free(opening.starts_on, opening.ends_on)
    clash = any(overlap(taken, opening.stretch) for taken in worker.taken)
    if clash:
        reasons.append("和已经接的活撞了日子")
        score -= 30
    elif free == "yes":
        score += ALL_DAYS
        if worker.available_from or worker.available_to or worker.unavailable:
            reasons.append("日子合适")
    elif free == "partly":
        score += SOME_DAYS
        reasons.append("有几天不得空")
    else:
        reasons.append("那几天不得空")
        score -= 15
    if worker.term and worker.term != ("long" if opening.days >= LONG_TERM_DAYS else "short"):
        score -= 4

    if worker.pay_min_fen is None:
        score += PAY_UNKNOWN
    else:
        enough = pays_at_least(opening, worker.pay_min_fen, worker.pay_unit)
        if enough:
            score += ENOUGH_PAY
            reasons.append("工钱够想要的数")
        elif enough is None:
            score += PAY_UNKNOWN
        else:
            reasons.append("工钱比想要的少")

    if not worker.day_parts or serves_day_parts(opening, worker.day_parts):
        score += RIGHT_DAY_PART
    wanted = worker.benefits & BENEFIT_WORDS.keys()
    given = [benefit for benefit in BENEFIT_WORDS if opening.gives(benefit) and (benefit in wanted or not wanted)]
    if wanted:
        score += WANTED_BENEFITS * len(set(given) & wanted) / len(wanted)
    elif given:
        score += WANTED_BENEFITS / 2
    if given:
        reasons.append("、".join(BENEFIT_WORDS[benefit] for benefit in given))

    if for_worker and opening.published_at is not None:
        age = (now - opening.published_at).days
        points, words = next(((points, words) for days, points, words in FRESH if age <= days), (0, ""))
        score += points
        if words:
            reasons.append(words)
    suitable = trade_fits and free != "no" and not clash
    return Ranked(opening.id if for_worker else worker.id, round(score, 2), reasons, suitable)


def _priority(worker: WorkerFacts, now: datetime) -> tuple[float, list[str]]:
    points, reasons = 0.0, []
    if worker.household_without_earner:
        points += NO_EARNER
        reasons.append("家里还没有人上工")
    if worker.verified_labels & PRIORITY_LABELS:
        points += HARDSHIP
        # Which label it is stays in the worker's record (vocabulary §4.7).
        reasons.append("帮扶对象（已核实），优先")
    if worker.waiting_since is not None:
        days = max((now - worker.waiting_since).days, 0)
        points += min(days / DAYS_PER_WAITING_POINT, WAITING_AT_MOST)
        if days >= DAYS_PER_WAITING_POINT:
            reasons.append(f"等活路已经{days}天")
    return points, reasons


def _shared_digits(one: str | None, other: str | None) -> int:
    """How deep in the tree both meet: 12 same village, 9 same town, 6 same county, 4 same city, 2 same province."""
    if not one or not other:
        return 0
    return next((digits for digits in (12, 9, 6, 4, 2) if len(one) >= digits and one[:digits] == other[:digits]), 0)


def is_near_enough(proximity: str, home: str | None, place: str) -> bool:
    """Whether `place` is within what was said: 走得到 and 本村 are the village, 附近 and 镇上 the town, 本县 the county."""
    if home is None:
        return True
    if proximity == "away":
        return home[:6] != place[:6]
    digits = {"walking": 12, "village": 12, "near": 9, "town": 9, "county": 6}.get(proximity, 0)
    depth = min(digits, len(home))  # who only told her town is near to all of it
    return place[:depth] == home[:depth]


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
    return part is None or any(part in DAY_PARTS.get(want, frozenset({want})) for want in wanted)
