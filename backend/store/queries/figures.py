"""The sets behind the dashboard's figures (`domain/figures.py`), counted and listed by the very same conditions.

Each source is read by the index on its moment, so that a day costs what the day held and not what the years did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal_column, null, or_, select
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from backend.domain.case_rules import WISHES
from backend.domain.figures import SHANGHAI
from backend.domain.offers import HAD_A_PLACE
from backend.domain.people import PRIORITY_LABELS
from backend.store.models import (
    AuditEvent,
    Call,
    Case,
    Conversation,
    Correction,
    Handset,
    Hardship,
    Message,
    Offer,
    Opening,
    Person,
    Worker,
)
from backend.store.models.conversations import CONVERSATION_ENDS_AFTER
from backend.store.queries import stale
from backend.store.queries.freshness import HIRING_SAID, SAID
from backend.store.queries.scope import within

PAGE = 50
_NOT_APART: Mapping[str, Any] = {}
_LATER = aliased(Offer)


@dataclass(frozen=True)
class Scope:
    """Whose figures: a division, and [start, end) in UTC. `home`: where a stranger's conversation belongs."""

    region: str
    home: str
    start: datetime
    end: datetime
    now: datetime

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last day in Shanghai that the stretch touches."""
        first = self.start.astimezone(SHANGHAI).date()
        return first, max(first, (self.end - timedelta(microseconds=1)).astimezone(SHANGHAI).date())


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


# -- where each kind of record is found ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Source:
    entity: Any
    moment: Any
    joined: Callable[[Any], Any]  # to what its conditions need
    where: Callable[[Scope], Sequence[ColumnElement[bool]]]
    listed: Callable[[Any], Any] = lambda query: query  # … and what a list of it shows besides
    newest_first: bool = True
    has_number: bool = False


def _in_time(moment: Any, scope: Scope) -> list[ColumnElement[bool]]:
    return [moment >= scope.start, moment < scope.end]


def _of_conversation(entity: Any) -> Callable[[Any], Any]:
    return lambda query: query.join(Conversation, Conversation.id == entity.conversation_id)


def _spoken(entity: Any, moment: Any) -> Callable[[Scope], list[ColumnElement[bool]]]:
    """What is said moves its conversation's end on, and a call of the line's own follows within a day: so a stretch is looked
    for among a place's conversations of that time, whatever the rest of the province said."""
    return lambda scope: [
        *_in_time(moment, scope),
        within(Conversation.region_code, scope.region, scope.home),
        Conversation.last_at >= scope.start - CONVERSATION_ENDS_AFTER,
        Conversation.started_at < scope.end + CONVERSATION_ENDS_AFTER,
    ]


def _with_number(query: Any) -> Any:
    return query.join(Handset, Handset.id == Conversation.handset_id).add_columns(Handset.number)


def _of_opening(query: Any) -> Any:
    return query.join(Opening, Opening.id == Offer.opening_id)


def _offers_by(moment: Any) -> _Source:
    return _Source(
        Offer,
        moment,
        _of_opening,
        lambda scope: [*_in_time(moment, scope), within(Opening.region_code, scope.region)],
        lambda query: query.options(
            contains_eager(Offer.opening).joinedload(Opening.employer),
            joinedload(Offer.worker).joinedload(Worker.person),
        ),
    )


_LAST_TAKEN = (
    select(func.max(_LATER.taken_at))
    .where(_LATER.opening_id == Opening.id, _LATER.status.in_(HAD_A_PLACE))
    .correlate(Opening)
    .scalar_subquery()
)


def _openings_full(scope: Scope) -> list[ColumnElement[bool]]:
    taken = select(Offer.opening_id).where(*_in_time(Offer.taken_at, scope), Offer.status.in_(HAD_A_PLACE))
    return [
        Opening.id.in_(taken),
        Opening.filled >= Opening.headcount,
        Opening.published_at.is_not(None),
        within(Opening.region_code, scope.region),
        scope.end > _LAST_TAKEN,
    ]


def _begins_in(scope: Scope) -> list[ColumnElement[bool]]:
    first, last = scope.days
    return [Offer.starts_on >= first, Offer.starts_on <= last, within(Opening.region_code, scope.region)]


def _people(entity: Any = Worker) -> Callable[[Any], Any]:
    return lambda query: query.join(Worker.person)


def _waiting(scope: Scope) -> list[ColumnElement[bool]]:
    return [
        Worker.status == "active",
        Worker.waiting_since.is_not(None),
        within(Person.village_code, scope.region, scope.home),
    ]


_SHOW_PERSON: Callable[[Any], Any] = lambda query: query.options(contains_eager(Worker.person))  # noqa: E731

_SOURCES: dict[str, _Source] = {
    "calls": _Source(
        Call, Call.started_at, _of_conversation(Call), _spoken(Call, Call.started_at), _with_number, has_number=True
    ),
    "messages": _Source(
        Message, Message.created_at, _of_conversation(Message), _spoken(Message, Message.created_at), _with_number,
        has_number=True,
    ),
    "conversations": _Source(
        Conversation, Conversation.started_at, lambda query: query, _spoken(Conversation, Conversation.started_at),
        _with_number, has_number=True,
    ),
    "cases": _Source(
        Case, Case.due_at, lambda query: query,
        lambda scope: [*_in_time(Case.due_at, scope), within(Case.region_code, scope.region, scope.home)],
    ),
    "made": _offers_by(Offer.offered_at),
    "taken": _offers_by(Offer.taken_at),
    "begun": _Source(
        Offer, Offer.starts_on, _of_opening, _begins_in, _offers_by(Offer.taken_at).listed
    ),
    "full": _Source(
        Opening, _LAST_TAKEN, lambda query: query, _openings_full,
        lambda query: query.options(joinedload(Opening.employer)),
    ),
    "waiting": _Source(Worker, Worker.waiting_since, _people(), _waiting, _SHOW_PERSON, newest_first=False),
    "silent_people": _Source(
        Worker, SAID, _people(), lambda scope: stale.silent_workers(scope.region, scope.now), _SHOW_PERSON,
        newest_first=False,
    ),
    "silent_openings": _Source(
        Opening, HIRING_SAID, lambda query: query, lambda scope: stale.silent_openings(scope.region, scope.now),
        lambda query: query.options(joinedload(Opening.employer)), newest_first=False,
    ),
}  # fmt: skip


# -- which of them a set holds --------------------------------------------------------------------------------------------
def _verified(worker_id: Any) -> ColumnElement[bool]:
    return exists().where(
        Hardship.worker_id == worker_id, Hardship.verified_at.is_not(None), Hardship.code.in_(PRIORITY_LABELS)
    )


def _case_of(*kinds: str) -> ColumnElement[bool]:
    """The conversation has a case, of one of `kinds` if any are given."""
    conditions = [Case.conversation_id == Conversation.id]
    if kinds:
        conditions.append(Case.kind.in_(kinds))
    return exists().where(*conditions)


def _said(few: ColumnElement[bool], *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
    """Something was said there that meets `conditions`; `few`: what follows from them and an index knows (models/figures.py)."""
    return exists().where(Message.conversation_id == Conversation.id, few, *conditions)


# Written out, not bound: an index of some rows alone is taken only for the very words it was made with.
_NOT_BY_THE_LINE = or_(
    Message.handled_by == literal_column("'staff'"), Message.status == literal_column("'failed'")
)  # fmt: skip
_MAYBE_A_WISH = or_(Message.intent == literal_column("'talk_to_human'"), Message.corrected.is_not(null()))


_INTENT_PUT_RIGHT: ColumnElement[Any] = Message.corrected["intent"].as_string()
_TURN = and_(Message.direction == "inbound", Message.intent.is_not(None), Message.keys.is_(None))
_MEANT: ColumnElement[Any] = func.coalesce(_INTENT_PUT_RIGHT, Message.intent)
_ANOTHER_INTENT = and_(_INTENT_PUT_RIGHT.is_not(None), Message.intent != _INTENT_PUT_RIGHT)
_WORD_PUT_RIGHT = exists().where(
    Correction.message_id == Message.id, Correction.undone_at.is_(None), Correction.kind.in_(("entity", "removed"))
)
# What stands corrected says so itself: only there is it asked what it was.
_PUT_RIGHT = and_(Message.corrected.is_not(null()), or_(_ANOTHER_INTENT, _WORD_PUT_RIGHT))
_BY_A_PERSON = or_(
    Conversation.taken_at.is_not(None),
    _case_of(),
    _said(
        _NOT_BY_THE_LINE,
        or_(
            and_(Message.direction == "outbound", Message.handled_by == "staff"),
            and_(Message.direction == "inbound", Message.status == "failed"),
        ),
    ),
    exists().where(
        AuditEvent.object_kind == "conversations",
        AuditEvent.object_id == cast(Conversation.id, String),
        AuditEvent.verb == "took_over",
    ),
)
# Whoever finds the work herself has an offer that nobody put to her: it never ran out and belongs to no wave.
_PUT_TO_HER = or_(Offer.wave.is_not(None), Offer.expires_at.is_not(None))

_SETS: dict[str, tuple[str, Callable[[Scope], ColumnElement[bool]] | None]] = {
    "calls_in": ("calls", lambda _: Call.direction == "inbound"),
    "calls_out": ("calls", lambda _: Call.direction == "outbound"),
    "texts_in": ("messages", lambda _: and_(Message.direction == "inbound", Message.channel == "sms")),
    "texts_out": ("messages", lambda _: and_(Message.direction == "outbound", Message.channel == "sms")),
    "turns": ("messages", lambda _: _TURN),
    "understood": (
        "messages",
        lambda _: and_(
            _TURN, Message.intent != "nlu_fallback", Message.status != "failed",
            or_(_INTENT_PUT_RIGHT.is_(None), Message.intent == _INTENT_PUT_RIGHT),
        ),
    ),
    "corrected": ("messages", lambda _: and_(_TURN, _PUT_RIGHT)),
    "conversations": ("conversations", None),
    "contained": ("conversations", lambda _: ~_BY_A_PERSON),
    "asked_person": (
        "conversations",
        lambda _: or_(_case_of(*WISHES), _said(_MAYBE_A_WISH, Message.direction == "inbound", _MEANT == "talk_to_human")),
    ),
    "offers_made": ("made", lambda _: _PUT_TO_HER),
    "offers_answered": (
        "made",
        lambda _: and_(_PUT_TO_HER, Offer.answered_at.is_not(None), Offer.status.not_in(("offered", "expired"))),
    ),
    "places": ("taken", lambda _: Offer.status.in_(HAD_A_PLACE)),
    "places_verified": ("taken", lambda _: and_(Offer.status.in_(HAD_A_PLACE), _verified(Offer.worker_id))),
    "openings_full": ("full", None),
    "no_shows": ("begun", lambda _: Offer.status == "no_show"),
    "late_cases": (
        "cases",
        lambda scope: and_(
            Case.due_at < scope.now,
            or_(and_(Case.closed_at.is_(None), Case.status != "closed"), Case.closed_at > Case.due_at),
        ),
    ),
    "waiting": ("waiting", None),
    "waiting_verified": ("waiting", lambda _: _verified(Worker.id)),
    "stale_workers": ("silent_people", None),
    "stale_openings": ("silent_openings", None),
}  # fmt: skip


def source_of(name: str) -> _Source:
    """Where the records of a set are found."""
    return _SOURCES[_SETS[name][0]]


def counting(
    scope: Scope, names: Iterable[str], *, by: Mapping[str, Any] = _NOT_APART
) -> Iterator[tuple[list[str], Any]]:
    """(sets, the query that counts them in one reading of their source).

    `by`: set → a labelled column that stands first and that its source is told apart by.
    """
    by_source: dict[str, list[str]] = {}
    for name in dict.fromkeys(names):
        by_source.setdefault(_SETS[name][0], []).append(name)
    for source_name, wanted in by_source.items():
        source = _SOURCES[source_name]
        apart = [by[wanted[0]]] if wanted[0] in by else []
        conditions = [_condition(name, scope) for name in wanted]
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
    found: dict[str, int] = {}
    for wanted, query in counting(scope, names):
        found.update(zip(wanted, session.execute(query).one(), strict=True))
    return found


def count_to(session: Session, scope: Scope, name: str, most: int) -> int:
    """The size of a set, counted no further than `most`."""
    source, condition = source_of(name), _condition(name, scope)
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
    condition = _condition(name, scope)
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


def _condition(name: str, scope: Scope) -> ColumnElement[bool] | None:
    made = _SETS[name][1]
    return None if made is None else made(scope)


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


def filled(session: Session, scope: Scope) -> list[tuple[datetime, datetime]]:
    """(published, last place taken) of the openings that became full."""
    source = _SOURCES["full"]
    query = select(Opening.published_at, _LAST_TAKEN).where(*source.where(scope))
    return [(published, full) for published, full in session.execute(query) if published and full]


def labelled(scope: Scope, *apart: Any) -> Any:
    """The query of (… `apart`, verified label that gives priority, how many of the waiting have it)."""
    source = _SOURCES["waiting"]
    return (
        source.joined(select(*apart, Hardship.code, func.count(Worker.id.distinct())).select_from(Worker))
        .join(Hardship, Hardship.worker_id == Worker.id)
        .where(*source.where(scope), Hardship.verified_at.is_not(None), Hardship.code.in_(PRIORITY_LABELS))
        .group_by(*apart, Hardship.code)
    )
