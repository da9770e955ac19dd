"""A day in a ledger's cell, as Excel keeps it and as people write it (L03, W01, E01)."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date, datetime, timedelta

from backend.domain import dates_zh
from backend.domain.ledger_cells import BadCell, Cell, plain

# Excel counts days from here; its 29 February 1900, which never was, is before every day we read.
_FIRST_DAY = date(1899, 12, 30)
_SERIALS = range(32_874, 73_051)  # 1990 to 2099
_SHORT_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})")
_FULL_DAY = re.compile(r"(20\d\d|19\d\d)[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:00:00(?::00)?)?")
_COMPACT_DAY = re.compile(r"(20\d\d)(\d\d)(\d\d)")
_MONTH_DAY = re.compile(r"(\d{1,2})月(\d{1,2})[日号]?")


# Nothing in a ledger is older, or further ahead: 1904 and 2099 are slips of the keys or of Excel.
_YEARS_AGO, _YEARS_AGO_TOLD, _YEARS_AHEAD = 5, 60, 10
_HALF_A_YEAR = timedelta(days=184)


def day(value: Cell, today: date, *, past: bool = False) -> date | None:
    """A day: a date cell, Excel's number of one, 2026/12/1, 12月1日 (the one nearest to `today`).

    `past`: the cell tells what has begun already, so 12月1日 is the last one there was.
    """
    found = _day(value, today, past)
    first = today.year - (_YEARS_AGO_TOLD if past else _YEARS_AGO)
    if found is not None and not first <= found.year <= today.year + _YEARS_AHEAD:
        raise BadCell(f"是{found.year}年，隔得太远了，请对一对年份")
    return found


def _day(value: Cell, today: date, past: bool) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, float) and not value.is_integer():
        # 12.10 typed as a number is kept as 12.1: the tenth or the first, nobody knows any more.
        raise BadCell("看不懂是哪一天。写成“2026-12-01”的样子")
    text = plain(value)
    if not text:
        return None
    if match := _FULL_DAY.fullmatch(text) or _COMPACT_DAY.fullmatch(text):
        return _real(int(match[1]), int(match[2]), int(match[3]))
    if re.fullmatch(r"\d{5}", text) and int(text) in _SERIALS:
        return _FIRST_DAY + timedelta(days=int(text))
    if match := _SHORT_DAY.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        return _nearest(_of_years(int(match[1]), int(match[2]), today.year), today, past)
    # 明天 and 下周一 mean another day with every day the file lies about.
    told = [
        d
        for is_told in (False, True)
        for d in (dates_zh.find(text, today, told=is_told) if "月" in text else [])
        if d.start == 0 and d.end == len(text) and d.first == d.last
    ]
    if len(told) != 2:
        raise BadCell("看不懂是哪一天。写成“2026-12-01”或者“12月1日”的样子，一格写一天")
    return told[0].first if "年" in text else _nearest([d.first for d in told], today, past)


def _nearest(days: list[date], today: date, past: bool) -> date:
    fitting = [day for day in days if not past or day <= today]
    found = min(fitting, key=lambda day: abs(day - today), default=None)
    if found is None or (not past and abs(found - today) > _HALF_A_YEAR):
        raise BadCell("看不懂是哪一年的，请写上年份，比如“2026-12-01”")
    return found


def _of_years(month: int, of_month: int, year: int) -> list[date]:
    """This day of the year in `year` and the years beside it, where it is one."""
    found = []
    for each in (year - 1, year, year + 1):
        with suppress(ValueError):
            found.append(date(each, month, of_month))
    return found or [_real(year, month, of_month)]


def _real(year: int, month: int, of_month: int) -> date:
    try:
        return date(year, month, of_month)
    except ValueError:
        raise BadCell("没有这一天，请对一对月和日") from None
