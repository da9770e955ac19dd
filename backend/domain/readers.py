"""One reader for each kind of entity: what the words at a marked place say, the whole expression around it read."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol, TypeVar

from backend.domain import (
    ages,
    benefits,
    clock_zh,
    counts,
    dates_zh,
    employers,
    lexicon,
    named,
    numbers_zh,
    phone,
    topics,
    wages,
)
from backend.domain.entity import Entity, Message
from backend.domain.lexicon import Hit

# (message, start, end) → the values said there
Reader = Callable[[Message, int, int], list[Entity]]


class _Ranged(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


_T = TypeVar("_T", bound=_Ranged)


def _touching(found: Sequence[_T], start: int, end: int) -> list[_T]:
    return [hit for hit in found if hit.start < end and start < hit.end]


def _age(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(ages.find(message.text, message.now.year), start, end)
    # 幺八二 is the beginning of a phone number.
    hits = [hit for hit in hits if not re.search(r"[幺零〇\d]\s?$", message.text[: hit.start])]
    return [message.entity("age", hit.start, hit.end, hit.value) for hit in hits]


def _phone(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(phone.find(message.text), start, end)
    return [message.entity("phone_number", hit.start, hit.end, hit.digits) for hit in hits if hit.kind == "phone"]


def _pay(message: Message, start: int, end: int) -> list[Entity]:
    found = []
    for hit in _touching(wages.find(message.text), start, end):
        if hit.unit is None and message.intent == "report_problem":
            # Without a unit a complaint names what is owed (convention 7).
            found.append(message.entity("money", hit.start, hit.end, numbers_zh.tidy(hit.low)))
        else:
            found.append(message.entity("pay", hit.start, hit.end, hit.value))
    return found


def _money(message: Message, start: int, end: int) -> list[Entity]:
    found = []
    for hit in _touching(wages.find(message.text), start, end):
        if hit.unit and hit.unit not in ("piece", "bag"):
            found.append(message.entity("pay", hit.start, hit.end, hit.value))
        else:
            found.append(message.entity("money", hit.start, hit.end, numbers_zh.tidy(hit.low)))
    return found


def _date(message: Message, start: int, end: int) -> list[Entity]:
    found = []
    days = dates_zh.find(message.text, message.today, message.market_days, told=message.tells)
    for hit in _touching(days, start, end):
        found.append(message.entity("date", hit.start, hit.end, hit.value))
        part = _PART_IN_DATE.search(message.text[hit.start : hit.end])
        if part:
            value = {"早": "morning", "晨": "morning", "上": "morning", "下": "afternoon"}.get(
                part.group()[0], "evening"
            )
            found.append(message.entity("day_part", hit.start, hit.end, value))
    return found


_PART_IN_DATE = re.compile(r"(?<=[今明后昨前])(?:早|晨|晚|夜|上午|下午)")


def _clock(message: Message, start: int, end: int) -> list[Entity]:
    found = []
    clocks = clock_zh.find(message.text)
    for hit in clock_zh.both_ends(message.text, clocks, _touching(clocks, start, end)):
        found.append(message.entity("clock", hit.start, hit.end, hit.value))
        if hit.day_part:
            found.append(message.entity("day_part", hit.start, hit.end, hit.day_part))
    return found or _day_part(message, start, end)


_FIXED_PHRASE = re.compile(r"好|饭|餐|茶|点心|安(?!全)")


def _day_part(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(lexicon.matcher("day_parts").find(message.text), start, end)
    # 早上好, 夜饭 name no part of the day (convention 13); 中午饭 is a meal.
    return [
        message.entity("day_part", hit.start, hit.end, hit.value)
        for hit in hits
        if not _FIXED_PHRASE.match(message.text, hit.end)
    ] or [
        message.entity("day_part", date_hit.start, date_hit.end, date_hit.value)
        for date_hit in _date(message, start, end)
        if date_hit.entity == "day_part"
    ]


def _duration(message: Message, start: int, end: int) -> list[Entity]:
    pays = [hit for hit in wages.find(message.text) if hit.unit]
    return [
        message.entity("duration", hit.start, hit.end, hit.value)
        for hit in _touching(clock_zh.find_lengths(message.text), start, end)
        if not _touching(pays, hit.start, hit.end)
    ]


def _headcount(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(counts.find_headcounts(message.text), start, end)
    if hits:
        return [message.entity("headcount", hit.start, hit.end, hit.value) for hit in hits]
    if counts.counts_nobody(message.text, start):
        return []
    return [
        message.entity("headcount", start + a, start + b, int(number.low))
        for a, b, number in numbers_zh.find(message.text[start:end])
        if number.low == int(number.low) >= 1
    ][:1]


def _ordinal(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(counts.find_ordinals(message.text), start, end)
    if hits:
        return [message.entity("ordinal", hit.start, hit.end, hit.value) for hit in hits]
    if _TIMES.match(message.text, end):
        return []
    return [
        message.entity("ordinal", start + a, start + b, int(number.low))
        for a, b, number in numbers_zh.find(message.text[start:end])
        if number.low == number.high == int(number.low) and 1 <= number.low <= 99
    ]


_TIMES = re.compile(r"\s?[回次遍道天年]")


def _from_list(kind: str, dictionary: str) -> Reader:
    def read(message: Message, start: int, end: int) -> list[Entity]:
        hits = _touching(lexicon.matcher(dictionary).find(message.text), start, end)
        hits = hits or [
            replace(h, start=h.start + start, end=h.end + start)
            for h in lexicon.matcher(dictionary).find(message.text[start:end])
        ]
        return [message.entity(kind, hit.start, hit.end, hit.value) for hit in hits]

    return read


_EVERY = re.compile(
    r"(?:一|每|做一|干一|做完一|干完一)\s?(?P<unit>天|日|个?星期|个?礼拜|周|个?月|半个?月)\s?(?:一|就|都)?\s?(?:结"
    r"|发|给|算|拿|付)"
    r"|(?P<half>半个?月|十五天|15天)\s?(?:一|就)?(?:结|发|给)|(?P<done>(?:做|干|完工|搞|整|弄|收|摘|打|栽)(?:完|齐"
    r"|好)[^,，。]{0,6}(?:结|给|算|付|拿)|完工)"
)


def _settlement(message: Message, start: int, end: int) -> list[Entity]:
    found = _from_list("settlement", "settlement")(message, start, end)
    if found:
        return found
    for match in _EVERY.finditer(message.text):
        if match.start() < end and start < match.end():
            unit = (match["unit"] or "").removeprefix("个")
            value = {
                "天": "daily",
                "日": "daily",
                "星期": "weekly",
                "礼拜": "weekly",
                "周": "weekly",
                "月": "monthly",
            }.get(unit)
            value = value or ("half_monthly" if match["half"] or unit else "on_completion")
            return [message.entity("settlement", match.start(), match.end(), value)]
    return []


_NO_GENDER = re.compile(
    r"男女(?:不限|都|均|皆|老少|搭配|老幼|无所谓|都行)|不限男女|不管男女|不论男女|夫妻|男朋友"
    r"|女朋友|女儿|女婿|儿女|孙女|我男人|她男人|外孙女|侄女"
)


def _gender(message: Message, start: int, end: int) -> list[Entity]:
    for match in _NO_GENDER.finditer(message.text):
        if match.start() < end and start < match.end():
            return []
    return _from_list("gender", "gender")(message, start, end)


def _benefit(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(benefits.find(message.text), start, end)
    return [message.entity("benefit", hit.start, hit.end, hit.value) for hit in hits]


_NO_MORE = re.compile(r"不(?:再|想|打算|准备|愿意|想再|去|得)?(?:去)?$")
_HOW_FAR = re.compile(r"的?(?:远不远|好远|多远|有好远|有多远|远吗|远不|远没)")
_WALK = re.compile(r"走路?[^,，。]{0,4}(?:到|分钟|拢)|走得(?:到|拢)|屋边|家门口")
_RIDE = re.compile(r"(?:骑车|骑摩托|坐车|开车)[^,，。]{0,3}(?:分钟|到)|[里远近]|公里")


def _proximity(message: Message, start: int, end: int) -> list[Entity]:
    found = _from_list("proximity", "proximity")(message, start, end)
    if found:
        # 不再出去打工 is no wish to go away.
        return [
            e
            for e in found
            if not (e.value == "away" and _NO_MORE.search(message.text[: e.start]))
            # 离街上远不远 asks for a distance; nobody said it is in the town.
            and not _HOW_FAR.match(message.text, e.end)
        ]
    said = message.text[start:end]
    if _WALK.search(said):
        return [message.entity("proximity", start, end, "walking")]
    return [message.entity("proximity", start, end, "near")] if _RIDE.search(said) else []


def _employer(message: Message, start: int, end: int) -> list[Entity]:
    # 修路背石头 marked as a firm is the work.
    found = named.employer(message, start, end)
    firm = employers.is_firm(message.text[start:end])
    return found or ([] if firm else _touched_jobs(message, start, end))


def _touched_jobs(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(lexicon.find_jobs(message.text), start, end)
    return [message.entity("job_type", hit.start, hit.end, hit.value) for hit in hits]


def _job_type(message: Message, start: int, end: int) -> list[Entity]:
    hits = _touching(lexicon.find_jobs(message.text), start, end)
    if not hits and _touching(lexicon.all_jobs(message.text), start, end):
        return []
    if not hits:
        hits = [
            replace(h, start=h.start + start, end=h.end + start) for h in lexicon.find_jobs(message.text[start:end])
        ]
    if not hits and not _KNOWS.search(message.text[: start + 1]) and not _KNOWS.search(message.text[:start]):
        code = lexicon.job_by_object(message.text[start:end])
        hits = [Hit(start, end, message.text[start:end], "job_type", code)] if code else []
    return [message.entity("job_type", hit.start, hit.end, hit.value) for hit in hits]


_KNOWS = re.compile(r"(?:懂|懂得|熟悉|了解|会看|认得|有)点?$")


def _classified(kind: str, find: Callable[[str], list[Hit]]) -> Reader:
    def read(message: Message, start: int, end: int) -> list[Entity]:
        hits = _touching(find(message.text), start, end) or find(message.text)
        return [message.entity(kind, hit.start, hit.end, hit.value) for hit in hits]

    return read


_LEARNT = re.compile(r"学|培训|考|班|证")


def _training(message: Message, start: int, end: int) -> list[Entity]:
    # A bare 厨师 is a trade; it is to be learnt only where learning is spoken of.
    if message.intent in ("inform", "register_worker", "search_jobs", "post_job") and not _LEARNT.search(message.text):
        return _job_type(message, start, end)
    return named.training_topic(message, start, end)


READERS: dict[str, Reader] = {
    "age": _age, "phone_number": _phone, "pay": _pay, "money": _money, "date": _date, "clock": _clock,
    "day_part": _day_part, "duration": _duration, "headcount": _headcount, "ordinal": _ordinal,
    "settlement": _settlement, "term": _from_list("term", "term"), "gender": _gender, "benefit": _benefit,
    "proximity": _proximity, "location": named.location, "job_type": _job_type,
    "person_name": named.person, "employer_name": _employer,
    "training_topic": _training,
    "problem": _classified("problem", topics.find_problems),
    "policy_topic": _classified("policy_topic", topics.find_topics),
    "hardship": _classified("hardship", topics.find_hardships),
}  # fmt: skip
