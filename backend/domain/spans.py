"""Closed-class spans found by our own parsers and word lists: for the menu when the engine is away, and as an oracle.

Only what can mean one thing: a bare number, a name or a place is left to the engine.
"""

from __future__ import annotations

from datetime import date
from typing import TypedDict

from backend.domain import ages, benefits, clock_zh, counts, dates_zh, lexicon, phone, topics, wages
from backend.domain.lunar_zh import MarketDays


class Span(TypedDict):
    """What the engine marks: `text` is message[start:end]."""

    entity: str
    start: int
    end: int
    text: str


# Places do not depend on the day, so any will do to find them; every day is a market day for the same reason.
_ANY_DAY = date(2026, 3, 2)
_ANY_MARKET = MarketDays(tuple(range(10)))
# An expression of an earlier kind hides what stands inside it: the 一天 of 一天两百 is no duration.
_LISTS = ("settlement", "term", "proximity", "gender")


def spans(text: str) -> list[Span]:
    """Return the spans of `text`, left to right, shaped as the engine gives them."""
    found: list[Span] = []

    def add(kind: str, start: int, end: int) -> None:
        if start < end and not any(s["start"] < end and start < s["end"] for s in found):
            found.append(Span(entity=kind, start=start, end=end, text=text[start:end]))

    for secret in phone.find(text):
        add("phone_number" if secret.kind == "phone" else "", secret.start, secret.end)
    for pay in wages.find_with_unit(text):
        add("pay", pay.start, pay.end)
    for age in ages.find(text, _ANY_DAY.year):
        if age.sure:
            add("age", age.start, age.end)
    for hit in lexicon.matcher("settlement").find(text):
        add("settlement", hit.start, hit.end)
    for benefit in benefits.find(text):
        add("benefit", benefit.start, benefit.end)
    for job in lexicon.find_jobs(text):
        add("job_type", job.start, job.end)
    for day in dates_zh.find(text, _ANY_DAY, _ANY_MARKET):
        add("date", day.start, day.end)
    for clock in clock_zh.find(text):
        if clock.sure:
            add("clock", clock.start, clock.end)
    for count in counts.find_ordinals(text):
        if count.sure:
            add("ordinal", count.start, count.end)
    for count in counts.find_headcounts(text):
        if count.sure:
            add("headcount", count.start, count.end)
    for length in clock_zh.find_lengths(text):
        add("duration", length.start, length.end)
    for problem in topics.clear_problems(text):
        add("problem", problem.start, problem.end)
    for label in topics.find_hardships(text):
        add("hardship", label.start, label.end)
    for name in _LISTS:
        for hit in lexicon.matcher(name).find(text):
            if len(hit.word) > 1:
                add(name, hit.start, hit.end)
    for part in lexicon.matcher("day_parts").find(text):
        add("day_part", part.start, part.end)
    return sorted((span for span in found if span["entity"]), key=lambda span: span["start"])
