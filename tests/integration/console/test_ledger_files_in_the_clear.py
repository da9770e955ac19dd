"""Ledgers with names and numbers in the clear: few a day, and each says who drew it (T12)."""

from __future__ import annotations

from io import BytesIO

import openpyxl

from backend.settings import TIMEZONE
from tests.integration.console.conftest import VILLAGE


def test_files_in_the_clear_are_few_a_day_and_name_who_drew_them(browse, make, audited, clock):
    with make() as f:
        f.make_worker("王小云", village=VILLAGE)
    browser = browse("cun")

    def draw(**more):
        with browser.submit("/console/ledgers/files/export", kind="workers", reason="meeting", **more) as answer:
            return answer.status_code, answer.data

    day = clock().astimezone(TIMEZONE)
    book = openpyxl.load_workbook(BytesIO(draw(full="yes")[1]))
    drawn = f"冉村官（cun）{day.year}年{day.month}月{day.day}日导出：开会研究"
    assert book.worksheets[0].oddFooter.center.text == drawn
    assert any(drawn in str(row[1].value) for row in book.worksheets[1].iter_rows())
    assert [draw(full="yes")[0] for _ in range(3)] == [200, 200, 429]
    assert "一天最多导3张" in draw(full="yes")[1].decode()
    assert draw()[0] == 200
    assert [event.facts["full"] for event in audited("exported_ledger")] == [True] * 3 + [False]
    clock.advance(hours=25)
    browser = browse("cun")
    assert draw(full="yes")[0] == 200
