"""Answers → one text of at most two segments, signed with the station's name (M01, M02, M06); and its English gloss.

Chinese is what is sent. The English is the same answer for readers without Chinese; it is never sent and keeps no budget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from backend.domain.answers import Answer
from backend.domain.latin import latin
from backend.domain.sms_text import TWO_SEGMENTS, cut, length
from backend.sms import phrases_en, phrases_zh
from backend.sms.phrases_common import Phrases

LANGUAGES: dict[str, Phrases] = {"zh": phrases_zh.PHRASES, "en": phrases_en.PHRASES}
# What people wrote in their own words, of any length; all else in an answer is short by itself.
FREE_WORDS = frozenset({
    "title", "place", "requirements", "employer_name", "region_name", "village_name", "location", "name", "person_name",
    "worker_name", "names", "taken", "withdrawn", "absent", "job_names", "address", "who", "words",
})  # fmt: skip
# Detail, and how many code units each of those may have (None: any): the fullest that fits is sent.
SHORTER: tuple[tuple[int, int | None], ...] = (
    (3, None), (3, 60), (3, 40), (3, 24), (2, 24), (1, 24), (1, 14), (0, 14), (0, 8), (0, 6), (0, 4),
)  # fmt: skip


def render(answers: Sequence[Answer], station: str, lang: str = "zh") -> str:
    """Return the text for `answers`, at most two segments in Chinese.

    `station`: the short name that signs, e.g. 中塘零工. Every kind can be told in four levels of detail; the fullest that
    fits is taken, and facts written at length are cut (…) before anything that says how to answer. Several answers are told
    one after the other; where even the shortest is too long, the last one, the open question, keeps its room.
    """
    phrases = LANGUAGES[lang]
    if lang == "en":
        return f"[{latin(station)}] " + " ".join(_told(answers, phrases, 3))
    sign = f"【{station}】"
    room = TWO_SEGMENTS - length(sign)
    told: list[str] = []
    for detail, longest in SHORTER:
        told = _told(answers if longest is None else _cut(answers, longest), phrases, detail)
        if length("\n".join(told)) <= room:
            return sign + "\n".join(told)
    *before, last = told
    left = room - length(last) - 1
    return sign + (cut("\n".join(before), left) + "\n" + last if before and left > 1 else cut(last, room))


def _told(answers: Sequence[Answer], phrases: Phrases, detail: int) -> list[str]:
    said = (_one(answer, phrases, detail) for answer in answers)
    return [text for text in said if text]


def _one(answer: Answer, phrases: Phrases, detail: int) -> str:
    phrase: str | Callable[[Answer, int], str] = phrases[answer["kind"]]
    return phrase if isinstance(phrase, str) else phrase(answer, detail)


def _cut(said: Any, longest: int, *, free: bool = False) -> Any:
    """The same facts with every free word at most `longest` code units."""
    if isinstance(said, str):
        return cut(said, longest) if free else said
    if isinstance(said, dict):
        return {key: _cut(value, longest, free=key in FREE_WORDS) for key, value in said.items()}
    if isinstance(said, (list, tuple)):
        return [_cut(one, longest, free=free) for one in said]
    return said
