"""Arrived, no-show, finished, paid: both sides are asked, and what they say decides (W06)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.services import answer_offer, ask_employer, both_sides, follow_up, outcomes
from backend.services.deps import Deps
from backend.store.models import Offer
from backend.store.session import Database
from tests.integration.hire.conftest import Hire, at, said, status
from tests.support.clock import SettableClock


@pytest.mark.parametrize("words", ["3", "还没到日子", "月底给"])
def test_wages_that_are_not_due_yet_are_no_unpaid_wages(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database, words: str
) -> None:
    opening_id, _ = working(2)
    clock.set(at(12, 9, 30))
    ask_employer.ask_who_was_paid(deps)
    assert "没到日子回3" in hire.texts(hire.employer_number(opening_id))[-1]
    assert "到日子记得给" in hire.text(hire.employer_number(opening_id), words)
    assert said(database) == [("employer", "completed")] * 2


def test_paid_is_what_the_worker_says_not_what_the_employer_says(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, [someone] = working(1)
    employer = hire.employer_number(opening_id)
    clock.set(at(12, 9, 30))
    assert ask_employer.ask_who_was_paid(deps) == 1
    assert ask_employer.ask_who_was_paid(deps) == 0
    assert "工钱结清没有" in hire.texts(employer)[-1]
    assert "记下了" in hire.text(employer, "1")
    assert status(hire, opening_id) == ["completed"]
    assert follow_up.ask_how_it_went(deps) == 1, "she is asked all the same"
    assert "给了没有" in hire.says(someone, "1")
    hire.says(someone, "1")
    assert status(hire, opening_id) == ["paid"]


@pytest.mark.parametrize("settled", ["工钱结清了", "还没"])
def test_wages_spoken_of_do_not_bring_back_whoever_did_not_come(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database, settled: str
) -> None:
    opening_id, _ = working(2)
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    hire.text(employer, "2")
    hire.text(employer, "1")
    hire.text(employer, "9")
    clock.set(at(12, 9))  # the day in which she may say otherwise is over, and wages are asked about
    ask_employer.ask_who_was_paid(deps)
    hire.text(employer, settled)
    outcomes.settle_outcomes(deps)
    assert status(hire, opening_id) == ["no_show", "completed"]
    assert ("employer", "paid" if settled == "工钱结清了" else "unpaid") in said(database)


def test_he_says_paid_and_she_says_not_is_a_case_of_wages(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, [someone] = working(1)
    clock.set(at(12, 9, 30))
    ask_employer.ask_who_was_paid(deps)
    hire.text(hire.employer_number(opening_id), "1")
    follow_up.ask_how_it_went(deps)
    hire.says(someone, "1")
    hire.says(someone, "2")
    assert status(hire, opening_id) == ["completed"]
    assert len(hire.cases("wage_arrears")) == 1


def test_h03_whoever_is_done_with_a_job_waits_for_work_again(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    _, [someone] = working(1)
    with deps.db.write() as session:
        from backend.store.models import Worker

        session.get_one(Worker, someone).waiting_since = None
    clock.set(at(12, 9, 30))
    follow_up.ask_how_it_went(deps)
    with deps.db.read() as session:
        assert session.get_one(Worker, someone).waiting_since == clock()


def test_both_sides_are_kept_beside_each_other(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database
) -> None:
    opening_id, [someone] = working(1)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    hire.text(hire.employer_number(opening_id), "1")
    clock.set(at(12, 9, 30))
    follow_up.ask_how_it_went(deps)
    hire.says(someone, "1")
    hire.says(someone, "3")
    assert said(database) == [("employer", "arrived"), ("worker", "arrived"), ("worker", "completed")]
    assert status(hire, opening_id) == ["completed"]


def test_staff_say_it_for_either_and_their_last_word_counts(
    hire: Hire, working: Any, deps: Deps, database: Database
) -> None:
    opening_id, _ = working(1)
    with database.write() as session:
        from backend.store.models import Offer

        offer = session.query(Offer).one()
        for outcome, becomes in (("no_show", "no_show"), ("arrived", "arrived"), ("no_show", "no_show")):
            deps.clock.advance(minutes=1)  # type: ignore[attr-defined]
            outcomes.say(session, deps, now=deps.clock(), offer=offer, side="staff", outcome=outcome)
            assert offer.status == becomes
    assert both_sides.tell_gathered(deps) == 0 and opening_id


def test_w06_the_wages_of_whoever_left_in_the_middle_are_asked_about_too(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database
) -> None:
    opening_id, [first, _] = working(2, ends_on=at(13, 8).date())
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    hire.text(hire.employer_number(opening_id), "都来了")
    clock.set(at(12, 10))
    hire.says(first, "我报的活")
    assert "真的不去了" in hire.says(first, "1")
    hire.says(first, "1")
    clock.set(at(14, 9, 30))
    ask_employer.ask_who_was_paid(deps)
    assert "2个人的工钱" in hire.texts(hire.employer_number(opening_id))[-1]
    hire.text(hire.employer_number(opening_id), "1")
    assert said(database).count(("employer", "paid")) == 2
    assert status(hire, opening_id) == ["withdrawn", "completed"]


def test_the_place_of_whoever_did_not_come_is_free_for_the_days_that_are_left(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database
) -> None:
    opening_id, _ = working(2, ends_on=at(20, 8).date())
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    for words in ("2", "1", "9"):
        hire.text(employer, words)
    assert (hire.get(opening_id).filled, hire.get(opening_id).status) == (2, "filled")
    clock.set(at(12, 9, 5))
    assert outcomes.settle_outcomes(deps) == 1
    assert status(hire, opening_id) == ["no_show", "arrived"]
    assert (hire.get(opening_id).filled, hire.get(opening_id).status) == (1, "published")
    with database.write() as session:  # staff have asked, and put it right
        offer = session.get_one(Offer, hire.offers(opening_id)[0].id)
        outcomes.say(session, deps, now=clock(), offer=offer, side="staff", outcome="arrived")
    assert (hire.get(opening_id).filled, hire.get(opening_id).status) == (2, "filled")
    assert [offer.ends_on for offer in hire.offers(opening_id)] == [at(20, 8).date()] * 2


def test_once_somebody_else_has_her_place_only_the_days_until_then_were_hers(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database
) -> None:
    opening_id, [someone] = working(1, ends_on=at(20, 8).date())
    [stranger] = hire.workers(1)
    clock.set(at(12, 9))
    with database.write() as session:
        offer = session.get_one(Offer, hire.offers(opening_id)[0].id)
        outcomes.say(session, deps, now=clock(), offer=offer, side="staff", outcome="no_show")
        answer_offer.take(session, now=clock(), opening_id=opening_id, worker_id=stranger, channel="sms")
        clock.advance(minutes=1)
        outcomes.say(session, deps, now=clock(), offer=offer, side="staff", outcome="arrived")
    assert [(one.worker_id, one.status, one.ends_on.day) for one in hire.offers(opening_id)] == [
        (someone, "arrived", 11), (stranger, "accepted", 20),
    ]  # fmt: skip
    assert hire.get(opening_id).filled == 1
