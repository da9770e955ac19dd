"""Offers in waves: how many people are asked now, who of them first, and when the next wave looks again (E03, H03, W04).

A wave asks as many as are reckoned to fill the free places before it is looked at again. More would be quicker by little
and tell "full" to more of those who say yes; `make market` weighs both (docs/market.md). The reckoning is shown to staff
beside every wave (`Wave`), so that they can see why so many were asked.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from backend.domain.messages import leaves_at
from backend.domain.weights import DEFAULT_WEIGHTS

# Three of ten take what suits them: assumed until the county has answers of its own. It weighs as much as ten answers.
PRIOR_TAKEN, PRIOR_ASKED = 3, 10
LEAST_RATE, BEST_RATE = 0.08, 0.8
# Whoever has not answered while a wave waited seldom does so later.
STILL_LIKELY = 0.25
# An opening's own answers count against the usual rate like this many: what pays too little is taken by few of those who
# take such work else, and then many must be asked.
OWN_WEIGHT, LEAST_HERE = 15, 0.02
# Of those who will take it only about every fifth has answered when a wave is looked at again; the nearer the work, the
# sooner that is and the surer it must be. Who says yes meanwhile and finds it full may wait for a place.
RESERVE, RESERVE_SOON, RESERVE_URGENT = 8.0, 8.5, 9.0
# So many times more where the next look would be in the morning only: a place left free is free all night.
LAST_TODAY = 2.0
# What the line can tell and hear again before the next wave looks.
MOST_AT_ONCE = 200
SOON, VERY_SOON = timedelta(hours=24), timedelta(hours=6)
WAIT, WAIT_SOON, WAIT_URGENT, LEAST_WAIT = (
    timedelta(minutes=15), timedelta(minutes=12), timedelta(minutes=10), timedelta(minutes=10),
)  # fmt: skip
# The least before a wave smaller than planned is looked at again: whoever comes next waits for its answers alone.
LEAST_LOOK = timedelta(minutes=5)
# Priority goes first among those who suit nearly as well as the best: nobody is sent to work that is not hers.
FIT_SHARE = 0.6
# So much of a wave is enough to send it to those who come first alone: it is small then, and the others are asked by the next
# one, minutes later. Asked together, the others would have their yes in first as often.
ALONE = 0.2
# Below such a share of the best possible fit hardly one in two hundred says yes: too far, too little pay, other work. Nobody
# is bothered for that; who wants it nevertheless finds it by asking.
LEAST_FIT = 0.6


@dataclass(frozen=True)
class Plan:
    """`size` people are asked now; `rate` is the share reckoned to take it; after `wait` it is looked at again."""

    size: int
    rate: float
    wait: timedelta


@dataclass(frozen=True)
class Candidate:
    """One who suits, as the ranking sees her (`Ranked.score`, `Ranked.need`, `fairness.precedence`)."""

    id: int
    score: float
    need: float = 0.0  # points of the score that are for her need for work alone
    precedence: int = 0
    household: int | None = None


def expected_rate(taken: int, asked: int) -> float:
    """The share of offers reckoned to be taken, from `taken` of `asked` answered before; few answers move it little."""
    rate = (taken + PRIOR_TAKEN) / (asked + PRIOR_ASKED)
    return round(min(max(rate, LEAST_RATE), BEST_RATE), 3)


def rate_here(usual: float, taken: int, asked: int) -> float:
    """The share reckoned to take one opening: `usual` (`expected_rate`), moved by `taken` of `asked` of its own so far."""
    return round(max((taken + OWN_WEIGHT * usual) / (asked + OWN_WEIGHT), LEAST_HERE), 3)


def plan(
    *, free: int, open_offers: int, rate: float, starts_in: timedelta, urgent: bool = False, last_today: bool = False
) -> Plan:
    """Size the next wave.

    `free`: places not taken. `open_offers`: of earlier waves, unanswered still. `rate`: see `rate_here`. `starts_in`:
    until the work begins. `last_today`: see `is_last_today`. Size 0: what is open is reckoned to be enough, or nothing is free.
    """
    wait = _wait(starts_in, urgent)
    missing = free - open_offers * rate * STILL_LIKELY
    if free <= 0 or missing <= 0:
        return Plan(0, rate, wait)
    reserve = RESERVE_URGENT if urgent or starts_in < VERY_SOON else RESERVE_SOON if starts_in < SOON else RESERVE
    reserve *= LAST_TODAY if last_today else 1
    return Plan(min(math.ceil(missing / rate * reserve), MOST_AT_ONCE), rate, wait)


def look_again_after(planned: Plan, asked: int) -> timedelta:
    """How long until a wave of `asked` people is looked at again: one smaller than planned sooner, for others are to be asked."""
    if not asked:
        return planned.wait
    return max(LEAST_LOOK, planned.wait * min(1.0, asked / max(planned.size, 1)))


def _wait(starts_in: timedelta, urgent: bool) -> timedelta:
    usual = WAIT_URGENT if urgent or starts_in < VERY_SOON else WAIT_SOON if starts_in < SOON else WAIT
    return max(LEAST_WAIT, min(usual, starts_in / 4))


def is_last_today(now: datetime) -> bool:
    """Whether what is looked at after this wave falls into the quiet hours, so that it is the last one before the morning."""
    return goes_at(now + WAIT * 2) > now + WAIT * 2


def choose(
    ranked: Iterable[Candidate],
    size: int,
    *,
    asked_households: Collection[int] = (),
    best_fit: float = DEFAULT_WEIGHTS.best_fit,
) -> list[Candidate]:
    """Whom to ask, best first, at most `size`, and nobody whose fit (points without need) is below what is worth a text.

    That is `LEAST_FIT` of `best_fit`, the most that the county's weights give (`Weights.best_fit`). Among those whose fit
    is at least `FIT_SHARE` of the best, those of higher precedence come before the others (优先组织, H02, H03), and a wave
    that can be made of them by `ALONE` goes to them alone. Of one household one is asked while there are others (H02);
    `asked_households` have somebody asked already.
    """
    people = sorted((c for c in ranked if c.score - c.need >= LEAST_FIT * best_fit), key=lambda c: (-c.score, c.id))
    if people:
        enough = FIT_SHARE * max(c.score - c.need for c in people)
        first = {c.id: c.precedence if c.score - c.need >= enough else 0 for c in people}
        people.sort(key=lambda c: -first[c.id])
        for least in sorted(set(first.values()) - {0}, reverse=True):
            alone = sum(precedence >= least for precedence in first.values())
            if alone >= size * ALONE:
                people = people[:alone]
                break
    seen = set(asked_households)
    chosen: list[Candidate] = []
    later: list[Candidate] = []
    for candidate in people:
        if candidate.household is not None and candidate.household in seen:
            later.append(candidate)
            continue
        if candidate.household is not None:
            seen.add(candidate.household)
        chosen.append(candidate)
    return (chosen + later)[: max(size, 0)]


def goes_at(now: datetime) -> datetime:
    """When a wave may go: at once, or when the quiet hours end (M10).

    Whoever would rather be rung is rung when people are rung, or texted where that would be too late (`planned_calls`).
    """
    return leaves_at(now)
