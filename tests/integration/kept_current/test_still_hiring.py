"""还要人吗? asked of whoever hires; a yes keeps the opening current, a no ends it without hurting anybody (P01, P07)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backend.domain import freshness
from backend.services import still_hiring
from backend.services.deps import Deps
from backend.store.models import AuditEvent, Offer, Opening
from backend.worker.loops import one_turn
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER
from tests.support.placed import count, says, texts
from tests.support.signing import SignedClient

Make = Callable[[], Any]


@pytest.fixture
def opening(deps: Deps) -> Callable[[int], Opening]:
    def read(opening_id: int) -> Opening:
        with deps.db.read() as session:
            return session.get_one(Opening, opening_id)

    return read


@pytest.fixture
def posted(make: Make, clock: SettableClock) -> Callable[..., int]:
    """An opening of the caller's for a month from now, and now its own hour of being asked about."""

    def made(starts_in: int = 30, **more: Any) -> int:
        with make() as f:
            employer = f.make_employer(phone=NUMBER)
            first = f.today + timedelta(days=starts_in)
            more = {"headcount": 3, "starts_on": first, "ends_on": first + timedelta(days=2), **more}
            opening_id: int = f.make_opening(employer=employer, **more).id
        clock.set(freshness.asks_at(opening_id, clock()) + timedelta(minutes=1))
        return opening_id

    return made


def test_p07_after_a_week_the_employer_is_asked_once_if_people_are_still_wanted(
    posted: Callable[..., int], deps: Deps
) -> None:
    posted()
    assert still_hiring.ask_employers(deps) == 1
    assert still_hiring.ask_employers(deps) == 0
    [text] = texts(deps)
    assert "摘脆红李" in text and "还要人吗?还要回1,够了回2,找人回0" in text


def test_a_yes_sets_the_clock_back(
    posted: Callable[..., int], opening: Callable[[int], Opening], deps: Deps, clock: SettableClock,
    signed: SignedClient,
) -> None:  # fmt: skip
    opening_id = posted()
    still_hiring.ask_employers(deps)
    assert "还差3人" in says(signed, deps, "还要")
    assert opening(opening_id).confirmed_at == clock()
    clock.advance(days=6)
    assert still_hiring.ask_employers(deps) == 0
    clock.set(freshness.asks_at(opening_id, clock()))
    assert still_hiring.ask_employers(deps) == 1


def test_a_no_to_an_opening_nobody_has_taken_calls_it_off(
    posted: Callable[..., int], opening: Callable[[int], Opening], deps: Deps, signed: SignedClient
) -> None:
    opening_id = posted()
    still_hiring.ask_employers(deps)
    assert "不招了" in says(signed, deps, "2")
    assert opening(opening_id).status == "withdrawn"


def test_a_no_keeps_the_places_that_are_taken_and_tells_those_who_were_only_asked(
    posted: Callable[..., int], opening: Callable[[int], Opening], deps: Deps, signed: SignedClient, make: Make,
    database: Any,
) -> None:  # fmt: skip
    opening_id = posted()
    with make() as f:
        found = f.session.get_one(Opening, opening_id)
        f.make_offer(found, f.make_worker("王小云"), "accepted")
        asked = f.make_worker("田大山", number="+8610000000555")
        f.make_offer(found, asked)
    still_hiring.ask_employers(deps)
    assert "照来" in says(signed, deps, "够了")
    after = opening(opening_id)
    assert (after.status, after.headcount, after.filled) == ("filled", 1, 1)
    assert count(database, Offer, Offer.status == "accepted") == 1
    assert count(database, Offer, Offer.status == "withdrawn") == 1
    assert count(database, AuditEvent, AuditEvent.verb == "closed_opening") == 1


def test_shortly_before_the_work_begins_with_places_free_they_are_asked_once_more(
    posted: Callable[..., int], deps: Deps, clock: SettableClock
) -> None:
    posted(starts_in=4)
    clock.set(clock().replace(hour=2))
    with deps.db.read() as session:
        starts_on = session.get_one(Opening, 1).starts_on
    clock.advance(days=(starts_on - clock().date()).days - 1)
    assert still_hiring.ask_employers(deps) == 1


def test_a_full_opening_and_one_in_review_are_not_asked_about(posted: Callable[..., int], deps: Deps) -> None:
    posted(headcount=2, filled=2, status="filled")
    posted(status="in_review")
    assert still_hiring.ask_employers(deps) == 0


def test_another_number_cannot_end_an_opening(
    posted: Callable[..., int], opening: Callable[[int], Opening], deps: Deps, signed: SignedClient
) -> None:
    opening_id = posted()
    still_hiring.ask_employers(deps)
    signed.sms("+8610000000999", "2")
    assert one_turn(deps)
    assert opening(opening_id).status == "published"


def test_one_employer_is_asked_about_one_opening_a_day(
    posted: Callable[..., int], deps: Deps, clock: SettableClock, make: Make
) -> None:
    first = posted()
    with make() as f:
        found = f.session.get_one(Opening, first)
        f.make_opening(employer=found.employer, starts_on=found.starts_on, ends_on=found.ends_on,
                       updated_at=found.updated_at)  # fmt: skip
    clock.advance(days=14)
    while not freshness.in_asking_hours(clock()):
        clock.advance(hours=1)
    assert still_hiring.ask_employers(deps) == 1
    assert still_hiring.ask_employers(deps) == 0
    clock.advance(days=1)
    assert still_hiring.ask_employers(deps) == 1
