"""A change of what is out: what has to be decided stops it, what somebody counts on stays (P04, P05, C2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from backend.errors import Conflict
from backend.services import staff_openings, still_hiring, waiting_list
from backend.services.change_opening import change_opening
from backend.services.deps import Deps
from backend.services.review_opening import review_opening
from backend.services.staff_login import Member
from backend.store.models import Handset, Opening, Worker
from tests.integration.hire.conftest import Hire, give_back
from tests.support.clock import SettableClock

Full = Callable[..., tuple[int, list[int], list[int]]]


@pytest.fixture
def member(make: Callable[[], Any]) -> Member:
    with make() as f:
        staff = f.make_staff("county", "500114")
        return Member(staff.id, staff.login, staff.name, "county", "500114", "zh")


def far_too_much(hire: Hire, opening_id: int) -> None:
    """The employer says a wage that is more than three times what others here pay."""
    for _ in range(3):
        hire.opening(status="expired", next_wave_at=None)
    hire.text(hire.employer_number(opening_id), "改成一天五百")


def free(hire: Hire, opening_id: int, places: int) -> None:
    with hire.deps.db.write() as session:
        opening = session.get_one(Opening, opening_id)
        opening.headcount, opening.status = opening.filled + places, "published" if places else "filled"
        opening.next_wave_at = hire.deps.clock()


@pytest.mark.parametrize("places", [4, 0])
def test_a_change_to_be_decided_stops_the_opening_though_places_are_taken(
    hire: Hire,
    full: Full,
    deps: Deps,
    places: int,
) -> None:
    opening_id, [holder], _ = full(1, 0)
    free(hire, opening_id, places)
    far_too_much(hire, opening_id)
    found = hire.get(opening_id)
    assert (found.status, found.next_wave_at, found.review_flags) == ("in_review", None, ["pay_high"])
    assert [(offer.worker_id, offer.status) for offer in hire.offers(opening_id)] == [(holder, "accepted")]


def test_what_staff_change_is_looked_at_again_like_any_other(
    hire: Hire,
    full: Full,
    deps: Deps,
    member: Member,
) -> None:
    opening_id, _, _ = full(1, 0)
    free(hire, opening_id, 2)
    version = hire.get(opening_id).updated_at.isoformat()
    staff_openings.change(deps, member, opening_id, version, {"requirements": "先交押金200"})
    assert hire.get(opening_id).status == "in_review"


def test_what_a_person_has_let_through_does_not_stop_it_again(hire: Hire, deps: Deps) -> None:
    opening_id = hire.opening(requirements="只要女的", review_flags=["sex_words"])
    with deps.db.write() as session:
        change_opening(session, deps, deps.clock(), opening_id, {"headcount": 3}, actor="staff:1")
    assert (hire.get(opening_id).status, hire.get(opening_id).headcount) == ("published", 3)
    with deps.db.write() as session:
        change_opening(
            session,
            deps,
            deps.clock(),
            opening_id,
            {"requirements": "只要女的，不要胖子，矮的不要"},
            actor="staff:1",
        )
    assert hire.get(opening_id).status == "in_review"


def test_let_through_again_it_is_full_if_it_was_and_sent_back_it_ends_for_those_in_it(
    hire: Hire,
    full: Full,
    deps: Deps,
) -> None:
    for decision, becomes, offer in (("publish", "filled", "accepted"), ("reject", "rejected", "withdrawn")):
        opening_id, [holder], _ = full(1, 0)
        far_too_much(hire, opening_id)
        with deps.db.write() as session:
            review_opening(session, deps, opening_id, decision, "问过了", actor="staff:1", staff_id=None)
        assert (hire.get(opening_id).status, hire.offers(opening_id)[0].status) == (becomes, offer)
        told = "不" if decision == "reject" else "用工"
        assert (
            hire.texts(hire.number(holder)) == []
            if decision == "publish"
            else told in hire.texts(hire.number(holder))[-1]
        )


def test_enough_while_it_is_in_review_keeps_those_who_have_a_place(
    hire: Hire,
    full: Full,
    deps: Deps,
) -> None:
    opening_id, _, _ = full(1, 0)
    free(hire, opening_id, 2)
    far_too_much(hire, opening_id)
    with deps.db.write() as session:
        assert still_hiring.close(session, deps, deps.clock(), session.get_one(Opening, opening_id), actor="x") == 1
    assert (hire.get(opening_id).status, hire.offers(opening_id)[0].status) == ("in_review", "accepted")


def test_hiring_on_again_passes_nothing_by_the_reviewer(hire: Hire, full: Full, deps: Deps) -> None:
    opening_id, _, _ = full(1, 0)
    free(hire, opening_id, 2)
    number = hire.employer_number(opening_id)
    hire.text(number, "不招了")
    hire.text(number, "1")
    with deps.db.write() as session:
        change_opening(session, deps, deps.clock(), opening_id, {"requirements": "先交押金200"}, actor="staff:1")
    hire.text(number, "改回去")
    assert (hire.get(opening_id).status, hire.get(opening_id).headcount) == ("in_review", 3)


@pytest.mark.parametrize(
    "facts",
    [
        {"pay": {"min_fen": 8_000, "max_fen": 8_000}},
        {"pay": {"settlement": "monthly"}},
        {"pay": None},
        {"meals": False},
    ],
)
def test_nobody_gets_less_than_she_agreed_to(
    hire: Hire,
    full: Full,
    deps: Deps,
    facts: dict[str, Any],
) -> None:
    opening_id, _, _ = full(1, 0, settlement="daily", meals=True)
    with pytest.raises(Conflict) as refused, deps.db.write() as session:
        change_opening(session, deps, deps.clock(), opening_id, facts, actor="x")
    assert refused.value.reason == "places_taken"
    assert (hire.get(opening_id).pay_min_fen, hire.get(opening_id).meals) == (12_000, True)


def test_more_pay_and_what_was_never_promised_may_change(hire: Hire, full: Full, deps: Deps) -> None:
    opening_id, _, _ = full(1, 0)
    with deps.db.write() as session:
        facts = {"pay": {"min_fen": 15_000, "max_fen": 15_000, "settlement": "daily"}, "meals": False}
        change_opening(session, deps, deps.clock(), opening_id, facts, actor="x")
    assert hire.get(opening_id).pay_min_fen == 15_000


def test_by_text_less_pay_is_refused_with_a_way_on(hire: Hire, full: Full) -> None:
    opening_id, _, _ = full(1, 0)
    told = hire.text(hire.employer_number(opening_id), "改成一天八十")
    assert hire.get(opening_id).pay_min_fen == 12_000 and "要改回0找人" in told


def test_who_has_not_answered_yet_is_asked_anew_at_the_lower_pay(hire: Hire, clock: SettableClock) -> None:
    [worker_id] = hire.workers(1)
    opening_id = hire.opening()
    assert hire.wave() == 1
    hire.text(hire.employer_number(opening_id), "改成一天八十")
    assert hire.wave() == 0, "she has just been written to"
    clock.advance(hours=1)
    assert hire.wave() == 1
    told = hire.texts(hire.number(worker_id))
    assert len(told) == 2 and "有变动" in told[-1] and "80" in told[-1]
    hire.text(hire.employer_number(opening_id), "改成一天一百")
    clock.advance(hours=1)
    hire.wave()
    assert len(hire.texts(hire.number(worker_id))) == 2, "more pay binds nobody to less"


@pytest.mark.parametrize("answer", ["1", "接11"])
def test_her_yes_to_what_it_was_is_not_taken_for_what_it_is(hire: Hire, answer: str) -> None:
    """C2, M04: she reads the new terms and says yes to these."""
    [worker_id] = hire.workers(1)
    opening_id = hire.opening()
    hire.wave()
    hire.text(hire.employer_number(opening_id), "改成一天八十")
    told = hire.says(worker_id, answer)
    assert "有变动" in told and "80" in told and hire.get(opening_id).filled == 0
    assert "定了" in hire.says(worker_id, "1")
    assert [offer.ended_as for offer in hire.offers(opening_id)] == [None]


def test_put_back_into_review_through_the_api_it_shuts_nobody_out(
    hire: Hire, deps: Deps, api: FlaskClient, clock: SettableClock
) -> None:
    [worker_id] = hire.workers(1)
    opening_id = hire.opening()
    hire.wave()
    assert api.patch(f"/api/v1/openings/{opening_id}", json={"status": "in_review"}).status_code == 200
    with deps.db.write() as session:
        review_opening(session, deps, opening_id, "publish", "问过了", actor="staff:1", staff_id=None)
    clock.advance(minutes=11)
    assert hire.wave() == 1 and "有变动" in hire.texts(hire.number(worker_id))[-1]


def test_whose_turn_it_was_says_yes_to_what_it_is_too(hire: Hire, full: Full) -> None:
    """C1, C2: her turn stays, and so does her right to hear what she says yes to."""
    opening_id, [holder], [first, _] = full(1, 2)
    give_back(hire, opening_id, holder)
    hire.text(hire.employer_number(opening_id), "改成一天八十")
    told = hire.says(first, "1")
    assert "有变动,轮到你了" in told and "80" in told and hire.get(opening_id).filled == 0
    assert "定了" in hire.says(first, "1")
    opening_id, [holder], [first, _] = full(1, 2)
    give_back(hire, opening_id, holder)
    far_too_much(hire, opening_id)
    turn = hire.offers(opening_id, "waitlisted")[0].waitlisted_at
    assert "工作人员还在看" in hire.says(first, "1")
    assert hire.offers(opening_id, "waitlisted")[0].waitlisted_at == turn


def test_her_no_to_what_it_was_is_a_no(hire: Hire, clock: SettableClock) -> None:
    [worker_id] = hire.workers(1)
    opening_id = hire.opening()
    hire.wave()
    hire.text(hire.employer_number(opening_id), "改成一天八十")
    hire.says(worker_id, "2")
    clock.advance(minutes=11)
    assert hire.wave() == 0
    assert [offer.status for offer in hire.offers(opening_id)] == ["declined"]


def test_who_says_yes_while_a_person_looks_at_it_is_asked_first_when_it_is_let_through(
    hire: Hire, deps: Deps, clock: SettableClock
) -> None:
    """P04, W06: nobody hears that it is gone while it may go on."""
    first, other = hire.workers(2)
    opening_id = hire.opening()
    hire.wave()
    far_too_much(hire, opening_id)
    assert hire.get(opening_id).status == "in_review"
    assert "工作人员还在看" in hire.says(other, "1")
    with deps.db.write() as session:
        review_opening(session, deps, opening_id, "publish", "问过了", actor="staff:1", staff_id=None)
    clock.advance(minutes=11)
    hire.wave()
    waiting_list.move_up_waiting(deps)
    assert "有变动" in hire.texts(hire.number(other))[-1] and "500" in hire.texts(hire.number(other))[-1]
    hire.says(other, "2")
    clock.advance(minutes=11)
    hire.wave()
    assert "有变动" in hire.texts(hire.number(first))[-1]


def test_who_has_a_place_hears_where_to_go_instead(hire: Hire, full: Full, deps: Deps, member: Member) -> None:
    """W06, C2: nobody stands at the old place in the morning."""
    opening_id, [holder], _ = full(1, 0)
    version = hire.get(opening_id).updated_at.isoformat()
    staff_openings.change(deps, member, opening_id, version, {"place": "镇上厂门口"})
    told = hire.texts(hire.number(holder))[-1]
    assert "有变动" in told and "镇上厂门口" in told and "退11" in told
    version = hire.get(opening_id).updated_at.isoformat()
    staff_openings.change(deps, member, opening_id, version, {"headcount": 3})
    assert hire.texts(hire.number(holder))[-1] == told


def test_whom_no_text_reaches_is_told_the_new_place_by_staff(
    hire: Hire, full: Full, deps: Deps, member: Member
) -> None:
    opening_id, [holder], _ = full(1, 0)
    with deps.db.write() as session:
        number = session.scalar(select(Handset).where(Handset.number == hire.number(holder)))
        assert number is not None
        number.number = "+862379312345"
    version = hire.get(opening_id).updated_at.isoformat()
    staff_openings.change(deps, member, opening_id, version, {"place": "镇上厂门口"})
    assert [case.opening_id for case in hire.cases("callback")] == [opening_id]


def test_through_the_api_a_change_has_the_same_consequences(
    hire: Hire, full: Full, deps: Deps, api: FlaskClient, clock: SettableClock
) -> None:
    """More places are offered, whoever has one hears the new place, whoever was asked is asked anew."""
    opening_id, [holder], _ = full(1, 0)
    [asked] = hire.workers(1)
    with hire.make() as f:
        soon = clock() + timedelta(hours=4)
        f.make_offer(f.session.get(Opening, opening_id), f.session.get(Worker, asked), expires_at=soon)
    answer = api.patch(f"/api/v1/openings/{opening_id}", json={"headcount": 3, "place": "镇上厂门口"})
    assert answer.status_code == 200
    assert hire.get(opening_id).next_wave_at == clock()
    assert "镇上厂门口" in hire.texts(hire.number(holder))[-1]
    assert hire.wave() == 1 and "镇上厂门口" in hire.texts(hire.number(asked))[-1]
