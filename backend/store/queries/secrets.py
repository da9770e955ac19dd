"""Which words of a conversation are hidden until revealed: the one place that gathers them, for every page and file (T12)."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Row, Text, cast, or_, select, union_all
from sqlalchemy.orm import Session

from backend.domain.marked import Secrets, secrets_of
from backend.store.models import Case, Conversation, HandsetOwner, Message, Person
from backend.store.queries.workers import names_of

# What is read of a turn only where it holds something to hide; the answers alone can be long.
_KINDS = ("person_name", "hardship", '"pay"', '"money"')


def of_conversations(session: Session, ids: Collection[int]) -> dict[int, Secrets]:
    """Conversation id → what is to be hidden in it: of everybody ever on its number, of all its turns, however old."""
    if not ids:
        return {}
    found = _of_people(session, ids)
    entities, corrected = cast(Message.entities, Text), cast(Message.corrected, Text)
    said = session.execute(
        select(Message.conversation_id, Message.entities, Message.corrected, Message.answer).where(
            Message.conversation_id.in_(found),
            or_(
                *(column.contains(kind) for column in (entities, corrected) for kind in _KINDS),
                cast(Message.answer, Text).contains('name"'),
                cast(Message.answer, Text).contains('"names"'),
            ),
        )
    )
    for turn in said:
        found[turn.conversation_id] |= _of_turn(turn)
    return found


def of_conversation(session: Session, conversation_id: int, turns: Iterable[Message] | None = None) -> Secrets:
    """`turns`: all there are, from whoever has read them anyway."""
    if turns is None:
        return of_conversations(session, [conversation_id])[conversation_id]
    found = _of_people(session, [conversation_id])[conversation_id]
    for turn in turns:
        found |= _of_turn(turn)
    return found


def _of_people(session: Session, ids: Collection[int]) -> dict[int, Secrets]:
    found = dict.fromkeys(ids, Secrets())
    speaking = (
        select(Conversation.id, Person.name)
        .join(Person, Person.id == Conversation.person_id)
        .where(Conversation.id.in_(found))
    )
    on_number = (
        select(Conversation.id, Person.name)
        .join(HandsetOwner, HandsetOwner.handset_id == Conversation.handset_id)
        .join(Person, Person.id == HandsetOwner.person_id)
        .where(Conversation.id.in_(found))
    )
    for id_, name in session.execute(union_all(speaking, on_number)):
        found[id_] |= secrets_of([], people=[name])
    return found


def _of_turn(turn: Message | Row[Any]) -> Secrets:
    """As it was understood, or put right since."""
    return secrets_of((turn.corrected or {}).get("entities", turn.entities or []), turn.answer)


def of_cases(session: Session, cases: Iterable[Case]) -> dict[int, Secrets]:
    """Case id → what is to be hidden in its words: those of its conversation, its worker's name, those of where it came from."""
    cases = list(cases)
    talks = of_conversations(session, {case.conversation_id for case in cases if case.conversation_id})
    names = names_of(session, {case.worker_id for case in cases if case.worker_id})
    alone = {case.source_message_id for case in cases if case.source_message_id and not case.conversation_id}
    turns = {turn.id: turn for turn in session.scalars(select(Message).where(Message.id.in_(alone)))} if alone else {}
    found = {}
    for case in cases:
        secrets = talks.get(case.conversation_id or 0, Secrets())
        secrets |= secrets_of([], people=[names.get(case.worker_id or 0)])
        if turn := turns.get(case.source_message_id or 0):
            secrets |= _of_turn(turn)
        found[case.id] = secrets
    return found
