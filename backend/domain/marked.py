"""Where values stand in what was said, and which stretches are hidden from a reader until revealed (L22, T12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from backend.domain import wages
from backend.domain.masking import mask_amount, mask_name, numbers_in

# What has to be revealed before one may say what words of this kind mean: the value would tell it.
FIELD_OF = {
    "person_name": "name",
    "phone_number": "phone",
    "pay": "amount",
    "money": "amount",
    "hardship": "hardship",
}


@dataclass(frozen=True, slots=True)
class Hidden:
    """text[start:end] shows as `shown` until `field` is revealed."""

    start: int
    end: int
    shown: str
    field: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text as it is shown: text[start:end] reads `shown`. `notes`: indexes of the entities it belongs to."""

    start: int
    end: int
    shown: str
    hidden: str = ""  # the field that would show it
    notes: tuple[int, ...] = ()


def placed(text: str, entities: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The stored entities with `start` and `end` in `text`; -1 for one whose words do not stand there.

    Words that occur several times are taken in turn, each kind by itself: 一百五到两百, 一百五 marks two places.
    """
    taken: dict[str, list[tuple[int, int]]] = {}
    found = []
    for entity in entities:
        kind, said = str(entity.get("entity") or ""), str(entity.get("text") or "")
        start, end = entity.get("start"), entity.get("end")
        if not (isinstance(start, int) and isinstance(end, int) and 0 <= start < end and text[start:end] == said):
            start, end = _next(text, said, taken.get(kind, []))
        if start >= 0:
            taken.setdefault(kind, []).append((start, end))
        found.append({**entity, "start": start, "end": end})
    return found


def _next(text: str, said: str, taken: Sequence[tuple[int, int]]) -> tuple[int, int]:
    first = text.find(said) if said else -1
    at = first
    while at >= 0 and any(start < at + len(said) and at < end for start, end in taken):
        at = text.find(said, at + 1)
    at = at if at >= 0 else first  # two values of the same words: 吃住
    return (at, at + len(said)) if at >= 0 else (-1, -1)


def hidden(
    text: str, names: Iterable[str], shown: frozenset[str], entities: Sequence[Mapping[str, Any]] = (), *, amounts: bool
) -> list[Hidden]:
    """What of `text` is not shown to who has revealed `shown`, left to right, none inside another."""
    found: list[Hidden] = []

    def add(start: int, end: int, shows: str, field: str) -> None:
        if start < end and field not in shown and not any(one.start < end and start < one.end for one in found):
            found.append(Hidden(start, end, shows, field))

    for entity in entities:
        field, start, end = FIELD_OF.get(str(entity.get("entity"))), entity.get("start", -1), entity.get("end", -1)
        if start >= 0 and field in ("name", "hardship"):
            add(start, end, mask_name(text[start:end]) if field == "name" else "●●", field)
    for name in sorted({name for name in names if len(name) >= 2}, key=lambda one: (-len(one), one)):
        at = text.find(name)
        while at >= 0:
            add(at, at + len(name), mask_name(name), "name")
            at = text.find(name, at + len(name))
    for start, end, shows in numbers_in(text):
        add(start, end, shows, "phone")
    if amounts and "amount" not in shown:
        for entity in entities:
            start, end = entity.get("start", -1), entity.get("end", -1)
            if start >= 0 and entity.get("entity") in ("pay", "money"):
                add(start, end, mask_amount(text[start:end]), "amount")
        for pay in wages.find(text):
            if pay.unit or pay.has_currency:
                add(pay.start, pay.end, mask_amount(text[pay.start : pay.end]), "amount")
    return sorted(found, key=lambda one: one.start)


def pieces(text: str, hidden_parts: Sequence[Hidden], entities: Sequence[Mapping[str, Any]]) -> list[Piece]:
    """`text` cut at every edge of what is hidden and of what is marked; a hidden stretch is one piece, never cut."""
    edges = {0, len(text)}
    for part in hidden_parts:
        edges |= {part.start, part.end}
    for entity in entities:
        if entity.get("start", -1) >= 0:
            edges |= {entity["start"], entity["end"]}
    inner = {edge for edge in edges if not any(part.start < edge < part.end for part in hidden_parts)}
    by_start = {part.start: part for part in hidden_parts}
    found = []
    for start, end in pairwise(sorted(inner)):
        notes = tuple(
            number
            for number, entity in enumerate(entities)
            if entity.get("start", -1) >= 0 and entity["start"] < end and start < entity["end"]
        )
        under = by_start.get(start)
        shown, field = (under.shown, under.field) if under else (text[start:end], "")
        found.append(Piece(start, end, shown, field, notes))
    return found
