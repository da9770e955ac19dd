"""Which entries are likely one person, and which only look so (W15)."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from backend.domain.duplicates import likely, likely_employers, stand


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
        (Known(1, "王二妹", birth_year=1966), Known(2, "王二妹", birth_year=1967), "same_name"),  # 虚岁 beside 周岁
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


@dataclass(frozen=True)
class Firm:
    id: int
    name: str
    phone: str | None = None
    region_code: str | None = "500114121002"


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (Firm(1, "宏达建筑公司"), Firm(2, "宏达建筑有限公司"), "same_name"),
        (Firm(1, "田老板", "+8610000555001"), Firm(2, "兴泉果园", "+8610000555001"), "same_phone"),
        (Firm(1, "兴泉果园"), Firm(2, "兴泉果园场", region_code="500114121"), "near_name"),
    ],
)
def test_employers_entered_twice_are_found_with_the_reason(one, other, reason):
    assert [(a.id, b.id, why) for a, b, why in likely_employers([other, one])] == [(1, 2, reason)]


def test_employers_of_one_name_in_two_towns_are_two():
    assert likely_employers([Firm(1, "田老板"), Firm(2, "田老板", region_code="500114122201")]) == []
    assert likely_employers([Firm(1, "兴泉果园"), Firm(2, "兴泉砖厂")]) == []


def test_how_two_stand_is_the_same_until_something_compared_is_another_s():
    one, other = Known(1, "王小云", birth_year=1968, handset=7), Known(2, "王小云", birth_year=1968, handset=8)
    stood = stand([one, other])
    assert stand([other, one, Known(1, "王小云", birth_year=1968, handset=9)]) == stood
    for change in (
        {"name": "王小芸"},
        {"village": "500114122201"},
        {"birth_year": 1969},
        {"gender": "female"},
        {"handset": 7},
    ):
        assert stand([one, replace(other, **change)]) != stood
