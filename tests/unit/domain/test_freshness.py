"""How long an entry is current, when she is asked, when it is set aside (P01, P07, M10)."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.domain import freshness
from backend.domain.freshness import SHANGHAI

NOON = datetime(2026, 11, 2, 12, tzinfo=SHANGHAI)  # a Monday
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(tzinfo=SHANGHAI))


def days(count: float) -> datetime:
    return NOON + timedelta(days=count)


def test_an_entry_is_current_for_a_week_then_due_and_stale_after_thirty_days() -> None:
    """P01."""
    assert [freshness.state(NOON, days(n)) for n in (0, 6.9, 7, 29, 30)] == [
        "current",
        "current",
        "due",
        "due",
        "stale",
    ]
    assert freshness.state(None, NOON) == "stale"


def test_asked_twice_without_an_answer_it_is_stale_a_week_later() -> None:
    asked = days(15)
    assert freshness.state(NOON, days(16), in_vain=2, asked=asked) == "due"
    assert freshness.state(NOON, days(22), in_vain=2, asked=asked) == "stale"
    assert freshness.state(NOON, days(22), in_vain=1, asked=asked) == "due"


def test_nobody_is_asked_a_third_time_and_after_sixty_days_the_entry_is_set_aside() -> None:
    assert not freshness.is_worker_due(3, NOON, days(40), in_vain=2, asked=days(15))
    assert [freshness.is_given_up(NOON, days(n), in_vain=2) for n in (59, 60)] == [False, True]
    assert not freshness.is_given_up(NOON, days(90), in_vain=1)  # who was never asked is for staff, not for the clock


@given(key=st.integers(1, 10**6), last=moments)
def test_the_hour_of_asking_lies_in_the_second_week_and_in_working_hours(key: int, last: datetime) -> None:
    """M10: nine in the morning to six."""
    at = freshness.asks_at(key, last)
    assert freshness.BETWEEN_ASKINGS <= at - last < freshness.BETWEEN_ASKINGS + timedelta(days=7)
    assert 9 <= at.hour < 19
    # Asked at her hour, her hour comes round again a week later, however long the asking took within it.
    assert freshness.asks_at(key, at + timedelta(minutes=30)) == at + timedelta(days=7)


def test_a_list_put_in_on_one_day_is_asked_about_over_the_whole_week() -> None:
    per_day = Counter(freshness.asks_at(key, NOON).date() for key in range(7000))
    assert len(per_day) == 7 and max(per_day.values()) == min(per_day.values()) == 1000


@given(key=st.integers(1, 10**6), last=moments, hour=st.integers(0, 23))
def test_nobody_is_asked_at_night(key: int, last: datetime, hour: int) -> None:
    """M10."""
    now = (last + timedelta(days=20)).replace(hour=hour)
    assert freshness.is_worker_due(key, last, now) == (9 <= hour < 19)


def test_an_employer_is_asked_each_week_and_once_more_before_the_work_begins() -> None:
    begins = days(30)
    assert not freshness.is_opening_due(1, NOON, None, begins, days(5))
    assert freshness.is_opening_due(1, NOON, None, begins, days(14))
    soon = days(4)
    assert freshness.is_opening_due(1, NOON, None, soon, days(3))  # posted three days ago, begins tomorrow
    assert not freshness.is_opening_due(1, NOON, days(2.5), soon, days(3))  # asked the day before
    assert not freshness.is_opening_due(1, NOON, None, soon, days(4.1))  # it has begun


def test_how_old_a_word_is_counts_in_shanghai_days() -> None:
    late = NOON.replace(hour=23)
    assert freshness.days_old(late, late + timedelta(hours=2)) == 1
    assert freshness.days_old(None, NOON) is None
