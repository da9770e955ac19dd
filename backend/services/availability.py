"""When a worker is free or not: kept with the record, looked at before any offer (W03)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from backend.domain.answers import Answer, make
from backend.domain.said import is_always_free, is_busy
from backend.services import audit, read_back
from backend.services.acts import act, run
from backend.services.people import ask_which_person, worker_of
from backend.services.turn import Turn
from backend.store.models import Worker


@act("set_availability")
def set_availability(turn: Turn) -> list[Answer]:
    """Note free or busy days; somebody not registered yet goes on to registration with the days said."""
    if question := ask_which_person(turn, "set_availability"):
        return [question]
    worker = worker_of(turn)
    busy = is_busy(turn.text)
    if worker is None:
        if turn.recall("registration"):
            return run(turn, {"act": "note_registration"}, turn.facts)
        return [make("no_profile")] if busy else run(turn, {"act": "register"}, turn.facts)
    days = _days(turn)
    parts, term = turn.facts.all("day_part"), turn.facts.one("term")
    if days is None and not busy and is_always_free(turn.text, asked=True):
        worker.available_from, worker.available_to, worker.unavailable = turn.today, None, []
        worker.updated_at = turn.now
        audit.record(turn, "availability_set", worker, busy=False)
        return [make("availability_set", availability={**_told(worker, busy=False, days=None), "always": True})]
    if days is None and not parts and not term:
        return [make("availability_what")]
    if (question_back := read_back.question(turn, "set_availability", _heard_aloud(turn, busy, days))) is not None:
        return [question_back]
    if busy and days is not None:
        _not_free(worker, days, turn.today)
    elif busy:
        return [make("availability_what")]  # "晚上不得行": which days is not said
    else:
        _free(worker, days, parts, term)
    worker.updated_at = turn.now
    audit.record(turn, "availability_set", worker, busy=busy)
    return [make("availability_set", availability=_told(worker, busy=busy, days=days))]


def _days(turn: Turn) -> tuple[date, date] | None:
    if (said := turn.facts.one("date")) is not None:
        start, _, end = str(said).partition("/")
        return date.fromisoformat(start), date.fromisoformat(end or start)
    if (said := turn.facts.one("duration")) is not None:
        longest = int(str(said).rstrip("d").split("-")[-1])
        return turn.today, turn.today + timedelta(days=longest - 1)
    return None


def _heard_aloud(turn: Turn, busy: bool, days: tuple[date, date] | None) -> dict[str, Any] | None:
    if days is None:
        return None
    first, last = (day.isoformat() for day in days)
    return {"unavailable": [first, last]} if busy else {"free": [first, last]}


def _not_free(worker: Worker, days: tuple[date, date], today: date) -> None:
    """Add the stretch; past ones and ones inside the new one go."""
    first, last = days[0].isoformat(), days[1].isoformat()
    kept = [
        stretch
        for stretch in worker.unavailable or []
        if stretch[1] >= today.isoformat() and not (first <= stretch[0] and stretch[1] <= last)
    ]
    worker.unavailable = sorted([*kept, [first, last]])


def _free(worker: Worker, days: tuple[date, date] | None, parts: list[str], term: str | None) -> None:
    if days is not None:
        worker.available_from, worker.available_to = days
        first, last = days[0].isoformat(), days[1].isoformat()
        # Free on these days after all.
        worker.unavailable = [s for s in worker.unavailable or [] if s[1] < first or s[0] > last]
    if parts:
        worker.day_parts = list(dict.fromkeys(parts))
    if term:
        worker.term = term
        if term == "long" and days is None:
            worker.available_to = None


def _told(worker: Worker, *, busy: bool, days: tuple[date, date] | None) -> dict[str, Any]:
    """What was just noted: `{"from", "to", "day_parts", "term", "unavailable": [[from, to]]}`, maybe `always`."""
    if busy and days is not None:
        return {
            "from": None,
            "to": None,
            "day_parts": [],
            "term": None,
            "unavailable": [[days[0].isoformat(), days[1].isoformat()]],
        }
    return {
        "from": days[0].isoformat() if days else None,
        "to": days[1].isoformat() if days else None,
        "day_parts": list(worker.day_parts or []),
        "term": worker.term,
        "unavailable": [],
    }
