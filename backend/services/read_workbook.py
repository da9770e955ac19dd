"""Find a ledger in an Excel file and read its rows, cell by cell; what cannot be read safely is refused in one sentence (L03).

A file is a stranger's: its packed and unpacked size, its rows and columns are bounded before anything is read, formulas are
never reckoned, and nothing in it is looked up outside.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from io import BytesIO
from typing import Any

import openpyxl  # type: ignore[import-untyped]
from openpyxl.utils import get_column_letter, range_boundaries  # type: ignore[import-untyped]

from backend.domain.ledger_cells import BadCell, Cell, aged, shown
from backend.domain.ledgers import LEDGERS, TITLES, Column, Problem, column_of, is_never_read
from backend.domain.private_numbers import without_private_numbers
from backend.services.workbook_check import MOST_BYTES, MOST_ROWS, TOO_LONG, TOO_RICH, UnreadableFile, check

__all__ = ["MOST_BYTES", "MOST_ROWS", "Ledger", "Row", "UnreadableFile", "read_ledger"]

_MOST_COLUMNS = 80
_MOST_SHEETS = 60
_MOST_SCANNED = 20_000  # rows with styles and nothing in them count, too
_MOST_MERGES = 1_000
_HEAD_WITHIN = 20  # rows from the top
_HEADS_NEEDED = 3
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]{1,3}\d{1,7}(?::[A-Z]{1,3}\d{1,7})?)"')
_CHUNK = 256 * 1024
_AGE = re.compile(r"年龄|岁")


@dataclass(frozen=True)
class Row:
    """One row of data: `number` as Excel counts, values by column key, cells that cannot be taken as they are."""

    number: int
    values: dict[str, Cell]
    problems: list[Problem]
    cells: list[str]  # what stands under the heads we know, as seen; nothing of other columns is kept


@dataclass(frozen=True)
class Ledger:
    """`heads`: the heads we know as seen; `missing` required columns that are not there; `unknown`, `ignored`: not read."""

    sheet: str
    heads: list[str]
    rows: list[Row]
    missing: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    other_sheets: list[str] = field(default_factory=list)


def read_ledger(content: bytes, kind: str) -> Ledger:
    """Return the rows of the sheet that looks most like the ledger `kind` (one of `TAKEN_IN`); hidden sheets are not read.

    Raises `UnreadableFile`: too large, another format, a password, no such columns, no rows, several sheets that fit.
    """
    check(content)
    try:
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    except UnreadableFile:
        raise
    except Exception as broken:  # openpyxl raises whatever its parts raise
        raise UnreadableFile("这个文件打不开，可能坏了。请用Excel或WPS重新另存一次") from broken
    try:
        return _read(book, content, kind)
    except BadCell:
        raise
    except Exception as broken:
        raise UnreadableFile("这个文件读到一半读不下去，可能坏了。请用Excel或WPS重新另存一次") from broken
    finally:
        book.close()


# -- which sheet, which row --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Heads:
    sheet: Any
    row: int  # the last row of heads
    texts: list[str]
    columns: dict[int, Column]


def _read(book: Any, content: bytes, kind: str) -> Ledger:
    found: list[_Heads] = []
    merged: dict[str, list[_Range]] = {}
    sheets = [sheet for sheet in book.worksheets if hasattr(sheet, "reset_dimensions")]
    if len(sheets) > _MOST_SHEETS or not all(_part_of(sheet).lower().startswith("xl/worksheets/") for sheet in sheets):
        raise UnreadableFile(TOO_RICH)
    for sheet in sheets:
        if sheet.sheet_state != "visible":
            continue
        # What a file says of its own size may be wrong: 1,048,576 rows where there are ten.
        sheet.reset_dimensions()
        merged[sheet.title] = _merges(content, sheet)
        found += _heads(sheet, kind, merged[sheet.title])
    found = [each for each in found if len(each.columns) >= _HEADS_NEEDED]
    if not found:
        wanted = "、".join(column.header for column in LEDGERS[kind] if column.required)
        raise UnreadableFile(f"没有找到{TITLES[kind]}的表头。表头要有：{wanted}")
    best = max(found, key=lambda each: (len({c.key for c in each.columns.values()}), -each.row))
    needed = {column.key for column in LEDGERS[kind] if column.required}
    fitting = list(
        dict.fromkeys(e.sheet.title for e in found if needed <= {column.key for column in e.columns.values()})
    )
    if len(fitting) > 1:
        names = without_private_numbers("、".join(f"“{title}”" for title in fitting[:5]))
        raise UnreadableFile(f"有{len(fitting)}张工作表都像台账：{names}。一次只读一张，请分开传")
    merges = merged[best.sheet.title]
    keys = {column.key for column in best.columns.values()}
    missing = [c.header for c in LEDGERS[kind] if c.required and c.key not in keys]
    told = [text for number, text in enumerate(best.texts) if text and number not in best.columns]
    ignored = [text for text in told if is_never_read(text)]
    unknown = [text for text in told if not is_never_read(text)]
    rows = [] if missing else list(_rows(best, merges))
    if not missing and not rows:
        raise UnreadableFile("表头下面没有一行内容")
    heads = [best.texts[place] for place in sorted(best.columns)]
    others = [each.sheet.title for each in found if each.sheet.title != best.sheet.title]
    return Ledger(best.sheet.title, heads, rows, missing, unknown, ignored, list(dict.fromkeys(others)))


def _heads(sheet: Any, kind: str, merges: list[_Range]) -> Iterator[_Heads]:
    """Every row near the top, alone or with the one above it (务工时段 over 起 and 止), as far as it has heads we know."""
    above: list[str] = []
    top = sheet.iter_rows(min_row=1, max_row=_HEAD_WITHIN, max_col=_MOST_COLUMNS)
    for number, row in enumerate(top, start=1):
        texts = [shown(_value(cell)[0]) for cell in row]
        yield _Heads(sheet, number, texts, _columns(kind, [[text] for text in texts]))
        if above and any(r.first_row <= number and r.last_row >= number - 1 for r in merges):
            width = max(len(texts), len(above))
            filled = _spread(above + [""] * (width - len(above)), number - 1, merges)
            texts = texts + [""] * (width - len(texts))
            both = [[upper + lower, lower or upper, lower, upper] for upper, lower in zip(filled, texts, strict=True)]
            seen = [lower or upper for upper, lower in zip(filled, texts, strict=True)]
            yield _Heads(sheet, number, seen, _columns(kind, both))
        above = [shown(_value(cell)[0]) for cell in row]


def _columns(kind: str, heads: list[list[str]]) -> dict[int, Column]:
    """Place in the row → column; of two columns under one head the first counts."""
    found: dict[int, Column] = {}
    for place, texts in enumerate(heads):
        column = next((c for text in texts if (c := column_of(kind, text))), None)
        if column is not None and column.key not in {c.key for c in found.values()}:
            found[place] = column
    return found


def _spread(texts: list[str], row: int, merges: list[_Range]) -> list[str]:
    spread = list(texts)
    for r in merges:
        if r.first_row <= row <= r.last_row and r.last_column > r.first_column and r.first_column <= len(texts):
            for place in range(r.first_column - 1, min(r.last_column, len(texts))):
                spread[place] = texts[r.first_column - 1]
    return spread


# -- merged cells: the quick reader leaves them out, so they are looked up in the sheet itself ------------------------
@dataclass(frozen=True)
class _Range:
    name: str
    first_row: int
    last_row: int
    first_column: int
    last_column: int


def _part_of(sheet: Any) -> str:
    return str(sheet._worksheet_path).lstrip("/")


def _merges(content: bytes, sheet: Any) -> list[_Range]:
    """The merged ranges of a sheet; so many as nobody keeps in a ledger are refused (each costs a pass over its rows)."""
    found: dict[str, _Range] = {}
    with zipfile.ZipFile(BytesIO(content)) as packed, packed.open(_part_of(sheet)) as part:
        rest = b""
        while chunk := part.read(_CHUNK):
            rest += chunk
            for match in _MERGE.finditer(rest):
                name = match[1].decode()
                left, top, right, bottom = range_boundaries(name)
                found[name] = _Range(name, top, bottom, left, right)
                if len(found) > _MOST_MERGES:
                    raise UnreadableFile("合并的单元格太多。请取消合并，每一格都填，再传")
            rest = rest[-200:]  # one that lies across two chunks is found with the next
    return list(found.values())


# -- rows --------------------------------------------------------------------------------------------------------
def _rows(heads: _Heads, merges: list[_Range]) -> Iterator[Row]:
    merged: dict[int, str] = {}
    reached = heads.row
    # Each row is looked at once, however many ranges lie over it.
    for r in sorted(merges, key=lambda each: each.first_row):
        last = min(r.last_row, heads.row + _MOST_SCANNED)
        for number in range(max(r.first_row, reached + 1), last + 1):
            merged[number] = r.name
        reached = max(reached, last)
    count = 0
    ages = {place for place, text in enumerate(heads.texts) if _AGE.search(text)}
    for number, row in enumerate(
        heads.sheet.iter_rows(min_row=heads.row + 1, max_col=_MOST_COLUMNS), start=heads.row + 1
    ):
        if number > heads.row + _MOST_SCANNED:
            raise UnreadableFile(f"表里空行太多，或者太长。请删掉下面的空行。{TOO_LONG}")
        read = _row(number, row, heads.columns, ages, merged.get(number))
        if read is None:
            continue
        count += 1
        if count > MOST_ROWS:
            raise UnreadableFile(TOO_LONG)
        yield read


def _row(
    number: int, row: tuple[Any, ...], columns: Mapping[int, Column], ages: set[int], merged: str | None
) -> Row | None:
    values: dict[str, Cell] = {}
    problems: list[Problem] = []
    seen = [""] * len(columns)
    order = {place: number for number, place in enumerate(sorted(columns))}
    filled = False
    for place, cell in enumerate(row):
        value, wrong = _value(cell)
        filled = filled or value is not None
        column = columns.get(place)
        if column is None:
            continue
        seen[order[place]] = without_private_numbers(shown(value))[:200]
        if not column.read:
            continue
        if wrong is not None:
            where = f"{get_column_letter(place + 1)}{number}"
            problems.append(Problem(column.header, seen[order[place]][:60], f"{where}{wrong}"))
        else:
            values[column.key] = aged(value) if column.key == "birth_year" and place in ages else value
    if merged is not None and filled:
        problems.append(Problem("整行", merged, f"{merged}是合并的单元格。请拆开，每一行都填"))
    if not problems and all(value is None or shown(value).strip() == "" for value in values.values()):
        return None
    while seen and not seen[-1]:
        seen.pop()
    return Row(number, values, problems, seen)


def _value(cell: Any) -> tuple[Cell, str | None]:
    """What a cell holds, and what is wrong with it: a formula, one of Excel's errors."""
    value = getattr(cell, "value", None)
    kind = getattr(cell, "data_type", "n")
    if kind == "f" or (value is not None and not isinstance(value, str | int | float | bool | date | datetime | time)):
        return f"{value if isinstance(value, str) else getattr(value, 'text', '=')}"[:60], "是公式，请粘成数值"
    if kind == "e":
        return str(value), f"是出错的格子（{value}），请改好"
    if isinstance(value, str):
        # Excel keeps signs that XML does not know as _x000D_.
        return re.sub(r"_x[0-9A-Fa-f]{4}_", "", value)[:2_000], None
    return value, None
