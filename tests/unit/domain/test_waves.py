"""How many are asked at once, who first, and when it is looked at again (E03, H02, H03, M10)."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from backend.domain.calling import SHANGHAI
from backend.domain.waves import (
    BEST_RATE,
    LEAST_HERE,
    LEAST_RATE,
    LEAST_WAIT,
    MOST_AT_ONCE,
    Candidate,
    choose,
    expected_rate,
    goes_at,
    is_last_today,
    look_again_after,
    plan,
    rate_here,
)
from backend.domain.weights import DEFAULT_WEIGHTS

DAYS = timedelta(days=3)


def sized(free: int, open_offers: int = 0, rate: float = 0.3, starts_in: timedelta = DAYS, urgent: bool = False) -> int:
    return plan(free=free, open_offers=open_offers, rate=rate, starts_in=starts_in, urgent=urgent).size


def test_nobody_is_asked_for_an_opening_that_is_full() -> None:
    assert sized(0) == 0 and sized(-1) == 0


def test_a_wave_grows_with_the_free_places_and_shrinks_with_the_rate() -> None:
    assert sized(1) < sized(5) < sized(20)
    assert sized(5, rate=0.2) > sized(5, rate=0.6) >= 5


def test_offers_still_open_are_reckoned_with() -> None:
    assert 0 < sized(3, open_offers=12) < sized(3)
    assert sized(1, open_offers=40) == 0, "enough are asked already"


def test_the_nearer_the_work_the_more_are_asked_and_the_sooner_it_is_looked_at_again() -> None:
    far = plan(free=3, open_offers=0, rate=0.3, starts_in=timedelta(days=5))
    soon = plan(free=3, open_offers=0, rate=0.3, starts_in=timedelta(hours=20))
    urgent = plan(free=3, open_offers=0, rate=0.3, starts_in=timedelta(days=5), urgent=True)
    assert far.size < soon.size < urgent.size
    assert far.wait > soon.wait > urgent.wait >= LEAST_WAIT
    assert plan(free=3, open_offers=0, rate=0.3, starts_in=timedelta(minutes=12)).wait == LEAST_WAIT


@pytest.mark.parametrize("free", [200, 500, 10**6])
def test_no_wave_asks_more_than_can_be_told(free: int) -> None:
    assert sized(free, rate=LEAST_RATE) == MOST_AT_ONCE


def test_few_answers_move_the_expected_rate_little_and_many_move_it_far() -> None:
    usual = expected_rate(0, 0)
    assert usual == 0.3
    assert usual > expected_rate(0, 2) > expected_rate(0, 20) >= LEAST_RATE
    assert expected_rate(80, 100) > 0.7
    assert expected_rate(10_000, 10_000) == BEST_RATE and expected_rate(0, 10_000) == LEAST_RATE


def test_what_few_take_is_soon_put_to_more() -> None:
    assert rate_here(0.3, 0, 0) == 0.3
    assert rate_here(0.3, 0, 15) == 0.15, "nobody of fifteen wanted it"
    assert rate_here(0.3, 0, 10_000) == LEAST_HERE
    assert rate_here(0.3, 20, 30) > 0.3
    assert sized(2, rate=rate_here(0.3, 0, 30)) > sized(2)


def test_the_last_wave_before_the_night_asks_more() -> None:
    assert not is_last_today(at(10, 20)) and is_last_today(at(10, 20, 45))
    usual = plan(free=2, open_offers=0, rate=0.3, starts_in=DAYS)
    late = plan(free=2, open_offers=0, rate=0.3, starts_in=DAYS, last_today=True)
    assert 2 * usual.size - late.size in (0, 1)  # both are rounded up


def ids(chosen: list[Candidate]) -> list[int]:
    return [candidate.id for candidate in chosen]


def test_h03_a_wave_goes_to_those_with_priority_before_others_who_rank_higher() -> None:
    people = [Candidate(1, 95), Candidate(2, 94), Candidate(3, 90, 10, 1), Candidate(4, 78, 12, 1)]
    assert ids(choose(people, 2)) == [3, 4]


def test_h02_a_household_without_an_earner_comes_before_others_with_priority() -> None:
    people = [Candidate(1, 95, 4, 1), Candidate(2, 94, 16, 2)]
    assert ids(choose(people, 1)) == [2]


def test_h03_and_to_them_alone_while_a_fifth_of_it_can_be_made_of_them() -> None:
    people = [*(Candidate(n, 95) for n in range(1, 10)), Candidate(11, 90, 10, 1), Candidate(12, 89, 10, 1)]
    assert ids(choose(people, 10)) == [11, 12]
    assert ids(choose(people, 11)) == [11, 12, *range(1, 10)]


def test_priority_is_no_reason_to_send_somebody_to_work_that_does_not_suit_her() -> None:
    people = [Candidate(1, 95), Candidate(2, 94), Candidate(3, 60, 30, 1)]
    assert ids(choose(people, 2)) == [1, 2], "her fit is 30 of 95"


def test_nobody_is_bothered_for_what_hardly_suits_her() -> None:
    people = [Candidate(1, 90), Candidate(2, 59), Candidate(3, 75, 20, 1), Candidate(4, 80, 20, 1)]
    assert ids(choose(people, 6)) == [4, 1], "what counts is the fit, whatever her need"


def test_h02_of_one_household_one_is_asked_while_others_are_left() -> None:
    people = [Candidate(1, 95, household=7), Candidate(2, 94, household=7), Candidate(3, 75), Candidate(4, 70)]
    assert ids(choose(people, 3)) == [1, 3, 4]
    assert ids(choose(people, 4)) == [1, 3, 4, 2], "nobody else is left"
    assert ids(choose(people, 1, asked_households={7})) == [3]


def test_e03_a_wave_smaller_than_planned_is_looked_at_again_sooner() -> None:
    planned = plan(free=2, open_offers=0, rate=0.3, starts_in=DAYS)
    assert look_again_after(planned, planned.size) == look_again_after(planned, 0) == planned.wait
    assert look_again_after(planned, planned.size // 2) < planned.wait
    assert look_again_after(planned, 1) == timedelta(minutes=5)


def test_equal_ranks_are_told_apart_the_same_way_every_time() -> None:
    people = [Candidate(n, 70) for n in (3, 1, 2)]
    assert ids(choose(people, 2)) == ids(choose(reversed(people), 2)) == [1, 2]


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "goes"),
    [
        (at(10, 10), at(10, 10)),
        (at(10, 20, 30), at(10, 20, 30)),
        (at(10, 21), at(11, 7)),
        (at(10, 23, 30), at(11, 7)),
        (at(10, 6), at(10, 7)),
        (at(10, 7), at(10, 7)),
    ],
)
def test_m10_no_wave_goes_in_the_quiet_hours(now: datetime, goes: datetime) -> None:
    assert goes_at(now) == goes


def test_w03_what_is_worth_a_text_follows_the_countys_weights() -> None:
    people = [Candidate(1, 47.0), Candidate(2, 29.0)]
    assert ids(choose(people, 2)) == []
    assert ids(choose(people, 2, best_fit=50.0)) == [1]
    assert DEFAULT_WEIGHTS.best_fit == 100
