"""An opening's line in the ledger 单位岗位需求台账: what stands in it and how it is posted (L03, E01)."""

from __future__ import annotations

from datetime import date
from typing import Any

from backend.domain.lexicon import job_name
from backend.store.models import Opening

_SAME = (
    "job_type",
    "title",
    "headcount",
    "region_code",
    "hours_from",
    "hours_to",
    "settlement",
    "meals",
    "lodging",
    "transport",
    "insured",
)
KEY = ("phone", "employer", "job_type", "title", "region_code", "starts_on")


def line(opening: Opening) -> dict[str, Any]:
    """The facts of an opening as a row of the ledger has them: plain JSON by column."""
    facts: dict[str, Any] = {key: getattr(opening, key) for key in _SAME}
    facts |= {"place": opening.place or None, "requirements": opening.requirements or None}
    facts |= {"starts_on": opening.starts_on.isoformat(), "ends_on": opening.ends_on.isoformat()}
    facts |= {
        "employer": opening.employer.name,
        "employer_kind": opening.employer.kind,
        "phone": opening.employer.phone,
    }
    pay = [opening.pay_min_fen, opening.pay_max_fen, opening.pay_unit]
    facts["pay"] = pay if pay != [None, None, None] or opening.negotiable else None
    return facts


def complete(facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` with what a posting would get of itself: a title, the last day."""
    return {
        **facts,
        "title": facts.get("title") or job_name(facts["job_type"]),
        "ends_on": facts.get("ends_on") or facts["starts_on"],
    }


def key_of(facts: dict[str, Any]) -> tuple[Any, ...]:
    """By what two rows are one posting."""
    return tuple(facts.get(key) for key in KEY)


def changes(opening: Opening, facts: dict[str, Any]) -> list[str]:
    """The columns in which `facts` differ from what is stored; the kind of an employer is kept with the employer."""
    stands = line(opening)
    return [key for key, value in facts.items() if key not in ("employer_kind",) and stands.get(key) != value]


def as_posted(facts: dict[str, Any]) -> dict[str, Any]:
    """`facts` as `post_opening` and `change_opening` take them."""
    posted: dict[str, Any] = {
        key: facts[key]
        for key in (
            "job_type",
            "title",
            "headcount",
            "place",
            "requirements",
            "meals",
            "lodging",
            "transport",
            "insured",
        )
        if key in facts
    }
    posted |= {"region": facts["region_code"]}
    posted |= {key: date.fromisoformat(facts[key]) for key in ("starts_on", "ends_on")}
    if "hours_from" in facts or "hours_to" in facts:
        posted["hours"] = {"from": facts.get("hours_from"), "to": facts.get("hours_to")}
    pay: dict[str, Any] = {}
    if (told := facts.get("pay")) is not None:
        low, high, unit = told
        pay = {"min_fen": low, "max_fen": high, "unit": unit, "negotiable": low is None and high is None}
    if "settlement" in facts:
        pay["settlement"] = facts["settlement"]
    return posted | ({"pay": pay} if pay else {})
