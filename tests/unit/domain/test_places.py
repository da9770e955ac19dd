"""A place as said becomes the divisions it may mean, the nearest first (vocabulary §4.4). Invented rows."""

import pytest

from backend.domain.places import Division, Gazetteer, bare_name

GAZETTEER = Gazetteer(
    [
        Division("500114", "黔江区", "county"),
        Division("500114108", "中塘镇", "town", "500114"),
        Division("500114108001", "兴泉社区", "village", "500114108", ("老街",)),
        Division("500114108202", "双石村", "village", "500114108"),
        Division("500114109", "石会镇", "town", "500114"),
        Division("500114109203", "双石村", "village", "500114109"),
    ]
)


@pytest.mark.parametrize(
    ("said", "code"),
    [("兴泉社区", "500114108001"), ("兴泉", "500114108001"), ("兴泉村", "500114108001"), ("老街", "500114108001"), ("兴全社区", "500114108001"), ("兴泉社区三组的", "500114108001"),
     ("中塘镇兴泉社区", "500114108001"), ("黔江", "500114"), ("中塘镇上", "500114108"), ("石会镇双石村", "500114109203")],
)  # fmt: skip
def test_a_said_place_is_found(said: str, code: str) -> None:
    assert GAZETTEER.find(said)[0].division.code == code


def test_villages_of_one_name_are_all_returned_the_callers_first() -> None:
    for near, first in (("500114108001", "500114108202"), ("500114109", "500114109203")):
        found = [m.division.code for m in GAZETTEER.find("双石村", near)]
        assert found[0] == first
        assert len(found) == 2


def test_an_unknown_place_is_not_guessed() -> None:
    assert GAZETTEER.find("不晓得哪里") == []
    assert GAZETTEER.find("") == []


def test_names_lose_level_and_nationality() -> None:
    assert (bare_name("石柱土家族自治县", "county"), bare_name("兴泉社区", "village")) == ("石柱", "兴泉")
