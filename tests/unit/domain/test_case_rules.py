"""How urgent, by when (R01, R02): times are Asia/Shanghai."""

from __future__ import annotations

from datetime import datetime

import pytest

from backend.domain.case_rules import RULES, TIMEZONE, due_at, gravest, is_open

HOURS = ("08:30", "17:30")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TIMEZONE)


@pytest.mark.parametrize(
    ("kind", "now", "due"),
    [
        ("handoff", "2026-11-23T10:00", "2026-11-23T10:30"),  # open: within half an hour
        ("injury", "2026-11-23T20:00", "2026-11-24T09:00"),  # closed: half an hour after opening
        ("handoff", "2026-11-23T05:00", "2026-11-23T09:00"),  # before opening: the same morning
        ("wage_arrears", "2026-11-23T10:00", "2026-11-24T17:30"),  # the next working day
        ("wage_arrears", "2026-11-27T10:00", "2026-11-30T17:30"),  # Friday → Monday
        ("training", "2026-11-26T10:00", "2026-12-01T17:30"),  # three working days over a weekend
    ],
)
def test_when_it_will_be_answered_at_the_latest(kind: str, now: str, due: str) -> None:
    assert due_at(kind, at(now), *HOURS) == at(due)


def test_the_gravest_of_several_problems_names_the_case() -> None:
    assert gravest(["no_contract", "injury", "wage_arrears"]) == "injury"
    assert gravest(["deposit_or_fee", "fraud"]) == "fraud"
    assert gravest([]) == "other_problem"


def test_injury_and_violence_name_their_emergency_number() -> None:
    assert RULES["injury"].emergency == "120"
    assert RULES["violence"].emergency == "110"


def test_opening_hours_include_the_first_minute_and_not_the_last() -> None:
    assert is_open(at("2026-11-23T08:30"), *HOURS)
    assert not is_open(at("2026-11-23T17:30"), *HOURS)
