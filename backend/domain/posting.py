"""From what an employer said to the facts of an opening (E01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from backend.domain.pay import to_fen

MOST_PEOPLE = 500
GENDERS = {"male": "要男的", "female": "要女的"}


def opening_facts(said: Mapping[str, Any], today: date) -> dict[str, Any]:
    """`said`: entity name → normal form, as heard in the dialogue; returns the facts `post_opening` takes.

    What was not said stays out. Days without a date begin tomorrow: the duration tells how many there are.
    """
    first, *other_trades = said["job_type"]
    facts: dict[str, Any] = {
        "job_type": first,
        "title": None if other_trades else said.get("title"),
        "headcount": max(1, min(int(said.get("headcount") or 1), MOST_PEOPLE)),
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
    clocks = sorted(said.get("clock") or [])
    hours: dict[str, Any] = {}
    if clocks:
        hours["from"] = clocks[0]
    if len(clocks) > 1:
        hours["to"] = clocks[-1]
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
    parts = [GENDERS[said["gender"]]] if said.get("gender") in GENDERS else []
    if age := said.get("age"):
        parts.append(f"{age}岁")
    return ",".join(parts)
