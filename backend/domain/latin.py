"""Chinese names in Latin letters, for the English gloss: 兴泉社区一组 → Xingquan community, group 1."""

from __future__ import annotations

import re
from functools import lru_cache

from pypinyin import lazy_pinyin

from backend.domain import numbers_zh

# What a name ends in tells what it is; translated, the longest first.
_ENDINGS = (
    ("农民专业合作社", "farmers' cooperative"), ("专业合作社", "cooperative"), ("合作社", "cooperative"), ("有限公司", "Ltd"),
    ("便民服务中心", "service centre"), ("零工驿站", "gig station"), ("零工市场", "gig market"), ("社保所", "social security office"),
    ("社区", "community"), ("街道", "subdistrict"), ("自治县", "autonomous county"), ("公司", "company"), ("家庭农场", "family farm"),
    ("果园", "orchard"), ("村", "village"), ("镇", "town"), ("乡", "township"), ("县", "county"), ("区", "district"), ("市", "city"),
    ("零工", "gig work"), ("厂", "factory"), ("老板", "(boss)"), ("街上", "town centre"),
)  # fmt: skip
_GROUP = re.compile(r"([一二三四五六七八九十\d]+)(?:组|社|队)$")
# A division followed by what lies in it: 中塘镇|兴泉社区.
_INSIDE = re.compile(r"^.{2,}?(?:社区|街道|镇|乡|村)(?=.)")
_CHINESE = re.compile(r"[\u3400-\u9fff]+")


@lru_cache(maxsize=4096)
def latin(name: str) -> str:
    """`name` readable without Chinese; text without Chinese characters comes back as it is."""
    return _CHINESE.sub(lambda found: _one(found[0]), name).strip()


def _one(name: str) -> str:
    if group := _GROUP.search(name):
        number = numbers_zh.value(group[1])
        rest = _one(name[: group.start()]) if group.start() else ""
        return f"{rest}, group {number}" if rest else f"group {number}"
    for chinese, english in _ENDINGS:
        at = name.find(chinese)
        if at >= 0 and at + len(chinese) == len(name):
            return f"{_one(name[:at])} {english}".strip()
    if inner := _INSIDE.search(name):
        return f"{_one(name[: inner.end()])} {_one(name[inner.end() :])}"
    return "".join(lazy_pinyin(name)).capitalize()
