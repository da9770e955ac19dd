"""The inbox searched by words: what the index of words finds, held against what was said and what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import and_, func, literal, literal_column, select, union_all
from sqlalchemy.orm import Session, aliased

from backend.domain.access import reach
from backend.domain.inbox import BITS
from backend.domain.marked import told
from backend.domain.search_words import entries, holds
from backend.store.models import InboxEntry, InboxWord, Message, Region
from backend.store.queries.inbox_asked import COLUMNS, PAGE, WINDOW, Asked, Page, Row, moment_of, only_unread
from backend.store.queries.secrets import of_conversations

_TELLING = 1000  # how far the entries of a word are counted to find the rarest
_VERIFIED_AT_ONCE = 40


def searched(session: Session, asked: Asked) -> Page:
    """Conversations that hold all the words, newest begun first; what the index finds is held against the words."""
    wanted = entries(asked.words)
    counties = _counties(session, asked.area)
    if not wanted or not counties:
        return Page([])
    at = moment_of(asked.after)
    found, last = _candidates(session, asked, wanted, counties, at[1] if at else None)
    rows: list[Row] = []
    for start in range(0, len(found), _VERIFIED_AT_ONCE):
        rows += _verified(session, found[start : start + _VERIFIED_AT_ONCE], asked)
        if len(rows) > PAGE:
            return Page(rows[:PAGE], rows[PAGE - 1].cursor)
    return Page(rows, f"0-{last}", further=True) if last is not None else Page(rows)


def search_query(wanted: Sequence[int], driver: int, counties: Sequence[int], asked: Asked, before: int | None) -> Any:
    """The conversations that have all entries of the words, newest first; beside them how far the window went."""
    each = []
    for county in counties:
        part = select(InboxWord.conversation_id, InboxWord.county).where(
            InboxWord.token == driver, InboxWord.county == county
        )
        if before is not None:
            part = part.where(InboxWord.conversation_id < before)
        each.append(select(part.order_by(InboxWord.conversation_id.desc()).limit(WINDOW).subquery()))
    together = (union_all(*each) if len(each) > 1 else each[0]).subquery()
    window = select(together).order_by(together.c.conversation_id.desc()).limit(WINDOW).cte("window_of_words")
    query = select(*COLUMNS).join_from(
        window,
        InboxEntry,
        and_(
            InboxEntry.conversation_id == window.c.conversation_id,
            InboxEntry.mark == literal_column("''"),
            InboxEntry.area == asked.area,
        ),
    )
    for token in wanted:
        if token == driver:
            continue
        other = aliased(InboxWord)
        query = query.where(
            select(other.token)
            .where(
                other.token == token,
                other.county == window.c.county,
                other.conversation_id == window.c.conversation_id,
            )
            .exists()
        )
    if bits := sum(BITS[mark] for mark in asked.shows):
        query = query.where(InboxEntry.flags.bitwise_and(bits) == bits)
    if asked.last4:
        query = query.where(InboxEntry.last4 == asked.last4)
    if asked.hands:
        mine = aliased(InboxEntry)
        query = query.where(
            select(mine.area)
            .where(
                mine.conversation_id == InboxEntry.conversation_id, mine.mark.in_(asked.hands), mine.area == asked.area
            )
            .exists()
        )
    if asked.unread_by is not None:
        query = only_unread(query, InboxEntry.conversation_id, InboxEntry.last_in, asked.unread_by)
    size = select(func.count()).select_from(window).scalar_subquery()
    end = select(func.min(window.c.conversation_id)).scalar_subquery()
    return query.add_columns(size, end).order_by(InboxEntry.conversation_id.desc())


def _candidates(
    session: Session, asked: Asked, wanted: list[int], counties: list[int], before: int | None
) -> tuple[list[Row], int | None]:
    """The rows of the window, and its last conversation when there is more behind it."""
    driver = _rarest(session, wanted, counties)
    if driver is None:
        return [], None
    while True:
        found = session.execute(search_query(wanted, driver, counties, asked, before)).all()
        if found:
            size, end = found[0][4], found[0][5]
            return [Row(*row[:4]) for row in found], end if size >= WINDOW else None
        return [], _end_of_window(session, driver, counties, before)


def _end_of_window(session: Session, driver: int, counties: list[int], before: int | None) -> int | None:
    """Nothing fitted: the conversation the window ends at, None where it holds all there is."""
    query = select(InboxWord.conversation_id).where(InboxWord.token == driver, InboxWord.county.in_(counties))
    if before is not None:
        query = query.where(InboxWord.conversation_id < before)
    if len(counties) == 1:
        return session.scalar(query.order_by(InboxWord.conversation_id.desc()).offset(WINDOW - 1).limit(1))
    ends = [session.scalar(query.where(InboxWord.county == one).order_by(InboxWord.conversation_id.desc())
                           .offset(WINDOW - 1).limit(1)) for one in counties]  # fmt: skip
    return max((end for end in ends if end is not None), default=None)


def _rarest(session: Session, wanted: list[int], counties: list[int]) -> int | None:
    """The entry that is said least here; None when one is not said at all, so that nothing can be found."""
    counts = union_all(
        *(
            select(literal(token), func.count()).select_from(
                select(InboxWord.token)
                .where(InboxWord.token == token, InboxWord.county.in_(counties))
                .limit(_TELLING)
                .subquery()
            )
            for token in wanted
        )
    )
    said = {row[0]: row[1] for row in session.execute(counts)}
    return min(said, key=lambda token: said[token]) if all(said.values()) else None


def _counties(session: Session, area: str) -> list[int]:
    if len(area) >= 6:
        return [int(area[:6])]
    first, end = reach(area)
    rows = session.scalars(
        select(Region.code)
        .where(Region.level == "county", Region.code >= first, Region.code < end)
        .order_by(Region.code)
    )
    return [int(code) for code in rows]


def _verified(session: Session, rows: list[Row], asked: Asked) -> list[Row]:
    """The rows whose turns hold all the words, as far as the reader may see those turns: what is hidden is not found either."""
    said: dict[int, list[Message]] = {row.id: [] for row in rows}
    for message in session.scalars(
        select(Message).where(Message.conversation_id.in_(said)).order_by(Message.id.desc())
    ):
        if any(holds(message.body, word) for word in asked.words):
            said[message.conversation_id].append(message)
    secrets = of_conversations(session, [id_ for id_, turns in said.items() if turns])
    found = []
    for row in rows:
        there = []
        for message in said[row.id]:
            read = told(message, secrets[row.id], asked.sees)
            there.append({word for word in asked.words if holds(read, word)})
        if there and set().union(*there) == set(asked.words):
            best = max(range(len(there)), key=lambda at: len(there[at]))
            found.append(replace(row, excerpt=said[row.id][best]))
    return found
