"""A person who corrects herself means the last value: 五十七 哦不对 五十八 → 58 (contract, convention 3)."""

from __future__ import annotations

import re
from typing import Protocol, TypeVar


class Placed(Protocol):
    @property
    def entity(self) -> str: ...
    @property
    def value(self) -> str | int | float: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


# 是不是, 要不是 and 不是很 correct nothing.
_CORRECTED = re.compile(
    r"不对(?!头不)|(?<![是要还])不是(?!很|太|说好|吗|嘛)|错了|说错|搞错|记错|讲错|弄错|报错|口误|不不|更正|纠正"
    r"|改成|改为|改到|换成|应该是"
    r"|我是说|我说的是|哦不|噢不|呃不|啊不|哎不|诶不|不 |不,|不，|算了"
)
_NEGATED = re.compile(r"(?<![是要还])不是(?:那个|说|要|做)?\s?$")
_WRONG_BEFORE = re.compile(r"[登写记录填弄搞打印]错|错了|不对|有误")
_NEAR = 16
# Kinds of which one message may well name several, so that only a spoken correction between two of them counts.
# Kinds of which one message hardly names two.
_ONE_EACH = frozenset({"ordinal", "age", "headcount", "phone_number"})
_NEVER = frozenset({"problem", "policy_topic", "hardship"})


_T = TypeVar("_T", bound=Placed)


def last_said(found: list[_T], text: str) -> list[_T]:
    """Return `found` without the values a later one of the same kind takes back."""
    dropped: set[int] = set()
    ordered = sorted(found, key=lambda entity: entity.start)
    for at, first in enumerate(ordered):
        if first.entity in _NEVER:
            continue
        later = [e for e in ordered[at + 1 :] if e.entity == first.entity and e.start >= first.end]
        if not later:
            continue
        between = text[first.end : later[0].start]
        if first.entity in _ONE_EACH and re.fullmatch(r"[\s,，]*(?:哦|噢|哎|诶|呃)[\s,，]*", between):
            # 第五 哦 第七个: only an interjection stands between.
            dropped.add(id(first))
        elif re.fullmatch(r"岁?[,，]?\s?不是", between) and _WRONG_BEFORE.search(text[: first.start]):
            # 岁数登错了 我六十三 不是七十三: what comes after 不是 is what was wrong.
            dropped.add(id(later[0]))
        elif len(between) <= _NEAR and _CORRECTED.search(between):
            dropped.add(id(first))
        elif _NEGATED.search(text[: first.start]) and len(between) <= _NEAR:
            # 抹灰 不是抹灰 打混凝土: the value refused, wherever else it was said.
            dropped.update(id(e) for e in ordered[: at + 1] if e.entity == first.entity and e.value == first.value)
    return [entity for entity in ordered if id(entity) not in dropped]
