"""Lunar dates, festivals and market days → solar days (vocabulary §4.3).

The lunar calendar comes from lunar-python; one date costs it several milliseconds, so answers are kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any, Literal

from lunar_python import Lunar, LunarYear, Solar

# Festivals fixed in the lunar year: (month, day). 除夕 is the last day of month 12, which has 29 or 30 days.
_LUNAR_FESTIVALS = {
    "春节": (1, 1), "大年初一": (1, 1), "过年": (1, 1), "正月初一": (1, 1), **{f"大年初{c}": (1, n) for n, c in enumerate("二三四五六七八九十", 2)}, "元宵": (1, 15), "大年十五": (1, 15),
    "正月十五": (1, 15), "二月二": (2, 2), "三月三": (3, 3), "四月八": (4, 8), "端午": (5, 5), "端阳": (5, 5),
    "五月五": (5, 5), "六月六": (6, 6), "七夕": (7, 7), "七月半": (7, 14), "月半节": (7, 14), "中元": (7, 15),
    "八月十五": (8, 15), "中秋": (8, 15), "九月九": (9, 9), "重阳": (9, 9), "腊八": (12, 8), "小年": (12, 23),
}  # fmt: skip
_LAST_NIGHT = ("除夕", "大年三十", "年三十", "三十夜", "大年夜", "三十晚上")
_SOLAR_FESTIVALS = {
    "元旦": (1, 1), "妇女节": (3, 8), "三八节": (3, 8), "植树节": (3, 12), "五一": (5, 1), "劳动节": (5, 1),
    "五四": (5, 4), "六一": (6, 1), "儿童节": (6, 1), "七一": (7, 1), "八一": (8, 1), "建军节": (8, 1),
    "教师节": (9, 10), "十一国庆": (10, 1), "国庆": (10, 1),
}  # fmt: skip
_TERMS = (
    "立春", "雨水", "惊蛰", "春分", "清明", "谷雨", "立夏", "小满", "芒种", "夏至", "小暑", "大暑",
    "立秋", "处暑", "白露", "秋分", "寒露", "霜降", "立冬", "小雪", "大雪", "冬至", "小寒", "大寒",
)  # fmt: skip
FESTIVAL_WORDS = tuple(sorted([*_LUNAR_FESTIVALS, *_LAST_NIGHT, *_SOLAR_FESTIVALS, *_TERMS], key=len, reverse=True))


@dataclass(frozen=True, slots=True)
class MarketDays:
    """A town's market days (赶场): the last digits of the days of its solar or lunar months, e.g. 逢二五八."""

    last_digits: tuple[int, ...]
    calendar: Literal["solar", "lunar"] = "lunar"

    @classmethod
    def of(cls, stored: MarketDays | Mapping[str, Any] | None) -> MarketDays | None:
        """Return the calendar from how it is stored: `{"calendar": "lunar"|"solar", "days": [1, 4, 7]}`."""
        if stored is None or isinstance(stored, MarketDays):
            return stored
        days = tuple(int(day) % 10 for day in stored.get("days") or ())
        return cls(days, "solar" if stored.get("calendar") == "solar" else "lunar") if days else None

    def next_after(self, day: date, *, including: bool = True) -> date | None:
        """Return the next market day from `day` on, or None for an empty calendar."""
        wanted = set(self.last_digits)
        for step in range(0 if including else 1, 32):
            candidate = day + timedelta(days=step)
            number = candidate.day
            if self.calendar == "lunar":
                number = Solar.fromYmd(candidate.year, candidate.month, candidate.day).getLunar().getDay()
            if number % 10 in wanted:
                return candidate
        return None


@lru_cache(maxsize=2048)
def lunar_of(day: date) -> tuple[int, int, int]:
    """Return (year, month, day) in the lunar calendar; a leap month is negative."""
    lunar = Solar.fromYmd(day.year, day.month, day.day).getLunar()
    return lunar.getYear(), lunar.getMonth(), lunar.getDay()


@lru_cache(maxsize=2048)
def solar_of(year: int, month: int, day: int) -> date | None:
    """Return the solar day of a lunar one, or None where that month has no such day."""
    found = LunarYear.fromYear(year).getMonth(month)
    if found is None or not 1 <= day <= found.getDayCount():
        return None
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


@lru_cache(maxsize=2048)
def next_lunar(month: int, day: int, today: date) -> date | None:
    """Return the next day, today included, that is lunar `month`/`day`."""
    year = lunar_of(today)[0]
    for candidate in (solar_of(year + step, month, day) for step in range(-1, 9)):
        if candidate is not None and candidate >= today:
            return candidate
    return None


@lru_cache(maxsize=2048)
def next_lunar_day(day: int, today: date) -> date | None:
    """Return the next day, today included, whose lunar day of the month is `day` (初三 → 3)."""
    for step in range(62):
        candidate = today + timedelta(days=step)
        if lunar_of(candidate)[2] == day:
            return candidate
    return None


@lru_cache(maxsize=2048)
def lunar_month(month: int, today: date) -> tuple[date, date] | None:
    """Return the first and last solar day of the next or running lunar `month` (腊月间)."""
    year = lunar_of(today)[0]
    for candidate in range(year - 1, year + 3):
        found = LunarYear.fromYear(candidate).getMonth(month)
        first = solar_of(candidate, month, 1)
        if found is None or first is None:
            continue
        last = first + timedelta(days=found.getDayCount() - 1)
        if last >= today:
            return first, last
    return None


@lru_cache(maxsize=2048)
def festival(word: str, today: date) -> date | None:
    """Return the next day of a festival or solar term, today included."""
    if word in _LUNAR_FESTIVALS:
        return next_lunar(*_LUNAR_FESTIVALS[word], today)
    if word in _LAST_NIGHT:
        new_year = next_lunar(1, 1, today + timedelta(days=1))
        return new_year - timedelta(days=1) if new_year else None
    if word in _SOLAR_FESTIVALS:
        month, day = _SOLAR_FESTIVALS[word]
        this_year = date(today.year, month, day)
        return this_year if this_year >= today else date(today.year + 1, month, day)
    if word in _TERMS:
        return _term(word, today)
    return None


def _term(word: str, today: date) -> date | None:
    for year in (today.year, today.year + 1):
        table = Lunar.fromSolar(Solar.fromYmd(year, 6, 1)).getJieQiTable()
        solar = table.get(word)
        # The table of a lunar year starts with the winter before; the day must fall in the year asked for.
        for found in [solar] if solar is not None else []:
            day = date(found.getYear(), found.getMonth(), found.getDay())
            if day >= today:
                return day
    return None
