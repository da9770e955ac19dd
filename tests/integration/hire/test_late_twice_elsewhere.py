"""Offers answered late, twice, and from another phone: a plain sentence and a way on, and nobody's place is lost (M04, M05)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.services import expiry, put_offer
from backend.services.deps import Deps
from backend.store.models import Conversation, Handset, HandsetOwner, Worker
from backend.store.session import Database
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock


@pytest.fixture
def offered(hire: Hire) -> tuple[int, int]:
    """An opening with an open offer; its id and the worker's."""
    hire.workers(12)
    opening_id = hire.opening(headcount=2)
    hire.wave()
    return opening_id, hire.offers(opening_id)[0].worker_id


@pytest.mark.parametrize("swept", [True, False], ids=["swept", "not yet swept"])
def test_m05_a_late_yes_by_text_is_told_so_and_may_still_take_what_is_free(
    hire: Hire, offered: tuple[int, int], deps: Deps, clock: SettableClock, swept: bool
) -> None:
    opening_id, worker_id = offered
    clock.advance(hours=4, minutes=1)
    if swept:
        expiry.expire_offers(deps)
    late = hire.says(worker_id, "1")
    assert "过了回话的时间" in late and "1 摘脆红李" in late
    assert hire.get(opening_id).filled == 0, "the late yes alone takes nothing"
    assert "定了" in hire.says(worker_id, "1")


def test_m05_a_late_yes_to_what_is_full_by_now_gets_other_work(
    hire: Hire, offered: tuple[int, int], deps: Deps, clock: SettableClock
) -> None:
    opening_id, worker_id = offered
    hire.opening(title="摘柑子", next_wave_at=None)
    for other in [offer.worker_id for offer in hire.offers(opening_id)][1:3]:
        hire.says(other, "1")
    clock.advance(hours=4, minutes=1)
    expiry.expire_offers(deps)
    late = hire.says(worker_id, "1")
    assert "过了回话的时间" in late and "摘柑子" in late


def test_a_late_no_is_taken_as_it_is(hire: Hire, offered: tuple[int, int], deps: Deps, clock: SettableClock) -> None:
    opening_id, worker_id = offered
    clock.advance(hours=4, minutes=1)
    expiry.expire_offers(deps)
    assert hire.says(worker_id, "2")
    assert hire.get(opening_id).filled == 0


def test_the_same_yes_twice_takes_one_place_and_says_so(hire: Hire, offered: tuple[int, int]) -> None:
    opening_id, worker_id = offered
    code = next(offer.code for offer in hire.offers(opening_id) if offer.worker_id == worker_id)
    assert "定了" in hire.says(worker_id, f"接{code}")
    assert "已经定了" in hire.says(worker_id, f"接{code}")
    assert hire.get(opening_id).filled == 1
    assert len(hire.texts(hire.employer_number(opening_id))) == 1


def test_the_same_no_twice_gets_the_same_answer(hire: Hire, offered: tuple[int, int]) -> None:
    opening_id, worker_id = offered
    code = next(offer.code for offer in hire.offers(opening_id) if offer.worker_id == worker_id)
    assert hire.says(worker_id, f"退{code}") == hire.says(worker_id, f"退{code}")


def test_a_yes_after_a_no_takes_the_place(hire: Hire, offered: tuple[int, int]) -> None:
    opening_id, worker_id = offered
    code = next(offer.code for offer in hire.offers(opening_id) if offer.worker_id == worker_id)
    hire.says(worker_id, "2")
    assert "定了" in hire.says(worker_id, f"接{code}")
    assert hire.get(opening_id).filled == 1


def test_the_code_of_anothers_offer_means_nothing_on_a_strangers_phone(hire: Hire, offered: tuple[int, int]) -> None:
    opening_id, worker_id = offered
    offer = next(offer for offer in hire.offers(opening_id) if offer.worker_id == worker_id)
    told = hire.text("+8610001234567", f"接{offer.code}")
    assert "摘脆红李" not in told and "找人回0" in told
    assert hire.get(opening_id).filled == 0
    assert next(o for o in hire.offers(opening_id) if o.worker_id == worker_id).status == "offered"


def test_anothers_offer_is_not_taken_by_an_old_question_on_a_phone_that_changed_hands(
    hire: Hire, offered: tuple[int, int], database: Database
) -> None:
    opening_id, worker_id = offered
    offer = next(offer for offer in hire.offers(opening_id) if offer.worker_id == worker_id)
    stranger = "+8610001234568"
    hire.text(stranger, "菜单")
    with database.write() as session:
        handset = session.query(Handset).filter_by(number=stranger).one()
        conversation = session.query(Conversation).filter_by(handset_id=handset.id).one()
        put_offer.expect_answer(conversation, session.get_one(type(offer), offer.id))
        conversation.person_id = None
    hire.text(stranger, "1")
    assert next(o for o in hire.offers(opening_id) if o.worker_id == worker_id).status == "offered"


def test_an_answer_over_the_api_after_its_time_is_refused_and_changes_nothing(
    hire: Hire, offered: tuple[int, int], api: Any, clock: SettableClock
) -> None:
    opening_id, worker_id = offered
    offer = next(offer for offer in hire.offers(opening_id) if offer.worker_id == worker_id)
    clock.advance(hours=4, minutes=1)
    refused = api.post(f"/api/v1/offers/{offer.id}/answer", json={"answer": "accept"})
    assert refused.status_code == 409 and refused.get_json(force=True)["reason"] == "not_open"
    assert hire.get(opening_id).filled == 0


def test_an_answer_over_the_api_twice_is_refused_the_second_time(
    hire: Hire, offered: tuple[int, int], api: Any
) -> None:
    opening_id, worker_id = offered
    offer = next(offer for offer in hire.offers(opening_id) if offer.worker_id == worker_id)
    url = f"/api/v1/offers/{offer.id}/answer"
    assert api.post(url, json={"answer": "accept"}).status_code == 200
    again = api.post(url, json={"answer": "accept"})
    assert again.status_code == 409 and again.get_json(force=True)["reason"] == "taken_already"
    assert hire.get(opening_id).filled == 1
    assert len(hire.texts(hire.number(worker_id))) == 2, "the offer and one confirmation"


@pytest.mark.parametrize(("words", "becomes"), [("接", "accepted"), ("退", "declined")])
def test_v21_of_two_who_share_a_phone_a_code_names_whose_offer_is_meant(
    hire: Hire, deps: Deps, words: str, becomes: str
) -> None:
    """On different days both may be asked; the phone last wrote about the second one."""
    first_day = hire.opening(starts_on=at(12, 8).date(), ends_on=at(12, 8).date(), next_wave_at=None)
    next_day = hire.opening(starts_on=at(13, 8).date(), ends_on=at(13, 8).date(), next_wave_at=None)
    [first, second] = hire.workers(2)
    with hire.make() as f:
        phone = f.session.query(Handset).filter_by(number=hire.number(first)).one()
        other = f.session.query(HandsetOwner).filter_by(person_id=f.session.get(Worker, second).person_id).one()
        other.handset_id, other.relation = phone.id, "spouse"
    with deps.db.write() as session:
        for opening_id, worker_id in ((first_day, first), (next_day, second)):
            put_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening_id, worker_id=worker_id)
    [hers], [his] = hire.offers(first_day), hire.offers(next_day)
    assert hers.code != his.code
    hire.says(first, f"{words}{hers.code}")
    assert [hire.offers(one)[0].status for one in (first_day, next_day)] == [becomes, "offered"]
    assert hire.offers(first_day)[0].worker_id == first
