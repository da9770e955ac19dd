"""Where dots and names stand on the drawn map: as the places lie, apart enough to tap, no name over another (P02)."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from backend.domain.map_layout import APART, areas, labels, lay_out

REAL = {"黎水": (29.83, 108.64), "鹅池": (29.14, 108.59), "五里": (29.36, 108.88), "石会": (29.57, 108.61)}


def test_north_is_up_and_a_kilometre_is_as_long_both_ways():
    map_ = lay_out(REAL, 640, 860)
    at = map_.spots
    assert map_.by_position and not map_.guessed
    assert at["黎水"][1] < at["石会"][1] < at["五里"][1] < at["鹅池"][1]
    assert at["鹅池"][0] < at["石会"][0] < at["黎水"][0] < at["五里"][0]
    down, across = at["鹅池"][1] - at["黎水"][1], at["五里"][0] - at["鹅池"][0]
    assert math.isclose(
        down / across, (29.83 - 29.14) / ((108.88 - 108.59) * math.cos(math.radians(29.475))), rel_tol=0.01
    )


def test_without_enough_known_places_they_stand_in_rows_and_it_is_said():
    map_ = lay_out({str(n): (29.0, 108.0) if n < 2 else None for n in range(41)}, 640, 860)
    assert not map_.by_position and len(set(map_.spots.values())) == 41 and map_.guessed == set(map_.spots)
    assert lay_out({}, 640, 860).spots == {}


def test_a_place_nobody_has_placed_stands_below_the_others_and_is_marked():
    map_ = lay_out({**REAL, "新村": None}, 640, 860)
    assert map_.guessed == {"新村"} and map_.spots["新村"][1] > max(
        y for name, (_, y) in map_.spots.items() if name in REAL
    )


@given(st.lists(st.tuples(st.floats(26, 30), st.floats(103, 109)), min_size=3, max_size=30))
def test_every_dot_is_on_the_map(points):
    map_ = lay_out({str(n): point for n, point in enumerate(points)}, 640, 860)
    assert all(0 <= x <= map_.width and 0 <= y <= map_.height for x, y in map_.spots.values())
    assert map_.width <= 640 and map_.height <= 861


def test_the_quarters_of_a_town_are_moved_apart_so_that_each_can_be_tapped():
    near = {"城东": (29.525, 108.787), "城南": (29.521, 108.781), "城西": (29.533, 108.775), "同处": (29.533, 108.775)}
    spots = lay_out({**REAL, **near}, 640, 860).spots
    dots = sorted(spots.values())
    assert all(math.dist(a, b) >= APART - 1 for n, a in enumerate(dots) for b in dots[n + 1 :])


def test_an_area_is_what_is_nearest_to_its_dot():
    spots = {"左": (100.0, 100.0), "右": (160.0, 100.0)}
    shapes = areas(spots, 74)
    assert max(x for x, _ in shapes["左"]) <= 130.001 and min(x for x, _ in shapes["右"]) >= 129.999
    assert all(math.dist(spot, spots["左"]) <= 74.001 for spot in shapes["左"])


def test_names_cover_neither_dots_nor_each_other_and_one_without_room_is_left_out():
    spots = {str(n): (40.0 + 20 * n, 60.0) for n in range(8)}
    found = labels(spots, dict.fromkeys(spots, 8.0), dict.fromkeys(spots, "中塘社区"), 15, 640)
    assert 1 <= len(found) < 8
