"""A word that means two things is asked about before anything is done with it; then the dialogue goes on where it was."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from backend.domain import ambiguous
from backend.domain.ambiguous import Doubt, Side
from backend.domain.answers import Answer, make
from backend.domain.entities import Entity
from backend.domain.guesses import NEITHER
from backend.services import read_back
from backend.services.acts import act, run
from backend.services.turn import Facts, Turn
from backend.store.models import Message

# Acts that use a trade, a day or a wage. Looking for work changes nothing, so 四 and 十 are not asked about there.
CHANGING = frozenset(
    {"register", "note_registration", "post_job", "note_posting", "update_profile", "set_availability"}
)
USING = CHANGING | {"find_jobs", "inform", "more_jobs"}


def settled(turn: Turn, name: str, facts: Facts, known: tuple[str, ...] = ()) -> tuple[str, Facts]:
    """`name` with words in doubt bound where the message itself decides them, else the act that asks about the first."""
    if name not in USING:
        return name, facts
    while (doubt := _doubt(turn, name, facts, known)) is not None:
        if doubt.decided is None:
            return "ask_meaning", Facts(
                entities=facts.entities, params={"then": name, "known": list(known)}, intent=facts.intent
            )
        facts = Facts(ambiguous.settle(facts.entities, doubt, doubt.decided), facts.params, facts.intent)
        known = (*known, doubt.word)
    return name, facts


def _doubt(turn: Turn, name: str, facts: Facts, known: tuple[str, ...]) -> Doubt | None:
    pending = turn.pending or {}
    return ambiguous.find(
        turn.text,
        facts.entities,
        intent=facts.intent,
        today=turn.today,
        asked=pending.get("field") if pending.get("kind") == "ask" else None,
        by_voice=turn.channel == "voice" and name in CHANGING,
        known=known,
    )


@act("ask_meaning")
def ask_meaning(turn: Turn) -> list[Answer]:
    """The either/or; `params`: `then` the act that waits for it, `known` the words settled before."""
    facts = turn.facts
    then, known = facts.params["then"], tuple(facts.params["known"])
    doubt = _doubt(turn, then, facts, known)
    if doubt is None:
        return run(turn, {"act": then}, Facts(facts.entities, {}, facts.intent))
    kept: dict[str, Any] = {
        "act": then,
        "intent": facts.intent,
        "message_id": (turn.about or turn.message).id,
        "known": [*known, doubt.word],
        "kind": doubt.kind,
        "by_sound": doubt.by_sound,
    }

    def option(side: Side | None) -> dict[str, Any]:
        entities = [asdict(entity) for entity in ambiguous.settle(facts.entities, doubt, side)]
        return {"act": "with_meaning", "params": {**kept, "entities": entities, "bound": side is not None}}

    first, second = doubt.sides
    neither = option(None)
    turn.expect(
        "either_or",
        {"1": option(first), "2": option(second), "3": neither, "no": neither},
        words={"1": [first.zh, *first.words], "2": [second.zh, *second.words], "3": list(NEITHER)},
        kept={**kept, "entities": neither["params"]["entities"]},
    )
    choices = [{"zh": side.zh, "en": side.en} for side in doubt.sides]
    return [make("either_or", about="heard" if doubt.by_sound else "word", word=doubt.word, choices=choices)]


@act("with_meaning")
def with_meaning(turn: Turn) -> list[Answer]:
    """Go on with the act that waited, now that the word is settled."""
    kept = turn.facts.params
    return _go_on(turn, kept, [Entity(**entity) for entity in kept["entities"]], bound=kept.get("bound", True))


def _go_on(turn: Turn, kept: dict[str, Any], entities: list[Entity], *, bound: bool) -> list[Answer]:
    turn.about = turn.session.get(Message, kept["message_id"])
    turn.expect(None)
    known = tuple(kept["known"])
    facts = Facts(entities, {}, kept["intent"])
    if bound and kept["by_sound"] and set(read_back.amounts(facts)) == {kept["kind"]}:
        facts.params["heard_right"] = True  # she has just said which it is
    name, facts = settled(turn, kept["act"], facts, known)
    if name != "ask_meaning" and not bound and kept["act"].startswith("note_") and not entities:
        # Neither of the two, and nothing else was said: that is no answer, the question is asked again.
        facts = Facts(intent="nlu_fallback")
    return run(turn, {"act": name}, facts)


def said_otherwise(turn: Turn, name: str, facts: Facts) -> tuple[str, Facts] | None:
    """The act that waits and its values when these words say it in their own way ("踩缝纫机的"); else None."""
    pending = turn.pending or {}
    kept = pending.get("kept")
    if pending.get("kind") != "either_or" or kept is None or kept["kind"] not in {e.entity for e in facts.entities}:
        return None
    if name != kept["act"] and facts.intent not in ("inform", kept["intent"]):
        return None  # something else is wanted now
    before = [Entity(**entity) for entity in kept["entities"]]
    again = {entity.entity for entity in facts.entities}
    entities = [entity for entity in before if entity.entity not in again] + facts.entities
    params = {**kept, "entities": [asdict(entity) for entity in entities], "bound": True}
    return "with_meaning", Facts(params=params, intent=kept["intent"])
