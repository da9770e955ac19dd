"""How long the way to work is, by how somebody travels, and how it is said (W03; vocabulary §4.4).

Where both ends have coordinates the way is known in km, else it is guessed from how deep in the region tree both meet.
"""

from __future__ import annotations

import re

from backend.domain.distance import RADIUS_KM

# km an hour on these roads; somebody who has not said how she gets about is reckoned with like a motorbike.
SPEEDS: dict[str, float] = {"walking": 4.0, "bicycle": 12.0, "motorbike": 30.0, "bus": 40.0}
UNKNOWN_SPEED = 30.0
MODE_WORDS = {"walking": "走路", "bicycle": "骑车", "motorbike": "骑摩托", "bus": "坐车"}
# A mountain road is longer than the line on the map. Assumption: two fifths longer.
WINDING = 1.4
# Digits of the division code that both share → the way in km reckoned with, and what is said. Assumption: half the usual
# breadth of a village, a town, a county and a city of Chongqing and Guizhou.
BY_TREE = ((12, 1.0, "就在本村"), (9, 6.0, "就在本镇"), (6, 25.0, "就在本区县"), (4, 90.0, "在本市别的区县"))
ELSEWHERE_KM = 250.0
# With so many minutes on the way half of the points are gone.
HALF_AT_MIN = 40.0
_STEPS = (
    (7, "五分钟"), (12, "十分钟"), (17, "一刻钟"), (25, "二十分钟"), (35, "半个钟头"), (50, "四十分钟"), (75, "一个钟头"),
    (105, "一个半钟头"), (150, "两个钟头"),
)  # fmt: skip
_MODES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("motorbike", re.compile(r"摩托|电瓶车|电动车|电驴|三轮")),
    ("bus", re.compile(r"坐车|班车|客车|公交|搭车|面包车|开车")),
    ("bicycle", re.compile(r"自行车|单车|脚踏车|骑车")),
    ("walking", re.compile(r"走路|走起|走得|步行")),
)


def mode_said(text: str) -> str | None:
    """How one gets about, where it was said: 我骑摩托 → motorbike."""
    return next((mode for mode, words in _MODES if words.search(text)), None)


def mode_of(travel: str | None, proximity: str | None) -> str | None:
    """How she travels: as said, else what her word of nearness stands for; None: not known."""
    if travel in SPEEDS:
        return travel
    return {"walking": "walking", "village": "walking", "near": "bicycle"}.get(proximity or "")


def shared_digits(one: str | None, other: str | None) -> int:
    """How deep in the tree both meet: 12 same village, 9 same town, 6 same county, 4 same city, 2 same province."""
    if not one or not other:
        return 0
    return next((digits for digits in (12, 9, 6, 4, 2) if len(one) >= digits and one[:digits] == other[:digits]), 0)


def by_tree(home: str | None, place: str) -> tuple[float, str]:
    """The way in km as the region tree lets one guess, and in words."""
    if home:
        for digits, km, words in BY_TREE:
            if len(home) >= digits and home[:digits] == place[:digits]:
                return km, words
    return ELSEWHERE_KM, ""


def minutes(km: float, mode: str | None) -> float:
    return km * WINDING / SPEEDS.get(mode or "", UNKNOWN_SPEED) * 60


def share(way_min: float) -> float:
    """1 at the doorstep, a half after 40 minutes, never quite nothing: of two ways the shorter always counts more."""
    return HALF_AT_MIN / (HALF_AT_MIN + way_min)


def way_words(km: float, mode: str | None) -> str:
    """`走路半个钟头`, `骑摩托一刻钟`; km where it is not known how she travels, or it takes longer than people walk or ride."""
    if mode in MODE_WORDS:
        time = minutes(km, mode)
        if found := next((words for most, words in _STEPS if time <= most), None):
            return MODE_WORDS[mode] + found
    return "离家不到一公里" if km < 1 else f"离家大约{km:.0f}公里"


def within_wish(km: float | None, radius_km: float | None, proximity: str | None, home: str | None, place: str) -> bool:
    """Whether `place` is no farther than she wants to go: in km where the way is known, else by the region tree."""
    if km is not None:
        radius = radius_km if radius_km is not None else RADIUS_KM.get(proximity or "")
        if radius is not None:
            return km <= radius or place == home
    return proximity is None or is_near_enough(proximity, home, place)


def is_near_enough(proximity: str, home: str | None, place: str) -> bool:
    """Whether `place` is within what was said: 走得到 and 本村 are the village, 附近 and 镇上 the town, 本县 the county."""
    if home is None:
        return True
    if proximity == "away":
        return home[:6] != place[:6]
    digits = {"walking": 12, "village": 12, "near": 9, "town": 9, "county": 6}.get(proximity, 0)
    depth = min(digits, len(home))  # who only told her town is near to all of it
    return place[:depth] == home[:depth]
