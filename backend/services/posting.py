"""Hiring by text or call: the eight facts are asked in turn, confirmed together, then reviewed by the town (E01, P04)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.domain import posting_words
from backend.domain.answers import Answer, make
from backend.domain.employers import stand_in
from backend.domain.lexicon import job_name
from backend.domain.posting import opening_facts
from backend.errors import Invalid
from backend.services.acts import act, run
from backend.services.post_opening import post_opening
from backend.services.posting_undo import keep_undo
from backend.services.turn import Facts, Turn
from backend.services.views import opening_view
from backend.store.models import Employer, Opening

QUESTIONS = ("job_type", "headcount", "location", "date", "hours", "pay", "benefit", "insurance", "requirements")
# Without these there is nothing to publish; the others may be passed over and staff see that they are missing.
REQUIRED = frozenset({"job_type", "headcount"})
TRIES = 2
# Asked once: whoever does not answer them has nothing to say about them.
ASKED_ONCE = frozenset({"hours", "insurance", "requirements"})
# A notice pasted whole is not questioned about what its writer left out; the confirmation names it (V13: few turns).
NOTICE = 40  # characters
LEFT_OUT_OF_NOTICES = ("hours", "requirements")
# What a second posting of the same message has in common with the first.
SHARED = ("location", "village", "date", "duration", "clock", "day_part", "settlement", "benefit", "employer_name")
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
# By keys in a call: what each of the four stands for.
BY_KEY: dict[str, tuple[tuple[str, list[str]], ...]] = {
    "benefit": (
        ("都管", ["meals", "lodging", "transport"]),
        ("只管饭", ["meals", "no_lodging", "no_transport"]),
        ("管饭接送", ["meals", "no_lodging", "transport"]),
        ("都不管", ["no_meals", "no_lodging", "no_transport"]),
    ),
    "insurance": (("买", ["insurance"]), ("不买", ["no_insurance"])),
}


def heard_posting(turn: Turn, facts: Facts, asked: str | None = None) -> dict[str, Any]:
    """The facts of a posting in what was said: entity name → normal form (plain JSON).

    Also `title`, the trade in the employer's own words (摘李子), `village`, the division code of the place, and
    `requirements`, what is asked of the workers in the employer's words.
    """
    found: dict[str, Any] = {}
    for entity, several in KEPT.items():
        if values := list(dict.fromkeys(facts.all(entity))):
            found[entity] = values if several else values[-1]
    if asked == "hours":
        found |= posting_words.hours_in(turn.text)
    if (more := posting_words.benefits_in(turn.text, asked)) or "benefit" in found:
        found["benefit"] = posting_words.merged_benefits(found.get("benefit", []), more)
    if (required := posting_words.requirement_in(turn.text)) is not None:
        found = {key: value for key, value in found.items() if key not in ("gender", "age")}
        found["requirements"] = required
    if "job_type" in found:
        words = next(
            (e.text for e in facts.entities if e.entity == "job_type" and e.value == found["job_type"][0]), None
        )
        found |= {"title": words} if words else {}
    if (said := found.get("location")) is not None:
        match = next(iter(turn.deps.regions.find(said, turn.conversation.region_code)), None)
        found["village"] = match.code if match else None
    return found


@act("post_job")
def post_job(turn: Turn) -> list[Answer]:
    """Begin (or go on with) a posting; a pasted notice may bring everything at once."""
    if turn.recall("posting"):
        return note_posting(turn)
    return begin(turn, heard_posting(turn, turn.facts))


def begin(turn: Turn, new: dict[str, Any], **more: Any) -> list[Answer]:
    """Open a posting with the facts heard so far. `more`: what goes with it, e.g. `repeats_id`."""
    draft: dict[str, Any] = {
        "facts": {}, "skipped": [], "tries": {}, "stage": "asking", "asked": None, "source_message_id": turn.message.id,
        **more,
    }  # fmt: skip
    if len(turn.text) >= NOTICE:
        draft["skipped"] = [field for field in LEFT_OUT_OF_NOTICES if not _answered(new, field)]
        draft["left_out"] = draft["skipped"]
    if "requirements" not in new and posting_words.says_none_required(turn.text):
        draft["skipped"] = [*draft["skipped"], "requirements"]
        draft["left_out"] = [field for field in draft.get("left_out", ()) if field != "requirements"]
    told = _one_by_one(turn, draft, new)
    return told + _take(turn, draft, new)


@act("note_posting")
def note_posting(turn: Turn) -> list[Answer]:
    """Take what was said as an answer, a further fact, a correction, a pass, or a yes or no to the whole."""
    draft = turn.recall("posting")
    if draft is None:
        return post_job(turn)
    params, facts = turn.facts.params, turn.facts
    asked = draft.get("asked")
    if field := params.get("skip"):
        return _pass_over(turn, draft, field)
    new = {} if "field" in params else heard_posting(turn, facts, asked)
    if field := params.get("field"):
        new[field] = params["value"]
    told: list[Answer] = []
    if asked == "job_type":
        told = _one_by_one(turn, draft, new)
    elif len(new.get("job_type", ())) > 1:
        new["job_type"] = new["job_type"][-1:]  # a correction: what was said last counts
    if asked == "headcount" and "headcount" not in new and (count := _bare_number(facts)) is not None:
        new = {key: value for key, value in new.items() if key != "age"} | {"headcount": count}
    if asked == "requirements" and not params:
        return _note_requirements(turn, draft, new)
    if asked == "insurance" and "benefit" not in new and facts.intent == "affirm":
        new["benefit"] = ["insurance"]
    if asked in BY_KEY and facts.intent == "deny" and not new and not posting_words.does_not_know(turn.text):
        # "管饭不?" … "没得": nothing is given.
        given = posting_words.GIVEN if asked == "benefit" else ("insurance",)
        new["benefit"] = [f"no_{one}" for one in given]
    if new or posting_words.problems(turn.text, new, turn.today, asked):
        return told + _take(turn, draft, new)
    if "requirements" in draft.get("left_out", ()) and posting_words.says_none_required(turn.text):
        # The answer to 没说对人的要求, and no to nothing else.
        draft["left_out"] = [field for field in draft["left_out"] if field != "requirements"]
        return _go_on(turn, draft, noted={})
    if draft["stage"] == "confirming":
        return _answer_to_all(turn, draft)
    if asked is None:
        return _go_on(turn, draft, noted={})
    return _pass_over(turn, draft, asked) if facts.intent == "deny" else _ask_again(turn, draft, asked)


def where_it_stands(turn: Turn) -> list[Answer] | None:
    """The open question once more; None when nothing is being posted."""
    draft = turn.recall("posting")
    return None if draft is None else _go_on(turn, draft, noted={})


def _take(turn: Turn, draft: dict[str, Any], new: dict[str, Any]) -> list[Answer]:
    """Keep what can be meant and ask about the rest, with the reason."""
    asked = draft.get("asked")
    wrong = posting_words.problems(turn.text, new, turn.today, asked)
    if new.get("headcount") is not None and not 1 <= int(new["headcount"]) <= posting_words.MOST_PEOPLE:
        wrong["headcount"] = "too_many" if int(new["headcount"]) > 0 else "no_people"
    tried = draft["tries"].get("location", 1)
    if new.get("location") and not new.get("village") and "location" not in wrong and tried < TRIES:
        wrong["location"] = "unknown_place"
    kept = {key: value for key, value in new.items() if key not in wrong}
    if "location" in wrong:
        kept.pop("village", None)
    if "benefit" in kept:
        kept["benefit"] = posting_words.merged_benefits(draft["facts"].get("benefit") or [], kept["benefit"])
    draft["facts"] = {**draft["facts"], **kept}
    if not wrong:
        return _go_on(turn, draft, noted=kept)
    field, problem = next(iter(wrong.items()))
    draft["tries"][field] = draft["tries"].get(field, 1) + 1
    if draft["tries"][field] > TRIES + 1:
        return _ask_again(turn, draft, field)
    return [make("posting_problem", problem=problem), *_ask(turn, draft, field, attempt=2, noted=kept)]


def _one_by_one(turn: Turn, draft: dict[str, Any], new: dict[str, Any]) -> list[Answer]:
    """Of several trades said at once the first is posted now, each other after it; nobody's second wish is lost."""
    if len(new.get("job_type", ())) < 2:
        return []
    first, *others = new["job_type"]
    words = {entity.value: entity.text for entity in turn.facts.entities if entity.entity == "job_type"}
    new["job_type"] = [first]
    draft["then"] = [{"job_type": [code], **({"title": words[code]} if code in words else {})} for code in others]
    return [make("one_by_one", job_names=[words.get(code) or job_name(code) for code in (first, *others)])]


def _note_requirements(turn: Turn, draft: dict[str, Any], new: dict[str, Any]) -> list[Answer]:
    """What the workers must bring, in the employer's own words; none is an answer, too."""
    text = turn.text.strip()
    others = {
        key: value for key, value in new.items() if key not in ("gender", "age", "requirements", "title", "job_type")
    }
    if turn.facts.intent in ("deny", "affirm") or posting_words.asks_nothing(text):
        draft["skipped"] = [*draft["skipped"], "requirements"]
    elif posting_words.is_requirement(text) or (not others and turn.facts.intent in ("inform", "post_job")):
        others["requirements"] = text[: posting_words.LONGEST_REQUIREMENT]
    elif not others:
        return _pass_over(turn, draft, "requirements")
    return _take(turn, draft, others)


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


def _answered(facts: dict[str, Any], field: str) -> bool:
    if field == "date":
        return bool({"date", "duration", "term"} & facts.keys())
    if field == "hours":
        return bool({"clock", "day_part"} & facts.keys())
    if field == "insurance":
        return any(code.endswith("insurance") for code in facts.get("benefit") or ())
    if field == "requirements":
        return bool({"requirements", "gender", "age"} & facts.keys())
    return field in facts


def _go_on(turn: Turn, draft: dict[str, Any], noted: dict[str, Any]) -> list[Answer]:
    facts = draft["facts"]
    field = next((one for one in QUESTIONS if one not in draft["skipped"] and not _answered(facts, one)), None)
    if field is None:
        return [_confirmation(turn, draft)]
    return _ask(turn, draft, field, noted=noted)


def _ask(
    turn: Turn, draft: dict[str, Any], field: str, *, attempt: int = 1, noted: dict[str, Any] | None = None
) -> list[Answer]:
    draft["stage"] = "confirming" if field == "correction" else "asking"
    draft["asked"] = field
    turn.remember("posting", draft)
    by_key = BY_KEY.get(field, ()) if turn.channel == "voice" else ()
    options = {
        str(key): {"act": "note_posting", "params": {"field": "benefit", "value": codes}}
        for key, (_, codes) in enumerate(by_key, start=1)
    }
    turn.expect("ask", options, form="posting", field=field, attempt=attempt)
    return [
        make("ask", form="posting", field=field, attempt=attempt, choices=[name for name, _ in by_key],
             noted=told_posting(turn, noted or {}))
    ]  # fmt: skip


def _ask_again(turn: Turn, draft: dict[str, Any], field: str) -> list[Answer]:
    if field == "correction":
        return [_confirmation(turn, draft)]
    if field in ASKED_ONCE:
        return _pass_over(turn, draft, field)
    tries = draft["tries"].get(field, 1) + 1
    draft["tries"][field] = tries
    if tries <= TRIES:
        unknown = field == "job_type" and turn.facts.intent != "deny" and len(turn.text) > 1
        told = [make("posting_problem", problem="unknown_trade")] if unknown else []
        return told + _ask(turn, draft, field, attempt=tries)
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
    missing = [field for field in draft.get("left_out", ()) if not _answered(draft["facts"], field)]
    told = told_posting(turn, draft["facts"])
    return make("confirm_posting", facts={**told, "left_out": missing} if missing else told)


def told_posting(turn: Turn, facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` as the channels render them: trades and the place by name."""
    shown = {key: value for key, value in facts.items() if value is not None and key != "village"}
    if village := facts.get("village"):
        shown["village_name"] = turn.deps.regions.name(village)
    if trades := facts.get("job_type"):
        shown["job_names"] = [job_name(code) for code in trades]
    return shown


def _confirmed(turn: Turn, draft: dict[str, Any]) -> list[Answer]:
    """Hand the posting to the town's review; only a verified employer's reaches workers before that (P04)."""
    try:
        opening = post_opening(
            turn.session,
            turn.now,
            turn.deps.regions,
            opening_facts(draft["facts"], turn.today),
            _employer(turn, draft["facts"]),
            draft.get("source_message_id"),
            actor=f"handset:{turn.handset.id}",
            at_once=True,
            more={"repeats_id": draft["repeats_id"]} if draft.get("repeats_id") else None,
        )
    except Invalid:
        # What the questions let through and the library refuses is for a person to sort out; nothing is stored.
        turn.remember("posting", draft)
        return run(turn, {"act": "talk_to_human"})
    turn.remember("posting", None)
    turn.expect(None)
    view = opening_view(opening, turn.deps.regions)
    if opening.status != "published":
        return [make("posting_received", opening=view), *_next_one(turn, draft)]
    keep_undo(turn, opening, how="posted")
    return [make("posting_published", opening=view, undo=True), *_next_one(turn, draft)]


def _next_one(turn: Turn, draft: dict[str, Any]) -> list[Answer]:
    """The next of the trades said at once, with the place and the days they have in common."""
    if not draft.get("then"):
        return []
    following, *others = draft["then"]
    shared = {key: value for key, value in draft["facts"].items() if key in SHARED}
    then = {**draft, "facts": {**shared, **following}, "then": others, "tries": {}, "asked": None, "repeats_id": None}
    return _go_on(turn, then, noted={"job_type": following["job_type"], "title": following.get("title")})


def _employer(turn: Turn, facts: dict[str, Any]) -> dict[str, Any]:
    """As said, else as this number called itself before, else by the number's end: staff ask on review."""
    phone = turn.handset.number
    if said := facts.get("employer_name"):
        return {"name": str(said), "phone": phone}
    latest = select(Opening.employer_id).join(Employer).where(Employer.phone == phone).order_by(Opening.id.desc())
    known = turn.session.scalar(latest.limit(1)) or turn.session.scalar(
        select(Employer.id).where(Employer.phone == phone).order_by(Employer.id.desc()).limit(1)
    )
    return {"id": known} if known is not None else {"name": stand_in(phone), "phone": phone}
