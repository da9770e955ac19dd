"""A ledger in an Excel file is found wherever it stands, and what cannot be read safely is refused (L03)."""

from __future__ import annotations

import zipfile
from io import BytesIO

import openpyxl
import pytest

from backend.services.read_workbook import MOST_ROWS, UnreadableFile, read_ledger
from backend.services.write_workbook import write_bad_rows, write_ledger


def saved(book):
    to = BytesIO()
    book.save(to)
    return to.getvalue()


def sheet_of(*rows, merges=(), title="Sheet"):
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = title
    for row in rows:
        sheet.append(list(row))
    for merge in merges:
        sheet.merge_cells(merge)
    return saved(book)


GOOD = ("王小云", "13800001111", "兴泉社区")


@pytest.mark.parametrize(
    "heads",
    [
        ("姓名", "联系电话", "村（社区）"), ("姓 名*", "手机\n（必填）", "所在村："), ("劳动力姓名", "电话号码", "村居"), ("【姓名】", "手机号码", "村"),
        ("　姓名　", "联 系 方 式", "户籍地"),
    ],
)  # fmt: skip
def test_columns_are_known_by_their_other_names(heads):
    [row] = read_ledger(sheet_of(heads, GOOD), "workers").rows
    assert (row.values["name"], row.values["phone"], row.values["village"]) == GOOD


def test_the_ledger_is_found_on_any_sheet_below_any_title_in_any_order():
    book = openpyxl.Workbook()
    book.active.append(["说明", "先看这里"])
    sheet = book.create_sheet("第二张")
    sheet.append(["兴泉社区劳动力信息台账"])
    sheet.append([])
    sheet.append(["填表人：冉建国"])
    sheet.append(["村", "备注", "联系电话", "姓名"])
    sheet.append(["兴泉社区", "勤快", "13800001111", "王小云"])
    found = read_ledger(saved(book), "workers")
    assert found.sheet == "第二张"
    assert found.unknown == ["备注"]
    assert [(row.number, row.values["name"]) for row in found.rows] == [(5, "王小云")]


def test_heads_of_two_rows_are_read_together():
    content = sheet_of(
        ("用工单位", "联系电话", "所需工种", "需要人数", "务工地点", "务工时段", None, "务工待遇"),
        (None, None, None, None, None, "起", "止", None),
        ("兴泉果园", "13800001111", "摘水果", 3, "兴泉社区", "2026-12-01", "2026-12-05", "120/天"),
        merges=("F1:G1", "A1:A2", "B1:B2", "C1:C2", "D1:D2", "E1:E2", "H1:H2"),
    )
    found = read_ledger(content, "openings")
    assert found.missing == []
    [row] = found.rows
    assert (row.number, row.values["starts_on"], row.values["ends_on"]) == (3, "2026-12-01", "2026-12-05")


def test_merged_rows_are_told_and_a_merged_title_is_not():
    content = sheet_of(
        ("台账",), ("姓名", "联系电话", "村"), GOOD, ("李四", "13800002222", "兴泉社区"), ("王五", "13800003333", None),
        merges=("A1:C1", "C4:C5"),
    )  # fmt: skip
    first, second, third = read_ledger(content, "workers").rows
    assert first.problems == []
    assert [row.problems[0].reason for row in (second, third)] == ["C4:C5是合并的单元格。请拆开，每一行都填"] * 2


def test_a_formula_is_told_by_its_cell_and_never_reckoned():
    content = sheet_of(
        ("姓名", "联系电话", "村", "序号"),
        ("王小云", "=A1", "兴泉社区", "=ROW()"),
        ("李四", "13800002222", "=#REF!", 2),
    )
    first, second = read_ledger(content, "workers").rows
    assert [problem.reason for problem in first.problems] == ["B2是公式，请粘成数值"]
    assert second.problems[0].reason.startswith("C3是")


def test_missing_columns_are_named():
    found = read_ledger(sheet_of(("姓名", "性别", "期望工价"), ("王小云", "女", "120/天")), "workers")
    assert found.missing == ["村（社区）", "联系电话"]


def test_another_ledger_or_none_is_said_in_plain_words():
    with pytest.raises(UnreadableFile, match="没有找到单位岗位需求台账的表头"):
        read_ledger(sheet_of(("日期", "天气"), ("周一", "晴")), "openings")


def test_identity_numbers_are_not_read():
    content = sheet_of(
        ("姓名", "联系电话", "村", "身份证号", "备注"), (*GOOD, "500114197001010027", "证500114197001010027号")
    )
    found = read_ledger(content, "workers")
    assert found.ignored == ["身份证号"]
    assert "500114197001010027" not in str(found)


def long_sheet(count, cells=GOOD):
    """A sheet of `count` rows below its heads, written by hand: openpyxl would take as long as the test's readers."""
    column = "ABC"

    def row(number, texts):
        told = "".join(
            f'<c r="{column[at]}{number}" t="inlineStr"><is><t>{text}</t></is></c>' for at, text in enumerate(texts)
        )
        return f'<row r="{number}">{told}</row>'

    rows = row(1, ("姓名", "联系电话", "村")) + "".join(row(number, cells) for number in range(2, count + 2))
    to = BytesIO()
    with zipfile.ZipFile(BytesIO(sheet_of(GOOD))) as plain, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as made:
        for part in plain.namelist():
            content = plain.read(part)
            if part == "xl/worksheets/sheet1.xml":
                content = (
                    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
                    f"{rows}</sheetData></worksheet>"
                ).encode()
            made.writestr(part, content)
    return to.getvalue()


def test_a_hundred_thousand_rows_are_refused_without_reading_them_all():
    content = long_sheet(100_000)
    assert len(content) < 5 * 1024 * 1024
    with pytest.raises(UnreadableFile, match="一次最多存5000行"):
        read_ledger(content, "workers")


def test_as_many_rows_as_are_allowed_are_read():
    assert len(read_ledger(long_sheet(MOST_ROWS), "workers").rows) == MOST_ROWS


def test_a_sheet_that_is_empty_all_the_way_down_is_refused():
    with pytest.raises(UnreadableFile, match="空行太多"):
        read_ledger(long_sheet(25_000, cells=("",)), "workers")


def packed(parts):
    to = BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return to.getvalue()


def test_a_file_that_swells_is_refused_before_it_is_unpacked():
    bomb = packed(
        {
            "[Content_Types].xml": "<x/>",
            "xl/workbook.xml": "<x/>",
            "xl/worksheets/sheet1.xml": b"0" * (70 * 1024 * 1024),
        }
    )
    assert len(bomb) < 1024 * 1024
    with pytest.raises(UnreadableFile, match="展开后太大"):
        read_ledger(bomb, "workers")


def test_document_types_macros_and_other_packages_are_refused():
    entities = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><workbook>&b;</workbook>'
    with pytest.raises(UnreadableFile):
        read_ledger(packed({"[Content_Types].xml": "<x/>", "xl/workbook.xml": entities}), "workers")
    with pytest.raises(UnreadableFile, match="带宏"):
        read_ledger(
            packed({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>", "xl/vbaProject.bin": "x"}), "workers"
        )
    with pytest.raises(UnreadableFile, match="不是Excel表"):
        read_ledger(
            packed({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "<x/>"}), "workers"
        )
    with pytest.raises(UnreadableFile, match="打不开"):
        read_ledger(packed({"[Content_Types].xml": "<x/>", "xl/workbook.xml": "<x/>"}), "workers")


def test_what_is_written_is_read_again_by_its_own_heads():
    to = BytesIO()
    rows = [{"row": 1, "name": "王小云", "phone": "13800001111", "village": "中塘镇兴泉社区"}]
    assert write_ledger("workers", rows, to, told=["一句话"]) == 1
    found = read_ledger(to.getvalue(), "workers")
    assert (found.missing, found.unknown) == ([], [])
    assert found.rows[0].values["phone"] == "13800001111"


def test_bad_rows_go_back_as_words_and_come_in_again():
    to = BytesIO()
    write_bad_rows(
        "workers", ["姓名", "联系电话", "村"], [(["王小云", "=B1", "兴泉社区"], "第2行 联系电话：是公式")], to
    )
    [row] = read_ledger(to.getvalue(), "workers").rows
    assert row.values["phone"] == "'=B1"
