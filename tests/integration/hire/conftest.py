"""A town with a station, workers who answer by text, and an opening that goes out in waves; on both databases."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select

from backend.services import answer_offer, both_sides, instant_hire
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Case, Offer, Opening, OutboxRow, Outcome, Wave, Worker
from backend.store.session import Database
from backend.worker.loops import one_turn
from tests.support.signing import SignedClient

Make = Callable[[], Any]
VILLAGE = "500114121002"


@pytest.fixture(autouse=True)
def town(make: Make, deps: Deps) -> None:
    with make() as f:
        f.make_region(VILLAGE)
        f.make_station("500114")
    deps.regions.reload()


class Hire:
    """What happens around an opening, in a line each."""

    def __init__(self, deps: Deps, make: Make, signed: SignedClient) -> None:
        self.deps, self.make, self.signed = deps, make, signed

    def opening(self, **more: Any) -> int:
        """Published a moment ago, for fruit picking, so that its first wave is due."""
        with self.make() as f:
            fields = {"headcount": 1, "next_wave_at": self.deps.clock(), "hours_from": "08:00", "hours_to": "17:00"}
            return f.make_opening(**{**fields, **more}).id

    def workers(self, count: int, **more: Any) -> list[int]:
        with self.make() as f:
            return [f.make_worker(f"工人{n}", job_types=["A04"], **more).id for n in range(count)]

    def wave(self) -> int:
        return instant_hire.send_waves(self.deps)

    def offers(self, opening_id: int, *statuses: str) -> list[Offer]:
        with self.deps.db.read() as session:
            query = select(Offer).where(Offer.opening_id == opening_id).order_by(Offer.id)
            return list(session.scalars(query.where(Offer.status.in_(statuses)) if statuses else query))

    def asked(self, opening_id: int) -> list[int]:
        return [offer.worker_id for offer in self.offers(opening_id)]

    def get(self, opening_id: int) -> Opening:
        with self.deps.db.read() as session:
            return session.get_one(Opening, opening_id)

    def waves(self, opening_id: int) -> Sequence[Wave]:
        with self.deps.db.read() as session:
            return session.scalars(select(Wave).where(Wave.opening_id == opening_id).order_by(Wave.number)).all()

    def number(self, worker_id: int) -> str:
        from backend.services.answer_offer import handset_of

        with self.deps.db.read() as session:
            handset = handset_of(session, session.get_one(Worker, worker_id))
            assert handset is not None
            return handset.number

    def employer_number(self, opening_id: int) -> str:
        with self.deps.db.read() as session:
            number = session.get_one(Opening, opening_id).employer.phone
            assert number is not None
            return number

    def texts(self, number: str) -> list[str]:
        with self.deps.db.read() as session:
            return list(
                session.scalars(select(OutboxRow.body).where(OutboxRow.to_number == number).order_by(OutboxRow.id))
            )

    def text(self, number: str, words: str) -> str:
        """What is answered to a text."""
        self.signed.sms(number, words)
        assert one_turn(self.deps)
        return self.texts(number)[-1]

    def says(self, worker_id: int, words: str) -> str:
        return self.text(self.number(worker_id), words)

    def cases(self, kind: str) -> list[Case]:
        with self.deps.db.read() as session:
            return list(session.scalars(select(Case).where(Case.kind == kind)))


@pytest.fixture
def hire(deps: Deps, make: Make, signed: SignedClient) -> Hire:
    return Hire(deps, make, signed)


@pytest.fixture
def working(hire: Hire, deps: Deps) -> Any:
    """An opening for the eleventh, from eight, with so many taken places; its id and the workers in order."""

    def made(count: int = 3, **opening: Any) -> tuple[int, list[int]]:
        day = at(11, 8).date()
        opening_id = hire.opening(headcount=count, next_wave_at=None, **{"starts_on": day, "ends_on": day, **opening})
        people = hire.workers(count)
        with hire.make() as f:
            row = f.session.get(Opening, opening_id)
            for worker_id in people:
                f.make_offer(row, f.session.get(Worker, worker_id), "accepted", employer_told="taken")
            row.status = "filled"
        return opening_id, people

    return made


@pytest.fixture
def full(hire: Hire, deps: Deps) -> Callable[..., tuple[int, list[int], list[int]]]:
    """`full(holders, waiting)`: an opening with every place taken; returns its id and both lists of workers."""

    def made(holders: int = 1, waiting: int = 2, **opening: Any) -> tuple[int, list[int], list[int]]:
        opening_id = hire.opening(headcount=holders, next_wave_at=None, **opening)
        took, others = hire.workers(holders), hire.workers(waiting)
        for worker_id in took:
            with deps.db.write() as session:
                offer = answer_offer.take(
                    session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms"
                )
                both_sides.taken(session, deps, now=deps.clock(), offer=offer)
        for worker_id in others:
            with deps.db.write() as session:
                answer_offer.put_on_list(
                    session, now=deps.clock(), opening=session.get_one(Opening, opening_id),
                    worker=session.get_one(Worker, worker_id), offer=None, channel="sms",
                )  # fmt: skip
            deps.clock.advance(seconds=1)  # type: ignore[attr-defined]
        return opening_id, took, others

    return made


def said(database: Database) -> list[tuple[str, str]]:
    with database.read() as session:
        return [(row.side, row.outcome) for row in session.query(Outcome).order_by(Outcome.id)]


def status(hire: Hire, opening_id: int) -> list[str]:
    return [offer.status for offer in hire.offers(opening_id)]


def status_of(hire: Hire, opening_id: int) -> dict[int, str]:
    return {offer.worker_id: offer.status for offer in hire.offers(opening_id)}


def give_back(hire: Hire, opening_id: int, worker_id: int) -> None:
    [offer] = [offer for offer in hire.offers(opening_id) if offer.worker_id == worker_id]
    with hire.deps.db.write() as session:
        gone = answer_offer.give_back(session, now=hire.deps.clock(), offer_id=offer.id)
        both_sides.stepped_back(session, hire.deps, now=hire.deps.clock(), offer=gone)


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """In June 2026, Asia/Shanghai; the test clock starts on the tenth at ten."""
    return datetime(2026, 6, day, hour, minute, tzinfo=TIMEZONE)
