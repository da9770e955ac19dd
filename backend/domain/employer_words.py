"""What an employer says of his own postings, on the number they came from: 哪些人来, 照旧, 招满了, 多要两个, 改成后天 (E03).

Read only where the number has such postings; the engine's reading of the same words is a worker's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.domain import numbers_zh

LONGEST = 30  # characters; a longer text tells more than one of these


@dataclass(frozen=True)
class Wish:
    """`kind`: people | again | enough | off | more | short | only | change | undo.

    `count`: how many more, how many are lacking, or how many in all.
    """

    kind: str
    count: int | None = None
    # Said as a worker might say it of a place he holds: 不做了, 取消.
    either_side: bool = False


_NUMBER = r"\d{1,9}|[零一二两三四五六七八九十百千万亿]{1,9}"
_UNDO = re.compile(
    r"^(?:弄错了|搞错了|错了)?[,，]?(?:给我)?(?:改|换)(?:回去|回来)(?:了|嘛|吧|哈)?$|^撤销$|^还是要招$|^接着招$|^继续招$"
)
_AGAIN = re.compile(
    r"再(?:给我)?发(?:一|两)?(?:次|回|道|遍|下|哈)|重新发|照旧|老样子|老规矩|照(?:上|原|以前|先前)|(?:跟|和|像|同)(?:上|先前|以前|往回)(?:次|回|个?(?:星期|礼拜)|周|天|头)?.{0,3}(?:一样|那样)"
    r"|还是(?:那些|上|原来|先前|以前|往回|老)|(?:上|先前|往)(?:次|回|个?(?:星期|礼拜)|周|天)(?:的)?那(?:个|些|样|条|份)"
)
_PEOPLE = re.compile(
    r"(?:有)?(?:哪些|哪几个|哪个|啥子|什么)人(?:要)?(?:来|报|接|定)|(?:是)?(?:哪些|哪几个|哪个|谁)(?:人)?(?:要)?(?:来|报名|报了|接了)|来(?:了)?(?:几|好多|多少)(?:个)?人?|(?:几|好多|多少)(?:个)?人?(?:要)?(?:来|报|接|定)(?:了|名)?"
    r"|报(?:了|名)?(?:几|好多|多少)(?:个)?|(?:招|找|喊)(?:到|了|齐|满|够)(?:人)?(?:没得|了没得|了没有|没有|莫得|了没|没|吗|几个|好多)|(?:招|找)(?:到)?(?:几|好多|多少)个|(?:有)?(?:没得|没有|得没得)人(?:来|报|接|要)|有人(?:来|报|接)(?:名)?(?:没得|没有|没|不|吗|了没)"
    r"|人(?:够|满|齐|来)(?:了)?(?:没得|没有|没|不|吗)|(?:招|招人|报名)(?:的)?情况|招得(?:咋个?样|怎么?样)|名单"
)
_ENOUGH = re.compile(
    r"(?:人)?(?:招|找|请|喊)?(?:满|够|齐)了(?!没|吗|不|嘛\?)|(?:不|莫|没得?必要)(?:再)?(?:要|招|请|找|差|缺|喊)人(?:了)?|(?:不|莫)(?:再)?(?:招|请)(?:了|人)|不差人|不缺人|人都?有了|停止?招(?:人)?"
)
_OFF = re.compile(
    r"(?:叫|喊|让)?(?:他们|大家|人家|那些人|都|一个)+.{0,3}(?:不|莫)(?:要|用|消)?来(?:了)?|(?:不用|不消|莫)来了|(?:活路?|工|招人的?|招工的?|这个)(?:取消|不做|不搞|不干|撤)(?:了)?|取消(?:招人|招工|发布|那个活|这个活)|撤(?:下来|回|了|掉|销招)|停了(?:吧|嘛)?$"
)
_EITHER_SIDE = re.compile(r"^(?:都|我)?(?:不(?:做|干|搞|要)了|取消(?:了|掉|吧)?|算了|不去了|不来了|退了)$")
# People are counted with 个, 人 or 名, or with nothing after the number: 再加20块, 还要两天, 再要两箱 are none.
_HEADS = r"(?:个?(?:工人|男的|女的|男工|女工|师傅|劳力|人)|名|个(?![多半把]|来?月|钟|小时|星期|礼拜|村|组|镇|地方|工日?|菜))?"
_END = r"(?:就(?:够|行|好|可以)|左右|才够|了|吧|嘛|哈|噻|哦|啊|的|来|过来|谢谢|麻烦)*"
_MORE = re.compile(
    rf"(?:再|多|还|另外|另)(?:要|来|加|招|请|找|喊)(?:多|再)?(?P<n>{_NUMBER})(?P<unit>{_HEADS})"
    rf"|加(?P<m>{_NUMBER})(?:个(?:人)?(?=[了嘛哈噻吧来]|$)|人|名)|(?:要|招)多(?P<k>{_NUMBER})个(?:人|(?=[了嘛哈噻吧]|$))"
)
_ONE_MORE = re.compile(r"(?:多|再)(?:要|来|招|请|加)个(?:人|$)")
# What is lacking, whoever has come: 还差两个人.
_SHORT = re.compile(rf"(?:(?:还|就|只)?(?:差|缺)|还少)(?P<n>{_NUMBER})(?P<unit>{_HEADS})")
_ONLY = re.compile(
    rf"(?:只|就|改成|改为|换成|总共|一共)(?:要|招|请)?(?P<n>{_NUMBER})(?:个?人|名|个(?![多半]|月|钟|小时|星期|礼拜|工))"
)
# Who of those who said yes is there: that is what the morning's question is for, and changes no posting.
_OF_TODAY = re.compile(
    rf"(?:差|少|缺|有|就|只|才)(?:{_NUMBER}){_HEADS}(?:没|没有|没得|莫得|未)?(?:来|到|去)(?!做|干|摘|帮)|(?:没|没有|没得|莫得|未)(?:来|到)齐?$"
)
_MONEY = re.compile(r"块|元|工钱|工资|工价|价钱|价格|一天|每天|每人|钱|斤")
_NOT_ENOUGH = re.compile(r"(?:不|没|没有|没得|莫得|未)(?:招|找|请|喊|来|到)?(?:满|够|齐)|[来到]齐")
_ASKS = re.compile(r"咋|怎么|啷个|哪个|[吗么?？]$|了没$|没得$|没有$")
_CHANGE = re.compile(
    r"改(?:成|到|为|一下|下|个|天|期|时间|工价|工钱|地点)|换(?:成|到|个|天|地方)|推(?:迟|后|到)|延(?:后|期|到)|提前|往后(?:推|挪)|涨到|加到|降到|(?:时间|日子|工钱|工价|地点|要求).{0,4}(?:变|改|换)|去掉|不要(?:那个|这个)?(?:要求|条件)"
)


def read(text: str) -> Wish | None:
    """The wish in a short text, or None."""
    said = re.sub(r"[\s。.!！~]", "", text)
    if not said or len(said) > LONGEST:
        return None
    if _UNDO.search(said):
        return Wish("undo")
    if _PEOPLE.search(said):
        return Wish("people")
    if _OF_TODAY.search(said):
        return None
    if _ONE_MORE.search(said):
        return Wish("more", 1)
    if (counted := _counted(said)) is not None:
        return counted
    if _ASKS.search(said):
        return Wish("change") if _CHANGE.search(said) else None
    if _OFF.search(said):
        return Wish("off")
    if _ENOUGH.search(said) and not _NOT_ENOUGH.search(said):
        return Wish("enough")
    if _AGAIN.search(said):
        return Wish("again")
    if _CHANGE.search(said):
        return Wish("change")
    return Wish("off", either_side=True) if _EITHER_SIDE.fullmatch(said) else None


def _counted(said: str) -> Wish | None:
    """So many more, so many lacking, so many in all; a number of anything but people is none of these."""
    if _MONEY.search(said):
        return None
    for kind, pattern in (("short", _SHORT), ("more", _MORE), ("only", _ONLY)):
        match = pattern.search(said)
        if match is None:
            continue
        found = match.groupdict()
        number = next(value for name, value in found.items() if name != "unit" and value)
        bare = "unit" in found and not found["unit"] and number in (found.get("n"), "")
        if bare and re.fullmatch(_END, said[match.end() :]) is None:
            return None
        count = numbers_zh.read(number)
        return Wish(kind, int(count.low)) if count else None
    return None
