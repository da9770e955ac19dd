"""What a ledger file may leave behind in the database, and what it may not (L03, PIPL 6)."""

from __future__ import annotations

import ast
import inspect
from datetime import timedelta

from sqlalchemy import select

from backend.console import ledger_reasons
from backend.domain import ledger_cells, ledger_days, ledgers
from backend.services import (
    import_ledger,
    import_notices,
    plan_employers,
    plan_import,
    plan_stations,
    read_workbook,
    workbook_check,
)
from backend.store.models import Employer, HandsetOwner, LedgerImport, Opening, Staff, Worker
from tests.integration.console.conftest import words
from tests.integration.console.test_ledger_files import book, data, person, read, upload

HEADS = ["用工单位", "联系电话", "所需工种", "需要人数", "务工地点", "开始日期", "结束日期", "务工待遇", "务工要求", "居民身份证", "经办人"]  # fmt: skip


def opening(**changes):
    good = dict(zip(HEADS, ["兴泉果园", "13800003333", "摘水果", 5, "兴泉社区", "2026-06-20", "2026-06-25", "120/天", "", "", ""], strict=True))  # fmt: skip
    return list((good | changes).values())


def kept(database):
    with database.read() as session:
        found = session.scalars(select(LedgerImport)).one()
        return str([found.rows, found.problems, found.file_name])


def test_identity_and_card_numbers_are_kept_nowhere_whatever_column_they_stand_in(browse, database):
    browser = browse("cun")
    rows = [
        opening(用工单位="张三500114197001010027"),
        opening(务工要求="打到6222 0212 3456 7890 123上"),
        opening(居民身份证=500114197001010027.0, 需要人数=0),
        opening(居民身份证="500114 19700101 0027", 需要人数=0, 经办人="田大山"),
    ]
    address, page = read(browser, book(rows, HEADS), kind="openings", name="张三500114 19700101 0027.xlsx")
    assert "里面有证件号或者银行卡号" in words(page)
    stored = kept(database)
    for sign in ("19700101", "3456", "5.001", "田大山"):
        assert sign not in stored
    drawn = data(browser.client.get(f"{address}/bad-rows"))
    assert b"PK" in drawn[:4]


def test_a_file_name_with_signs_no_database_keeps_is_read_all_the_same(browse, database):
    read(browse("cun"), book([person(1)]), name="台\x00账.xlsx")
    with database.read() as session:
        assert session.scalars(select(LedgerImport)).one().file_name == "台\ufffd账.xlsx"


def test_p01_a_row_collected_again_holds_though_nothing_in_it_is_new(browse, database, make, clock):
    long_ago = clock() - timedelta(days=40)
    with make() as f:
        f.make_worker(
            "王小云", number="+8613800001111", job_types=["A04"], gender="female", birth_year=1970, pay_min_fen=12_000, pay_max_fen=12_000,
            pay_unit="day", confirmed_at=long_ago, asked_current_at=long_ago, asked_in_vain=2,
        )  # fmt: skip
    browser = browse("cun")
    address, page = read(browser, book([person(1)]))
    assert "和库里一样1" in words(page)
    assert browser.submit(f"{address}/store", given_by="self", signed="yes").status_code == 303
    with database.read() as session:
        worker = session.scalars(select(Worker)).one()
        assert (worker.confirmed_at, worker.asked_in_vain) == (clock(), 0)


def test_t15_whoever_had_herself_erased_is_not_brought_back_unasked(browse, make, clock):
    with make() as f:
        gone = f.make_worker("王小云", number="+8613800001111")
        gone.status, gone.person.name, gone.person.village_code, gone.person.erased_at = "erased", None, None, clock()
        f.session.scalars(select(HandsetOwner)).one().until = clock()
    _, page = read(browse("cun"), book([person(1)]))
    assert "这个号码的人要求删除过，请问过本人同意再存" in words(page)
    assert "要加1" in words(page)


def test_somebody_of_the_same_name_on_another_number_is_told(browse, make):
    with make() as f:
        f.make_worker("王小云", number="+8613800009999", birth_year=1970)
        f.make_worker("赵大海", number="+8613800009998", birth_year=1950)
    rows = [person(1), person(2, "赵大海", "13800002222"), person(3, "李四", "13800003333")]
    _, page = read(browse("cun"), book(rows))
    assert words(page).count("村里有同名的人，登记的是别的号码") == 1
    assert "要加3" in words(page)


def test_openings_of_every_shape_come_in_again_as_no_change(browse, make, clock):
    """By the kilogram, with an upper wage alone, of an employer without a number, with long requirements (L03)."""
    with make() as f:
        village = f.make_employer("兴泉村委会", phone=None)
        orchard = f.make_employer("兴泉果园", phone="+8613800003333")
        f.make_opening(employer=orchard, title="摘李子", pay_min_fen=160, pay_max_fen=160, pay_unit="kg")
        f.make_opening(employer=orchard, title="选果", pay_min_fen=None, pay_max_fen=20_000, pay_unit="day")
        f.make_opening(employer=village, title="修路" * 50, requirements="能吃苦，" * 50, place="小地名" * 50)
    browser = browse("cun")
    drawn = browser.submit("/console/ledgers/files/export", kind="openings", reason="report", full="yes")
    _, page = read(browser, data(drawn), kind="openings")
    assert "要加0 要改0 和库里一样3 不对的行0" in words(page)


def test_an_employer_nobody_knows_needs_a_number_and_one_of_the_county_does_not(browse, make, database):
    with make() as f:
        f.make_employer("兴泉村委会", phone=None, region_code="500114121002")
    browser = browse("cun")
    _, page = read(browser, book([opening(用工单位="石家村委会", 联系电话="")], HEADS), kind="openings")
    assert "这个单位是第一次登记，要填电话" in words(page)
    address, page = read(browser, book([opening(用工单位="兴泉村委会", 联系电话="")], HEADS), kind="openings")
    assert "要加1" in words(page)
    assert browser.submit(f"{address}/store", signed="yes").status_code == 303
    with database.read() as session:
        assert session.scalars(select(Opening)).one().employer.name == "兴泉村委会"
        assert len(session.scalars(select(Employer)).all()) == 1


def sentences():
    """Every sentence the readers of files say of a cell, a row or a file, as it stands in the code; what is filled in as X."""
    found = set()
    for module in (
        ledger_cells,
        ledger_days,
        ledgers,
        read_workbook,
        workbook_check,
        plan_employers,
        plan_import,
        plan_stations,
        import_ledger,
        import_notices,
    ):
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("BadCell", "UnreadableFile", "Problem"):
                given = node.args[2] if node.func.id == "Problem" and len(node.args) > 2 else node.args[0]
                if isinstance(given, ast.Constant):
                    found.add(given.value)
                elif isinstance(given, ast.JoinedStr):
                    names = {"TOO_LONG": workbook_check.TOO_LONG}
                    found.add("".join(part.value if isinstance(part, ast.Constant) else names.get(ast.unparse(part.value), "X") for part in given.values))  # fmt: skip
    return found


def test_every_sentence_of_the_readers_is_known_by_its_form():
    forms = [form for form, _ in ledger_reasons._FORMS]
    told = {
        each for each in sentences() if each.strip("X") and "NOT_EXCEL" not in each and not each.startswith("这是网页")
    }
    assert len(told) > 40
    assert [each for each in told if not any(form.fullmatch(each + tail) for form in forms for tail in ("", "X"))] == []


def test_an_english_reader_is_told_in_english(browse, database):
    with database.write() as session:
        session.scalars(select(Staff).where(Staff.login == "cun")).one().language = "en"
    browser = browse("cun")
    _, page = read(browser, book([person(1, phone="1380000", pay="面"), person(2, village="无名村")]))
    seen = words(page)
    for sentence in (
        "Not a number that can be rung",
        "Pay not understood",
        "No such place in your region",
        "neither read nor kept",
    ):
        assert sentence in seen
    assert "不是能打通" not in seen
    assert "This is no Excel file" in words(upload(browser, b"hello"))
