"""Register somebody who pressed keys: the name is a recording that staff write down, the rest came by number (V05, W01)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from backend.domain.answers import Answer, make
from backend.domain.registration import NOTICE_VERSION
from backend.services import audit
from backend.services.acts import act, run
from backend.services.leave_message import recorded_case
from backend.services.people import owners
from backend.services.register_worker import JOB_FAMILIES
from backend.services.turn import Turn
from backend.store.models import Consent, HandsetOwner, Person, Worker


@act("register_by_keypad")
def register_by_keypad(turn: Turn) -> list[Answer]:
    """`params`: recording_url (the spoken name), and what was not passed over: birth_year, village (division code),
    family (1…4, see JOB_FAMILIES) or job_types (codes).

    Consent was given by key before the name was recorded; it is stored with this turn. The worker exists at once, with a
    staff task `write_name`.
    """
    params = turn.facts.params
    person = _nameless(turn) or _new_person(turn)
    person.name_recording_url = params["recording_url"]
    person.updated_at = turn.now
    if params.get("birth_year"):
        person.birth_year = int(params["birth_year"])
    if village := params.get("village"):
        if turn.deps.regions.level(village) == "village":
            person.village_code = village
        else:
            person.place_as_said = turn.deps.regions.name(village)
        turn.conversation.region_code = village
    worker = _worker(turn, person)
    worker.job_types = _trades(params) or worker.job_types
    worker.updated_at = turn.now
    turn.session.flush()
    turn.session.add(
        Consent(person_id=person.id, notice_version=NOTICE_VERSION, channel="voice", given_by="self",
                message_id=turn.message.id, given_at=turn.now)
    )  # fmt: skip
    turn.conversation.person_id = person.id
    turn.expect(None)
    recorded_case(turn, "write_name", "有人按键登记,名字在录音里,请听了写上", params["recording_url"],
                  details={"person_id": person.id}, worker=worker)  # fmt: skip
    audit.record(turn, "registered", worker, fields=sorted(k for k in params if k != "recording_url"), by="keypad")
    found = run(turn, {"act": "find_jobs", "params": {"worker_id": worker.id, "quietly": True}})
    offers = next((answer for answer in found if answer["kind"] == "job_offers"), None)
    return [make("registered", facts={}, for_other=False, jobs=offers["openings"] if offers else [])]


def _nameless(turn: Turn) -> Person | None:
    """Somebody on this number who took work before registering: the same person, now with a name to write down."""
    for owner in owners(turn.session, turn.handset):
        person = turn.session.get_one(Person, owner.person_id)
        if person.name is None and person.name_recording_url is None:
            return person
    return None


def _new_person(turn: Turn) -> Person:
    known = owners(turn.session, turn.handset)
    person = Person(created_at=turn.now, updated_at=turn.now)
    turn.session.add(person)
    turn.session.flush()
    holder = not any(owner.relation == "self" for owner in known)
    turn.session.add(
        HandsetOwner(
            handset_id=turn.handset.id, person_id=person.id, relation="self" if holder else "family", since=turn.now
        )
    )
    return person


def _worker(turn: Turn, person: Person) -> Worker:
    worker = turn.session.scalar(select(Worker).where(Worker.person_id == person.id))
    if worker is None:
        worker = Worker(
            person_id=person.id, preferred_channel="voice", waiting_since=turn.now, source_message_id=turn.message.id,
            created_at=turn.now, updated_at=turn.now,
        )  # fmt: skip
        turn.session.add(worker)
    worker.status = "active"
    return worker


def _trades(params: dict[str, Any]) -> list[str]:
    if params.get("job_types"):
        return list(params["job_types"])
    family = params.get("family")
    return list(JOB_FAMILIES[int(family) - 1]["value"]) if family and 1 <= int(family) <= len(JOB_FAMILIES) else []
