"""A bare answer to a numbered question: 1, １, 一, ①, "1.", 回1, 选1, 接12; 要得 is yes, 不得行 is no (M02–M04)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Literal

from backend.domain import numbers_zh
from backend.domain.repair import sound_key

Choice = int | Literal["yes", "no", "*"]


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_EDGES = re.compile(r"^[\s,，。.、!！?？~～;；:：()\[\]【】\"'“”]+|[\s,，。.、!！?？~～;；:：()\[\]【】\"'“”]+$")
_TAIL = r"(?:号|了|嘛|哈|哦|啊|噻|呢|吧|的|那个|个|嘞|键|谢谢|撒|来)*"
_VERB = (
    r"(?:我|就|要|那|那就|我要|我就|我想|嗯|好|好的)*(?:回复?|选择?|按|接受?|去|报|要|挑|选的是|是|答|应)?\s*(?:第)?\s*"
)
_NUMBER = re.compile(rf"{_VERB}(?P<n>\d{{1,2}}|[零〇一二两三四五六七八九十幺]{{1,3}}){_TAIL}")
_YES = _words(
    "要得 要的 好 好的 好嘛 好哒 好哈 好啊 好吧 好噻 好嘞 可以 可以噻 可以的 可以嘛 可以哈 得行 得行得行 行 行嘛 "
    "行的 行哈 行吧 对 对的 对头 对对 对对对 是 是的 是嘞 是啊 是噻 嗯 嗯嗯 恩 安逸 没问题 莫得问题 没得问题 去得 "
    "接 我接 接了 接到 接嘛 接受 我去 去 去嘛 要去 我要 要 要嘛 同意 答应 确认 确定 ok okay yes y 没错 就是 就是的 "
    "晓得了 收到 中 成 能 来 我来 要来 愿意 我愿意 好要得 嗯要得 要得要得 好好 好好好 好行 行行 行行行 嗯好 嗯好的 "
    "嗯对 嗯是 嗯可以 要得嘛 要得哈 要得噻 可以可以 巴适 正确 没得错 就这样 报 我报 去得成 来得成 报名 好要 ok了 "
    "好嘛要得 哦要得 哦好 噢好 去得行 得 得嘛 得行嘛 得行哈 愿去 信息对 都对 全对 都对头 阔以 都要得 嗯呐 哎对 晓得"
)
_NO = _words(
    "不 不得行 不行 不要 不去 不去了 不接 不接了 我不接 我不去 要不得 算了 不想去 没空 没得空 莫得空 走不开 "
    "莫得时间 没得时间 没时间 不干 搞不成 不是 不对 不可以 不好 不同意 不愿意 不来 不来了 来不了 去不了 去不成 "
    "去不到 no n 错 错了 不对头 拒绝 不报 不想 不要了 不用 不用了 没有 不得 不得去 不得来 莫 不得空 不是的 不对的 "
    "不接受 不了 不喜欢 不合适 不参加 没兴趣 不搞 不搞了 不做 搞错了 说错了 不去哈 不去嘛 不了谢谢 算了嘛 算了哈 "
    "算了吧 不得干 不干了 不想做 懒得去 走不脱 不需要 不确定 不要嘛 不行嘛 不行哈 不得行嘛 不得行哈 嗯不去 嗯不 不不 不不不 信息不对 取消"
)
_STAR = _words("* × 返回 回去 退回 上一步 ＊ 星号 星 米字键 米字")


def parse(text: str) -> Choice | None:
    """Return the answer `text` is, when it is nothing but an answer: a number, "yes", "no", "*" (back), else None.

    接12 is the code 12 of an offer; which offer a number means is the caller's matter.
    """
    said = unicodedata.normalize("NFKC", text[:60]).strip().lower()
    if said in _STAR:
        return "*"
    said = _EDGES.sub("", said)
    joined = re.sub(r"[\s,，。.、!！~～]+", "", said)
    if joined in _STAR:
        return "*"
    # 是哩, 对嘛, 不是嘞: the same word with how people end a sentence here. Not 的: 我报的 are the jobs she has taken.
    bare = joined.rstrip("嘛哈哒噻哩呢嘞咯哦啊")
    if joined in _YES or bare in _YES:
        return "yes"
    if joined in _NO or bare in _NO:
        return "no"
    match = _NUMBER.fullmatch(joined)
    return _value(match["n"]) if match else None


def by_sound(text: str) -> Literal["yes", "no"] | None:
    """The yes or no that two to four misheard characters sound like: 要德 is 要得, 布对 is 不对; for calls only.

    A single character is one of too many words, but for 对 (兑, 队).
    """
    said = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", text[:60]))
    return _by_sound().get(sound_key(said)) if 1 <= len(said) <= 4 else None


@cache
def _by_sound() -> dict[str, Literal["yes", "no"]]:
    yes, no = (
        {sound_key(word) for word in words if len(word) > 1 and not word.isascii()} for words in (_YES | {"对对"}, _NO)
    )
    yes.add(sound_key("对"))
    sounds: dict[str, Literal["yes", "no"]] = dict.fromkeys(yes - no, "yes")
    return sounds | dict.fromkeys(no - yes, "no")


def _value(said: str) -> int | None:
    if said.isdigit():
        return int(said)
    if said == "十" or "十" in said:
        number = numbers_zh.value(said)
        return number if isinstance(number, int) else None
    digits = numbers_zh.digits(said)
    return int(digits) if digits and len(digits) <= 2 else None
