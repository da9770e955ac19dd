"""The slots that sentence templates may hold, and what fills each."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from bot.tools.fillers import numbers, pay, people, places, times, topics, work

SLOTS: dict[str, Callable[[Random], str]] = {
    "name": people.person_name,
    "nick": people.nickname,
    "sur": lambda rng: rng.choice(people.SURNAMES),
    "emp": people.employer,
    "boss": people.boss,
    "company": people.company,
    "phone": people.phone,
    "gender": people.gender,
    "age": numbers.age,
    "agebare": numbers.bare_age,
    "pay": pay.pay,
    "paybare": pay.bare_pay,
    "paymin": pay.minimum_pay,
    "piece": lambda rng: f"[{pay.piece_pay(rng)}](pay)",
    "money": pay.money,
    "hc": numbers.headcount,
    "hcs": numbers.headcount_short,
    "group": numbers.group,
    "ord": numbers.ordinal,
    "ordbare": numbers.ordinal_bare,
    "digit": numbers.digit,
    "date": times.date,
    "past": times.past_date,
    "dp": times.day_part,
    "dday": times.date_and_part,
    "clock": times.clock,
    "dur": times.duration,
    "term": times.term,
    "loc": places.location,
    "home": places.home,
    "far": places.far,
    "prox": places.proximity,
    "away": places.away,
    "job": work.job,
    "jobv": work.job_verb,
    "jobn": work.job_noun,
    "ben": work.benefit,
    "settle": work.settlement,
    "policy": topics.policy,
    "subsidy": topics.subsidy,
    "train": topics.training,
    "hard": topics.hardship,
}
SLOT = re.compile(r"\{([a-z]+)\}")


def slots_of(template: str) -> list[str]:
    """Return the known slots of a template in order; braces around anything else are plain text."""
    return [name for name in SLOT.findall(template) if name in SLOTS]


def fill(template: str, rng: Random) -> str:
    """Return the template with every known slot filled and marked."""
    return SLOT.sub(lambda m: SLOTS[m[1]](rng) if m[1] in SLOTS else m[0], template)
