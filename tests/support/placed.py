"""Helpers for tests of the calls the line places: a handset that picks up, what the carrier tells, what is then stored."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import func, select

from backend.services import place_calls
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import CallAttempt, Offer, OutboxRow, PlannedCall
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient


class Answered(PhoneCall):
    """The handset of a call of ours: picked up, the carrier fetches what the line says."""

    def __init__(self, signed: SignedClient, ring: dict[str, Any]) -> None:
        self.signed, self.number, self.sid, self.ring = signed, ring["to"], ring["sid"], ring
        self.post(ring["url"], CallStatus="in-progress", Direction="outbound-api")

    def hang_up(self) -> None:
        tell(self.signed, self.ring, "completed")


def tell(signed: SignedClient, ring: dict[str, Any], status: str, **more: str) -> None:
    parts = urlsplit(ring["status_url"])
    answer = signed.voice(f"{parts.path}?{parts.query}", ring["to"], ring["sid"], CallStatus=status, **more)
    assert answer.status_code == 204


def machine(signed: SignedClient, ring: dict[str, Any], answered_by: str) -> None:
    parts = urlsplit(ring["machine_url"])
    answer = signed.voice(f"{parts.path}?{parts.query}", ring["to"], ring["sid"], AnsweredBy=answered_by)
    assert answer.status_code == 204


def the_plan(deps: Deps) -> PlannedCall | None:
    with deps.db.read() as session:
        return session.scalar(select(PlannedCall).order_by(PlannedCall.id.desc()).limit(1))


def place_due(deps: Deps, clock: SettableClock, carrier: FakeCarrier) -> dict[str, Any] | None:
    """Let the next planned call come due and place it; what the carrier was asked, or None if nothing was rung."""
    planned = the_plan(deps)
    if planned is not None and planned.status == "planned" and planned.due_at > clock():
        clock.set(planned.due_at)
    before = len(carrier.rings)
    while place_calls.place_next(deps):
        pass
    return carrier.rings[-1] if len(carrier.rings) > before else None


def the_attempt(deps: Deps) -> CallAttempt:
    with deps.db.read() as session:
        return session.scalars(select(CallAttempt).order_by(CallAttempt.id.desc()).limit(1)).one()


def texts(deps: Deps) -> list[str]:
    with deps.db.read() as session:
        return list(session.scalars(select(OutboxRow.body).where(OutboxRow.to_number == NUMBER).order_by(OutboxRow.id)))


def offer_of(deps: Deps, offer_id: int) -> Offer:
    with deps.db.read() as session:
        return session.get_one(Offer, offer_id)


def count(database: Any, model: Any, *where: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


def in_the_evening(clock: SettableClock) -> None:
    clock.set(datetime(2026, 6, 10, 17, 30, tzinfo=TIMEZONE))  # the work begins on the eleventh


def says(signed: SignedClient, deps: Deps, words: str) -> str:
    from backend.worker.loops import one_turn

    signed.sms(NUMBER, words)
    assert one_turn(deps)
    return texts(deps)[-1]


def after_the_job(clock: SettableClock) -> None:
    clock.set(datetime(2026, 6, 13, 9, 30, tzinfo=TIMEZONE))  # the last day was the twelfth
