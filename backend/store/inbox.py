"""Keeps the inbox true to the conversations: by which marks each is listed, by which words it is found.

Once for every transaction, right before it commits, for whatever conversations its flushes and bulk updates touched; so
whoever writes a turn, a case or a call need not think of it. The marks are read off the rows anew each time
(domain/inbox.py says what they mean). Conversations from before there was an inbox are taken in from `inbox_backlog`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, event, func, insert, inspect, select, text, update
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from backend.domain.access import HOME_REGION
from backend.domain.inbox import ELDER, LISTED, CallFacts, TurnFacts, areas, flags, has_words, marks
from backend.domain.search_words import tokens
from backend.store.models import (
    Call,
    Case,
    Conversation,
    ConversationClosing,
    Handset,
    HandsetOwner,
    InboxBacklog,
    InboxEntry,
    InboxWord,
    Message,
    Person,
    PlannedCall,
    StaffCall,
)
from backend.store.queries.corrections import unreviewed, worded

# Marks speak of the latest turns: a talk without end is neither read nor judged as a whole.
TURNS = 500
WORDS_OF = 2000  # messages whose words are read when all of a conversation's are written anew
_LOCK = 7_462_320  # any fixed number: those who refresh one conversation wait for each other on it

_WATCHED: dict[type[Any], tuple[str, ...]] = {
    Conversation: (
        "region_code", "last_at", "taken_by", "assigned_to_staff", "assigned_to_team", "handset_id", "closed_at",
    ),
    Message: (
        "conversation_id", "body", "intent", "confidence", "corrected", "reviewed_at", "status", "handled_by", "keys",
    ),
    Case: ("conversation_id", "kind", "status"),
    Call: ("conversation_id", "status", "ended_at"),
    PlannedCall: ("status", "handset_id"),
    StaffCall: ("conversation_id", "status"),
    HandsetOwner: ("handset_id", "person_id", "until"),
    Person: ("birth_year",),
}  # fmt: skip


@dataclass
class _Touched:
    conversations: set[int] = field(default_factory=set)
    reworded: set[int] = field(default_factory=set)  # what was said there changed
    said: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))  # words that came to it


def watch(sessions: Any) -> None:
    """From now on every session of `sessions` (a sessionmaker) keeps the inbox."""
    event.listen(sessions, "after_flush", _after_flush)
    event.listen(sessions, "do_orm_execute", _in_bulk)
    event.listen(sessions, "before_commit", _before_commit)
    event.listen(sessions, "after_soft_rollback", _forget)


def _forget(session: Session, taken_back: SessionTransaction) -> None:
    # What a savepoint takes back leaves the rest of the transaction to be read anew.
    if taken_back.parent is None:
        session.info.pop("inbox", None)


def touch(session: Session, conversation_ids: Iterable[int], *, reworded: bool = False) -> None:
    """Have these read anew at the end of the transaction; `reworded`: their words as well."""
    touched: _Touched = session.info.setdefault("inbox", _Touched())
    ids = set(conversation_ids)
    touched.conversations |= ids
    if reworded:
        touched.reworded |= ids


def take_in_backlog(session: Session, limit: int = 200) -> int:
    """Write the entries of conversations that have none yet, newest first; return how many were done."""
    ids = list(
        session.scalars(select(InboxBacklog.conversation_id).order_by(InboxBacklog.conversation_id.desc()).limit(limit))
    )
    if ids:
        touch(session, ids, reworded=True)
        session.execute(delete(InboxBacklog).where(InboxBacklog.conversation_id.in_(ids)))
    return len(ids)


def _after_flush(session: Session, _: Any) -> None:
    people: list[int] = []
    handsets: list[int] = []
    for each in (*session.new, *session.dirty, *session.deleted):
        kind = type(each)
        if kind not in _WATCHED:
            continue
        changed = {name for name in _WATCHED[kind] if inspect(each).attrs[name].history.has_changes()}
        if kind is Message and changed == {"status"} and not _fails_or_failed(each):
            continue  # on its way to an answer, or a text of ours on its way: nothing is marked by that
        if not changed and each not in session.deleted:
            continue
        if kind is Person:
            people.append(each.id)
        elif kind is Conversation:
            touch(session, [each.id])
        elif kind in (HandsetOwner, PlannedCall):
            handsets.append(each.handset_id)
        elif each.conversation_id is not None:
            touch(session, [each.conversation_id])
            if kind is Message:
                _note_words(session, each, changed)
    if people:
        owned = select(HandsetOwner.handset_id).where(HandsetOwner.person_id.in_(people))
        handsets += session.connection().scalars(owned)
    made = {each.id for each in session.new if isinstance(each, Handset)}
    known = sorted(set(handsets) - made)
    for some in (known[start : start + 500] for start in range(0, len(known), 500)):
        # The number's latest conversation alone: what changed says nothing of those before it.
        latest = (
            select(func.max(Conversation.id)).where(Conversation.handset_id.in_(some)).group_by(Conversation.handset_id)
        )
        touch(session, session.connection().scalars(latest))


def _fails_or_failed(message: Message) -> bool:
    past = inspect(message).attrs.status.history
    return message.direction == "inbound" and "failed" in (*past.added, *past.deleted)


def _note_words(session: Session, message: Message, changed: set[str]) -> None:
    touched: _Touched = session.info["inbox"]
    if "body" in changed and message not in session.new:
        touched.reworded.add(message.conversation_id)
    elif "body" in changed and has_words(message.body):
        touched.said[message.conversation_id] |= tokens(message.body)


def _in_bulk(state: ORMExecuteState) -> None:
    """A bare UPDATE names no rows: those it is about are looked up before it changes what it finds them by."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    kind = state.bind_mapper.class_
    if kind not in (Conversation, Message, Case, Call):
        return
    statement: Any = state.statement
    where = [] if statement.whereclause is None else [statement.whereclause]
    named = {getattr(column, "key", column) for column in (getattr(statement, "_values", None) or {})}
    if state.is_update and not named & {*_WATCHED[kind]}:
        return
    if kind is Message and named == {"status"}:
        where.append(Message.direction == "inbound")  # how a text of ours travels marks nothing
    column = Conversation.id if kind is Conversation else kind.conversation_id
    ids = state.session.connection().scalars(select(column).where(*where).distinct())
    reworded = kind is Message and (state.is_delete or "body" in named)
    touch(state.session, (one for one in ids if one is not None), reworded=reworded)


def _before_commit(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    touched: _Touched | None = session.info.pop("inbox", None)
    if touched is None:
        return
    # Last in the transaction and in the order of ids: nobody waits for us who holds what we wait for.
    for conversation_id in sorted(touched.conversations):
        _refresh(
            session.connection(),
            conversation_id,
            touched.said.get(conversation_id, set()),
            conversation_id in touched.reworded,
        )


def _refresh(connection: Connection, conversation_id: int, said: set[int], reworded: bool) -> None:
    if connection.dialect.name == "postgresql":
        # Two transactions that touch one conversation: the second reads what the first has committed.
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock, :id)"), {"lock": _LOCK, "id": conversation_id})
    found = connection.execute(_CONVERSATION, {"id": conversation_id}).one_or_none()
    if found is None:
        return
    turns = connection.execute(_LATEST_TURNS, {"id": conversation_id}).all()
    answered = (row.created_at for row in turns if _of_staff(row))
    # What went wrong before staff saw to it waits for nobody.
    settled = max((*answered, *filter(None, (found.closed_last,))), default=_EPOCH)
    carried = marks(
        [_turn(row, settled) for row in reversed(turns)],
        _cases(connection, conversation_id),
        _calls(connection, conversation_id, settled),
        taken=found.taken_by is not None,
        elder=found.born is not None and found.born <= found.last_at.year - ELDER,
        unreached=_unreached(connection, found, settled),
    )
    hands = {f"staff:{one}" for one in (found.taken_by, found.assigned_to_staff) if one is not None}
    hands |= {f"team:{found.assigned_to_team}"} if found.assigned_to_team is not None else set()
    region = found.region_code or HOME_REGION
    wanted = {(mark, area) for mark in {"", *hands, *(carried & LISTED)} for area in areas(region)}
    values = {
        "last_at": found.last_at,
        "flags": flags(carried),
        "last4": found.number[-4:],
        "last_in": next((row.id for row in turns if row.direction == "inbound"), None),
    }
    before = {
        (row.mark, row.area)
        for row in connection.execute(
            select(InboxEntry.mark, InboxEntry.area).where(InboxEntry.conversation_id == conversation_id)
        )
    }
    _write_entries(connection, conversation_id, before, wanted, values)
    moved = bool(before) and ("", region[:6]) not in before
    _write_words(connection, conversation_id, int(region[:6].ljust(6, "0")), said, anew=reworded or moved)


_EPOCH, _NEVER = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)
# Of a conversation what no turn tells, in one statement: it is asked at the end of every transaction that touches it.
_CLOSED_LAST = select(func.max(ConversationClosing.at)).where(
    ConversationClosing.conversation_id == Conversation.id, ConversationClosing.undone_at.is_(None)
)
_BORN = (
    select(func.min(Person.birth_year))
    .join(HandsetOwner, HandsetOwner.person_id == Person.id)
    .where(HandsetOwner.handset_id == Conversation.handset_id, HandsetOwner.until.is_(None))
)
_RANG_BACK = (
    select(StaffCall.status).where(StaffCall.conversation_id == Conversation.id).order_by(StaffCall.id.desc()).limit(1)
)
_CONVERSATION = (
    select(
        Conversation.__table__,
        Handset.number.label("number"),
        _CLOSED_LAST.scalar_subquery().label("closed_last"),
        _BORN.scalar_subquery().label("born"),
        _RANG_BACK.scalar_subquery().label("rang_back"),
        _RANG_BACK.with_only_columns(StaffCall.ended_at).scalar_subquery().label("rang_back_at"),
    )
    .join(Handset, Handset.id == Conversation.handset_id)
    .where(Conversation.id == bindparam("id"))
)
_LATEST_TURNS = (
    select(
        Message.id, Message.direction, Message.channel, Message.status, Message.intent, Message.confidence,
        Message.corrected, Message.keys, Message.call_id, Message.created_at, Message.handled_by,
        unreviewed().label("unreviewed"), worded().label("worded"),
    )
    .where(Message.conversation_id == bindparam("id"))
    .order_by(Message.id.desc())
    .limit(TURNS)
)  # fmt: skip


def _of_staff(row: Any) -> bool:
    """Staff have answered: written, or rung and talked."""
    return (
        row.direction == "outbound"
        and row.handled_by == "staff"
        and (row.channel == "sms" or row.status == "delivered")
    )


def _turn(row: Any, settled: datetime) -> TurnFacts:
    corrected = row.corrected or {}
    return TurnFacts(
        inbound=row.direction == "inbound",
        channel=row.channel,
        status=row.status,
        intent=corrected.get("intent") or row.intent,
        # What staff have made sure of is sure.
        confidence=None if corrected.get("intent") else row.confidence,
        unreviewed=row.unreviewed,
        words=row.worded,
        settled=row.created_at <= settled,
        keys=bool(row.keys),
        call_id=row.call_id,
    )


def _cases(connection: Connection, conversation_id: int) -> list[tuple[str, str]]:
    rows = connection.execute(select(Case.kind, Case.status).where(Case.conversation_id == conversation_id))
    return [(row.kind, row.status) for row in rows]


def _calls(connection: Connection, conversation_id: int, settled: datetime) -> list[CallFacts]:
    rows = connection.execute(
        select(Call.id, Call.direction, Call.status, Call.ended_at)
        .where(Call.conversation_id == conversation_id)
        .order_by(Call.id.desc())
        .limit(TURNS)
    )
    return [
        CallFacts(row.id, row.direction, row.status, row.ended_at is not None, (row.ended_at or _NEVER) <= settled)
        for row in rows
    ]


def _unreached(connection: Connection, conversation: Any, settled: datetime) -> bool:
    """The latest call of ours in this conversation's time reached nobody: one the line placed, or one of staff."""
    if (
        conversation.rang_back in ("busy", "no-answer", "failed", "unknown")
        and (conversation.rang_back_at or _NEVER) > settled
    ):
        return True
    last = connection.execute(
        select(PlannedCall.status, PlannedCall.finished_at)
        .where(PlannedCall.handset_id == conversation.handset_id, PlannedCall.purpose != "staff_call")
        .order_by(PlannedCall.id.desc())
        .limit(1)
    ).one_or_none()
    if last is None or last.status != "unreached":
        return False
    if last.finished_at is None:
        return True
    later = select(Conversation.id).where(
        Conversation.handset_id == conversation.handset_id,
        Conversation.id > conversation.id,
        Conversation.started_at <= last.finished_at,
    )
    return (
        last.finished_at >= conversation.started_at
        and last.finished_at > settled
        and connection.scalar(later.limit(1)) is None
    )


def _write_entries(
    connection: Connection,
    conversation_id: int,
    before: set[tuple[str, str]],
    wanted: set[tuple[str, str]],
    values: dict[str, Any],
) -> None:
    of_it = InboxEntry.conversation_id == conversation_id
    for mark, area in sorted(before - wanted):
        connection.execute(delete(InboxEntry).where(of_it, InboxEntry.mark == mark, InboxEntry.area == area))
    if before & wanted:
        connection.execute(update(InboxEntry).where(of_it).values(**values))
    if new := sorted(wanted - before):
        connection.execute(
            insert(InboxEntry),
            [{"conversation_id": conversation_id, "mark": mark, "area": area, **values} for mark, area in new],
        )


def _write_words(connection: Connection, conversation_id: int, county: int, said: set[int], *, anew: bool) -> None:
    if anew:
        connection.execute(delete(InboxWord).where(InboxWord.conversation_id == conversation_id))
        spoken = connection.scalars(
            select(Message.body)
            .where(Message.conversation_id == conversation_id)
            .order_by(Message.id.desc())
            .limit(WORDS_OF)
        )
        said = {one for body in spoken if has_words(body) for one in tokens(body)}
    if not said:
        return
    on_postgres = connection.dialect.name == "postgresql"
    connection.execute(
        _ADD_WORDS["postgresql" if on_postgres else "sqlite"],
        {
            "tokens": sorted(said) if on_postgres else json.dumps(sorted(said)),
            "county": county,
            "id": conversation_id,
        },
    )


# One statement for all the entries of a message: some hundred, most of them there already.
_ADD_WORDS = {
    "postgresql": text("""
        INSERT INTO inbox_words (token, county, conversation_id)
        SELECT token, :county, :id FROM unnest(CAST(:tokens AS integer[])) AS token ON CONFLICT DO NOTHING
    """),
    "sqlite": text("""
        INSERT OR IGNORE INTO inbox_words (token, county, conversation_id)
        SELECT value, :county, :id FROM json_each(:tokens)
    """),
}
