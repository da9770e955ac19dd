"""The separate ledger and talks with employers (H01 H03 H04 H05)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest

from backend.store.models import Hardship, Offer, Opening, Talk, TalkPerson, Visit
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, VILLAGE, words


@pytest.fixture
def worker(make):
    def plant(name, label="", *, verified=True, **more):
        with make() as f:
            made = f.make_worker(name, village=more.pop("village", VILLAGE), **more)
            if label:
                f._add(
                    Hardship(worker_id=made.id, code=label, claimed_at=f.now, verified_at=f.now if verified else None)
                )
            return made.id

    return plant


def open_tabs(browser, *tabs):
    """Say why one reads who stands in these tabs: being there tells what the card hides (T12)."""
    for tab in tabs:
        browser.visit(f"/console/ledgers/priority?tab={tab}")
        answer = browser.submit("/console/ledgers/priority/open", tab=tab, reason="check_record")
        assert answer.status_code == 303
    return browser


def test_only_verified_labels_stand_in_the_separate_ledger_the_longest_waiting_first(browse, worker, clock):
    long, short = clock() - timedelta(days=200), clock() - timedelta(days=5)
    worker("甲一", "G04", waiting_since=short)
    worker("乙一", "G04", waiting_since=long)
    worker("丙一", "G04", verified=False, waiting_since=long)
    worker("丁一", "G03")
    worker("戊一", birth_year=1960)
    worker("己一", "G08")
    browser = open_tabs(browse("cun"), "disabled", "low_income", "others")
    disabled = words(browser.visit("/console/ledgers/priority?tab=disabled"))
    assert disabled.index("乙*") < disabled.index("甲*")
    assert "丙*" not in disabled
    assert "丁*" in words(browser.visit("/console/ledgers/priority?tab=low_income"))
    assert "戊*" in words(browser.visit("/console/ledgers/priority?tab=older"))
    assert "己*" in words(browser.visit("/console/ledgers/priority?tab=others"))
    waiting = words(browser.visit("/console/ledgers/priority"))
    assert "乙*" in waiting
    assert "丙*" in waiting
    assert "甲*" not in waiting


def test_it_shows_officer_last_contact_and_the_visit_that_is_due(browse, worker, make, staff, clock):
    who = worker("甲一", "G04", officer_id=staff["cun"])
    with make() as f:
        f._add(Visit(worker_id=who, staff_id=staff["cun"], kind="home", at=f.now - timedelta(days=3), next_on=f.today))
    clock.advance(days=1)
    seen = words(open_tabs(browse("cun"), "disabled").visit("/console/ledgers/priority?tab=disabled"))
    assert "6月10日 周三该走访" in seen
    assert "帮扶人：冉村官" in seen
    assert "最近联系：昨天" in seen


def test_the_separate_ledger_is_drawn_out_with_its_own_columns(browse, worker, clock):
    worker("甲一", "G04", number="+8613800001111", waiting_since=clock() - timedelta(days=100))
    worker("乙一", "G03")
    sent = browse("cun").submit(
        "/console/ledgers/files/export", kind="priority", reason="report", tab="disabled", full="yes"
    )
    with sent:
        sheet = openpyxl.load_workbook(BytesIO(sent.data)).worksheets[0]
    rows = list(sheet.iter_rows(values_only=True))
    row = dict(zip(rows[0], rows[1], strict=True))
    assert (row["姓名"], row["没活多少天"], row["联系电话"]) == ("甲一", 100, "13800001111")
    assert len(rows) == 2


@pytest.fixture
def opening(make):
    with make() as f:
        return f.make_opening(region=VILLAGE, headcount=1).id


def a_talk(browser, opening, kind="one_to_many", held_on="2026-06-10"):
    answer = browser.submit(
        "/console/talks", kind=kind, held_on=held_on, note="在村委会谈", **{"with": f"opening:{opening}"}
    )
    assert answer.status_code == 303
    return answer.headers["Location"]


def test_a_talk_is_written_down_people_join_and_hiring_takes_the_place(
    browse, worker, opening, database, outgoing, audited
):
    first, second = worker("甲一"), worker("乙一")
    browser = browse("cun")
    talk = a_talk(browser, opening)
    for who in (first, second, first):
        assert browser.submit(f"{talk}/add", worker=str(who)).status_code == 303
    assert browser.submit(f"{talk}/outcome", worker=str(first), outcome="hired").status_code == 303
    assert browser.submit(f"{talk}/outcome", worker=str(first), outcome="hired").status_code == 303
    with database.read() as session:
        offer = session.query(Offer).one()
        assert (offer.worker_id, offer.status, offer.channel) == (first, "accepted", "staff")
        assert session.get(Opening, opening).filled == 1
    # Both sides hear of it.
    assert len(outgoing()) == 2
    full = browser.submit(f"{talk}/outcome", worker=str(second), outcome="hired")
    assert full.status_code == 409
    assert "招满了" in words(full)
    with database.read() as session:
        assert session.get(TalkPerson, (int(talk.rsplit("/", 1)[1]), second)).outcome is None
    browser.submit(f"{talk}/outcome", worker=str(second), outcome="refused")
    assert "来谈2人，谈成1人" in words(browser.visit("/console/talks"))
    assert "在村委会谈" in words(browser.visit(talk))


def test_a_talk_one_to_one_is_with_one(browse, worker, opening):
    browser = browse("cun")
    talk = a_talk(browser, opening, kind="one_to_one")
    browser.submit(f"{talk}/add", worker=str(worker("甲一")))
    refused = browser.submit(f"{talk}/add", worker=str(worker("乙一")))
    assert refused.status_code == 409
    assert "只能有一个人" in words(refused)


def test_people_and_openings_of_elsewhere_come_into_no_talk(browse, worker, opening, make, database):
    with make() as f:
        far = f.make_opening(region=FAR_VILLAGE).id
    browser = browse("cun")
    for wrong in (f"opening:{far}", "opening:999", "employer:999", "x", ""):
        answer = browser.submit("/console/talks", kind="one_to_one", held_on="2026-06-10", note="", **{"with": wrong})
        assert answer.status_code == 422, wrong
    talk = a_talk(browser, opening)
    refused = browser.submit(f"{talk}/add", worker=str(worker("外一", village=OTHER_VILLAGE)))
    assert refused.status_code == 422
    assert "没有这个台账号" in words(refused)
    with database.read() as session:
        assert session.query(Talk).count() == 1
        assert session.query(TalkPerson).count() == 0
    assert browse("weining").visit(talk).status_code == 404


@pytest.mark.parametrize(
    ("field", "value"), [("kind", "party"), ("held_on", "x"), ("held_on", "1999-01-01"), ("note", "长" * 301)]
)
def test_a_talk_that_cannot_be_is_not_written_down(browse, opening, field, value, database):
    given = {"kind": "one_to_one", "held_on": "2026-06-10", "note": "", "with": f"opening:{opening}", field: value}
    assert browse("cun").submit("/console/talks", **given).status_code == 422
    with database.read() as session:
        assert session.query(Talk).count() == 0
