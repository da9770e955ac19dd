"""The two ways of talking: as people speak in Sichuan and Chongqing, or 普通话 for whoever comes from elsewhere.

The catalogue is written in the local way. A sentence is turned into Mandarin by the table below when it is rendered, so
that variable parts (没得饭, 好多钱) change with it; where the table does not do, a prompt carries its own `mandarin`.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ivr.prompts import catalogue
from ivr.steps import Say

LOCAL, MANDARIN = "local", "mandarin"
WORDINGS = (LOCAL, MANDARIN)

# In this order: the longer expression before the word inside it. Nothing here is part of a usual village's name; where it
# could be (厂头村), the division's word after it keeps the name whole.
_NOT_A_NAME = "(?![村组坝沟社乡镇湾堡])"
TABLE: tuple[tuple[str, str], ...] = (
    ("有没得", "有没有"),
    ("没得人", "没人"),
    ("[没莫]得了", "没有了"),
    ("[没莫]得", "没有"),
    ("做啥子", "做什么"),
    ("为啥子?", "为什么"),
    ("啥子", "什么"),
    ("啥时候", "什么时候"),
    ("好多岁", "多少岁"),
    ("好多钱", "多少钱"),
    ("好多(?=[个天人斤])", "多少"),
    ("哪点", "哪里"),
    ("找哪个", "找谁"),
    ("哪阵", "什么时候"),
    ("要得", "行"),
    ("接到(?=[说帮])", "接着"),
    ("记到(?=了|[,。:、]|$)", "记下"),
    ("留到了", "留下了"),
    ("晓得", "知道"),
    ("莫要(?![村组坝沟社乡镇湾堡])|莫(?=[怕忙急再])", "不要"),
    ("一哈", "一下"),
    ("看不来", "看不懂"),
    ("屋头家政", "家政"),
    ("田头(?=按)", "种地"),
    ("厂头(?=按)", "工厂"),
    ("娃儿", "小孩"),
    ("钟头", "小时"),
    ("打转来", "打回来"),
    ("得空", "有空"),
    ("今儿", "今天"),
    ("明儿", "明天"),
    ("活路", "活"),
    (f"厂头{_NOT_A_NAME}", "厂里"),
    (f"田头{_NOT_A_NAME}", "地里"),
    (f"屋头{_NOT_A_NAME}", "家里"),
    ("(?<![石山])后头(?![村组坝沟社乡镇湾堡山])", "后面"),
    ("头一个", "第一个"),
    ("搞快", "快"),
)
# What no Mandarin sentence of ours may hold; names given by others are not ours.
DIALECT = re.compile(
    "没得|莫得|啥|好多[岁钱个天人斤]|哪点|找哪个|要得|接到[说帮]|记到|留到了|晓得|娃儿|钟头|打转来|得空|活路|厂头|田头|屋头|[遭莫哈]"
)
_COMPILED = tuple((re.compile(pattern), into) for pattern, into in TABLE)


def in_mandarin(zh: str) -> str:
    """A sentence of the line in Mandarin; one without local words stays as it is."""
    for pattern, into in _COMPILED:
        zh = pattern.sub(into, zh)
    return zh


def said_in(say: Say, wording: str) -> Say:
    """`say` as it is said in `wording` ("local" | "mandarin"; anything else counts as local). The English stays."""
    if wording != MANDARIN:
        return say
    prompt = catalogue().get(say.prompt or "")
    own = prompt.mandarin if prompt is not None and prompt.is_fixed else ""
    return replace(say, zh=own or in_mandarin(say.zh))
