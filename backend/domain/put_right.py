"""What a corrected turn changes in the ledgers: the columns its words had filled, from what they gave to what they mean.

A column follows the words only where it holds what the words gave, or nothing: what came from elsewhere is left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backend.domain.pay import to_fen
from backend.domain.posting_words import span_of_hours

# Entity → (its columns, whether the column is a list). Columns are those of `line` below; values are plain JSON.
OF_WORKER = ("person_name", "age", "gender", "location", "job_type", "pay", "date", "day_part", "term")
OF_OPENING = ("headcount", "job_type", "location", "date", "clock", "day_part", "pay", "settlement", "benefit")
# Columns that cannot be left empty: a wrong value in them is replaced, not taken out.
KEPT_FULL = frozenset(
    {"name", "village", "job_type", "title", "headcount", "region_code", "starts_on", "ends_on"}
)  # fmt: skip
_BENEFITS = {"meals": "meals", "lodging": "lodging", "transport": "transport", "insurance": "insured"}

Place = Callable[[str], str | None]  # a place as said → its division code


@dataclass(frozen=True, slots=True)
class Change:
    """One column of one entry. `entity` names it for staff; `before` and `after` are plain JSON."""

    entity: str
    column: str
    before: Any
    after: Any


def of_worker(
    entity: str, was: Sequence[Mapping[str, Any]], becomes: Sequence[Mapping[str, Any]], line: Mapping[str, Any], year: int,
    place: Place,
) -> list[Change]:  # fmt: skip
    """Changes of a worker's card. `was` and `becomes`: the turn's entities of this kind; `line`: her card by column.

    `year`: in which the words were said. Columns: name, gender, birth_year, village, job_types, pay ([fen, fen, unit]),
    available_from, available_to, unavailable, day_parts, term.
    """
    if entity not in OF_WORKER:
        return []
    before, after = (_worker_columns(entity, found, year, place) for found in (was, becomes))
    if entity == "date" and (stretch := _stretch(before)) and stretch in (line.get("unavailable") or []):
        others = [one for one in line["unavailable"] if one != stretch]
        kept = sorted([*others, new]) if (new := _stretch(after)) else others
        return [Change(entity, "unavailable", line["unavailable"], kept)] if kept != line["unavailable"] else []
    return _changes(entity, before, after, line)


def of_opening(
    entity: str, was: Sequence[Mapping[str, Any]], becomes: Sequence[Mapping[str, Any]], line: Mapping[str, Any],
    place: Place,
) -> list[Change]:  # fmt: skip
    """Changes of an opening, by its columns (days as ISO text); what asks for men or an age is text and stays as it is."""
    if entity not in OF_OPENING:
        return []
    before, after = (_opening_columns(entity, found, place) for found in (was, becomes))
    return _changes(entity, before, after, line)


def _changes(entity: str, before: Mapping[str, Any], after: Mapping[str, Any], line: Mapping[str, Any]) -> list[Change]:
    found = []
    for column in dict.fromkeys([*before, *after]):
        old, new, stands = before.get(column), after.get(column), line.get(column)
        if old == new:
            continue
        if (isinstance(old, list) and column != "pay") or (isinstance(new, list) and column != "pay"):
            gone = [one for one in old or [] if one not in (new or [])]
            come = [one for one in new or [] if one not in (old or [])]
            if not set(gone) <= set(stands or []):
                continue  # it came from elsewhere
            replaced = iter(come)
            kept = [next(replaced, None) if one in gone else one for one in stands or []]
            result = list(dict.fromkeys(one for one in [*kept, *replaced] if one is not None))
            if result != (stands or []):
                found.append(Change(entity, column, list(stands or []), result))
        elif stands == new or not (stands == old or (old is None and _empty(stands))):
            continue  # right already, or from elsewhere
        elif new is not None or column not in KEPT_FULL:
            found.append(Change(entity, column, stands, new))
    return found


def _empty(value: Any) -> bool:
    return value in (None, "", [], [None, None, None])


def _last(found: Sequence[Mapping[str, Any]]) -> Any:
    return found[-1]["value"] if found else None  # a self-correction wins


def _worker_columns(entity: str, found: Sequence[Mapping[str, Any]], year: int, place: Place) -> dict[str, Any]:
    said = _last(found)
    if entity == "job_type":
        return {"job_types": [str(one["value"]) for one in found]}
    if entity == "day_part":
        return {"day_parts": [str(one["value"]) for one in found]}
    if said is None:
        return {}
    if entity == "age":
        return {"birth_year": year - int(said)}
    if entity == "location":
        return {"village": place(str(said))}
    if entity == "pay":
        low, high, unit = to_fen(str(said))
        return {"pay": [low, high, unit or "day"]}
    if entity == "date":
        first, _, last = str(said).partition("/")
        return {"available_from": first, "available_to": last or first}
    return {{"person_name": "name"}.get(entity, entity): said}


def _stretch(columns: Mapping[str, Any]) -> list[str] | None:
    return [columns["available_from"], columns["available_to"]] if "available_from" in columns else None


def _opening_columns(entity: str, found: Sequence[Mapping[str, Any]], place: Place) -> dict[str, Any]:
    said = _last(found)
    if said is None:
        return {}
    if entity == "job_type":
        return {"job_type": found[0]["value"], "title": found[0].get("text")}
    if entity == "location":
        return {"region_code": place(str(said)), "place": str(said)}
    if entity == "date":
        first, _, last = str(said).partition("/")
        return {"starts_on": first, "ends_on": last or first}
    if entity == "clock":
        start, end = span_of_hours([str(one["value"]) for one in found])
        return {"hours_from": start, "hours_to": end}
    if entity == "pay":
        low, high, unit = to_fen(str(said))
        return {"pay_min_fen": low, "pay_max_fen": high, "pay_unit": unit or "day"}
    if entity == "benefit":
        codes = [str(one["value"]) for one in found]
        given: dict[str, Any] = {column: False for code, column in _BENEFITS.items() if f"no_{code}" in codes}
        return given | {column: True for code, column in _BENEFITS.items() if code in codes}
    return {entity: int(said) if entity == "headcount" else said}


def worker_line(worker: Any, person: Any) -> dict[str, Any]:
    """A worker's card by the columns above."""
    return {
        "name": person.name, "gender": person.gender, "birth_year": person.birth_year, "village": person.village_code,
        "job_types": list(worker.job_types or []), "pay": [worker.pay_min_fen, worker.pay_max_fen, worker.pay_unit],
        "available_from": _iso(worker.available_from), "available_to": _iso(worker.available_to),
        "unavailable": [list(one) for one in worker.unavailable or []], "day_parts": list(worker.day_parts or []),
        "term": worker.term,
    }  # fmt: skip


OPENING_COLUMNS = (
    "job_type", "title", "headcount", "region_code", "place", "starts_on", "ends_on", "hours_from", "hours_to", "day_part",
    "pay_min_fen", "pay_max_fen", "pay_unit", "settlement", "meals", "lodging", "transport", "insured",
)  # fmt: skip


def opening_line(opening: Any) -> dict[str, Any]:
    return {column: _iso(getattr(opening, column)) for column in OPENING_COLUMNS}


def worker_facts(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as `change_worker` takes them."""
    facts = dict(columns)
    if "pay" in facts:
        facts["pay_min_fen"], facts["pay_max_fen"], facts["pay_unit"] = facts.pop("pay") or (None, None, None)
    return facts | {day: _day(facts[day]) for day in ("available_from", "available_to") if day in facts}


def opening_facts(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Columns as `change_opening` takes them."""
    return dict(columns) | {day: _day(columns[day]) for day in ("starts_on", "ends_on") if day in columns}


def _iso(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _day(value: str | None) -> date | None:
    return date.fromisoformat(value) if value else None
