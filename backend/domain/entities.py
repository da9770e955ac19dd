"""Values of what the engine marked: the one place where a span becomes a normal form (contract/understanding.md).

The engine says where something stands and of what kind; here is decided what it means, from span, text, `now` and
intent, for live messages, `/understand` and the menu alike. A span that cannot be valued is dropped. Spans of closed
classes may be cut badly: the whole expression around them is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from backend.domain import ages, corrections, missed, numbers_zh, place_names, whole_message
from backend.domain.entity import Entity, Message
from backend.domain.lunar_zh import MarketDays
from backend.domain.place_names import PlaceNames
from backend.domain.readers import READERS
from backend.domain.spans import Span, spans

__all__ = ["Entity", "Span", "spans", "values"]


def values(
    marked: Iterable[Span],
    text: str,
    now: datetime,
    channel: str = "sms",
    intent: str | None = None,
    market_days: MarketDays | Mapping[str, Any] | None = None,
    *,
    looks_like_command: bool = False,
    names_known: PlaceNames = place_names.NONE,
) -> list[Entity]:
    """Return the values of the `marked` spans of a message, in order of place, each (entity, value) once.

    `text` is the cleaned, repaired, unmasked message and the spans' places are in it; `now` is aware, Asia/Shanghai.
    `market_days` is the calendar of the caller's town, also as stored ({"calendar": "lunar", "days": [1, 4, 7]}): without
    it 赶场天 has no value. `channel` changes no value. `names_known`: place names that staff have written down.
    """
    if intent == "out_of_scope" or looks_like_command or not text.strip():
        return []
    message = Message(text, now, intent, MarketDays.of(market_days))
    bare = _bare_number(message)
    if bare is not None:
        return [bare]
    found: list[Entity] = []
    for span in marked:
        placed = _placed(span, text)
        reader = READERS.get(span["entity"])
        if placed is not None and reader is not None:
            found += reader(message, *placed)
    found = names_known.placed(message, found)
    found += whole_message.added(message, found)
    found += missed.missed(message, found)
    found = whole_message.fit_intent(message, found)
    found = corrections.last_said(found, text)
    unique: dict[tuple[str, str], Entity] = {}
    for entity in sorted(found, key=lambda e: (e.start, e.end)):
        unique.setdefault((entity.entity, str(entity.value)), entity)
    return list(unique.values())


def read_span(
    kind: str, start: int, end: int, text: str, now: datetime, intent: str | None,
    market_days: MarketDays | Mapping[str, Any] | None = None,
) -> Entity | None:  # fmt: skip
    """What the words text[start:end] say as a `kind`, by the same readers; the words stay the very ones that were chosen.

    None when they say nothing of that kind. `now` is aware, Asia/Shanghai: the time the words were said.
    """
    reader = READERS.get(kind)
    if reader is None or not 0 <= start < end <= len(text):
        return None
    found = [
        one for one in reader(Message(text, now, intent, MarketDays.of(market_days)), start, end) if one.entity == kind
    ]
    return replace(found[0], text=text[start:end], start=start, end=end) if found else None


def _placed(span: Span, text: str) -> tuple[int, int] | None:
    """Return where the span stands, found again by its words if its places do not fit the text."""
    start, end, said = span["start"], span["end"], span.get("text", "")
    if 0 <= start < end <= len(text) and (not said or text[start:end] == said):
        return start, end
    at = text.find(said) if said else -1
    if at >= 0:
        return at, at + len(said)
    return (start, end) if 0 <= start < end <= len(text) else None


_BARE = re.compile(
    r"^(?:嗯|啊|哦|呃|那|就|我|是|,|，|。|\s)*(?P<n>\d{1,2}"
    r"|[一二两三四五六七八九十廿有]{1,5})(?:号)?(?:了|嘛|哈|哦|啊|呢|噻|。|\.|、|,|，|\s)*$"
)


def _bare_number(message: Message) -> Entity | None:
    """Read a message that is only a number (convention 1): 1–9 is an ordinal, two digits are an age."""
    match = _BARE.match(message.text)
    if match is None:
        return None
    said = match["n"]
    spoken = numbers_zh.digits(said)
    number = int(spoken) if spoken and len(spoken) <= 2 else numbers_zh.value(said)
    if not isinstance(number, int):
        return None
    if 1 <= number <= 9:
        return message.entity("ordinal", *match.span("n"), number)
    if ages.YOUNGEST <= number <= ages.OLDEST:
        return message.entity("age", *match.span("n"), number)
    return None
