"""Places in the console: names, market days, positions; one's own region, token, audit, and no script anywhere (T6, T7, T8)."""

from __future__ import annotations

import pytest

from backend.store.models import Region
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, words


@pytest.fixture(autouse=True)
def places_read_anew(staff, deps):
    deps.regions.reload()


def stored(database, code):
    with database.read() as session:
        region = session.get_one(Region, code)
        return list(region.aliases), region.market_days, (region.latitude, region.longitude)


def test_a_name_is_listed_added_and_taken_away_and_written_down(browse, database, audited, staff):
    browser = browse("cun")
    assert "还没有别的名字" in words(browser.visit("/console/places"))
    assert browser.submit(f"/console/places/{VILLAGE}/add", name="枫香坪").status_code == 303
    page = words(browser.visit("/console/places"))
    assert "枫香坪" in page
    assert "马上就听得懂" in page
    assert stored(database, VILLAGE)[0] == ["枫香坪"]
    [event] = audited("place_name_added")
    assert (event.actor, event.object_id) == (f"staff:{staff['cun']}", VILLAGE)
    browser.submit(f"/console/places/{VILLAGE}/remove", name="枫香坪")
    assert stored(database, VILLAGE)[0] == []
    assert len(audited("place_name_removed")) == 1


def test_the_name_counts_in_the_next_sentence_tried(browse, engine):
    from backend.dialogue.base import Parsed

    engine.understands["枫香坪有活没得"] = Parsed("search_jobs", 0.9)
    browser = browse("cun")
    assert "没有听出具体的东西" in words(browser.submit("/console/try", text="枫香坪有活没得", channel="sms"))
    browser.submit(f"/console/places/{VILLAGE}/add", name="枫香坪")
    browser.visit("/console/try")
    assert "location" in words(browser.submit("/console/try", text="枫香坪有活没得", channel="sms"))


@pytest.mark.parametrize("name", ["嘴", "<b>坪</b>", "abc", "枫香坪老鹰嘴石板滩大河沟边", "", "/greet", "\0"])
def test_what_is_no_name_is_asked_for_again_and_not_kept(browse, database, name):
    answer = browse("cun").submit(f"/console/places/{VILLAGE}/add", name=name)
    assert answer.status_code == 422
    assert "<b>坪" not in answer.text
    assert stored(database, VILLAGE)[0] == []


@pytest.mark.parametrize(("login", "code"), [("cun", OTHER_VILLAGE), ("cun", TOWN), ("zhen", OTHER_TOWN), ("zhen", FAR_VILLAGE), ("xian", FAR_VILLAGE), ("weining", VILLAGE)])  # fmt: skip
def test_a_place_outside_ones_region_is_not_found_by_any_route(browse, database, login, code):
    browser = browse(login)
    assert browser.visit(f"/console/places/{code}").status_code == 404
    for action, fields in (("add", {"name": "枫香坪"}), ("remove", {"name": "枫香坪"}), ("market", {"calendar": "lunar"}),
                           ("point", {"latitude": "29.5", "longitude": "108.7"})):  # fmt: skip
        assert browser.submit(f"/console/places/{code}/{action}", **fields).status_code == 404
    assert stored(database, code) == ([], None, (None, None))


def test_city_staff_look_but_do_not_change(browse, database):
    browser = browse("shi")
    page = browser.visit(f"/console/places/{VILLAGE}")
    assert page.status_code == 200
    assert "/add" not in page.text
    assert browser.submit(f"/console/places/{VILLAGE}/add", name="枫香坪").status_code == 403
    assert stored(database, VILLAGE)[0] == []


def test_a_form_without_its_token_changes_nothing(browse, database):
    answer = browse("cun").client.post(f"/console/places/{VILLAGE}/add", data={"name": "枫香坪"})
    assert answer.status_code == 403
    assert stored(database, VILLAGE)[0] == []


def test_a_town_writes_down_its_market_days_by_either_calendar(browse, database, audited):
    browser = browse("zhen")
    assert "还不晓得哪天赶场" in words(browser.visit("/console/places"))
    browser.submit(f"/console/places/{TOWN}/market", calendar="solar", day2="yes", day5="yes", day8="yes")
    assert stored(database, TOWN)[1] == {"calendar": "solar", "days": [2, 5, 8]}
    assert "下一个赶场天" in words(browser.visit("/console/places"))
    assert len(audited("market_days_set")) == 1
    browser.submit(f"/console/places/{TOWN}/market", calendar="lunar")
    assert stored(database, TOWN)[1] is None
    assert browser.submit(f"/console/places/{VILLAGE}/market", calendar="lunar", day1="yes").status_code == 422
    assert browser.submit(f"/console/places/{TOWN}/market", calendar="mayan", day1="yes").status_code == 422


def test_a_village_is_given_a_position_or_none(browse, database):
    browser = browse("zhen")
    browser.submit(f"/console/places/{VILLAGE}/point", latitude="29.53", longitude="108.77")
    assert stored(database, VILLAGE)[2] == (29.53, 108.77)
    for latitude, longitude in (("108.77", "29.53"), ("29.53", ""), ("x", "y"), ("nan", "108"), ("1e999", "108")):
        answer = browser.submit(f"/console/places/{VILLAGE}/point", latitude=latitude, longitude=longitude)
        assert answer.status_code == 422
    assert stored(database, VILLAGE)[2] == (29.53, 108.77)
    browser.submit(f"/console/places/{VILLAGE}/point", latitude="", longitude="")
    assert stored(database, VILLAGE)[2] == (None, None)


def test_one_finds_down_from_ones_own_region_and_up_no_further(browse):
    browser = browse("xian")
    assert "中塘镇" in words(browser.visit("/console/places"))
    assert "兴泉社区" in words(browser.visit(f"/console/places/{TOWN}"))
    assert f"/console/places/{COUNTY}" in browser.visit(f"/console/places/{TOWN}").text
    below = browse("cun")
    assert f'/console/places/{TOWN}"' not in below.visit("/console/places").text


@pytest.mark.parametrize("path", ["0", "x", "١٢", "500114121002500", "5001' or 1", "%00"])
def test_odd_addresses_are_not_found(browse, path):
    assert browse("xian").visit(f"/console/places/{path}").status_code == 404
