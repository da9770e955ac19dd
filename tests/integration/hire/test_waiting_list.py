"""A full opening has a waiting list: in turn, asked anew, kept for her meanwhile, ended at the start (W06, C1, M10)."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest

from backend.errors import Conflict
from backend.services import answer_offer, both_sides, expiry, still_hiring, waiting_list
from backend.services.change_opening import change_opening
from backend.services.deps import Deps
from backend.store.models import Opening, PlannedCall, Worker
from backend.store.session import Database
from tests.integration.hire.conftest import Hire, at, give_back, status_of
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.placed import Answered, place_due


def test_who_comes_too_late_may_wait_and_hears_her_place_in_the_queue(hire: Hire) -> None:
    hire.workers(12)
    opening_id = hire.opening()
    hire.wave()
    first, second, third = [offer.worker_id for offer in hire.offers(opening_id)][:3]
    hire.says(first, "1")
    told = hire.says(second, "1")
    assert "满了" in told and "等位子,回1" in told
    waits = hire.says(second, "1")
    assert "排第1个" in waits and "退" in waits
    hire.says(third, "1")
    assert "排第2个" in hire.says(third, "我等")
    assert status_of(hire, opening_id) == {**status_of(hire, opening_id), second: "waitlisted", third: "waitlisted"}


def test_whoever_waits_is_told_the_same_when_she_asks_again(hire: Hire, full: Any) -> None:
    opening_id, _, [first, second] = full()
    before = hire.offers(opening_id, "waitlisted")
    from tests.integration.services.conftest import Person

    told = Person(hire.deps, hire.number(second)).say("wait_for_place", params={"opening_id": opening_id})
    assert [answer["kind"] for answer in told] == ["waitlisted"] and told[0]["position"] == 2
    assert [offer.waitlisted_at for offer in hire.offers(opening_id, "waitlisted")] == [
        offer.waitlisted_at for offer in before
    ]
    assert first != second


def test_the_other_work_beside_the_waiting_list_is_taken_by_its_number(hire: Hire) -> None:
    hire.workers(12)
    opening_id, other = hire.opening(), hire.opening(title="摘柑子", next_wave_at=None)
    hire.wave()
    first, second = [offer.worker_id for offer in hire.offers(opening_id)][:2]
    hire.says(first, "1")
    assert "2 摘柑子" in hire.says(second, "1")
    assert "定了:摘柑子" in hire.says(second, "2")
    assert status_of(hire, other) == {second: "accepted"}


def test_a_place_that_comes_free_is_offered_to_whoever_waits_longest(hire: Hire, full: Any) -> None:
    opening_id, [holder], [first, second] = full()
    give_back(hire, opening_id, holder)
    assert status_of(hire, opening_id) == {holder: "withdrawn", first: "offered", second: "waitlisted"}
    text = hire.texts(hire.number(first))[-1]
    assert "轮到你了" in text and "摘脆红李" in text
    assert "定了" in hire.says(first, "1")
    assert hire.get(opening_id).filled == 1
    assert hire.texts(hire.number(second)) == []


def test_while_she_is_asked_the_place_is_kept_for_her(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, [holder], [first, _] = full()
    give_back(hire, opening_id, holder)
    [stranger] = hire.workers(1)
    with pytest.raises(Conflict) as refused, deps.db.write() as session:
        answer_offer.take(session, now=deps.clock(), opening_id=opening_id, worker_id=stranger, channel="sms")
    assert refused.value.reason == "full"
    with deps.db.write() as session:
        answer_offer.take(session, now=deps.clock(), opening_id=opening_id, worker_id=first, channel="sms")


def test_whose_turn_it_was_and_who_yet_came_too_late_keeps_it(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, [holder], [first, second] = full()
    give_back(hire, opening_id, holder)
    with hire.make() as f:
        # Lost in the same instant, as two databases' answers may cross.
        opening = f.session.get(Opening, opening_id)
        opening.filled, opening.status = 1, "filled"
    assert "满了" in hire.says(first, "1")
    assert "排第1个" in hire.says(first, "1")
    assert status_of(hire, opening_id)[second] == "waitlisted"


def test_when_she_does_not_answer_the_next_one_is_asked(
    hire: Hire, full: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, [holder], [first, second] = full()
    give_back(hire, opening_id, holder)
    clock.advance(minutes=31)
    expiry.expire_offers(deps)
    assert waiting_list.move_up_waiting(deps) == 1
    assert status_of(hire, opening_id) == {holder: "withdrawn", first: "expired", second: "offered"}
    assert waiting_list.move_up_waiting(deps) == 0, "one place, one person"


def test_when_she_says_no_the_next_one_is_asked_at_once(hire: Hire, full: Any) -> None:
    opening_id, [holder], [first, second] = full()
    give_back(hire, opening_id, holder)
    hire.says(first, "2")
    assert status_of(hire, opening_id)[second] == "offered"


def test_m10_at_night_nobody_is_moved_up_and_in_the_morning_the_first_is(
    hire: Hire, full: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, [holder], [first, _] = full(starts_on=at(13, 8).date(), ends_on=at(13, 8).date())
    clock.set(at(10, 23))
    give_back(hire, opening_id, holder)
    assert waiting_list.move_up_waiting(deps) == 0
    clock.set(at(11, 7, 1))
    assert waiting_list.move_up_waiting(deps) == 1
    assert status_of(hire, opening_id)[first] == "offered"


def test_shortly_before_the_work_she_is_rung(
    hire: Hire, full: Any, clock: SettableClock, database: Database, carrier: FakeCarrier
) -> None:
    opening_id, [holder], [first, _] = full(starts_on=at(10, 8).date(), ends_on=at(12, 8).date(), hours_from="12:00")
    clock.set(at(10, 10, 30))
    give_back(hire, opening_id, holder)
    with database.read() as session:
        planned = session.query(PlannedCall).one()
        assert planned.purpose == "offer"
    assert hire.texts(hire.number(first)) == []
    ring = place_due(hire.deps, clock, carrier)
    assert ring is not None
    said = Answered(hire.signed, ring).text
    assert "您等的位子有了。" in said and "有个活,问您去不去" not in said


def test_whoever_has_taken_other_work_meanwhile_is_passed_over(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, [holder], [first, second] = full()
    elsewhere = hire.opening(next_wave_at=None)
    with deps.db.write() as session:
        answer_offer.take(session, now=deps.clock(), opening_id=elsewhere, worker_id=first, channel="sms")
    give_back(hire, opening_id, holder)
    assert status_of(hire, opening_id) == {holder: "withdrawn", first: "waitlisted", second: "offered"}


def test_whoever_waits_may_leave_the_list(hire: Hire, full: Any) -> None:
    opening_id, [holder], [first, second] = full()
    [offer] = [offer for offer in hire.offers(opening_id) if offer.worker_id == first]
    assert "不等了" in hire.says(first, f"退{offer.code}")
    give_back(hire, opening_id, holder)
    assert status_of(hire, opening_id) == {holder: "withdrawn", first: "declined", second: "offered"}


def test_more_places_wanted_are_for_those_who_wait(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, _, [first, second] = full()
    with deps.db.write() as session:
        opening = session.get_one(Opening, opening_id)
        opening.headcount, opening.status = 3, "published"
    assert waiting_list.move_up_waiting(deps) == 2
    assert status_of(hire, opening_id)[first] == status_of(hire, opening_id)[second] == "offered"


def test_at_the_start_of_the_work_waiting_ends_and_is_told(
    hire: Hire, full: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, _, [first, second] = full()
    assert waiting_list.end_waiting(deps) == 0
    clock.set(at(11, 8, 1))
    assert waiting_list.end_waiting(deps) == 2
    assert status_of(hire, opening_id)[first] == "expired"
    assert "没有位子空出来" in hire.texts(hire.number(second))[-1]
    assert waiting_list.end_waiting(deps) == 0


def test_two_who_step_back_at_once_make_room_for_the_two_who_wait(
    hire: Hire, full: Any, deps: Deps, database_url: str
) -> None:
    opening_id, holders, waiting = full(holders=2, waiting=3)
    offers = {offer.worker_id: offer.id for offer in hire.offers(opening_id)}
    line = threading.Barrier(2)
    problems: list[BaseException] = []

    def back(worker_id: int) -> None:
        own = Database(database_url)
        try:
            line.wait(timeout=60)
            with own.write() as session:
                gone = answer_offer.give_back(session, now=deps.clock(), offer_id=offers[worker_id])
                both_sides.stepped_back(session, deps, now=deps.clock(), offer=gone)
        except BaseException as problem:
            problems.append(problem)
        finally:
            own.close()

    threads = [threading.Thread(target=back, args=(worker_id,)) for worker_id in holders]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not problems, problems
    waiting_list.move_up_waiting(deps)
    found = status_of(hire, opening_id)
    assert [found[worker_id] for worker_id in waiting] == ["offered", "offered", "waitlisted"]
    assert hire.get(opening_id).filled == 0


def test_the_api_shows_whoever_waits(hire: Hire, full: Any, api: Any) -> None:
    opening_id, _, waiting = full()
    items = api.get(f"/api/v1/offers?opening_id={opening_id}&status=waitlisted").get_json()["items"]
    assert sorted(item["worker_id"] for item in items) == sorted(waiting)


def test_a_place_that_is_moved_up_runs_out_after_half_an_hour_and_says_so(hire: Hire, full: Any) -> None:
    opening_id, [holder], [first, _] = full()
    give_back(hire, opening_id, holder)
    [offer] = hire.offers(opening_id, "offered")
    assert offer.expires_at == hire.deps.clock() + timedelta(minutes=30)
    assert "10点30" in hire.texts(hire.number(first))[-1] or "10点半" in hire.texts(hire.number(first))[-1]


def test_c1_a_place_kept_for_whoever_waits_is_put_to_nobody_else(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, [holder], [first] = full(waiting=1)
    hire.workers(5)
    give_back(hire, opening_id, holder)
    with hire.make() as f:
        f.session.get(Opening, opening_id).next_wave_at = deps.clock()
    assert hire.wave() == 0
    assert [offer.worker_id for offer in hire.offers(opening_id, "offered")] == [first]


def test_c1_a_wave_that_is_due_first_asks_whoever_waits(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, [holder], [first] = full(waiting=1)
    hire.workers(5)
    with hire.deps.db.write() as session:
        [offer] = [offer for offer in hire.offers(opening_id) if offer.worker_id == holder]
        answer_offer.give_back(session, now=deps.clock(), offer_id=offer.id)
        session.get_one(Opening, opening_id).next_wave_at = deps.clock()
    assert hire.wave() == 0
    assert [offer.worker_id for offer in hire.offers(opening_id, "offered")] == [first]


def test_c1_fewer_wanted_leave_the_place_to_whoever_was_first_in_turn(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, holders, [first, second] = full(holders=3)
    for worker_id in holders[:2]:
        give_back(hire, opening_id, worker_id)
    assert {status_of(hire, opening_id)[one] for one in (first, second)} == {"offered"}
    with deps.db.write() as session:
        facts = {"headcount": 2}
        change_opening(session, deps, deps.clock(), opening_id, facts, actor="handset:1")
    assert (status_of(hire, opening_id)[first], status_of(hire, opening_id)[second]) == ("offered", "waitlisted")
    assert "满了" in hire.says(second, "1")
    assert "定了" in hire.says(first, "1")
    assert hire.get(opening_id).filled == 2


def test_c1_at_night_nobody_jumps_the_queue(hire: Hire, full: Any, clock: SettableClock, deps: Deps) -> None:
    opening_id, [holder], [first, second] = full(starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    [stranger] = hire.workers(1)
    clock.set(at(10, 22, 30))
    give_back(hire, opening_id, holder)

    def take(worker_id: int) -> None:
        with deps.db.write() as session:
            answer_offer.take(session, now=clock(), opening_id=opening_id, worker_id=worker_id, channel="sms")

    for one in (stranger, second):
        with pytest.raises(Conflict) as refused:
            take(one)
        assert refused.value.reason == "full"
    take(first)
    assert status_of(hire, opening_id)[first] == "accepted"


def test_at_night_the_place_of_whoever_looks_no_more_is_free(
    hire: Hire, full: Any, clock: SettableClock, deps: Deps
) -> None:
    opening_id, [holder], [only] = full(waiting=1, starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    [stranger] = hire.workers(1)
    clock.set(at(10, 22, 30))
    give_back(hire, opening_id, holder)
    with deps.db.write() as session:
        session.get_one(Worker, only).status = "paused"
        answer_offer.take(session, now=clock(), opening_id=opening_id, worker_id=stranger, channel="sms")


def test_e03_who_has_enough_gets_nobody_in_the_stead_of_whoever_steps_back(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, [one, _], _ = full(holders=2, waiting=0)
    with deps.db.write() as session:
        still_hiring.close(session, deps, deps.clock(), session.get_one(Opening, opening_id), actor="handset:1")
    give_back(hire, opening_id, one)
    opening = hire.get(opening_id)
    assert (opening.status, opening.filled, opening.headcount) == ("filled", 1, 1)
    [stranger] = hire.workers(1)
    with pytest.raises(Conflict), deps.db.write() as session:
        answer_offer.take(session, now=deps.clock(), opening_id=opening_id, worker_id=stranger, channel="sms")


def test_e03_who_had_enough_and_wants_more_again_gets_them(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, _, _ = full(waiting=0)
    with deps.db.write() as session:
        still_hiring.close(session, deps, deps.clock(), session.get_one(Opening, opening_id), actor="handset:1")
    hire.workers(3)
    hire.text(hire.employer_number(opening_id), "再要两个人")
    assert hire.get(opening_id).headcount == 3
    assert hire.wave() == 3


def test_w06_her_own_list_lets_go_of_what_she_waits_for_by_its_number(hire: Hire, full: Any) -> None:
    opening_id, _, [first] = full(waiting=1)
    assert "1 " in hire.says(first, "我报了哪些活")
    assert "真的不去了" in hire.says(first, "1")
    assert "排第1个" in hire.says(first, "2")
    hire.says(first, "我报了哪些活")
    hire.says(first, "1")
    assert status_of(hire, opening_id)[first] == "waitlisted"
    hire.says(first, "1")
    assert status_of(hire, opening_id)[first] == "declined"


def test_w06_the_number_of_an_offer_in_her_list_gives_nothing_away(hire: Hire) -> None:
    """The offer's own text took it by the same number."""
    opening_id = hire.opening()
    [someone] = hire.workers(1)
    hire.wave()
    assert "等你回" in hire.says(someone, "我报了哪些活")
    assert "回1接,2不接" in hire.says(someone, "1")
    assert status_of(hire, opening_id)[someone] == "offered"
    assert "定了" in hire.says(someone, "1")
    assert status_of(hire, opening_id)[someone] == "accepted"


def test_what_staff_stopped_no_change_of_the_employers_sets_going(hire: Hire, full: Any, deps: Deps) -> None:
    opening_id, _, _ = full(waiting=0)
    with hire.make() as f:
        opening = f.session.get(Opening, opening_id)
        opening.headcount, opening.status, opening.waves_stopped_at = 3, "published", deps.clock()
    hire.workers(3)
    for words in ("不招了", "1", "改回去"):
        hire.text(hire.employer_number(opening_id), words)
    opening = hire.get(opening_id)
    assert (opening.status, opening.closed_at, opening.headcount) == ("published", None, 3)
    assert opening.waves_stopped_at is not None and hire.wave() == 0


def test_m04_whoever_has_just_been_asked_something_else_keeps_the_place_until_she_has_answered(
    hire: Hire, full: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, [holder], [first, second] = full(starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    with hire.make() as f:
        other = f.make_opening(title="摘柑子", starts_on=at(20, 8).date(), ends_on=at(20, 8).date(), headcount=3).id
    with deps.db.write() as session:
        answer_offer.take(session, now=clock(), opening_id=other, worker_id=first, channel="sms")
    hire.says(first, "我报了哪些活")
    assert "真的不去了" in hire.says(first, "2")
    give_back(hire, opening_id, holder)
    assert {status_of(hire, opening_id)[one] for one in (first, second)} == {"waitlisted"}
    strangers = hire.workers(3)
    with hire.make() as f:
        f.session.get(Opening, opening_id).next_wave_at = clock()
    assert hire.wave() == 0, "the place is hers"
    with deps.db.write() as session, pytest.raises(Conflict) as refused:
        answer_offer.take(session, now=clock(), opening_id=opening_id, worker_id=strangers[0], channel="sms")
    assert refused.value.reason == "full"
    clock.advance(minutes=11)
    assert waiting_list.move_up_waiting(deps) == 1
    assert status_of(hire, opening_id)[first] == "offered"
