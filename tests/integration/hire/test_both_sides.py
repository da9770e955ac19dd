"""Worker and employer hear the result at once, each what they need and nothing more (W06, W07, E04, V13, M08)."""

from __future__ import annotations

from typing import Any

from backend.services import both_sides
from backend.services.deps import Deps
from backend.store.models import Employer, Handset, Opening, Person, Worker
from backend.store.session import Database
from tests.integration.hire.conftest import Hire
from tests.support.clock import SettableClock


def waves(hire: Hire, count: int, headcount: int, **opening: Any) -> tuple[int, list[int]]:
    hire.workers(count)
    opening_id = hire.opening(headcount=headcount, **opening)
    hire.wave()
    return opening_id, [offer.worker_id for offer in hire.offers(opening_id)]


def test_both_sides_are_told_at_once_each_with_what_they_need(hire: Hire) -> None:
    opening_id, [first, *_] = waves(hire, 12, 2, meals=True, requirements="自带手套")
    to_worker = hire.says(first, "1")
    employer = hire.employer_number(opening_id)
    assert all(
        words in to_worker for words in ("定了", "摘脆红李", "08:00", "管饭", "自带手套", employer.removeprefix("+86"))
    )
    [to_employer] = hire.texts(employer)
    assert "工人" in to_employer and "现在有1人要来,还差1人" in to_employer
    assert hire.number(first).removeprefix("+86") not in to_employer, "a worker's number stays with the line"


def test_the_last_place_is_told_as_full_and_a_step_back_at_once(hire: Hire) -> None:
    opening_id, [first, *_] = waves(hire, 12, 1)
    hire.says(first, "1")
    employer = hire.employer_number(opening_id)
    assert "人齐了,一共1人" in hire.texts(employer)[-1]
    code = hire.offers(opening_id, "accepted")[0].code
    assert "退了" in hire.says(first, f"退{code}")
    assert "不来了" in hire.texts(employer)[-1] and "还差1人" in hire.texts(employer)[-1]


def test_many_who_accept_are_told_in_one_text_but_the_first_and_the_last_at_once(
    hire: Hire, deps: Deps, clock: SettableClock
) -> None:
    opening_id, people = waves(hire, 40, 5)
    employer = hire.employer_number(opening_id)
    for worker_id in people[:4]:
        clock.advance(seconds=20)
        hire.says(worker_id, "1")
    assert len(hire.texts(employer)) == 1, "the first at once, the others are gathered"
    clock.advance(minutes=10)
    assert both_sides.tell_gathered(deps) == 1
    assert both_sides.tell_gathered(deps) == 0
    assert "新来3人" in hire.texts(employer)[-1] and "现在有4人要来,还差1人" in hire.texts(employer)[-1]
    clock.advance(minutes=1)
    hire.says(people[4], "1")
    assert "人齐了,一共5人" in hire.texts(employer)[-1]
    assert len(hire.texts(employer)) == 3


def test_a_step_back_tells_those_gathered_with_it(hire: Hire, clock: SettableClock, deps: Deps) -> None:
    opening_id, people = waves(hire, 40, 5)
    for worker_id in people[:3]:
        clock.advance(seconds=20)
        hire.says(worker_id, "1")
    [offer] = [offer for offer in hire.offers(opening_id, "accepted") if offer.worker_id == people[0]]
    hire.says(people[0], f"退{offer.code}")
    text = hire.texts(hire.employer_number(opening_id))[-1]
    assert "新来2人" in text and "不来了" in text and "现在有2人" in text
    clock.advance(minutes=11)
    assert both_sides.tell_gathered(deps) == 0, "nothing is left to tell"


def test_whoever_stepped_back_before_he_heard_of_her_is_not_told_of(
    hire: Hire, clock: SettableClock, deps: Deps
) -> None:
    opening_id, people = waves(hire, 40, 5)
    for worker_id in people[:2]:
        clock.advance(seconds=20)
        hire.says(worker_id, "1")
    [offer] = [offer for offer in hire.offers(opening_id, "accepted") if offer.worker_id == people[1]]
    hire.says(people[1], f"退{offer.code}")
    assert len(hire.texts(hire.employer_number(opening_id))) == 1


def test_an_employer_whom_no_text_reaches_is_told_by_staff(hire: Hire, database: Database) -> None:
    opening_id, people = waves(hire, 12, 2)
    with database.write() as session:
        session.get_one(Employer, hire.get(opening_id).employer_id).phone = "+862379221234"
    hire.says(people[0], "1")
    [case] = hire.cases("tell_employer")
    assert "现在有1人，还差1人" in case.summary and case.priority == 2
    hire.says(people[1], "1")
    [case] = hire.cases("tell_employer")
    assert "现在有2人，还差0人" in case.summary, "one task, brought up to date"


def test_an_employer_who_wants_no_texts_gets_none(hire: Hire, database: Database) -> None:
    opening_id, people = waves(hire, 12, 2)
    employer = hire.employer_number(opening_id)
    hire.text(employer, "退订")
    before = len(hire.texts(employer))
    hire.says(people[0], "1")
    assert len(hire.texts(employer)) == before
    assert len(hire.cases("tell_employer")) == 1


def test_a_worker_without_a_name_is_called_by_the_end_of_her_number(hire: Hire, database: Database) -> None:
    opening_id, people = waves(hire, 12, 2)
    with database.write() as session:
        session.get_one(Person, session.get_one(Worker, people[0]).person_id).name = None
    hire.says(people[0], "1")
    assert f"尾号{hire.number(people[0])[-4:]}那个" in hire.texts(hire.employer_number(opening_id))[-1]


def test_an_answer_given_for_her_over_the_api_tells_both_sides(hire: Hire, api: Any) -> None:
    opening_id, [first, *_] = waves(hire, 12, 2)
    [offer] = [offer for offer in hire.offers(opening_id) if offer.worker_id == first]
    assert api.post(f"/api/v1/offers/{offer.id}/answer", json={"answer": "accept"}).status_code == 200
    assert "定了" in hire.texts(hire.number(first))[-1]
    assert "要来:" in hire.texts(hire.employer_number(opening_id))[-1]
    api.post(f"/api/v1/offers/{offer.id}/answer", json={"answer": "decline"})
    assert "不来了" in hire.texts(hire.employer_number(opening_id))[-1]


def test_an_employers_number_first_seen_now_gets_its_handset(hire: Hire, database: Database) -> None:
    opening_id, [first, *_] = waves(hire, 12, 2)
    hire.says(first, "1")
    with database.read() as session:
        assert session.query(Handset).filter_by(number=hire.employer_number(opening_id)).count() == 1
        assert session.get_one(Opening, opening_id).told_employer_at is not None
