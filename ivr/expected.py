"""What callers are likely to say at a question, for the recogniser: ages, places, trades, amounts, days (`hints`)."""

from __future__ import annotations

from functools import cache

from backend.domain.lexicon import job_codes, job_name
from ivr.asking import YES_NO_HINTS
from ivr.figures import number_zh
from ivr.steps import State, World

NOT_TOLD = ("不想说", "跳过")
OLDEST_FIRST = (*range(45, 75), *range(16, 45), *range(75, 91))  # who calls most first


@cache
def ages_said() -> tuple[str, ...]:
    return tuple(number_zh(age) for age in OLDEST_FIRST)


@cache
def trades() -> tuple[str, ...]:
    own = ("采茶", "摘果子", "搬货", "砌砖", "工地", "田头", "厂头", "家政", "带娃儿", "煮饭", "打扫卫生", "啥子都做")
    return tuple(dict.fromkeys((*own, *(job_name(code) for code in job_codes()))))


def short_place(name: str) -> str:
    """兴泉社区居民委员会 → 兴泉社区: as it is said."""
    for tail in ("村民委员会", "居民委员会", "村委会", "居委会"):
        name = name.removesuffix(tail) if len(name) > len(tail) + 1 else name
    return name


def places(state: State, world: World) -> tuple[str, ...]:
    """The villages of the town that was named, else of all towns; then the towns."""
    town = state.data.get("town")
    towns = [code for code, _ in world.towns]
    # The own town's villages before all others: the recogniser takes only so many.
    first = [town, *(code for code in towns if code != town)] if town else towns
    villages = [short_place(name) for code in first for _, name in world.villages(str(code))]
    names = [name for _, name in world.towns]
    return tuple(dict.fromkeys([*villages, *names] if town else [*names, *villages]))


def amounts_and_days(state: State, world: World) -> tuple[str, ...]:
    amounts = tuple(f"一天{number_zh(amount)}" for amount in range(80, 310, 10))
    days = ("今天", "明天", "后天", "大后天", "这个星期", "下个星期", "天天", "天天都有空", "赶场天")
    return (*amounts, *(number_zh(amount) for amount in range(80, 310, 10)), *days,
            *(f"{number_zh(day)}号" for day in range(1, 32)))  # fmt: skip


def of_a_form(state: State, world: World) -> tuple[str, ...]:
    """By the field that the form asks for."""
    field = state.data["answer"]["field"]
    if field == "age":
        return (*ages_said(), *NOT_TOLD)
    if field == "location":
        return (*places(state, world), *NOT_TOLD)
    if field == "job_type":
        return (*trades(), *NOT_TOLD)
    if field in {"date", "pay", "correction"}:
        return (*amounts_and_days(state, world), *NOT_TOLD)
    if field == "headcount":
        return tuple(f"{'两' if count == 2 else number_zh(count)}个人" for count in range(1, 31))
    if field == "benefit":
        return ("管饭", "不管饭", "管午饭", "接送", "不接送", "买保险", "管住", "都管", "没得", *YES_NO_HINTS)
    if field == "insurance":
        return ("买", "不买", "买保险", "没得保险", *YES_NO_HINTS)
    if field == "hours":
        return ("早上七点到下午五点", "八点到六点", "从早到黑", "上午", "下午", "晚上", *(f"{number_zh(hour)}点" for hour in range(1, 13)),
                *NOT_TOLD)  # fmt: skip
    if field == "requirements":
        return ("没得要求", "要熟手", "会砌砖", "能挑能抬", "手脚快", "肯吃苦", *NOT_TOLD)
    return ("我叫", *NOT_TOLD)
