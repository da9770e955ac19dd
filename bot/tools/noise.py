"""How the same sentence differs from hand to hand and mouth to mouth: fillers, particles, spaces, slips.

Spans marked ``[text](entity)`` are never broken: noise works on the text between them, spaces and slips aside.
"""

from __future__ import annotations

import re
from random import Random

OPENERS = (
    "喂 ",
    "喂 你好 ",
    "你好 ",
    "你好，",
    "您好 ",
    "那个 ",
    "呃 ",
    "哎 ",
    "嗯 ",
    "诶 ",
    "妹儿 ",
    "老师 ",
    "同志 ",
    "请问 ",
    "请问哈 ",
    "问哈 ",
    "我想问哈 ",
    "麻烦问一下 ",
    "师傅 ",
    "哦 ",
    "哎呀 ",
    "那个那个 ",
    "我说哈 ",
    "就是 ",
    "就是那个 ",
    "喂喂 ",
    "领导好 ",
    "就是说 ",
    "是这样的 ",
)
CLOSERS = (
    "嘛",
    "哈",
    "哦",
    "噻",
    "嘞",
    "撒",
    "呀",
    "啊",
    "咯",
    " 谢谢",
    " 谢谢哈",
    "。",
    "！",
    " 麻烦了",
    "，谢谢",
    " 要得不",
    "😊",
    " 好不好",
    " 行不行",
)
QUESTION = re.compile(r"(没得|不|吗|没有|咋个|哪|啥|好多|几|怎么|什么|好久|多少)")
SPAN = re.compile(r"\[[^\]]+\]\([a-z_]+\)")
# What recognisers and thumbs make of common words outside the spans. The backend repairs trade words; these are the rest.
SLIPS = (
    ("登记", "登际"),
    ("登记", "等记"),
    ("活路", "和路"),
    ("活路", "活络"),
    ("有没得", "有没的"),
    ("没得", "莫得"),
    ("没得", "没的"),
    ("咋个", "杂个"),
    ("咋个", "咋过"),
    ("工钱", "公钱"),
    ("工资", "公资"),
    ("报名", "抱名"),
    ("电话", "点话"),
    ("老板", "老办"),
    ("我想", "我象"),
    ("哪里", "那里"),
    ("啥子", "撒子"),
    ("啥子", "啥字"),
    ("晓得", "小得"),
    ("一下", "一哈"),
    ("取消", "取肖"),
    ("培训", "陪训"),
    ("没有", "冇得"),
    ("什么", "么子"),
    ("怎么", "啷个"),
    ("咋个", "啷个"),
    ("多少", "好多"),
    ("不要", "莫要"),
    ("信息", "心息"),
    ("删", "山"),
    ("回来了", "回来咯"),
    ("找", "早"),
    ("招", "召"),
    ("的", "嘞"),
    ("在哪里", "在哪凯"),
    ("没得", "没"),
    ("我叫", "我教"),
    ("今年", "金年"),
)


def strip_marks(text: str) -> str:
    return re.sub(r"\[([^\]]+)\]\([a-z_]+\)", r"\1", text)


def _outside(text: str, old: str, new: str) -> str:
    pieces, last = [], 0
    for span in SPAN.finditer(text):
        pieces += [text[last : span.start()].replace(old, new), span[0]]
        last = span.end()
    pieces.append(text[last:].replace(old, new))
    return "".join(pieces)


def opener(text: str, rng: Random) -> str:
    return rng.choice(OPENERS) + text


def closer(text: str, rng: Random) -> str:
    if QUESTION.search(strip_marks(text)):
        return text + rng.choice(("嘛", "哦", "呢", "？", "?", "哈", "啊", "喃", " 谢谢", "嘞", " 麻烦了"))
    return text + rng.choice(CLOSERS)


def squeeze(text: str, _: Random) -> str:
    """All in one line, no spaces: the commonest habit of SMS writers."""
    return _outside(text, " ", "")


def punctuate(text: str, rng: Random) -> str:
    return _outside(text, " ", rng.choice(("，", ",", "、", "。")))


def slip(text: str, rng: Random) -> str:
    outside = SPAN.sub("\0", text)
    fitting = [pair for pair in SLIPS if pair[0] in outside]
    if not fitting:
        return closer(text, rng)
    return _outside(text, *rng.choice(fitting))


def hesitate(text: str, rng: Random) -> str:
    """Put a filler between two pieces, as speech has it."""
    return _outside(text, " ", rng.choice((" 那个 ", " 呃 ", " 嗯 ", " 就是 ", " 哎 ")))


KINDS = (opener, closer, squeeze, punctuate, slip, hesitate, opener, closer, squeeze)


def vary(text: str, rng: Random) -> str:
    """Return `text` with one or two kinds of noise."""
    text = rng.choice(KINDS)(text, rng)
    return rng.choice(KINDS)(text, rng) if rng.random() < 0.3 else text
