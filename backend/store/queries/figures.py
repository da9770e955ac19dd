"""The figures counted and listed by the very same conditions (`queries/figure_sets.py`)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import and_, func, literal, or_, select, union_all
from sqlalchemy.orm import Session

from backend.domain.people import PRIORITY_LABELS
from backend.store.models import Hardship, Offer, Opening, Worker
from backend.store.queries.figure_sets import LAST_TAKEN, SETS, SOURCES, Scope, condition_of, source_of

PAGE = 50
_NOT_APART: Mapping[str, Any] = {}


@dataclass(frozen=True)
class Row:
    """One record of a set. `thing`: its stored row; `number`: of the phone it came from, where there is one."""

    at: datetime | date | None
    thing: Any
    number: str | None = None

    @property
    def mark(self) -> str:
        """Where a list goes on after this row."""
        return f"{self.at.isoformat() if self.at else ''}~{self.thing.id}"


def counting(
    scope: Scope, names: Iterable[str], *, by: Mapping[str, Any] = _NOT_APART
) -> Iterator[tuple[list[str], Any]]:
    """(sets, the query that counts them in one reading of their source).

    `by`: set → a labelled column that stands first and that its source is told apart by.
    """
    by_source: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_source.setdefault(SETS[name][0], []).append(name)
    for source_name, wanted in by_source.items():
        source = SOURCES[source_name]
        apart = [by[wanted[0]]] if wanted[0] in by else []
        conditions = [condition_of(name, scope) for name in wanted]
        columns: list[Any] = [
            func.count() if condition is None else func.count().filter(condition) for condition in conditions
        ]  # fmt: skip
        where = [*source.where(scope)]
        if len(conditions) == 1 and conditions[0] is not None:
            columns = [func.count()]
            where.append(conditions[0])
        query = source.joined(select(*apart, *columns).select_from(source.entity)).where(*where)
        # By its name, which no table has: written out twice it would be two columns to PostgreSQL.
        yield wanted, query.group_by(*(column.name for column in apart))


def counts(session: Session, scope: Scope, names: Iterable[str]) -> dict[str, int]:
    """Set → its size; the sets of one source are counted in one reading of it."""
    return counts_of_each(session, [scope], list(names))[0]


def counts_of_each(session: Session, scopes: Sequence[Scope], names: Sequence[str]) -> list[dict[str, int]]:
    """The same for several scopes, each source asked once for all of them."""
    found: list[dict[str, int]] = [{} for _ in scopes]
    for asked in zip(*(counting(scope, names) for scope in scopes), strict=True):
        wanted = asked[0][0]
        each = [query.add_columns(literal(n)) for n, (_, query) in enumerate(asked)]
        for *sizes, n in session.execute(union_all(*each)):
            found[n].update(zip(wanted, sizes, strict=True))
    return found


def count_to(session: Session, scope: Scope, name: str, most: int) -> int:
    """The size of a set, counted no further than `most`."""
    source, condition = source_of(name), condition_of(name, scope)
    query = source.joined(select(source.entity.id).select_from(source.entity)).where(*source.where(scope))
    if condition is not None:
        query = query.where(condition)
    return session.scalar(select(func.count()).select_from(query.limit(most).subquery())) or 0


def rows(
    session: Session, scope: Scope, name: str, *, after: str = "", limit: int | None = None
) -> tuple[list[Row], bool]:
    """The records of a set, the newest first (of those who wait: the longest first), and whether there are more.

    `after`: the `mark` of the row to go on behind; a mark nobody gave begins at the beginning.
    """
    limit = limit or PAGE
    source = source_of(name)
    condition = condition_of(name, scope)
    query = source.joined(select(source.entity, source.moment.label("moment"))).where(*source.where(scope))
    if condition is not None:
        query = query.where(condition)
    if (place := _place(after, date_only=source.moment is Offer.starts_on)) is not None:
        at, last_id = place
        moment, key = source.moment, source.entity.id
        query = query.where(
            or_(moment < at, and_(moment == at, key < last_id))
            if source.newest_first
            else or_(moment > at, and_(moment == at, key > last_id))
        )
    order = (source.moment, source.entity.id)
    query = query.order_by(*(column.desc() if source.newest_first else column.asc() for column in order))
    found = session.execute(source.listed(query).limit(limit + 1)).all()
    return [
        Row(record.moment, record[0], record.number if source.has_number else None) for record in found[:limit]
    ], len(found) > limit


def _place(after: str, *, date_only: bool) -> tuple[datetime | date, int] | None:
    moment, _, key = after.partition("~")
    if not (key.isascii() and key.isdigit() and len(key) <= 15):
        return None
    try:
        if date_only:
            return date.fromisoformat(moment), int(key)
        at = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return None if at.tzinfo is None else (at, int(key))


def filled(session: Session, scopes: Sequence[Scope]) -> list[list[tuple[datetime, datetime]]]:
    """(published, last place taken) of the openings that became full, for each of several scopes."""
    found: list[list[tuple[datetime, datetime]]] = [[] for _ in scopes]
    where = SOURCES["full"].where
    each = [select(Opening.published_at, LAST_TAKEN, literal(n)).where(*where(one)) for n, one in enumerate(scopes)]
    for published, full, n in session.execute(union_all(*each)):
        if published and full:
            found[n].append((published, full))
    return found


def labelled(scope: Scope, *apart: Any) -> Any:
    """The query of (… `apart`, verified label that gives priority, how many of the waiting have it)."""
    source = SOURCES["waiting"]
    return (
        source.joined(select(*apart, Hardship.code, func.count(Worker.id.distinct())).select_from(Worker))
        .join(Hardship, Hardship.worker_id == Worker.id)
        .where(*source.where(scope), Hardship.verified_at.is_not(None), Hardship.code.in_(PRIORITY_LABELS))
        .group_by(*apart, Hardship.code)
    )
