"""Clock times, parts of the day and lengths of time as said (vocabulary §4.3).

A clock time carries the part of day that was said with it (contract, convention 8): 早上七点半 is 07:30 and morning.
Without one, one to four o'clock is the afternoon: nobody here starts work at two in the night.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from backend.domain import numbers_zh

_PARTS: list[tuple[str, str]] = [
    (
        "morning",
        "清早八早|清早晨|大清早|大早上|清早|早上|早晨|清晨|上午|上半天|早半天|今早|明早|天亮|擦亮|赶早"
        "|一早|早起|早间|早班|早|朝(?=[5-9五六七八九])",
    ),
    ("noon", "中午|晌午|正午|午间"),
    ("afternoon", "下午|下半天|晚半天|午后|后半天"),
    ("night", "凌晨|半夜|深夜|后半夜|下半夜|夜班|晚班"),
    ("evening", "晚上|傍晚|夜头|晚黑|黑了|擦黑|天黑|夜晚|晚间|今晚|明晚|夜里|晚"),
]
_PART = "|".join(f"(?P<{{n}}{name}>{words})" for name, words in _PARTS)
_HOUR = r"(?:2[0-4]|1\d|\d|二十[一二三四]?|十[一二]|[零一二两三四五六七八九十]|十[三-九]|十[三四五六七八九])"
_MINUTE = r"(?:[0-5]?\d|[二三四五]?十[一二三四五六七八九]?|零[一-九]|零[一二三四五六七八九]|[一二三四五六七八九])"
# "有点, 一点, 差点" are no times: an hour needs a part of day, 钟, 半, minutes, or a word of going before it.
_CLOCK = re.compile(
    r"(?:(?:" + _PART.replace("{n}", "p_") + r")\s*的?\s*)?"
    r"(?:(?P<h24>[01]?\d|2[0-4])\s?[:：]\s?(?P<m24>[0-5]\d)"
    r"|(?P<hour>"
    + _HOUR
    + r")\s?(?:时(?=$|[\s,，。到至半整开上集、\-~\d])|点)(?!子|名|工|菜|评|头|解|滴|火|货|单|赞|豆|包|苞|洋|花)"
    r"(?:(?P<half>半)|(?P<quarter>[一三])刻钟?"
    r"|(?P<minute>" + _MINUTE + r")分?(?!块|元|钱|个|天|百|千)|(?P<bell>钟)|(?P<past>过|多|整|来钟|开工|上班|出发"
    r"|集合))?"
    r"|(?<=早|晚|朝)(?P<bare>" + _HOUR + r")(?=晚|到|$|[\s,，。]))"
)
_OFF = re.compile(r"\s?(?:下班|收工|放工|结束)")
_SPAN_TO = re.compile(r"钟?\s*(?:到|至|-|~|—)\s*")


@dataclass(frozen=True, slots=True)
class Clock:
    """text[start:end] is the time `value` ("HH:MM"); `day_part` is the one said with it, or None."""

    start: int
    end: int
    value: str
    day_part: str | None
    sure: bool


def find(text: str) -> list[Clock]:
    """Return the clock times in `text`; `sure` is false for a bare 三点, which may be 一点 of another sense."""
    found: list[Clock] = []
    previous: int | None = None
    by_day = False
    for match in _CLOCK.finditer(text):
        part = next((name for name, _ in _PARTS if match.group("p_" + name)), None)
        if match["bare"] and part is None:
            part = "morning" if text[match.start() - 1] in "早朝" else "evening"
        hour_said = match["h24"] or match["hour"] or match["bare"]
        hour = numbers_zh.value(hour_said)
        if not isinstance(hour, int) or not 0 <= hour <= 24:
            continue
        minute = _minute(match)
        if minute is None:
            continue
        in_range = previous is not None and bool(_SPAN_TO.fullmatch(text[found[-1].end : match.start()]))
        day_hour = hour if match["h24"] and len(match["h24"]) == 2 and part is None else _to_24(hour, part)
        # 九点到五点 ends in the afternoon; 20:00-8:00 the next morning.
        if (
            in_range
            and part is None
            and previous is not None
            and day_hour <= previous < hour + 12
            and hour < 12
            and by_day
        ):
            day_hour = hour + 12
        if part is None and 4 <= hour <= 10 and found and _OFF.match(text, match.end()):
            day_hour = hour + 12  # 八点上班五点下班
        sure = bool(part or match["h24"] or match["half"] or match["quarter"] or match["minute"] or match["bell"])
        sure = sure or in_range or bool(match["past"] and match["past"] != "多")
        found.append(Clock(match.start(), match.end(), f"{day_hour % 24:02d}:{minute:02d}", part, sure))
        previous = day_hour
        by_day = day_hour < 18 or not match["h24"]
    return found


def both_ends(text: str, clocks: Sequence[Clock], some: Sequence[Clock]) -> list[Clock]:
    """`some` of the `clocks` of `text`, and whichever stands at the other end of a range with one: 早七点到下午五点."""
    ranges = [pair for pair in pairwise(clocks) if _SPAN_TO.fullmatch(text[pair[0].end : pair[1].start])]
    return [
        clock for clock in clocks if clock in some or any(clock in ends and set(ends) & set(some) for ends in ranges)
    ]


def _minute(match: re.Match[str]) -> int | None:
    if match["m24"]:
        return int(match["m24"])
    if match["half"]:
        return 30
    if match["quarter"]:
        return 15 if match["quarter"] == "一" else 45
    if match["minute"]:
        minute = numbers_zh.value(match["minute"])
        return minute if isinstance(minute, int) and minute < 60 else None
    return 0


def _to_24(hour: int, part: str | None) -> int:
    if part in ("afternoon", "evening"):
        return hour + 12 if 1 <= hour < 12 else hour
    if part == "noon":
        return hour + 12 if hour <= 2 else hour
    if part == "night":
        return 0 if hour == 12 else (hour + 12 if 7 <= hour < 12 else hour)
    if part == "morning":
        return hour
    return hour + 12 if 1 <= hour <= 4 else hour


_N = numbers_zh.NUMBER
_LENGTH = re.compile(
    r"(?<!第)(?<!每)(?P<special>天把两天|天把天|天把|一半天|个把星期|个把礼拜|个把周|个把月|月把|年把|十天半个?月)"
    r"|(?<!第)(?<!每)(?<!下)(?<!上)(?<!这)(?P<half>大?半)个?(?P<half_unit>月|年)(?!结|前|后|一)"
    r"|(?<!第)(?<!每)(?P<low>" + _N + r")\s?(?:(?:天|日)?\s*(?:到|至|-|~)\s*(?P<high>" + _N + r"))?\s?"
    r"(?P<unit>个半(?:月|星期|礼拜)|天|日(?!结|薪|工)|个?(?:星期|礼拜)|周(?!岁|年|[一二三四五六日末])|个月|月(?=活"
    r"|的活))(?P<plus>半)?(?!一结|结|前|后|以后|过后|之后)(?!(?<=[一1].)(?:月|年)?\s?(?:好多|多少|几多|要交|交"
    r"|工资|工钱|给|能拿|能挣|挣|开好多|拿))(?!(?<=一个月)\s?(?:好多|多少|几多|要交|交|工资|工钱|给|能拿|能挣|挣|拿))"
)
_SPECIAL = {
    "天把两天": "1-2d", "天把天": "1d", "天把": "1d", "一半天": "1d", "个把星期": "7d", "个把礼拜": "7d", "个把周": "7d",
    "个把月": "30d", "十天半月": "10-15d", "十天半个月": "10-15d", "月把": "30d", "年把": "365d",
}  # fmt: skip
_DAYS = {"天": 1, "日": 1, "星期": 7, "礼拜": 7, "周": 7, "月": 30}


@dataclass(frozen=True, slots=True)
class Length:
    """text[start:end] is a length of time, `value` as `Nd` or `N-Md`."""

    start: int
    end: int
    value: str


_REST = re.compile(r"(?:休息?|歇|放假|轮休|耍)$")


def find_lengths(text: str) -> list[Length]:
    """Return the lengths of time in `text`: 做三天 → 3d, 两三天 → 2-3d, 半个月 → 15d, 个半月 → 45d."""
    found: list[Length] = []
    for match in _LENGTH.finditer(text):
        if _REST.search(text[: match.start()]):
            continue  # 月休四天 is no length of a job
        value = _length(match)
        if value is not None:
            found.append(Length(match.start(), match.end(), value))
    return found


def _length(match: re.Match[str]) -> str | None:
    if match["special"]:
        return _SPECIAL[match["special"]]
    if match["half"]:
        return "15d" if match["half_unit"] == "月" else "180d"
    low = numbers_zh.read(match["low"])
    high = numbers_zh.read(match["high"]) if match["high"] else None
    if low is None or match["low"].endswith("几"):
        return None
    unit = match["unit"].removeprefix("个")
    and_half = unit.startswith("半")
    days = _DAYS[unit.removeprefix("半")]
    first = low.low * days
    last = (high.high if high else low.high) * days
    if match["plus"] or and_half:
        extra = days // 2 or 0.5
        first, last = first + extra, last + extra
    if last < first or last > 3650 or first <= 0:
        return None
    low_text, high_text = numbers_zh.text_of(first), numbers_zh.text_of(last)
    return f"{low_text}d" if first == last else f"{low_text}-{high_text}d"
