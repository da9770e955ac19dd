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
    """`kind`: people | again | enough | off | more | only | change | undo. `count`: how many more, or how many in all."""

    kind: str
    count: int | None = None
    # Said as a worker might say it of a place he holds: 不做了, 取消.
    either_side: bool = False


_N = r"(?P<n>\d{1,9}|[零一二两三四五六七八九十百千万亿]{1,9})"
_UNDO = re.compile(
    r"^(?:弄错了|搞错了|错了)?[,，]?(?:给我)?(?:改|换)(?:回去|回来)(?:了|嘛|吧|哈)?$|^撤销$|^还是要招$|^接着招$|^继续招$"
)
_AGAIN = re.compile(
    r"再(?:给我)?发(?:一|两)?(?:次|回|道|遍|下|哈)|重新发|照旧|老样子|老规矩|照(?:上|原|以前|先前)|(?:跟|和|像|同)(?:上|先前|以前|往回)(?:次|回|个?(?:星期|礼拜)|周|天|头)?.{0,3}(?:一样|那样)"
    r"|还是(?:那些|上|原来|先前|以前|往回|老)|(?:上|先前|往)(?:次|回|个?(?:星期|礼拜)|周|天)(?:的)?那(?:个|些|样|条|份)"
)
_PEOPLE = re.compile(
    r"(?:有)?(?:哪些|哪几个|哪个|啥子|什么)人(?:要)?(?:来|报|接|定)|(?:是)?(?:哪些|哪几个|哪个|谁)(?:人)?(?:要)?(?:来|报名|报了|接了)|来(?:了)?(?:几|好多|多少)(?:个)?人?|(?:几|好多|多少)(?:个)?人?(?:要)?(?:来|报|接|定)(?:了|名)?"
    r"|报(?:了|名)?(?:几|好多|多少)(?:个)?|(?:招|找|喊)(?:到|了|齐)(?:人)?(?:没得|没有|莫得|了没|没|吗|几个|好多)|(?:招|找)(?:到)?(?:几|好多|多少)个|(?:有)?(?:没得|没有|得没得)人(?:来|报|接|要)|有人(?:来|报|接)(?:名)?(?:没得|没有|没|不|吗|了没)"
    r"|人(?:够|满|齐|来)(?:了)?(?:没得|没有|没|不|吗)|(?:招|招人|报名)(?:的)?情况|招得(?:咋个?样|怎么?样)|名单"
)
_ENOUGH = re.compile(
    r"(?:人)?(?:招|找|请|喊)?(?:满|够|齐)了(?!没|吗|不|嘛\?)|(?:不|莫|没得?必要)(?:再)?(?:要|招|请|找|差|缺|喊)人(?:了)?|(?:不|莫)(?:再)?(?:招|请)(?:了|人)|不差人|不缺人|人都?有了|停止?招(?:人)?"
)
_OFF = re.compile(
    r"(?:叫|喊|让)?(?:他们|大家|人家|那些人|都|一个)+.{0,3}(?:不|莫)(?:要|用|消)?来(?:了)?|(?:不用|不消|莫)来了|(?:活路?|工|招人的?|招工的?|这个)(?:取消|不做|不搞|不干|撤)(?:了)?|取消(?:招人|招工|发布|那个活|这个活)|撤(?:下来|回|了|掉|销招)|停了(?:吧|嘛)?$"
)
_EITHER_SIDE = re.compile(r"^(?:都|我)?(?:不(?:做|干|搞|要)了|取消(?:了|掉|吧)?|算了|不去了|不来了|退了)$")
_MORE = re.compile(
    rf"(?:再|多|还|另外|另)(?:要|来|加|招|请|差|缺|找)(?:多|再)?{_N}(?:个)?(?:人)?|加{_N.replace('?P<n>', '?P<m>')}个(?:人)?|(?:要|招)多{_N.replace('?P<n>', '?P<k>')}个"
)
_ONE_MORE = re.compile(r"(?:多|再)(?:要|来|招|请|加)个(?:人|$)")
_ONLY = re.compile(rf"(?:只|就|改成|改为|换成|总共|一共)(?:要|招|请)?{_N}(?:个)?(?:人|个)(?!月|钟|小时|星期)")
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
    if _ONE_MORE.search(said):
        return Wish("more", 1)
    if match := _MORE.search(said):
        number = next(value for value in match.groupdict().values() if value)
        count = numbers_zh.read(number)
        return Wish("more", int(count.low)) if count else None
    if (match := _ONLY.search(said)) and (count := numbers_zh.read(match["n"])):
        return Wish("only", int(count.low))
    if _OFF.search(said):
        return Wish("off")
    if _ENOUGH.search(said):
        return Wish("enough")
    if _AGAIN.search(said):
        return Wish("again")
    if _CHANGE.search(said):
        return Wish("change")
    return Wish("off", either_side=True) if _EITHER_SIDE.fullmatch(said) else None
