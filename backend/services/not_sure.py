"""When a reading is not sure: one either/or of the likeliest wishes, then the menu, then a person (V08, V17).

What was said is kept until the answer is there: "1" or "找活" carries the chosen wish out with the words and values of the
message it is about, so that nothing is asked again.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from backend.dialogue.state import open_form
from backend.domain.answers import Answer, make
from backend.domain.entities import Entity
from backend.domain.guesses import NEITHER, SURE_ENOUGH, WISHES, is_contested, is_unsure, two_likeliest
from backend.domain.said import says_wrong_person
from backend.services import employer_desk, meaning, read_back, read_on
from backend.services.acts import act, run
from backend.services.menu import MAIN
from backend.services.people import has_elder
from backend.services.turn import Facts, Turn
from backend.services.understand import prepare, values_of
from backend.settings import TIMEZONE
from backend.store.models import Message

# Done however unsure: they change nothing, or are the safe side to err on.
ALWAYS_DONE = frozenset({"note_registration", "note_posting", "resume_form", "not_understood", "talk_to_human"})


def settled(turn: Turn, name: str, facts: Facts) -> tuple[str, Facts]:
    """The act to do for what the engine read: the one it named, or a question where the reading or a word is in doubt."""
    if (said := meaning.said_otherwise(turn, name, facts)) is not None:
        return said
    if (own := employer_desk.meant(turn, name, facts)) is not None:
        return own
    return meaning.settled(turn, *_read(turn, name, facts))


def _read(turn: Turn, name: str, facts: Facts) -> tuple[str, Facts]:
    confidence = turn.message.confidence
    if (put_right := read_back.said_again(turn, facts)) is not None:
        return put_right
    if (chosen := _answers_either_or(turn, facts)) is not None:
        return chosen
    if name in ALWAYS_DONE:
        return name, facts
    form = open_form(turn.conversation.context or {})
    if not is_unsure(facts.intent, confidence, facts.ranking):
        shown = turn.recall("jobs") is not None
        if form is None and is_contested(facts.intent, confidence, facts.ranking, jobs_shown=shown):
            return "not_understood", facts
        return name, facts
    if name == "out_of_scope":
        return ("not_understood" if form is None else name), facts
    # A word nobody is sure of is the answer to the open question, if there is one; else it is asked about.
    doubtful = Facts(intent="nlu_fallback", ranking=facts.ranking, spans=facts.spans)
    return (f"note_{form}" if form else "not_understood"), doubtful


def _answers_either_or(turn: Turn, facts: Facts) -> tuple[str, Facts] | None:
    """A wish named in words after the either/or ("我想找活"), or a yes to a question that has no yes."""
    pending = turn.pending or {}
    if pending.get("kind") != "either_or" or "intents" not in pending:
        return None
    if facts.intent == "affirm":
        return "not_understood", Facts(intent="nlu_fallback")
    sure = turn.message.confidence is not None and turn.message.confidence >= SURE_ENOUGH
    if not sure or facts.intent not in pending["intents"]:
        return None
    option = pending["options"][str(pending["intents"].index(facts.intent) + 1)]
    return option["act"], Facts(entities=facts.entities, params=option["params"], intent=facts.intent)


@act("out_of_scope")
def out_of_scope(turn: Turn) -> list[Answer]:
    if turn.channel != "voice" and says_wrong_person(turn.text):
        return run(turn, {"act": "wrong_person"}, turn.facts)
    return _missed(turn, "out_of_scope")


@act("not_understood")
def not_understood(turn: Turn) -> list[Answer]:
    """One short either/or, then the menu, then a person: never the same words a third time (V08)."""
    if turn.channel != "voice" and says_wrong_person(turn.text):
        return run(turn, {"act": "wrong_person"}, turn.facts)
    return read_on.with_next(turn) or _missed(turn, "not_understood")


def _missed(turn: Turn, what: str) -> list[Answer]:
    attempt = _misses_in_a_row(turn)
    # Whoever is 65 or over is not put through a ladder: at the first trouble a person helps (V17). What is none of our
    # business is told once first.
    elder = has_elder(turn.session, turn.handset, turn.today.year)
    if attempt > 2 or (elder and (attempt == 2 or what == "not_understood")):
        turn.remember("misses", None)
        return run(turn, {"act": "talk_to_human"})
    if attempt == 2:
        return run(turn, {"act": "menu", "params": {"reason": "not_understood"}})
    if what == "out_of_scope":
        _common_two(turn)
        return [make("out_of_scope")]
    if (question := _either_or(turn)) is not None:
        return [question]
    _common_two(turn)
    return [make("not_understood", attempt=1)]


def _either_or(turn: Turn) -> Answer | None:
    """The question between the two likeliest wishes; None when nothing is likely, or a form has its own question open."""
    if open_form(turn.conversation.context or {}) is not None:
        return None
    intents = two_likeliest(turn.facts.ranking, jobs_shown=turn.recall("jobs") is not None)
    if not intents:
        return None
    neither: dict[str, Any] = {"act": "not_understood"}
    options: dict[str, dict[str, Any]] = {
        str(number): {"act": "as_meant", "params": {
            "intent": intent, "message_id": turn.message.id, "spans": turn.facts.spans,
        }}
        for number, intent in enumerate(intents, start=1)
    }  # fmt: skip
    words = {str(number): list(WISHES[intent].words) for number, intent in enumerate(intents, start=1)}
    turn.expect(
        "either_or", {**options, "3": neither, "no": neither}, intents=intents, words={**words, "3": list(NEITHER)}
    )
    choices = [{"zh": WISHES[intent].zh, "en": WISHES[intent].en} for intent in intents]
    return make("either_or", about="wish", word=None, choices=choices)


@act("as_meant")
def as_meant(turn: Turn) -> list[Answer]:
    """Carry out what the either/or settled, with the words and values of the message it was asked about."""
    params, new = turn.facts.params, turn.facts.entities
    earlier = turn.session.get(Message, params["message_id"])
    if earlier is None or earlier.conversation_id != turn.conversation.id:
        return run(turn, {"act": "menu"})
    intent = params["intent"]
    entities = values_as(turn, earlier, intent, params["spans"])
    # From now on the record says what it meant, for staff and for whoever learns from it.
    earlier.intent = intent
    earlier.entities = [{"entity": e.entity, "text": e.text, "value": e.value} for e in entities]
    turn.about = earlier
    turn.remember("misses", None)
    turn.expect(None)
    wish = WISHES[intent]
    facts = Facts(entities=said_last(entities, new), params=dict(wish.params), intent=intent)
    name, facts = meaning.settled(turn, wish.act, facts)
    return run(turn, {"act": name}, facts)


def values_as(turn: Turn, message: Message, intent: str, spans: list[dict[str, Any]]) -> list[Entity]:
    """The values of an earlier message, read as `intent`; `spans` are the places the engine had found in it."""
    return values_of(
        prepare(turn.deps, message.words, message.channel),
        intent,
        spans,
        message.created_at.astimezone(TIMEZONE),
        message.channel,
        turn.deps.regions.market_days(turn.conversation.region_code),
    )


def said_last(before: list[Entity], after: list[Entity]) -> list[Entity]:
    """The values of two messages together; what was said again replaces what was said first."""
    again = {entity.entity for entity in after}
    return [entity for entity in before if entity.entity not in again] + after


def _common_two(turn: Turn) -> None:
    """The two numbers that the plain answer names; inside a form its own question stays open."""
    if open_form(turn.conversation.context or {}) is None:
        turn.expect("either_or", {"1": MAIN["1"], "2": MAIN["2"]})


def _misses_in_a_row(turn: Turn) -> int:
    """How often in a row this conversation was not understood, this time included."""
    before = turn.session.scalar(
        select(func.max(Message.id)).where(
            Message.conversation_id == turn.conversation.id,
            Message.direction == "inbound",
            Message.id < turn.message.id,
        )
    )
    last: dict[str, Any] = turn.recall("misses") or {}
    count = last["count"] + 1 if before is not None and last.get("message_id") == before else 1
    turn.remember("misses", {"count": count, "message_id": turn.message.id})
    return count
