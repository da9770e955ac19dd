"""How many people and which one: headcount (要五个人) and ordinals (第二个, 最后那个, 头一个)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.domain import numbers_zh

_N = numbers_zh.NUMBER
_HEAD = re.compile(
    r"(?P<ask>(?:要|招|请|找|喊|差|缺|需要|需|聘|收|用|雇|叫|还要|再要|再招|招聘|急招|急需|来|带|带了|带起|一共"
    r"|总共|一起|我们|我俩|俺们|我|咱们|男的|女的|大工|小工|普工)?\s?)"
    r"(?<![第头])(?P<number>" + _N + r")\s?(?:(?:到|至|-|~)\s?(?P<high>" + _N + r")\s?)?"
    r"(?P<unit>个人|个工人|个大人|口人|人(?!民|家|工|员|次)|名|位|个(?!月|小时|钟|半|工(?!人)|平|方|地方|星期|礼拜|活"
    r"|电话|短信|问题|娃|号|岗|细娃|孩子|厂)|来个|把人|多人|号人)"
)
_WORDS = {
    "两口子": 2,
    "夫妻两个": 2,
    "夫妻俩": 2,
    "我们俩": 2,
    "两爷子": 2,
    "两娘母": 2,
    "两弟兄": 2,
    "两姊妹": 2,
    "三弟兄": 3,
    "三姊妹": 3,
    "三兄弟": 3,
    "我们仨": 3,
    "俩人": 2,
    "两个人": 2,
    "我俩": 2,
    "我们两个": 2,
    "两兄弟": 2,
}
_WORD_RE = re.compile("|".join(sorted(_WORDS, key=len, reverse=True)))

_ORDINAL = re.compile(
    r"(?P<backwards>倒数第(?P<back>" + _N + r")个?)"
    r"|第(?P<nth>"
    + _N
    + r")(?:\s?[、,，和跟与]\s?第?(?P<also>"
    + _N
    + r"))?(?!天|次|回|遍|道|年|季|产业|三方|一时间|人民|中学|小学"
    r"|医院)"
    r"|(?P<last>最后(?:面|头)?(?:的?那)?一?(?:个|条|份|项|家)?|末尾那?一?个?|最尾(?:巴)?那?一?个?|尾巴上?那?一?个"
    r"|最末那?一?个?|最后头那?个|末了那?个|最底下那?个)"
    r"|(?P<first>头一个|头个|头一份|头一家|头一条|头一样|打头那?个|最前头那?个|最前面那?个|首个|最上面那?个"
    r"|一开始那个|最开始那?个)"
    r"|(?:接|回|选|按|要|报|去|就|回复|挑|编号|序号)\s?(?P<picked>[1-9]"
    r"|[一二三四五六七八九])(?:号)?(?![\d到至~\-两十个块元百千万天十点月人斤岁年.名位])"
    r"|(?<![\d月年])(?P<number>[1-9]|[一二三四五六七八九])号(?:活|工作|岗位|那个|的|岗)?"
)


# 挣两个钱, 弄两个活路; 给他登一个, 帮我报一个: nobody is counted there.
_NO_PEOPLE = re.compile(r"钱|小钱|活|工作|事|字|菜|岗|名额|问题|号码|月")
_FOR_ONE = re.compile(r"(?:登|报|记|填|写|办|弄|搞|来|整|安排|推荐|介绍|上|录|退|换|选|挑|取消)(?:记|名|个名)?$")


@dataclass(frozen=True, slots=True)
class Count:
    """text[start:end] means `value`; `sure` when the words can mean nothing else."""

    start: int
    end: int
    value: int
    sure: bool = True


def counts_nobody(text: str, start: int) -> bool:
    """Whether the 一个 at `start` stands for the deed, not for a person: 给我报一个."""
    return bool(_FOR_ONE.search(text[:start])) and text[start : start + 1] == "一"


def find_headcounts(text: str) -> list[Count]:
    """Return numbers of people; of a range the first number, since that many are surely wanted."""
    found: list[Count] = []
    for match in _HEAD.finditer(text):
        number = numbers_zh.read(match["number"])
        if number is None or number.low != int(number.low) or not 1 <= number.low <= 9999:
            continue
        if match["number"].endswith("几"):
            continue
        if match["unit"] == "个" and _NO_PEOPLE.match(text, match.end()):
            continue
        if match["number"] == "一" and _FOR_ONE.search(text[: match.start("number")]):
            continue
        people = match["unit"] not in ("个", "来个")
        asked = bool(match["ask"].strip())
        found.append(Count(match.start("number"), match.end(), int(number.low), sure=people or asked))
    for match in _WORD_RE.finditer(text):
        if not any(c.start < match.end() and match.start() < c.end for c in found):
            found.append(Count(match.start(), match.end(), _WORDS[match.group()]))
    return sorted(found, key=lambda count: count.start)


def find_ordinals(text: str) -> list[Count]:
    """Return which one was meant, from 1; the last is -1."""
    found: list[Count] = []
    for match in _ORDINAL.finditer(text):
        for group in ("nth", "also", "picked", "number", "back"):
            said = match[group]
            number = numbers_zh.value(said) if said else None
            if isinstance(number, int) and 1 <= number <= 99:
                sure = group in ("nth", "back", "also")
                found.append(Count(match.start(), match.end(), -number if group == "back" else number, sure))
        if match["last"]:
            found.append(Count(match.start(), match.end(), -1, sure=match["last"] != "最后"))
        elif match["first"]:
            found.append(Count(match.start(), match.end(), 1))
    return found
