"""An opening's facts by the names of its columns, and whether they hold (E01)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

from backend.domain.ledgers import LONGEST_TEXT, MOST_PEOPLE
from backend.domain.lexicon import job_codes
from backend.domain.openings import DAY_PARTS, PAY_UNITS, SETTLEMENTS
from backend.errors import Invalid
from backend.services.regions import RegionBook

FURTHEST = timedelta(days=400)
_HOUR = re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d")

COLUMNS = (
    "job_type",
    "title",
    "headcount",
    "region_code",
    "place",
    "starts_on",
    "ends_on",
    "hours_from",
    "hours_to",
    "day_part",
    "pay_min_fen",
    "pay_max_fen",
    "pay_unit",
    "settlement",
    "negotiable",
    "requirements",
    "meals",
    "lodging",
    "transport",
    "insured",
)
_NAMES = {"region": "region_code"}


def to_columns(facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` by the names of the columns; what is not in it stays out."""
    columns: dict[str, Any] = {}
    for name, value in facts.items():
        if name == "hours":
            hours = value or {"from": None, "to": None, "day_part": None}
            columns |= {f"hours_{end}": hours[end] for end in ("from", "to") if end in hours}
            columns |= {"day_part": hours["day_part"]} if "day_part" in hours else {}
        elif name == "pay":
            pay = value or {"min_fen": None, "max_fen": None, "unit": None, "settlement": None, "negotiable": None}
            columns |= {f"pay_{key}": pay[key] for key in ("min_fen", "max_fen", "unit") if key in pay}
            columns |= {"settlement": pay["settlement"]} if "settlement" in pay else {}
            columns |= {"negotiable": bool(pay["negotiable"])} if "negotiable" in pay else {}
        elif name in ("title", "place", "requirements"):
            columns[name] = (value or "").strip()
        else:
            columns[_NAMES.get(name, name)] = value
    return columns


def check(columns: dict[str, Any], regions: RegionBook, today: date, *, new: bool) -> None:
    get = columns.get
    problems: dict[str, str] = {}
    if get("job_type") not in job_codes():
        problems["job_type"] = "a code of the job type table, e.g. A04"
    if not get("title"):
        problems["title"] = "say what the work is"
    if not isinstance(get("headcount"), int) or not 1 <= columns["headcount"] <= MOST_PEOPLE:
        problems["headcount"] = f"a number from 1 to {MOST_PEOPLE}"
    if not regions.knows(get("region_code")):
        problems["region"] = "a division code of the served counties"
    starts_on, ends_on = get("starts_on"), get("ends_on")
    if starts_on is None or ends_on is None:
        problems["starts_on"] = "the first and the last day are needed"
    elif ends_on < starts_on:
        problems["ends_on"] = "the last day cannot be before the first"
    elif new and starts_on < today - FURTHEST:
        problems["starts_on"] = "more than a year ago"
    elif new and ends_on < today:
        problems["ends_on"] = "the last day has passed"
    elif ends_on - today > FURTHEST:
        problems["ends_on"] = "more than a year ahead"
    for name, field in (("hours_from", "hours.from"), ("hours_to", "hours.to")):
        if get(name) is not None and not _HOUR.fullmatch(columns[name]):
            problems[field] = "HH:MM"
    low, high = get("pay_min_fen"), get("pay_max_fen")
    if any(fen is not None and not 0 < fen <= 100_000_000 for fen in (low, high)):
        problems["pay"] = "an amount above 0 and up to 1,000,000 yuan"
    elif low is not None and high is not None and high < low:
        problems["pay"] = "the upper wage cannot be below the lower"
    for name, field, allowed in (
        ("pay_unit", "pay.unit", PAY_UNITS),
        ("settlement", "pay.settlement", SETTLEMENTS),
        ("day_part", "hours.day_part", DAY_PARTS),
    ):
        if get(name) is not None and columns[name] not in allowed:
            problems[field] = "one of " + ", ".join(allowed)
    for name in ("title", "place", "requirements"):
        if len(get(name) or "") > LONGEST_TEXT:
            problems[name] = f"at most {LONGEST_TEXT} characters"
    if problems:
        raise Invalid("some facts do not hold", problems)
