"""When, whom and how often the line may ring of its own accord; how a ringing moves on (V15, I11, D7)."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.calling import (
    ENDED,
    PAUSES,
    follow_up_window,
    in_hours,
    may_be_rung,
    moved_on,
    pause_before,
    picked_up,
    reminder_window,
    rings_at,
)

SHANGHAI = ZoneInfo("Asia/Shanghai")
HOURS = (time(8), time(20))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("now", "rings"),
    [
        ("2026-06-10T07:59:59", "2026-06-10T08:00:00"),
        ("2026-06-10T08:00:00", "2026-06-10T08:00:00"),
        ("2026-06-10T19:59:59", "2026-06-10T19:59:59"),
        ("2026-06-10T20:00:00", "2026-06-11T08:00:00"),
        ("2026-06-10T23:30:00", "2026-06-11T08:00:00"),
        ("2026-06-10T03:00:00", "2026-06-10T08:00:00"),
    ],
)
def test_v15_a_call_outside_the_hours_waits_for_the_next_morning(now: str, rings: str) -> None:
    assert rings_at(at(now), HOURS) == at(rings)


@given(st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(ZoneInfo("UTC"))))
def test_v15_the_moment_to_ring_is_inside_the_hours_and_never_before(now: datetime) -> None:
    rings = rings_at(now, HOURS)
    assert in_hours(rings, HOURS)
    assert now <= rings < now + timedelta(hours=12, seconds=1)
    assert rings_at(now, (time(0), time(0))) == now, "the whole day"


@pytest.mark.parametrize(
    ("number", "may"),
    [
        ("+8613800000000", True), ("+8610000000001", True), ("+862367800000", True), ("+861065529988", True),
        ("+8612345", False), ("+8695588", False), ("+864001234567", False), ("+85223456789", False),
        ("+19005551234", False), ("+882161234567", False), ("+86", False), ("8613800000000", False), ("+86138000000O0", False),
    ],
)  # fmt: skip
def test_i11_only_mainland_mobile_and_fixed_lines_are_rung(number: str, may: bool) -> None:
    assert may_be_rung(number) is may


def test_d7_reports_in_any_order_never_move_a_ringing_back() -> None:
    reports = ("queued", "initiated", "ringing", "in-progress", "completed")
    for order in itertools.permutations([*reports, "ringing"]):
        status, seen = "placing", []
        for report in order:
            status = moved_on(status, report)
            seen.append(status)
        assert status == "completed"
        assert [s for s in seen if s in ENDED] == ["completed"] * len([s for s in seen if s in ENDED])
    assert moved_on("busy", "completed") == "busy", "the first ending stands"
    assert moved_on("ringing", "nonsense") == "ringing"
    assert moved_on("unknown", "ringing") == "ringing"


def test_v15_every_purpose_has_at_most_three_tries() -> None:
    for purpose in PAUSES:
        tries = 1
        while pause_before(purpose, tries) is not None:
            tries += 1
        # A colleague's own phone is rung once: she pressed for it and sits beside it.
        assert tries == (1 if purpose == "staff_call" else 3)
    assert pause_before("callback", 1) == timedelta(minutes=3)
    assert pause_before("callback", 2) == timedelta(minutes=5)


def test_what_the_carrier_hears_picking_up_is_human_machine_or_unknown() -> None:
    assert picked_up("human") == "human"
    assert {picked_up(word) for word in ("machine_start", "machine_end_beep", "machine_end_other", "fax")} == {
        "machine"
    }
    assert {picked_up(word) for word in ("unknown", "", "perhaps")} == {"unknown"}


def test_a_reminder_comes_the_evening_before_or_two_hours_before_what_was_taken_late() -> None:
    starts = at("2026-06-12T14:00")
    assert reminder_window(starts, at("2026-06-10T09:00")) == (at("2026-06-11T17:00"), at("2026-06-11T20:00"))
    assert reminder_window(starts, at("2026-06-11T18:00")) == (at("2026-06-12T12:00"), at("2026-06-12T13:00"))
    assert reminder_window(starts, at("2026-06-12T09:00")) == (at("2026-06-12T12:00"), at("2026-06-12T13:00"))
    assert reminder_window(starts, at("2026-06-12T11:00")) is None, "just taken"
    assert reminder_window(starts, at("2026-06-11T16:45")) == (at("2026-06-11T17:15"), at("2026-06-11T20:00"))


def test_the_question_after_a_job_comes_the_morning_after_its_last_day() -> None:
    assert follow_up_window(date(2026, 6, 12)) == (at("2026-06-13T09:00"), at("2026-06-16T09:00"))


def test_m10_work_so_early_that_its_reminder_would_fall_into_the_night_is_reminded_of_that_evening() -> None:
    early = at("2026-06-12T06:30")
    assert reminder_window(early, at("2026-06-11T18:00")) == (at("2026-06-11T19:00"), at("2026-06-11T21:00"))
    assert reminder_window(early, at("2026-06-11T19:45")) == (at("2026-06-11T20:30"), at("2026-06-11T21:00"))
    assert reminder_window(early, at("2026-06-11T20:10")) == (at("2026-06-11T20:40"), at("2026-06-11T21:00"))
    assert reminder_window(early, at("2026-06-11T20:45")) is None, "asked at once it would be about her own last word"
    assert reminder_window(at("2026-06-12T07:45"), at("2026-06-11T20:45")) == (
        at("2026-06-12T07:00"),
        at("2026-06-12T07:30"),
    ), "there is time for it in the morning"
    assert reminder_window(early, at("2026-06-12T00:30")) is None, (
        "it begins before the night ends; what she took is fresh"
    )
    assert reminder_window(at("2026-06-12T07:45"), at("2026-06-11T22:00")) == (
        at("2026-06-12T07:00"),
        at("2026-06-12T07:30"),
    ), "at first light"
    assert reminder_window(at("2026-06-12T09:00"), at("2026-06-11T18:00")) == (
        at("2026-06-12T07:00"),
        at("2026-06-12T08:00"),
    ), "seven is no night any more"
    for begins, taken in (("08:30", "06:50"), ("07:30", "07:05"), ("08:59", "08:10")):
        assert reminder_window(at(f"2026-06-12T{begins}"), at(f"2026-06-12T{taken}")) is None, "just taken"
    assert reminder_window(at("2026-06-12T08:30"), at("2026-06-12T04:30")) == (
        at("2026-06-12T07:00"),
        at("2026-06-12T08:15"),
    ), "when the night ends"
    night_shift = at("2026-06-12T23:30")
    assert reminder_window(night_shift, at("2026-06-12T12:00")) == (at("2026-06-12T13:00"), at("2026-06-12T21:00"))
