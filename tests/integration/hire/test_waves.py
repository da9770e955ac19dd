"""A published opening goes out in waves until it is full: whom, how many, when, and when it ends (E03, W04, H02, H03, M10)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from backend.services import expiry, instant_hire
from backend.services.deps import Deps
from backend.services.people import release_number
from backend.store.models import Handset, HandsetOwner, Hardship, Household, Opening, Person, Worker
from backend.store.queries import waves as queries
from backend.store.session import Database
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock


def test_a_published_opening_is_put_to_as_many_as_are_reckoned_to_fill_it(hire: Hire) -> None:
    people, opening_id = hire.workers(60), hire.opening()
    sent = hire.wave()
    [wave] = hire.waves(opening_id)
    assert 3 <= sent < 60
    assert (wave.number, wave.size, wave.free_places, wave.open_offers) == (1, sent, 1, 0)
    assert wave.expected_rate == 0.3
    offers = hire.offers(opening_id, "offered")
    assert len(offers) == sent and set(hire.asked(opening_id)) <= set(people)
    for offer in offers:
        assert offer.wave == 1 and offer.score and offer.reasons
        [text] = hire.texts(hire.number(offer.worker_id))
        assert "摘脆红李" in text and "回1接" in text


def test_the_same_tick_again_sends_nothing(hire: Hire) -> None:
    hire.workers(12)
    hire.opening()
    assert hire.wave() > 0
    assert hire.wave() == 0


def test_two_schedulers_send_one_wave(hire: Hire, deps: Deps) -> None:
    hire.workers(12)
    opening_id = hire.opening()
    now = deps.clock()
    with deps.db.write() as session:
        assert instant_hire._move(session, opening_id, now, now + timedelta(hours=1), wave=True)
    with deps.db.write() as session:
        assert not instant_hire._move(session, opening_id, now, now + timedelta(hours=1), wave=True)
    assert hire.get(opening_id).wave == 1


def test_the_next_wave_follows_until_it_is_full_and_never_more_are_taken_than_wanted(
    hire: Hire, clock: SettableClock
) -> None:
    hire.workers(60)
    opening_id = hire.opening()
    hire.wave()
    clock.set(hire.get(opening_id).next_wave_at)  # type: ignore[arg-type]
    assert hire.wave() > 0
    assert len(hire.waves(opening_id)) == 2
    first, second = hire.offers(opening_id, "offered")[:2]
    assert "定了" in hire.says(first.worker_id, "1")
    assert "满了" in hire.says(second.worker_id, "1")
    opening = hire.get(opening_id)
    assert (opening.status, opening.filled) == ("filled", 1)
    clock.advance(hours=2)
    assert hire.wave() == 0, "a full opening asks nobody"


def test_what_is_declined_is_looked_at_again_at_once(hire: Hire, clock: SettableClock) -> None:
    hire.workers(60)
    opening_id = hire.opening()
    hire.wave()
    clock.advance(minutes=1)
    for offer in hire.offers(opening_id, "offered"):
        hire.says(offer.worker_id, "2")
    assert hire.wave() > 0, "without waiting for the hour"
    assert [wave.open_offers for wave in hire.waves(opening_id)] == [0, 0]


def test_offers_nobody_answers_run_out_and_others_are_asked(hire: Hire, deps: Deps, clock: SettableClock) -> None:
    hire.workers(60)
    opening_id = hire.opening(starts_on=at(13, 8).date(), ends_on=at(13, 8).date())
    hire.wave()
    before = hire.asked(opening_id)
    clock.advance(hours=4, minutes=1)
    expiry.expire_offers(deps)
    assert hire.wave() > 0
    assert len(hire.offers(opening_id, "expired")) == len(before)
    assert not set(before) & {offer.worker_id for offer in hire.offers(opening_id, "offered")}


def test_h03_the_first_wave_goes_to_verified_hardship_before_others(hire: Hire, database: Database, deps: Deps) -> None:
    hire.workers(60)
    claimed, verified = hire.workers(2)
    with database.write() as session:
        now = deps.clock()
        session.add(Hardship(worker_id=claimed, code="G03", claimed_at=now))
        session.add(Hardship(worker_id=verified, code="G03", claimed_at=now, verified_at=now))
    opening_id = hire.opening()
    hire.wave()
    asked = hire.asked(opening_id)
    assert asked[0] == verified, "first of all, although the others came before her"
    assert claimed not in asked, "an unverified claim gives nothing"


def test_h02_of_one_household_one_is_asked_while_others_are_left(hire: Hire, database: Database, deps: Deps) -> None:
    people = hire.workers(60)
    with database.write() as session:
        home = Household(created_at=deps.clock())
        session.add(home)
        session.flush()
        for worker_id in people[:4]:
            session.get_one(Person, session.get_one(Worker, worker_id).person_id).household_id = home.id
    opening_id = hire.opening()
    hire.wave()
    assert len(set(hire.asked(opening_id)) & set(people[:4])) == 1


def _opt_out(session: Any, deps: Any, worker: Worker, handset: Handset, now: Any) -> None:
    handset.opted_out_at = now


def _release(session: Any, deps: Any, worker: Worker, handset: Handset, now: Any) -> None:
    release_number(session, deps, handset, now)


def _pause(session: Any, deps: Any, worker: Worker, handset: Handset, now: Any) -> None:
    worker.status = "paused"


def _no_consent(session: Any, deps: Any, worker: Worker, handset: Handset, now: Any) -> None:
    from sqlalchemy import delete

    from backend.store.models import Consent

    session.execute(delete(Consent).where(Consent.person_id == worker.person_id))


def _talks(session: Any, deps: Any, worker: Worker, handset: Handset, now: Any) -> None:
    from backend.services.receive_message import conversation_for

    conversation_for(session, handset, now)


@pytest.mark.parametrize("change", [_opt_out, _release, _pause, _no_consent, _talks])
def test_whoever_may_not_or_should_not_be_asked_is_left_out(
    hire: Hire, database: Database, deps: Deps, change: Any
) -> None:
    someone, other = hire.workers(2)
    with database.write() as session:
        worker = session.get_one(Worker, someone)
        owner = session.query(HandsetOwner).filter_by(person_id=worker.person_id).one()
        change(session, deps, worker, session.get_one(Handset, owner.handset_id), deps.clock())
    opening_id = hire.opening()
    hire.wave()
    assert hire.asked(opening_id) == [other]


def test_nobody_is_asked_more_often_a_day_than_the_cap(hire: Hire, clock: SettableClock) -> None:
    [someone] = hire.workers(1)
    openings = [
        hire.opening(starts_on=at(12 + n, 8).date(), ends_on=at(12 + n, 8).date(), next_wave_at=None) for n in range(5)
    ]

    def all_due() -> None:
        with hire.make() as f:
            for opening_id in openings:
                opening = f.session.get(Opening, opening_id)
                opening.next_wave_at = clock()
        hire.wave()
        clock.advance(minutes=11)  # she is left alone for a while after each

    for _ in range(6):
        all_due()
    assert sum(len(hire.asked(opening_id)) for opening_id in openings) == 3
    clock.set(at(11, 9))
    all_due()
    assert sum(len(hire.asked(opening_id)) for opening_id in openings) == 4, "tomorrow is another day"
    assert len(hire.texts(hire.number(someone))) == 4


def test_an_offer_that_was_full_by_her_yes_counts_against_the_cap(hire: Hire, database: Database, deps: Deps) -> None:
    [someone] = hire.workers(1)
    days = [at(12 + n, 8).date() for n in range(4)]
    *before, opening_id = [hire.opening(starts_on=day, ends_on=day, next_wave_at=None) for day in days]
    with hire.make() as f:
        worker = f.session.get(Worker, someone)
        for one in before:
            f.make_offer(f.session.get(Opening, one), worker, "waitlisted", waitlisted_at=f.now, wave=1)
        f.session.get(Opening, opening_id).next_wave_at = f.now
    assert hire.wave() == 0
    with database.read() as session:
        assert queries.offers_since(session, [someone], at(10, 0)) == {someone: 3}


def test_nobody_has_two_offers_open_for_the_same_days(hire: Hire, clock: SettableClock) -> None:
    hire.workers(1)
    first, second = hire.opening(), hire.opening(title="摘柑子", next_wave_at=None)
    hire.wave()
    clock.advance(minutes=15)
    with hire.make() as f:
        f.session.get(Opening, second).next_wave_at = clock()
    hire.wave()
    assert (len(hire.asked(first)), len(hire.asked(second))) == (1, 0)


@pytest.mark.parametrize(
    ("published", "goes"), [(at(10, 21), at(11, 7)), (at(10, 23), at(11, 7)), (at(11, 5), at(11, 7))]
)
def test_m10_a_wave_waits_for_the_morning(hire: Hire, clock: SettableClock, published: Any, goes: Any) -> None:
    hire.workers(3)
    clock.set(published)
    opening_id = hire.opening(starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    assert hire.wave() == 0 and hire.offers(opening_id) == []
    assert hire.get(opening_id).next_wave_at == goes
    clock.set(goes)
    assert hire.wave() > 0


def test_m10_in_the_evening_who_would_rather_be_rung_is_texted(hire: Hire, clock: SettableClock) -> None:
    [someone] = hire.workers(1, preferred_channel="voice")
    clock.set(at(10, 20, 30))
    hire.opening(starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    assert hire.wave() == 1
    assert hire.texts(hire.number(someone)), "in the morning her answer would come too late"


def test_with_nobody_left_the_employer_and_staff_hear_it_once(hire: Hire, deps: Deps, clock: SettableClock) -> None:
    hire.workers(1)
    opening_id = hire.opening(headcount=3, starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    hire.wave()
    assert hire.cases("nobody_left") == [], "one has still to answer"
    clock.advance(hours=4, minutes=1)
    expiry.expire_offers(deps)
    hire.wave()
    [case] = hire.cases("nobody_left")
    assert case.details["opening_id"] == opening_id and case.region_code == hire.get(opening_id).region_code
    [text] = hire.texts(hire.employer_number(opening_id))
    assert "还差3人" in text
    clock.set(hire.get(opening_id).next_wave_at)  # type: ignore[arg-type]
    hire.wave()
    assert len(hire.cases("nobody_left")) == 1 and len(hire.texts(hire.employer_number(opening_id))) == 1


def test_whoever_comes_new_into_the_library_is_asked_still(hire: Hire, clock: SettableClock) -> None:
    opening_id = hire.opening(starts_on=at(14, 8).date(), ends_on=at(14, 8).date())
    assert hire.wave() == 0
    hire.workers(1)
    clock.set(hire.get(opening_id).next_wave_at)  # type: ignore[arg-type]
    assert hire.wave() == 1


@pytest.mark.parametrize(
    "ended",
    [
        {"status": "withdrawn"},
        {"status": "in_review"},
        {"status": "filled", "filled": 1},
        {"waves_stopped_at": at(10, 9)},
        {"starts_on": at(10, 9).date(), "hours_from": "09:00"},
    ],
)
def test_nothing_is_sent_for_what_is_over_stopped_or_not_published(hire: Hire, ended: dict[str, Any]) -> None:
    hire.workers(3)
    opening_id = hire.opening(**ended)
    assert hire.wave() == 0
    assert hire.offers(opening_id) == []


def test_openings_of_the_demo_county_are_there_to_be_searched_and_go_out_in_no_wave(hire: Hire) -> None:
    hire.workers(3)
    opening_id = hire.opening(next_wave_at=None)
    assert hire.wave() == 0 and hire.offers(opening_id) == []


def test_an_opening_published_by_review_goes_out(hire: Hire, api: Any) -> None:
    hire.workers(3)
    opening_id = hire.opening(status="in_review", published_at=None, next_wave_at=None)
    assert (
        api.post(f"/api/v1/openings/{opening_id}/review", json={"decision": "publish", "reason": ""}).status_code == 200
    )
    assert hire.wave() == 3


def test_whoever_would_rather_talk_is_rung(hire: Hire) -> None:
    [someone] = hire.workers(1, preferred_channel="voice")
    opening_id = hire.opening()
    hire.wave()
    assert hire.texts(hire.number(someone)) == []
    assert [offer.channel for offer in hire.offers(opening_id)] == ["voice"]


def test_w07_an_offer_says_before_a_yes_what_is_given_and_what_is_not_and_no_number(hire: Hire) -> None:
    [someone] = hire.workers(1)
    opening_id = hire.opening(meals=True, transport=True, lodging=False, insured=False)
    hire.wave()
    [text] = hire.texts(hire.number(someone))
    assert all(words in text for words in ("管饭", "有车接送", "不管住", "没买保险"))
    assert hire.employer_number(opening_id).removeprefix("+86") not in text, "V13: whom to call comes after a yes"
