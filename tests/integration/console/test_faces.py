"""上墙 and the maps: what staff choose for a screen, what everybody sees of places, what staff see beside it (P02)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from backend.services.count_figures import count_standing
from backend.store.models import Region, Screen
from tests.integration.console.conftest import COUNTY, FAR_VILLAGE, OTHER_TOWN, OTHER_VILLAGE, TOWN, VILLAGE, words

SECOND = "500114121005"


@pytest.fixture
def walls(make, staff):
    """The county's market and the stations of two towns and a village; returns their ids by slug."""
    with make() as f:
        places = [("zhongtang", TOWN, "中塘镇零工驿站"), ("xingquan", VILLAGE, "兴泉社区零工驿站"), ("far", FAR_VILLAGE[:9], "威宁驿站"),
                  ("other", OTHER_TOWN, "邻镇驿站")]  # fmt: skip
        made = {slug: f.make_station(code, slug=slug, name=name, kind="station").id for slug, code, name in places}
        f.make_region(SECOND, "双石村")
        return made


def stored(database, station_id):
    with database.read() as session:
        screen = session.get(Screen, station_id)
        return screen and (screen.around, screen.per_page, screen.seconds, screen.version)


def test_a_town_chooses_how_its_screen_looks_and_what_of_its_neighbours_it_shows(
    browse, walls, make, client, database, audited
):
    with make() as f:
        f.make_opening(region=VILLAGE, title="本镇的活")
        f.make_opening(region=OTHER_VILLAGE, title="邻镇的活")
    assert "邻镇的活" not in client.get("/screen/zhongtang").text
    town = browse("zhen")
    page = town.visit("/console/faces")
    assert "中塘镇零工驿站" in words(page) and "兴泉社区零工驿站" in words(page)
    assert not any(name in page.text for name in ("邻镇驿站", "威宁驿站", "黔江区零工市场"))
    answer = town.submit(f"/console/faces/{walls['zhongtang']}", version="0", per_page="8", seconds="20",
                         **{f"at{OTHER_TOWN}": "yes"})  # fmt: skip
    assert answer.status_code == 303
    assert stored(database, walls["zhongtang"]) == ([OTHER_TOWN], 8, 20, 1)
    wall = client.get("/screen/zhongtang").text
    assert "邻镇的活" in wall and 'data-per="8"' in wall and 'content="20; url=' in wall
    assert [event.facts["around"] for event in audited("screen_set")] == [[OTHER_TOWN]]
    assert "也放：第500114122区" in words(town.visit("/console/faces"))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"per_page": "1"}, "写2到12"),
        ({"per_page": "x"}, "写2到12"),
        ({"seconds": "3"}, "写5到120"),
        ({"seconds": "九"}, "写5到120"),
    ],
)
def test_what_no_screen_can_do_is_told_beside_its_field_and_what_was_typed_stays(browse, walls, database, more, said):
    town = browse("zhen")
    town.visit("/console/faces")
    typed = {"version": "0", "per_page": "7", "seconds": "33", f"at{OTHER_TOWN}": "yes", **more}
    answer = town.submit(f"/console/faces/{walls['zhongtang']}", **typed)
    assert answer.status_code == 422 and said in words(answer)
    assert all(f'value="{typed[name]}"' in answer.text for name in ("per_page", "seconds"))
    assert re.search(rf'name="at{OTHER_TOWN}"[^>]* checked', answer.text)
    assert stored(database, walls["zhongtang"]) is None
    assert town.submit(f"/console/faces/{walls['zhongtang']}", **{**typed, "at520526": "yes"}).status_code == 400


def test_two_who_change_the_same_screen_do_not_overwrite_each_other_unseen(browse, walls, database):
    """C5: the second is told, keeps what was typed and decides."""
    town, county = browse("zhen"), browse("xian")
    town.visit("/console/faces"), county.visit("/console/faces")
    address = f"/console/faces/{walls['zhongtang']}"
    assert county.submit(address, version="0", per_page="4", seconds="30").status_code == 303
    late = town.submit(address, version="0", per_page="9", seconds="10")
    assert late.status_code == 409 and "同事刚改过" in words(late) and "一页4个，30秒换一页" in words(late)
    assert 'name="per_page" value="9"' in late.text and stored(database, walls["zhongtang"])[1:] == (4, 30, 1)
    version = re.search(r'name="version" value="(\d+)"', late.text)[1]
    assert town.submit(address, version=version, per_page="9", seconds="10").status_code == 303
    assert stored(database, walls["zhongtang"])[1:] == (9, 10, 2)


def test_nobody_sets_a_screen_outside_their_region_or_without_the_right(browse, walls, database):
    village = browse("cun")
    village.visit("/console/faces")
    for slug in ("zhongtang", "other", "far"):
        assert (
            village.submit(f"/console/faces/{walls[slug]}", version="0", per_page="4", seconds="30").status_code == 404
        )
    assert (
        village.submit(f"/console/faces/{walls['xingquan']}", version="0", per_page="4", seconds="30").status_code
        == 303
    )
    city = browse("shi")
    assert "改这块大屏" not in words(city.visit("/console/faces"))
    assert (
        city.submit(f"/console/faces/{walls['zhongtang']}", version="0", per_page="4", seconds="30").status_code == 403
    )


def test_stations_come_a_page_at_a_time(browse, staff, make):
    with make() as f:
        for n in range(12):
            f.make_station(f"5001142{n:02}", slug=f"s{n:02}", name=f"第{n:02}驿站", kind="station")
    county = browse("xian")
    first = county.visit("/console/faces")
    following = re.search(r'href="(/console/faces\?after=\d+)"', first.text)[1]
    second = county.visit(following)
    assert first.text.count('class="card wall"') == 10 and second.text.count('class="card wall"') == 3
    assert "第08驿站" in words(first) and "第09驿站" in words(second)


def test_staff_print_any_published_opening_of_their_region(browse, walls, make):
    pytest.importorskip("pypdfium2", reason="pypdfium2 is not installed")
    from tests.integration.console.test_posters import Paper

    with make() as f:
        ours = f.make_opening(region=VILLAGE, title="摘𰻞李", employer=f.make_employer("田维学", kind="person"))
        hidden = f.make_opening(region=VILLAGE, status="in_review")
        theirs = f.make_opening(region=FAR_VILLAGE)
    town = browse("zhen")
    page = town.visit("/console/faces")
    assert "“𰻞”印不出来，会印成〇" in words(page)
    assert f"/console/openings/{ours.id}/poster.pdf" in town.visit(f"/console/openings/{ours.id}").text
    paper = Paper(town.visit(f"/console/openings/{ours.id}/poster.pdf").data)
    assert (
        "摘〇李" in paper.said
        and "兴泉社区零工驿站" in paper.said
        and "田老板" in paper.said
        and "维学" not in paper.said
    )
    for other in (hidden, theirs):
        assert town.visit(f"/console/openings/{other.id}/poster.pdf").status_code == 404


# -- the map -----------------------------------------------------------------------------------------------------------
def dots(page):
    """(where it leads, what it says) of every dot of a drawing."""
    drawing = re.search(r'(?s)<svg class="map".*?</svg>', page.text)[0]
    return re.findall(r'<a href="([^"]+)" aria-label="([^"]+)"', drawing)


def listed(page):
    return re.search(r'(?s)<ol class="places.*</ol>', page.text)[0]


def test_a_countys_map_has_a_dot_for_every_town_and_the_same_in_words(client, walls, make):
    with make() as f:
        for n in range(3):
            f.make_opening(region=VILLAGE, title=f"活{n}")
        f.make_opening(region=VILLAGE, status="in_review")
        f.make_opening(region=VILLAGE, starts_on=f.today - timedelta(days=9), ends_on=f.today - timedelta(days=8))
        f.make_opening(region=FAR_VILLAGE)
    page = client.get(f"/screen/station-{COUNTY}/map")
    found = dict(dots(page))
    assert found[f"/screen/station-{COUNTY}/map?town={TOWN}"] == "中塘镇，3个岗位，有驿站"
    assert found[f"/screen/station-{COUNTY}/map?town={OTHER_TOWN}"].endswith("现在没有岗位，有驿站")
    assert all(link in listed(page) for link in found) and "3个岗位" in listed(page)
    assert "520526" not in page.text and "Set-Cookie" not in page.headers
    again = client.get(page.request.path, headers={"If-None-Match": page.headers["ETag"]})
    assert again.status_code == 304


def test_a_towns_map_leads_to_the_work_of_each_village(client, walls, make):
    with make() as f:
        f.make_opening(
            region=VILLAGE, title="摘脆红李", employer=f.make_employer("田维学", kind="person", phone="+8613800001111")
        )
        f.make_opening(region=TOWN, title="扫街")
    page = client.get(f"/screen/station-{COUNTY}/map?town={TOWN}")
    assert (f"#p-{VILLAGE}", "兴泉社区，1个岗位，有驿站") in dots(page)
    village = re.search(rf'(?s)<li id="p-{VILLAGE}".*?</ul>', page.text)[0]
    assert "摘脆红李" in village and "120元一天" in village
    assert "扫街" in re.search(rf'(?s)<li id="p-{TOWN}">.*?</ul>', page.text)[0]
    assert "按名单排，不是方位" in words(page) and "维学" not in page.text and "1111" not in page.text
    # A town's own station opens on its town; from there the county is one step away.
    own = client.get("/screen/zhongtang/map")
    assert dots(own)[0][0].startswith("#p-") and '/screen/zhongtang/map?town="' in own.text


def test_a_map_of_places_that_are_not_there_is_not_found(client, walls):
    for path in ("/screen/nowhere/map", f"/screen/zhongtang/map?town={FAR_VILLAGE[:9]}", "/screen/zhongtang/map?town=5001x4",
                 "/screen/zhongtang/map?town=500114999", f"/screen/zhongtang/map?town={VILLAGE}"):  # fmt: skip
        assert client.get(path).status_code == 404, path


def test_what_staff_have_written_down_moves_the_dots(client, walls, make):
    with make() as f:
        points = {VILLAGE: (29.60, 108.80), SECOND: (29.64, 108.83), "500114121001": (29.58, 108.85)}
        for code, (north, east) in points.items():
            f.make_region(code)
            region = f.session.get_one(Region, code)
            region.latitude, region.longitude = north, east
    page = client.get(f"/screen/station-{COUNTY}/map?town={TOWN}")
    assert "上面是北" in words(page)
    drawing = re.search(r'(?s)<svg class="map".*?</svg>', page.text)[0]
    at = {link: float(y) for link, y in re.findall(r'(?s)<a href="#p-(\d+)".*?cy="([\d.]+)"', drawing)}
    assert at[SECOND] < at[VILLAGE] < at["500114121001"]


def test_staff_see_how_many_wait_from_five_on_and_only_in_their_own_region(browse, walls, make, client, deps):
    with make() as f:
        for n, village in enumerate([VILLAGE] * 5 + [SECOND] * 4 + [OTHER_VILLAGE] * 6):
            f.make_worker(f"等活{n}", village=village, waiting_since=f.now)
        f.make_worker("有活的", village=VILLAGE)
    count_standing(deps)
    town = browse("zhen").visit("/console/map")
    found = dict(dots(town))
    assert found[f"#p-{VILLAGE}"].endswith("5人在等活，有驿站")
    assert "在等活" not in found[f"#p-{SECOND}"] and "4人" not in town.text
    county = dict(dots(browse("xian").visit("/console/map")))
    assert county[f"/console/map?county={COUNTY}&amp;town={TOWN}"] == "中塘镇，现在没有岗位，9人在等活，有驿站"
    around = browse("zhen").visit(f"/console/map?county={COUNTY}&town=")
    assert "9人在等活" in around.text and "6人" not in around.text
    assert browse("zhen").visit(f"/console/map?town={FAR_VILLAGE[:9]}").status_code == 404
    assert browse("zhen").visit("/console/map?county=520526").status_code == 404
    assert "在等活" not in client.get(f"/screen/station-{COUNTY}/map").text


def test_a_line_of_the_staff_map_leads_to_its_opening_and_a_cut_list_to_the_ledger(browse, walls, make, client):
    with make() as f:
        boss = f.make_employer()
        ours = f.make_opening(region=VILLAGE, title="摘脐橙", employer=boss).id
        theirs = f.make_opening(region=SECOND, title="栽油菜", employer=boss).id
        for _ in range(70):
            f.make_opening(region=VILLAGE, employer=boss, starts_on=f.today + timedelta(days=1))
    page = browse("cun").visit(f"/console/map?town={TOWN}").text
    assert f'href="/console/openings/{ours}">摘脐橙' in page
    assert "栽油菜" in page and f'/console/openings/{theirs}"' not in page, "another village's is read, not opened"
    more = f"/console/openings?status=published&amp;place={VILLAGE}"
    assert more in page and "打热线问别的" not in page
    assert browse("cun").visit(more.replace("&amp;", "&")).status_code == 200
    public = client.get(f"/screen/station-{COUNTY}/map?town={TOWN}").text
    assert "/console/" not in public and "打热线问别的" in public


@pytest.fixture
def english(browse, walls):
    """The one in `zhen`, who reads English."""
    town = browse("zhen")
    town.submit("/console/language", language="en")
    return town


def test_the_map_is_read_in_english_where_staff_chose_it(english, make, deps):
    """The names of places stay as they are, and the line of an opening, which is what the public reads of it."""
    with make() as f:
        for n in range(5):
            f.make_worker(f"等活{n}", village=VILLAGE, waiting_since=f.now)
        boss = f.make_employer()
        f.make_opening(region=SECOND, title="摘脐橙", employer=boss)
        f.make_opening(region=TOWN, title="扫街", employer=boss)
    count_standing(deps)
    town = english.visit("/console/map")
    found = dict(dots(town))
    assert found[f"#p-{VILLAGE}"].endswith(", no openings now, waiting for work: 5, with a station")
    assert found[f"#p-{SECOND}"] == "双石村, openings: 1"
    county = english.visit(f"/console/map?county={COUNTY}&town=")
    assert dict(dots(county))[f"/console/map?county={COUNTY}&amp;town={TOWN}"] == (
        "中塘镇, openings: 2, waiting for work: 5, with a station"
    )
    assert "openings: 2" in listed(county) and "no openings" in listed(county)
    for page in (town, county):
        left = [word for word in ("个岗位", "等活", "没有", "还要", "街上", "上面是北", "位置") if word in page.text]
        assert left == []


def test_the_public_map_is_chinese_whatever_language_staff_chose_in_the_same_browser(english, make):
    with make() as f:
        f.make_opening(region=VILLAGE)
    page = english.visit(f"/screen/station-{COUNTY}/map")
    assert "中塘镇，1个岗位，有驿站" in page.text and "openings" not in words(page)
    assert "Cookie" not in page.headers.get("Vary", ""), "one copy is kept for all"


def test_counts_stop_at_ninety_nine(client, walls, make, browse):
    with make() as f:
        boss = f.make_employer()
        for _ in range(101):
            f.make_opening(region=VILLAGE, employer=boss)
    page = client.get(f"/screen/station-{COUNTY}/map")
    assert "中塘镇，99+个岗位，有驿站" in page.text and "101" not in words(page)


def test_every_station_of_the_demo_has_its_faces(deps, client, settings, clock):
    """Sixteen stations on five levels: none answers with an error, a county without written points says so."""
    from backend.seed.places import STATIONS, seed_places

    with deps.db.write() as session:
        seed_places(session)
    for slug, *_ in STATIONS:
        for end in ("", "/list", "/map", "/map?town="):
            assert client.get(f"/screen/{slug}{end}").status_code == 200, (slug, end)
    assert "上面是北" in words(client.get("/screen/qianjiang/map"))
    assert "不是方位" in words(client.get("/screen/weining/map"))
