"""Small readings of whole sentences that no entity carries: busy or free, the wrong person."""

from __future__ import annotations

import re

_BUSY = re.compile(
    r"没(得)?空|莫得空|不得空|没(得)?时间|莫得时间|走不开|来不了|去不(了|成|到)|不(能|得)(去|来|做|上工)|做不(了|成)|有事|(?<![农帮])忙|"
    r"莫(喊|叫|找)|别(喊|叫|找)|不要(喊|叫|找)|不用(喊|叫|找)|请假|要(去|回)(医院|娘家|外地)|休息|歇"
)
_FREE = re.compile(
    r"(?<!没)(?<!不)(?<!莫)(?<!没得)(?<!莫得)(?<!不得)有空|(?<![没莫不])得空|随时|随喊随到|都(行|得行|可以|要得)|忙完|闲|可以(去|来|做)|天天"
)


def is_busy(text: str) -> bool:
    """Whether a sentence about days says that she is not free then; the last word counts ("下周忙 后头都有空")."""
    busy = [found.start() for found in _BUSY.finditer(text)]
    free = [found.start() for found in _FREE.finditer(text)]
    return bool(busy) and max(busy) > max(free, default=-1)


_ALWAYS = re.compile(
    r"(天天|每天|哪天|随时|一直|任何时候|啥(子)?时候|么子时候|什么时候|一年四季)(都|也)?(有空|得空|可以|得行|行|要得|能(去|来|做))"
)
_ALWAYS_BARE = re.compile(
    r"(我)?(天天|每天|哪天|随时|一直|任何时候|啥(子)?时候|什么时候)?(都)?(有空|得空|可以|得行|行|要得)?(的|嘛|哈|噻|吧|呢|哦)?"
)


def is_always_free(text: str, *, asked: bool = False) -> bool:
    """Whether she says that any day will do (天天都有空); `asked`: it answers "哪些天有空", so a bare 天天 or 都行 counts."""
    plain = re.sub(r"[\s,，。.、!！?？]", "", text)
    if _ALWAYS.search(plain):
        return True
    return (
        asked
        and any(word in plain for word in ("天", "随时", "一直", "时候", "都"))
        and bool(_ALWAYS_BARE.fullmatch(plain))
    )


_WRONG = re.compile(
    # "搞错了" alone corrects a fact; only with 人 or 号 is it about who is written to.
    r"^(喂|哎|你好)?(你们?)?((打错|找错)(了|人|号|号码|电话)+|(发错|弄错|搞错)了?(人|号|号码|电话))(吧|哦|嘛|哈|了)*$|"
    r"(我|这)(就|都)?(不|并不)是(他|她|你找的|你们找的|这个人|那个人|机主|本人)|不是(他|她|原来那个人|原机主)的?(手机|电话|号码?)了?|"
    r"(这个?|我这个?)?(号|号码|手机号)(早就|已经|都)?(换人|换了人|不是他|不是她|是(我)?新(办|买|换)的)"
)


def says_wrong_person(text: str) -> bool:
    """Whether the one who reads is not the one we wrote to (T4): 我不是他, 打错了, 这个号换人了."""
    return bool(_WRONG.search(re.sub(r"[\s,，。.!！?？]", "", text)))


# 有没得开飞机的活: words between 有没得 and 的活 that are no general ones.
_ASKED_TRADE = re.compile(
    r"(有没得|有没有|有莫得|有得没得|想找|找|要)(点|个|些|份)?(?P<what>[^有没找,。]{2,6}?)的(活|工|事)(路|儿|作)?"
)
_GENERAL = re.compile(
    r"合适|轻松|轻巧|近|远|屋|家|附近|走得|钱|工资|结|包|管|吃|住|天|周|月|号|早|晚|午|夜|日|我|女|男|老|岁|能|做|干|别|其他|别样|啥|么|新|多|少|好|村|镇|街|县|城|区|边|里|头|长期|临时|短|稳"
)


def names_unknown_trade(text: str) -> bool:
    """Whether a search names a kind of work ("开飞机的活"); asked only when no known trade was found in it."""
    found = _ASKED_TRADE.search(re.sub(r"\s", "", text))
    return found is not None and not _GENERAL.search(found["what"])
