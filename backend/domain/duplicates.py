"""Which entries are likely the same person: the same name on one phone, in one village, or names that sound the same (W15)."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from hashlib import sha256
from itertools import combinations
from typing import Any

from rapidfuzz.distance import Levenshtein

from backend.domain.repair import sound_key

MOST_ALIKE = 12  # a group larger than this is a common name, not one person
NEARLY = 0.72  # share of a name's sounds that are the same


def likely(entries: Iterable[Any], most: int | None = 50) -> list[tuple[Any, Any, str]]:
    """Pairs with why, the surest first: `same_phone`, `same_name`, `same_sound`, `near_sound`; `most` None: all of them.

    An entry has `id`, `name`, `village`, `birth_year`, `gender`, `handset`. Two of different sex are never the same; known
    years of birth must be the same or, on one phone or with the very same name, at most two apart: 虚岁 beside 周岁.
    """
    found: dict[tuple[int, int], tuple[Any, Any, str]] = {}
    rows = list(entries)
    by_phone, by_name, by_sound, by_year = (defaultdict(list) for _ in range(4))
    for row in rows:
        sound = sound_key(row.name)
        if row.handset is not None:
            by_phone[row.handset].append((row, sound))
        by_name[row.village, row.name].append((row, sound))
        by_sound[row.village, sound].append((row, sound))
        if row.birth_year and sound:
            by_year[row.village, row.birth_year, sound.split(" ")[0]].append((row, sound))
    for why, groups in (
        ("same_phone", by_phone),
        ("same_name", by_name),
        ("same_sound", by_sound),
        ("near_sound", by_year),
    ):
        for group in groups.values():
            _pairs(why, group, found)
    order = ("same_phone", "same_name", "same_sound", "near_sound")
    return sorted(found.values(), key=lambda pair: (order.index(pair[2]), pair[0].id, pair[1].id))[:most]


def stand(entries: Iterable[Any]) -> str:
    """A sign of how two entries stand beside each other, each with a row for every phone of hers.

    Another as soon as a name, a village, a year of birth or a sex is changed, or which phones both share.
    """
    facts: dict[int, list[Any]] = {}
    phones: dict[int, set[int | None]] = defaultdict(set)
    for row in entries:
        facts[row.id] = [row.name, row.village, row.birth_year, row.gender]
        phones[row.id].add(row.handset)
    shared = set.intersection(*phones.values()) - {None}
    return sha256(json.dumps([sorted(facts.items()), sorted(shared)]).encode()).hexdigest()


def _pairs(why: str, group: Sequence[tuple[Any, str]], found: dict[tuple[int, int], tuple[Any, Any, str]]) -> None:
    if not 1 < len(group) <= MOST_ALIKE:
        return
    for (one, sound), (other, other_sound) in combinations(group, 2):
        key = (min(one.id, other.id), max(one.id, other.id))
        if key in found or one.id == other.id or (one.gender and other.gender and one.gender != other.gender):
            continue
        years = abs(one.birth_year - other.birth_year) if one.birth_year and other.birth_year else 0
        alike = sound == other_sound or Levenshtein.normalized_similarity(sound.split(), other_sound.split()) >= NEARLY
        if why == "near_sound":
            alike = Levenshtein.normalized_similarity(sound, other_sound) >= 0.8
        # A family shares a phone: there the names must be the same by sound.
        if (
            years > (2 if why in ("same_phone", "same_name") else 0)
            or not alike
            or (why == "same_phone" and sound != other_sound)
        ):
            continue
        first, second = (one, other) if one.id < other.id else (other, one)
        found[key] = (first, second, why)


# What an employer is called with or without.
_KIND = re.compile(r"[（(].*?[)）]|有限责任|有限|股份|公司|个体|经营部|[\s·,，.。]")


def likely_employers(entries: Iterable[Any], most: int = 50) -> list[tuple[Any, Any, str]]:
    """Pairs of employers with why, the surest first: `same_phone`, `same_name`, `near_name` (both in one town).

    An entry has `id`, `name`, `phone` (E.164 or None) and `region_code`.
    """
    found: dict[tuple[int, int], tuple[Any, Any, str]] = {}
    by_phone, by_name, by_start = (defaultdict(list) for _ in range(3))
    for row in entries:
        town, name = (row.region_code or "")[:9], _KIND.sub("", row.name)
        if row.phone:
            by_phone[row.phone].append((row, name))
        by_name[town, name].append((row, name))
        by_start[town, name[:2]].append((row, name))
    for why, groups in (("same_phone", by_phone), ("same_name", by_name), ("near_name", by_start)):
        for group in groups.values():
            if not 1 < len(group) <= MOST_ALIKE:
                continue
            for (one, name), (other, other_name) in combinations(sorted(group, key=lambda each: each[0].id), 2):
                alike = why != "near_name" or Levenshtein.normalized_similarity(name, other_name) >= NEARLY
                if alike:
                    found.setdefault((one.id, other.id), (one, other, why))
    order = ("same_phone", "same_name", "near_name")
    return sorted(found.values(), key=lambda pair: (order.index(pair[2]), pair[0].id, pair[1].id))[:most]
