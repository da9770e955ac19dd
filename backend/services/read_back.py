"""By phone every amount and every day heard is read back before it changes anything (vocabulary §4.5, V11).

四 and 十 sound alike to a recogniser. Where a dialogue has a confirmation of its own (a place taken, a registration, a
posting) that one reads them back; everything else asks "听到的是…,对不对" here and is done after the yes.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from backend.domain.answers import Answer, make
from backend.domain.entities import Entity
from backend.services.acts import act, run
from backend.services.turn import Facts, Turn
from backend.store.models import Message

# What a wrong digit would spoil.
AMOUNTS = ("date", "clock", "duration", "age", "headcount", "pay", "money")
# A value said again after "不对" is read as one of these, whatever else the words could be.
SAID_AGAIN = frozenset(
    {"inform", "deny", "search_jobs", "update_profile", "set_availability", "report_problem", "register_return"}
)


def question(turn: Turn, then: str, told: dict[str, Any] | None = None, *, by_text: bool = False) -> Answer | None:
    """The read-back of what was heard for the act `then`; None by text, without amounts, or once it was said to be right.

    `told`: the facts as they shall sound, e.g. days on which somebody is not free. `by_text`: also to a text.
    """
    heard = amounts(turn.facts)
    if (turn.channel != "voice" and not by_text) or turn.facts.params.get("heard_right") or not heard:
        return None
    kept = {
        "act": then,
        "intent": turn.facts.intent,
        "entities": [asdict(entity) for entity in turn.facts.entities],
        "message_id": (turn.about or turn.message).id,
    }
    before = turn.pending
    if before and before["kind"] in ("confirm_heard", "say_again"):
        before = before.get("before")
    yes: dict[str, Any] = {"act": "heard_right", "params": {**kept, "before": before}}
    no: dict[str, Any] = {"act": "heard_wrong"}
    turn.expect("confirm_heard", {"1": yes, "yes": yes, "2": no, "no": no}, kept=kept, before=before)
    return make("confirm_heard", facts=told or heard)


def amounts(facts: Facts) -> dict[str, Any]:
    """What has to be read back: entity name → the last value said; clock times all."""
    found = {name: facts.one(name) for name in AMOUNTS if facts.one(name) is not None}
    return {**found, "clock": facts.all("clock")} if "clock" in found else found


def without_amounts(facts: Facts) -> Facts:
    """What may be used before the yes."""
    return replace(facts, entities=[entity for entity in facts.entities if entity.entity not in AMOUNTS])


@act("heard_right")
def heard_right(turn: Turn) -> list[Answer]:
    kept = turn.facts.params
    turn.remember("pending", kept["before"])
    facts = Facts(
        entities=[Entity(**entity) for entity in kept["entities"]], params={"heard_right": True}, intent=kept["intent"]
    )
    turn.about = turn.session.get(Message, kept["message_id"])
    return run(turn, {"act": kept["act"]}, facts)


@act("heard_wrong")
def heard_wrong(turn: Turn) -> list[Answer]:
    """Not so: what was heard is kept but for what is said again."""
    pending = turn.pending or {}
    turn.expect("say_again", {}, kept=pending.get("kept"), before=pending.get("before"))
    return [make("say_again")]


def said_again(turn: Turn, facts: Facts) -> tuple[str, Facts] | None:
    """The act and the values when these words put right what was read back ("不对,是一百四"); else None."""
    pending = turn.pending or {}
    kept = pending.get("kept")
    if pending.get("kind") not in ("confirm_heard", "say_again") or kept is None or facts.intent not in SAID_AGAIN:
        return None
    before = [Entity(**entity) for entity in kept["entities"]]
    # Without a unit it is still the wage that was put right.
    kinds = {entity.entity for entity in before}
    new = [
        replace(entity, entity="money", value=_yuan(entity.value))
        if entity.entity == "pay" and "money" in kinds and "pay" not in kinds
        else entity
        for entity in facts.entities
    ]
    if not {entity.entity for entity in new} & set(AMOUNTS):
        return None
    again = {entity.entity for entity in new}
    turn.about = turn.session.get(Message, kept["message_id"])
    merged = [entity for entity in before if entity.entity not in again] + new
    return kept["act"], Facts(entities=merged, intent=kept["intent"])


def _yuan(pay: Any) -> int | float:
    """`3500/month` or `3500` said of what is owed → 3500."""
    amount = float(str(pay).partition("/")[0].rstrip("+").partition("-")[0])
    return int(amount) if amount == int(amount) else amount
