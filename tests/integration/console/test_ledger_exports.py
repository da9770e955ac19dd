"""The ledgers that are only drawn out, each on its own page: own region, hidden unless asked for, in the trail (L03, T12)."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from backend.store.models import Case, Hardship, Household
from tests.integration.console.conftest import FAR_VILLAGE, TOWN, VILLAGE, words

PAGES = {
    "workers": "workers",
    "openings": "openings?status=published",
    "employers": "employers",
    "households": "households",
    "offers": "offers",
    "cases": "cases",
    "stations": "stations",
}


@pytest.fixture
def county(make):
    with make() as f:
        for village, sign in ((VILLAGE, "近"), (FAR_VILLAGE, "远")):
            worker = f.make_worker(f"{sign}小云", village=village)
            home = f._add(Household(village_code=village, created_at=f.now))
            worker.person.household_id = home.id
            f._add(Hardship(worker_id=worker.id, code="G03", claimed_at=f.now, verified_at=f.now))
            opening = f.make_opening(region=village, title=f"{sign}处的活")
            opening.employer.name, opening.employer.kind = f"{sign}凯盛机械公司", "enterprise"
            opening.employer.region_code = village
            f.make_offer(opening, worker)
            f._add(Case(kind="wage_arrears", priority=1, summary=f"{sign}老板不给钱", details={}, region_code=village,
                        opened_at=f.now, due_at=f.now))  # fmt: skip
        f.make_station(TOWN, slug="zt", name="近处驿站", kind="station", hotline="+8613800005566")
        f.make_station(FAR_VILLAGE, slug="wn", name="远处驿站", kind="station")


def drawn(browser, kind, **more):
    answer = browser.submit("/console/ledgers/files/export", kind=kind, reason="report", **more)
    assert answer.status_code == 200, words(answer)
    with answer:
        sheet = openpyxl.load_workbook(BytesIO(answer.data)).worksheets[0]
    return [[str(cell.value) for cell in row if cell.value is not None] for row in sheet.iter_rows()]


def test_each_ledger_is_drawn_out_from_its_own_page(browse, county):
    browser = browse("xian")
    for kind, page in PAGES.items():
        assert f'name="kind" value="{kind}"' in browser.visit(f"/console/{page}").text, page
        rows = drawn(browser, kind)
        told = "".join("".join(row) for row in rows)
        assert len(rows) >= 2, kind
        assert "远" not in told, kind


@pytest.mark.parametrize("kind", ["households", "offers"])
def test_names_and_need_are_hidden_unless_they_are_asked_for(browse, county, audited, kind):
    browser = browse("zhen")
    browser.visit(f"/console/{kind}")
    masked, full = drawn(browser, kind), drawn(browser, kind, full="yes")
    assert "近**" in masked[1]
    assert "近小云" not in masked[1]
    assert "近小云" in full[1]
    if kind == "households":
        assert ("是" in full[1][-1], "是" in masked[1][-1]) == (True, False)
    assert [(one.facts["kind"], one.facts["full"]) for one in audited("exported_ledger")] == [
        (kind, False),
        (kind, True),
    ]


def test_of_a_case_is_told_what_sort_it_is_and_not_what_was_said(browse, county):
    browser = browse("xian")
    browser.visit("/console/cases")
    [heads, row] = drawn(browser, "cases", full="yes")
    assert "欠工钱" in row
    assert "还没办" in row
    assert not any("老板" in cell for cell in row)
    assert "哪一类" in heads


def test_who_has_no_say_over_need_does_not_read_who_was_given_a_post_of_need(browse, make, county):
    with make() as f:
        post = f.make_opening(region=VILLAGE, title="扫地的岗", source_kind="policy")
        f.make_offer(post, f.make_worker("赵一", village=VILLAGE), "accepted")
    assert "扫地的岗" in words(browse("xian").visit("/console/offers"))
    assert "扫地的岗" not in words(browse("shi").visit("/console/offers"))


def test_whoever_may_not_export_is_shown_no_way_and_has_none(browse, county):
    browser = browse("shi")
    assert 'name="kind" value="employers"' not in browser.visit("/console/employers").text
    answer = browser.submit("/console/ledgers/files/export", kind="employers", reason="report")
    assert answer.status_code == 403
