"""Who suits what: a short list from the database, ranked by `domain/matching.py` (W03, W04, H02, H03)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from backend.domain.distance import between_km, proximity_of
from backend.domain.fairness import has_priority
from backend.domain.households import earning_since
from backend.domain.matching import Ranked, is_near_enough, rank_openings, rank_workers, serves_day_parts
from backend.domain.openings import OpeningFacts, covered_by, kindred_of, pays_at_least
from backend.domain.people import NO_EARNER_LABEL, WorkerFacts
from backend.services import views
from backend.services.regions import RegionBook
from backend.settings import TIMEZONE
from backend.store.models import Opening, Worker
from backend.store.queries import offers as offer_queries
from backend.store.queries import openings as opening_queries
from backend.store.queries import workers as worker_queries

LONG_TERM_DAYS = 30
# With so many to rank, a wider search would only bring what lies farther off and fits less.
ENOUGH = 60


@dataclass(frozen=True)
class Match:
    """An opening that suits, best first in any list; `reasons` are plain Chinese sentences."""

    opening: Opening
    score: float
    reasons: list[str]
    suitable: bool


@dataclass(frozen=True)
class WorkerMatch:
    """`need`: how many of the points are for the need for work; `has_priority`: among those whom a first wave asks (H03)."""

    worker: Worker
    score: float
    reasons: list[str]
    suitable: bool
    need: float = 0.0
    has_priority: bool = False


def openings_for(
    session: Session,
    regions: RegionBook,
    today: date,
    *,
    worker: Worker | None,
    filters: dict[str, Any] | None = None,
    near: str | None = None,
    words: str | None = None,
    limit: int = 10,
) -> list[Match]:
    """Published openings with a free place, best first; `near` is where the asker is when that is not in her record.

    `words`: the trade as it was said; openings whose title holds them come before others of the trade, for 摘橘子 and
    摘柑子 are one trade and whoever names oranges wants oranges. What suits equally well comes in the order it begins.

    `filters`, each optional and each a must: `job_types` [code], `from` / `to` (date or ISO day), `region` (code),
    `proximity`, `within_km` (the way from where she is), `pay_min_fen` with `pay_unit`, `settlement`, `benefits` [meals …], `day_part`, `term` (long | short).
    """
    wanted = filters or {}
    home = (worker.person.village_code if worker else None) or near
    facts = _facts_of(session, [worker], today)[0] if worker else WorkerFacts(id=0, region_code=home)
    if facts.region_code is None:
        facts = replace(facts, region_code=home)
    by_id = {opening.id: opening for opening in _pool(session, regions, today, wanted, facts, home)}
    pool = [seen for opening in by_id.values() if _passes(regions, seen := views.opening_facts(opening), wanted, home)]
    ranked = rank_openings(facts, pool, datetime.combine(today, time(12), TIMEZONE))
    if named := wanted.get("job_types"):
        # Asked for by name, a trade is right whatever her record says, and comes before its kindred.
        ranked.sort(key=lambda r: (
            by_id[r.id].job_type not in named, not words or words not in by_id[r.id].title,
            -r.score, by_id[r.id].starts_on, r.id,
        ))  # fmt: skip
    else:
        ranked.sort(key=lambda r: (not r.suitable, -r.score, by_id[r.id].starts_on, r.id))
    return [Match(by_id[r.id], r.score, r.reasons, r.suitable) for r in ranked[:limit]]


def _pool(
    session: Session, regions: RegionBook, today: date, wanted: dict[str, Any], facts: WorkerFacts, home: str | None
) -> list[Opening]:
    first, last = _day(wanted.get("from")), _day(wanted.get("to"))
    region = wanted.get("region") or (None if wanted.get("proximity") == "away" else regions.county_of(home))

    def ask(**narrow: Any) -> Sequence[Opening]:
        return opening_queries.open_openings(
            session, today=today, **{"region": region, "first_day": first, "last_day": last, **narrow}
        )

    if wanted.get("job_types"):
        return list(ask(job_types=covered_by(wanted["job_types"])))
    # Her own and kindred trades, then what is nearest, then the rest, until the list is long enough to rank.
    found: dict[int, Opening] = {}
    steps: list[dict[str, Any]] = []
    if facts.job_types:
        steps.append({"job_types": kindred_of(facts.job_types)})
    if home and len(home) >= 9 and not wanted.get("region"):
        steps.append({"region": home[:9]})
    steps.append({})
    for step in steps:
        for opening in ask(**step):
            found.setdefault(opening.id, opening)
        if len(found) >= ENOUGH:
            break
    return list(found.values())


def _near_enough(regions: RegionBook, opening: OpeningFacts, wanted: dict[str, Any], home: str | None) -> bool:
    """By the way in km where both ends are known, else by the region tree."""
    proximity, radius = wanted.get("proximity"), wanted.get("within_km")
    if radius is not None and (here := regions.point(home)) and (there := regions.point(opening.region_code)):
        return between_km(here, there) <= radius or opening.region_code == home
    if proximity is None and radius is not None:
        proximity = proximity_of(radius)
    return proximity is None or is_near_enough(proximity, home, opening.region_code)


def _passes(regions: RegionBook, opening: OpeningFacts, wanted: dict[str, Any], home: str | None) -> bool:
    """The filters that the query leaves to memory: few rows are left and their rules live in the domain."""
    if not _near_enough(regions, opening, wanted, home):
        return False
    if (fen := wanted.get("pay_min_fen")) is not None and not pays_at_least(opening, fen, wanted.get("pay_unit")):
        return False
    if (settlement := wanted.get("settlement")) and opening.settlement not in _list(settlement):
        return False
    if any(not opening.gives(b) for b in wanted.get("benefits") or () if not b.startswith("no_")):
        return False
    if (part := wanted.get("day_part")) and not serves_day_parts(opening, _list(part)):
        return False
    return not (term := wanted.get("term")) or (term == "long") == (opening.days >= LONG_TERM_DAYS)


def workers_for(
    session: Session, regions: RegionBook, now: datetime, opening: Opening, *, limit: int = 50
) -> list[WorkerMatch]:
    """Active workers for an opening, best first; whom it has been put to before is not in the list."""
    today = now.astimezone(TIMEZONE).date()
    asked = offer_queries.workers_with_offer(session, opening.id)
    found: dict[int, Worker] = {}
    county, trades = regions.county_of(opening.region_code), kindred_of([opening.job_type])
    for step in (
        {"job_types": [opening.job_type], "region": opening.region_code[:9]},
        {"job_types": [opening.job_type], "region": county},
        {"job_types": trades, "region": county},
    ):
        for worker in worker_queries.candidates(session, **step):
            if worker.id not in asked:
                found.setdefault(worker.id, worker)
        if len(found) >= worker_queries.CANDIDATES:
            break
    facts = _facts_of(session, list(found.values()), today)
    first = {one.id for one in facts if has_priority(one, now)}
    ranked = rank_workers(views.opening_facts(opening), facts, now)
    return [_worker_match(found, r, r.id in first) for r in ranked if r.suitable][:limit]


def _worker_match(found: dict[int, Worker], ranked: Ranked, first: bool) -> WorkerMatch:
    return WorkerMatch(found[ranked.id], ranked.score, ranked.reasons, ranked.suitable, ranked.need, first)


def _facts_of(session: Session, workers: list[Worker], today: date) -> list[WorkerFacts]:
    taken = offer_queries.taken_stretches(session, [worker.id for worker in workers], today)
    households = {worker.person.household_id for worker in workers if worker.person.household_id is not None}
    earning = offer_queries.households_at_work(session, households, earning_since(today))

    def no_earner(worker: Worker) -> bool:
        household = worker.person.household_id
        verified = any(h.code == NO_EARNER_LABEL and h.verified_at is not None for h in worker.hardships)
        return household not in earning if household is not None else verified

    return [
        views.worker_facts(worker, taken=taken.get(worker.id, ()), household_without_earner=no_earner(worker))
        for worker in workers
    ]


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
