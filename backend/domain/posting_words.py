"""What employers say in answer to a posting's questions that no entity stands for, and what cannot be meant (E01)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from backend.domain import cities, clock_zh, numbers_zh
from backend.domain.pay import to_fen
from backend.domain.review import CAN_BE_MEANT, LONGEST_DAY_H

MOST_PEOPLE = 500
LONGEST_REQUIREMENT = 60  # characters
# A day this far ahead is rather one that has just gone by: 11月3号, said on the 22nd of November.
NOT_THIS_YEAR = timedelta(days=300)
MOST_YUAN = 1_000_000

GIVEN = ("meals", "lodging", "transport")  # insurance is asked by itself: a 没得 to meals must not answer for it
_ALL = re.compile(r"^(?:都|全部?|样样|啥子都)(?:有|管|包|买|给)(?:的|了)*$")
_NOTHING = re.compile(
    r"^(?:啥子?|什么|样样|哪样)?(?:都|也|全)*(?:没得|没有|莫得|不管|不包|不给|没|无)(?:的|了|哦|啥子?|这些)*$"
)
_NO = r"(?:没得|没有|莫得|不给|不用|没|不)"
_NOT_GIVEN: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("no_insurance", re.compile(rf"{_NO}(?:给)?(?:买|上|交|有)?(?:意外|工伤)?(?:保险|社保|意外险)|(?:保险|社保)(?:都|也)?(?:不买|没得|没有|自己买|各人买|自理)")),
    ("no_transport", re.compile(rf"{_NO}(?:有)?(?:车)?接送?(?!电话)|{_NO}(?:得|有)?车(?=$|[\s,，。;；、接])|车(?:没得|没有)|(?:自己|各人)(?:坐车|走路|骑车)?(?:来|去|走|过来)")),
)  # fmt: skip
_INSURED = re.compile(
    r"(?<![不没得莫])(?:买|上|交|有)(?:了|得有|得)?(?:意外|工伤)?(?:保险|社保|意外险)(?!不|没|吗|公司|业务|推销)"
)
_BUYS = re.compile(r"^(?:要|会|给|都|肯定)?(?:买|上|交|有)(?:的|了|起)*$")
_BUYS_NOT = re.compile(r"^(?:不|没|没得|没有|莫得|不得|还没)(?:买|上|交|有)?(?:的|了)*$")


def benefits_in(text: str, asked: str | None) -> list[str]:
    """What is expressly not given (`no_transport`, `no_insurance`); to the very question also 都有, 没得, 买, 不买."""
    said = re.sub(r"[\s,，。.!！?？]", "", text)
    if asked == "benefit" and _ALL.fullmatch(said):
        return list(GIVEN)
    if asked == "benefit" and _NOTHING.fullmatch(said):
        return [f"no_{one}" for one in GIVEN]
    if asked == "insurance" and (_BUYS.fullmatch(said) or _BUYS_NOT.fullmatch(said)):
        return ["no_insurance" if _BUYS_NOT.fullmatch(said) else "insurance"]
    found = [code for code, pattern in _NOT_GIVEN if pattern.search(text)]
    # 买保险 没得要求: what is lacking are the requirements.
    return [*found, "insurance"] if "no_insurance" not in found and _INSURED.search(text) else found


def does_not_know(text: str) -> bool:
    """Whether a no only puts the question off: 不晓得, 到时候再说."""
    return bool(re.search(r"晓得|知道|清楚|再说|没想|不说", text))


def merged_benefits(before: Iterable[str], new: Iterable[str]) -> list[str]:
    """Both together; what is said last about one thing counts."""
    kept: dict[str, str] = {}
    for code in (*before, *new):
        kept[code.removeprefix("no_")] = code
    return list(kept.values())


_ALL_DAY = re.compile(r"从早(?:上)?到(?:黑|晚)|天亮(?:做|干)?到(?:天)?黑|整天|一整天|全天|白天")


def hours_in(text: str) -> dict[str, Any]:
    """七点到五点半 → `{"clock": ["07:00", "17:30"]}`, in the order said; 从早到黑 → `{"day_part": "daytime"}`; else {}."""
    clocks = [clock.value for clock in clock_zh.find(text)]
    if clocks:
        return {"clock": list(dict.fromkeys(clocks))[:2]}
    return {"day_part": "daytime"} if _ALL_DAY.search(text) else {}


def span_of_hours(clocks: list[str]) -> tuple[str, str | None]:
    """From and to of the clock times said: 八点到六点 is until the evening, 晚上八点到早上六点 the next day.

    They stand in the order said, unless that makes a day of over twelve hours and the other order does not (收工六点,开工七点).
    """
    if len(clocks) < 2:
        return clocks[0], None
    start, end = clocks[0], clocks[-1]
    if end <= start < "12:00" and end < "12:00":
        end = f"{int(end[:2]) + 12:02}{end[2:]}"
    if _minutes(start, end) > LONGEST_DAY_H * 60 >= _minutes(end, start):
        start, end = end, start
    return start, end


def _minutes(start: str, end: str) -> int:
    """From one clock time to the next time it is the other."""
    return ((int(end[:2]) - int(start[:2])) * 60 + int(end[3:]) - int(start[3:])) % (24 * 60)


_TOLD = re.compile(r"(?:要求|条件)(?:是|有|就是|[:：])?[\s,，]*(?P<what>[^。;；\n]{2,60})")
_NO_WISH = re.compile(
    r"^(?:没得|没有|莫得|没|无|不|啥子?都)*(?:啥子?|什么|别的|特别的)?(?:要求|条件|限制)?(?:都可以|都行|都要|不限|随便|没得|没有|不讲|不要求|不挑|不高|不多|不严|哪个都行|就行|肯做就行|能做就行)?(?:的|了|哦)*$"
)


def requirement_in(text: str) -> str | None:
    """What a longer text says after 要求: …要求会爬树,… ; None when it says nothing of it."""
    found = _TOLD.search(text)
    what = found["what"].strip(" ,，") if found else ""
    return what[:LONGEST_REQUIREMENT] if what and not asks_nothing(what) else None


def says_none_required(text: str) -> bool:
    """Whether a longer text says that nothing is asked of the workers: …买保险,没得要求."""
    return bool(re.search(r"(?:没得|没有|没|莫得|无|不)(?:啥子?|什么|别的|特别的?)?(?:要求|条件)", text))


def asks_nothing(text: str) -> bool:
    """Whether an answer to "有啥子要求没得?" is that there is none."""
    return bool(_NO_WISH.fullmatch(re.sub(r"[\s,，。.!！]", "", text)))


_SOUNDS_LIKE_ONE = re.compile(
    r"[男女]的?|岁|年轻|年纪|力气|有力|吃苦|勤快|手脚|手快|身体|身高|会[^,，]{1,8}|能[^,，]{1,8}|懂|熟手|生手|熟练|做过|干过|经验|证|技术|肯干|肯做|老实|爬|挑|抬|自带|自己带|带(?:镰刀|锄头|工具|手套)|要求"
)
_NO_REQUIREMENT = re.compile(
    r"[?？吗]|多少|好多|啥时候|什么时候|哪里|哪点|咋个|怎么|人工|算了|不招|不发|工资|工钱|取消"
)


def is_requirement(text: str) -> bool:
    """Whether an answer to that question names one; a question or a wish to stop is none."""
    return len(text) <= LONGEST_REQUIREMENT and bool(_SOUNDS_LIKE_ONE.search(text)) and not _NO_REQUIREMENT.search(text)


# -- what cannot be meant ----------------------------------------------------------------------------------------------
_NUMBER = r"[\d零〇一二两三四五六七八九十百千万亿]+"
_PEOPLE = re.compile(
    rf"(?P<minus>[-－负])?\s*(?P<number>{_NUMBER})\s*(?:多|来)?\s*(?:个人|个工|人|名|个|位)(?!月|小时|钟头|钟|星期|礼拜|数)"
)
_MONTH_DAY = re.compile(rf"(?P<month>{_NUMBER})月(?:份)?(?:的)?(?P<day>{_NUMBER})(?:[号日]|(?=$|[\s,，。到至-]))")
_NO_PAY = re.compile(
    rf"(?<![\d.零〇一二两三四五六七八九十百千万])(?:0+(?:\.0+)?|零|〇)\s*(?:块|元|角)|(?:不给|没得|没有)(?:工资|工钱|报酬)|白(?:干|做)|[-－负]{_NUMBER}\s*(?:块|元)"
)
_DAYS_IN = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_YEAR_SAID = re.compile(r"明年|后年|20\d\d")


def problems(text: str, said: Mapping[str, Any], today: date, asked: str | None = None) -> dict[str, str]:
    """What was said and cannot be meant: field → problem. `said`: entity name → normal form.

    headcount: `too_many`, `no_people`; date: `no_such_day`, `past_day`; pay: `no_pay`, `pay_unlikely`; location: `outside`.
    """
    found = {}
    if problem := _headcount(text, said, asked):
        found["headcount"] = problem
    if problem := _date(text, said, today):
        found["date"] = problem
    if problem := _pay(text, said):
        found["pay"] = problem
    place = str(said.get("location") or (text if asked == "location" else ""))
    if said.get("village") is None and place and cities.at_start(place.strip()):
        found["location"] = "outside"
    return found


def _headcount(text: str, said: Mapping[str, Any], asked: str | None) -> str | None:
    counts = []
    if said.get("headcount") is not None:
        counts.append(int(said["headcount"]))
    matches = list(_PEOPLE.finditer(text))
    if asked == "headcount" and (bare := re.fullmatch(rf"\s*(?P<minus>[-－负])?\s*(?P<number>{_NUMBER})\s*", text)):
        matches.append(bare)
    for match in matches:
        number = numbers_zh.read(match["number"])
        if number is not None and (asked == "headcount" or number.low == 0 or match["minus"] or "人" in match.group()):
            counts.append(-int(number.low) if match["minus"] else int(number.low))
    if any(count < 1 for count in counts):
        return "no_people"
    return "too_many" if any(count > MOST_PEOPLE for count in counts) else None


def _date(text: str, said: Mapping[str, Any], today: date) -> str | None:
    for match in _MONTH_DAY.finditer(text):
        month, day = numbers_zh.read(match["month"]), numbers_zh.read(match["day"])
        if month is None or day is None:
            continue
        if not 1 <= month.low <= 12 or not 1 <= day.low <= _DAYS_IN[int(month.low) - 1]:
            return "no_such_day"
        if said.get("date") is None and (month.low, day.low) == (2, 29):
            return "no_such_day"  # not in the year that was meant
    if days := said.get("date"):
        first, _, last = str(days).partition("/")
        if date.fromisoformat(last or first) < today:
            return "past_day"
        if date.fromisoformat(first) - today > NOT_THIS_YEAR and not _YEAR_SAID.search(text):
            return "past_day"
    return None


def _pay(text: str, said: Mapping[str, Any]) -> str | None:
    if amount := said.get("pay"):
        low, high, unit = to_fen(amount)
        given = [fen / 100 for fen in (low, high) if fen is not None]
        least, most = CAN_BE_MEANT.get(unit or "day", (0.0, float(MOST_YUAN)))
        if any(yuan <= 0 for yuan in given):
            return "no_pay"
        return None if all(least <= yuan <= most for yuan in given) else "pay_unlikely"
    return "no_pay" if _NO_PAY.search(text) else None
