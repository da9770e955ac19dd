"""A place binds both sides until its last day, also once she is at work: days, calling off, stepping back (W06, C2, C4)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.errors import Conflict
from backend.services import answer_offer, follow_up, reminders
from backend.services.deps import Deps
from backend.store.models import Opening, Outcome, Worker
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock


@pytest.fixture
def at_work(hire: Hire, clock: SettableClock) -> tuple[int, int]:
    """Ten days of work from the eleventh, of which her employer has said on the first that she is there; it is the twelfth."""
    opening_id = hire.opening(starts_on=at(11, 8).date(), ends_on=at(20, 8).date(), next_wave_at=None)
    [worker_id] = hire.workers(1)
    with hire.make() as f:
        opening = f.session.get(Opening, opening_id)
        f.make_offer(opening, f.session.get(Worker, worker_id), "arrived", employer_told="taken", code="11")
        opening.status, opening.filled = "filled", 1
    clock.set(at(12, 10))
    return opening_id, worker_id


def test_c4_she_cannot_take_another_job_on_the_days_of_the_one_she_is_at(
    hire: Hire, at_work: tuple[int, int], deps: Deps
) -> None:
    opening_id, worker_id = at_work
    other = hire.opening(starts_on=at(14, 8).date(), ends_on=at(14, 8).date(), next_wave_at=None)
    with deps.db.write() as session, pytest.raises(Conflict) as refused:
        answer_offer.take(session, now=deps.clock(), opening_id=other, worker_id=worker_id, channel="sms")
    assert (refused.value.reason, refused.value.facts["standing"]) == ("overlap", opening_id)


def test_c2_called_off_in_the_middle_she_hears_it_and_the_place_is_free(hire: Hire, at_work: tuple[int, int]) -> None:
    opening_id, worker_id = at_work
    employer = hire.employer_number(opening_id)
    hire.text(employer, "不招了")
    hire.text(employer, "2")
    assert "取消" in hire.texts(hire.number(worker_id))[-1]
    assert [offer.status for offer in hire.offers(opening_id)] == ["withdrawn"]
    assert (hire.get(opening_id).filled, hire.get(opening_id).status) == (0, "withdrawn")


def test_w06_her_own_list_has_it_and_she_can_step_back(hire: Hire, at_work: tuple[int, int]) -> None:
    opening_id, worker_id = at_work
    assert "摘脆红李" in hire.says(worker_id, "我报的活")
    assert "真的不去了" in hire.says(worker_id, "1")
    hire.says(worker_id, "1")
    assert [offer.status for offer in hire.offers(opening_id)] == ["withdrawn"]
    assert (hire.get(opening_id).filled, hire.get(opening_id).status) == (0, "published")
    assert "不来了" in hire.texts(hire.employer_number(opening_id))[-1]


def test_on_the_last_day_the_work_is_done_and_stays_so(
    hire: Hire, at_work: tuple[int, int], deps: Deps, clock: SettableClock
) -> None:
    opening_id, _ = at_work
    clock.set(at(20, 10))
    [offer] = hire.offers(opening_id)
    with deps.db.write() as session, pytest.raises(Conflict) as refused:
        answer_offer.give_back(session, now=deps.clock(), offer_id=offer.id)
    assert refused.value.reason == "not_held"
    assert hire.offers(opening_id)[0].status == "arrived"


def test_whoever_takes_a_place_again_is_reminded_again(hire: Hire, deps: Deps, clock: SettableClock, make: Any) -> None:
    """W06: the reminder belongs to the place, not to the first time it was taken."""
    opening_id = hire.opening(starts_on=at(11, 8).date(), ends_on=at(11, 8).date(), next_wave_at=None)
    [worker_id] = hire.workers(1)

    def take() -> None:
        with deps.db.write() as session:
            offer = answer_offer.take(
                session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms"
            )
            offer_id.append(offer.id)

    offer_id: list[int] = []
    take()
    clock.set(at(10, 19))
    assert reminders.remind_workers(deps) == 1
    with deps.db.write() as session:
        answer_offer.give_back(session, now=deps.clock(), offer_id=offer_id[0])
        session.get_one(Opening, opening_id).ends_on = at(12, 8).date()
    take()
    [offer] = hire.offers(opening_id)
    assert (offer.reminded_at, offer.ends_on) == (None, at(12, 8).date())
    clock.set(at(10, 20, 30))
    assert reminders.remind_workers(deps) == 1


@pytest.mark.parametrize("called_off", [False, True])
def test_w06_whoever_leaves_in_the_middle_is_asked_about_the_wages_of_the_days_done(
    hire: Hire, at_work: tuple[int, int], deps: Deps, clock: SettableClock, called_off: bool
) -> None:
    opening_id, worker_id = at_work
    [offer] = hire.offers(opening_id)
    with hire.make() as f:
        f.session.add(Outcome(offer_id=offer.id, side="employer", outcome="arrived", at=deps.clock()))
    if called_off:
        hire.text(hire.employer_number(opening_id), "不招了")
        hire.text(hire.employer_number(opening_id), "2")
    else:
        hire.says(worker_id, "我报的活")
        hire.says(worker_id, "1")
        hire.says(worker_id, "1")
    assert [(one.status, one.ends_on) for one in hire.offers(opening_id)] == [("withdrawn", at(12, 8).date())]
    clock.set(at(13, 9, 30))
    assert follow_up.ask_how_it_went(deps) == 1
    assert "给了没有" in hire.says(worker_id, "1")
    hire.says(worker_id, "2")
    [case] = hire.cases("wage_arrears")
    assert case.details["date"] == ["2026-06-11/2026-06-12"]
    assert [one.status for one in hire.offers(opening_id)] == ["withdrawn"]


def test_whoever_steps_back_before_the_work_is_asked_nothing_about_it(
    hire: Hire, at_work: tuple[int, int], deps: Deps, clock: SettableClock
) -> None:
    _, worker_id = at_work
    hire.says(worker_id, "我报的活")
    hire.says(worker_id, "1")
    hire.says(worker_id, "1")
    clock.set(at(13, 9, 30))
    assert follow_up.ask_how_it_went(deps) == 0  # nobody has said that she came


def test_w06_whoever_left_and_comes_back_has_the_days_of_the_job_again(hire: Hire, at_work: tuple[int, int]) -> None:
    opening_id, worker_id = at_work
    hire.says(worker_id, "我报的活")
    hire.says(worker_id, "1")
    hire.says(worker_id, "1")
    hire.says(worker_id, "1")
    assert [(one.status, one.ends_on) for one in hire.offers(opening_id)] == [("accepted", at(20, 8).date())]
