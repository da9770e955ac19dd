"""The region tree in memory: names, neighbours, stations, and that a change is seen (L17, W19)."""

from __future__ import annotations

import pytest

from backend.seed.places import divisions
from backend.services.regions import RegionBook
from backend.store.models import Region
from backend.store.session import Database

pytestmark = pytest.mark.usefixtures("county")


@pytest.fixture
def book(database: Database) -> RegionBook:
    return RegionBook(database)


def test_a_village_knows_its_names_and_what_is_above_it(book: RegionBook) -> None:
    assert book.name("500114121002") == "兴泉社区"
    assert book.full_name("500114121002") == "重庆市黔江区中塘镇兴泉社区"
    assert book.full_name("520526100") == "贵州省毕节市威宁彝族回族苗族自治县草海镇"
    assert book.ancestors("500114121002") == ["500114121", "500114", "5001", "50"]
    assert book.level("500114121002") == "village" and book.county_of("500114121002") == "500114"


def test_an_unknown_code_has_no_name(book: RegionBook) -> None:
    assert book.name("999") == book.name(None) == book.full_name("999") == ""
    assert book.ancestors(None) == [] and not book.knows("999") and book.market_days("999") is None


def test_the_villages_of_zhongtang_are_the_real_ones(book: RegionBook) -> None:
    assert [name for _, name in book.villages_of("500114121")] == ["中塘社区", "兴泉社区", "胜利村", "迎新村", "双石村"]
    assert len(book.towns_of("500114")) == 30


def test_every_code_starts_with_its_parents(book: RegionBook) -> None:
    for row in divisions():
        assert row["parent_code"] is None or row["code"].startswith(row["parent_code"])
        assert len(row["code"]) == {"province": 2, "city": 4, "county": 6, "town": 9, "village": 12}[row["level"]]


@pytest.mark.parametrize(
    ("code", "station"),
    [
        ("500114121002", "兴泉社区零工驿站"),
        ("500114121", "中塘镇零工驿站"),
        ("500114105001", "黔江区零工市场"),
        ("520526100034", "草海镇零工驿站"),
        ("520526210202", "威宁县零工市场"),
        ("5205", "毕节市零工市场"),
        (None, "黔江区零工市场"),
        ("110101", "黔江区零工市场"),
    ],
)
def test_the_nearest_station_up_the_tree_answers(book: RegionBook, code: str | None, station: str) -> None:
    found = book.station_for(code)
    assert found["name"] == station and found["hotline"].startswith("+861000") and found["short_name"]


def test_market_days_are_those_of_the_town(book: RegionBook) -> None:
    assert book.market_days("500114121002") == {"calendar": "lunar", "days": [1, 4, 7]}
    assert book.market_days("500114") is None


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("兴泉社区", "500114121002"),
        ("兴泉", "500114121002"),
        ("兴泉村", "500114121002"),
        ("中塘镇", "500114121"),
        ("威宁", "520526"),
        ("黔江", "500114"),
    ],
)
def test_a_place_as_said_is_found(book: RegionBook, said: str, code: str) -> None:
    assert book.find(said, "500114121")[0].code == code


def test_a_place_added_later_is_known_at_once(book: RegionBook, database: Database) -> None:
    assert not book.knows("500114121999")
    with database.write() as session:
        session.add(Region(code="500114121999", name="新村", level="village", parent_code="500114121", aliases=[]))
    assert book.name("500114121999") == "新村"
