"""Says of every audit event where it belongs: in the region of what it is about, else in that of whoever did it.

On every flush, so that whoever writes an event need not think of it. Staff act on what lies in their own region or below
(DESIGN §3.9), so the object's region also tells of the actor: who looks after either finds the event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from backend.store.models import (
    AuditEvent,
    Case,
    Conversation,
    Employer,
    Household,
    Message,
    Offer,
    Opening,
    Person,
    Staff,
    Talk,
    Visit,
    Worker,
)
from backend.store.models.audit import HOME

_COUNTY, _TOWN = 6, 9  # digits


def watch(sessions: Any) -> None:
    """From now on every session of `sessions` (a sessionmaker) places its events."""
    event.listen(sessions, "before_flush", _before_flush)


def _before_flush(session: Session, *_: Any) -> None:
    events = [each for each in session.new if isinstance(each, AuditEvent) and each.region_code is None]
    if not events:
        return
    with session.no_autoflush:
        for each in events:
            code = _of_object(session, each) or _of_actor(session, each.actor) or HOME
            each.region_code, each.county_code = code, code[:_COUNTY]
            each.town_code = code[:_TOWN] if len(code) >= _TOWN else None


def _of_actor(session: Session, actor: str) -> str | None:
    kind, _, number = actor.partition(":")
    found = session.get(Staff, int(number)) if kind == "staff" and number.isdigit() else None
    return found.region_code if found else None


def _of_object(session: Session, each: AuditEvent) -> str | None:
    if each.object_kind == "regions":
        return each.object_id
    look_up = _LOOK_UP.get(each.object_kind)
    if look_up is None or not (each.object_id.isascii() and each.object_id.isdigit()):
        return None
    return look_up(session, int(each.object_id))


def _plain(model: Any, column: str = "region_code") -> Callable[[Session, int], str | None]:
    def look_up(session: Session, id_: int) -> str | None:
        found = session.get(model, id_)
        return getattr(found, column) if found else None

    return look_up


def _through(
    model: Any, foreign: str, onward: Callable[[Session, int], str | None]
) -> Callable[[Session, int], str | None]:
    def look_up(session: Session, id_: int) -> str | None:
        found = session.get(model, id_)
        other = getattr(found, foreign) if found else None
        return onward(session, other) if other is not None else None

    return look_up


_person = _plain(Person, "village_code")
_opening = _plain(Opening)
_worker = _through(Worker, "person_id", _person)
_LOOK_UP: dict[str, Callable[[Session, int], str | None]] = {
    "persons": _person,
    "workers": _worker,
    "visits": _through(Visit, "worker_id", _worker),
    "households": _plain(Household, "village_code"),
    "openings": _opening,
    "offers": _through(Offer, "opening_id", _opening),
    "employers": _plain(Employer),
    "conversations": _plain(Conversation),
    "messages": _through(Message, "conversation_id", _plain(Conversation)),
    "cases": _plain(Case),
    "talks": _plain(Talk),
    "staff": _plain(Staff),
}
