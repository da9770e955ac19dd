"""What staff made of turns: the corrections of one turn or one conversation, and the examples learnt from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Row, and_, func, literal, select, union_all
from sqlalchemy.orm import Session, contains_eager, joinedload, selectinload

from backend.domain.inbox import KEYED
from backend.store.models import (
    AuditEvent,
    Call,
    Case,
    Conversation,
    ConversationNote,
    Correction,
    Employer,
    Handset,
    HandsetOwner,
    Message,
    Offer,
    Opening,
    OutboxRow,
    Person,
    Receipt,
    Staff,
    TrainingExample,
    Worker,
)
from backend.store.queries.scope import within

PAGE = 50
MOST_UNREVIEWED = 100
# What a person's own words do to her card, as the trail calls it.
FROM_WORDS = ("registered", "profile_updated", "availability_set")


def turn(session: Session, region: str, home: str, message_id: int, *, lock: bool) -> Message | None:
    """One inbound turn of the region; `lock`: kept for the rest of a writing transaction, of two who correct it one waits."""
    query = (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.id == message_id, Message.direction == "inbound", within(Conversation.region_code, region, home))
    )
    return session.scalar(query.with_for_update(of=Message) if lock else query)


def latest(session: Session, message_id: int, *, before: Correction | None = None) -> Correction | None:
    """The correction that holds now, if any; with `before`, the one that held until then."""
    query = select(Correction).where(Correction.message_id == message_id, Correction.undone_at.is_(None))
    if before is not None:
        query = query.where(Correction.id < before.id)
    return session.scalar(query.order_by(Correction.id.desc()).limit(1))


def one(session: Session, region: str, home: str, correction_id: int) -> Correction | None:
    return session.scalar(
        select(Correction)
        .join(Conversation, Conversation.id == Correction.conversation_id)
        .where(Correction.id == correction_id, within(Conversation.region_code, region, home))
    )


def of_turns(session: Session, turns: Iterable[Message]) -> dict[int, tuple[Correction, str]]:
    """Message id → the correction that holds and the name of who made it; a turn nobody has looked at has none."""
    ids = [turn.id for turn in turns if turn.reviewed_at is not None]
    if not ids:
        return {}
    rows = session.execute(
        select(Correction, Staff.name)
        .join(Staff, Staff.id == Correction.staff_id)
        .where(Correction.message_id.in_(ids), Correction.undone_at.is_(None))
        .order_by(Correction.id)
    )
    return {correction.message_id: (correction, name) for correction, name in rows}


def workers_of(session: Session, conversation: Conversation, *, lock: bool = False) -> list[Worker]:
    """Whose card the words of a conversation may have filled: of who speaks, else of everybody reached on the number."""
    query = select(Worker).join(Worker.person).options(selectinload(Worker.person)).where(Worker.status != "erased")
    if lock:
        query = query.with_for_update(of=Worker).execution_options(populate_existing=True)
    if conversation.person_id is not None:
        found = list(session.scalars(query.where(Worker.person_id == conversation.person_id)))
        if found:
            return found
    owners = select(HandsetOwner.person_id).where(
        HandsetOwner.handset_id == conversation.handset_id, HandsetOwner.until.is_(None)
    )
    return list(session.scalars(query.where(Worker.person_id.in_(owners)).order_by(Worker.id).limit(5)))


def filled_by_words(session: Session, worker_id: int, turn: Message) -> bool:
    """Whether words of this conversation, these or later ones, were written to the card (registering ends with a yes)."""
    return (
        session.scalar(
            select(AuditEvent.id)
            .join(Message, Message.id == AuditEvent.message_id)
            .where(
                AuditEvent.object_kind == "workers",
                AuditEvent.object_id == str(worker_id),
                AuditEvent.verb.in_(FROM_WORDS),
                AuditEvent.message_id >= turn.id,
                Message.conversation_id == turn.conversation_id,
            )
            .limit(1)
        )
        is not None
    )


def openings_of(session: Session, turn: Message, *, lock: bool = False) -> list[Opening]:
    """The openings posted in this conversation with these words among them: begun at or before them, collected after."""
    begun = select(Message.id).where(Message.conversation_id == turn.conversation_id, Message.id <= turn.id)
    query = (
        select(Opening)
        .where(Opening.source_message_id.in_(begun), Opening.collected_at >= turn.created_at)
        .order_by(Opening.id)
        .limit(5)
    )
    if lock:
        query = query.with_for_update(of=Opening).execution_options(populate_existing=True)
    return list(session.scalars(query))


# -- beside a conversation -------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Turns:
    """`shown` in the order they happened; `earlier`: whether there are any before them; `is_all`: whether there are no others.
    `unreviewed`: how many of the whole conversation have something to review that nobody has looked at; 100 stands for more."""

    shown: list[Message]
    earlier: bool
    is_all: bool
    unreviewed: int


def turns(session: Session, conversation_id: int, *, before: int | None = None, limit: int = 200) -> Turns:
    """The latest `limit` turns, older than `before`."""
    query = select(Message, unreviewed()).where(Message.conversation_id == conversation_id)
    if before is not None:
        query = query.where(Message.id < before)
    found = session.execute(query.order_by(Message.id.desc()).limit(limit + 1)).all()
    earlier = len(found) > limit
    is_all = before is None and not earlier
    waiting = sum(waits for _, waits in found) if is_all else _count_unreviewed(session, conversation_id)
    return Turns([turn for turn, _ in reversed(found[:limit])], earlier, is_all, min(waiting, MOST_UNREVIEWED))


def _count_unreviewed(session: Session, conversation_id: int) -> int:
    waiting = select(Message.id).where(Message.conversation_id == conversation_id, unreviewed()).limit(MOST_UNREVIEWED)
    return session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def to_review() -> ColumnElement[bool]:
    """An inbound turn whose meaning was found in words: not in keys, nor in a figure sent as one presses a key."""
    return and_(
        Message.direction == "inbound",
        Message.intent.is_not(None),
        Message.keys.is_(None),
        worded(),
    )


def worded() -> ColumnElement[bool]:
    """`has_words` of domain/inbox.py."""
    return and_(func.ltrim(Message.body, KEYED) != "", Message.body.not_like("(%)"))


def unreviewed() -> ColumnElement[bool]:
    """One of these that no member of staff has looked at."""
    return and_(to_review(), Message.reviewed_at.is_(None))


def others_of_number(
    session: Session, region: str, home: str, conversation: Conversation
) -> tuple[list[Row[tuple[int, datetime]]], list[Row[tuple[int, datetime]]]]:
    """(id, last_at) of the five conversations of the same number before this one, and of the five after it, nearest first."""
    of_number = select(Conversation.id, Conversation.last_at).where(
        Conversation.handset_id == conversation.handset_id,
        Conversation.id != conversation.id,
        within(Conversation.region_code, region, home),
    )
    earlier = of_number.where(Conversation.last_at <= conversation.last_at).order_by(Conversation.last_at.desc())
    later = of_number.where(Conversation.last_at > conversation.last_at).order_by(Conversation.last_at)
    nearest = union_all(earlier.limit(5).subquery().select(), later.limit(5).subquery().select())
    found = sorted(session.execute(nearest), key=lambda one: one.last_at)
    return (
        [one for one in reversed(found) if one.last_at <= conversation.last_at],
        [one for one in found if one.last_at > conversation.last_at],
    )


@dataclass(frozen=True)
class OnNumber:
    """Who is reachable on a conversation's number. `cards`: entries of the reader's region; `names`: people of it who are not
    entered; `elsewhere`: how many others there are, of whom the reader learns nothing more (T6)."""

    cards: list[Worker]
    names: list[Person]
    elsewhere: int


def on_number(session: Session, region: str, home: str, conversation: Conversation) -> OnNumber:
    owners = select(HandsetOwner.person_id).where(
        HandsetOwner.handset_id == conversation.handset_id, HandsetOwner.until.is_(None)
    )
    # A list of ids: as "owner or speaker" it would read every entry there is.
    known = owners.union_all(select(literal(conversation.person_id))) if conversation.person_id else owners
    rows = session.execute(
        select(Person, Worker, within(Person.village_code, region, home).label("ours"))
        .outerjoin(Worker, and_(Worker.person_id == Person.id, Worker.status != "erased"))
        .options(contains_eager(Worker.person))
        .where(Person.id.in_(known), Person.erased_at.is_(None))
        .order_by(Worker.id, Person.id)
        .limit(20)
    ).all()
    return OnNumber(
        [worker for _, worker, ours in rows if ours and worker is not None],
        [person for person, worker, ours in rows if ours and worker is None],
        sum(not ours for *_, ours in rows),
    )


def offers_of(session: Session, worker_ids: Sequence[int]) -> list[Offer]:
    """The latest ten offers of these workers, with their openings."""
    if not worker_ids:
        return []
    query = select(Offer).options(joinedload(Offer.opening)).where(Offer.worker_id.in_(worker_ids))
    return list(session.scalars(query.order_by(Offer.offered_at.desc(), Offer.id.desc()).limit(10)))


def deliveries(session: Session, message_ids: Sequence[int]) -> dict[int, tuple[OutboxRow, Receipt | None]]:
    """Message id → how its text left, and the last receipt for it."""
    rows = session.execute(
        select(OutboxRow, Receipt)
        .outerjoin(Receipt, Receipt.carrier_id == OutboxRow.carrier_id)
        .where(OutboxRow.message_id.in_(message_ids))
        .order_by(OutboxRow.id, Receipt.at)
    )
    return {row.message_id: (row, receipt) for row, receipt in rows if row.message_id is not None}


def calls_of(session: Session, turns: Sequence[Message]) -> dict[int, Call]:
    ids = {turn.call_id for turn in turns if turn.call_id is not None}
    return {call.id: call for call in session.scalars(select(Call).where(Call.id.in_(ids)))} if ids else {}


def notes_of(session: Session, conversation_id: int) -> list[tuple[ConversationNote, str]]:
    """What staff wrote to each other about it, with who wrote it, in order: a printed transcript holds it."""
    rows = session.execute(
        select(ConversationNote, Staff.name)
        .join(Staff, Staff.id == ConversationNote.staff_id)
        .where(ConversationNote.conversation_id == conversation_id)
        .order_by(ConversationNote.id)
        .limit(100)
    )
    return [(note, name) for note, name in rows]


@dataclass
class Sums:
    """One conversation in figures, for its row in a file."""

    first_at: datetime | None = None
    channels: set[str] = field(default_factory=set)
    inbound: int = 0
    outbound: int = 0
    intents: list[str] = field(default_factory=list)
    lowest: float | None = None
    corrected: int = 0
    unreviewed: int = 0
    cases: list[str] = field(default_factory=list)


def sums(session: Session, conversation_ids: Sequence[int]) -> dict[int, Sums]:
    """The figures of a page of conversations, in two queries."""
    found = {id_: Sums() for id_ in conversation_ids}
    rows = session.execute(
        select(
            Message.conversation_id, Message.created_at, Message.channel, Message.direction, Message.intent,
            Message.confidence, Message.corrected, unreviewed().label("unreviewed"),
        )
        .where(Message.conversation_id.in_(conversation_ids))
        .order_by(Message.conversation_id, Message.id)
    )  # fmt: skip
    for row in rows:
        one = found[row.conversation_id]
        one.first_at = one.first_at or row.created_at
        one.channels.add(row.channel)
        if row.direction == "outbound":
            one.outbound += 1
            continue
        one.inbound += 1
        intent = (row.corrected or {}).get("intent") or row.intent
        if intent and intent not in one.intents and len(one.intents) < 6:
            one.intents.append(intent)
        if row.confidence is not None:
            one.lowest = min(row.confidence, one.lowest if one.lowest is not None else 1.0)
        one.corrected += bool({"intent", "entities"} & (row.corrected or {}).keys())
        one.unreviewed += row.unreviewed
    cases = select(Case.conversation_id, Case.kind).where(Case.conversation_id.in_(conversation_ids)).order_by(Case.id)
    for conversation_id, kind in session.execute(cases):
        if conversation_id is not None and kind not in found[conversation_id].cases:
            found[conversation_id].cases.append(kind)
    return found


# -- examples --------------------------------------------------------------------------------------------------------
def examples(session: Session, region: str, home: str, *, before: int | None = None, dropped: bool = False) -> tuple[list[tuple[TrainingExample, str]], bool]:  # fmt: skip
    """A page of examples with who reviewed them, the newest first, and whether there are more."""
    query = (
        select(TrainingExample, Staff.name)
        .join(Staff, Staff.id == TrainingExample.staff_id)
        .where(within(TrainingExample.region_code, region, home))
    )
    state = TrainingExample.dropped_at
    query = query.where(state.is_not(None) if dropped else state.is_(None))
    if before is not None:
        query = query.where(TrainingExample.id < before)
    found = session.execute(query.order_by(TrainingExample.id.desc()).limit(PAGE + 1)).all()
    return [(example, name) for example, name in found[:PAGE]], len(found) > PAGE


def example(session: Session, region: str, home: str, example_id: int) -> TrainingExample | None:
    return session.scalar(
        select(TrainingExample)
        .where(TrainingExample.id == example_id, within(TrainingExample.region_code, region, home))
        .with_for_update()
    )


def learnt(session: Session) -> list[tuple[str, str]]:
    """(intent, line) of every example that is learnt."""
    rows = session.execute(
        select(TrainingExample.intent, TrainingExample.text).where(TrainingExample.dropped_at.is_(None))
    )
    return [(intent, line) for intent, line in rows]


def names_on(session: Session, handset_id: int) -> list[Person]:
    """Everybody whose name may fall on a number: ever reachable on it, or in a place its employer was told of."""
    ids = select(HandsetOwner.person_id).where(HandsetOwner.handset_id == handset_id)
    told = (
        select(Worker.person_id)
        .join(Offer, Offer.worker_id == Worker.id)
        .join(Opening, Opening.id == Offer.opening_id)
        .join(Employer, Employer.id == Opening.employer_id)
        .join(Handset, Handset.number == Employer.phone)
        .where(Handset.id == handset_id, Offer.employer_told.is_not(None))
        .order_by(Offer.id.desc())
        .limit(500)
    )
    # The ids first: "one or the other" in one statement would read every person there is.
    known = {*session.scalars(ids), *session.scalars(told)}
    return list(session.scalars(select(Person).where(Person.id.in_(known)).order_by(Person.id)))
