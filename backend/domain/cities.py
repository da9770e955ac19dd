"""Provinces and cities named in a message: 在宜宾, 去浙江上班. Source: `data/cities.txt`.

The served towns come from the store and are the engine's; these names are the same everywhere and need no store.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from backend.domain.lexicon import Hit
from backend.domain.repair import is_ordinary

_FILE = Path(__file__).parent / "data" / "cities.txt"
# 重庆小面, 四川话, 中山路: a dish, a speech, a street; 成都村 would be another place.
_NO_PLACE_NEXT = (
    r"(?!边|话|菜|小面|火锅|拉面|烤鸭|米粉|米线|时间|银行|大学|电视|卫视|口音|路|街|村|镇|乡|社区|小区|大道|组|医院|学校|中学|小学|花园|广场|桥"
    r"|湖|酱|饼|腊肉|豆腐|牌|车牌|麻将)"
)
_TO = r"(?<=[在到去从回往来往离奔克])"


@cache
def _pattern() -> re.Pattern[str]:
    listed = [line for line in _FILE.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    names = sorted((name for line in listed for name in line.split()), key=len, reverse=True)
    plain = "|".join(name for name in names if not name.endswith("?"))
    doubtful = "|".join(name.removesuffix("?") for name in names if name.endswith("?"))
    level = r"(?P<level>[省市](?!场|政府|区|里|民|内|外|面|价))?"
    return re.compile(
        rf"(?<!同)(?:(?P<plain>{plain}){level}|(?P<doubtful>{_TO}(?:{doubtful})市?|(?:{doubtful})市(?!场)))"
        rf"{_NO_PLACE_NEXT}"
    )


def find(text: str) -> list[Hit]:
    """Return the provinces and cities in `text`, left to right; each hit's value is its name as said."""
    return [
        Hit(m.start(), m.end(), m.group(), "location", m.group())
        for m in _pattern().finditer(text)
        # 东西安全, 高兴义务: an ordinary word lies across the edge.
        if not is_ordinary(text[max(0, m.start() - 1) : m.start() + 1])
        and (not is_ordinary(text[m.end() - 1 : m.end() + 1]) or is_led(text, m.start()))
    ]


def is_led(text: str, start: int) -> bool:
    """Say whether a word of place stands right before text[start]."""
    return text[start - 1 : start] in tuple("在到去从回")


def at_start(said: str) -> str | None:
    """Return the province or city that `said` begins with: 宁波那边厂子 → 宁波."""
    match = _pattern().match(said)
    return match.group() if match else None
