"""Wages, injury, fraud and the like: noted with the words, a person answers; danger first (R01–R03, vocabulary §4.8)."""

from __future__ import annotations

from backend.domain.answers import Answer
from backend.domain.case_rules import gravest
from backend.services.acts import act
from backend.services.open_case import noted
from backend.services.turn import Facts, Turn

NAMES = {
    "injury": "受伤",
    "violence": "打人、强迫",
    "distress": "情绪危急",
    "wage_arrears": "拖欠工钱",
    "papers_kept": "扣证件",
    "fraud": "诈骗",
    "deposit_or_fee": "押金、收费",
    "overtime": "超时加班",
    "discrimination": "歧视",
    "no_contract": "没签合同",
    "other_problem": "其他难处",
}


@act("report_problem")
def report_problem(turn: Turn) -> list[Answer]:
    """Open a case of the gravest problem told; `params["danger"]` is what the danger words said, before any model."""
    danger = turn.facts.params.get("danger")
    kind = danger or gravest(turn.facts.all("problem"))
    return noted(
        turn,
        "report_problem",
        kind,
        lambda facts: _summary(kind, facts),
        ("problem", "money", "employer_name", "location", "date", "duration", "headcount", "job_type"),
    )


def _summary(kind: str, facts: Facts) -> str:
    """One line for staff; the words themselves are the message."""
    parts = [NAMES[kind]]
    if money := facts.one("money"):
        parts.append(f"{money}元")
    if employer := facts.one("employer_name"):
        parts.append(f"雇主 {employer}")
    if place := facts.one("location"):
        parts.append(str(place))
    return ",".join(parts)
