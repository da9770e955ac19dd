"""How things stand now, kept: counted everywhere at once in the background, read for one division as one row.

Who waits and who fell silent would have to be asked of every worker of a place, and a county has as many as its ledger.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from backend.domain.figures import NOW, SETS
from backend.domain.inbox import areas
from backend.domain.people import PRIORITY_LABELS
from backend.store.models import FigureCount, Opening, Person
from backend.store.queries import figures
from backend.store.queries.figure_sets import Scope

_STANDING = tuple(name for name in SETS if name in NOW)
_VILLAGE, _REGION = Person.village_code.label("counted_place"), Opening.region_code.label("counted_place")
_PLACE = {"waiting": _VILLAGE, "waiting_verified": _VILLAGE, "stale_workers": _VILLAGE, "stale_openings": _REGION}


def everywhere(session: Session, provinces: Iterable[str], home: str, now: datetime) -> dict[str, dict[str, int]]:
    """Division → set of `NOW`, or verified label that gives priority, → how many; sizes of nothing are left out."""
    found: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for province in provinces:
        scope = Scope(province, home, now, now, now)
        for wanted, query in figures.counting(scope, _STANDING, by=_PLACE):
            for code, *sizes in session.execute(query):
                for area in areas(code or home):
                    for name, size in zip(wanted, sizes, strict=True):
                        found[area][name] += size
        for code, label, people in session.execute(figures.labelled(scope, Person.village_code)):
            for area in areas(code or home):
                found[area][label] += people
    return {area: kept for area, sizes in found.items() if (kept := {name: n for name, n in sizes.items() if n})}


def keep(session: Session, found: Mapping[str, Mapping[str, int]], counted_at: datetime) -> None:
    """Put these in place of what was kept."""
    session.execute(delete(FigureCount))
    if found:
        session.execute(
            insert(FigureCount),
            [{"area": area, "sizes": dict(found[area]), "counted_at": counted_at} for area in sorted(found)],
        )


def kept(session: Session, area: str) -> tuple[dict[str, int], datetime] | None:
    """What `everywhere` found for a division, and when; None if nothing has been counted yet."""
    row = session.execute(
        select(FigureCount.sizes, FigureCount.counted_at).where(FigureCount.area == area)
    ).one_or_none()  # fmt: skip
    if row is not None:
        return row.sizes, row.counted_at
    counted_at = session.scalar(select(FigureCount.counted_at).limit(1))
    return None if counted_at is None else ({}, counted_at)


def sizes(session: Session, areas: Sequence[str], name: str) -> tuple[dict[str, int], datetime | None]:
    """Division → the size of a set of `NOW`, one where nothing stood left out; and when that was counted, if it ever was."""
    rows = session.scalars(select(FigureCount).where(FigureCount.area.in_(areas))).all()
    return {row.area: row.sizes[name] for row in rows if row.sizes.get(name)}, rows[0].counted_at if rows else None


def standing(session: Session, scope: Scope, names: Iterable[str]) -> tuple[dict[str, int], datetime]:
    """Set of `NOW` → its size, and as of when: as kept, or counted now where nothing is kept yet."""
    names = list(names)
    found = kept(session, scope.region)
    if found is None:
        return figures.counts(session, scope, names), scope.now
    sizes, counted_at = found
    return {name: sizes.get(name, 0) for name in names}, counted_at


def waiting_by_label(session: Session, scope: Scope) -> tuple[dict[str, int], datetime]:
    """Verified label that gives priority → how many of the waiting have it, and as of when; one person may stand under several."""
    found = kept(session, scope.region)
    if found is None:
        return dict(session.execute(figures.labelled(scope)).all()), scope.now
    sizes, counted_at = found
    return {label: n for label, n in sizes.items() if label in PRIORITY_LABELS}, counted_at


__all__ = ["everywhere", "keep", "kept", "sizes", "standing", "waiting_by_label"]
