"""Waves where many cannot be asked, where two share a number, with a county's own weights, and cut short (E03, W04, H03, F7)."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.domain.weights import DEFAULT_WEIGHTS, problems
from backend.services import answer_offer, instant_hire
from backend.services.change_opening import change_opening
from backend.services.deps import Deps
from backend.services.people import release_number
from backend.services.post_opening import withdraw_opening
from backend.store.models import Consent, Handset, HandsetOwner, MatchingWeights, Staff, Worker
from backend.store.session import Database
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock


def _handset(session: Any, worker_id: int) -> Handset:
    person_id = session.get_one(Worker, worker_id).person_id
    owner = session.scalars(select(HandsetOwner).where(HandsetOwner.person_id == person_id)).one()
    return session.get_one(Handset, owner.handset_id)


def _share(session: Any, one: int, other: int) -> None:
    """`other` is reached on the number of `one` from now on."""
    person_id = session.get_one(Worker, other).person_id
    session.scalars(select(HandsetOwner).where(HandsetOwner.person_id == person_id)).one().handset_id = _handset(
        session, one
    ).id


def test_e03_however_many_nearby_cannot_be_asked_those_who_can_are(hire: Hire, database: Database, deps: Deps) -> None:
    people = hire.workers(300)
    with database.write() as session:
        owners = select(HandsetOwner.handset_id).join(Worker, Worker.person_id == HandsetOwner.person_id)
        session.execute(
            update(Handset)
            .where(Handset.id.in_(owners.where(Worker.id.in_(people[:150]))))
            .values(opted_out_at=deps.clock())
        )
        persons = select(Worker.person_id).where(Worker.id.in_(people[150:295]))
        session.execute(update(Consent).where(Consent.person_id.in_(persons)).values(withdrawn_at=deps.clock()))
    opening_id = hire.opening()
    assert hire.wave() == 5
    assert sorted(hire.asked(opening_id)) == people[295:]


def test_c4_whoever_works_in_those_hours_is_not_asked_and_in_others_she_is(hire: Hire, deps: Deps) -> None:
    people = hire.workers(3)
    earlier = hire.opening(headcount=2, title="摘柑子", next_wave_at=None)
    for worker_id in people[:2]:
        with deps.db.write() as session:
            answer_offer.take(session, now=deps.clock(), opening_id=earlier, worker_id=worker_id, channel="sms")
    evening = hire.opening(hours_from="18:00", hours_to="20:00")
    assert hire.wave() == 3, "in the evening of the same day all are free"
    assert sorted(hire.asked(evening)) == people
    deps.clock.advance(hours=5)  # type: ignore[attr-defined]
    by_day = hire.opening()
    hire.wave()
    assert hire.asked(by_day) == people[2:]


def test_m04_two_on_one_number_get_one_text_and_one_question(hire: Hire, database: Database) -> None:
    one, other = hire.workers(2)
    with database.write() as session:
        _share(session, one, other)
    opening_id = hire.opening()
    assert hire.wave() == 1
    [text] = hire.texts(hire.number(one))
    assert text and len(hire.asked(opening_id)) == 1


def test_a_number_is_asked_no_oftener_a_day_than_the_cap_whoever_shares_it(
    hire: Hire, database: Database, clock: SettableClock
) -> None:
    one, other = hire.workers(2)
    with database.write() as session:
        _share(session, one, other)
    for n in range(5):
        hire.opening(starts_on=at(12 + n, 8).date(), ends_on=at(12 + n, 8).date())
        hire.wave()
        clock.advance(minutes=11)
    assert len(hire.texts(hire.number(one))) == 3


def test_t4_whoever_registers_on_a_number_that_was_released_is_asked(
    hire: Hire, database: Database, deps: Deps
) -> None:
    before, newcomer = hire.workers(2)
    with database.write() as session:
        handset = _handset(session, before)
        release_number(session, deps, handset, deps.clock())
        _share(session, before, newcomer)
    opening_id = hire.opening()
    hire.wave()
    assert hire.asked(opening_id) == [newcomer]


def test_p08_with_only_those_who_never_agreed_it_is_told_that_nobody_is_left(hire: Hire, database: Database) -> None:
    hire.workers(2)
    with database.write() as session:
        for consent in session.scalars(select(Consent)):
            session.delete(consent)
    opening_id = hire.opening(starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    hire.wave()
    assert [case.details["opening_id"] for case in hire.cases("nobody_left")] == [opening_id]


def test_p08_who_is_only_asked_about_something_else_just_now_is_still_left(hire: Hire) -> None:
    hire.workers(1)
    hire.opening()
    hire.wave()
    other = hire.opening(title="摘柑子")
    assert hire.wave() == 0
    assert hire.cases("nobody_left") == []
    assert hire.get(other).next_wave_at < instant_hire.NOBODY_FOR + hire.deps.clock()  # type: ignore[operator]


def test_w03_weights_of_few_points_ask_as_many_as_others(hire: Hire, database: Database, deps: Deps) -> None:
    few = dict.fromkeys(("hours", "pay", "requirements", "benefits", "freshness"), 0.0)
    weights = DEFAULT_WEIGHTS.to_json() | few | {"trade": 20.0, "kindred": 5.0, "distance": 5.0, "days": 5.0}
    assert not problems(DEFAULT_WEIGHTS.from_json(weights)), "what a county may set"
    hire.workers(3)
    with database.write() as session:
        staff = session.scalars(select(Staff)).first()
        session.add(
            MatchingWeights(
                county_code="500114", weights=weights, reason="试", changed_at=deps.clock(),
                changed_by=staff.id if staff else None,
            )
        )  # fmt: skip
    hire.opening()
    assert hire.wave() == 3


def test_f7_a_wave_cut_short_goes_on_soon_and_asks_nobody_twice(
    hire: Hire, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire.workers(70)
    opening_id = hire.opening(headcount=3)

    def killed(*_: Any) -> int:
        raise KeyboardInterrupt

    with monkeypatch.context() as cut:
        cut.setattr(instant_hire, "_more", killed)
        with pytest.raises(KeyboardInterrupt):
            hire.wave()
    [wave] = hire.waves(opening_id)
    assert wave.size == len(hire.asked(opening_id)) == instant_hire.BATCH
    clock.advance(minutes=1)
    assert hire.wave() > 0
    assert set(Counter(hire.asked(opening_id)).values()) == {1}
    texts = [hire.texts(hire.number(worker_id)) for worker_id in hire.asked(opening_id)]
    assert all(len(one) == 1 for one in texts)


def test_c1_nobody_is_asked_after_everybody_was_called_off(
    hire: Hire, deps: Deps, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The opening is withdrawn in the middle of a batch."""
    hire.workers(70)
    opening_id = hire.opening(headcount=3)
    askable = instant_hire._askable
    withdrawing: list[threading.Thread] = []

    def withdraw() -> None:
        with deps.db.write() as session:
            withdraw_opening(session, deps, deps.clock(), opening_id, actor="api")

    def meanwhile(*given: Any) -> Any:
        if len(hire.offers(opening_id)) == instant_hire.BATCH and not withdrawing:
            withdrawing.append(threading.Thread(target=withdraw))
            withdrawing[0].start()
            withdrawing[0].join(1)  # it is through at once, or waits for this batch
        return askable(*given)

    monkeypatch.setattr(instant_hire, "_askable", meanwhile)
    hire.wave()
    withdrawing[0].join(60)
    assert hire.get(opening_id).status == "withdrawn"
    assert {offer.status for offer in hire.offers(opening_id)} == {"withdrawn"}


def test_e01_whoever_was_chosen_for_other_days_is_not_asked(
    hire: Hire, deps: Deps, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    hire.workers(70)
    opening_id = hire.opening(headcount=3)
    more = instant_hire._more
    moved = hire.get(opening_id).starts_on + timedelta(days=3)

    def changed(*given: Any) -> int:
        monkeypatch.setattr(instant_hire, "_more", more)
        with deps.db.write() as session:
            facts = {"starts_on": moved, "ends_on": moved}
            change_opening(session, deps, clock.advance(seconds=1), opening_id, facts, actor="api")
        return more(*given)

    monkeypatch.setattr(instant_hire, "_more", changed)
    assert hire.wave() == instant_hire.BATCH
    assert hire.get(opening_id).next_wave_at == clock()


def test_a_large_wave_goes_out_whole_and_is_written_down_as_large_as_it_was(hire: Hire) -> None:
    hire.workers(70)
    opening_id = hire.opening(headcount=3)
    sent = hire.wave()
    [wave] = hire.waves(opening_id)
    assert sent > 2 * instant_hire.BATCH and wave.size == sent == len(hire.offers(opening_id, "offered"))
    assert hire.get(opening_id).next_wave_at == wave.until
