"""Ways as people say them, and the ways between places (vocabulary §4.4)."""

from __future__ import annotations

import pytest

from backend.domain.distance import between_km, radius_km, said_km


@pytest.mark.parametrize(
    ("said", "km"),
    [("十里路以内", 5), ("三四公里", 4), ("不超过10公里", 10), ("半里路", 0.25), ("骑摩托二十分钟", 10), ("坐车半小时能到的", 20), ("走路半个钟头", 2),
     ("骑自行车二十分钟", 4), ("走路十分钟", 0.7), ("坐车个把小时", None), ("一泡尿的路", None), ("五里乡", None), ("五里坝那边", None), ("离我近点", None), ("做半小时", None)],
)  # fmt: skip
def test_a_way_as_said_is_read_in_km(said: str, km: float | None) -> None:
    assert said_km(said) == km


@pytest.mark.parametrize(
    ("text", "proximity", "km"),
    [("屋边边", "walking", 2), ("走得到的", "walking", 3), ("离我近点", "near", 10), ("十里路", "near", 5), ("本村", "village", None), ("骑车能到的", None, 15), ("摘李子", None, None)],
)  # fmt: skip
def test_words_of_nearness_stand_for_a_radius(text: str, proximity: str | None, km: float | None) -> None:
    assert radius_km(text, proximity) == km


def test_the_way_between_two_points() -> None:
    assert between_km((29.0, 108.0), (29.0, 108.0)) == 0
    assert between_km((29.0, 108.0), (30.0, 108.0)) == pytest.approx(111.2, abs=0.2)
    assert between_km((29.0, 108.0), (29.0, 109.0)) == pytest.approx(97.3, abs=0.3)
