"""Change a worker's record for an office that has checked it: the API's PATCH. What she changes herself is in profile.py."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from backend.domain.lexicon import job_codes
from backend.errors import Invalid, NotFound
from backend.services import audit
from backend.services.regions import RegionBook
from backend.store.models import Hardship, Household, Worker
from backend.store.queries.workers import numbers_of

_PERSON = ("name", "gender", "birth_year", "household_id")
_WORKER = (
    "pay_min_fen",
    "pay_max_fen",
    "pay_unit",
    "available_from",
    "available_to",
    "unavailable",
    "day_parts",
    "term",
    "preferred_channel",
    "waiting_since",
)


def change_worker(
    session: Session, now: datetime, regions: RegionBook, worker_id: int, facts: dict[str, Any], *, actor: str
) -> Worker:
    """Set `facts`; None clears. Raises `NotFound`, and `Invalid` naming the fields.

    Keys: name, gender, birth_year, household_id, village (any division code), job_types [code], pay_min_fen, pay_max_fen,
    pay_unit, available_from / available_to (dates), unavailable [[ISO day, ISO day]], day_parts, term, preferred_channel,
    waiting_since, speech_rate (of her phone), hardship [{code, verified}] (the whole list).
    """
    worker = session.scalar(
        select(Worker).options(selectinload(Worker.hardships)).where(Worker.id == worker_id).with_for_update(of=Worker)
    )
    if worker is None or worker.status == "erased":
        raise NotFound("no such worker")
    _check(session, now, regions, worker, facts)
    person = worker.person
    for name in _PERSON:
        if name in facts:
            setattr(person, name, facts[name])
    if "village" in facts:
        person.village_code = facts["village"]
    for name in _WORKER:
        if name in facts:
            setattr(worker, name, facts[name])
    if "job_types" in facts:
        worker.job_types = list(dict.fromkeys(facts["job_types"]))
    if "hardship" in facts:
        _label(session, now, worker, facts["hardship"])
    if "speech_rate" in facts and (handset := numbers_of(session, [person.id]).get(person.id)):
        handset.speech_rate = facts["speech_rate"]
    worker.updated_at = person.updated_at = now
    session.flush()
    audit.write(session, now, actor, "edited", worker, fields=sorted(facts))
    return worker


def _check(session: Session, now: datetime, regions: RegionBook, worker: Worker, facts: dict[str, Any]) -> None:
    problems = {}
    if "name" in facts and not (facts["name"] or "").strip():
        problems["name"] = "a name cannot be empty"
    if unknown := sorted(set(facts.get("job_types") or ()) - set(job_codes())):
        problems["job_types"] = "unknown: " + ", ".join(unknown[:5])
    if (year := facts.get("birth_year")) is not None and not 1900 <= year <= now.year - 14:
        problems["birth_year"] = "not a year a worker can be born in"
    if facts.get("village") is not None and not regions.knows(facts["village"]):
        problems["village"] = "a division code of the served counties"
    if facts.get("household_id") is not None and session.get(Household, facts["household_id"]) is None:
        problems["household_id"] = "no such household"
    low, high = (facts.get(name, getattr(worker, name)) for name in ("pay_min_fen", "pay_max_fen"))
    if low is not None and high is not None and high < low:
        problems["pay_expectation"] = "the upper wage cannot be below the lower"
    first, last = (facts.get(name, getattr(worker, name)) for name in ("available_from", "available_to"))
    if (first and last and last < first) or any(end < start for start, end in facts.get("unavailable") or ()):
        problems["availability"] = "the last day cannot be before the first"
    if problems:
        raise Invalid("some facts do not hold", problems)


def _label(session: Session, now: datetime, worker: Worker, wanted: list[dict[str, Any]]) -> None:
    verified = {label["code"]: label["verified"] for label in wanted}
    for label in list(worker.hardships):
        if label.code not in verified:
            worker.hardships.remove(label)
            session.delete(label)
        else:
            label.verified_at = (label.verified_at or now) if verified.pop(label.code) else None
    for code, is_verified in verified.items():
        worker.hardships.append(
            Hardship(worker_id=worker.id, code=code, claimed_at=now, verified_at=now if is_verified else None)
        )
