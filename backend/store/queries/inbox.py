"""The inbox: its list by marks, and what a line shows; no read grows with all that was ever said.

Every list is one range of an index (`InboxEntry`). Where more is asked for than one index tells, a window of it is looked
through, and the page says so when the window ends before the page is full ("look further back").
Search by words: inbox_search.py. Counts and what is new: inbox_counts.py.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, literal, literal_column, select, tuple_, union
from sqlalchemy.orm import Session

from backend.domain.inbox import BITS, RAREST_FIRST
from backend.store.models import Conversation, Handset, InboxEntry, InboxRead, Message, Staff
from backend.store.queries.inbox_asked import (
    COLUMNS,
    PAGE,
    WINDOW,
    Asked,
    Page,
    Row,
    moment_of,
    only_unread,
    read_by,
    seen_by,
)
from backend.store.queries.inbox_search import searched
from backend.store.queries.secrets import of_conversations

LONGEST_KEYS = 2  # characters: 1, 0#


def page(session: Session, asked: Asked, staff_id: int) -> Page:
    """One page, newest first."""
    found = searched(session, asked) if asked.words else _listed(session, asked)
    _fill(session, found.rows, staff_id)
    return found


# -- lists by marks ------------------------------------------------------------------------------------------------------


def main_query(asked: Asked) -> Any:
    """The entries in question, newest first; all conditions an index tells are in it."""
    driver, rest = _driver(asked)
    limit = WINDOW if _looks_through(asked, rest) else PAGE + 1
    if asked.hands:
        each = [_range(asked, hand).limit(limit).subquery() for hand in asked.hands]
        both = union(*(select(one) for one in each)).subquery()
        return select(both).order_by(both.c.last_at.desc(), both.c.conversation_id.desc()).limit(limit)
    return _range(asked, driver).limit(limit)


def _driver(asked: Asked) -> tuple[str, frozenset[str]]:
    """The list to go through, and what has to be looked at besides."""
    if asked.hands or asked.last4:
        return "", asked.shows
    driver = next((mark for mark in RAREST_FIRST if mark in asked.shows), "")
    return driver, asked.shows - {driver}


def _looks_through(asked: Asked, rest: frozenset[str]) -> bool:
    return bool(rest) or asked.unread_by is not None or bool(asked.hands and asked.last4)


def _range(asked: Asked, mark: str) -> Any:
    # Written out, not bound: only so is the partial index of the last four digits known to fit.
    mark_is = InboxEntry.mark == (mark if mark else literal_column("''"))
    query = select(*COLUMNS).where(mark_is, InboxEntry.area == asked.area)
    if asked.last4:
        query = query.where(InboxEntry.last4 == asked.last4)
    if at := moment_of(asked.after):
        query = query.where(
            tuple_(InboxEntry.last_at, InboxEntry.conversation_id)
            < tuple_(literal(at[0], InboxEntry.last_at.type), literal(at[1]))
        )
    return query.order_by(InboxEntry.last_at.desc(), InboxEntry.conversation_id.desc())


def _listed(session: Session, asked: Asked) -> Page:
    _, rest = _driver(asked)
    window = main_query(asked)
    if not _looks_through(asked, rest):
        rows = [Row(*row) for row in session.execute(window)]
        return Page(rows[:PAGE], rows[PAGE - 1].cursor if len(rows) > PAGE else "")
    seen = window.subquery()
    query = select(seen)
    if wanted := sum(BITS[mark] for mark in rest):
        query = query.where(seen.c.flags.bitwise_and(wanted) == wanted)
    if asked.unread_by is not None:
        query = only_unread(query, seen.c.conversation_id, seen.c.last_in, asked.unread_by)
    query = query.order_by(seen.c.last_at.desc(), seen.c.conversation_id.desc()).limit(PAGE + 1)
    rows = [Row(*row) for row in session.execute(query)]
    if len(rows) > PAGE:
        return Page(rows[:PAGE], rows[PAGE - 1].cursor)
    last = session.execute(select(seen).offset(WINDOW - 1).limit(1)).one_or_none()
    return Page(rows, Row(*last).cursor, further=True) if last is not None else Page(rows)


# -- what a line shows ---------------------------------------------------------------------------------------------------
def _fill(session: Session, rows: list[Row], staff_id: int) -> None:
    if not rows:
        return
    by_id = {row.id: row for row in rows}
    last_id = (
        select(func.max(Message.id))
        .where(Message.conversation_id == Conversation.id)
        .scalar_subquery()
        .label("last_id")
    )
    # A bare key of the menu tells nothing: the last that was said in words, walked back along the index.
    heard_id = (
        select(Message.id)
        .where(
            Message.conversation_id == Conversation.id,
            Message.direction == "inbound",
            func.length(Message.body) > LONGEST_KEYS,
        )
        .order_by(Message.id.desc())
        .limit(1)
        .scalar_subquery()
        .label("heard_id")
    )
    facts = session.execute(
        select(
            Conversation.id, Conversation.region_code, Conversation.handset_id, Conversation.person_id,
            Conversation.taken_by, Handset.number, Staff.name, last_id, heard_id, seen_by(staff_id),
        )
        .join(Handset, Handset.id == Conversation.handset_id)
        .outerjoin(Staff, Staff.id == Conversation.taken_by)
        .outerjoin(InboxRead, read_by(staff_id, Conversation.id))
        .where(Conversation.id.in_(by_id))
    ).all()  # fmt: skip
    wanted: set[int] = set()
    words_of: dict[int, int] = {}
    for id_, region, handset, person, taken_by, number, name, last, heard, seen in facts:
        row = by_id[id_]
        row.region_code, row.handset_id, row.person_id, row.number = region, handset, person, number
        row.taken_by, row.taken_by_name = taken_by, name
        row.unread = (row.last_in or 0) > seen
        words_of[id_] = heard or row.last_in or 0
        wanted |= {one for one in (last, row.last_in, heard) if one is not None}
    for message in session.scalars(select(Message).where(Message.id.in_(wanted))):
        row = by_id[message.conversation_id]
        if row.last is None or message.id > row.last.id:
            row.last = message
        if message.id == words_of[row.id]:
            row.heard = message
        if message.id == row.last_in:
            row.intent = (message.corrected or {}).get("intent") or message.intent
    found = of_conversations(session, by_id.keys())
    for row in rows:
        row.secrets = found[row.id]
