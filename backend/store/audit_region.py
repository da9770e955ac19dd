"""Says of every audit event where it belongs: in the region of what it is about, else in that of whoever did it.

On every flush, so that whoever writes an event need not think of it. Staff act on what lies in their own region or below
(DESIGN §3.9), so the object's region also tells of the actor: who looks after either finds the event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from backend.domain.access import HOME_REGION
from backend.store.models import (
    AuditEvent,
    Case,
    Conversation,
    Employer,
    HandsetOwner,
    Household,
    LedgerImport,
    Message,
    Offer,
    Opening,
    Person,
    PlannedCall,
    Staff,
    Station,
    Talk,
    Team,
    TrainingExample,
    Visit,
    Worker,
)

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
            place(each, _of_object(session, each) or _of_actor(session, each.actor) or HOME_REGION)


def place(each: AuditEvent, code: str) -> None:
    """Say where an event belongs, for whoever knows: it is not looked up then."""
    each.region_code, each.county_code = code, code[:_COUNTY]
    each.town_code = code[:_TOWN] if len(code) >= _TOWN else None


def _of_actor(session: Session, actor: str) -> str | None:
    kind, _, number = actor.partition(":")
    look_up = {"staff": _staff, "handset": _handset}.get(kind)
    return look_up(session, int(number)) if look_up and number.isascii() and number.isdigit() else None


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


def _handset(session: Session, id_: int) -> str | None:
    """Where a number's newest talk with a place lies, else where somebody lives who can be reached on it."""
    talk = session.scalar(
        select(Conversation.region_code)
        .where(Conversation.handset_id == id_, Conversation.region_code.is_not(None))
        .order_by(Conversation.last_at.desc())
        .limit(1)
    )
    return talk or session.scalar(
        select(Person.village_code)
        .join(HandsetOwner, HandsetOwner.person_id == Person.id)
        .where(HandsetOwner.handset_id == id_, HandsetOwner.until.is_(None), Person.village_code.is_not(None))
        .limit(1)
    )


def _person(session: Session, id_: int) -> str | None:
    """Where she lives; before that is known, where she called from."""
    if village := _home(session, id_):
        return village
    reached = session.scalars(
        select(HandsetOwner.handset_id).where(HandsetOwner.person_id == id_, HandsetOwner.until.is_(None)).limit(3)
    )
    return next((code for handset in reached if (code := _handset(session, handset))), None)


_home = _plain(Person, "village_code")
_staff = _plain(Staff)
_message = _through(Message, "conversation_id", _plain(Conversation))
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
    "messages": _message,
    "handsets": _handset,
    "planned_calls": _through(PlannedCall, "handset_id", _handset),
    "training_examples": _through(TrainingExample, "message_id", _message),
    "ledger_imports": _plain(LedgerImport),
    "stations": _plain(Station),
    "teams": _plain(Team),
    "cases": _plain(Case),
    "talks": _plain(Talk),
    "staff": _staff,
}
