"""Hiring by text or call: the eight facts are asked in turn, confirmed together, then reviewed by the town (E01, P04)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.domain.answers import Answer, make
from backend.domain.lexicon import job_name
from backend.domain.posting import opening_facts
from backend.services.acts import act, run
from backend.services.post_opening import post_opening
from backend.services.turn import Facts, Turn
from backend.services.views import opening_view
from backend.store.models import Employer

QUESTIONS = ("job_type", "headcount", "location", "date", "pay", "benefit")
# Without these there is nothing to publish; the others may be passed over and staff see that they are missing.
REQUIRED = frozenset({"job_type", "headcount"})
TRIES = 2
# entity → whether several values belong together.
KEPT = {
    "job_type": True,
    "headcount": False,
    "location": False,
    "date": False,
    "duration": False,
    "day_part": False,
    "clock": True,
    "pay": False,
    "settlement": False,
    "benefit": True,
    "gender": False,
    "age": False,
    "term": False,
    "employer_name": False,
}


def heard_posting(turn: Turn, facts: Facts) -> dict[str, Any]:
    """The facts of a posting in what was said: entity name → normal form (plain JSON).

    Also `title`, the trade in the employer's own words (摘李子), and `village`, the division code of the place.
    """
    found: dict[str, Any] = {}
    for entity, several in KEPT.items():
        if values := list(dict.fromkeys(facts.all(entity))):
            found[entity] = values if several else values[-1]
    if "job_type" in found and (words := facts.text_of("job_type")):
        found["title"] = words
    if (said := found.get("location")) is not None:
        match = next(iter(turn.deps.regions.find(said, turn.conversation.region_code)), None)
        found["village"] = match.code if match else None
    return found


@act("post_job")
def post_job(turn: Turn) -> list[Answer]:
    """Begin (or go on with) a posting; a pasted notice may bring everything at once."""
    if turn.recall("posting"):
        return note_posting(turn)
    new = heard_posting(turn, turn.facts)
    draft: dict[str, Any] = {
        "facts": new, "skipped": [], "tries": {}, "stage": "asking", "asked": None, "source_message_id": turn.message.id,
    }  # fmt: skip
    return _go_on(turn, draft, noted=new)


@act("note_posting")
def note_posting(turn: Turn) -> list[Answer]:
    """Take what was said as an answer, a further fact, a correction, a pass, or a yes or no to the whole."""
    draft = turn.recall("posting")
    if draft is None:
        return post_job(turn)
    params, facts = turn.facts.params, turn.facts
    asked, new = draft.get("asked"), heard_posting(turn, facts)
    if field := params.get("skip"):
        return _pass_over(turn, draft, field)
    if field := params.get("field"):
        new[field] = params["value"]
    if asked == "headcount" and "headcount" not in new and (count := _bare_number(facts)) is not None:
        new = {key: value for key, value in new.items() if key != "age"} | {"headcount": count}
    if asked == "benefit" and not new and facts.intent in ("affirm", "deny"):
        # "管饭不?" … "没得": nothing is given; "要得" does not say what.
        return _pass_over(turn, draft, "benefit") if facts.intent == "deny" else _ask_again(turn, draft, "benefit")
    if new:
        draft["facts"] = {**draft["facts"], **new}
        return _go_on(turn, draft, noted=new)
    if draft["stage"] == "confirming":
        return _answer_to_all(turn, draft)
    if asked is None:
        return _go_on(turn, draft, noted={})
    return _pass_over(turn, draft, asked) if facts.intent == "deny" else _ask_again(turn, draft, asked)


def where_it_stands(turn: Turn) -> list[Answer] | None:
    """The open question once more; None when nothing is being posted."""
    draft = turn.recall("posting")
    return None if draft is None else _go_on(turn, draft, noted={})


def _bare_number(facts: Facts) -> int | None:
    """A number alone is an age or an ordinal to the engine; to "要几个人?" it is how many."""
    number = facts.one("age") or facts.one("ordinal") or facts.params.get("choice")
    return int(number) if number and int(number) > 0 else None


def _answer_to_all(turn: Turn, draft: dict[str, Any]) -> list[Answer]:
    confirm = turn.facts.params.get("confirm")
    if turn.facts.intent == "affirm" or confirm is True:
        return _confirmed(turn, draft)
    if turn.facts.intent == "deny" or confirm is False:
        return _ask(turn, draft, "correction")
    return [_confirmation(turn, draft)]


def _go_on(turn: Turn, draft: dict[str, Any], noted: dict[str, Any]) -> list[Answer]:
    facts = draft["facts"]
    answered = {*facts, *(["date"] if {"duration", "term"} & facts.keys() else []), *draft["skipped"]}
    field = next((question for question in QUESTIONS if question not in answered), None)
    if field is None:
        return [_confirmation(turn, draft)]
    return _ask(turn, draft, field, noted=noted)


def _ask(
    turn: Turn, draft: dict[str, Any], field: str, *, attempt: int = 1, noted: dict[str, Any] | None = None
) -> list[Answer]:
    draft["stage"] = "confirming" if field == "correction" else "asking"
    draft["asked"] = field
    turn.remember("posting", draft)
    turn.expect("ask", {}, form="posting", field=field, attempt=attempt)
    return [
        make("ask", form="posting", field=field, attempt=attempt, choices=[], noted=told_posting(turn, noted or {}))
    ]


def _ask_again(turn: Turn, draft: dict[str, Any], field: str) -> list[Answer]:
    if field == "correction":
        return [_confirmation(turn, draft)]
    tries = draft["tries"].get(field, 1) + 1
    draft["tries"][field] = tries
    if tries <= TRIES:
        return _ask(turn, draft, field, attempt=tries)
    if field in REQUIRED:
        turn.remember("posting", draft)
        return run(turn, {"act": "talk_to_human"})
    return _pass_over(turn, draft, field)


def _pass_over(turn: Turn, draft: dict[str, Any], field: str) -> list[Answer]:
    if field in REQUIRED or field not in QUESTIONS:
        return _ask_again(turn, draft, field)
    if field not in draft["skipped"]:
        draft["skipped"] = [*draft["skipped"], field]
    return _go_on(turn, draft, noted={})


def _confirmation(turn: Turn, draft: dict[str, Any]) -> Answer:
    draft["stage"], draft["asked"] = "confirming", None
    turn.remember("posting", draft)
    yes = {"act": "note_posting", "params": {"confirm": True}}
    no = {"act": "note_posting", "params": {"confirm": False}}
    turn.expect("confirm_posting", {"1": yes, "yes": yes, "2": no, "no": no})
    return make("confirm_posting", facts=told_posting(turn, draft["facts"]))


def told_posting(turn: Turn, facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` as the channels render them: trades and the place by name."""
    shown = {key: value for key, value in facts.items() if value is not None and key != "village"}
    if village := facts.get("village"):
        shown["village_name"] = turn.deps.regions.name(village)
    if trades := facts.get("job_type"):
        shown["job_names"] = [job_name(code) for code in trades]
    return shown


def _confirmed(turn: Turn, draft: dict[str, Any]) -> list[Answer]:
    """Hand the posting to the town's review; nothing reaches a worker before that (P04)."""
    opening = post_opening(
        turn.session,
        turn.now,
        turn.deps.regions,
        opening_facts(draft["facts"], turn.today),
        {"name": _employer_name(turn, draft["facts"]), "phone": turn.handset.number},
        draft.get("source_message_id"),
        actor=f"handset:{turn.handset.id}",
    )
    turn.remember("posting", None)
    turn.expect(None)
    return [make("posting_received", opening=opening_view(opening, turn.deps.regions))]


def _employer_name(turn: Turn, facts: dict[str, Any]) -> str:
    """As said, else as this number called itself before, else by the number's end: staff ask on review."""
    if said := facts.get("employer_name"):
        return str(said)
    known = turn.session.scalar(
        select(Employer).where(Employer.phone == turn.handset.number).order_by(Employer.id.desc()).limit(1)
    )
    return known.name if known else f"尾号{turn.handset.number[-4:]}的老板"
