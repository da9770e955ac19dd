"""Which entries are likely one person, and which only look so (W15)."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from backend.domain.duplicates import likely


@dataclass(frozen=True)
class Known:
    id: int
    name: str
    village: str = "500114121002"
    birth_year: int | None = None
    gender: str | None = None
    handset: int | None = None


def why(*rows):
    return [(one.id, other.id, reason) for one, other, reason in likely(rows)]


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (Known(1, "王小云"), Known(2, "王小云"), "same_name"),
        (Known(1, "王小云"), Known(2, "王小芸"), "same_sound"),
        (Known(1, "王小云", handset=7), Known(2, "王小云", village="500114122201", handset=7), "same_phone"),
        (Known(1, "王小云", birth_year=1968, handset=7), Known(2, "王小云", birth_year=1969, handset=7), "same_phone"),
        (Known(1, "冉光明", birth_year=1968), Known(2, "冉光米", birth_year=1968), "near_sound"),
    ],
)
def test_a_pair_is_found_with_its_reason(one, other, reason):
    assert why(one, other) == [(1, 2, reason)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Known(1, "王小云", gender="female"), Known(2, "王小云", gender="male")),
        (Known(1, "王小云", birth_year=1968), Known(2, "王小云", birth_year=1990)),
        (Known(1, "王小云"), Known(2, "王小云", village="500114122201")),
        (Known(1, "王小云", handset=7), Known(2, "王大力", handset=7)),
        (Known(1, "冉光明", birth_year=1968), Known(2, "冉长河", birth_year=1968)),
    ],
)
def test_families_and_namesakes_are_left_alone(one, other):
    assert why(one, other) == []


def test_a_name_borne_by_many_says_nothing():
    assert why(*(Known(number, "张伟") for number in range(20))) == []
