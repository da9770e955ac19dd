"""To whom a matter goes: the topic of a case, the team that answers for a place and a topic, why a conversation is closed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from backend.domain.case_rules import RIGHTS

JOBS, WAGES, POLICY, REGISTRATION, EMPLOYERS, OTHER = "jobs", "wages", "policy", "registration", "employers", "other"
TOPICS = (JOBS, WAGES, POLICY, REGISTRATION, EMPLOYERS, OTHER)

_OF_CASE = {
    **dict.fromkeys(RIGHTS, WAGES),
    "policy": POLICY,
    "training": POLICY,
    "unemployment": POLICY,
    "returnee": REGISTRATION,
    "write_name": REGISTRATION,
    "update_number": REGISTRATION,
    "tell_employer": EMPLOYERS,
    "ask_employer": EMPLOYERS,
    "nobody_left": EMPLOYERS,
    "attendance": EMPLOYERS,
}  # fmt: skip
_OF_INTENT = {
    **dict.fromkeys(("search_jobs", "more_jobs", "job_details", "apply_job", "withdraw_application", "my_applications"), JOBS),
    "report_problem": WAGES,
    **dict.fromkeys(("ask_policy", "sign_up_training", "register_unemployment"), POLICY),
    **dict.fromkeys(
        ("register_worker", "update_profile", "view_profile", "delete_profile", "set_availability", "register_return"),
        REGISTRATION,
    ),
    "post_job": EMPLOYERS,
}  # fmt: skip
# Levels of a division code, the nearest first.
_LEVELS = (12, 9, 6, 4, 2)

CLOSING_REASONS = ("answered", "job_found", "passed_on", "not_reached", "wrong_number", "abuse", "other")
NEEDS_WORDS = frozenset({"other"})


@dataclass(frozen=True)
class TeamSeen:
    """A team as the rule needs it."""

    id: int
    region_code: str
    topics: tuple[str, ...]


def topic_of(case_kind: str | None, intents: Iterable[str | None] = ()) -> str:
    """What a matter is about: the kind of its case decides, where that only says that somebody wants a person the newest
    thing that was talked about does.

    `intents`: what was understood in the conversation, the newest first.
    """
    if case_kind in _OF_CASE:
        return _OF_CASE[case_kind]
    return next((_OF_INTENT[intent] for intent in intents if intent in _OF_INTENT), OTHER)


def nearest_team(teams: Sequence[TeamSeen], region_code: str, topic: str) -> int | None:
    """The team for a matter in `region_code`: the nearest one up the tree that answers for the topic, else the nearest one
    for everything else (`other`); None: no team reaches there.

    Of two at one level the older (smaller id) has it, so that the answer never depends on an order of rows.
    """
    for wanted in dict.fromkeys((topic, OTHER)):
        for level in _LEVELS:
            if len(region_code) < level:
                continue
            fits = [team.id for team in teams if team.region_code == region_code[:level] and wanted in team.topics]
            if fits:
                return min(fits)
    return None


def codes_above(region_code: str) -> list[str]:
    """A division's own code and those above it: whoever is placed there sees it."""
    return [region_code[:level] for level in _LEVELS if level <= len(region_code)]
