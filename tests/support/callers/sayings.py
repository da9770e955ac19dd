"""How people here say what they want, in their own words; several ways each, for whoever is not understood the first time."""

from __future__ import annotations

import random

from tests.support.callers.people import (
    ANYTHING,
    FIND,
    LEAVE,
    MARKET,
    PERSON,
    REGISTER,
    VILLAGE,
    WAGES,
    WITHDRAW,
    Caller,
)

_WISHES = {
    FIND: ("我想找点{kind}的活", "有没得{kind}的活路", "想做{kind},一天少了{floor}不干", "找活,{kind}"),
    LEAVE: ("我想{kind},一天要{floor}", "{kind}的活有没得,一天最低{floor}", "找{kind}的活,少了{floor}不去"),
    REGISTER: ("我要登记", "我想登记一下,好找活", "给我登个记"),
    VILLAGE: ("我搬家了,现在住{village}", "把我的村子改成{village}", "我不在原来那点住了,搬到{village}了"),
    WITHDRAW: ("我报的那个活不去了", "我去不成了,把我报的活退了", "报了的活我来不了,帮我退一下"),
    WAGES: ("老板不给工钱", "我做了半个月,老板欠我工钱不给", "工钱要不到,老板拖起不给"),
    PERSON: ("喊个人来接", "转人工", "我要和人讲"),
    MARKET: ("零工市场在哪点", "你们市场在哪里", "市场在哪点,几点开门"),
}
_ANY = ("有没得活做", "想找点活", "找活路")
_CHILD = {
    FIND: ("我婆婆想找点{kind}的活", "帮我婆婆找{kind}的活"),
    LEAVE: ("我婆婆想{kind},一天要{floor}", "帮我婆婆找{kind}的活,一天最低{floor}"),
    REGISTER: ("我帮我婆婆登记", "我婆婆要登记"),
    VILLAGE: ("我婆婆搬家了,现在住{village}", "把我婆婆的村子改成{village}"),
    WITHDRAW: ("我婆婆报的那个活去不成了", "把我婆婆报的活退了"),
    WAGES: ("老板不给我婆婆工钱", "老板欠我婆婆工钱不给"),
    PERSON: ("我婆婆要和人讲", "转人工"),
    MARKET: ("零工市场在哪里", "我婆婆问市场在哪点"),
}
YES = ("对", "要得", "对的")
YES_DIALECT = ("要得", "对头", "是嘞")
NO = ("不对", "不是", "不对的")
GO = ("要去", "要得,我去", "去")
NEXT = ("下一个", "不去,听下一个", "换一个")
WHAT = ("啥子?", "没听到", "你说啥子", "没听清楚,再说一遍")
HANDS_OVER = ("我耳朵不好,等哈哈,娃儿来说", "喂,喂,我听不清楚,喊我孙儿来说")
DIGITS = "零一二三四五六七八九"


def wish(caller: Caller, attempt: int, *, child: bool, rng: random.Random) -> str:
    """How she says what she wants; another way each time she has to say it."""
    ways = (_CHILD if child else _WISHES)[caller.goal]
    if caller.goal == FIND and caller.wish is ANYTHING and not child:
        ways = _ANY
    start = rng.randrange(len(ways)) if attempt == 0 else caller.seed
    return ways[(start + attempt) % len(ways)].format(
        kind=caller.wish.words, floor=money(caller.wish.floor), village=caller.village
    )


def name(caller: Caller, *, child: bool) -> str:
    return f"{'她' if child else '我'}叫{caller.name}"


def age(caller: Caller) -> str:
    return _tens(caller.age) + "岁"


def money(yuan: int) -> str:
    """600 → 六百块."""
    return DIGITS[yuan // 100] + "百" + (_tens(yuan % 100) if yuan % 100 else "") + "块"


def _tens(value: int) -> str:
    tens, ones = divmod(value, 10)
    return (DIGITS[tens] if tens > 1 else "") + ("十" if tens else "") + (DIGITS[ones] if ones else "")
