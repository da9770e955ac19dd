"""What a run is judged by. Times in minutes, waiting in days, shares from 0 to 1."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean, median, quantiles

from tools.market.market import Ledger, Market


@dataclass(frozen=True)
class Measures:
    """One policy's year."""

    openings: int
    places: int
    placed: int  # places held when the work began
    filled_openings: int  # full at some time before it began
    time_median: float  # from publication to full, of those that were filled
    time_mean: float
    time_p90: float
    first_median: float  # to the first place taken
    messages: int
    in_vain: int  # said yes and found it full
    most_a_day: int  # contacts of one person on one day
    given_back: int
    missing: int  # held a place and did not come
    # Shares of those with a verified label: of the waiting on a morning, of offers, of places taken.
    label_waiting: float
    label_could: float  # of those who by the records could do a work, over its places
    label_offers: float | None
    label_placed: float
    # The same for those in whose household nobody earned at that moment.
    no_earner_waiting: float
    no_earner_could: float
    no_earner_offers: float | None
    no_earner_placed: float
    # And for those with either.
    either_waiting: float
    either_could: float
    either_offers: float | None
    either_placed: float
    gini: float  # of days worked over the workers who stay at home
    waited_median: float  # days without work before a place was taken
    waited_p90: float
    never: float  # share of the workers who stay at home that never got a place
    homes_without: float  # share of the households with somebody at home of which nobody ever got one
    times: dict[int, int]  # opening → minutes to full

    @property
    def fill(self) -> float:
        return self.placed / max(self.places, 1)

    @property
    def messages_each(self) -> float:
        return self.messages / max(self.placed, 1)


def measure(market: Market) -> Measures:
    ledger = market.ledger
    courses = list(ledger.courses.values())
    times = {id_: c.full - c.posting.published for id_, c in ledger.courses.items() if c.full is not None}
    firsts = [c.first_taken - c.posting.published for c in courses if c.first_taken is not None]
    spread = sorted(times.values())
    waited = [days for _, _, days in ledger.placed]
    home = [worker for worker in market.workers.values() if not worker.gone_out]
    worked = [ledger.worked_days[worker.id] for worker in home]
    households = {worker.household for worker in home}
    reached = {worker.household for worker in home if ledger.worked_days[worker.id]}
    offered = [(bool(market.workers[id_].labels), none) for id_, none in ledger.offered]
    placed = [(bool(market.workers[id_].labels), none) for id_, none, _ in ledger.placed]
    return Measures(
        openings=len(courses),
        places=sum(c.posting.facts.headcount for c in courses),
        placed=sum(c.filled for c in courses),
        filled_openings=len(times),
        time_median=median(spread) if spread else 0.0,
        time_mean=mean(spread) if spread else 0.0,
        time_p90=p90(spread),
        first_median=median(firsts) if firsts else 0.0,
        messages=sum(ledger.contacts.values()),
        in_vain=ledger.in_vain,
        most_a_day=max(ledger.contacts.values(), default=0),
        given_back=ledger.given_back,
        missing=sum(c.missing for c in courses),
        label_waiting=_waiting(ledger, 1),
        label_could=_could(ledger, 2),
        label_offers=mean(label for label, _ in offered) if offered else None,
        label_placed=mean(label for label, _ in placed) if placed else 0.0,
        no_earner_waiting=_waiting(ledger, 2),
        no_earner_could=_could(ledger, 3),
        no_earner_offers=mean(none for _, none in offered) if offered else None,
        no_earner_placed=mean(none for _, none in placed) if placed else 0.0,
        either_waiting=_waiting(ledger, 3),
        either_could=_could(ledger, 4),
        either_offers=mean(map(any, offered)) if offered else None,
        either_placed=mean(map(any, placed)) if placed else 0.0,
        gini=gini(worked),
        waited_median=median(waited) if waited else 0.0,
        waited_p90=p90(waited),
        never=sum(not days for days in worked) / max(len(worked), 1),
        homes_without=1 - len(reached) / max(len(households), 1),
        times=times,
    )


def paired(one: Measures, other: Measures) -> tuple[float, float]:
    """How many times as long `one` takes as `other`: by the median and by the mean, over the openings that both filled."""
    both = one.times.keys() & other.times.keys()
    if not both:
        return 0.0, 0.0
    ours, theirs = [one.times[id_] for id_ in both], [other.times[id_] for id_ in both]
    return median(ours) / max(median(theirs), 1), mean(ours) / max(mean(theirs), 1)


def gini(values: Sequence[float]) -> float:
    """0: all have the same; 1: one has all."""
    total, number = sum(values), len(values)
    if not total:
        return 0.0
    ranked = sum(rank * value for rank, value in enumerate(sorted(values), start=1))
    return 2 * ranked / (number * total) - (number + 1) / number


def p90(values: Sequence[float]) -> float:
    return quantiles(values, n=10)[8] if len(values) > 1 else float(sum(values))


def _could(ledger: Ledger, which: int) -> float:
    places = sum(row[0] for row in ledger.could if row[1])
    return sum(row[0] * row[which] / row[1] for row in ledger.could if row[1]) / max(places, 1)


def _waiting(ledger: Ledger, which: int) -> float:
    return sum(row[which] for row in ledger.waiting) / max(sum(row[0] for row in ledger.waiting), 1)
