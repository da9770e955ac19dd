"""From a place as said to the divisions it may mean: by name, alias, bare name and near sound, the nearest first.

Pure: the caller gives the rows (of the served counties, with aliases staff may edit). A name can mean several places;
villages of one sound are many, so all are returned, ranked, and the caller asks when the first two are equally good.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

from backend.domain.repair import sound_key

# Ends a name of its level may carry; the longest is taken off first.
_SUFFIXES: dict[str, tuple[str, ...]] = {
    "province": ("省", "市", "自治区"),
    "city": ("市", "地区", "自治州", "州"),
    "county": ("自治县", "县", "区", "市"),
    "town": ("街道办事处", "街道", "民族乡", "镇", "乡", "办事处"),
    "village": (
        "社区居委会",
        "社区居民委员会",
        "居委会",
        "居民委员会",
        "村委会",
        "村民委员会",
        "社区",
        "居",
        "大队",
        "村",
    ),
}
_NATIONS = re.compile(r"(?:土家族|苗族|彝族|回族|布依族|侗族|仡佬族|水族|壮族|蒙古族|满族|白族)+")
_GROUP = re.compile(r"(?:老?[一二三四五六七八九十\d]{1,3}(?:组|社|队|小组)|村民小组)$")
_TAIL = re.compile(r"(?:的|那边|这边|那里|那点|附近|街上|里头|头|上|里|哈|嘛|哦)$")


@dataclass(frozen=True, slots=True)
class Division:
    """One division: `code` of 2 to 12 digits, `level` one of province, city, county, town, village.

    `parent` is the code above it; `aliases` are old and colloquial names.
    """

    code: str
    name: str
    level: str
    parent: str | None = None
    aliases: tuple[str, ...] = ()


class Row(Protocol):
    """What a gazetteer needs to know of a division; `Division` and the store's own rows are such."""

    @property
    def code(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def aliases(self) -> tuple[str, ...]: ...


@dataclass(frozen=True, slots=True)
class Match:
    """A division a said name may mean; `score` from 0 to 1, `how` it was recognised, for the reviewer."""

    division: Row
    score: float
    how: Literal["name", "alias", "bare", "sound"]

    @property
    def code(self) -> str:
        return self.division.code

    @property
    def name(self) -> str:
        return self.division.name

    @property
    def level(self) -> str:
        return self.division.level


_BASE = {"name": 0.9, "alias": 0.85, "bare": 0.8, "sound": 0.6}


class Gazetteer:
    """Place names of the served counties, built once from rows."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._by_code = {row.code: row for row in rows}
        self._index: dict[str, list[tuple[Row, str]]] = {}
        self._sounds: dict[str, list[Row]] = {}
        for row in self._by_code.values():
            self._add(row)

    def find(self, name: str, near_code: str | None = None, limit: int = 8) -> list[Match]:
        """Return what `name` may mean, best first; `near_code` is the caller's own division or the line's county.

        中塘镇兴泉社区三组 finds the village, held to the town said before it. Nothing known gives an empty list.
        """
        said = _strip(name)
        if not said:
            return []
        best: dict[str, Match] = {}
        for match in self._inside_longer(said) or self._lookup(said):
            closer = Match(match.division, round(match.score + self._nearness(match.division, near_code), 4), match.how)
            known = best.get(match.division.code)
            if known is None or known.score < closer.score:
                best[match.division.code] = closer
        return sorted(best.values(), key=lambda m: (-m.score, m.division.code))[:limit]

    def names(self, under: str | None = None) -> tuple[str, ...]:
        """Return the names and aliases of divisions (below `under`), for repair by sound."""
        rows = [r for r in self._by_code.values() if under is None or self._is_under(r, under)]
        return tuple(sorted({name for row in rows for name in (row.name, *row.aliases)}))

    def get(self, code: str) -> Row | None:
        return self._by_code.get(code)

    def _add(self, row: Row) -> None:
        bare = bare_name(row.name, row.level)
        self._index.setdefault(row.name, []).append((row, "name"))
        for alias in row.aliases:
            self._index.setdefault(alias, []).append((row, "alias"))
        if bare != row.name and len(bare) >= 2:
            self._index.setdefault(bare, []).append((row, "bare"))
            # A village says 村 or 社区 and the register the other one.
            for end in _SUFFIXES.get(row.level, ()):
                if bare + end != row.name and row.level in ("village", "town"):
                    self._index.setdefault(bare + end, []).append((row, "bare"))
        for name in {row.name, bare, *row.aliases}:
            if len(name) >= 2:
                self._sounds.setdefault(sound_key(name), []).append(row)

    def _lookup(self, said: str) -> list[Match]:
        exact = [Match(row, _BASE[how], how) for row, how in self._index.get(said, [])]  # type: ignore[arg-type]
        if exact:
            return exact
        found: list[Match] = []
        for key in {sound_key(said), *(sound_key(bare_name(said, level)) for level in ("village", "town", "county"))}:
            wanted = _levels_of(said)
            for row in self._sounds.get(key, []):
                if wanted is None or row.level in wanted:
                    found.append(Match(row, _BASE["sound"], "sound"))
        return found

    def _inside_longer(self, said: str) -> list[Match]:
        """Read 中塘镇兴泉社区: the last part, kept to those under what the first part may mean."""
        if self._index.get(said):
            return []
        for cut in range(2, len(said) - 1):
            upper, lower = self._index.get(said[:cut]), self._lookup(said[cut:])
            if not upper or not lower:
                continue
            deeper = self._inside_longer(said[cut:]) or lower
            kept = [m for m in deeper if any(self._is_under(m.division, row.code) for row, _ in upper)]
            if kept:
                return [Match(m.division, min(1.0, m.score + 0.05), m.how) for m in kept]
        return []

    def _chain(self, row: Row) -> list[str]:
        chain, at = [row.code], row
        while at.parent and at.parent in self._by_code and at.parent not in chain:
            chain.append(at.parent)
            at = self._by_code[at.parent]
        return chain

    def _is_under(self, row: Row, code: str) -> bool:
        return code in self._chain(row)

    def _nearness(self, row: Row, near_code: str | None) -> float:
        near = self._by_code.get(near_code or "")
        if near is None:
            return 0.0
        if row.code in self._chain(near):
            return 0.1
        mine = set(self._chain(row))
        for steps, code in enumerate(self._chain(near)):
            if code in mine:
                return max(0.09 - 0.02 * steps, 0.01)
        return 0.0


def bare_name(name: str, level: str) -> str:
    """Take the level's ending and a nationality off a name: 石柱土家族自治县 → 石柱, 兴泉社区 → 兴泉."""
    for end in sorted(_SUFFIXES.get(level, ()), key=len, reverse=True):
        if name.endswith(end) and len(name) - len(end) >= 2:
            name = name[: -len(end)]
            break
    shorter = _NATIONS.sub("", name)
    return shorter if len(shorter) >= 2 else name


def _levels_of(said: str) -> tuple[str, ...] | None:
    levels = tuple(level for level, ends in _SUFFIXES.items() if said.endswith(ends))
    return levels or None


def _strip(said: str) -> str:
    said = re.sub(r"\s+", "", said)
    for _ in range(3):
        shorter = _GROUP.sub("", said)
        if len(shorter) >= 2 and shorter != said:
            said = shorter
            continue
        shorter = _TAIL.sub("", said)
        if len(shorter) < 2 or shorter == said:
            break
        said = shorter
    return said
