"""Ages as said: 五十八, 58岁, 五十有八, 66年的, 1966年生 → whole years on the day they were said."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.domain import numbers_zh

YOUNGEST, OLDEST = 14, 99
_N = r"(?:\d{2,3}|[一二两三四五六七八九十廿卅]{1,2}十?有?[一二三四五六七八九]?)"
_YEAR = re.compile(
    r"(?P<full>19\d\d|20[01]\d|一九[零〇一二三四五六七八九]{2}"
    r"|二零[零〇一][零〇一二三四五六七八九])\s?年?(?P<mark>生人|生|出生|的|\d{0,2}月)?"
    r"|(?<![\d一二三四五六七八九十])(?P<short>\d\d|[零〇一二三四五六七八九]{2})\s?年(?P<born>生人|生|出生|的|份|人"
    r"|$|(?=[\s,，。;；]))"
)
_AGE = re.compile(
    r"(?:今年|年龄|年纪|满|刚满|快|岁数|虚岁|周岁|已经|都"
    r"|有)?\s?(?P<number>" + _N + r")\s?(?P<unit>周?岁|挂零|了|来岁|多岁(?!数))?"
)
_SURE_BEFORE = re.compile(r"(?:今年|年龄|年纪|满|虚岁|周岁|岁数)[:：是有]?\s?$")


@dataclass(frozen=True, slots=True)
class Age:
    """text[start:end] says the age `value`; `sure` when it can be nothing else (岁, a birth year)."""

    start: int
    end: int
    value: int
    sure: bool


def find(text: str, year: int) -> list[Age]:
    """Return the ages in `text`, given the present `year`."""
    found: list[Age] = []
    for match in _YEAR.finditer(text):
        born = _born(match, year)
        if born is None or not YOUNGEST <= year - born <= OLDEST:
            continue
        sure = bool(match["born"]) if match["short"] else bool(match["mark"]) or "年" in match.group()
        found.append(Age(match.start(), match.end(), year - born, sure))
    taken = [(age.start, age.end) for age in found]
    for match in _AGE.finditer(text):
        if any(match.start() < end and start < match.end() for start, end in taken):
            continue
        number = numbers_zh.value(match["number"])
        if number is None and (said := numbers_zh.digits(match["number"])):
            number = int(said)  # 四五 said as two digits is 45, though 四五个 would be a range
        unit = match["unit"] or ""
        if not isinstance(number, int) or not YOUNGEST <= number <= OLDEST or unit in ("来岁", "多岁"):
            continue
        sure = "岁" in unit or bool(_SURE_BEFORE.search(text[: match.start("number")]))
        found.append(Age(match.start("number"), match.end(), number, sure))
    return sorted(found, key=lambda age: age.start)


def _born(match: re.Match[str], year: int) -> int | None:
    said = numbers_zh.digits(match["full"] or match["short"])
    if said is None:
        return None
    if match["full"]:
        return int(said)
    # 66年 is 1966; 05年 is 2005 while that makes an age one can work at.
    short = int(said)
    return 2000 + short if 2000 + short <= year - YOUNGEST else 1900 + short
