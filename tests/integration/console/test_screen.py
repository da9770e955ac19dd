"""The public board: open work of the station's region in big type, no personal data (P02)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words


@pytest.fixture
def town(make):
    with make() as f:
        f.make_region(VILLAGE), f.make_region(OTHER_VILLAGE), f.make_region(FAR_VILLAGE)
        f.make_station(TOWN, slug="zhongtang", name="中塘镇零工驿站", short_name="中塘零工")


def test_it_shows_published_work_of_the_region_with_pay_and_days(client, town, make):
    with make() as f:
        f.make_opening(region=VILLAGE, title="摘脆红李")
        f.make_opening(region=OTHER_VILLAGE, title="别镇的活")
        f.make_opening(region=VILLAGE, title="没审的活", status="in_review")
        f.make_opening(region=VILLAGE, title="招满的活", headcount=1, filled=1)
    answer = client.get("/screen/zhongtang")
    seen = words(answer)
    assert "中塘镇零工驿站" in seen
    assert "摘脆红李" in seen
    assert "120元/天" in seen
    assert "还要2人" in seen
    assert not any(title in seen for title in ("别镇的活", "没审的活", "招满的活"))


def test_it_shows_no_number_and_no_private_persons_name(client, town, make):
    with make() as f:
        person = f.make_employer("田维学", kind="person", phone="+8610000007777")
        f.make_opening(region=VILLAGE, employer=person, title="栽菜 打13812345678", requirements="找田维学")
        f.make_opening(region=VILLAGE, employer=f.make_employer("中塘茶业合作社", kind="cooperative"))
    page = client.get("/screen/zhongtang").text
    assert "田维学" not in page
    assert "7777" not in page
    assert "13812345678" not in page
    assert "田老板" in page
    assert "中塘茶业合作社" in page
    assert "100 0001 2333" in page  # the line's own number, to call or text


def test_it_turns_its_pages_by_itself_and_starts_again(client, town, make):
    with make() as f:
        for number in range(8):
            f.make_opening(
                region=VILLAGE,
                title=f"活路{number}",
                starts_on=f.today + timedelta(days=1 + number),
                ends_on=f.today + timedelta(days=9),
            )
    first, second = client.get("/screen/zhongtang").text, client.get("/screen/zhongtang?page=2").text
    assert "url=/screen/zhongtang?page=2" in first
    assert "url=/screen/zhongtang?page=1" in second
    assert sum(f"活路{n}" in first for n in range(8)) == 6
    assert sum(f"活路{n}" in second for n in range(8)) == 2


def test_without_open_work_it_says_so_and_an_unknown_station_is_not_found(client, town):
    assert "现在没有招人的活" in words(client.get("/screen/zhongtang"))
    assert client.get("/screen/nowhere").status_code == 404
    assert client.get("/screen/zhongtang?page=x").status_code == 200
