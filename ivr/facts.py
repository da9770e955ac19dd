"""Facts that were just heard, as they are echoed or read back (V11, V12): in both languages, in short sentences."""

from __future__ import annotations

from datetime import date
from typing import Any

from ivr import free_text, spoken

LONGEST_PLACE, LONGEST_TRADE = 14, 12  # characters of somebody's own words that are read back
ASKED = {
    "meals": "meals", "no_meals": "meals", "lodging": "lodging", "no_lodging": "lodging", "transport": "transport",
    "insurance": "insured",
}  # fmt: skip


def facts_said(facts: dict[str, Any], today: date, lead: int = 0, tail: int = 0) -> tuple[str, str] | None:
    """Facts just heard, echoed back (V12), in sentences as short as V01 asks; None when there is nothing to say.

    `lead`, `tail`: the characters said before and after them in the same sentence.
    """
    zh: list[str] = []
    en: list[str] = []

    def add(chinese: str, english: str) -> None:
        zh.append(chinese)
        en.append(english)

    if name := facts.get("person_name"):
        add(free_text.said(str(name)), str(name))
    if age := facts.get("age"):
        add(f"{spoken.number_zh(int(age))}岁", f"{age} years old")
    if gender := facts.get("gender"):
        add("男的" if gender == "male" else "女的", str(gender))
    if village := facts.get("village_name") or facts.get("location"):
        add(free_text.said(str(village), LONGEST_PLACE), str(village))
    if trades := facts.get("job_names"):
        own_words = facts.get("title") if len(trades) == 1 else None
        for trade in [own_words] if own_words else trades:
            add(free_text.said(str(trade), LONGEST_TRADE), str(trade))
    if count := facts.get("headcount"):
        add(f"{'两' if count == 2 else spoken.number_zh(int(count))}个人", f"{count} people")
    if times := facts.get("clock"):
        times = [times] if isinstance(times, str) else times
        add("到".join(spoken.clock(t, "zh") for t in times), " to ".join(times))
    if days := facts.get("date"):
        start, _, end = _span(days)
        add(
            spoken.days(date.fromisoformat(start), date.fromisoformat(end or start), today, "zh"),
            spoken.days(date.fromisoformat(start), date.fromisoformat(end or start), today, "en"),
        )
    if length := facts.get("duration"):
        add(*_length(str(length)))
    if free := facts.get("free"):
        first, last = (date.fromisoformat(day) for day in free)
        add(spoken.free_days(first, last, today, "zh") + "有空", "free " + spoken.free_days(first, last, today, "en"))
    if facts.get("always_free"):
        add("天天有空", "free every day")
    if busy := facts.get("unavailable"):
        first, last = (date.fromisoformat(day) for day in busy)
        add(
            spoken.free_days(first, last, today, "zh") + "没空",
            "not free " + spoken.free_days(first, last, today, "en"),
        )
    if wage := facts.get("pay"):
        said = _wage(wage)
        if said:
            add(*said)
    if paid := spoken.settlement(facts, "zh"):
        add(paid, spoken.settlement(facts, "en"))
    for code in facts.get("benefit") or []:
        given = spoken.BENEFITS.get(ASKED.get(str(code), ""))
        if given:
            add(*given[1 if str(code).startswith("no_") else 0])
    if (money := facts.get("money")) is not None:
        fen = round(float(money) * 100)
        add(spoken.yuan(fen, "zh"), spoken.yuan(fen, "en") + " yuan")
    return (spoken.listed(zh, "zh", lead, tail), ", ".join(en)) if zh else None


def _span(days: Any) -> tuple[str, str, str]:
    """`2026-06-10/2026-06-12`, or the last of several, as first day, stroke, last day."""
    return str(days[-1] if isinstance(days, list) else days).partition("/")


def of_a_person(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts of a registration: its days are those she has time on, not those of a job."""
    if not (days := facts.get("date")):
        return facts
    start, _, end = _span(days)
    return {**{key: value for key, value in facts.items() if key != "date"}, "free": [start, end or start]}


def noted_said(form: str, noted: dict[str, Any], today: date, lead: int = 3) -> tuple[str, str] | None:
    """What a form has just taken down, as it is echoed."""
    return facts_said(of_a_person(noted) if form == "registration" else noted, today, lead)


def filters_said(filters: dict[str, Any], today: date) -> tuple[str, str] | None:
    """The day and the wage a search was understood to ask for; None when it named neither."""
    facts: dict[str, Any] = {}
    if filters.get("from"):
        facts["date"] = f"{filters['from']}/{filters.get('to') or filters['from']}"
    if (fen := filters.get("pay_min_fen")) is not None:
        facts["pay"] = f"{fen / 100:g}+/{filters.get('pay_unit') or ''}".rstrip("/")
    return facts_said(facts, today, lead=4)


def _length(value: str) -> tuple[str, str]:
    """`3d` → 做三天; `2-3d` → 做两到三天; `0.5d` → 做半天; `1.5d` → 做一天半."""
    low, _, high = value.rstrip("d").partition("-")
    zh = [_days_of(n) for n in (low, high) if n]
    told = f"{zh[0].removesuffix('天')}到{zh[1]}" if len(zh) == 2 else zh[0]
    return f"做{told}", f"{low} to {high} days" if high else f"{low} days"


def _days_of(number: str) -> str:
    whole, half = int(float(number)), float(number) % 1 >= 0.25
    if not whole:
        return "半天"
    return f"{'两' if whole == 2 else spoken.number_zh(whole)}天{'半' if half else ''}"


def _wage(value: Any) -> tuple[str, str] | None:
    """`150-200/day` → 一百五十到两百块一天."""
    text = str(value[-1] if isinstance(value, list) and value else value)
    amount, _, unit = text.partition("/")
    low, _, high = amount.rstrip("+").partition("-")
    try:
        terms = {"min_fen": round(float(low) * 100), "max_fen": round(float(high or low) * 100), "unit": unit or None}
    except ValueError:
        return None
    if amount.endswith("+"):
        terms["max_fen"] = None
    return spoken.pay(terms, "zh"), spoken.pay(terms, "en")
