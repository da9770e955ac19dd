"""Where places stand on a drawn map: by their coordinates where enough are known, else in the order of their codes. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Point = tuple[float, float]  # latitude, longitude
Spot = tuple[float, float]  # x, y on the map, y downwards
MARGIN = 66.0
APART = 34.0  # so far apart that a thumb meets one of two dots
ROUNDS = 60


@dataclass(frozen=True)
class Layout:
    """`by_position`: the dots lie as the places do. `guessed`: those among them of which nobody has written down where."""

    width: float
    height: float
    spots: dict[str, Spot]
    by_position: bool
    guessed: frozenset[str]


def lay_out(places: Mapping[str, Point | None], width: float, tallest: float) -> Layout:
    """A place for every code. By position once half of them, and at least three, are known; else rows in the order given."""
    known = {code: point for code, point in places.items() if point is not None}
    if len(known) < 3 or 2 * len(known) < len(places):
        return _rows(list(places), width)
    spots, width, height = _projected(known, width, tallest)
    unknown = [code for code in places if code not in known]
    rows = _rows(unknown, width)
    for code, (x, y) in rows.spots.items():
        spots[code] = (x, y + height)
    return Layout(width, height + (rows.height if unknown else 0), spots, True, frozenset(unknown))


def _projected(known: Mapping[str, Point], width: float, tallest: float) -> tuple[dict[str, Spot], float, float]:
    """Flat-earth: within a county right to a hair. North is up and a kilometre is as long in both directions.

    A narrow county gets a narrow map, so that its names are as large as can be.
    """
    middle = math.cos(math.radians(sum(lat for lat, _ in known.values()) / len(known)))
    flat = {code: (lon * middle, -lat) for code, (lat, lon) in known.items()}
    left, right = min(x for x, _ in flat.values()), max(x for x, _ in flat.values())
    top, bottom = min(y for _, y in flat.values()), max(y for _, y in flat.values())
    wide, high = max(right - left, 1e-6), max(bottom - top, 1e-6)
    scale = min((width - 2 * MARGIN) / wide, (tallest - 2 * MARGIN) / high)
    height = high * scale + 2 * MARGIN
    width = min(width, wide * scale + 2 * MARGIN + 60)
    aside = (width - wide * scale) / 2
    spots = {code: (aside + (x - left) * scale, MARGIN + (y - top) * scale) for code, (x, y) in flat.items()}
    return _apart(spots, width, height), width, height


def _apart(spots: dict[str, Spot], width: float, height: float) -> dict[str, Spot]:
    """Move dots that lie on each other as little as it takes; the quarters of a town would be one dot otherwise."""
    moved = dict(spots)
    codes = sorted(moved)
    for _ in range(ROUNDS):
        still = True
        for n, one in enumerate(codes):
            for other in codes[n + 1 :]:
                (ax, ay), (bx, by) = moved[one], moved[other]
                dx, dy = bx - ax, by - ay
                gap = math.hypot(dx, dy)
                if gap >= APART:
                    continue
                still = False
                # Two on the very same spot part along a direction of their own.
                way = (dx / gap, dy / gap) if gap > 1e-6 else (math.cos(n), math.sin(n))
                push = (APART - gap) / 2 + 0.1
                moved[one] = _inside(ax - way[0] * push, ay - way[1] * push, width, height)
                moved[other] = _inside(bx + way[0] * push, by + way[1] * push, width, height)
        if still:
            break
    return moved


def _inside(x: float, y: float, width: float, height: float) -> Spot:
    return min(max(x, MARGIN / 2), width - MARGIN / 2), min(max(y, MARGIN / 2), height - MARGIN / 2)


def _rows(codes: Sequence[str], width: float) -> Layout:
    """Rows like bricks: no picture of the land, but every place has its dot."""
    step = 104.0
    in_row = max(1, int((width - step / 2) // step))
    spots = {}
    for n, code in enumerate(codes):
        row, column = divmod(n, in_row)
        spots[code] = (step / 2 + column * step + (step / 2 if row % 2 else 0), step / 2 + row * 84.0)
    rows = -(-len(codes) // in_row)
    return Layout(width, max(step, rows * 84.0 + 34), spots, False, frozenset(codes))


def areas(spots: Mapping[str, Spot], radius: float) -> dict[str, list[Spot]]:
    """Around each dot what is nearer to it than to any other, no farther than `radius`: soft town areas, no borders."""
    found = {}
    for code, (x, y) in spots.items():
        shape = [(x + radius * math.cos(n * math.pi / 20), y + radius * math.sin(n * math.pi / 20)) for n in range(40)]
        for other, (ox, oy) in spots.items():
            if other != code and math.hypot(ox - x, oy - y) < 2 * radius:
                shape = _nearer(shape, (x, y), (ox, oy))
        found[code] = shape
    return found


def _nearer(shape: list[Spot], one: Spot, other: Spot) -> list[Spot]:
    """The part of a convex shape that is nearer to `one` than to `other` (Sutherland–Hodgman, one edge)."""
    nx, ny = other[0] - one[0], other[1] - one[1]
    limit = (other[0] ** 2 + other[1] ** 2 - one[0] ** 2 - one[1] ** 2) / 2

    def beyond(spot: Spot) -> float:
        return spot[0] * nx + spot[1] * ny - limit

    kept: list[Spot] = []
    for n, here in enumerate(shape):
        before = shape[n - 1]
        a, b = beyond(before), beyond(here)
        if a * b < 0:
            part = a / (a - b)
            kept.append((before[0] + (here[0] - before[0]) * part, before[1] + (here[1] - before[1]) * part))
        if b <= 0:
            kept.append(here)
    return kept


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    anchor: str  # start | end | middle


def labels(
    spots: Mapping[str, Spot], sizes: Mapping[str, float], names: Mapping[str, str], size: float, width: float,
    *, below: bool = False,
) -> dict[str, Label]:  # fmt: skip
    """Where each name stands beside its dot without covering another; a name that finds no room is left to the list.

    `sizes`: the dots' radii; the larger come first. `size`: height of a character, each as wide as it is high. `below`: in
    rows a name stands under its dot.
    """
    taken = [(x - sizes[code], y - sizes[code], x + sizes[code], y + sizes[code]) for code, (x, y) in spots.items()]
    found = {}
    for code in sorted(spots, key=lambda c: (-sizes[c], c)):
        x, y = spots[code]
        long, gap = len(names[code]) * size, sizes[code] + 4
        choices = (
            (Label(x + gap, y + size * 0.36, "start"), (x + gap, y - size / 2, x + gap + long, y + size / 2)),
            (Label(x - gap, y + size * 0.36, "end"), (x - gap - long, y - size / 2, x - gap, y + size / 2)),
            (Label(x, y + gap + size * 0.8, "middle"), (x - long / 2, y + gap, x + long / 2, y + gap + size)),
            (Label(x, y - gap - size * 0.1, "middle"), (x - long / 2, y - gap - size, x + long / 2, y - gap)),
        )
        for label, box in (choices[2], *choices) if below else choices:
            if box[0] >= 0 and box[2] <= width and box[1] >= 0 and not any(_meet(box, other) for other in taken):
                found[code] = label
                taken.append(box)
                break
    return found


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
