"""How far is far: distances as people say them → kilometres, and kilometres between places (vocabulary §4.4).

里 is half a kilometre; minutes count by how one gets there. Jokes (一泡尿的路) have no length.
"""

from __future__ import annotations

import math
import re

from backend.domain import numbers_zh

# proximity as said → radius in km: 走得到 ≤3, 附近/近点 ≤10. 本村, 镇上 and 本县 are divisions, not circles.
RADIUS_KM = {"walking": 3.0, "near": 10.0}
_DOORSTEP = re.compile(r"屋(?:边|门口|门前|跟前|侧边|旁边|角)|家门口|家边|挨(?:到|着)(?:屋|家)|出门就到|抬脚就到")
DOORSTEP_KM = 2.0
BICYCLE_KM = 15.0

_N = numbers_zh.NUMBER
_LENGTH = re.compile(
    rf"(?P<n>{_N}|半)\s?(?P<unit>公里|千米|里(?:路|地)?|km)(?!面|头|边|外|村|乡|镇|坝|坪|屯|沟|湾|堡|社区|街)",
    re.IGNORECASE,
)
# (how one gets there, km an hour on these roads)
_SPEEDS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"摩托|骑车|电瓶车|电动车|电驴|三轮"), 30.0),
    (re.compile(r"坐车|开车|坐班车|搭车|面包车|车程"), 40.0),
    (re.compile(r"自行车|单车|脚踏车"), 12.0),
    (re.compile(r"走路|走起|走得|步行|走"), 4.0),
)
_MINUTES = re.compile(rf"(?:(?P<m>{_N})\s?(?:来)?分钟|(?P<half>半个?)(?:小时|钟头)|(?P<h>{_N})个?(?:小时|钟头))")
_BICYCLE = re.compile(r"骑(?:自行车|单车|车)(?:能|得|可以|就)?(?:到|拢|去)")
FURTHEST_KM = 300.0


def said_km(text: str) -> float | None:
    """Return the longest way `text` accepts, in km: 十里路 → 5, 三四公里 → 4, 骑摩托二十分钟 → 10; None: none said."""
    for match in _LENGTH.finditer(text):
        number = 0.5 if match["n"] == "半" else _high(match["n"])
        if number:
            km = number / 2 if match["unit"].startswith("里") else number
            return km if 0 < km <= FURTHEST_KM else None
    for match in _MINUTES.finditer(text):
        before = text[max(0, match.start() - 8) : match.start()]
        speed = next((speed for words, speed in _SPEEDS if words.search(before)), None)
        if speed is None:
            continue
        minutes = 30.0 if match["half"] else _high(match["h"]) * 60 if match["h"] else _high(match["m"])
        km = speed * minutes / 60
        return round(km, 1) if 0 < km <= FURTHEST_KM else None
    return BICYCLE_KM if _BICYCLE.search(text) else None


def radius_km(text: str, proximity: str | None) -> float | None:
    """Return the radius a search asks for: the way as said, else what its word of nearness stands for."""
    km = said_km(text)
    if km is not None:
        return km
    if proximity == "walking" and _DOORSTEP.search(text):
        return DOORSTEP_KM
    return RADIUS_KM.get(proximity or "")


def proximity_of(km: float) -> str:
    """The word of nearness that comes closest to a way, for places whose whereabouts are not known."""
    return "walking" if km <= 3 else "near" if km <= BICYCLE_KM else "county"


def between_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return the way as the crow flies between two points (latitude, longitude in degrees)."""
    (lat1, lon1), (lat2, lon2) = ((math.radians(lat), math.radians(lon)) for lat, lon in (one, other))
    half = math.sin((lat2 - lat1) / 2) ** 2 + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    return 2 * 6371.0 * math.asin(math.sqrt(half))


def _high(said: str) -> float:
    number = numbers_zh.read(said)
    return float(number.high) if number else 0.0
