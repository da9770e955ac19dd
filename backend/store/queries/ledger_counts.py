"""How many stand in each group of the separate ledger, how many households earn nothing, who has waited in vain, which
trades people do: kept.

What staff report has to be exact, and an exact number costs as much as a ledger has rows: it is counted everywhere at once in
the background and read for one division as one row, with the time it is from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from backend.domain.households import earning_since
from backend.domain.inbox import areas
from backend.settings import TIMEZONE
from backend.store.models import LedgerCount, Person, WorkerTrade
from backend.store.queries import households, ledgers, posts
from backend.store.queries.scope import within

HOUSEHOLDS = ("labelled", "labelled_without", "without")
HARDEST = "hardest"
_DOES = "does:"  # before the code of a trade: who does it


@dataclass(frozen=True)
class Asked:
    """`home`: where counts who has no place; `after_weeks`: failed weeks from which somebody is among the hardest (H11)."""

    home: str
    after_weeks: int
    now: datetime


def counted(session: Session, region: str, asked: Asked) -> dict[str, Counter[str]]:
    """Division of `region` (itself included) → what is counted → how many, as of now."""
    found: dict[str, Counter[str]] = defaultdict(Counter)

    def add(codes: Iterable[str], name: str, size: int = 1) -> None:
        for area in {area for code in codes for area in areas(code) if area.startswith(region)}:
            found[area][name] += size

    for tab in ledgers.TABS:
        people = ledgers.priority(region, asked.home, tab, asked.now).order_by(None)
        sizes = people.with_only_columns(Person.village_code, func.count()).group_by(Person.village_code)
        for code, size in session.execute(sizes):
            add([code or asked.home], tab, size)
    for code, size in posts.hardest_by_place(session, region, asked.after_weeks):
        add([code], HARDEST, size)
    trades = select(WorkerTrade.village_code, WorkerTrade.job_type, func.count())
    for code, trade, size in session.execute(
        trades.where(within(WorkerTrade.village_code, region, asked.home), WorkerTrade.job_type != "").group_by(
            WorkerTrade.village_code, WorkerTrade.job_type
        )
    ):
        add([code or asked.home], _DOES + trade, size)
    since = earning_since(asked.now.astimezone(TIMEZONE).date())
    for codes, labelled, earning in households.by_place(session, region, asked.home, since):
        for name, counts in zip(HOUSEHOLDS, (labelled, labelled and not earning, not earning), strict=True):
            if counts:
                add(codes, name)
    return found


def keep(session: Session, found: Mapping[str, Mapping[str, int]], counted_at: datetime) -> None:
    """Put these in place of what was kept."""
    session.execute(delete(LedgerCount))
    rows = [{"area": area, "sizes": dict(found[area]), "counted_at": counted_at} for area in sorted(found)]
    if rows:
        session.execute(insert(LedgerCount), rows)


def kept(session: Session, region: str, asked: Asked) -> tuple[Counter[str], datetime]:
    """What is counted of a division → how many, and as of when: as kept, or counted now where nothing is kept yet."""
    row = session.get(LedgerCount, region)
    if row is not None:
        return Counter(row.sizes), row.counted_at
    counted_at = session.scalar(select(LedgerCount.counted_at).limit(1))
    if counted_at is not None:
        return Counter(), counted_at
    return counted(session, region, asked)[region], asked.now


def usual_trades(session: Session, region: str, asked: Asked, most: int) -> list[str]:
    """What those who live in a region do, the commonest first."""
    sizes, _ = kept(session, region, asked)
    does = {name.removeprefix(_DOES): size for name, size in sizes.items() if name.startswith(_DOES)}
    return sorted(does, key=lambda trade: (-does[trade], trade))[:most]


def hardest(session: Session, region: str, asked: Asked) -> tuple[int, datetime]:
    """How many of the hardest to place live in a region, and as of when: to find them takes as long as it has people."""
    sizes, counted_at = kept(session, region, asked)
    return sizes[HARDEST], counted_at


def hardest_by_county(session: Session, region: str, asked: Asked) -> tuple[list[tuple[str, int]], datetime]:
    """How many hardest each county of the region has, by its code, no county without any; and as of when."""
    if len(region) >= 6:
        people, counted_at = hardest(session, region, asked)
        return [(region[:6], people)] if people else [], counted_at
    rows = session.scalars(
        select(LedgerCount)
        .where(LedgerCount.area.startswith(region), func.length(LedgerCount.area) == 6)
        .order_by(LedgerCount.area)
    ).all()
    if rows:
        return [(row.area, row.sizes[HARDEST]) for row in rows if row.sizes.get(HARDEST)], rows[0].counted_at
    _, counted_at = kept(session, region, asked)
    now = counted(session, region, asked) if counted_at == asked.now else {}
    return [(area, now[area][HARDEST]) for area in sorted(now) if len(area) == 6 and now[area][HARDEST]], counted_at
