"""A change of what is out: what has to be decided stops it, what somebody counts on stays (P04, P05, C2)."""
# ruff: noqa: F811 - a fixture of another module is an argument here

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.errors import Conflict
from backend.services import staff_openings, still_hiring
from backend.services.deps import Deps
from backend.services.post_opening import change_opening
from backend.services.review_opening import review_opening
from backend.services.staff_login import Member
from backend.store.models import Opening
from tests.integration.hire.conftest import Hire
from tests.integration.hire.test_waiting_list import full  # noqa: F401 - a fixture

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
        change_opening(session, deps.clock(), deps.regions, opening_id, {"headcount": 3}, actor="staff:1")
    assert (hire.get(opening_id).status, hire.get(opening_id).headcount) == ("published", 3)
    with deps.db.write() as session:
        change_opening(
            session,
            deps.clock(),
            deps.regions,
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
        change_opening(
            session, deps.clock(), deps.regions, opening_id, {"requirements": "先交押金200"}, actor="staff:1"
        )
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
        change_opening(session, deps.clock(), deps.regions, opening_id, facts, actor="x")
    assert refused.value.reason == "places_taken"
    assert (hire.get(opening_id).pay_min_fen, hire.get(opening_id).meals) == (12_000, True)


def test_more_pay_and_what_was_never_promised_may_change(hire: Hire, full: Full, deps: Deps) -> None:
    opening_id, _, _ = full(1, 0)
    with deps.db.write() as session:
        facts = {"pay": {"min_fen": 15_000, "max_fen": 15_000, "settlement": "daily"}, "meals": False}
        change_opening(session, deps.clock(), deps.regions, opening_id, facts, actor="x")
    assert hire.get(opening_id).pay_min_fen == 15_000


def test_by_text_less_pay_is_refused_with_a_way_on(hire: Hire, full: Full) -> None:
    opening_id, _, _ = full(1, 0)
    told = hire.text(hire.employer_number(opening_id), "改成一天八十")
    assert hire.get(opening_id).pay_min_fen == 12_000 and "不招了" in told


def test_who_has_not_answered_yet_is_told_the_lower_pay(hire: Hire) -> None:
    [worker_id] = hire.workers(1)
    opening_id = hire.opening()
    assert hire.wave() == 1
    hire.text(hire.employer_number(opening_id), "改成一天八十")
    told = hire.texts(hire.number(worker_id))
    assert len(told) == 2 and "80" in told[-1]
    hire.text(hire.employer_number(opening_id), "改成一天一百")
    assert len(hire.texts(hire.number(worker_id))) == 2
