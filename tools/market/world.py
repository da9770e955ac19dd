"""The invented county: places, the worker library as the line knows it, employers, and the year's openings.

What people really want is not here: see `hidden`. Nobody and no place in here exists.
"""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from backend.domain.freshness import PAUSED_AFTER
from backend.domain.openings import OpeningFacts
from backend.settings import TIMEZONE
from tools.market.draws import stream
from tools.market.parameters import Parameters, Work

T = TypeVar("T")
COUNTY = "990101"  # a county of no province
DAY = 24 * 60  # minutes
# Who asks for what kind of work; by the first letter of its code, or by the code itself.
ASKED_BY: dict[str, tuple[str, ...]] = {
    "A": ("grower", "cooperative"),
    "A08": ("cooperative", "enterprise"),
    "A25": ("cooperative", "enterprise"),
    "B": ("enterprise", "person"),
    "B22": ("work_relief",),
    "B23": ("work_relief", "enterprise"),
    "F": ("enterprise", "cooperative"),
    "T": ("enterprise", "person"),
    "S": ("enterprise", "person"),
}


@dataclass(frozen=True)
class Village:
    """A village, or (the first of a town) its seat; x and y in km."""

    code: str
    x: float
    y: float
    seat: int  # index of the town's seat


@dataclass(frozen=True)
class Registered:
    """A worker's entry in the library: what she told the line, and the labels that staff have verified."""

    id: int
    village: int
    household: int
    phone: int
    age: int
    travel: str  # known to herself; the line hears of it in `proximity` alone
    gone_out: bool  # true of her; the line knows it only if `unavailable` says so
    trades: tuple[str, ...]  # what she can do
    named: tuple[str, ...]  # what she told the line of it
    proximity: str | None
    says_travel: bool
    pay_min_fen: int | None
    unavailable: tuple[tuple[date, date], ...]
    paused: tuple[tuple[date, date], ...]  # set aside by the line: sixty days without a word (domain/freshness.py)
    skill: str | None
    labels: frozenset[str]
    channel: str  # sms | call
    waiting_days: int  # on the first day
    pay_share: float  # what she truly works for, as a share of what is usual


@dataclass(frozen=True)
class Posting:
    """An opening, who posted it, and when it comes out and begins, in minutes since the first midnight."""

    facts: OpeningFacts
    kind: str
    employer: int
    village: int
    work: Work
    day_yuan: float  # what a day brings to somebody of usual speed, whatever the basis of pay
    urgent: bool
    published: int
    starts: int

    @property
    def first(self) -> int:
        """Index of its first day."""
        return self.starts // DAY

    @property
    def last(self) -> int:
        return self.first + self.facts.days - 1


@dataclass
class World:
    parameters: Parameters
    seed: int
    days: int
    villages: list[Village]
    workers: list[Registered]
    postings: list[Posting]
    rain: list[bool]
    way: list[list[float]] = field(repr=False)  # km as the crow flies, village × village
    at: dict[str, int] = field(repr=False)  # code → index of the village

    def km(self, one: str | None, other: str) -> float | None:
        """The way as the matcher knows it; None where a place is not known."""
        if one not in self.at or other not in self.at:
            return None
        return self.way[self.at[one]][self.at[other]]

    def when(self, minute: int) -> datetime:
        first: date = self.parameters["year.first_day"]
        return datetime.combine(first, time(0), TIMEZONE) + timedelta(minutes=minute)


def build(parameters: Parameters, seed: int, days: int, scale: float = 1.0) -> World:
    """The same world for the same arguments. `scale` multiplies land, towns, workers, employers and openings alike."""
    villages = _villages(parameters, stream(seed, "places"), scale)
    way = [[round(math.hypot(a.x - b.x, a.y - b.y), 2) for b in villages] for a in villages]
    year = stream(seed, "weather")
    first: date = parameters["year.first_day"]
    rain = []
    for n in range(days + 40):
        month = (first + timedelta(days=n)).month
        rain.append(year.random() < parameters["year.rain_days"][month - 1] / 30.4)
    world = World(parameters, seed, days, villages, [], [], rain, way, {v.code: i for i, v in enumerate(villages)})
    world.workers = _workers(parameters, stream(seed, "workers"), villages, round(parameters["workers.number"] * scale))
    world.postings = _postings(world, stream(seed, "openings"), scale)
    return world


def festival(parameters: Parameters, day: date) -> bool:
    before, after = parameters["year.festival_days"]
    return bool(before <= (day - parameters["year.spring_festival"]).days <= after)


def pick(chance: random.Random, shares: dict[T, float]) -> T:
    return chance.choices(list(shares), weights=list(shares.values()))[0]


def _villages(p: Parameters, chance: random.Random, scale: float) -> list[Village]:
    side, radius = p["county.side_km"] * math.sqrt(scale), p["county.town_radius_km"]
    villages: list[Village] = []
    for town in range(max(round(p["county.towns"] * scale), 1)):
        x, y = chance.uniform(0, side), chance.uniform(0, side)
        seat = len(villages)
        for village in range(p["county.villages_a_town"]):
            # The first is the seat; the others lie about it, evenly over the area.
            far, angle = (math.sqrt(chance.random()) * radius if village else 0.0), chance.uniform(0, 2 * math.pi)
            villages.append(
                Village(
                    f"{COUNTY}{town + 1:03}{village + 1:03}", x + far * math.cos(angle), y + far * math.sin(angle), seat
                )
            )
    return villages


def _workers(p: Parameters, chance: random.Random, villages: Sequence[Village], number: int) -> list[Registered]:
    workers: list[Registered] = []
    seats = sorted({v.seat for v in villages})
    sizes = dict(enumerate(p["workers.household_sizes"], start=1))
    household = 0
    while len(workers) < number:
        household += 1
        home = chance.choice(seats) if chance.random() < p["workers.in_seats"] else chance.randrange(len(villages))
        # Poverty, monitoring and low income belong to the household, the other labels to the person.
        ours = {
            code
            for code, name in (("G01", "lifted_from_poverty"), ("G02", "monitored"), ("G03", "low_income"))
            if chance.random() < p[f"labels.{name}"]
        }
        for _ in range(pick(chance, sizes)):
            workers.append(_worker(p, chance, len(workers) + 1, home, household, ours))
    return workers[:number]


def _worker(p: Parameters, chance: random.Random, id_: int, home: int, household: int, ours: set[str]) -> Registered:
    age = round(min(max(chance.gauss(p["workers.age_mean"], p["workers.age_spread"]), 18), 74))
    older = age >= p["labels.older_from_age"]
    labels = set(ours)
    if older and chance.random() < p["labels.older_verified"]:
        labels.add("G05")
    for code, name in (("G04", "disabled"), ("G06", "long_waiting"), ("G12", "carer")):
        if chance.random() < p[f"labels.{name}"]:
            labels.add(code)
    travel = pick(chance, p["workers.travel"])
    trades, named = _trades(p, chance)
    share = max(p["hidden.pay_wanted"] * (1 + p["hidden.pay_wanted_spread"] * chance.gauss(0, 1)), 0.4)
    usual = next(w.pay for w in p.work if w.code == trades[0])
    said = round(share * usual * chance.uniform(1.0, 1.15) / 10) * 1000  # in tens of yuan, in fen
    says_how = chance.random() < p["workers.says_how_far"]
    skilled = any(w.skilled for w in p.work if w.code in named)
    how_far = {"walking": "walking", "bicycle": "near", "motorbike": "near", "bus": "county"}[travel]
    gone = not older and chance.random() < p["hidden.gone_out"] / 0.76  # the older ones stay: 0.76 are under 55
    prefers = p["workers.prefers_calls"]["older" if older else "young"]
    says_when = gone and chance.random() < p["workers.says_when"]
    return Registered(
        id=id_,
        village=home,
        household=household,
        # Who shares a phone shares it with the neighbour entered before.
        phone=id_ - 1 if id_ > 1 and chance.random() < p["workers.phone_shared"] else id_,
        age=age,
        travel=travel,
        gone_out=gone,
        trades=trades,
        named=named,
        proximity=how_far if says_how else None,
        says_travel=says_how,
        pay_min_fen=said if chance.random() < p["workers.says_pay"] else None,
        unavailable=_away(p, 0) if says_when else (),
        paused=_away(p, PAUSED_AFTER.days) if gone and not says_when else (),
        skill="skilled" if skilled and chance.random() < p["workers.says_skill"] else None,
        labels=frozenset(labels),
        channel="call" if chance.random() < prefers else "sms",
        waiting_days=round(chance.expovariate(1 / 180)) + (180 if "G06" in labels else 0),
        pay_share=share,
    )


def _trades(p: Parameters, chance: random.Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    common = {work.code: work.people for work in p.work}
    number = chance.choices(range(4), weights=p["workers.trades_said"])[0]
    trades = [pick(chance, common)]
    while len(trades) < max(number, 1):
        # A further trade is most often of the same kind: farm work with farm work.
        alike = {code: n for code, n in common.items() if code[0] == trades[0][0]}
        code = pick(chance, alike if chance.random() < 0.6 else common)
        if code not in trades:
            trades.append(code)
    return tuple(trades), tuple(trades[:number])


def _away(p: Parameters, after: int) -> tuple[tuple[date, date], ...]:
    """The days on which those who go out are not at home, without the first so many after they have left."""
    first: date = p["year.first_day"]
    home, leaves = (p["year.spring_festival"] + timedelta(days=n) for n in p["year.home_days"])
    return ((first, home - timedelta(days=1)), (leaves + timedelta(days=after), first + timedelta(days=400)))


def _postings(world: World, chance: random.Random, scale: float) -> list[Posting]:
    p = world.parameters
    postings: list[Posting] = []
    by_kind: dict[str, list[tuple[int, int]]] = {kind: [] for kind in p["employers.kinds"]}
    seats = sorted({v.seat for v in world.villages})
    for employer in range(max(round(p["employers.number"] * scale), 20)):
        kind = pick(chance, p["employers.kinds"])
        in_village = kind in ("grower", "cooperative", "work_relief") or chance.random() < 0.3
        place = chance.randrange(len(world.villages)) if in_village else chance.choice(seats)
        by_kind[kind].append((employer + 1, place))
    first: date = p["year.first_day"]
    weights = {m: sum(w.weight for w in p.work if m in w.months) for m in range(1, 13)}
    usual = sum(weights.values()) / 12
    for n in range(world.days):
        day = first + timedelta(days=n)
        mean = p["openings.a_day"] * scale * p["openings.weekday"][day.weekday()] * weights[day.month] / usual
        if festival(p, day):
            mean *= p["year.festival_work"]
        for _ in range(_poisson(chance, mean)):
            postings.append(_posting(world, chance, n, len(postings) + 1, by_kind))
    return sorted(postings, key=lambda posting: (posting.published, posting.facts.id))


def _posting(
    world: World, chance: random.Random, n: int, id_: int, by_kind: dict[str, list[tuple[int, int]]]
) -> Posting:
    p = world.parameters
    day = p["year.first_day"] + timedelta(days=n)
    work = pick(chance, {w: w.weight for w in p.work if day.month in w.months})
    kinds = ASKED_BY.get(work.code, ASKED_BY[work.code[0]])
    kind = pick(chance, {k: p["employers.kinds"][k] for k in kinds if by_kind[k]})
    employer, village = chance.choice(by_kind[kind])
    published = n * DAY + int(pick(chance, p["openings.posted_hours"])) * 60 + chance.randrange(60)
    lead = pick(chance, p["openings.lead"])
    starts = (n + {"same_day": 1, "tomorrow": 1, "two_days": 2}.get(lead, 3 + chance.randrange(3))) * DAY + 450
    hours = chance.uniform(*p["openings.same_day_lead_hours"])
    if lead == "same_day" and published % DAY + hours * 60 <= 15 * 60:
        starts = (published + round(hours * 60)) // 30 * 30 + 30
    begins = world.when(starts)
    length = chance.randint(*work.days)
    yuan = round(work.pay * max(1 + p["openings.pay_spread"] * chance.gauss(0, 1), 0.6) / 5) * 5
    most = p["openings.places_most"]
    places = 1 + int(chance.expovariate(1 / max(p["openings.places_mean"][kind] - 0.5, 0.5)))
    unit = p["openings.by_the_piece"].get(work.code, "day")
    # By weight: ten jin of what a day brings, so that the basis is kept and the two are not comparable (§3.13).
    fen = yuan * 100 if unit == "day" else yuan * 100 // 30
    given = {name: chance.random() < share for name, share in p["openings.given"].items()}
    facts = OpeningFacts(
        id=id_,
        job_type=work.code,
        region_code=world.villages[village].code,
        starts_on=begins.date(),
        ends_on=begins.date() + timedelta(days=length - 1),
        hours_from=f"{begins:%H:%M}",
        hours_to="17:30" if begins.hour < 15 else "21:00",
        pay_min_fen=fen,
        pay_max_fen=fen,
        pay_unit=unit,
        settlement="daily",
        headcount=min(places, most),
        skill="skilled" if work.skilled else None,
        published_at=world.when(published),
        **given,
    )
    soon = starts - published < DAY
    urgent = soon and chance.random() < p["openings.urgent_said"]
    return Posting(facts, kind, employer, village, work, float(yuan), urgent, published, starts)


def _poisson(chance: random.Random, mean: float) -> int:
    floor, n, product = math.exp(-mean), 0, chance.random()
    while product > floor:
        n, product = n + 1, product * chance.random()
    return n
