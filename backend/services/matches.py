"""Who suits what: the neighbourhood from the database, ranked by `domain/matching.py` (W03, W04, H02, H03, P09)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cached_property
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.domain.distance import proximity_of
from backend.domain.fairness import precedence
from backend.domain.matching import Ranked, is_near_enough, rank_openings, rank_workers, serves_day_parts
from backend.domain.openings import OpeningFacts, covered_by, kindred_of, pays_at_least
from backend.domain.people import WorkerFacts
from backend.domain.skills import skill_asked
from backend.domain.weights import Weights
from backend.services import views
from backend.services.regions import HOME_REGION, RegionBook
from backend.services.weights import weights_for
from backend.services.worker_facts import facts_of
from backend.settings import TIMEZONE
from backend.store.models import Opening, Worker
from backend.store.queries import candidates

Kind = TypeVar("Kind", Opening, Worker)
LONG_TERM_DAYS = 30
# With so many to rank, a wider search would only bring what lies farther off and fits less.
ENOUGH = 60
# So many places around are looked at first, and so many when that did not bring enough.
FIRST_PLACES, MORE_PLACES = 400, 3000


class _Rows(Generic[Kind]):
    """The stored rows of an answer, read all together when the first is asked for: not everybody who ranks needs them."""

    def __init__(self, session: Session, query: Select[Any]) -> None:
        self._session, self._query = session, query

    @cached_property
    def _by_id(self) -> dict[int, Kind]:
        return {row.id: row for row in self._session.scalars(self._query)}

    def __getitem__(self, id: int) -> Kind:
        return self._by_id[id]


@dataclass(frozen=True)
class Match:
    """An opening that suits, best first in any list; `reasons` are plain Chinese sentences."""

    opening_id: int
    score: float
    reasons: list[str]
    suitable: bool
    _rows: _Rows[Opening]

    @property
    def opening(self) -> Opening:
        return self._rows[self.opening_id]


@dataclass(frozen=True)
class WorkerMatch:
    """`need`: how many of the points are for the need for work; `precedence`: how soon a wave asks her (H02, H03)."""

    worker_id: int
    score: float
    reasons: list[str]
    suitable: bool
    need: float
    precedence: int
    _rows: _Rows[Worker]

    @property
    def worker(self) -> Worker:
        return self._rows[self.worker_id]


# -- openings for a worker -------------------------------------------------------------------------------------------
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

    Seen are the openings of her county, those whose market reaches her (P09) and those forwarded to her (P08); who names
    another place asks at that county's market.

    `words`: the trade as it was said; openings whose title holds them come before others of the trade, for 摘橘子 and
    摘柑子 are one trade and whoever names oranges wants oranges. What suits equally well comes in the order it begins.

    `filters`, each optional and each a must: `job_types` [code], `from` / `to` (date or ISO day), `region` (code),
    `proximity`, `within_km` (the way from where she is), `pay_min_fen` with `pay_unit`, `settlement`, `benefits` [meals …], `day_part`, `term` (long | short).
    """
    wanted = filters or {}
    ranked, by_id = ranked_openings(session, regions, today, worker=worker, filters=wanted, near=near, enough=limit)
    if named := wanted.get("job_types"):
        # Asked for by name, a trade is right whatever her record says, and comes before its kindred.
        ranked.sort(key=lambda r: (
            by_id[r.id].job_type not in named, not words or words not in by_id[r.id].title,
            -r.score, by_id[r.id].starts_on, r.id,
        ))  # fmt: skip
    else:
        ranked.sort(key=lambda r: (not r.suitable, -r.score, by_id[r.id].starts_on, r.id))
    best = ranked[:limit]
    rows: _Rows[Opening] = _Rows(
        session,
        select(Opening).options(joinedload(Opening.employer)).where(Opening.id.in_([r.id for r in best])),
    )
    return [Match(r.id, r.score, r.reasons, r.suitable, rows) for r in best]


def ranked_openings(
    session: Session,
    regions: RegionBook,
    today: date,
    *,
    worker: Worker | None,
    filters: dict[str, Any] | None = None,
    near: str | None = None,
    enough: int = ENOUGH,
) -> tuple[list[Ranked], dict[int, Row[Any]]]:
    """The ranking behind `openings_for`, and by id the rows it was made from."""
    session.flush()
    wanted = filters or {}
    home = (worker.person.village_code if worker else None) or near
    by_id = candidate_openings(session, regions, today, worker=worker, filters=wanted, near=near, enough=enough)
    facts = _one(session, worker, today) if worker else WorkerFacts(id=0, region_code=home)
    if facts.region_code is None:
        facts = replace(facts, region_code=home)
    km = regions.nearby(home).km
    pool = [seen for row in by_id.values() if _passes(km, seen := opening_facts(row), wanted, home)]
    weights = weights_for(session, regions.county_of(home))
    return rank_openings(facts, pool, datetime.combine(today, time(12), TIMEZONE), weights, km), by_id


def opening_facts(row: Any) -> OpeningFacts:
    """A row of `candidates.open_openings` as the ranking sees it; its columns stand in the order of the fields."""
    fields: list[Any] = [*row[:20], skill_asked(row.requirements)]
    return OpeningFacts(*fields)


def _one(session: Session, worker: Worker, today: date) -> WorkerFacts:
    return facts_of(session, [worker.id], today)[0]


def candidate_openings(
    session: Session,
    regions: RegionBook,
    today: date,
    *,
    worker: Worker | None,
    filters: dict[str, Any] | None = None,
    near: str | None = None,
    enough: int = ENOUGH,
) -> dict[int, Row[Any]]:
    """By id, the openings to rank: the nearest of the asker's and kindred trades that she may see.

    Where these are fewer than `enough`, the nearest of any trade as well.
    """
    wanted = filters or {}
    here = (worker.person.village_code if worker else None) or near
    return _pool(session, regions, today, wanted, worker.job_types if worker else (), here, enough)


def _pool(
    session: Session,
    regions: RegionBook,
    today: date,
    wanted: dict[str, Any],
    job_types: Sequence[str],
    home: str | None,
    enough: int,
) -> dict[int, Row[Any]]:
    named = wanted.get("region")
    here = home or HOME_REGION
    county = regions.county_of(here)
    seen_from = sorted({code[:n] for code in (here, named or here) for n in (2, 4, 6, 9, 12) if len(code) >= n})
    away = wanted.get("proximity") == "away" and not named
    first, last = _day(wanted.get("from")), _day(wanted.get("to"))
    days = (first or last, last or first) if first or last else None
    found: dict[int, Row[Any]] = {}

    def look(trades: Iterable[str] | None) -> None:
        shared: dict[str, Any] = {"seen_from": seen_from, "today": today, "trades": trades, "days": days}
        rows, all_of_them = candidates.open_openings(session, county=None if away else named or county, **shared)
        if not all_of_them:
            center = named if named and not (home or "").startswith(named) else here
            rows = candidates.nearest_openings(
                session,
                places=regions.nearby(center).nearest(center, (named or here[:2],), MORE_PLACES),
                counties=[] if away else [(named or county)[:6]],
                **shared,
            )
        for row in rows:
            if (named is None or row.region_code.startswith(named)) and not (away and row.region_code[:6] == county):
                found.setdefault(row.id, row)

    asked = covered_by(wanted["job_types"]) if wanted.get("job_types") else None
    trades = asked or (sorted(kindred_of(list(job_types))) if job_types else None)
    look(trades)
    if asked is None and trades is not None and len(found) < enough:
        look(None)
    return found


def _near_enough(km: Any, opening: OpeningFacts, wanted: dict[str, Any], home: str | None) -> bool:
    """By the way in km where both ends are known, else by the region tree."""
    proximity, radius = wanted.get("proximity"), wanted.get("within_km")
    if radius is not None and (way := km(home, opening.region_code)) is not None:
        return bool(way <= radius) or opening.region_code == home
    if proximity is None and radius is not None:
        proximity = proximity_of(radius)
    return proximity is None or is_near_enough(proximity, home, opening.region_code)


def _passes(km: Any, opening: OpeningFacts, wanted: dict[str, Any], home: str | None) -> bool:
    """The filters that the query leaves to memory: few rows are left and their rules live in the domain."""
    if not _near_enough(km, opening, wanted, home):
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


# -- workers for an opening ------------------------------------------------------------------------------------------
def workers_for(
    session: Session,
    regions: RegionBook,
    now: datetime,
    opening: Opening,
    *,
    limit: int = 50,
    askable: candidates.Askable | None = None,
) -> list[WorkerMatch]:
    """Active workers for an opening, best first; whom it has been put to before is not in the list.

    `askable`: only those who may be asked, so that among very many who may not they are still found.
    """
    ranked, facts = ranked_workers(session, regions, now, opening, at_least=limit, askable=askable)
    best = [r for r in ranked if r.suitable][:limit]
    rows: _Rows[Worker] = _Rows(
        session,
        select(Worker)
        .options(joinedload(Worker.person), selectinload(Worker.hardships))
        .where(Worker.id.in_([r.id for r in best])),
    )
    return [WorkerMatch(r.id, r.score, r.reasons, r.suitable, r.need, precedence(facts[r.id], now), rows) for r in best]


def ranked_workers(
    session: Session,
    regions: RegionBook,
    now: datetime,
    opening: Opening,
    *,
    at_least: int = 50,
    weights: Weights | None = None,
    askable: candidates.Askable | None = None,
) -> tuple[list[Ranked], dict[int, WorkerFacts]]:
    """The ranking behind `workers_for`, those who do not suit included, and by id the facts it was made from.

    `at_least`: how many are wanted, for of these and more besides the best are chosen. `weights`: others than the county's,
    to see what they would change.
    """
    session.flush()
    ids = candidate_workers(session, regions, opening, at_least=at_least, askable=askable)
    facts = facts_of(session, ids, now.astimezone(TIMEZONE).date())
    if weights is None:
        weights = weights_for(session, regions.county_of(opening.region_code))
    ranked = rank_workers(views.opening_facts(opening), facts, now, weights, regions.nearby().km)
    return ranked, {one.id: one for one in facts}


def candidate_workers(
    session: Session,
    regions: RegionBook,
    opening: Opening,
    *,
    at_least: int = 50,
    askable: candidates.Askable | None = None,
) -> list[int]:
    """Ids of whom to rank: the nearest of the trade, of kindred ones, and those with priority from farther off.

    They live where the opening is shown: its county, or what it was opened or forwarded to (P08, P09).
    """
    reach = (opening.visible_to or regions.county_of(opening.region_code),
             *candidates.forwarded_to(session, opening.id))  # fmt: skip
    trades = kindred_of([opening.job_type]) - {opening.job_type}
    same, others, helped = candidates.SAME_TRADE, candidates.KINDRED, candidates.PRIORITY
    limits = (max(same, 2 * at_least), max(others, at_least), max(helped, at_least // 2))
    enough = max(ENOUGH, at_least)
    found: dict[int, None] = {}
    for places in (FIRST_PLACES, MORE_PLACES):
        around = regions.nearby(opening.region_code).nearest(opening.region_code, reach, places)
        asked: dict[str, Any] = {"opening_id": opening.id, "places": around, "limits": limits, "askable": askable}
        found |= dict.fromkeys(candidates.worker_ids(session, trade=opening.job_type, kindred=trades, **asked))
        if len(found) >= enough or len(around) < places:
            break
    if len(found) < enough:
        # Too few who named such work: those who named none may do it.
        found |= dict.fromkeys(candidates.worker_ids(session, trade="", kindred=(), **asked))
    return list(found)


def _day(value: Any) -> date | None:
    return date.fromisoformat(value) if isinstance(value, str) else value


def _list(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
