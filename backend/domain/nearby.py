"""Which places lie nearest to one: a grid in memory, so that a search looks at a neighbourhood and not at a province.

Where a place has no coordinates the region tree stands in: the same town first, then the county (`travel.BY_TREE`).
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass, field

from backend.domain.travel import by_tree

Point = tuple[float, float]
KM_PER_DEGREE = 111.2
CELL_DEGREES = 0.04  # about four and a half km: a village or two in the hills, a handful in a valley
FARTHEST_CELLS = 60
KEPT = 512  # orders kept; each is a list of codes


@dataclass(frozen=True, slots=True)
class Spot:
    """A county, town or village: `own` where it lies itself, in degrees (latitude, longitude); None: not known."""

    code: str
    own: Point | None


@dataclass
class Nearby:
    """Built once for a state of the tree. Towns without a point of their own lie amid their villages."""

    spots: Iterable[Spot]
    _points: dict[str, Point] = field(init=False, default_factory=dict)
    _codes: list[str] = field(init=False, default_factory=list)
    _placed: list[str] = field(init=False, default_factory=list)
    _unplaced: list[str] = field(init=False, default_factory=list)
    _cells: dict[tuple[int, int], list[tuple[str, float, float]]] = field(init=False, default_factory=dict)
    _orders: OrderedDict[tuple[str | None, tuple[str, ...], int], list[str]] = field(
        init=False, default_factory=OrderedDict
    )

    def __post_init__(self) -> None:
        amid: dict[str, list[Point]] = {}
        for spot in self.spots:
            self._codes.append(spot.code)
            if spot.own is not None:
                self._points[spot.code] = spot.own
                if len(spot.code) == 12:
                    amid.setdefault(spot.code[:9], []).append(spot.own)
        self._codes.sort()
        known = set(self._codes)
        for town, points in amid.items():
            if town in known and town not in self._points:
                self._points[town] = (sum(p[0] for p in points) / len(points), sum(p[1] for p in points) / len(points))
        for code in self._codes:
            point = self.point(code)
            (self._unplaced if point is None else self._placed).append(code)
            if point is not None:
                self._cells.setdefault(_cell(point), []).append((code, *point))

    def point(self, code: str | None) -> Point | None:
        """Where a town or village lies; a village without a point lies where its town does."""
        if not code or len(code) < 9:
            return None
        return self._points.get(code) or self._points.get(code[:9])

    def km(self, home: str | None, place: str) -> float | None:
        """The way as the crow flies, None where one of the two is not known well enough to tell them apart."""
        here, there = self.point(home), self.point(place)
        if here is None or there is None:
            return None
        if here == there and home != place:
            return None
        return _km(here, there)

    def nearest(self, home: str | None, within: tuple[str, ...], most: int) -> list[str]:
        """At most `most` codes of places below the divisions `within`, the nearest to `home` first.

        The divisions `within` that lie above all places (a county) are among the last: somebody may be known by no more.
        """
        key = (home, within, most)
        found = self._orders.get(key)
        if found is None:
            found = self._orders[key] = self._find(home, within, most)
            if len(self._orders) > KEPT:
                self._orders.popitem(last=False)
        return found

    def forget(self) -> None:
        """Drop the orders kept from earlier questions."""
        self._orders.clear()

    def _find(self, home: str | None, within: tuple[str, ...], most: int) -> list[str]:
        here = self.point(home)
        if here is None:
            return self._by_tree(home, within, most)
        placed, reached = self._around(here, within, most)
        if len(placed) < most:
            # Far from everything, or a reach with few points: the rest in the order the tree lets one guess.
            found = {code for _, code in placed}
            guessed = [
                (max(by_tree(home, code)[0], reached if code not in self._points else 0.0), code)
                for code in self._below(within, most * 2, home)
                if code not in found
            ]
            placed += guessed
        elif self._unplaced and home is not None:
            placed += [
                (by_tree(home, code)[0], code)
                for code in _range(self._unplaced, home[:9])
                if code.startswith(within)
            ]  # fmt: skip
        placed.sort()
        return [code for _, code in placed[:most]]

    def _around(self, here: Point, within: tuple[str, ...], most: int) -> tuple[list[tuple[float, str]], float]:
        """(km, code) of the places in ever wider rings of cells, and up to how many km none is left out."""
        row, column = _cell(here)
        lat, lon = here
        shrink = math.cos(math.radians(lat))
        # A cell is narrower than it is high; the ring is complete as far as its narrow side.
        breadth = CELL_DEGREES * KM_PER_DEGREE * shrink
        found: list[tuple[float, str]] = []
        reached = 0.0
        all_there_are = sum(len(_range(self._placed, division)) for division in within)
        for ring in range(FARTHEST_CELLS + 1):
            for cell in _ring(row, column, ring):
                for code, there_lat, there_lon in self._cells.get(cell, ()):
                    if code.startswith(within):
                        north, east = there_lat - lat, (there_lon - lon) * shrink
                        found.append((math.sqrt(north * north + east * east) * KM_PER_DEGREE, code))
            reached = ring * breadth
            if len(found) >= all_there_are:
                break
            if len(found) >= most and sum(1 for km, _ in found if km <= reached) >= most:
                break
        return found, reached

    def _by_tree(self, home: str | None, within: tuple[str, ...], most: int) -> list[str]:
        ordered = sorted((by_tree(home, code)[0], code) for code in self._below(within, most * 2, home))
        return [code for _, code in ordered[:most]]

    def _below(self, within: tuple[str, ...], most: int, home: str | None) -> list[str]:
        """Codes below the divisions `within`, those of the same town and county as `home` for certain among them."""
        found: dict[str, None] = {}
        for depth in (9, 6, 4):
            if home and len(home) >= depth:
                found |= dict.fromkeys(code for code in _range(self._codes, home[:depth]) if code.startswith(within))
                if len(found) >= most:
                    return list(found)
        for division in within:
            found |= dict.fromkeys(_range(self._codes, division)[: max(most - len(found), 0)])
        return list(found)


def _range(codes: list[str], prefix: str) -> list[str]:
    """The part of the sorted `codes` that begins with `prefix`."""
    return codes[bisect_left(codes, prefix) : bisect_left(codes, prefix + ":")]


def _cell(point: Point) -> tuple[int, int]:
    return math.floor(point[0] / CELL_DEGREES), math.floor(point[1] / CELL_DEGREES)


def _ring(row: int, column: int, ring: int) -> Iterable[tuple[int, int]]:
    """The cells `ring` steps from the middle one."""
    if ring == 0:
        return [(row, column)]
    edge = range(-ring, ring + 1)
    inner = range(-ring + 1, ring)
    return [
        *((row - ring, column + n) for n in edge),
        *((row + ring, column + n) for n in edge),
        *((row + n, column - ring) for n in inner),
        *((row + n, column + ring) for n in inner),
    ]


def _km(here: Point, there: Point) -> float:
    """Flat-earth km: right to a hair within a province, and a third of the work of `distance.between_km`."""
    north = there[0] - here[0]
    east = (there[1] - here[1]) * math.cos(math.radians((here[0] + there[0]) / 2))
    return math.sqrt(north * north + east * east) * KM_PER_DEGREE
