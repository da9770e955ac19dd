"""The lists of the ledgers: sorted by their heads, going on after a row, counted to 99+, each within its region (W07, L05, L21)."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from backend.services import edit_station
from backend.store.models import Station
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words


def through(browser, path):
    """Every page of a list, one after the other, as numbers of its rows."""
    seen, pages = [], 0
    while path:
        page = browser.visit(path)
        assert page.status_code == 200
        seen += [int(one) for one in re.findall(r'class="lead-cell" href="/console/[a-z]+/(\d+)"', page.text)]
        found = re.search(r'rel="next" href="([^"]+)"', page.text)
        path, pages = (found.group(1).replace("&amp;", "&") if found else ""), pages + 1
        assert pages < 10
    return seen


@pytest.mark.parametrize("sort", ["new", "-new", "waiting", "-waiting", "updated", "-updated"])
def test_every_worker_comes_once_in_the_order_asked_for(browse, make, sort):
    with make() as f:
        rows = []
        for at in range(113):
            waiting = None if at % 3 == 0 else f.now - timedelta(days=at % 7)
            worker = f.make_worker(f"人{at}", village=VILLAGE, waiting_since=waiting)
            worker.updated_at = f.now - timedelta(minutes=at % 5)
            rows.append((worker.id, waiting, worker.updated_at))
        f.make_worker("远人", village=FAR_VILLAGE)
    expected = {
        "-new": sorted(rows, key=lambda r: r[0]),
        "new": sorted(rows, key=lambda r: -r[0]),
        "waiting": sorted(rows, key=lambda r: (r[1] is None, r[1] or rows[0][2], r[0])),
        # Either way round those of whom it is not known come last.
        "-waiting": [
            *sorted((r for r in rows if r[1]), key=lambda r: (r[1], r[0]), reverse=True),
            *sorted((r for r in rows if not r[1]), key=lambda r: r[0]),
        ],
        "updated": sorted(rows, key=lambda r: (r[2], r[0]), reverse=True),
        "-updated": sorted(rows, key=lambda r: (r[2], r[0])),
    }[sort]
    browser = browse("cun")
    assert through(browser, f"/console/workers?sort={sort}") == [row[0] for row in expected]
    assert "113人" in words(browser.visit("/console/workers"))


@pytest.mark.parametrize("after", ["x", "1~2~3", "~", "9" * 40, "2026-99-99T00:00:00+00:00~1", "unknown~x", "'"])
def test_a_cursor_of_nonsense_begins_at_the_beginning(browse, make, after):
    with make() as f:
        one = f.make_worker("赵一", village=VILLAGE).id
    for sort in ("new", "waiting", "-waiting", "updated"):
        assert through(browse("cun"), f"/console/workers?sort={sort}&after={after}") == [one]


def test_openings_in_review_go_on_behind_the_last_in_the_order_of_the_queue(browse, make):
    with make() as f:
        ids = []
        for at in range(35):
            opening = f.make_opening(
                region=VILLAGE, status="in_review", urgent=at % 4 == 0, starts_on=f.today + timedelta(days=at % 3),
                ends_on=f.today + timedelta(days=9),
            )  # fmt: skip
            ids.append((not opening.urgent, opening.starts_on, opening.id))
        f.make_opening(region=FAR_VILLAGE, status="in_review")
    browser = browse("cun")
    order = [one[2] for one in sorted(ids)]
    assert through(browser, "/console/openings") == order
    page = browser.visit(f"/console/openings/{order[3]}")
    assert f'rel="prev" href="/console/openings/{order[2]}"' in page.text
    assert f'rel="next" href="/console/openings/{order[4]}"' in page.text


def test_the_offers_of_ones_openings_are_listed_by_state_with_names_hidden(browse, make, audited):
    with make() as f:
        opening, far = f.make_opening(region=VILLAGE), f.make_opening(region=FAR_VILLAGE, title="远处的活")
        f.make_offer(opening, f.make_worker("王小云", village=OTHER_VILLAGE))
        f.make_offer(far, f.make_worker("远人", village=FAR_VILLAGE))
        f.make_offer(f.make_opening(region=VILLAGE, title="挖藕"), f.make_worker("赵一", village=VILLAGE), "declined")
    browser = browse("cun")
    page = browser.visit("/console/offers")
    assert "王**" in words(page)
    assert "王小云" not in page.text
    assert "远处的活" not in page.text
    assert audited("listed_offers")
    assert "挖藕" in words(browser.visit("/console/offers?status=declined"))
    assert "摘脆红李" not in words(browser.visit("/console/offers?status=declined"))


def heads(page):
    """The heads of a table that put it in an order: (name, the order a press puts it in, how it stands now)."""
    found = re.findall(r'<th scope="col"(?: aria-sort="(\w+)")?><a href="[^"]*sort=(-?\w+)[^"]*">([^<]+)', page.text)
    return {name.strip(): (sort, now) for now, sort, name in found}


def test_a_head_sorts_by_what_stands_under_it_and_turns_round_at_the_second_press(browse, make):
    with make() as f:
        opening = f.make_opening(region=VILLAGE)
        f.make_offer(opening, f.make_worker("赵一", village=VILLAGE))
    browser = browse("zhen")
    lists = ("workers", "openings", "openings?status=published", "offers", "employers", "stations")
    for path in lists:
        assert not {"姓名", "岗位", "用工方"} & set(heads(browser.visit(f"/console/{path}"))), path
    for path, name in (("offers", "哪几天"), ("workers", "登记"), ("employers", "登记")):
        first = heads(browser.visit(f"/console/{path}"))[name][0]
        pressed = heads(browser.visit(f"/console/{path}?sort={first}"))[name]
        back = heads(browser.visit(f"/console/{path}?sort={pressed[0]}"))[name]
        assert pressed[0] != first, path
        assert {pressed[1], back[1]} == {"ascending", "descending"}, path
        assert back[0] == first, path


def test_offers_are_sorted_by_their_day_either_way(browse, make):
    with make() as f:
        days = []
        for at in (3, 1, 2):
            opening = f.make_opening(region=VILLAGE, title=f"活{at}", starts_on=f.today + timedelta(days=at),
                                     ends_on=f.today + timedelta(days=9))  # fmt: skip
            f.make_offer(opening, f.make_worker(f"赵{at}", village=VILLAGE))
            days.append((at, opening.id))
    browser, soonest = browse("cun"), [id for _, id in sorted(days)]
    assert through(browser, "/console/offers?sort=-day") == soonest
    assert through(browser, "/console/offers?sort=day") == soonest[::-1]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"words": "脐橙"}, ["摘脐橙"]),
        ({"words": "兴泉 摘"}, ["摘脐橙"]),
        ({"words": "凯盛"}, ["装机器"]),
        ({"trade": "B03"}, ["砌墙"]),
        ({"place": OTHER_VILLAGE}, ["砌墙", "装机器"]),
        ({"place": FAR_VILLAGE}, ["摘脐橙", "砌墙", "装机器"]),  # not one's own: it narrows nothing
        ({"day": "+20"}, ["装机器"]),
        ({"words": "%"}, []),
        ({"words": "13800007788"}, []),
        ({"words": "王远方"}, []),
    ],
)
def test_an_opening_is_found_by_words_place_trade_and_day_and_by_nothing_the_list_hides(browse, make, asked, found):
    with make() as f:
        rows = [
            f.make_opening(region=VILLAGE, title="摘脐橙", job_type="A04"),
            f.make_opening(region=OTHER_VILLAGE, title="砌墙，打13800007788", job_type="B03"),
            f.make_opening(region=OTHER_VILLAGE, title="装机器", job_type="F01", starts_on=f.today + timedelta(days=18),
                           ends_on=f.today + timedelta(days=25)),
            f.make_opening(region=FAR_VILLAGE, title="摘脐橙"),
        ]  # fmt: skip
        rows[0].employer.name, rows[0].employer.kind = "王远方", "person"
        rows[2].employer.name, rows[2].employer.kind = "凯盛机械公司", "enterprise"
        if "day" in asked:
            asked = {"day": (f.today + timedelta(days=int(asked["day"]))).isoformat()}
        names = {row.id: row.title.partition("，")[0] for row in rows}
    path = f"/console/openings?{urlencode({'status': 'published', **asked})}"
    assert sorted(names[one] for one in through(browse("xian"), path)) == sorted(found)


def test_what_is_rare_is_looked_for_stretch_by_stretch(browse, make, monkeypatch):
    """No page reads more than a stretch of the list; a page with nothing on it says that it goes on."""
    from backend.store.queries import keyset

    monkeypatch.setattr(keyset, "WINDOW", 3)
    with make() as f:
        ids = [f.make_opening(region=VILLAGE, title="挖藕" if at in (1, 7) else "摘茶").id for at in range(9)]
    browser = browse("cun")
    page = browser.visit("/console/openings?status=published&sort=new&words=挖藕")
    assert "往后接着找" in words(page)
    assert through(browser, "/console/openings?status=published&sort=new&words=挖藕") == [ids[7], ids[1]]
    assert through(browser, "/console/openings?status=published&sort=new&words=没有的") == []


def test_employers_are_found_by_a_public_name_or_the_last_four_digits(browse, make):
    with make() as f:
        firm, boss = f.make_opening(region=VILLAGE).employer, f.make_opening(region=VILLAGE).employer
        firm.name, firm.kind, firm.phone = "凯盛机械公司", "enterprise", "+8613800001111"
        boss.name, boss.kind, boss.phone = "王远方", "person", "+8613800002222"
        ids = {"firm": firm.id, "boss": boss.id}
    browser = browse("cun")
    assert through(browser, "/console/employers?words=机械") == [ids["firm"]]
    assert through(browser, "/console/employers?words=2222") == [ids["boss"]]
    assert through(browser, "/console/employers?words=远方") == []
    assert through(browser, "/console/employers?words=3800") == []
    assert through(browser, f"/console/employers?place={FAR_VILLAGE}") == [ids["boss"], ids["firm"]]


def test_offers_and_stations_are_found_alike(browse, make):
    with make() as f:
        for title, village in (("挖藕", VILLAGE), ("摘茶", OTHER_VILLAGE)):
            f.make_offer(f.make_opening(region=village, title=title), f.make_worker("赵一", village=village))
        f.make_station(TOWN, slug="zt", name="中塘零工驿站", kind="station")
    browser = browse("xian")
    assert len(through(browser, "/console/offers")) == 2
    assert len(through(browser, "/console/offers?words=挖藕")) == 1
    assert len(through(browser, f"/console/offers?place={OTHER_VILLAGE}")) == 1
    assert len(through(browser, "/console/stations")) == 2
    assert len(through(browser, "/console/stations?words=中塘")) == 1
    assert through(browser, "/console/stations?words=没有的") == []


def test_the_county_opens_a_station_and_each_place_has_one(browse, make, staff, database, audited):
    sent = {"region_code": VILLAGE, "kind": "station", "name": "兴泉零工驿站", "short_name": "兴泉零工", "address": "",
            "opens_at": "08:00", "closes_at": "17:30", "hotline": "13800005566"}  # fmt: skip
    browser = browse("xian")
    browser.visit("/console/stations")
    wrong = browser.submit("/console/stations", **{**sent, "hotline": "12"})
    assert wrong.status_code == 422
    assert 'value="兴泉零工驿站"' in wrong.text
    assert "电话要写全" in words(wrong)
    made = browser.submit("/console/stations", **sent)
    assert made.status_code == 303
    with database.read() as session:
        station = session.get(Station, int(made.location.rpartition("/")[2]))
        assert (station.name, station.region_code, station.hotline) == ("兴泉零工驿站", VILLAGE, "+8613800005566")
    assert browse().visit(f"/screen/{VILLAGE}").status_code == 200
    assert audited("station_added")
    again = browser.submit("/console/stations", **sent)
    assert again.status_code == 422
    assert "已经有一个了" in words(again)
    far = browser.submit("/console/stations", **{**sent, "region_code": FAR_VILLAGE})
    assert far.status_code == 422
    town = browse("zhen")
    assert "新设一个" not in words(town.visit("/console/stations"))
    assert town.submit("/console/stations", **{**sent, "region_code": OTHER_VILLAGE}).status_code == 403


def station_form(station, **changes):
    return {"version": edit_station.version(station), **edit_station.typed(station), **changes}


def test_a_station_is_edited_with_history_and_two_editors_are_told_apart(browse, make, staff, database):
    with make() as f:
        made = f.make_station(TOWN, slug="zt", name="中塘零工驿站", kind="station")
        elsewhere = f.make_station(FAR_VILLAGE[:6], slug="wn", name="威宁市场")
        ids = made.id, elsewhere.id
    browser = browse("zhen")
    assert "威宁市场" not in browser.visit("/console/stations").text
    assert browser.visit(f"/console/stations/{ids[1]}").status_code == 404
    browser.visit(f"/console/stations/{ids[0]}")
    first = station_form(made, area_sqm="80", windows="2", staff_count="3", has_screen="yes", has_sign="no")
    assert browser.submit(f"/console/stations/{ids[0]}", **first).status_code == 303
    page = browser.visit(f"/console/stations/{ids[0]}")
    assert "面积（平方米） 没有 → 80" in words(page)
    late = browser.submit(f"/console/stations/{ids[0]}", **{**first, "name": "中塘驿站"})
    assert late.status_code == 409
    assert 'value="中塘驿站"' in late.text
    back = re.search(r'action="(/console/stations/\d+/history/\d+)"', page.text).group(1)
    browser.submit(back)
    with database.read() as session:
        assert session.get(Station, ids[0]).area_sqm is None
    assert browse("cun").visit(f"/console/stations/{ids[0]}").status_code == 404


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"opens_at": "19:00"}, "要晚过开门"),
        ({"area_sqm": "很大"}, "写一个数，最多100000。"),
        ({"hotline": "12"}, "电话要写全"),
        ({"name": "站" * 100_000}, "名称要2到40个字。"),
    ],
)
def test_what_a_station_cannot_be_is_told_and_stays_in_the_form(browse, make, staff, changes, told):
    with make() as f:
        made = f.make_station(TOWN, slug="zt", name="中塘零工驿站", kind="station")
    browser = browse("zhen")
    browser.visit(f"/console/stations/{made.id}")
    page = browser.submit(f"/console/stations/{made.id}", **station_form(made, **changes))
    assert page.status_code == 422
    assert told in words(page)
    assert next(iter(changes.values())) in page.text
