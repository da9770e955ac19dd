"""Whoever cannot be asked is not asked, is not counted as silent, and holds up nobody else (P01, P07, T1)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend.domain import freshness
from backend.services import still_hiring, still_looking
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Case, Consent, Handset, HandsetOwner, Opening, OutboxRow, Worker
from tests.support.clock import SettableClock
from tests.support.placed import texts

Make = Callable[[], Any]


def test_whoever_has_taken_back_her_agreement_is_not_asked(
    silent: Callable[..., int], deps: Deps, clock: SettableClock
) -> None:
    silent()
    with deps.db.write() as session:
        session.execute(update(Consent).values(withdrawn_at=clock()))
    assert still_looking.ask_workers(deps) == 0
    with deps.db.write() as session:
        session.execute(update(Consent).values(withdrawn_at=None))
    assert still_looking.ask_workers(deps) == 1


def test_whoever_has_taken_it_back_is_set_aside_without_a_text(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, clock: SettableClock
) -> None:
    worker_id = silent()
    with deps.db.write() as session:
        worker = session.get_one(Worker, worker_id)
        worker.asked_in_vain, worker.asked_current_at = 2, clock() - timedelta(days=8)
        worker.confirmed_at = clock() - timedelta(days=61)
        session.execute(update(Consent).values(withdrawn_at=clock()))
    assert still_looking.set_aside_the_silent(deps) == 1
    assert entry(worker_id).status == "paused" and texts(deps) == []


def test_a_landline_that_may_not_be_rung_makes_nobody_on_it_silent(
    silent: Callable[..., int], entry: Callable[[int], Worker], deps: Deps, make: Make, clock: SettableClock
) -> None:
    first = silent(number="+862379221234")
    with make() as f:
        worker = f.session.get_one(Worker, first)
        owner = f.session.scalars(select(HandsetOwner).where(HandsetOwner.person_id == worker.person_id)).one()
        f.session.get_one(Handset, owner.handset_id).calls_opted_out_at = clock()
        other = f.make_worker("田大山", confirmed_at=clock())
        f.session.add(HandsetOwner(handset_id=owner.handset_id, person_id=other.person_id, relation="spouse",
                                   since=f.now))  # fmt: skip
        second = other.id
    assert still_looking.ask_workers(deps) == 0
    assert (entry(first).asked_in_vain, entry(second).asked_in_vain) == (0, 0)


def test_employers_without_a_number_hold_up_nobody(make: Make, deps: Deps, clock: SettableClock) -> None:
    """A hundred openings that nobody can be asked about, and one more that begins later."""
    with make() as f:
        first = f.today + timedelta(days=40)
        for number in (None, "+862379221234"):
            nobody = f.make_employer(phone=number)
            for _ in range(60):
                f.make_opening(employer=nobody, starts_on=first, ends_on=first)
        later = first + timedelta(days=20)
        opening_id = f.make_opening(starts_on=later, ends_on=later).id
        said = f.session.get_one(Opening, opening_id).updated_at
    clock.set(freshness.asks_at(opening_id, said) + timedelta(minutes=1))
    assert still_hiring.ask_employers(deps) > 1
    while still_hiring.ask_employers(deps):
        pass
    with deps.db.read() as session:
        assert session.scalar(select(func.count(OutboxRow.id))) == 1
        assert session.get_one(Opening, opening_id).asked_current_at == clock()


@pytest.mark.parametrize(("number", "words"), [("+862379221234", "打电话问"), (None, "没有号码")])
def test_p07_an_employer_no_text_reaches_is_asked_by_staff(
    make: Make, deps: Deps, clock: SettableClock, number: str | None, words: str
) -> None:
    with make() as f:
        first = f.today + timedelta(days=40)
        opening_id = f.make_opening(
            employer=f.make_employer(phone=number), headcount=3, starts_on=first, ends_on=first
        ).id
    clock.set(freshness.asks_at(opening_id, clock()) + timedelta(minutes=1))
    assert [still_hiring.ask_employers(deps), still_hiring.ask_employers(deps)] == [1, 0]
    with deps.db.read() as session:
        [case] = session.scalars(select(Case))
    assert (case.kind, case.opening_id) == ("ask_employer", opening_id)
    assert words in case.summary and "还差3人" in case.summary and "+86" not in case.summary
    assert texts(deps) == []


def test_f7_an_opening_that_cannot_be_read_keeps_no_employer_unasked(
    make: Make, deps: Deps, clock: SettableClock
) -> None:
    with make() as f:
        first = f.today + timedelta(days=40)
        for hours in ("25:00", None):
            opening_id = f.make_opening(starts_on=first, ends_on=first, hours_from=hours).id
    with deps.db.write() as session:
        session.get_one(Opening, opening_id).asked_current_at = clock() - timedelta(days=30)
    clock.set(freshness.asks_at(opening_id, clock()) + timedelta(days=7, minutes=1))
    assert still_hiring.ask_employers(deps) == 1


@pytest.mark.parametrize("hour", [9, 13, 18])
def test_an_hour_that_has_come_round_is_the_one_that_is_asked_at(hour: int) -> None:
    now = datetime(2026, 6, 10, hour, 30, tzinfo=TIMEZONE)
    slots = freshness.last_slots(now)
    assert all(now - timedelta(days=7) < slot <= now for slot in slots)
    for key, slot in enumerate(slots):
        assert freshness.asks_at(key, slot - freshness.BETWEEN_ASKINGS) == slot
        assert freshness.asks_at(key + freshness.SLOTS, slot - freshness.BETWEEN_ASKINGS) == slot
