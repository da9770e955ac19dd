"""To whom an opening may be passed on, and how far its market then reaches (P08, P09, T6)."""

from __future__ import annotations

import pytest

from backend.domain.forwarding import common_ancestor, may_forward, parent, reach_after

VILLAGE, OTHER, TOWN, TOWN2, COUNTY, COUNTY2, CITY, AWAY = (
    "500114121002", "500114121001", "500114121", "500114122", "500114", "500101", "5001", "520526",
)  # fmt: skip


@pytest.mark.parametrize(
    ("staff", "to", "may"),
    [
        (VILLAGE, OTHER, True), (VILLAGE, TOWN, True), (VILLAGE, TOWN2, False), (VILLAGE, COUNTY, False),
        (TOWN, OTHER, True), (TOWN, TOWN2, True), (TOWN, COUNTY, True), (TOWN, "500114122201", True),
        (TOWN, COUNTY2, False), (COUNTY, TOWN2, True), (COUNTY, COUNTY2, True), (COUNTY, CITY, True),
        (COUNTY, AWAY, False), (COUNTY, "50", False), (VILLAGE, VILLAGE, False), (TOWN, "5001141", False),
    ],
)  # fmt: skip
def test_staff_pass_work_on_sideways_up_by_one_and_down(staff: str, to: str, may: bool) -> None:
    assert may_forward(staff, VILLAGE, to) is may


def test_who_only_received_it_passes_it_on_down_and_nowhere_else() -> None:
    """Sideways and up are its own region's to choose."""
    assert [may_forward(COUNTY2, VILLAGE, to) for to in ("500101001", COUNTY2, CITY, COUNTY, "500102")] == [True] + [
        False
    ] * 4
    assert not may_forward(OTHER, VILLAGE, TOWN)


def test_inside_the_county_the_market_reaches_no_farther() -> None:
    assert reach_after(VILLAGE, None, TOWN2) is None
    assert reach_after(VILLAGE, CITY, COUNTY2) == CITY


def test_beyond_the_county_the_market_is_the_smallest_division_both_lie_in() -> None:
    """P09: 统一归集."""
    assert reach_after(VILLAGE, None, COUNTY2) == CITY
    assert reach_after(VILLAGE, None, CITY) == CITY
    assert reach_after(VILLAGE, None, AWAY) is None  # across provinces there is no common market


def test_parents_and_ancestors_follow_the_codes() -> None:
    assert [parent(code) for code in (VILLAGE, TOWN, COUNTY, CITY, "50")] == [TOWN, COUNTY, CITY, "50", None]
    assert common_ancestor(VILLAGE, "500114121201") == TOWN
    assert common_ancestor("50", AWAY) is None
