"""The lists of the ledgers: sorted by their heads, going on after a row, counted to 99+, each within its region (W07, L05, L21)."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

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


@pytest.mark.parametrize("sort", ["number", "new", "waiting", "updated"])
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
        "number": sorted(rows, key=lambda r: r[0]),
        "new": sorted(rows, key=lambda r: -r[0]),
        "waiting": sorted(rows, key=lambda r: (r[1] is None, r[1] or rows[0][2], r[0])),
        "updated": sorted(rows, key=lambda r: (r[2], r[0]), reverse=True),
    }[sort]
    browser = browse("cun")
    assert through(browser, f"/console/workers?sort={sort}") == [row[0] for row in expected]
    assert "99+人" in words(browser.visit("/console/workers"))


@pytest.mark.parametrize("after", ["x", "1~2~3", "~", "9" * 40, "2026-99-99T00:00:00+00:00~1", "unknown~x", "'"])
def test_a_cursor_of_nonsense_begins_at_the_beginning(browse, make, after):
    with make() as f:
        one = f.make_worker("赵一", village=VILLAGE).id
    for sort in ("number", "waiting", "updated"):
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


def station_form(station, **changes):
    from backend.console.stations import as_form

    version = station.updated_at.isoformat() if station.updated_at else ""
    return {"version": version, **as_form(station), **changes}


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
