"""How numbers, wages, days, hours and one job sound (V13), in Chinese and in the English of the captions."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from backend.domain.latin import latin
from backend.domain.lexicon import job_name
from ivr.figures import DIGITS, LONGEST_SENTENCE, spoken_length
from ivr.figures import clock as clock
from ivr.figures import digits_zh as digits_zh
from ivr.figures import number_zh as number_zh
from ivr.free_text import said

View = Mapping[str, Any]  # an OpeningView, services/views.py

# ≤25 s at the default pace of about 130 characters a minute (V06, V13).
LONGEST_JOB = 54
LONGEST_DEAL, LONGEST_LINE = 30, 27  # what is left of the 40 for a read-back when its own words and keys are said
LONGEST_CHOSEN = 8  # characters of each of three things to choose from by key
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


def past_day(start: date, end: date, today: date, lang: str) -> str:
    """The day of a job that is over: 昨天; 二十号; 二十号起 where there were several."""
    if lang == "en":
        return f"{start.day} {MONTHS_EN[start.month - 1]}" + (" on" if end > start else "")
    if start == end and (today - end).days == 1:
        return "昨天"
    return f"{number_zh(start.day)}号" + ("起" if end > start else "")


def free_days(start: date, end: date, today: date, lang: str) -> str:
    """The days somebody has or has not time; unlike a job they are not worked: 明天起七天."""
    start = max(start, today)
    if start >= end or lang == "en":
        return days(start, end, today, lang)
    length = (end - start).days + 1
    return f"{day(start, today, lang)}起{number_zh(length) if length != 2 else '两'}天"


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
        where = name or words
    else:
        where = words if name and name in words else name + words
    if lang == "en":
        return latin(where)
    return said(where, 14 if short else 0)


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


def title(opening: View, lang: str, longest: int = 12) -> str:
    if lang == "en":
        return job_name(opening["job_type"], "en")
    return said(str(opening.get("title") or ""), longest) or said(str(opening.get("job_name") or ""), longest) or "零工"


def job(opening: View, today: date, lang: str) -> list[str]:
    """One job in the fixed order work → place → when → pay and settlement → meals, transport, insurance (V13, W07).

    In Chinese it fits 25 seconds: what is least needed to decide is left out first (the closing hour, what is expressly
    not given, the finer place, the hours, a long name, how many days); the first day, the wage and what is given are told always.
    """
    told: list[str] = []
    for level in range(7):
        comma = "," if lang == "zh" else ", "
        start, end = _date(opening["starts_on"]), _date(opening["ends_on"])
        when = days(start, end, today, lang) if level < 6 else _bare_day(max(start, today), today, lang)
        at = hours(opening.get("hours") or {}, lang, short=level >= 1) if level < 4 else ""
        terms = opening.get("pay") or {}
        money = comma.join(part for part in (pay(terms, lang), settlement(terms, lang)) if part)
        work, where = title(opening, lang), place(opening, lang, short=level >= 3)
        if level >= 5 and lang == "zh":
            work, where, money = work[:6], where[:6], pay(terms, lang)
        told = [
            work,
            where,
            comma.join(part for part in (when, at) if part),
            money,
            benefits(opening, lang, only_given=level >= 2),
        ]
        told = [part for part in told if part]
        if lang == "en" or spoken_length(told) <= LONGEST_JOB:
            break
    return told


def job_line(opening: View, today: date, lang: str, lead: int = 0, tail: int = 0) -> str:
    """Work, place and day only: all that an own offer tells to a bare number (DESIGN §3.4).

    `lead`, `tail`: the characters said before and after it in the same sentence.
    """
    start, end = _date(opening["starts_on"]), _date(opening["ends_on"])
    told: list[str] = []
    for longest in (12, 9, 6):
        told = [
            title(opening, lang, longest),
            place(opening, lang, short=True)[: longest + 2 if lang == "zh" else None],
            past_day(start, end, today, lang)
            if end < today
            else days(start, end, today, lang)
            if longest > 6
            else _bare_day(max(start, today), today, lang),
        ]
        if lang == "en" or spoken_length(told) <= LONGEST_LINE:
            break
    return listed([part for part in told if part], lang, lead, tail)


def deal(opening: View, today: date, lang: str, tail: int = 0) -> str:
    """What is confirmed before a place is taken: kind, day, place and pay, together and once (V11)."""
    start = max(_date(opening["starts_on"]), today)
    terms = opening.get("pay") or {}
    told: list[str] = []
    for longest in (12, 8, 6):
        told = [
            _bare_day(start, today, lang),
            place(opening, lang, short=True)[: longest + 2 if lang == "zh" else None],
            title(opening, lang, longest),
            pay(terms if longest > 6 or lang == "en" else {**terms, "negotiable": False}, lang),
        ]
        if lang == "en" or spoken_length(told) <= LONGEST_DEAL:
            break
    return listed([part for part in told if part], lang, 0, tail)


def _bare_day(when: date, today: date, lang: str) -> str:
    """The day in one word: 后天, not 后天,二十五号,星期三."""
    return day(when, today, lang).split(",")[0] if lang == "zh" else day(when, today, lang)


def listed(parts: list[str], lang: str, lead: int = 0, tail: int = 0) -> str:
    """Things told one after the other, with a full stop wherever a sentence would grow longer than V01 allows."""
    if lang == "en":
        return ", ".join(parts)
    out, run = "", lead
    for number, part in enumerate(parts, 1):
        room = LONGEST_SENTENCE - (tail if number == len(parts) else 0)
        # A date or a wage stays together where it can.
        for piece in [part] if spoken_length([part]) <= room else part.split(","):
            length = spoken_length([piece])
            if out and run + length > room:
                out, run = out + "。", 0
            elif out:
                out += ","
            out, run = out + piece, run + length
    return out
