"""A small file cannot hold the reader up, and a sheet nobody sees is not read (L03)."""

from __future__ import annotations

import time
import zipfile
from io import BytesIO

import openpyxl
import pytest
from openpyxl.utils import get_column_letter

from backend.services.read_workbook import UnreadableFile, read_ledger

HEADS = ("姓名", "联系电话", "村（社区）")
GOOD = ("王小云", "13800001111", "兴泉社区")


def saved(book):
    to = BytesIO()
    book.save(to)
    return to.getvalue()


def ledger(*more, heads=HEADS):
    book = openpyxl.Workbook()
    for row in (heads, GOOD, *more):
        book.active.append(list(row))
    return saved(book)


def with_part(content, name, change):
    """The same package with the part `name` changed."""
    to = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            told = old.read(part)
            new.writestr(part, change(told) if part == name else told)
    return to.getvalue()


def inside(tag, words):
    return lambda told: told.replace(f"</{tag}>".encode(), words.encode() + f"</{tag}>".encode())


def refused_at_once(content, sentence):
    began = time.process_time()
    with pytest.raises(UnreadableFile, match=sentence):
        read_ledger(content, "workers")
    assert time.process_time() - began < 2
    assert len(content) < 1024 * 1024


def test_ten_thousand_merged_ranges_are_refused_at_once():
    merges = "".join(f'<mergeCell ref="A{2 + n % 50}:{get_column_letter(2 + n // 50)}20001"/>' for n in range(10_000))
    told = f"</sheetData><mergeCells>{merges}</mergeCells>".encode()
    refused_at_once(
        with_part(ledger(), "xl/worksheets/sheet1.xml", lambda old: old.replace(b"</sheetData>", told)),
        "合并的单元格太多",
    )


def test_merged_ranges_down_to_the_last_row_cost_no_pass_each():
    merges = "".join(f'<mergeCell ref="A{3 + n}:{get_column_letter(2 + n)}1048576"/>' for n in range(900))
    told = f"</sheetData><mergeCells>{merges}</mergeCells>".encode()
    content = with_part(ledger(GOOD), "xl/worksheets/sheet1.xml", lambda old: old.replace(b"</sheetData>", told))
    began = time.process_time()
    first, second = read_ledger(content, "workers").rows
    assert time.process_time() - began < 2
    assert (first.problems, [problem.column for problem in second.problems]) == ([], ["整行"])


def test_half_a_million_looks_are_refused_at_once():
    refused_at_once(with_part(ledger(), "xl/styles.xml", inside("cellXfs", "<xf/>" * 500_000)), "格式、图形太多")


def test_names_by_the_ten_thousands_are_refused_at_once():
    names = "".join(f'<definedName name="a{n}">1</definedName>' for n in range(40_000))
    refused_at_once(with_part(ledger(), "xl/workbook.xml", inside("workbook", names)), "太多")


WORDS = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"


def with_words(name, count, kind=WORDS):
    """A ledger with so many shared words in a part of that name."""
    told = f'<Override PartName="/{name}" ContentType="{kind}"/></Types>'.encode()
    content = with_part(ledger(), "[Content_Types].xml", lambda old: old.replace(b"</Types>", told))
    to = BytesIO(content)
    with zipfile.ZipFile(to, "a", zipfile.ZIP_DEFLATED) as package:
        main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
        package.writestr(name, f'<sst xmlns="{main}">{"<si><t>a</t></si>" * count}</sst>')
    return to.getvalue()


def test_words_by_the_hundred_thousands_are_refused_at_once_and_a_ledger_s_worth_is_read():
    refused_at_once(with_words("xl/sharedStrings.xml", 400_000), "太多")
    assert len(read_ledger(with_words("xl/sharedStrings.xml", 1_000), "workers").rows) == 1


@pytest.mark.parametrize("kind", [WORDS, WORDS.replace("S", "&#83;")])
def test_words_kept_under_another_name_are_refused(kind):
    refused_at_once(with_words("xl/worksheets/words.xml", 10, kind), "不是Excel表")


def test_entities_behind_a_long_comment_are_refused():
    """Item by item no part may declare any: the first kilobyte says nothing of the second."""
    entities = b"<!--" + b"x" * 300_000 + b'--><!DOCTYPE a [<!ENTITY b "bbbb">]>'
    content = with_part(ledger(), "xl/worksheets/sheet1.xml", lambda old: entities + old)
    refused_at_once(content, "不是Excel表")
    blanks = with_part(ledger(), "xl/worksheets/sheet1.xml", lambda old: b" " * 300_000 + entities + old)
    refused_at_once(blanks, "不是Excel表")


def test_another_encoding_hides_nothing():
    content = with_part(ledger(), "xl/worksheets/sheet1.xml", lambda old: old.decode().encode("utf-16"))
    refused_at_once(content, "不是Excel表")


def test_a_hidden_sheet_is_not_read_even_where_it_fits_better():
    book = openpyxl.Workbook()
    hidden = book.active
    hidden.append([*HEADS, "性别", "出生年"])
    hidden.append([*GOOD, "女", "1970"])
    hidden.sheet_state = "veryHidden"
    sheet = book.create_sheet("看得见")
    sheet.append(HEADS)
    sheet.append(["李四", "13800002222", "兴泉社区"])
    book.active = sheet
    found = read_ledger(saved(book), "workers")
    assert (found.sheet, [row.values["name"] for row in found.rows]) == ("看得见", ["李四"])


def test_two_sheets_that_fit_are_refused_by_their_names():
    book = openpyxl.Workbook()
    book.active.title = "一组"
    for sheet in (book.active, book.create_sheet("二组")):
        sheet.append(HEADS)
        sheet.append(GOOD)
    with pytest.raises(UnreadableFile, match="有2张工作表都像台账：“一组”、“二组”。一次只读一张"):
        read_ledger(saved(book), "workers")


def test_cells_of_columns_we_do_not_know_are_not_kept():
    content = saved_rows(("姓名", "备注", "联系电话", "村（社区）"), ("王小云", "家里三口人", "1380000", "兴泉社区"))
    found = read_ledger(content, "workers")
    assert found.heads == ["姓名", "联系电话", "村（社区）"]
    assert found.rows[0].cells == ["王小云", "1380000", "兴泉社区"]
    assert "三口人" not in str(found)


def saved_rows(*rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(list(row))
    return saved(book)


@pytest.mark.parametrize(
    "number", [500114197001010027, 500114197001010027.0, "500114 19700101 0027", "卡6222 0212 3456 7890 123"]
)
def test_identity_and_card_numbers_are_kept_in_no_cell(number):
    [row] = read_ledger(saved_rows((*HEADS, "居民身份证"), ("王小云", number, "兴泉社区", number)), "workers").rows
    assert "1970" not in str(row.cells)
    assert "7890" not in str(row.cells)


@pytest.mark.parametrize(("head", "cell", "value"), [("年龄", 58, "58岁"), ("周岁", "58", "58岁"), ("年龄（岁）", 58.0, "58岁"), ("出生年", 68, 68)])  # fmt: skip
def test_a_figure_under_a_head_that_asks_for_the_age_is_an_age(head, cell, value):
    [row] = read_ledger(saved_rows((*HEADS, head), (*GOOD, cell)), "workers").rows
    assert row.values["birth_year"] == value
