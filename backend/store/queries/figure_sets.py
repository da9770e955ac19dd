"""The sets of records behind the dashboard's figures (`domain/figures.py`): where each is found and what belongs to it.

Each source is read by the index on its moment, so that a day costs what the day held and not what the years did.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, literal_column, null, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

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


# -- where each kind of record is found ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Source:
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


def _offers_by(moment: Any) -> Source:
    return Source(
        Offer,
        moment,
        _of_opening,
        lambda scope: [*_in_time(moment, scope), within(Opening.region_code, scope.region)],
        lambda query: query.options(
            contains_eager(Offer.opening).joinedload(Opening.employer),
            joinedload(Offer.worker).joinedload(Worker.person),
        ),
    )


LAST_TAKEN = (
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
        scope.end > LAST_TAKEN,
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

SOURCES: dict[str, Source] = {
    "calls": Source(
        Call, Call.started_at, _of_conversation(Call), _spoken(Call, Call.started_at), _with_number, has_number=True
    ),
    "messages": Source(
        Message, Message.created_at, _of_conversation(Message), _spoken(Message, Message.created_at), _with_number,
        has_number=True,
    ),
    "conversations": Source(
        Conversation, Conversation.started_at, lambda query: query, _spoken(Conversation, Conversation.started_at),
        _with_number, has_number=True,
    ),
    "cases": Source(
        Case, Case.due_at, lambda query: query,
        lambda scope: [*_in_time(Case.due_at, scope), within(Case.region_code, scope.region, scope.home)],
    ),
    "made": _offers_by(Offer.offered_at),
    "taken": _offers_by(Offer.taken_at),
    "begun": Source(
        Offer, Offer.starts_on, _of_opening, _begins_in, _offers_by(Offer.taken_at).listed
    ),
    "full": Source(
        Opening, LAST_TAKEN, lambda query: query, _openings_full,
        lambda query: query.options(joinedload(Opening.employer)),
    ),
    "waiting": Source(Worker, Worker.waiting_since, _people(), _waiting, _SHOW_PERSON, newest_first=False),
    "silent_people": Source(
        Worker, SAID, _people(), lambda scope: stale.silent_workers(scope.region, scope.now), _SHOW_PERSON,
        newest_first=False,
    ),
    "silent_openings": Source(
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

SETS: dict[str, tuple[str, Callable[[Scope], ColumnElement[bool]] | None]] = {
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


def source_of(name: str) -> Source:
    """Where the records of a set are found."""
    return SOURCES[SETS[name][0]]


def condition_of(name: str, scope: Scope) -> ColumnElement[bool] | None:
    """What a record of its source has to meet to be in the set; None: every one is."""
    made = SETS[name][1]
    return None if made is None else made(scope)
