"""How many conversations of the inbox carry a mark, and what is new in it for one member of staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, literal_column, select, union_all
from sqlalchemy.orm import Session

from backend.store.models import InboxEntry, InboxRead
from backend.store.queries.inbox_asked import COLUMNS, read_by, seen_by

NEWEST = 300  # conversations the mark of unread ones in the head speaks of
AT_MOST = 100  # counts end here: "99+"


def counts(session: Session, area: str, marks: Sequence[str], hands: Sequence[str] = ()) -> dict[str, int]:
    """How many conversations carry each of `marks`, and how many are in one of `hands` ("mine"); never beyond `AT_MOST`."""

    def of(label: str, *condition: Any) -> Any:
        some = _talks(area, *condition).limit(AT_MOST)
        return select(literal(label), func.count()).select_from(some.subquery())

    each = [of(mark, InboxEntry.mark == mark) for mark in marks]
    if hands:
        each.append(of("mine", InboxEntry.mark.in_(list(hands))))
    return {row[0]: row[1] for row in session.execute(union_all(*each))} if each else {}


def carrying(area: str, mark: str) -> Select[int]:
    """The conversations of an area that carry a mark."""
    return _talks(area, InboxEntry.mark == mark)


def _talks(area: str, *condition: ColumnElement[bool]) -> Select[int]:
    return select(InboxEntry.conversation_id).distinct().where(InboxEntry.area == area, *condition)


@dataclass(frozen=True)
class News:
    """`unread` among the newest conversations, at most `AT_MOST`; `stamp` changes whenever one of them does."""

    unread: int
    stamp: tuple[Any, ...]


def news_query(area: str, staff_id: int) -> Any:
    newest = (
        select(*COLUMNS)
        .where(InboxEntry.mark == literal_column("''"), InboxEntry.area == area)
        .order_by(InboxEntry.last_at.desc(), InboxEntry.conversation_id.desc())
        .limit(NEWEST)
        .subquery()
    )
    return select(newest, seen_by(staff_id).label("seen")).outerjoin(
        InboxRead, read_by(staff_id, newest.c.conversation_id)
    )


def news(session: Session, area: str, staff_id: int) -> News:
    rows = session.execute(news_query(area, staff_id)).all()
    unread = sum((row.last_in or 0) > row.seen for row in rows)
    newest = max(((row.last_at, row.conversation_id) for row in rows), default=(None, 0))
    flags = sum((row.conversation_id % 9973 + 1) * (row.flags + 1) for row in rows)
    return News(min(unread, AT_MOST), (unread, *newest, flags))
