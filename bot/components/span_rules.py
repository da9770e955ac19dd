"""Last word on the spans of a message once its intent is known. No Rasa import.

Rules come from the conventions of the understanding contract (numbers in brackets).
"""

from __future__ import annotations

from typing import NamedTuple

# 明早, 今晚, 后天早: a day and a part of it in one word. Both are reported, over the same characters.
_PARTS_OF_DAY = ("早", "晚", "早上", "晚上", "上午", "下午", "中午")
_DAYS = ("今", "明", "后", "昨", "今天", "明天", "后天", "昨天", "大后天")
_EDGES = " ，,。、；;：:！!？?\t\n"


class Span(NamedTuple):
    start: int
    end: int
    entity: str


def settle(text: str, intent: str | None, spans: list[Span]) -> list[Span]:
    """Return the spans to report for `text` understood as `intent`."""
    if intent == "out_of_scope":  # [11]
        return []
    kept: list[Span] = []
    for span in spans:
        trimmed = _trim(text, span)
        if trimmed is None or _refused(text, intent, trimmed):
            continue
        kept.append(trimmed)
        if trimmed.entity == "date" and _has_part_of_day(text[trimmed.start : trimmed.end]):
            kept.append(trimmed._replace(entity="day_part"))
    return kept


def _trim(text: str, span: Span) -> Span | None:
    start, end = span.start, span.end
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return Span(start, end, span.entity) if start < end else None


def _refused(text: str, intent: str | None, span: Span) -> bool:
    words = text[span.start : span.end]
    if span.entity == "person_name":
        return len(words) > 6 or words.isdigit()
    if intent == "sign_up_training" and span.entity == "job_type":  # [4]
        return True
    if intent == "register_unemployment" and span.entity == "policy_topic":  # [4]
        return True
    return intent == "register_return" and span.entity == "hardship" and "回" in words  # [4]


def _has_part_of_day(words: str) -> bool:
    return any(words == day + part for day in _DAYS for part in _PARTS_OF_DAY)
