"""An employer no text reaches is asked by staff who came and whether wages are paid (W06, E03)."""

from __future__ import annotations

import pytest

from backend.services import ask_employer
from backend.services.deps import Deps
from backend.store.models import Employer, Offer, Opening, Worker
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock


def landline(hire: Hire, number: str | None) -> int:
    day = at(11, 8).date()
    opening_id = hire.opening(headcount=2, next_wave_at=None, starts_on=day, ends_on=day)
    people = hire.workers(2)
    with hire.make() as f:
        opening = f.session.get(Opening, opening_id)
        f.session.get(Employer, opening.employer_id).phone = number
        for worker_id in people:
            f.make_offer(opening, f.session.get(Worker, worker_id), "accepted")
        opening.status = "filled"
    return opening_id


@pytest.mark.parametrize("number", ["+862379221234", None])
def test_staff_are_to_ask_it_who_came_and_then_whether_wages_are_paid(
    hire: Hire, deps: Deps, clock: SettableClock, number: str | None
) -> None:
    opening_id = landline(hire, number)
    clock.set(at(11, 9))
    assert [ask_employer.ask_who_came(deps), ask_employer.ask_who_came(deps)] == [1, 0]
    [case] = hire.cases("ask_employer")
    assert case.opening_id == opening_id and "今天该来2人" in case.summary and "哪个没来" in case.summary
    assert ("收不到短信，请打电话问" if number else "没有号码") in case.summary
    clock.set(at(12, 10))
    assert [ask_employer.ask_who_was_paid(deps), ask_employer.ask_who_was_paid(deps)] == [1, 0]
    [case] = hire.cases("ask_employer")
    assert "2个人的工钱结清没有" in case.summary, "one open task of an opening"


def test_nobody_is_to_be_asked_about_who_has_left_meanwhile(hire: Hire, deps: Deps, clock: SettableClock) -> None:
    opening_id = landline(hire, "+862379221234")
    offers = hire.offers(opening_id)
    with deps.db.write() as session:
        for offer in offers:
            session.get_one(Offer, offer.id).status = "withdrawn"
    clock.set(at(11, 9))
    assert ask_employer.ask_who_came(deps) == 0
    assert hire.cases("ask_employer") == []
