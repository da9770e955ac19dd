"""The own record: hearing it (by text only), changing it, erasing it, and "that is not me" (W14, T1, T4, T15)."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.domain.answers import Answer, make
from backend.domain.pay import to_value
from backend.errors import Invalid
from backend.services import audit, outbox, read_back
from backend.services.acts import act, run
from backend.services.erase import erase_person
from backend.services.open_case import open_case
from backend.services.people import ask_which_person, release_number, speaker, worker_of
from backend.services.register_worker import apply_person_facts, apply_worker_facts, heard, told, where_it_stands
from backend.services.turn import Turn
from backend.store.models import Worker
from backend.store.queries.employers import hiring_now

# Undone by "改回去"; these columns are what a change may touch.
PERSON_COLUMNS = ("name", "gender", "birth_year", "village_code", "place_as_said")
WORKER_COLUMNS = (
    "job_types",
    "pay_min_fen",
    "pay_max_fen",
    "pay_unit",
    "available_from",
    "available_to",
    "day_parts",
    "term",
    "proximity",
    "travel",
    "within_km",
    "benefits",
    "unavailable",
)


@act("view_profile")
def view_profile(turn: Turn) -> list[Answer]:
    """By text the own record; a call hears only that it comes by text, registered or not."""
    if question := ask_which_person(turn, "view_profile"):
        return [question]
    answers = _record(turn)
    if turn.channel == "sms":
        return answers
    _text(turn, answers)
    return [make("profile_by_text")]


def _record(turn: Turn) -> list[Answer]:
    worker = worker_of(turn)
    if worker is None:
        if (standing := where_it_stands(turn)) is not None:
            return standing
        if turn.channel == "sms":
            turn.expect("no_profile", {"2": {"act": "register"}})
        return [make("no_profile")]
    if turn.channel == "sms":
        turn.expect("profile", {"2": {"act": "register", "params": {"another": True}}})
    return [make("profile", facts=facts_of(turn, worker))]


def _text(turn: Turn, answers: list[Answer]) -> None:
    """Send `answers` to the number itself: whoever forged it does not get them."""
    outbox.enqueue(
        turn.session,
        turn.deps,
        now=turn.now,
        handset=turn.handset,
        conversation=turn.conversation,
        answers=answers,
        in_reply_to=turn.message.id,
    )


def facts_of(turn: Turn, worker: Worker) -> dict[str, Any]:
    """The record as registration facts, named for the channels; hardship is left out (M08)."""
    person = worker.person
    facts: dict[str, Any] = {
        "person_name": person.name,
        "gender": person.gender,
        "age": turn.today.year - person.birth_year if person.birth_year else None,
        "location": person.place_as_said,
        "village": person.village_code,
        "job_type": worker.job_types or None,
        "pay": to_value(worker.pay_min_fen, worker.pay_max_fen, worker.pay_unit),
        "date": f"{worker.available_from}/{worker.available_to}"
        if worker.available_from and worker.available_to
        else None,
        "always_free": bool(worker.available_from and not worker.available_to),
        "day_part": worker.day_parts or None,
        "term": worker.term,
        "proximity": worker.proximity,
        "benefit": worker.benefits or None,
    }
    return told(turn, facts)


@act("update_profile")
def update_profile(turn: Turn) -> list[Answer]:
    """Write what was said at once and tell it; "改回去" undoes it. A name or number already known is staff's to change."""
    if question := ask_which_person(turn, "update_profile"):
        return [question]
    return _change(turn, heard(turn, turn.facts))


@act("move_village")
def move_village(turn: Turn) -> list[Answer]:
    """`params`: village, a division code chosen by key. Somebody who is registered lives there now."""
    params = turn.facts.params
    if question := ask_which_person(turn, "move_village", params):
        return [question]
    if worker_of(turn) is None:
        return [make("no_profile")]
    village = str(params.get("village") or "")
    if not (name := turn.deps.regions.name(village)):
        raise Invalid("There is no such place.", {"village": "unknown"})
    return _change(turn, {"location": name, "village": village})


def _change(turn: Turn, new: dict[str, Any]) -> list[Answer]:
    worker = worker_of(turn)
    if worker is None:
        return run(turn, {"act": "register"}, turn.facts)
    if "phone_number" in new or ("person_name" in new and worker.person.name not in (None, new["person_name"])):
        # Whoever holds the phone could take over somebody's record with these two (T1).
        open_case(turn, "update_number", "改名字或号码,请核对", {})
        return run(turn, {"act": "talk_to_human"})
    if turn.channel == "voice" and "location" in new and new["village"] is None:
        # A place nobody here knows was misheard, most likely: it is not told as changed.
        new = {name: value for name, value in new.items() if name not in ("location", "village")}
    if not new:
        return [make("profile_what")]
    if (question_back := read_back.question(turn, "update_profile", _heard_aloud(turn, new))) is not None:
        return [question_back]
    before = {
        "person": {column: getattr(worker.person, column) for column in PERSON_COLUMNS},
        "worker": {column: _plain(getattr(worker, column)) for column in WORKER_COLUMNS},
    }
    if "job_type" in new:
        # "我还会砌砖" adds a trade; nobody says which ones she has forgotten.
        new["job_type"] = list(dict.fromkeys([*worker.job_types, *new["job_type"]]))
    apply_person_facts(worker.person, new, turn)
    apply_worker_facts(worker, new, turn)
    audit.record(turn, "profile_updated", worker, fields=sorted(new))
    turn.expect("undo_profile", {"undo": {"act": "undo_profile", "params": {"worker_id": worker.id, "before": before}}})
    return [make("profile_updated", changed=told(turn, new))]


def _heard_aloud(turn: Turn, new: dict[str, Any]) -> dict[str, Any]:
    """What was heard in this very call, to be read back: figures, days and the work; nothing else is said aloud."""
    aloud = {*read_back.AMOUNTS, "unavailable", "always_free", "job_names"}
    return {key: value for key, value in told(turn, new).items() if key in aloud}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


@act("undo_profile")
def undo_profile(turn: Turn) -> list[Answer]:
    """Put back what the last change overwrote; bound to the change by the pending question."""
    params = turn.facts.params
    worker = worker_of(turn)
    if worker is None or worker.id != params.get("worker_id"):
        return [make("nothing_to_answer", said="no")]
    for column, value in params["before"]["person"].items():
        setattr(worker.person, column, value)
    for column, value in params["before"]["worker"].items():
        is_day = column in ("available_from", "available_to") and value is not None
        setattr(worker, column, date.fromisoformat(value) if is_day else value)
    worker.updated_at = worker.person.updated_at = turn.now
    audit.record(turn, "profile_change_undone", worker)
    turn.expect(None)
    return [make("undone", what="profile", opening=None)]


@act("delete_profile")
def delete_profile(turn: Turn) -> list[Answer]:
    """Erase on a second confirmation by text; a call only causes that text to be sent (DESIGN §3.4)."""
    params = turn.facts.params
    if speaker(turn) is None and turn.recall("registration"):
        return run(turn, {"act": "cancel"})  # nothing is stored yet but what is being told
    if turn.channel == "voice":
        turn.remember("erase_asked", True)
        _text(turn, _ask_to_erase(turn))
        return [make("erase_by_text")]
    if params.get("confirmed") is False:
        turn.remember("erase_asked", None)
        turn.expect(None)
        return [make("kept", what="profile")]
    if question := ask_which_person(turn, "delete_profile"):
        return [question]
    # Saying "删除" once more is a confirmation, too: also after the call in which it was asked for.
    again = (turn.pending or {}).get("kind") == "confirm_erase" or turn.recall("erase_asked")
    if not (params.get("confirmed") or again):
        return _ask_to_erase(turn)
    person = speaker(turn)
    if person is None:
        return _record(turn)
    erase_person(turn, person)
    # Whoever hires on this number as well goes on hiring: that is another matter, and ends by saying so.
    return [make("erased", hires=bool(hiring_now(turn.session, turn.handset.number, turn.today)))]


def _ask_to_erase(turn: Turn) -> list[Answer]:
    if worker_of(turn) is None and speaker(turn) is None:
        return _record(turn)
    yes = {"act": "delete_profile", "params": {"confirmed": True}}
    no = {"act": "delete_profile", "params": {"confirmed": False}}
    turn.expect("confirm_erase", {"1": yes, "yes": yes, "2": no, "no": no})
    return [make("confirm_erase")]


@act("wrong_person")
def wrong_person(turn: Turn) -> list[Answer]:
    """The number has changed hands: its old profiles are locked for it, not shown and not deleted (T4)."""
    release_number(turn.session, turn.deps, turn.handset, turn.now)
    audit.record(turn, "number_released", turn.handset)
    # Nothing of the old owner's dialogue may shine through to the new one.
    turn.conversation.person_id = None
    turn.conversation.context = {}
    return [make("profile_locked")]
