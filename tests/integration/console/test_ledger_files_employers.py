"""The ledger of employers in from Excel: the same employer is changed and not doubled, by whoever may do so by hand (L03, E02)."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import openpyxl
import pytest
from sqlalchemy import select

from backend.errors import Conflict
from backend.services import employer_ledger, import_ledger, ledger_history
from backend.services.merge_entries import employer_version
from backend.services.people import handset_for
from backend.services.planned_rows import Planned
from backend.services.write_workbook import write_ledger
from backend.store.models import Employer, Handset, HandsetOwner, LedgerChange, LedgerImport, Staff
from tests.integration.console.conftest import FAR_VILLAGE, OTHER_VILLAGE, TOWN, VILLAGE, words
from tests.integration.console.test_ledger_files import data, read, upload
from tests.integration.services.test_import_ledger import Statements

NUMBER = "+8613800009999"


def book(*rows):
    """A file of employers as it is drawn out: (name, kind, number, place)."""
    to = BytesIO()
    keys = ("employer", "employer_kind", "phone", "region_code")
    write_ledger("employers", (dict(zip(keys, row, strict=True)) for row in rows), to)
    return to.getvalue()


def drawn(browser):
    return data(browser.submit("/console/ledgers/files/export", kind="employers", reason="check", full="yes"))


def with_cell(content, name, head, value):
    """The file with one cell of the row of `name` changed, as in Excel."""
    opened = openpyxl.load_workbook(BytesIO(content))
    sheet = opened.worksheets[0]
    column = next(cell.column for cell in sheet[1] if cell.value.rstrip("*") == head)
    row = next(row for row in sheet.iter_rows() if name in [cell.value for cell in row])
    sheet.cell(row[0].row, column).value = value
    to = BytesIO()
    opened.save(to)
    return to.getvalue()


@pytest.fixture
def known(make):
    """Employers by name: an organisation, a person, one without number or place, one of elsewhere that posts here."""
    with make() as f:
        f.make_region(OTHER_VILLAGE).name, f.make_region(FAR_VILLAGE).name = "石家社区", "天桥社区"
        found = [
            f.make_employer("凯盛机械公司", kind="enterprise", phone="+8613800003333", region_code=VILLAGE),
            f.make_employer("田老板", kind="person", phone="+8613800004444", region_code=VILLAGE),
            f.make_employer("兴泉村委会", kind="other", phone=None, region_code=VILLAGE),
            f.make_employer("尾号2222的老板", kind="other", phone="+8613800002222", region_code=VILLAGE),
            f.make_employer("石家合作社", kind="cooperative", phone="+8613800005555", region_code=TOWN),
            f.make_employer("过路工程队", kind="enterprise", phone="+8613800006666", region_code=None),
            f.make_employer("远方建筑公司", kind="enterprise", phone="+8613800007777", region_code=FAR_VILLAGE),
        ]
        f.make_opening(employer=found[5])
        f.make_opening(employer=found[6])
        return {one.name: one.id for one in found}


def all_of(database):
    with database.read() as session:
        return {one.id: (one.name, one.kind, one.phone, one.region_code) for one in session.scalars(select(Employer))}


def store(browser, content):
    address, page = read(browser, content, kind="employers")
    answer = browser.submit(f"{address}/store", signed="yes")
    assert answer.status_code == 303, words(answer)
    return page


def test_what_was_drawn_out_comes_in_as_no_change(browse, known, database):
    browser, before = browse("xian"), all_of(database)
    content = drawn(browser)
    assert "要加0 要改0 和库里一样7 不对的行0" in words(store(browser, content))
    assert all_of(database) == before
    with database.read() as session:
        assert session.scalars(select(LedgerChange)).all() == []


@pytest.mark.parametrize(
    ("name", "head", "typed", "becomes", "field"),
    [
        ("凯盛机械公司", "单位类型", "合作社", ("凯盛机械公司", "cooperative", "+8613800003333", VILLAGE), "kind"),
        ("凯盛机械公司", "联系电话", "138 0000 9999", ("凯盛机械公司", "enterprise", "+8613800009999", VILLAGE), "phone"),
        ("尾号2222的老板", "用工单位", "凯盛机械厂", ("凯盛机械厂", "other", "+8613800002222", VILLAGE), "name"),
        ("田老板", "地方", "中塘镇", ("田老板", "person", "+8613800004444", TOWN), "region_code"),
        ("兴泉村委会", "联系电话", "13800008888", ("兴泉村委会", "other", "+8613800008888", VILLAGE), "phone"),
    ],
)  # fmt: skip
def test_a_cell_put_right_in_excel_is_all_that_changes_and_has_its_past(
    browse, known, database, deps, member, audited, name, head, typed, becomes, field
):
    browser, before = browse("xian"), all_of(database)
    page = words(store(browser, with_cell(drawn(browser), name, head, typed)))
    assert "要加0 要改1 和库里一样6 不对的行0" in page
    assert all_of(database) == before | {known[name]: becomes}
    [entry] = audited("imported_employer")
    assert (entry.object_id, len(entry.facts["fields"])) == (str(known[name]), 1)
    with database.read() as session:
        assert [(one.field, one.event_id) for one in session.scalars(select(LedgerChange))] == [(field, entry.id)]
    seen = words(browser.visit(f"/console/employers/{known[name]}"))
    assert "从Excel存入" in seen
    if field == "name":
        assert "名称 尾" in seen and "姓名" not in seen
    ledger_history.take_back(deps, member("xian"), "employers", known[name], entry.id)
    assert all_of(database) == before


def test_new_employers_are_added_once_agreed_and_known_again(browse, database, audited, staff):
    browser = browse("cun")
    content = book(
        ("兴泉果园", "", "138-0000-1111", "兴泉社区"), ("=cmd|'/C calc'!A0厂", "企业", "13800002222", "兴泉社区")
    )
    address, page = read(browser, content, kind="employers")
    assert "要加2" in words(page)
    refused = browser.submit(f"{address}/store")
    assert (refused.status_code, "单位要先同意登出来" in words(refused)) == (422, True)
    assert all_of(database) == {}
    assert browser.submit(f"{address}/store", signed="yes").status_code == 303
    assert sorted(all_of(database).values()) == [
        ("=cmd|'/C calc'!A0厂", "enterprise", "+8613800002222", VILLAGE),
        ("兴泉果园", "grower", "+8613800001111", VILLAGE),
    ]
    assert {entry.facts["import_id"] for entry in audited("employer_added")} == {int(address.rpartition("/")[2])}
    again = words(store(browser, content))
    assert "要加0 要改0 和库里一样2" in again
    with database.read() as session:
        assert session.get_one(Staff, staff["cun"]).ledger_updated_at is None  # the weekly collection is another


def test_an_empty_cell_leaves_what_is_there(browse, known, database):
    before = all_of(database)
    store(browse("xian"), book(("凯盛机械公司", "", "13800003333", ""), ("兴泉村委会", "", "", "")))
    assert all_of(database) == before


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (("凯盛机械公司", "企业", "13800009999", "兴泉社区"), "这个单位登记的是别的号码，存了就换成表里的"),
        (("凯盛机械厂", "企业", "13800003333", "兴泉社区"), "这个号码还有别的单位在用"),
        (("凯盛机械厂", "企业", "13800002222", "兴泉社区"), "这个号码登记的是别的名称，存了就换成表里的"),
        (("田老板", "个人", "13800009999", "兴泉社区"), "这里有同名的用工方，登记的是别的号码"),
    ],
)
def test_who_may_be_the_same_is_told_and_a_person_is_not_known_by_the_name(browse, known, database, row, told):
    page = words(store(browse("xian"), book(row)))
    assert told in page
    assert len(all_of(database)) == (8 if "还有别的" in told or "同名的" in told else 7)


def test_rows_that_cannot_be_are_told(browse, known, database, make):
    with make() as f:
        for _ in range(2):
            f.make_employer("两家公司", phone="+8613800001111", region_code=VILLAGE)
        f.session.get(Employer, known["尾号2222的老板"]).verified_at = f.now
    rows = [
        ("新来的公司", "", "", "兴泉社区"), ("新来的公司", "", "13800001000", ""), ("王**", "", "13800001001", "兴泉社区"),
        ("老厂", "飞机厂", "13800001002", "兴泉社区"), ("老店", "", "138", "兴泉社区"), ("厂", "", "13800001003", "兴泉社区"),
        ("两家公司", "企业", "13800001111", "兴泉社区"), ("改名合作社", "", "13800002222", "中塘镇"),
        ("凯盛机械公司", "", "13800004444", "兴泉社区"), ("双双公司", "", "13800001004", "兴泉社区"),
        ("双双公司", "", "13800001004", "兴泉社区"), ("没地方公司", "", "13800001005", "天上"),
    ]  # fmt: skip
    _, page = read(browse("xian"), book(*rows), kind="employers")
    seen = words(page)
    for reason in (
        "这个单位是第一次登记，要填电话", "这一格要填", "名称是遮住的", "只能填：企业、", "不是能打通的号码", "太短了，最少2个字",
        "库里有几个单位都像这一个", "名称不能用表改", "名称对上一个单位，电话对上另一个", "和第11行是同一个单位", "和第12行是同一个单位", "没有这个地方",
    ):  # fmt: skip
        assert reason in seen, reason
    assert "不对的行12" in seen


def test_nobody_is_placed_in_or_taken_from_another_region(browse, known, make):
    """A file says nothing of whose number it is that stands elsewhere, whether the name was right or not."""
    county, village = browse("xian"), browse("cun")

    def told(browser, *rows):
        return words(read(browser, book(*rows), kind="employers")[1])

    assert "没有这个地方" in told(county, ("新来的公司", "", "13800001000", "天桥社区"))
    assert "没有这个地方" in told(county, ("凯盛机械公司", "", "13800003333", "天桥社区"))
    with make() as f:
        f.make_employer("更远的公司", phone="+8613800001001", region_code=FAR_VILLAGE)
    far = [
        ("远方建筑公司", "合作社", "13800007777", ""),
        ("别的公司", "", "13800007777", "兴泉社区"),
        ("更远的公司", "", "13800001001", ""),
    ]
    assert told(county, *far).count("这个号码登记在别的地方") == 3
    assert "这个号码登记在别的地方" in told(village, ("石家合作社", "企业", "13800005555", ""))  # the town's
    assert "没有这个地方" in told(village, ("新来的公司", "", "13800001000", "石家社区"))


def test_a_masked_file_does_not_come_back_in(browse, known):
    browser = browse("xian")
    masked = data(browser.submit("/console/ledgers/files/export", kind="employers", reason="check"))
    assert "名称是遮住的" in words(read(browser, masked, kind="employers")[1])


def test_a_changed_library_refuses_the_whole_file(browse, known, database):
    browser = browse("xian")
    content = book(("凯盛机械公司", "合作社", "13800003333", ""), ("新来的公司", "", "13800001000", "兴泉社区"))
    address, _ = read(browser, content, kind="employers")
    with database.write() as session:
        session.get(Employer, known["凯盛机械公司"]).kind = "grower"
    refused = browser.submit(f"{address}/store", signed="yes")
    assert (refused.status_code, "一行都没有存" in words(refused)) == (409, True)
    assert len(all_of(database)) == 7


@pytest.fixture
def silent(make, clock):
    """A handset nothing was heard from for 200 days, and the worker who had it."""
    with make() as f:
        worker = f.make_worker("王小云", number=NUMBER)
        handset = f.session.scalars(select(Handset).where(Handset.number == NUMBER)).one()
        handset.first_seen_at = handset.last_seen_at = clock() - timedelta(days=200)
        return worker.person_id


ADDED = ("新来的公司", "", "13800009999", "兴泉社区")
CHANGED = ("凯盛机械公司", "", "13800009999", "兴泉社区")


@pytest.mark.parametrize("row", [ADDED, CHANGED])
def test_t4_a_number_from_a_file_is_not_heard_from(browse, known, database, make, clock, silent, row):
    if row is ADDED:
        with make() as f:
            f.make_employer("老公司", phone=NUMBER, region_code=VILLAGE)
    store(browse("xian"), book(row))
    with database.read() as session:
        handset = session.scalars(select(Handset).where(Handset.number == NUMBER)).one()
        assert (handset.last_seen_at, handset.locked_at) == (clock() - timedelta(days=200), None)
        assert session.scalars(select(HandsetOwner.until).where(HandsetOwner.person_id == silent)).all() == [None]
        who = set(session.scalars(select(Employer.name).where(Employer.phone == NUMBER)))
    assert who == ({"老公司", "新来的公司"} if row is ADDED else {"凯盛机械公司"})


@pytest.mark.parametrize("row", [ADDED, CHANGED])
@pytest.mark.parametrize(("later", "keeps"), [(timedelta(days=89), True), (timedelta(days=91), False)])
def test_t4_who_was_listed_lately_keeps_his_number_when_it_first_speaks(
    browse, known, database, deps, clock, silent, row, later, keeps
):
    with database.write() as session:
        for employer in session.scalars(select(Employer)):
            employer.created_at = clock() - timedelta(days=400)
    store(browse("xian"), book(row))
    clock.advance(days=later.days)
    with database.write() as session:
        handset_for(session, deps, NUMBER, clock())
    with database.read() as session:
        assert (session.scalar(select(Employer.name).where(Employer.phone == NUMBER)) == row[0]) is keeps


def test_t4_a_number_taken_back_was_not_told(browse, known, database, deps, clock, member, audited, silent):
    with database.write() as session:
        session.get_one(Employer, known["凯盛机械公司"]).created_at = clock() - timedelta(days=400)
        session.get_one(Employer, known["凯盛机械公司"]).phone = NUMBER
    store(browse("xian"), book(("凯盛机械公司", "", "13800008888", "兴泉社区")))
    [entry] = audited("imported_employer")
    ledger_history.take_back(deps, member("xian"), "employers", known["凯盛机械公司"], entry.id)
    with database.write() as session:
        handset_for(session, deps, NUMBER, clock())
        assert session.get_one(Employer, known["凯盛机械公司"]).phone is None


def test_nothing_is_written_before_every_row_is_seen_to_stand(deps, staff, known, database):
    """What one row writes is no reason to take the next for changed by somebody else."""
    with database.read() as session:
        first, second = (session.get_one(Employer, known[name]) for name in ("凯盛机械公司", "田老板"))
        rows = [
            Planned(2, "change", {"employer": "凯盛机械公司", "employer_kind": "cooperative"}, first.id, employer_version(first)),
            Planned(3, "change", {"employer": "田老板", "employer_kind": "other"}, second.id, "another"),
        ]  # fmt: skip
    with database.write() as session:
        with pytest.raises(Conflict):
            employer_ledger.store(session, deps.clock(), "staff:1", rows, 1)
        assert not session.dirty


def test_the_page_of_employers_leads_in_and_who_only_looks_stays_out(browse, known):
    browser = browse("cun")
    assert "/console/ledgers/files?kind=employers" in browser.visit("/console/employers").text
    assert '<option value="employers" selected' in browser.visit("/console/ledgers/files?kind=employers").text
    empty = data(browser.client.get("/console/ledgers/files/empty/employers"))
    heads = [cell.value for cell in openpyxl.load_workbook(BytesIO(empty)).worksheets[0][1]]
    assert heads[:5] == ["序号", "用工单位*", "单位类型", "联系电话", "地方"]
    city = browse("shi")
    assert "ledgers/files?kind" not in city.visit("/console/employers").text
    assert upload(city, book(("新来的公司", "", "13800001000", "兴泉社区")), kind="employers").status_code == 403


def test_a_thousand_employers_are_planned_in_few_statements(deps, member, database, staff):
    content = book(*((f"第{n}家公司", "", f"138{n:08}", "兴泉社区") for n in range(1_000)))
    with Statements(database) as sent:
        number = import_ledger.read(deps, member("xian"), "employers", "a.xlsx", content)
    assert sent.number < 40
    with Statements(database) as sent:
        assert import_ledger.store(deps, member("xian"), number).added == 1_000
    # SQLite is in the same process: there each new row is a statement of its own, and none of them a journey.
    assert sent.number < (60 if database.engine.dialect.name == "postgresql" else 2_100)
    with database.read() as session:
        assert session.get_one(LedgerImport, number).rows == []
