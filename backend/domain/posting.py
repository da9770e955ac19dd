"""From what an employer said to the facts of an opening (E01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from backend.domain.pay import to_fen, to_value
from backend.domain.posting_words import span_of_hours

GENDERS = {"male": "要男的", "female": "要女的"}


def opening_facts(said: Mapping[str, Any], today: date) -> dict[str, Any]:
    """`said`: entity name → normal form, as heard in the dialogue; returns the facts `post_opening` takes.

    What was not said stays out. Days without a date begin tomorrow: the duration tells how many there are.
    """
    first, *other_trades = said["job_type"]
    facts: dict[str, Any] = {
        "job_type": first,
        "title": None if other_trades else said.get("title"),
        "headcount": int(said.get("headcount") or 1),
        "region": said.get("village"),
        "place": said.get("location"),
        "hours": _hours(said),
        "pay": _pay(said),
        "requirements": _requirements(said),
        **_days(said, today),
    }
    benefits = set(said.get("benefit") or ())
    for benefit, column in (
        ("meals", "meals"),
        ("lodging", "lodging"),
        ("transport", "transport"),
        ("insurance", "insured"),
    ):
        if benefit in benefits:
            facts[column] = True
        elif f"no_{benefit}" in benefits:
            facts[column] = False
    return {name: value for name, value in facts.items() if value not in (None, "", {})}


def _days(said: Mapping[str, Any], today: date) -> dict[str, date]:
    start = end = None
    if days := said.get("date"):
        first, _, last = str(days).partition("/")
        start, end = date.fromisoformat(first), date.fromisoformat(last or first)
        # "今天" said after midnight, or a day just past, is meant as from now on.
        start, end = max(start, today), max(end, today)
    if lasts := said.get("duration"):
        longest = int(str(lasts).rstrip("d").split("-")[-1])
        start = start or today + timedelta(days=1)
        if end is None or end == start:
            end = start + timedelta(days=longest - 1)
    return {"starts_on": start, "ends_on": end} if start and end else {}


def _hours(said: Mapping[str, Any]) -> dict[str, Any]:
    hours: dict[str, Any] = {}
    if clocks := said.get("clock"):
        start, end = span_of_hours(list(clocks))
        hours = {"from": start} | ({"to": end} if end else {})
    if part := said.get("day_part"):
        hours["day_part"] = part
    return hours


def _pay(said: Mapping[str, Any]) -> dict[str, Any]:
    pay: dict[str, Any] = {}
    if amount := said.get("pay"):
        low, high, unit = to_fen(amount)
        # An employer's bare amount is by the day: nobody here quotes a month without saying so.
        pay = {"min_fen": low, "max_fen": high, "unit": unit or "day"}
    else:
        pay = {"negotiable": True}
    if settlement := said.get("settlement"):
        pay["settlement"] = settlement
    return pay


def _requirements(said: Mapping[str, Any]) -> str:
    """Facts as stated; words on age or sex raise a flag for the reviewer there (P06)."""
    told = str(said.get("requirements") or "")
    parts = [told] if told else []
    if (gender := GENDERS.get(said.get("gender") or "")) and gender[-2] not in told:
        parts.append(gender)
    if (age := said.get("age")) and "岁" not in told:
        parts.append(f"{age}岁")
    return ",".join(parts)


def said_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `opening_facts`: an opening's columns as they would be said, so that it can be confirmed once more."""
    said: dict[str, Any] = {
        "job_type": [facts["job_type"]], "title": facts["title"], "headcount": facts["headcount"],
        "village": facts["region_code"], "location": facts["place"] or None,
    }  # fmt: skip
    said["date"] = "/".join(dict.fromkeys((facts["starts_on"].isoformat(), facts["ends_on"].isoformat())))
    said["clock"] = [clock for clock in (facts["hours_from"], facts["hours_to"]) if clock] or None
    said["day_part"], said["settlement"] = facts["day_part"], facts["settlement"]
    said["pay"] = to_value(facts["pay_min_fen"], facts["pay_max_fen"], facts["pay_unit"])
    said["requirements"] = facts["requirements"] or None
    benefits = {"meals": "meals", "lodging": "lodging", "transport": "transport", "insured": "insurance"}
    said["benefit"] = [
        code if facts[column] else f"no_{code}" for column, code in benefits.items() if facts[column] is not None
    ] or None
    return {name: value for name, value in said.items() if value is not None}


def next_such_days(first: date, last: date, today: date) -> tuple[date, date]:
    """The same weekdays again, from tomorrow on: whoever asked for Monday to Wednesday wants the next such days."""
    weeks = max(1, -(-(today - first).days // 7))
    start = first + timedelta(weeks=weeks)
    start = start if start > today else start + timedelta(weeks=1)
    return start, start + (last - first)
