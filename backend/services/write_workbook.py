"""Write a ledger as an Excel file in the form village staff keep it, row by row, whatever its length (L03).

Numbers of phones are text, days are days, what looks like a formula stays words; lists of what may be filled in hang on the
columns, and a second sheet says what the columns mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, BinaryIO

import openpyxl  # type: ignore[import-untyped]
from openpyxl.cell import WriteOnlyCell  # type: ignore[import-untyped]
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]
from openpyxl.worksheet.datavalidation import DataValidation  # type: ignore[import-untyped]

from backend.domain import ledger_words, lexicon
from backend.domain.ledger_cells import guarded
from backend.domain.ledgers import LEDGERS, TITLES, Column

GUIDE = "填写说明"
REASON = "要改的地方"
TEMPLATE_ROWS = 2_000  # so far down an empty form offers its lists
_NO_SIGN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # XML 1.0 has no such characters
_THIN = Side(style="thin", color="B7B7B7")
_FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)
_HEAD = PatternFill("solid", fgColor="DCE9E4")
_MUST = PatternFill("solid", fgColor="F8ECD0")


def write_ledger(
    kind: str,
    rows: Iterable[Mapping[str, Any]],
    to: BinaryIO,
    *,
    told: Sequence[str] = (),
    footer: str = "",
    room: int = 0,
) -> int:
    """Write `rows` (values by column key: text, int, date or None) under the heads of `kind` and return how many.

    `told`: sentences for the guide: who drew it up, what is hidden. `footer`: printed below every page. `room`: rows below for which the lists are offered, too.
    """
    columns = LEDGERS[kind]
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(TITLES[kind])
    sheet.freeze_panes = "C2"
    sheet.oddFooter.center.text = footer.replace("&", "＆")[:200] or None
    for place, column in enumerate(columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = column.width
    sheet.append([_head(sheet, column) for column in columns])
    count, looks = 0, _Looks(sheet)
    for row in rows:
        count += 1
        sheet.append([looks.cell(row.get(column.key)) for column in columns])
    _offer(sheet, columns, 1 + count + room)
    _guide(book, columns, told)
    book.save(to)
    return count


def write_bad_rows(kind: str, heads: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], to: BinaryIO) -> None:
    """Write rows as they stood in a file, each with what has to be changed in the first column."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(TITLES[kind])
    sheet.freeze_panes = "B2"
    sheet.column_dimensions["A"].width = 48
    for place in range(len(heads)):
        sheet.column_dimensions[get_column_letter(place + 2)].width = 16
    sheet.append([_text(sheet, REASON, fill=_MUST), *(_text(sheet, head, fill=_HEAD) for head in heads)])
    looks = _Looks(sheet)
    for cells, reason in rows:
        sheet.append([looks.cell(reason), *(looks.cell(cell) for cell in cells[: len(heads)])])
    book.save(to)


def _head(sheet: Any, column: Column) -> Any:
    cell = _text(
        sheet, f"{column.header}*" if column.required else column.header, fill=_MUST if column.required else _HEAD
    )
    cell.font = Font(bold=True)
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
    return cell


class _Looks:
    """The looks of a sheet's cells, made once: to set them cell by cell takes longer than all the rest."""

    def __init__(self, sheet: Any) -> None:
        self.sheet = sheet
        self.text, self.day, self.number = (self._look(shape) for shape in ("@", "yyyy-mm-dd", "0"))

    def _look(self, shape: str) -> Any:
        cell = WriteOnlyCell(self.sheet)
        cell.number_format, cell.border = shape, _FRAME
        return cell._style

    def cell(self, value: Any) -> Any:
        """A cell that shows `value`: text, int, date or None."""
        if value is None or value == "":
            return None
        if isinstance(value, str):
            cell = WriteOnlyCell(self.sheet, guarded(_NO_SIGN.sub("", value))[:32_000])
            cell.data_type, cell._style = "s", self.text
            return cell
        cell = WriteOnlyCell(self.sheet, value)
        cell._style = self.day if isinstance(value, date) else self.number
        return cell


def _text(sheet: Any, text: str, *, fill: PatternFill | None = None) -> Any:
    """A cell of words. A formula is made of words that begin with a sign; these get an apostrophe and are kept as text."""
    words = guarded(_NO_SIGN.sub("", text))[:32_000]
    cell = WriteOnlyCell(sheet, words or None)
    if words:
        cell.data_type = "s"
        cell.number_format = "@"
    cell.border = _FRAME
    if fill is not None:
        cell.fill = fill
    return cell


def _offer(sheet: Any, columns: Sequence[Column], last: int) -> None:
    for place, column in enumerate(columns, start=1):
        formula = f'"{",".join(column.choices)}"' if column.choices else ""
        if column.key in ("job_type", "job_types"):
            # A list of a hundred is too long to stand in the rule itself.
            formula = f"'{GUIDE}'!$D$2:$D${len(lexicon.job_codes()) + 1}"
        elif column.key == "hardships":
            formula = f"'{GUIDE}'!$E$2:$E${len(ledger_words.LABELS) + 1}"
        if not formula or last < 2:
            continue
        rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=column.strict)
        rule.errorTitle, rule.error = "填得不对", "请从单子里选"
        letter = get_column_letter(place)
        rule.add(f"{letter}2:{letter}{last}")
        sheet.data_validations.append(rule)


def _guide(book: Any, columns: Sequence[Column], told: Sequence[str]) -> None:
    sheet = book.create_sheet(GUIDE)
    for letter, width in (("A", 18), ("B", 60), ("C", 4), ("D", 18), ("E", 22)):
        sheet.column_dimensions[letter].width = width
    lines = [(f"{column.header}{'（必填）' if column.required else ''}", _meaning(column)) for column in columns]
    lines += [("", sentence) for sentence in told]
    jobs = [lexicon.job_name(code) for code in lexicon.job_codes()]
    labels = [ledger_words.word_for(ledger_words.LABELS, code) for code in ledger_words.LABELS]
    sheet.append(
        [_text(sheet, text, fill=_HEAD) if text else None for text in ("栏", "怎么填", "", "工种", "困难情况")]
    )
    for number in range(max(len(lines), len(jobs), len(labels))):
        line = lines[number] if number < len(lines) else ("", "")
        job = jobs[number] if number < len(jobs) else ""
        label = labels[number] if number < len(labels) else ""
        sheet.append([_text(sheet, text) if text else None for text in (*line, "", job, label)])


def _meaning(column: Column) -> str:
    if not column.read:
        return "系统自己写，填了也不读"
    said = [column.hint] if column.hint else []
    if column.choices:
        said.append("选：" + "、".join(column.choices))
    if column.key in ("job_type", "job_types"):
        said.append("看右边的工种；平常的叫法（摘果子、砌砖）也认得")
    return "；".join(said) or "照实写"
