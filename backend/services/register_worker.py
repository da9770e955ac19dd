"""Enter a worker in the worker library, fact by fact, with one confirmation that is also the consent (W01)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from backend.domain import distance, travel
from backend.domain.answers import Answer, make
from backend.domain.lexicon import job_name
from backend.domain.pay import to_fen
from backend.domain.registration import NOTICE_VERSION, REQUIRED, TRIES, answered, next_question
from backend.domain.repair import sound_key
from backend.domain.said import is_always_free, is_busy
from backend.services import audit
from backend.services.acts import act, run
from backend.services.people import owners
from backend.services.turn import Facts, Turn
from backend.store.models import Consent, HandsetOwner, Hardship, Person, Worker

# -- from what was said to facts ------------------------------------------------------------------------------------


# entity → whether several values belong together.
KEPT = {
    "person_name": False,
    "gender": False,
    "age": False,
    "phone_number": False,
    "pay": False,
    "settlement": False,
    "proximity": False,
    "term": False,
    "duration": False,
    "date": False,
    "job_type": True,
    "hardship": True,
    "benefit": True,
    "day_part": True,
}


# By sound, what stands before a place: 住 heard as 组, 在 as 再.
LEADS_IN = frozenset(sound_key(word) for word in "住在到是")


def heard(turn: Turn, facts: Facts) -> dict[str, Any]:
    """The facts about a worker in what was said: entity name → normal form (plain JSON), plus `village`, the division
    code of `location`, when the place is one we serve; `always_free` for "天天都有空"; days she is busy are `unavailable`
    ([from, to]), never `date`. Shared with profile changes."""
    found: dict[str, Any] = {}
    for entity, several in KEPT.items():
        if values := list(dict.fromkeys(facts.all(entity))):
            found[entity] = values if several else values[-1]
    if (said := facts.one("location")) is not None:
        found["location"] = said
        # In a call the word before the name may have become part of it: 组中塘社区 for 住中塘社区.
        led_in = turn.channel == "voice" and len(said) > 3 and sound_key(said[0]) in LEADS_IN
        heard_as = [said, said[1:]] if led_in else [said]
        matches = (m for name in heard_as for m in turn.deps.regions.find(name, turn.conversation.region_code))
        match = next(matches, None)
        found["village"] = match.code if match else None
    _read_days(turn, found)
    if "proximity" in found:
        # 骑摩托二十分钟: besides the word of nearness, how she gets about and how far that is.
        way = {"travel": travel.mode_said(turn.text), "within_km": distance.said_km(turn.text)}
        found |= {name: value for name, value in way.items() if value is not None}
    return found


def _read_days(turn: Turn, found: dict[str, Any]) -> None:
    pending = turn.pending or {}
    asked = pending.get("kind") == "ask" and pending.get("field") == "date"
    if "date" in found:
        if is_busy(turn.text):
            start, _, end = str(found.pop("date")).partition("/")
            found["unavailable"] = [start, end or start]
    elif is_always_free(turn.text, asked=asked):
        found["always_free"] = True


# -- the dialogue ----------------------------------------------------------------------------------------------------


@act("register")
def register(turn: Turn) -> list[Answer]:
    """Begin (or go on with) a registration; a first message may bring everything at once."""
    if turn.recall("registration"):
        return note_registration(turn)
    for_other = _for_other(turn.raw) or bool(turn.facts.params.get("another"))
    draft = {"facts": {}, "skipped": [], "tries": {}, "for_other": for_other, "stage": "asking"}
    new = heard(turn, turn.facts)
    if turn.channel == "sms" and not for_other and not new and _only_one_known(turn):
        return run(turn, {"act": "view_profile"})  # entered already; she may want to see or to change it
    draft["facts"] = new
    draft["started_with"] = len(answered(new) or ()) if "person_name" in new else 0
    if draft["started_with"] == 1 and len(new.keys() - {"location", "village"}) > 1:
        draft["started_with"] = 2  # any other fact counts: 女, 吃低保, a phone number
    return _go_on(turn, draft, noted=new)


def _only_one_known(turn: Turn) -> bool:
    known = owners(turn.session, turn.handset)
    person = turn.session.get(Person, known[0].person_id) if len(known) == 1 else None
    return person is not None and person.name is not None


def _for_other(text: str) -> bool:
    # Only decides whether the new person becomes the number's holder; the confirmation says which, and can be denied.
    return any(
        word in text
        for word in ("帮我", "给我爸", "给我妈", "替我", "帮他", "帮她", "我爸", "我妈", "我公公", "我婆婆")
    ) and not any(word in text for word in ("帮我登", "帮我弄", "帮我办", "帮我填", "帮我报"))


@act("note_registration")
def note_registration(turn: Turn) -> list[Answer]:
    """Take what was said as an answer, a further fact, a correction, a pass or a yes or no."""
    draft = turn.recall("registration")
    if draft is None:
        return register(turn)
    facts, params = turn.facts, turn.facts.params
    new = heard(turn, facts)
    if field := params.get("field"):
        new[field] = params["value"]
    asked = draft.get("asked")
    if asked == "pay" and "pay" in new and "/" not in str(new["pay"]):
        new["pay"] = f"{new['pay']}/day"  # the question was "一天要好多钱"
    if skip := params.get("skip"):
        return _pass_over(turn, draft, skip)
    if new:
        changed = [key for key in new if key in draft["facts"] and draft["facts"][key] != new[key]]
        draft["facts"] = _merged(draft["facts"], new)
        draft["changed"] = changed
        return _go_on(turn, draft, noted=new)
    if draft["stage"] == "confirming":
        if facts.intent == "affirm" or params.get("confirm") is True:
            return _confirmed(turn, draft)
        if facts.intent == "deny" or params.get("confirm") is False:
            return _ask(turn, draft, "correction")
        return [_confirmation(turn, draft)]
    if asked and facts.intent == "search_jobs":
        # "有啥子活路" to "会做啥子活" is a question of her own: it is answered, ours stays open.
        turn.remember("registration", draft)
        return [*run(turn, {"act": "find_jobs"}, facts), make("resume_hint", form="registration", field=asked)]
    if asked and (facts.intent == "deny" or facts.intent == "affirm"):
        # "没得", "不想说": the question is passed over. "要得" answers nothing that was asked: ask again, shorter.
        return _pass_over(turn, draft, asked) if facts.intent == "deny" else _ask_again(turn, draft, asked)
    return _ask_again(turn, draft, asked) if asked else _go_on(turn, draft, noted={})


def _merged(facts: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """`facts` with what was said last; 天天 and a certain day replace each other."""
    replaced = {"always_free"} if "date" in new else {"date"} if "always_free" in new else set()
    return {**{key: value for key, value in facts.items() if key not in replaced}, **new}


def where_it_stands(turn: Turn) -> list[Answer] | None:
    """The open question once more, with everything told so far; None when no registration is open."""
    draft = turn.recall("registration")
    if draft is None:
        return None
    if draft["stage"] == "confirming":
        return [_confirmation(turn, draft)]
    return _go_on(turn, draft, noted=draft["facts"])


def _go_on(turn: Turn, draft: dict[str, Any], noted: dict[str, Any]) -> list[Answer]:
    field = next_question(draft["facts"], draft["skipped"], started_with=draft.get("started_with", 0))
    for question in answered(draft["facts"]):
        if question not in draft["facts"] and question not in draft["skipped"]:
            draft["skipped"] = [*draft["skipped"], question]  # answered by a neighbour, e.g. 长期 instead of a date
    if field is None:
        draft["stage"] = "confirming"
        return [_confirmation(turn, draft)]
    return _ask(turn, draft, field, noted=noted)


def _ask(
    turn: Turn, draft: dict[str, Any], field: str, *, attempt: int = 1, noted: dict[str, Any] | None = None
) -> list[Answer]:
    if field != "correction":
        draft["stage"] = "asking"
    draft["asked"] = field
    turn.remember("registration", draft)
    choices = JOB_FAMILIES if field == "job_type" else []
    options = {
        str(n): {"act": "note_registration", "params": {"field": "job_type", "value": family["value"]}}
        for n, family in enumerate(choices, start=1)
    }
    turn.expect("ask", options, form="registration", field=field, attempt=attempt)
    return [
        make(
            "ask",
            form="registration",
            field=field,
            attempt=attempt,
            choices=[family["name"] for family in choices],
            noted=told(turn, noted or {}),
        )
    ]


def _ask_again(turn: Turn, draft: dict[str, Any], field: str) -> list[Answer]:
    tries = draft["tries"].get(field, 1) + 1
    draft["tries"][field] = tries
    if tries <= TRIES:
        return _ask(turn, draft, field, attempt=tries)
    if field in REQUIRED:
        turn.remember("registration", draft)
        return run(turn, {"act": "talk_to_human"})
    return _pass_over(turn, draft, field)


def _pass_over(turn: Turn, draft: dict[str, Any], field: str) -> list[Answer]:
    if field in REQUIRED:
        return _ask_again(turn, draft, field)
    if field not in draft["skipped"]:
        draft["skipped"] = [*draft["skipped"], field]
    return _go_on(turn, draft, noted={})


def _confirmation(turn: Turn, draft: dict[str, Any]) -> Answer:
    draft["asked"] = None
    turn.remember("registration", draft)
    turn.expect(
        "confirm_registration",
        {
            "1": {"act": "note_registration", "params": {"confirm": True}},
            "2": {"act": "note_registration", "params": {"confirm": False}},
            "yes": {"act": "note_registration", "params": {"confirm": True}},
            "no": {"act": "note_registration", "params": {"confirm": False}},
        },
    )
    return make(
        "confirm_registration",
        facts=told(turn, draft["facts"]),
        for_other=draft["for_other"],
        notice_version=NOTICE_VERSION,
        changed=draft.get("changed", []),
    )


# The four-way question for people who name no trade (vocabulary §4.1, rules).
JOB_FAMILIES: list[dict[str, Any]] = [
    {"name": "工地", "value": ["B01"]},
    {"name": "田头", "value": ["A04", "A07", "A19"]},
    {"name": "厂头", "value": ["F01"]},
    {"name": "屋头家政", "value": ["S09"]},
]


def told(turn: Turn, facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` as the channels render them: trades and the village by name."""
    shown = {key: value for key, value in facts.items() if value is not None}
    if village := facts.get("village"):
        shown["village_name"] = turn.deps.regions.name(village)
    if trades := facts.get("job_type"):
        shown["job_names"] = [job_name(code) for code in trades]
    return shown


# -- the row ---------------------------------------------------------------------------------------------------------


def _confirmed(turn: Turn, draft: dict[str, Any]) -> list[Answer]:
    worker = save_worker(turn, draft["facts"], for_other=draft["for_other"])
    turn.remember("registration", None)
    turn.expect(None)
    jobs = run(turn, {"act": "find_jobs", "params": {"worker_id": worker.id, "quietly": True}})
    offers = next((answer for answer in jobs if answer["kind"] == "job_offers"), None)
    return [
        make(
            "registered",
            facts=told(turn, draft["facts"]),
            for_other=draft["for_other"],
            jobs=offers["openings"] if offers else [],
        )
    ]


def save_worker(turn: Turn, facts: dict[str, Any], *, for_other: bool) -> Worker:
    """Write person, worker, consent and claims; the same name on the same number is the same person."""
    person = _person_for(turn, facts, for_other=for_other)
    apply_person_facts(person, facts, turn)
    worker = turn.session.scalar(select(Worker).where(Worker.person_id == person.id))
    if worker is None:
        worker = Worker(
            person_id=person.id,
            preferred_channel=turn.channel,
            waiting_since=turn.now,
            source_message_id=turn.message.id,
            created_at=turn.now,
            updated_at=turn.now,
        )
        turn.session.add(worker)
    worker.status = "active"
    apply_worker_facts(worker, facts, turn)
    turn.session.flush()
    turn.session.add(
        Consent(
            person_id=person.id,
            notice_version=NOTICE_VERSION,
            channel=turn.channel,
            given_by="family" if for_other else "self",
            message_id=turn.message.id,
            given_at=turn.now,
        )
    )
    turn.conversation.person_id = person.id
    if person.village_code:
        turn.conversation.region_code = person.village_code
    audit.record(turn, "registered", worker, fields=sorted(facts))
    return worker


def _person_for(turn: Turn, facts: dict[str, Any], *, for_other: bool) -> Person:
    known = owners(turn.session, turn.handset)
    for person in (turn.session.get(Person, owner.person_id) for owner in known):
        # The nameless entry of somebody who took work before registering is this person, too.
        if person is not None and (person.name == facts.get("person_name") or (person.name is None and not for_other)):
            return person
    person = Person(created_at=turn.now, updated_at=turn.now)
    turn.session.add(person)
    turn.session.flush()
    holder = not for_other and not any(owner.relation == "self" for owner in known)
    turn.session.add(
        HandsetOwner(
            handset_id=turn.handset.id, person_id=person.id, relation="self" if holder else "family", since=turn.now
        )
    )
    return person


def apply_person_facts(person: Person, facts: dict[str, Any], turn: Turn) -> None:
    """Write the facts about the person herself; facts not said stay as they are."""
    if "person_name" in facts:
        person.name = facts["person_name"]
    if "gender" in facts:
        person.gender = facts["gender"]
    if "age" in facts:
        person.birth_year = turn.today.year - int(facts["age"])
    if "location" in facts:
        person.place_as_said = facts["location"]
        person.village_code = facts.get("village") or person.village_code
    person.updated_at = turn.now


def apply_worker_facts(worker: Worker, facts: dict[str, Any], turn: Turn) -> None:
    """Write the facts about the work she wants; facts not said stay as they are."""
    for fact, column in (
        ("job_type", "job_types"),
        ("day_part", "day_parts"),
        ("term", "term"),
        ("proximity", "proximity"),
        ("travel", "travel"),
        ("within_km", "within_km"),
        ("benefit", "benefits"),
    ):
        if fact in facts:
            setattr(worker, column, facts[fact])
    if "pay" in facts:
        worker.pay_min_fen, worker.pay_max_fen, worker.pay_unit = to_fen(facts["pay"])
    if "date" in facts:
        start, _, end = str(facts["date"]).partition("/")
        worker.available_from, worker.available_to = date.fromisoformat(start), date.fromisoformat(end or start)
    elif facts.get("always_free"):
        worker.available_from, worker.available_to, worker.unavailable = turn.today, None, []
    elif "duration" in facts:
        longest = int(str(facts["duration"]).rstrip("d").split("-")[-1])
        worker.available_from, worker.available_to = turn.today, turn.today + timedelta(days=longest - 1)
    if busy := facts.get("unavailable"):
        worker.unavailable = sorted([*(s for s in worker.unavailable or [] if s != busy), busy])
    worker.updated_at = turn.now
    turn.session.flush()
    claimed = {hardship.code for hardship in worker.hardships}
    for code in facts.get("hardship", []):
        if code not in claimed:
            # Self-reported labels are claims; staff verify them before they change any ranking (vocabulary §4.7).
            turn.session.add(Hardship(worker_id=worker.id, code=code, claimed_at=turn.now))
