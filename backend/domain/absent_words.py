"""Who of a numbered list did not come, as an employer texts it: 1 3, 王秀英没来, 二和四,别的都来了 (W06, M04)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

LONGEST = 40  # characters; a longer text tells more than who was absent
# Whoever has given no name is called by the end of a number: 尾号1234那个, and said without the last word.
NAMELESS = "那个"

_APART = re.compile(r"[\s,，。.、;；!！和跟与]+|(?<=[1-9一二三四五六七八九])[号个]")
_NOT_THERE = re.compile(r"(?:两个|几个)?(?:都|也|还)?(?:(?:没有?|莫得?|未|不)(?:来|到|去)(?:了|的)?|不在|没见到?)")
_REST = re.compile(r"(?:其余|其他|其它|别的|别个|剩下|另外)(?:的|人|几个)*(?:都|全)?(?:部|都)?(?:来|到)(?:齐)?了")
_ONE = re.compile(r"第?([1-9一二三四五六七八九])")
_DIGITS = {word: str(n) for n, word in enumerate("一二三四五六七八九", start=1)}


@dataclass(frozen=True)
class Absent:
    """`keys` of the list; `rest_came`: that all others came was said with it."""

    keys: tuple[str, ...]
    rest_came: bool = False


def read(text: str, names: Mapping[str, str]) -> Absent | None:
    """Who of `names` (key "1"…"7" → name as it was printed) did not come; None where that is not plainly all that is said.

    >>> read("1 3", {"1": "王秀英", "2": "冉启明", "3": "田大山"}).keys
    ('1', '3')
    """
    left = unicodedata.normalize("NFKC", text).strip()
    if len(left) > LONGEST:
        return None
    rest_came = _REST.search(left) is not None
    left = _REST.sub(" ", left)
    found: set[str] = set()
    for key, name in sorted(names.items(), key=lambda one: -len(one[1])):
        said = next((form for form in (name, name.removesuffix(NAMELESS)) if form in left), None)
        if said is None:
            continue
        if sum(other == name for other in names.values()) > 1:
            return None  # two of that name: only the number tells them apart
        found.add(key)
        left = left.replace(said, " ")
    for part in filter(None, _APART.split(_NOT_THERE.sub(" ", left))):
        one = _ONE.fullmatch(part)
        keys = {_DIGITS.get(one[1], one[1])} if one else set(part) if part.isdigit() else {"?"}
        if not keys <= names.keys() or (not one and len(keys) < len(part)):
            return None
        found |= keys
    return Absent(tuple(sorted(found)), rest_came) if found else None
