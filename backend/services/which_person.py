"""The answer to "who is speaking" on a shared phone, after which the act that asked goes on (V21, T5)."""

from __future__ import annotations

from backend.domain.answers import Answer, make
from backend.services.acts import act, run
from backend.services.people import ask_which_person, owners
from backend.services.turn import Turn


@act("which_person")
def which_person(turn: Turn) -> list[Answer]:
    """`params`: `person_id` with `then` and `with` (the menu's options), or `choice` (a key: 1 the holder, 2 another)."""
    params = turn.facts.params
    known = [owner.person_id for owner in owners(turn.session, turn.handset)]
    if choice := params.get("choice"):
        position = int(choice) - 1
        chosen = known[position] if 0 <= position < len(known) else None
    else:
        chosen = params.get("person_id")
    if chosen not in known:
        question = ask_which_person(turn, params.get("then", "menu"), params.get("with"))
        return [question] if question else [make("menu", reason=None)]
    turn.conversation.person_id = chosen
    turn.expect(None)
    if params.get("then"):
        return run(turn, {"act": params["then"], "params": params.get("with") or {}})
    return run(turn, {"act": "menu"})
