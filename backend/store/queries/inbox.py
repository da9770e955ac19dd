"""The inbox: lists by marks, search by words, who has read what; no read grows with all that was ever said.

Every list is one range of an index (`InboxEntry`). Where more is asked for than one index tells, a window of it is looked
through, and the page says so when the window ends before the page is full ("look further back").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, literal, literal_column, select, tuple_, union, union_all
from sqlalchemy.orm import Session, aliased

from backend.domain.access import reach
from backend.domain.inbox import BITS, RAREST_FIRST
from backend.domain.marked import Secrets, told
from backend.domain.search_words import Query, entries, holds
from backend.store.models import (
    Conversation,
    Handset,
    InboxEntry,
    InboxFloor,
    InboxRead,
    InboxWord,
    Message,
    Region,
    Staff,
)
from backend.store.queries.secrets import of_conversations

PAGE = 30
LONGEST_KEYS = 2  # characters: 1, 0#
WINDOW = 2000  # entries looked through for one page
NEWEST = 300  # conversations the mark of unread ones in the head speaks of
AT_MOST = 100  # counts end here: "99+"
_TELLING = 1000  # how far the entries of a word are counted to find the rarest
_VERIFIED_AT_ONCE = 40
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Asked:
    """What a list is asked for. `area`: the code of a place; `shows`: marks that all have to be there; `hands`: marks
    `staff:3`, `team:2`, one of which has to be; `unread_by`: only what this member of staff has not read."""

    area: str
    shows: frozenset[str] = frozenset()
    hands: tuple[str, ...] = ()
    unread_by: int | None = None
    last4: str = ""
    words: tuple[str, ...] = ()
    sees: frozenset[str] = frozenset()  # hidden words of these kinds may be searched for (review_transcript.findable)
    after: str = ""

    @classmethod
    def of(cls, area: str, *, search: Query | None = None, **more: Any) -> Asked:
        return cls(area, words=search.words if search else (), **more)


@dataclass
class Row:
    """One line of the list. `heard`: what the person said last; `excerpt`: the turn that holds the words searched for."""

    id: int
    last_at: datetime
    flags: int
    last_in: int | None
    number: str = ""
    region_code: str | None = None
    handset_id: int = 0
    person_id: int | None = None
    taken_by: int | None = None
    taken_by_name: str | None = None
    unread: bool = False
    last: Message | None = None
    heard: Message | None = None
    intent: str | None = None
    excerpt: Message | None = None
    secrets: Secrets = field(default_factory=Secrets)

    def has(self, mark: str) -> bool:
        return bool(self.flags & BITS[mark])

    @property
    def cursor(self) -> str:
        return f"{(self.last_at - _EPOCH) // timedelta(microseconds=1)}-{self.id}"


@dataclass(frozen=True)
class Page:
    """`next`: the cursor of the following page, "" at the end; `further`: not all up to here has been looked through."""

    rows: list[Row]
    next: str = ""
    further: bool = False


def page(session: Session, asked: Asked, staff_id: int) -> Page:
    """One page, newest first."""
    found = _searched(session, asked) if asked.words else _listed(session, asked)
    _fill(session, found.rows, staff_id)
    return found


# -- lists by marks ------------------------------------------------------------------------------------------------------
_COLUMNS = (InboxEntry.conversation_id, InboxEntry.last_at, InboxEntry.flags, InboxEntry.last_in)


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
    query = select(*_COLUMNS).where(mark_is, InboxEntry.area == asked.area)
    if asked.last4:
        query = query.where(InboxEntry.last4 == asked.last4)
    if at := _cursor(asked.after):
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
        query = _only_unread(query, seen, asked.unread_by)
    query = query.order_by(seen.c.last_at.desc(), seen.c.conversation_id.desc()).limit(PAGE + 1)
    rows = [Row(*row) for row in session.execute(query)]
    if len(rows) > PAGE:
        return Page(rows[:PAGE], rows[PAGE - 1].cursor)
    last = session.execute(select(seen).offset(WINDOW - 1).limit(1)).one_or_none()
    return Page(rows, Row(*last).cursor, further=True) if last is not None else Page(rows)


def _only_unread(query: Any, entry: Any, staff_id: int) -> Any:
    floor = select(InboxFloor.seen_id).where(InboxFloor.staff_id == staff_id).scalar_subquery()
    return query.outerjoin(
        InboxRead, and_(InboxRead.staff_id == staff_id, InboxRead.conversation_id == entry.c.conversation_id)
    ).where(entry.c.last_in > func.coalesce(InboxRead.seen_id, floor, 0))


def _cursor(after: str) -> tuple[datetime, int] | None:
    moment, _, number = after.partition("-")
    if not (moment.isascii() and moment.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(moment) > 17 or len(number) > 9:
        return None
    return _EPOCH + timedelta(microseconds=int(moment)), int(number)


# -- search by words -----------------------------------------------------------------------------------------------------
def _searched(session: Session, asked: Asked) -> Page:
    """Conversations that hold all the words, newest begun first; what the index finds is held against the words."""
    wanted = entries(asked.words)
    counties = _counties(session, asked.area)
    if not wanted or not counties:
        return Page([])
    at = _cursor(asked.after)
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
    query = select(*_COLUMNS).join_from(
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
        floor = select(InboxFloor.seen_id).where(InboxFloor.staff_id == asked.unread_by).scalar_subquery()
        query = query.outerjoin(
            InboxRead,
            and_(InboxRead.staff_id == asked.unread_by, InboxRead.conversation_id == InboxEntry.conversation_id),
        ).where(InboxEntry.last_in > func.coalesce(InboxRead.seen_id, floor, 0))
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
    floor = select(InboxFloor.seen_id).where(InboxFloor.staff_id == staff_id).scalar_subquery()
    facts = session.execute(
        select(
            Conversation.id, Conversation.region_code, Conversation.handset_id, Conversation.person_id,
            Conversation.taken_by, Handset.number, Staff.name, last_id, heard_id, func.coalesce(InboxRead.seen_id, floor, 0),
        )
        .join(Handset, Handset.id == Conversation.handset_id)
        .outerjoin(Staff, Staff.id == Conversation.taken_by)
        .outerjoin(InboxRead, and_(InboxRead.staff_id == staff_id, InboxRead.conversation_id == Conversation.id))
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


# -- counts and news -----------------------------------------------------------------------------------------------------
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
        select(*_COLUMNS)
        .where(InboxEntry.mark == literal_column("''"), InboxEntry.area == area)
        .order_by(InboxEntry.last_at.desc(), InboxEntry.conversation_id.desc())
        .limit(NEWEST)
        .subquery()
    )
    floor = select(InboxFloor.seen_id).where(InboxFloor.staff_id == staff_id).scalar_subquery()
    return select(newest, func.coalesce(InboxRead.seen_id, floor, 0).label("seen")).outerjoin(
        InboxRead, and_(InboxRead.staff_id == staff_id, InboxRead.conversation_id == newest.c.conversation_id)
    )


def news(session: Session, area: str, staff_id: int) -> News:
    rows = session.execute(news_query(area, staff_id)).all()
    unread = sum((row.last_in or 0) > row.seen for row in rows)
    newest = max(((row.last_at, row.conversation_id) for row in rows), default=(None, 0))
    flags = sum((row.conversation_id % 9973 + 1) * (row.flags + 1) for row in rows)
    return News(min(unread, AT_MOST), (unread, *newest, flags))
