"""What both languages' tables are: a sentence, or a function (answer, detail 0…3) → text, for every answer kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from backend.domain.answers import Answer
from backend.settings import TIMEZONE

Phrases = dict[str, str | Callable[[Answer, int], str]]


def local(iso: str) -> datetime:
    """An ISO UTC time as it is read here."""
    return datetime.fromisoformat(iso).astimezone(TIMEZONE)


def coming(opening: dict[str, Any]) -> str:
    """How many have a place in an opening, and how many are lacking."""
    have = opening["headcount"] - opening["left"]
    if not have:
        return f"现在没得人要来,还差{opening['left']}人"
    return f"现在有{have}人要来,还差{opening['left']}人" if opening["left"] else f"人齐了,一共{have}人"


def coming_en(opening: dict[str, Any]) -> str:
    have = opening["headcount"] - opening["left"]
    lacking = f"{have} are coming, {opening['left']} still needed"
    return lacking if opening["left"] else f"complete: all {have} places taken"


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
