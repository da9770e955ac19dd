"""What staff are told of how long a training still takes: it must not stand still while the machine is slow."""

from __future__ import annotations

from backend.training.job import STEPS, seconds_left

EXPECTED = 300.0
READING, LEARNING = STEPS["reading"][1], STEPS["learning"][1]


def test_as_long_as_it_goes_as_thought_the_rest_gets_shorter_second_by_second() -> None:
    assert seconds_left(EXPECTED, 30, READING) == 270
    assert seconds_left(EXPECTED, 150, LEARNING) == 150


def test_a_step_that_takes_ten_times_as_long_as_thought_makes_the_rest_ten_times_as_long() -> None:
    on_time = EXPECTED * READING / 100
    assert seconds_left(EXPECTED, 10 * on_time, READING) == 10 * seconds_left(EXPECTED, on_time, READING)


def test_where_a_step_begins_to_be_late_the_time_does_not_jump() -> None:
    on_time = EXPECTED * LEARNING / 100
    assert abs(seconds_left(EXPECTED, on_time - 0.1, LEARNING) - seconds_left(EXPECTED, on_time + 0.1, LEARNING)) < 1


def test_the_end_is_never_told_as_here_already() -> None:
    assert seconds_left(EXPECTED, 10_000, 100) == 5
