"""A ledger handed over in a real browser to the real processes; whoever stands in it is known to the line at once (L03, W01)."""

from __future__ import annotations

from pathlib import Path

import openpyxl
from playwright.sync_api import expect

from tests.e2e.browser import Open
from tests.e2e.test_console_pages import fill_in, press
from tests.support.stack import Stack

PHONE = "+8610006900001"


def test_people_of_a_file_are_known_to_the_line_and_a_wrong_file_changes_nothing(
    stack: Stack, open_window: Open, tmp_path: Path
) -> None:
    page = open_window(stack.url, tolerate=(422,)).page
    page.goto("/console/login")
    fill_in(page, stack, "village")
    page.locator(".rooms").wait_for()
    page.goto("/console/ledgers/files")
    wrong = tmp_path / "老表.xls"
    wrong.write_bytes(b"\xd0\xcf\x11\xe0" + bytes(5_000))
    page.set_input_files("[name=file]", wrong)
    press(page, "先看对不对")
    expect(page.get_by_role("alert")).to_contain_text("老格式的表")
    with page.expect_download() as begun:
        page.get_by_role("link", name="空表：劳动力信息台账").click()
    path = tmp_path / "台账.xlsx"
    begun.value.save_as(path)
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[0]
    at = {str(cell.value).rstrip("*"): cell.column for cell in sheet[1]}
    for head, value in (
        ("姓名", "田桂芬"),
        ("村（社区）", "兴泉社区"),
        ("联系电话", PHONE.removeprefix("+86")),
        ("会做的活", "摘果子"),
    ):
        sheet.cell(2, at[head]).value = value
    book.save(path)
    page.set_input_files("[name=file]", path)
    press(page, "先看对不对")
    expect(page.locator("main")).to_contain_text("要加")
    assert stack.get("/workers", phone=PHONE)["items"] == []
    page.check("[name=signed]")
    press(page, "全部存入")
    expect(page.locator(".card.done")).to_contain_text("加了1条")
    [worker] = stack.get("/workers", phone=PHONE)["items"]
    assert worker["job_types"] == ["A04"]
    # She need not say anything about herself any more.
    assert "田桂芬" in stack.text(PHONE, "我登记的是啥子")
