"""Short written forms for a text: pay, days, hours, places, one opening in a line; Chinese and the English gloss."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.domain.latin import latin
from backend.domain.lexicon import job_name
from backend.domain.pay import yuan

UNITS = {
    "zh": {
        "hour": "小时",
        "half_day": "半天",
        "day": "天",
        "week": "周",
        "month": "月",
        "piece": "件",
        "jin": "斤",
        "kg": "公斤",
        "mu": "亩",
        "m2": "平方",
        "m3": "方",
        "tonne": "吨",
        "trip": "趟",
        "load": "挑",
        "plant": "棵",
        "bag": "包",
    },
    "en": {
        "hour": "hour",
        "half_day": "half day",
        "day": "day",
        "week": "week",
        "month": "month",
        "piece": "piece",
        "jin": "jin (500 g)",
        "kg": "kg",
        "mu": "mu",
        "m2": "m²",
        "m3": "m³",
        "tonne": "tonne",
        "trip": "trip",
        "load": "load",
        "plant": "plant",
        "bag": "bag",
    },
}
SETTLEMENTS = {
    "zh": {"daily": "日结", "weekly": "周结", "half_monthly": "半月结", "monthly": "月结", "on_completion": "做完结"},
    "en": {
        "daily": "paid daily",
        "weekly": "paid weekly",
        "half_monthly": "paid twice a month",
        "monthly": "paid monthly",
        "on_completion": "paid on completion",
    },
}
DAY_PARTS = {
    "zh": {
        "morning": "上午",
        "noon": "中午",
        "afternoon": "下午",
        "evening": "晚上",
        "night": "夜班",
        "daytime": "白天",
    },
    "en": {
        "morning": "morning",
        "noon": "noon",
        "afternoon": "afternoon",
        "evening": "evening",
        "night": "night shift",
        "daytime": "daytime",
    },
}
TERMS = {"zh": {"long": "长期", "short": "短工"}, "en": {"long": "long term", "short": "short term"}}
GENDERS = {"zh": {"male": "男", "female": "女"}, "en": {"male": "man", "female": "woman"}}


def pay(facts: dict[str, Any], lang: str = "zh") -> str:
    """`{"min_fen", "max_fen", "unit", "settlement", "negotiable"}` → 120元/天日结; 面议 when no amount is known."""
    low, high, unit = facts.get("min_fen"), facts.get("max_fen"), facts.get("unit")
    settlement = SETTLEMENTS[lang].get(facts.get("settlement") or "", "")
    if low is None:
        text = "工钱面议" if lang == "zh" else "pay to be agreed"
    else:
        amount = yuan(low) + ("" if high in (None, low) else f"-{yuan(high)}")
        per = UNITS[lang].get(unit or "", "")
        if lang == "zh":
            text = f"{amount}元" + (f"/{per}" if per else "") + ("起" if high is None else "")
        else:
            text = f"{amount} yuan" + (f" a {per}" if per else "") + (" or more" if high is None else "")
    return text + (settlement if lang == "zh" else f", {settlement}" if settlement else "")


def said_pay(value: str, lang: str = "zh") -> str:
    """A pay in normal form (`150+/day`) as a person reads it."""
    amount, _, unit = value.partition("/")
    per = UNITS[lang].get(unit, unit)
    least = amount.endswith("+")
    amount = amount.rstrip("+")
    if lang == "zh":
        return f"{amount}元" + (f"/{per}" if per else "") + ("以上" if least else "")
    return f"{amount} yuan" + (f" a {per}" if per else "") + (" or more" if least else "")


WEEKDAYS = "一二三四五六日"


def day(iso: str, lang: str = "zh") -> str:
    """2026-11-25 → 11月25日周三."""
    when = date.fromisoformat(iso)
    if lang == "en":
        return f"{when:%a} {when.day} {when:%b}"
    return f"{when.month}月{when.day}日周{WEEKDAYS[when.weekday()]}"


def days(start: str, end: str, lang: str = "zh") -> str:
    """A stretch of days, both included; the month is told once."""
    if start == end:
        return day(start, lang)
    first, last = date.fromisoformat(start), date.fromisoformat(end)
    if lang == "en":
        return f"{day(start, lang)} to {day(end, lang)}"
    tail = f"{last.day}日" if last.month == first.month and last.year == first.year else f"{last.month}月{last.day}日"
    return f"{first.month}月{first.day}日到{tail}"


def hours(facts: dict[str, Any], lang: str = "zh") -> str:
    start, end = facts.get("from"), facts.get("to")
    if start and end:
        return f"{start}-{end}"
    if start:
        return f"{start}起" if lang == "zh" else f"from {start}"
    return DAY_PARTS[lang].get(facts.get("day_part") or "", "")


def cares(opening: dict[str, Any], lang: str = "zh", *, negatives: bool = False) -> list[str]:
    """Meals, lodging, transport, insurance (W07): what is given, and with `negatives` what is not."""
    words = {
        "zh": {
            "meals": ("管饭", "不管饭"),
            "lodging": ("管住", "不管住"),
            "transport": ("有车接送", "自己去"),
            "insured": ("买保险", "没买保险"),
        },
        "en": {
            "meals": ("meals", "no meals"),
            "lodging": ("lodging", "no lodging"),
            "transport": ("transport", "own transport"),
            "insured": ("insured", "not insured"),
        },
    }[lang]
    if lang == "zh" and opening["meals"] and opening["lodging"]:
        words = {**words, "meals": ("包吃住", ""), "lodging": ("", "")}
    found = [words[key][0] for key in words if opening[key] and words[key][0]]
    return found + ([words[key][1] for key in words if opening[key] is False and words[key][1]] if negatives else [])


def where(opening: dict[str, Any]) -> str:
    place = opening["place"]
    return place if place and opening["region_name"] in place else f"{opening['region_name']}{place}"


def work(opening: dict[str, Any], lang: str = "zh") -> str:
    """What the work is: in the posting's own words, in English by its trade."""
    return opening["title"] if lang == "zh" else job_name(opening["job_type"], "en")


def line(opening: dict[str, Any], lang: str = "zh", *, detail: int = 3) -> str:
    """One opening in a line, in the fixed order work → place → when → pay → meals/transport/insurance (V13).

    `detail`: 3 everything, 2 without hours, 1 without the place in the village, 0 without meals and the rest.
    """
    place = where(opening) if detail >= 2 else opening["region_name"]
    parts = [work(opening, lang), latin(place) if lang == "en" else place]
    when = days(opening["starts_on"], opening["ends_on"], lang)
    if detail >= 3 and (clock := hours(opening["hours"], lang)):
        when += (" " if lang == "en" else "") + clock
    parts.append(when)
    pay_facts = opening["pay"] if detail >= 1 else {**opening["pay"], "settlement": None}
    parts.append(pay(pay_facts, lang))
    if detail >= 1:
        parts += cares(opening, lang)
    return (", " if lang == "en" else ",").join(part for part in parts if part)


def bare(opening: dict[str, Any], lang: str = "zh") -> str:
    """Work, place and days alone: where the pay is of no use, after the work is done."""
    parts = [work(opening, lang), latin(opening["region_name"]) if lang == "en" else opening["region_name"]]
    return (", " if lang == "en" else ",").join([*parts, days(opening["starts_on"], opening["ends_on"], lang)])


def numbered(openings: list[dict[str, Any]], detail: int) -> str:
    """Openings to choose from, one to a line from 1."""
    return "\n".join(f"{n} {line(opening, detail=detail)}" for n, opening in enumerate(openings, start=1))
