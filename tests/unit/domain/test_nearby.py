"""Places in order of the way to them: with coordinates, without, and both mixed (W03)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.distance import between_km
from backend.domain.nearby import Nearby, Spot

COUNTY = "500114"


def grid(width: int) -> list[Spot]:
    """A county of `width` times `width` villages two km apart, ten to a town."""
    spots = [Spot(COUNTY, None)]
    for n in range(width * width):
        town = f"{COUNTY}{100 + n // 10}"
        if n % 10 == 0:
            spots.append(Spot(town, None))
        spots.append(Spot(f"{town}{n % 10:03}", (29.5 + n // width * 0.018, 108.7 + n % width * 0.02)))
    return spots


@given(st.integers(0, 143), st.integers(1, 60))
def test_the_nearest_villages_come_first_and_none_is_left_out(home: int, most: int) -> None:
    spots = grid(12)
    villages = [spot for spot in spots if len(spot.code) == 12]
    here = villages[home]
    assert here.own is not None
    nearby = Nearby(spots)
    found = [code for code in nearby.nearest(here.code, (COUNTY,), most) if len(code) == 12]
    ways = {spot.code: between_km(here.own, spot.own) for spot in villages if spot.own}
    farthest = max(ways[code] for code in found)
    left_out = [km for code, km in ways.items() if code not in found]
    assert found[0] == here.code
    assert not left_out or min(left_out) >= farthest - 0.1


def test_places_without_coordinates_follow_the_tree() -> None:
    codes = ["500114121002", "500114121001", "500114105001", "500114", "500115001001"]
    nearby = Nearby([Spot(code, None) for code in codes])
    assert nearby.nearest("500114121002", ("50",), 9) == [
        "500114121002", "500114121001", "500114", "500114105001", "500115001001",
    ]  # fmt: skip
    assert nearby.km("500114121002", "500114121001") is None


def test_a_village_without_coordinates_is_not_lost_among_those_with() -> None:
    nearby = Nearby([*grid(12), Spot("500114100099", None)])
    assert "500114100099" in nearby.nearest("500114100000", (COUNTY,), 60)


def test_a_reach_leaves_out_what_lies_beyond_it_however_near() -> None:
    nearby = Nearby([Spot("500114121001", (29.5, 108.7)), Spot("500115121001", (29.5, 108.701))])
    assert nearby.nearest("500114121001", (COUNTY,), 9) == ["500114121001"]
    assert nearby.nearest("500114121001", (COUNTY, "500115"), 9) == ["500114121001", "500115121001"]


def test_two_villages_known_only_by_their_town_are_not_said_to_lie_in_one_spot() -> None:
    nearby = Nearby([Spot("500114121", (29.5, 108.7)), Spot("500114121001", None), Spot("500114121002", None)])
    assert nearby.km("500114121001", "500114121002") is None
    assert nearby.km("500114121001", "500114121001") == 0
