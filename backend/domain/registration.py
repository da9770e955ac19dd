"""What registration asks, in which order, and when it may go straight to the confirmation (W01, V11)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

# Asked in this order; only the name is required, every other question may be passed over.
# The words are the entities of understanding.md that answer them.
QUESTIONS = ("person_name", "age", "location", "job_type", "date", "pay")
REQUIRED = frozenset({"person_name"})
# A part of the day or a term answers "when", a way of settling answers "how much".
ALSO_ANSWERED_BY = {"date": ("day_part", "term", "duration", "always_free", "unavailable"), "pay": ("settlement",)}
# The text a yes agrees to; a new wording gets a new version, which is stored with every consent.
NOTICE_VERSION = "2026-11-01"
# After this many tries a question is passed over (the name: a person helps instead).
TRIES = 2


def answered(facts: Mapping[str, Any]) -> list[str]:
    """The questions that `facts` (entity name → value) answer."""
    return [q for q in QUESTIONS if q in facts or any(also in facts for also in ALSO_ANSWERED_BY.get(q, ()))]


def next_question(facts: Mapping[str, Any], skipped: Collection[str], *, started_with: int) -> str | None:
    """The next thing to ask, or None when the confirmation is due.

    `started_with` is how many facts the first message brought: with a name and another fact nothing more is asked.
    """
    if "person_name" not in facts:
        return "person_name"
    if started_with >= 2:
        return None
    done = answered(facts)
    return next((question for question in QUESTIONS if question not in done and question not in skipped), None)
