"""公益岗兜底: weeks in vain are counted once, and a post goes only to whom staff put it to (H11)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.errors import Conflict, Forbidden, NotFound
from backend.services import answer_offer, backstop, expiry
from backend.services.change_opening import change_opening
from backend.services.deps import Deps
from backend.services.matches import openings_for
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import AuditEvent, Hardship, Offer, Opening, Worker
from backend.store.queries import posts
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER
from tests.support.placed import count, says, texts
from tests.support.signing import SignedClient

Make = Callable[[], Any]
VILLAGE, TOWN, TOWN2 = "500114121002", "500114121", "500114122"


@pytest.fixture
def member(make: Make, deps: Deps) -> Callable[..., Member]:
    def made(role: str = "town", region: str = TOWN) -> Member:
        with make() as f:
            row = f.make_staff(role, region)
            deps.regions.reload()
            return Member(id=row.id, login=row.login, name=row.name, role=role, region_code=region, language="zh")

    return made


@pytest.fixture
def hard(make: Make) -> Callable[..., int]:
    """A worker with a hardship who has waited for ten days; returns her id."""

    def made(*, verified: bool = True, number: str = NUMBER, **more: Any) -> int:
        with make() as f:
            fields = {"waiting_since": f.now - timedelta(days=10), "confirmed_at": f.now, "job_types": ["A04"]}
            worker = f.make_worker(number=number, **{**fields, **more})
            f.session.add(Hardship(worker_id=worker.id, code="G04", claimed_at=f.now,
                                   verified_at=f.now if verified else None))  # fmt: skip
            worker_id: int = worker.id
        return worker_id

    return made


@pytest.fixture
def post_id(deps: Deps, member: Callable[..., Member], clock: SettableClock) -> int:
    first = clock().date() + timedelta(days=9)
    facts = {"title": "村道保洁", "region": VILLAGE, "starts_on": first, "ends_on": first + timedelta(days=180),
             "headcount": 1, "pay": {"min_fen": 80_000, "max_fen": 80_000, "unit": "month"}}  # fmt: skip
    return backstop.make_post(deps, member(), facts, {"name": "兴泉社区居委会", "phone": None}).id


def row(deps: Deps, model: Any, id_: int) -> Any:
    with deps.db.read() as session:
        return session.get_one(model, id_)


def test_a_week_in_which_nothing_suits_counts_once_and_says_why(
    hard: Callable[..., int], deps: Deps, clock: SettableClock, database: Any
) -> None:
    worker_id = hard()
    assert backstop.judge_weeks(deps) == 1
    assert backstop.judge_weeks(deps) == 0
    found = row(deps, Worker, worker_id)
    assert (found.failed_matches, found.failed_on) == (1, clock().date())
    clock.advance(days=7)
    assert backstop.judge_weeks(deps) == 1
    with deps.db.read() as session:
        events = posts.failures(session, [worker_id])[worker_id]
    assert [event.facts["why"] for event in events] == ["nothing_suitable"] * 2


def test_offers_that_ended_without_a_place_count_and_an_open_one_does_not_yet(
    hard: Callable[..., int], deps: Deps, make: Make
) -> None:
    worker_id = hard()
    with make() as f:
        offer = f.make_offer(f.make_opening(), f.session.get_one(Worker, worker_id))
        offer_id = offer.id
    assert backstop.judge_weeks(deps) == 0
    with make() as f:
        f.session.get_one(Offer, offer_id).status = "declined"
    assert backstop.judge_weeks(deps) == 1
    with deps.db.read() as session:
        [event] = posts.failures(session, [worker_id])[worker_id]
    assert event.facts == {"why": "offers_ended", "offers": [offer_id]}


def test_who_has_suitable_work_to_choose_from_was_not_failed(hard: Callable[..., int], deps: Deps, make: Make) -> None:
    worker_id = hard()
    with make() as f:
        f.make_opening()
    assert backstop.judge_weeks(deps) == 0
    assert row(deps, Worker, worker_id).failed_matches == 0


def test_a_claim_nobody_verified_or_a_short_wait_is_not_judged(
    hard: Callable[..., int], deps: Deps, clock: SettableClock
) -> None:
    hard(verified=False)
    hard(number="+8610000000222", waiting_since=clock() - timedelta(days=3))
    assert backstop.judge_weeks(deps) == 0


def test_four_schedulers_count_a_week_once(hard: Callable[..., int], deps: Deps) -> None:
    worker_id = hard()
    barrier, counted = threading.Barrier(4), []

    def tick() -> None:
        barrier.wait()
        counted.append(backstop.judge_weeks(deps))

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(counted) == [0, 0, 0, 1]
    assert row(deps, Worker, worker_id).failed_matches == 1


def test_a_place_taken_ends_the_count_and_the_list(hard: Callable[..., int], deps: Deps, make: Make) -> None:
    worker_id = hard(failed_matches=5)
    with deps.db.read() as session:
        assert posts.hardest_by_place(session, TOWN, 4) == [(VILLAGE, 1)]
        assert posts.hardest_by_place(session, TOWN2, 4) == []  # T6
    with make() as f:
        opening_id = f.make_opening().id
    with deps.db.write() as session:
        answer_offer.take(session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms")
    assert row(deps, Worker, worker_id).failed_matches == 0
    with deps.db.read() as session:
        assert posts.hardest(session, TOWN, 4) == ([], "")


def test_a_post_is_found_by_nobody_and_taken_by_no_stranger(
    hard: Callable[..., int], deps: Deps, post_id: int, clock: SettableClock
) -> None:
    worker_id = hard(job_types=["S21"])
    with deps.db.write() as session:
        assert openings_for(session, deps.regions, clock().date(), worker=session.get_one(Worker, worker_id)) == []
        with pytest.raises(Conflict):
            answer_offer.take(session, now=clock(), opening_id=post_id, worker_id=worker_id, channel="sms")


def test_staff_put_the_post_to_her_and_she_takes_it_by_a_number(
    hard: Callable[..., int], deps: Deps, post_id: int, member: Callable[..., Member], signed: SignedClient,
    clock: SettableClock, database: Any,
) -> None:  # fmt: skip
    worker_id = hard(failed_matches=4)
    offer = backstop.give_post(deps, member(), post_id, worker_id)
    assert offer.channel == "staff" and offer.expires_at == clock() + backstop.TO_THINK
    assert "村道保洁" in texts(deps)[-1]
    clock.advance(days=2)
    expiry.expire_offers(deps)
    assert "村道保洁" in says(signed, deps, "1")
    assert (row(deps, Offer, offer.id).status, row(deps, Opening, post_id).status) == ("accepted", "filled")
    assert count(database, AuditEvent, AuditEvent.verb == "gave_post") == 1
    with pytest.raises(Conflict):
        backstop.give_post(deps, member(), post_id, hard(number="+8610000000333", failed_matches=4))


def test_a_post_that_has_changed_since_it_was_put_to_her_is_read_to_her_before_her_yes_counts(
    hard: Callable[..., int], deps: Deps, post_id: int, member: Callable[..., Member], signed: SignedClient,
) -> None:  # fmt: skip
    """C2, H11."""
    offer = backstop.give_post(deps, member(), post_id, hard(failed_matches=4))
    with deps.db.write() as session:
        facts = {"pay": {"min_fen": 70_000, "max_fen": 70_000, "unit": "month"}}
        change_opening(session, deps, deps.clock(), post_id, facts, actor="staff:1")
    told = says(signed, deps, "1")
    assert "有变动" in told and "700" in told and row(deps, Opening, post_id).filled == 0
    assert "定了" in says(signed, deps, "1")
    assert row(deps, Offer, offer.id).status == "accepted"


def test_given_back_the_post_is_in_hand_again_and_not_on_the_market(
    hard: Callable[..., int], deps: Deps, post_id: int, member: Callable[..., Member]
) -> None:
    offer = backstop.give_post(deps, member(), post_id, hard())
    backstop.answer_for(deps, member(), offer.id, "accept")
    with deps.db.write() as session:
        answer_offer.give_back(session, now=deps.clock(), offer_id=offer.id)
    assert (row(deps, Opening, post_id).status, row(deps, Opening, post_id).filled) == ("draft", 0)


def test_staff_answer_for_her_also_when_the_text_was_left_unanswered(
    hard: Callable[..., int], deps: Deps, post_id: int, member: Callable[..., Member], clock: SettableClock,
    database: Any,
) -> None:  # fmt: skip
    worker_id = hard()
    offer = backstop.give_post(deps, member(), post_id, worker_id)
    clock.advance(days=4)
    expiry.expire_offers(deps)
    assert row(deps, Offer, offer.id).status == "expired"
    assert backstop.answer_for(deps, member(), offer.id, "accept").status == "accepted"
    assert row(deps, Worker, worker_id).confirmed_at == clock()
    assert count(database, AuditEvent, AuditEvent.verb == "answered_for") == 1


def test_villages_and_other_towns_do_not_give_posts(
    hard: Callable[..., int], deps: Deps, post_id: int, member: Callable[..., Member]
) -> None:
    worker_id = hard()
    with pytest.raises(Forbidden):
        backstop.give_post(deps, member("village", VILLAGE), post_id, worker_id)
    with pytest.raises(NotFound):
        backstop.give_post(deps, member("town", TOWN2), post_id, worker_id)


def test_a_week_is_judged_after_seven_days_and_not_a_day_earlier_at_night(
    hard: Callable[..., int], deps: Deps, clock: SettableClock
) -> None:
    """H11: after midnight here it is still the day before by UTC."""
    night = datetime(2026, 6, 21, 1, 0, tzinfo=TIMEZONE)
    worker_id = hard(waiting_since=night - timedelta(days=6, hours=2))
    with deps.db.read() as session:
        for moment, due in ((night, []), (night + timedelta(hours=22, minutes=1), [worker_id])):
            today = moment.date()
            assert posts.to_be_judged(session, moment, today, today - timedelta(days=7), 50) == due
