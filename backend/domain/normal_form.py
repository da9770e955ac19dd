"""Whether a value is an entity's normal form, and words typed in its place as one (contract/understanding.md)."""

from __future__ import annotations

import re
from datetime import date, datetime

from backend.domain import ages
from backend.domain.entities import read_span
from backend.domain.lexicon import job_codes
from backend.domain.openings import DAY_PARTS, PAY_UNITS, SETTLEMENTS

LONGEST = 40  # characters of a value; the longest of the contract has 21
PROBLEMS = (
    "wage_arrears", "deposit_or_fee", "papers_kept", "fraud", "injury", "violence", "overtime", "discrimination",
    "no_contract",
)  # fmt: skip
TOPICS = (
    "unemployment", "social_insurance", "social_insurance_subsidy", "training_subsidy", "startup_loan",
    "placement_subsidy", "public_welfare_post", "hardship_recognition", "legal_aid", "contract",
)  # fmt: skip
HARDSHIPS = tuple(f"G{number:02}" for number in range(1, 15))
CHOICES: dict[str, tuple[str, ...]] = {
    "gender": ("male", "female"),
    "proximity": ("walking", "village", "town", "county", "near", "away"),
    "settlement": tuple(SETTLEMENTS),
    "day_part": tuple(DAY_PARTS),
    "term": ("long", "short"),
    "benefit": ("meals", "lodging", "transport", "insurance", "no_meals", "no_lodging"),
    "hardship": HARDSHIPS,
    "problem": PROBLEMS,
    "policy_topic": TOPICS,
    "job_type": tuple(job_codes()),
}
WORDS = frozenset({"person_name", "location", "training_topic", "employer_name"})
ENTITIES = (
    "person_name", "age", "gender", "phone_number", "job_type", "location", "proximity", "pay", "settlement", "date",
    "day_part", "clock", "duration", "term", "headcount", "benefit", "hardship", "problem", "money", "ordinal",
    "policy_topic", "training_topic", "employer_name",
)  # fmt: skip
# What a turn may be said to mean; what the line did not understand is no meaning.
INTENTS = (
    "greet", "goodbye", "thank", "affirm", "deny", "repeat", "slower", "help", "talk_to_human", "stop_messages",
    "resume_messages", "cancel", "register_worker", "update_profile", "view_profile", "delete_profile", "set_availability",
    "search_jobs", "more_jobs", "job_details", "apply_job", "withdraw_application", "my_applications", "post_job",
    "ask_policy", "sign_up_training", "register_return", "register_unemployment", "report_problem", "ask_market_info",
    "inform", "out_of_scope",
)  # fmt: skip
_NUMBER = r"\d{1,7}(?:\.\d{1,2})?"
_SHAPES = {
    "phone_number": re.compile(r"\d{7,12}"),
    "pay": re.compile(rf"{_NUMBER}(?:\+|-{_NUMBER})?(?:/(?:{'|'.join(PAY_UNITS)}))?"),
    "clock": re.compile(r"(?:[01]\d|2[0-3]):[0-5]\d"),
    "duration": re.compile(r"\d{1,3}(?:-\d{1,3})?d"),
    "money": re.compile(_NUMBER),
}


def normal(kind: str, value: str) -> str | int | float | None:
    """`value` as stored when it is the normal form of a `kind`, else None."""
    value = value.strip()
    if not value or len(value) > LONGEST:
        return None
    if kind in CHOICES:
        return value if value in CHOICES[kind] else None
    if kind in WORDS:
        return value if not re.search(r"[\[\]{}<>\n]", value) else None
    if kind in ("age", "headcount", "ordinal"):
        if not re.fullmatch(r"-?\d{1,4}", value, re.ASCII):
            return None
        number = int(value)
        first, last = {"age": (ages.YOUNGEST, ages.OLDEST), "headcount": (1, 500)}.get(kind, (-1, 99))
        return number if first <= number <= last and number else None
    if kind == "date":
        return value if _is_days(value) else None
    if kind in _SHAPES and _SHAPES[kind].fullmatch(value):
        return float(value) if kind == "money" and "." in value else int(value) if kind == "money" else value
    return None


def read(kind: str, typed: str, now: datetime) -> str | int | float | None:
    """What was typed for a value: the normal form itself, or words for it (五十八岁, 砌砖, 下周一); None when neither.

    `now`: aware, Asia/Shanghai, when the words were said.
    """
    typed = typed.strip()
    if (value := normal(kind, typed)) is not None:
        return value
    if kind == "date" and re.fullmatch(r"[\d/-]{8,}", typed):
        return None  # a span that ends before it begins is no day at all
    found = read_span(kind, 0, len(typed), typed, now, None) if len(typed) <= LONGEST else None
    return found.value if found else None


def _is_days(value: str) -> bool:
    first, slash, last = value.partition("/")
    try:
        start = date.fromisoformat(first)
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", first)) and (not slash or date.fromisoformat(last) >= start)
    except ValueError:
        return False
