"""A worker's line in the ledger: what stands in it, what a new line would change, and the writing of it (W01, H09).

One copy for the card's form and for a file from Excel: both bring facts by the ledger's columns (`domain/ledgers.py`).
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from backend.services import confirming
from backend.settings import TIMEZONE
from backend.store.models import Hardship, Person, Worker

_PERSON = {"name": "name", "gender": "gender", "birth_year": "birth_year", "village": "village_code"}
_WORKER = (
    "job_types",
    "skill_level",
    "employment_status",
    "job_willingness",
    "at_home",
    "service_needs",
    "preferred_channel",
)
_DAYS = ("available_from", "available_to")
OUT_OF_THE_MARKET = frozenset({"working", "self_employed", "studying", "not_able"})


def line(worker: Worker, person: Person) -> dict[str, Any]:
    """The facts of a worker as a row of the ledger has them: plain JSON by column; [] and None where nothing is known."""
    facts: dict[str, Any] = {key: getattr(person, column) for key, column in _PERSON.items()}
    facts |= {key: getattr(worker, key) for key in _WORKER}
    facts |= {key: day.isoformat() if (day := getattr(worker, key)) else None for key in _DAYS}
    facts["pay"] = [worker.pay_min_fen, worker.pay_max_fen, worker.pay_unit]
    facts["waiting_since"] = _day_of(worker.waiting_since)
    facts["hardships"] = sorted(label.code for label in worker.hardships)
    return facts


def changes(worker: Worker, person: Person, facts: dict[str, Any]) -> list[str]:
    """The columns in which `facts` differ from what is stored; a claim she has already is no change."""
    stands = line(worker, person)
    changed = []
    for key, value in facts.items():
        if key not in stands:
            continue
        if key == "hardships":
            differs = bool(set(value or ()) - set(stands[key]))
        elif key in ("job_types", "service_needs"):
            differs = list(value or ()) != list(stands[key] or ())
        elif key == "pay":
            differs = list(value or (None, None, None)) != stands[key]
        else:
            differs = value != stands[key]
        if differs:
            changed.append(key)
    return changed


def put(session: Session, now: datetime, worker: Worker, person: Person, facts: dict[str, Any]) -> list[str]:
    """Write what differs and return the columns; None clears. The entry counts as confirmed: somebody asked her."""
    changed = changes(worker, person, facts)
    for key in changed:
        value = facts[key]
        if key in _PERSON:
            setattr(person, _PERSON[key], value)
        elif key in _DAYS:
            setattr(worker, key, date.fromisoformat(value) if value else None)
        elif key == "waiting_since":
            worker.waiting_since = _noon(value)
        elif key == "pay":
            worker.pay_min_fen, worker.pay_max_fen, worker.pay_unit = value or (None, None, None)
        elif key == "hardships":
            known = {label.code for label in worker.hardships}
            worker.hardships.extend(Hardship(code=code, claimed_at=now) for code in value if code not in known)
        else:
            setattr(worker, key, value if value is not None or key not in ("job_types", "service_needs") else [])
    if "employment_status" in changed and "waiting_since" not in changed:
        # Without work since: begins and ends with the status unless the ledger says better.
        if worker.employment_status in OUT_OF_THE_MARKET:
            worker.waiting_since = None
        elif worker.employment_status == "waiting":
            worker.waiting_since = worker.waiting_since or now
    if changed:
        worker.updated_at = person.updated_at = now
        confirming.spoken_with(worker, now)
    return changed


def version(worker: Worker, person: Person) -> str:
    """What a form carries to see whether somebody saved meanwhile."""
    return max(worker.updated_at, person.updated_at).isoformat()


def _day_of(moment: datetime | None) -> str | None:
    return moment.astimezone(TIMEZONE).date().isoformat() if moment else None


def _noon(day: str | None) -> datetime | None:
    return datetime.combine(date.fromisoformat(day), time(12), TIMEZONE) if day else None
