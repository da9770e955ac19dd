"""Who is speaking: handsets, their owners, and the choice between several people on one phone (V21, T4, T5)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.domain.answers import Answer, make
from backend.domain.phone import REISSUED_AFTER
from backend.services import employer_number
from backend.services.deps import Deps
from backend.services.turn import Turn
from backend.store.models import Handset, HandsetOwner, Person, Worker

ELDER = 65  # V17


def handset_for(session: Session, deps: Deps, number: str, now: datetime) -> Handset:
    """Return the handset of an E.164 `number` that is heard from now, making it at its first message or call.

    One that was silent for so long that it may have been reissued speaks no more for whoever had it (T4).
    """
    handset = _held(session, number, now)
    if now - handset.last_seen_at > REISSUED_AFTER:
        _lock_profiles(session, handset, now)
        if employer_number.may_be_lost(session, handset, now):
            employer_number.let_go(session, deps, handset, now)
    handset.last_seen_at = max(handset.last_seen_at, now)
    return handset


def _held(session: Session, number: str, now: datetime) -> Handset:
    # The row lock keeps two first messages of one number from opening two conversations; it lets rows that only name the
    # handset in, so that whoever has locked such a row is not waited for in a circle.
    handset = session.scalar(select(Handset).where(Handset.number == number).with_for_update(key_share=True))
    if handset is None:
        try:
            with session.begin_nested():
                handset = Handset(number=number, first_seen_at=now, last_seen_at=now)
                session.add(handset)
        except IntegrityError:  # made by another process a moment ago
            handset = session.scalars(select(Handset).where(Handset.number == number)).one()
    return handset


def handset_to_write_to(session: Session, number: str, now: datetime) -> Handset:
    """The handset of an E.164 `number` as a reader of our texts: by our writing to it it is not seen anew (T4)."""
    known = session.scalar(select(Handset).where(Handset.number == number))
    return known or _held(session, number, now)


def release_number(session: Session, deps: Deps, handset: Handset, now: datetime) -> None:
    """The number has changed hands: it speaks no more for its workers, nor for the employer whose it was."""
    _lock_profiles(session, handset, now)
    employer_number.let_go(session, deps, handset, now)


def _lock_profiles(session: Session, handset: Handset, now: datetime) -> None:
    """Lock the old profiles for this number: not shown, not deleted; staff can link them again."""
    for owner in owners(session, handset):
        owner.until = now
    handset.locked_at = now


def owners(session: Session, handset: Handset) -> list[HandsetOwner]:
    """The people now reachable on the number, the holder first."""
    rows = session.scalars(
        select(HandsetOwner).where(HandsetOwner.handset_id == handset.id, HandsetOwner.until.is_(None))
    ).all()
    return sorted(rows, key=lambda owner: (owner.relation != "self", owner.id))


def speaker(turn: Turn) -> Person | None:
    """The person this conversation is with, if that is settled: chosen, or the only one on the number."""
    if turn.conversation.person_id:
        return turn.session.get(Person, turn.conversation.person_id)
    known = owners(turn.session, turn.handset)
    if len(known) == 1:
        turn.conversation.person_id = known[0].person_id
        return turn.session.get(Person, known[0].person_id)
    return None


def has_elder(session: Session, handset: Handset, year: int) -> bool:
    """Whether somebody of 65 or over is known to use the number (V17)."""
    people = [session.get_one(Person, owner.person_id) for owner in owners(session, handset)]
    return any(is_elder(person, year) for person in people)


def is_elder(person: Person, year: int) -> bool:
    return person.birth_year is not None and year - person.birth_year >= ELDER


def worker_of(turn: Turn) -> Worker | None:
    person = speaker(turn)
    if person is None:
        return None
    return turn.session.scalar(select(Worker).where(Worker.person_id == person.id, Worker.status != "erased"))


def ask_which_person(turn: Turn, then: str, params: dict[str, Any] | None = None) -> Answer | None:
    """The question who is speaking, when several people share the phone and none is chosen yet; else None.

    The chosen one then goes on with the act `then`. No name is told: the phone is only a claim (DESIGN §3.4).
    """
    if turn.conversation.person_id:
        return None
    known = owners(turn.session, turn.handset)
    if len(known) < 2:
        return None
    options = {
        str(number): {
            "act": "which_person",
            "params": {"person_id": owner.person_id, "then": then, "with": params or {}},
        }
        for number, owner in enumerate(known[:4], start=1)
    }
    turn.expect("which_person", options)
    return make("which_person", count=len(options))


def ensure_worker(turn: Turn) -> Worker:
    """The speaker's entry in the worker library; a number that never registered gets a nameless one.

    The bare number suffices for taking a place (DESIGN §3.4); the name is asked for afterwards.
    """
    worker = worker_of(turn)
    if worker is not None:
        return worker
    person = speaker(turn)
    if person is None:
        person = Person(created_at=turn.now, updated_at=turn.now)
        turn.session.add(person)
        turn.session.flush()
        turn.session.add(HandsetOwner(handset_id=turn.handset.id, person_id=person.id, relation="self", since=turn.now))
        turn.conversation.person_id = person.id
    worker = Worker(
        person_id=person.id,
        preferred_channel=turn.channel,
        waiting_since=turn.now,
        source_message_id=turn.message.id,
        created_at=turn.now,
        updated_at=turn.now,
    )
    turn.session.add(worker)
    turn.session.flush()
    return worker
