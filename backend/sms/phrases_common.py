"""What both languages' tables are: a sentence, or a function (answer, detail 0…3) → text, for every answer kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from backend.domain.answers import Answer
from backend.settings import TIMEZONE

Phrases = dict[str, str | Callable[[Answer, int], str]]


def local(iso: str) -> datetime:
    """An ISO UTC time as it is read here."""
    return datetime.fromisoformat(iso).astimezone(TIMEZONE)


def by_when(iso: str) -> str:
    """23日下午6点前: the hour as people say it."""
    due = local(iso)
    part = (
        "早上"
        if due.hour < 9
        else "上午"
        if due.hour < 12
        else "中午"
        if due.hour < 14
        else "下午"
        if due.hour < 19
        else "晚上"
    )
    minutes = "半" if due.minute == 30 else f"{due.minute}分" if due.minute else ""
    return f"{due.day}日{part}{due.hour if due.hour <= 12 else due.hour - 12}点{minutes}前"
