"""What Rasa has to know about a dialogue, rebuilt for every turn from the conversation's memory (DESIGN §3.14).

Rasa keeps nothing between turns: each turn runs under a fresh sender id, and `action_session_start` puts the form, the
question that is open and the facts already told back in place. Facts go over as marks ("given", "skipped"), never as
words: the engine needs to know which question comes next, not what anybody said.
"""

from __future__ import annotations

from typing import Any

# form → the questions it can ask, in the order they are asked; the last one is the confirmation.
FIELDS: dict[str, tuple[str, ...]] = {
    "registration": ("person_name", "age", "location", "job_type", "date", "pay", "confirm"),
    "posting": ("job_type", "headcount", "location", "date", "pay", "benefit", "confirm"),
}
# Questions the engine has no slot for → the one whose answers are read alike; the backend knows which was asked.
READ_AS = {"hours": "date", "insurance": "benefit", "requirements": "confirm"}
_CONFIRMS = {"confirm_registration": "registration", "confirm_posting": "posting"}


def open_form(context: dict[str, Any]) -> str | None:
    """Return `registration`, `posting` or None: what is being filled in.

    With both begun, the one whose question is open counts, else the posting: it was begun on top of the other.
    """
    pending = context.get("pending") or {}
    asked = pending.get("form") if pending.get("kind") == "ask" else _CONFIRMS.get(pending.get("kind", ""))
    if asked and context.get(asked) is not None:
        return str(asked)
    return next((form for form in ("posting", "registration") if context.get(form) is not None), None)


def open_field(context: dict[str, Any]) -> str | None:
    """Return the field that the open form is asking for; after a digression it is the one asked before."""
    field = open_question(context)
    return READ_AS.get(field or "", field)


def open_question(context: dict[str, Any]) -> str | None:
    """Return the same by the backend's own name for it: `hours`, `insurance` and `requirements` are told apart, too."""
    form = open_form(context)
    if form is None:
        return None
    pending = context.get("pending") or {}
    draft = context[form]
    if pending.get("kind") == "ask" and pending.get("form") == form:
        field = pending.get("field")
    elif draft.get("stage") == "confirming" or _CONFIRMS.get(pending.get("kind", "")) == form:
        field = "confirm"
    else:
        field = draft.get("asked")
    # "What is wrong then?" and the like belong to the confirmation.
    return field if field in FIELDS[form] or (form == "posting" and field in READ_AS) else "confirm"


def restore(context: dict[str, Any] | None) -> dict[str, Any]:
    """Return what one turn's request tells Rasa.

    `{"form": "registration_form"|"posting_form"|None, "requested_slot": "registration_age"|None,
    "slots": {"registration_person_name": "given", …}}`
    """
    context = context or {}
    form = open_form(context)
    if form is None:
        return {"form": None, "requested_slot": None, "slots": {}}
    draft = context[form]
    asked = open_field(context)
    marks = {}
    for field in FIELDS[form]:
        if field == asked:
            continue  # the form asks only for what it does not have
        if (draft.get("facts") or {}).get(field) is not None:
            marks[f"{form}_{field}"] = "given"
        elif field in (draft.get("skipped") or ()):
            marks[f"{form}_{field}"] = "skipped"
    return {"form": f"{form}_form", "requested_slot": f"{form}_{asked}", "slots": marks}
