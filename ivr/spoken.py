"""How numbers, wages, days, hours and one job sound (V13), in Chinese and in the English of the captions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.domain.latin import latin
from backend.domain.lexicon import job_name

View = Mapping[str, Any]  # an OpeningView, services/views.py

DIGITS = "零一二三四五六七八九"
# ≤25 s at the default pace of about 130 characters a minute (V06, V13).
LONGEST_JOB = 54
WEEKDAYS = "一二三四五六日"
WEEKDAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS_EN = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)

UNITS = {
    "hour": ("一个钟头", "an hour"), "half_day": ("半天", "half a day"), "day": ("一天", "a day"), "week": ("一个星期", "a week"),
    "month": ("一个月", "a month"), "piece": ("一件", "a piece"), "jin": ("一斤", "a jin"), "mu": ("一亩", "a mu"),
    "m2": ("一个平方", "a square metre"), "m3": ("一方", "a cubic metre"), "tonne": ("一吨", "a tonne"), "trip": ("一趟", "a trip"),
    "load": ("一车", "a load"), "plant": ("一棵", "a plant"), "bag": ("一袋", "a bag"),
}  # fmt: skip
SETTLEMENTS = {
    "daily": ("做完一天结一天", "paid every day"), "weekly": ("一个星期结一回", "paid weekly"),
    "half_monthly": ("半个月结一回", "paid every half month"), "monthly": ("一个月结一回", "paid monthly"),
    "on_completion": ("做完一起结", "paid when the work is done"),
}  # fmt: skip
DAY_PARTS = {
    "morning": ("上午", "in the morning"), "noon": ("中午", "at noon"), "afternoon": ("下午", "in the afternoon"),
    "evening": ("晚上", "in the evening"), "night": ("夜班", "at night"), "daytime": ("白天", "in the daytime"),
}  # fmt: skip
BENEFITS = {  # key → said when given, said when expressly not given
    "meals": (("管饭", "meals"), ("不管饭", "no meals")),
    "lodging": (("管住", "lodging"), ("不管住", "no lodging")),
    "transport": (("有车接送", "transport"), ("没车接送", "no transport")),
    "insured": (("买了保险", "insured"), ("没买保险", "not insured")),
}


def number_zh(value: int) -> str:
    """A whole number as it is said, 两 before 百千万: 120 → 一百二十; 2500 → 两千五百; 10005 → 一万零五."""
    if value < 0:
        return "负" + number_zh(-value)
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        head = "两" if high == 2 else number_zh(high)
        return head + "万" + (gap + _below_10000(low) if low else "")
    return _below_10000(value)


def _below_10000(value: int) -> str:
    if value < 10:
        return DIGITS[value]
    if value < 20:
        return "十" + (DIGITS[value - 10] if value > 10 else "")
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        digit, value = divmod(value, unit)
        if digit:
            out += ("零" if gap and out else "") + ("两" if digit == 2 and unit > 10 else DIGITS[digit]) + name
            gap = False
        elif out:
            gap = True
    return out + (("零" if gap else "") + DIGITS[value] if value else "")


def number_en(value: int) -> str:
    return str(value)


def digits_zh(digits: str) -> str:
    """A number read digit by digit, as a phone number is: 1 is 幺."""
    return "".join("幺" if d == "1" else DIGITS[int(d)] for d in digits if d.isdigit())


def yuan(fen: int, lang: str) -> str:
    if lang == "en":
        return f"{fen / 100:g}"
    whole, rest = divmod(fen, 100)
    if not rest:
        return number_zh(whole) + "块"
    jiao, single = divmod(rest, 10)
    small = (DIGITS[jiao] if jiao else "零") + (DIGITS[single] if single else "")
    return (number_zh(whole) + "块" + small) if whole else (number_zh(jiao) + "角" if not single else small[1:] + "分")


def pay(terms: View, lang: str) -> str:
    """`{min_fen, max_fen, unit, settlement, negotiable}` → 一百二十块一天. No figure: 工钱面谈."""
    low, high = _told(terms.get("min_fen")), _told(terms.get("max_fen"))
    which = 0 if lang == "zh" else 1
    unit = UNITS.get(terms.get("unit") or "", ("", ""))[which]
    if low is None and high is None:
        return "工钱当面谈" if lang == "zh" else "pay to be agreed"
    if low is not None and high is not None and low != high:
        amount = f"{_bare(low)}到{yuan(high, lang)}" if lang == "zh" else f"{low / 100:g} to {high / 100:g} yuan"
    else:
        figure = int(low if low is not None else high or 0)
        amount = yuan(figure, lang) if lang == "zh" else f"{figure / 100:g} yuan"
        if terms.get("max_fen") is None and lang == "zh":
            amount = "起码" + amount
        elif terms.get("max_fen") is None:
            amount = "at least " + amount
    if terms.get("negotiable"):
        unit += ",还可以谈" if lang == "zh" else ", negotiable"
    return amount + unit if lang == "zh" else f"{amount} {unit}".strip()


def _told(fen: int | None) -> int | None:
    """From a hundred yuan on nobody says the fen."""
    return fen if fen is None or fen < 10_000 else round(fen, -2)


def _bare(fen: int) -> str:
    return number_zh(fen // 100) if fen % 100 == 0 else yuan(fen, "zh")


def settlement(terms: View, lang: str) -> str:
    pair = SETTLEMENTS.get(terms.get("settlement") or "")
    return pair[0 if lang == "zh" else 1] if pair else ""


def day(when: date, today: date, lang: str) -> str:
    """明天; 后天,二十五号,星期三; further off with the month: 十二月三号."""
    ahead = (when - today).days
    if lang == "en":
        named = {0: "today", 1: "tomorrow", 2: "the day after tomorrow"}.get(ahead)
        full = f"{WEEKDAYS_EN[when.weekday()]} {when.day} {MONTHS_EN[when.month - 1]}"
        return named if named and ahead < 2 else f"{named}, {full}" if named else full
    number = f"{number_zh(when.day)}号"
    if ahead in (0, 1):
        return "今天" if ahead == 0 else "明天"
    if ahead == 2:
        return f"后天,{number},星期{WEEKDAYS[when.weekday()]}"
    if 0 < ahead < 7:
        return f"{number},星期{WEEKDAYS[when.weekday()]}"
    month = number_zh(when.month) if when.month != 2 else "二"
    return f"{month}月{number}"


def days(start: date, end: date, today: date, lang: str) -> str:
    """The days of a job; one that has begun is said to run on."""
    start = max(start, today)
    if start >= end:
        return day(start, today, lang)
    length = (end - start).days + 1
    if lang == "en":
        return f"{day(start, today, lang)}, {length} days"
    return f"{day(start, today, lang)}起,做{number_zh(length) if length != 2 else '两'}天"


def free_days(start: date, end: date, today: date, lang: str) -> str:
    """The days somebody has or has not time; unlike a job they are not worked: 明天起七天."""
    start = max(start, today)
    if start >= end or lang == "en":
        return days(start, end, today, lang)
    length = (end - start).days + 1
    return f"{day(start, today, lang)}起{number_zh(length) if length != 2 else '两'}天"


def clock(text: str, lang: str) -> str:
    """07:30 → 早上七点半."""
    if lang == "en":
        return text
    hour, minute = int(text[:2]), int(text[3:5])
    part = ("凌晨" if hour < 5 else "早上" if hour < 9 else "上午" if hour < 12 else "中午" if hour < 13
            else "下午" if hour < 18 else "晚上")  # fmt: skip
    said = hour if hour <= 12 else hour - 12
    tail = "" if minute == 0 else "半" if minute == 30 else f"{'零' if minute < 10 else ''}{number_zh(minute)}分"
    return f"{part}{'两' if said == 2 else number_zh(said)}点{tail}"


def hours(terms: View, lang: str, *, short: bool = False) -> str:
    start, end = terms.get("from"), terms.get("to")
    if start and end and not short:
        return f"{clock(start, lang)}到{clock(end, lang)}" if lang == "zh" else f"{start} to {end}"
    if start:
        return clock(start, lang) + ("开工" if lang == "zh" else " start")
    part = DAY_PARTS.get(terms.get("day_part") or "")
    return part[0 if lang == "zh" else 1] if part else ""


def place(opening: View, lang: str, *, short: bool = False) -> str:
    """Where: the division, and the words of the posting when they add to it and there is room."""
    name, words = str(opening.get("region_name") or ""), str(opening.get("place") or "")
    if short or not words or words in name:
        said = name or words
    else:
        said = words if name and name in words else name + words
    if lang == "en":
        return latin(said)
    return said[:14] if short else said


def benefits(opening: View, lang: str, *, only_given: bool = False) -> str:
    """Meals, lodging, transport and insurance as far as the posting says (W07)."""
    which = 0 if lang == "zh" else 1
    said = []
    for key, (given, denied) in BENEFITS.items():
        value = opening.get(key)
        if value:
            said.append(given[which])
        elif value is False and not only_given:
            said.append(denied[which])
    return ("," if lang == "zh" else ", ").join(said)


def _date(text: str) -> date:
    return date.fromisoformat(text)


def title(opening: View, lang: str) -> str:
    if lang == "en":
        return job_name(opening["job_type"], "en")
    return str(opening.get("title") or opening.get("job_name") or "零工")[:12]


def job(opening: View, today: date, lang: str) -> list[str]:
    """One job in the fixed order work → place → when → pay and settlement → meals, transport, insurance (V13, W07).

    In Chinese it fits 25 seconds: what is least needed to decide is left out first (the closing hour, what is expressly
    not given, the finer place, the hours, a long name); the first day, the wage and what is given are told always.
    """
    said: list[str] = []
    for level in range(6):
        comma = "," if lang == "zh" else ", "
        when = days(_date(opening["starts_on"]), _date(opening["ends_on"]), today, lang)
        at = hours(opening.get("hours") or {}, lang, short=level >= 1) if level < 4 else ""
        terms = opening.get("pay") or {}
        money = comma.join(part for part in (pay(terms, lang), settlement(terms, lang)) if part)
        work, where = title(opening, lang), place(opening, lang, short=level >= 3)
        if level == 5 and lang == "zh":
            work, where, money = work[:6], where[:6], pay(terms, lang)
        said = [
            work,
            where,
            comma.join(part for part in (when, at) if part),
            money,
            benefits(opening, lang, only_given=level >= 2),
        ]
        said = [part for part in said if part]
        if lang == "en" or spoken_length(said) <= LONGEST_JOB:
            break
    return said


def spoken_length(parts: list[str]) -> int:
    return sum(1 for part in parts for character in part if character not in ",。,、;: ")


def job_line(opening: View, today: date, lang: str) -> str:
    """Work, place and day only: all that an own offer tells to a bare number (DESIGN §3.4)."""
    parts = [
        title(opening, lang),
        place(opening, lang, short=True),
        days(_date(opening["starts_on"]), _date(opening["ends_on"]), today, lang),
    ]
    return ("," if lang == "zh" else ", ").join(part for part in parts if part)


def deal(opening: View, today: date, lang: str) -> str:
    """What is confirmed before a place is taken: kind, day, place and pay, together and once (V11)."""
    parts = [
        day(max(_date(opening["starts_on"]), today), today, lang).split(",")[0]
        if lang == "zh"
        else day(max(_date(opening["starts_on"]), today), today, lang),
        place(opening, lang, short=True),
        title(opening, lang),
        pay(opening.get("pay") or {}, lang),
    ]
    return ("," if lang == "zh" else ", ").join(part for part in parts if part)
