"""The ledger of markets and stations in from Excel: one to a place, the town's to change, the county's to open (L03, L05, L21)."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from backend.errors import Forbidden
from backend.services import import_ledger, ledger_history
from backend.services.edit_station import FACTS
from backend.services.write_workbook import write_ledger
from backend.store.models import LedgerChange, LedgerImport, Station
from tests.integration.console.conftest import OTHER_VILLAGE, TOWN, VILLAGE, words
from tests.integration.console.test_ledger_files import data, read, upload
from tests.integration.console.test_ledger_files_employers import with_cell
from tests.integration.services.test_import_ledger import Statements


def book(*rows):
    """A file of stations as it is drawn out, each a dict by column."""
    to = BytesIO()
    write_ledger("stations", rows, to)
    return to.getvalue()


def station(**facts):
    return {"name": "石家零工驿站", "short_name": "石家零工", "kind": "零工驿站", "region_code": "石家社区"} | facts


def drawn(browser):
    return data(browser.submit("/console/ledgers/files/export", kind="stations", reason="check"))


@pytest.fixture
def town(make):
    """The town's station, with what it has written down; the county's market knows nothing of its own."""
    with make() as f:
        f.make_region(OTHER_VILLAGE).name = "石家社区"
        made = f.make_station(
            TOWN, slug="zt", name="中塘零工驿站", short_name="中塘零工", kind="station", address="中塘镇街上", opens_at="08:30",
            hotline="+8610000055001", area_sqm=120, windows=2, has_screen=True, has_sign=False, services=["求职登记"],
        )  # fmt: skip
        return made.id


def facts_of(database):
    with database.read() as session:
        return {
            one.region_code: {name: getattr(one, name) for name in (*FACTS, "services")}
            for one in session.scalars(select(Station))
        }


def store(browser, content):
    address, page = read(browser, content, kind="stations")
    answer = browser.submit(f"{address}/store")
    assert answer.status_code == 303, words(answer)
    return words(page)


def test_what_was_drawn_out_comes_in_as_no_change(browse, town, database):
    browser, before = browse("xian"), facts_of(database)
    assert "要加0 要改0 和库里一样2 不对的行0" in store(browser, drawn(browser))
    assert facts_of(database) == before


@pytest.mark.parametrize(
    ("head", "typed", "name", "becomes"),
    [
        ("名称", "中塘镇零工驿站", "name", "中塘镇零工驿站"), ("短信落款", "中塘驿站", "short_name", "中塘驿站"),
        ("类别", "零工市场", "kind", "market"), ("地址", "老街3号", "address", "老街3号"), ("开门", "9:00", "opens_at", "09:00"),
        ("关门", "20:30", "closes_at", "20:30"), ("电话", "10000055002", "hotline", "+8610000055002"),
        ("面积（平方米）", 80, "area_sqm", 80), ("几个窗口", "3", "windows", 3), ("几个工作人员", 4, "staff_count", 4),
        ("大屏", "否", "has_screen", False), ("标牌", "是", "has_sign", True),
    ],
)  # fmt: skip
def test_a_cell_put_right_in_excel_is_all_that_changes_and_has_its_past(
    browse, town, database, deps, member, audited, head, typed, name, becomes
):
    browser, before = browse("zhen"), facts_of(database)
    assert "要加0 要改1" in store(browser, with_cell(drawn(browser), "中塘零工驿站", head, typed))
    assert facts_of(database)[TOWN] == before[TOWN] | {name: becomes}
    [entry] = audited("imported_station")
    assert (entry.object_id, entry.facts["fields"]) == (str(town), [name])
    with database.read() as session:
        assert [(one.field, one.event_id) for one in session.scalars(select(LedgerChange))] == [(name, entry.id)]
    page = words(browser.visit(f"/console/stations/{town}"))
    assert "从Excel存入" in page and "姓名" not in page
    ledger_history.take_back(deps, member("zhen"), "stations", town, entry.id)
    assert facts_of(database) == before


def test_the_county_opens_what_its_list_has_and_the_line_knows_it_at_once(browse, town, database, audited, deps):
    browser = browse("xian")
    content = book(station(address="石家社区1组", opens_at="8点半", hotline="023-79221234", has_screen="有"))
    page = store(browser, content)
    assert "要加1 要改0" in page and "同意" not in page
    made = facts_of(database)[OTHER_VILLAGE]
    assert (made["opens_at"], made["closes_at"], made["hotline"], made["has_screen"], made["windows"]) == (
        "08:30", "18:00", "+862379221234", True, None,
    )  # fmt: skip
    assert len(audited("station_added")) == 1
    deps.regions.refresh()  # as at the start of every message
    assert deps.regions.station_for(OTHER_VILLAGE)["short_name"] == "石家零工"
    assert "要加0 要改0 和库里一样1" in store(browser, content)


def test_an_empty_cell_leaves_what_is_there(browse, town, database):
    before = facts_of(database)
    store(browse("zhen"), book({"name": "中塘零工驿站", "region_code": "中塘镇"}))
    assert facts_of(database) == before


def test_rows_that_cannot_be_are_told(browse, town, make):
    with make() as f:
        f.make_station(TOWN, slug="zt2", name="中塘零工市场", short_name="中塘市场")
    rows = [
        station(short_name=""), station(region_code="天上"), station(name="站"), station(windows=201),
        station(opens_at="18:00", closes_at="08:00"), station(kind="飞机场"), station(hotline="138"), station(address="长" * 101),
        {"name": "黔江区零工市场", "region_code": "黔江区", "opens_at": "23:00"}, {"name": "没有的", "region_code": "中塘镇"},
        station(region_code="兴泉社区"), station(region_code="兴泉社区"), station(name=""),
    ]  # fmt: skip
    seen = words(read(browse("xian"), book(*rows), kind="stations")[1])
    for reason in (
        "短信落款这一格要填", "没有这个地方", "太短了，最少2个字", "要在0到200之间", "关门要晚过开门", "只能填：零工市场、零工驿站",
        "不是能打通的号码", "太长了，最多100个字", "这个地方有几个，名称都对不上", "和第12行是同一个地方的", "名称这一格要填",
    ):  # fmt: skip
        assert reason in seen, reason
    assert "不对的行12" in seen
    assert seen.count("关门要晚过开门") == 2


def test_an_old_station_is_told_nothing_of_a_cell_it_need_not_fill_in(browse, town, database):
    with database.write() as session:
        session.get_one(Station, town).short_name = "中塘镇零工驿站服务大厅"  # longer than its form takes today
    row = {"name": "中塘零工驿站", "region_code": "中塘镇", "address": "老街3号"}
    seen = words(read(browse("zhen"), book(row), kind="stations")[1])
    assert "这一行不合规矩" in seen and "这一格要填" not in seen


def test_a_county_s_stations_are_stored_in_few_statements(deps, member, database, staff, make):
    places = [f"5001141210{n}" for n in range(10, 99)]
    with make() as f:
        for code in places:
            f.make_region(code).name = f"第{code[-2:]}社区"
    deps.regions.reload()
    rows = [station(name=f"第{code[-2:]}驿站", region_code=f"第{code[-2:]}社区") for code in places]
    number = import_ledger.read(deps, member("xian"), "stations", "a.xlsx", book(*rows))
    with Statements(database) as sent:
        assert import_ledger.store(deps, member("xian"), number).added == len(places)
    # SQLite is in the same process: there each new row is a statement of its own, and none of them a journey.
    assert sent.number < (40 if database.engine.dialect.name == "postgresql" else 220)


def test_a_town_changes_its_own_and_opens_none_and_a_county_none_of_another(browse, town, database):
    opens = words(read(browse("zhen"), book(station(region_code="兴泉社区")), kind="stations")[1])
    assert "新设要区县来办" in opens
    elsewhere = words(
        read(browse("zhen"), book({"name": "黔江区零工市场", "region_code": "黔江区"}), kind="stations")[1]
    )
    assert "没有这个地方" in elsewhere
    far = words(read(browse("weining"), book(station(region_code="中塘镇")), kind="stations")[1])
    assert "没有这个地方" in far
    assert VILLAGE not in facts_of(database)


def test_whoever_may_not_edit_a_station_brings_no_file_of_them(browse, town, deps, member):
    village, content = browse("cun"), book(station())
    assert "ledgers/files?kind" not in village.visit("/console/stations").text
    assert 'value="employers"' in (page := village.visit("/console/ledgers/files").text)
    assert '<option value="stations"' not in page
    assert upload(village, content, kind="stations").status_code == 403
    with pytest.raises(Forbidden):
        import_ledger.read(deps, member("cun"), "stations", "a.xlsx", content)
    assert "/console/ledgers/files?kind=stations" in browse("zhen").visit("/console/stations").text


def test_what_is_opened_in_between_refuses_the_file(browse, town, database, deps, member):
    browser = browse("xian")
    address, _ = read(browser, book(station()), kind="stations")
    assert browser.submit(
        "/console/stations", region_code=OTHER_VILLAGE, kind="station", name="石家驿站", short_name="石家驿站", address="",
        opens_at="08:00", closes_at="18:00", hotline="",
    ).status_code == 303  # fmt: skip
    refused = browser.submit(f"{address}/store")
    assert (refused.status_code, "一行都没有存" in words(refused)) == (409, True)
    assert facts_of(database)[OTHER_VILLAGE]["name"] == "石家驿站"


def test_a_county_s_own_list_is_read_by_its_heads(browse, town, database):
    """名称, 类型, 地点, 开门时间 … stand in many orders, and what the line does not keep is said and left."""
    made = openpyxl.Workbook()
    made.active.append(
        ["编号", "驿站名称", "类型", "地点", "简称", "开门时间", "关门时间", "联系电话", "统一社会信用代码"]
    )
    made.active.append(
        [1, "石家驿站", "驿站", "石家社区", "石家驿站", 0.375, "17:30", 13800001234, "91500114MA5U000000"]
    )
    made.save(to := BytesIO())
    page = store(browse("xian"), to.getvalue())
    assert "要加1" in page and "不认得这一栏" in page
    one = facts_of(database)[OTHER_VILLAGE]
    assert (one["kind"], one["opens_at"], one["closes_at"], one["hotline"]) == (
        "station", "09:00", "17:30", "+8613800001234",
    )  # fmt: skip
    with database.read() as session:
        assert "91500114MA5U000000" not in str([i.problems for i in session.scalars(select(LedgerImport))])
