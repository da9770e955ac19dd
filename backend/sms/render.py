"""Answers → one text of at most two segments, signed with the station's name (M01, M02, M06); and its English gloss.

Chinese is what is sent. The English is the same answer for readers without Chinese; it is never sent and keeps no budget.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from backend.domain.answers import Answer
from backend.domain.latin import latin
from backend.domain.sms_text import TWO_SEGMENTS, cut, length
from backend.sms import phrases_en, phrases_zh
from backend.sms.phrases_common import Phrases

LANGUAGES: dict[str, Phrases] = {"zh": phrases_zh.PHRASES, "en": phrases_en.PHRASES}


def render(answers: Sequence[Answer], station: str, lang: str = "zh") -> str:
    """Return the text for `answers`, at most two segments in Chinese.

    `station`: the short name that signs, e.g. 中塘零工. Every kind can be told in four levels of detail; the fullest that
    fits is taken. Several answers are told one after the other, the last one (the open question) in full first.
    """
    sign = f"【{station}】" if lang == "zh" else f"[{latin(station)}] "
    room = TWO_SEGMENTS - length(sign)
    body = ""
    for detail in (3, 2, 1, 0):
        body = _joined(answers, LANGUAGES[lang], detail, "\n" if lang == "zh" else " ")
        if lang == "en" or length(body) <= room:
            return sign + body
    return sign + cut(body, room)


def _joined(answers: Sequence[Answer], phrases: Phrases, detail: int, glue: str) -> str:
    told = (_one(answer, phrases, detail) for answer in answers)
    return glue.join(text for text in told if text)


def _one(answer: Answer, phrases: Phrases, detail: int) -> str:
    phrase: str | Callable[[Answer, int], str] = phrases[answer["kind"]]
    return phrase if isinstance(phrase, str) else phrase(answer, detail)
