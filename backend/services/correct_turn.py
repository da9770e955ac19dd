"""Staff put right what was understood of a turn, and with it the ledger value that came from those words (L22, C5)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from backend.domain import marked, normal_form, put_right
from backend.domain.access import may, may_see
from backend.domain.entities import read_span
from backend.domain.put_right import Change
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, review_transcript, training_examples
from backend.services.correct_ledger import Effect, ours, put_back, write
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.services.understand import prepare
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Correction, Message
from backend.store.queries import corrections as queries
from backend.store.queries.secrets import of_conversation

if TYPE_CHECKING:
    from backend.services.deps import Deps


class Overtaken(Conflict):
    """A colleague has corrected the same turn meanwhile."""

    def __init__(self, message_id: int, conversation_id: int) -> None:
        super().__init__("corrected by somebody else meanwhile", reason="corrected")
        self.message_id, self.conversation_id = message_id, conversation_id


@dataclass(frozen=True)
class Wish:
    """What a member of staff says of a turn. `kind`: right | intent | entity | removed.

    `number`: the entity that is replaced or removed, as it stands in the reading; none for a new one. `start`, `end`: the
    chosen words in the reading's text. `value`: as typed, "" to have it read from the words.
    """

    kind: str
    intent: str = ""
    number: int | None = None
    start: int = -1
    end: int = -1
    entity: str = ""
    value: str = ""


@dataclass(frozen=True)
class Done:
    """A correction that is kept. `left_out`: why the model learns nothing from it (`training_examples.learn`), if so."""

    conversation_id: int
    correction_id: int
    left_out: str | None


@dataclass(frozen=True)
class Reading:
    """What a turn means now: the words as they were understood, and the values with their places in them."""

    text: str
    intent: str
    entities: list[dict[str, Any]]


@dataclass(frozen=True)
class Outlook:
    """What would become of a turn: its reading, the value, and what the ledgers would change."""

    reading: Reading
    value: Any = None
    effects: list[Effect] = field(default_factory=list)


def reading_of(turn: Message, deps: Deps | None = None) -> Reading:
    """The turn as staff have put it right, else as the line understood it."""
    text = turn.normalized_text
    if text is None:
        text = prepare(deps, turn.words, turn.channel).text if deps is not None else turn.words
    intent = (turn.corrected or {}).get("intent") or turn.intent or ""
    return Reading(text, intent, marked.placed(text, marked.understood(turn)))


def version_of(correction: Correction | None) -> int:
    """What a form carries to see whether somebody was quicker."""
    return correction.id if correction is not None else 0


def outlook(deps: Deps, member: Member, message_id: int, wish: Wish) -> Outlook:
    """What `wish` would do, without doing it. Raises as `correct`."""
    with deps.db.read() as session:
        turn = _turn(session, member, message_id, lock=False)
        return _outlook(deps, session, member, turn, wish)


def correct(
    deps: Deps, member: Member, message_id: int, wish: Wish, version: int, ledger: frozenset[str] = frozenset()
) -> Done:
    """Do it, with the ledger changes named in `ledger` (`Effect.key`), in one transaction.

    Raises `NotFound`, `Forbidden`; `Overtaken` when the turn is not as `version` showed it, unless a colleague has only
    called right what is called right now; `Invalid` naming intent, entity, words or value (`unknown`, `hidden`, `unread`);
    `Conflict` from the ledger.
    """
    with deps.db.write() as session:
        turn = _turn(session, member, message_id)
        before = queries.latest(session, turn.id)
        if version_of(before) != version:
            if before is not None and _agree(session, before, wish, version):
                audit.write(
                    session, deps.clock(), member.actor, "agreed", turn, message_id=turn.id, correction_id=before.id
                )
                return Done(turn.conversation_id, before.id, None)
            raise Overtaken(turn.id, turn.conversation_id)
        _hold_cards(session, turn, wish)
        seen = _outlook(deps, session, member, turn, wish)
        now = deps.clock()
        effects = [one for one in seen.effects if one.key in ledger]
        done = Correction(
            message_id=turn.id, conversation_id=turn.conversation_id, staff_id=member.id, at=now, kind=wish.kind,
            before=dict(turn.corrected or {}), ledger=[],
        )  # fmt: skip
        done.ledger = write(deps, session, member, effects, turn)
        turn.corrected = done.after = _corrected(turn, seen.reading, wish, member, now)
        turn.reviewed_at = now
        session.add(done)
        session.flush()
        left_out = training_examples.learn(
            session, deps, member, turn, seen.reading.intent, seen.reading.entities, seen.reading.text
        )
        audit.write(
            session, now, member.actor, "corrected", turn, message_id=turn.id, kind=wish.kind, was=turn.intent,
            intent=seen.reading.intent, entity=wish.entity or None, correction_id=done.id,
            ledger=[one.key for one in effects],
        )  # fmt: skip
        answer = Done(turn.conversation_id, done.id, left_out)
    training_examples.written(deps)
    return answer


def undo(deps: Deps, member: Member, correction_id: int) -> tuple[int, int, list[str]]:
    """Take the latest correction of a turn back, for a day. Returns (conversation, message, ledger columns left as they are).

    A ledger value that was changed again since stays, and so does one that cannot go back; the turn's own reading goes back
    all the same. Raises `NotFound`, `Forbidden`; Conflict(reason=): `undone_already`, `too_late`, `corrected`.
    """
    with deps.db.write() as session:
        correction = queries.one(session, member.region_code, HOME_REGION, correction_id)
        if correction is None:
            raise NotFound("no such correction")
        turn = _turn(session, member, correction.message_id)
        session.refresh(correction)
        now = deps.clock()
        if correction.undone_at is not None:
            raise Conflict("undone already", reason="undone_already")
        if correction.at < now - TAKE_BACK_WITHIN:
            raise Conflict("more than a day ago", reason="too_late")
        last = queries.latest(session, turn.id)
        if last is None or last.id != correction.id:
            raise Overtaken(turn.id, turn.conversation_id)
        left = put_back(deps, session, member, correction, turn)
        correction.undone_at, correction.undone_by = now, member.id
        turn.corrected = correction.before or None
        session.flush()
        before = queries.latest(session, turn.id)
        turn.reviewed_at = before.at if before else None
        if before is None:
            training_examples.forget(session, turn.id)
        else:
            found = reading_of(turn, deps)
            training_examples.learn(session, deps, member, turn, found.intent, found.entities, found.text)
        audit.write(
            session, now, member.actor, "correction_undone", turn, message_id=turn.id, correction_id=correction.id,
            left=left,
        )  # fmt: skip
        answer = (turn.conversation_id, turn.id, left)
    training_examples.written(deps)
    return answer


# -- the reading -----------------------------------------------------------------------------------------------------
def _turn(session: Session, member: Member, message_id: int, *, lock: bool = True) -> Message:
    turn = queries.turn(session, member.region_code, HOME_REGION, message_id, lock=lock)
    if turn is None:
        raise NotFound("no such turn")
    if not may(member.role, "correct"):
        raise Forbidden("this role only looks")
    return turn


def _agree(session: Session, meanwhile: Correction, wish: Wish, version: int) -> bool:
    """Whether both have called the same reading right: the turn is as `version` showed it but for the colleague's yes."""
    return (
        wish.kind == meanwhile.kind == "right"
        and version_of(queries.latest(session, meanwhile.message_id, before=meanwhile)) == version
    )


def _hold_cards(session: Session, turn: Message, wish: Wish) -> None:
    """Lock what the words may have filled before it is read: a list is put right as whoever saved last has left it (C5)."""
    if wish.kind in ("entity", "removed"):
        queries.workers_of(session, session.get_one(Conversation, turn.conversation_id), lock=True)
        queries.openings_of(session, turn, lock=True)


def _outlook(deps: Deps, session: Session, member: Member, turn: Message, wish: Wish) -> Outlook:
    now = reading_of(turn, deps)
    if wish.kind == "right":
        return Outlook(now)
    if wish.kind == "intent":
        if wish.intent not in normal_form.INTENTS:
            raise Invalid("unknown intent", {"intent": "unknown"})
        return Outlook(Reading(now.text, wish.intent, now.entities))
    entities = list(now.entities)
    old = entities[wish.number] if wish.number is not None and 0 <= wish.number < len(entities) else None
    if wish.kind == "removed":
        if old is None:
            raise Invalid("which value?", {"entity": "unknown"})
        entities.remove(old)
        becomes = Reading(now.text, now.intent, entities)
        return Outlook(becomes, None, _effects(deps, session, member, turn, now, becomes, {str(old["entity"])}))
    if wish.kind != "entity":
        raise Invalid("what is to be done?", {"kind": "unknown"})
    new = _new_entity(deps, session, member, turn, now, wish, old)
    if old is not None:
        entities.remove(old)
    # The same value twice says no more than once.
    entities = [one for one in entities if (one["entity"], one["value"]) != (new["entity"], new["value"])]
    entities = sorted([*entities, new], key=lambda one: (one["start"], one["end"]))
    becomes = Reading(now.text, now.intent, entities)
    kinds = {new["entity"]} | ({str(old["entity"])} if old else set())
    return Outlook(becomes, new["value"], _effects(deps, session, member, turn, now, becomes, kinds))


def _new_entity(
    deps: Deps, session: Session, member: Member, turn: Message, now: Reading, wish: Wish, old: dict[str, Any] | None
) -> dict[str, Any]:
    if wish.entity not in normal_form.ENTITIES:
        raise Invalid("unknown entity", {"entity": "unknown"})
    start, end = wish.start, wish.end
    if start < 0 and old is not None:
        start, end = old["start"], old["end"]
    if not 0 <= start < end <= len(now.text) or not now.text[start:end].strip():
        raise Invalid("which words?", {"words": "unknown"})
    while now.text[start].isspace():
        start += 1
    while now.text[end - 1].isspace():
        end -= 1
    _check_seen(deps, session, member, turn, now, wish.entity, start, end)
    said = turn.created_at.astimezone(TIMEZONE)
    if wish.value.strip():
        value = normal_form.read(wish.entity, wish.value, said)
    else:
        market_days = deps.regions.market_days(member.region_code)
        read = read_span(wish.entity, start, end, now.text, said, now.intent, market_days)
        value = read.value if read is not None else normal_form.read(wish.entity, now.text[start:end], said)
    if value is None:
        raise Invalid("no value in it", {"value": "unread"})
    return {"entity": wish.entity, "text": now.text[start:end], "value": value, "start": start, "end": end}


def _check_seen(
    deps: Deps, session: Session, member: Member, turn: Message, now: Reading, entity: str, start: int, end: int
) -> None:
    """Whoever says what words mean has to see them: the value would tell what is hidden, and be a guess."""
    conversation = session.get_one(Conversation, turn.conversation_id)
    shown = review_transcript.revealed(deps, session, member, conversation)
    secrets = of_conversation(session, conversation.id)
    covered = {
        part.field
        for part in marked.hidden(now.text, secrets, shown, now.entities, amounts=True)
        if part.start < end and start < part.end
    }
    needed = marked.FIELD_OF.get(entity)
    if needed is not None and needed not in shown:
        covered.add(needed)
    if covered:
        raise Invalid("hidden words", {"words": "hidden", "field": sorted(covered)[0]})


def _corrected(turn: Message, reading: Reading, wish: Wish, member: Member, now: datetime) -> dict[str, Any]:
    """The contract's `corrected`: only what was said to be otherwise, who said it last, and when."""
    kept = {key: value for key, value in (turn.corrected or {}).items() if key in ("intent", "entities")}
    if wish.kind == "intent":
        kept["intent"] = reading.intent
    elif wish.kind in ("entity", "removed"):
        kept["entities"] = reading.entities
    return {**kept, **({"right": True} if wish.kind == "right" else {}), "by": member.id, "at": now.isoformat()}


# -- the ledgers -----------------------------------------------------------------------------------------------------
def _effects(
    deps: Deps, session: Session, member: Member, turn: Message, now: Reading, becomes: Reading, kinds: set[str]
) -> list[Effect]:
    conversation = session.get_one(Conversation, turn.conversation_id)
    found: list[Effect] = []

    def place(said: str) -> str | None:
        match = next(iter(deps.regions.find(said, conversation.region_code)), None)
        return match.code if match else None

    def of(kind: str, reading: Reading) -> list[dict[str, Any]]:
        return [one for one in reading.entities if one["entity"] == kind]

    def add(table: str, id_: int, changes: Sequence[Change], sure: bool) -> None:
        found.extend(Effect(f"{table}-{id_}-{one.column}", table, id_, one, sure) for one in changes)

    if may(member.role, "edit_worker"):
        year = turn.created_at.astimezone(TIMEZONE).year
        for worker in queries.workers_of(session, conversation):
            if not may_see(member.region_code, worker.person.village_code or HOME_REGION):
                continue
            line = put_right.worker_line(worker, worker.person)
            sure = queries.filled_by_words(session, worker.id, turn)
            for kind in sorted(kinds):
                changes = put_right.of_worker(kind, of(kind, now), of(kind, becomes), line, year, place)
                add("workers", worker.id, [one for one in changes if ours(member, one)], sure)
    if may(member.role, "post_opening"):
        for opening in queries.openings_of(session, turn):
            if not may_see(member.region_code, opening.region_code):
                continue
            line = put_right.opening_line(opening)
            for kind in sorted(kinds):
                changes = put_right.of_opening(kind, of(kind, now), of(kind, becomes), line, place)
                add("openings", opening.id, [one for one in changes if ours(member, one)], True)
    return found
