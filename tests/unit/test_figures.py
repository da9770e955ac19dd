"""The dashboard's stretches of time and what is reckoned from counts (issue: item 7)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from backend.console import figures_labels
from backend.domain.figures import FIGURES, KINDS, SETS, period, share, time_to_fill

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)  # 14:30 in Shanghai


def test_a_day_runs_from_midnight_to_midnight_in_shanghai():
    start, end = period("day", date(2026, 11, 20)).instants(NOW)
    assert (start.isoformat(), end.isoformat()) == ("2026-11-19T16:00:00+00:00", "2026-11-20T16:00:00+00:00")


def test_today_ends_now_and_is_held_against_the_same_hours_a_week_ago():
    today = period("day", date(2026, 11, 22))
    assert today.instants(NOW)[1] == NOW
    assert today.compared(NOW)[1] == NOW - timedelta(days=7)


def test_a_month_that_runs_is_held_against_as_much_of_the_month_before():
    then, until = period("month", date(2026, 11, 22)).compared(NOW)
    assert then.isoformat() == "2026-09-30T16:00:00+00:00"
    assert until - then == timedelta(days=21, hours=14, minutes=30)


def test_a_long_month_is_not_held_against_more_than_the_short_one_before_had():
    march = period("month", date(2026, 3, 31))
    _, until = march.compared(datetime(2026, 3, 31, 12, tzinfo=UTC))
    assert until.isoformat() == "2026-02-28T16:00:00+00:00"


@pytest.mark.parametrize(
    ("kind", "on", "first", "last"),
    [
        ("ten_days", "2026-11-10", "2026-11-01", "2026-11-10"),
        ("ten_days", "2026-11-11", "2026-11-11", "2026-11-20"),
        ("ten_days", "2028-02-29", "2028-02-21", "2028-02-29"),
        ("month", "2026-02-01", "2026-02-01", "2026-02-28"),
        ("quarter", "2026-11-22", "2026-10-01", "2026-12-31"),
        ("quarter", "2026-03-31", "2026-01-01", "2026-03-31"),
    ],
)
def test_periods_are_those_of_the_reports(kind, on, first, last):
    """L01: reports go up by 旬, month and quarter."""
    found = period(kind, date.fromisoformat(on))
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)


@pytest.mark.parametrize("kind", KINDS)
def test_periods_follow_each_other_without_a_gap(kind):
    here = period(kind, date(2026, 1, 31))
    assert here.following().first == here.last + timedelta(days=1)
    assert here.previous().last == here.first - timedelta(days=1)
    assert here.following().previous() == here


def test_a_share_of_nothing_is_unknown():
    assert share(0, 0) is None
    assert share(0, 4) == 0


def test_time_to_fill_is_the_median_and_never_less_than_nothing():
    at = NOW
    took = [(at, at + timedelta(minutes=m)) for m in (5, 40, -10)]
    assert time_to_fill(took) == timedelta(minutes=5)
    assert time_to_fill([]) is None


def test_every_figure_and_set_has_its_words_and_says_how_it_is_counted():
    assert set(figures_labels.FIGURES) == set(FIGURES) == set(figures_labels.HOW)
    assert set(figures_labels.SETS) == set(SETS)
    assert {name for figure in FIGURES.values() for name in figure.sets} == set(SETS)
