"""Names the engine marked: places, people, firms, trades to be learnt. Read by `entities` as other spans are."""

from __future__ import annotations

import re
from collections.abc import Callable

from backend.domain import cities, employers, lexicon, names
from backend.domain.entity import Entity, Message

Reader = Callable[[Message, int, int], list[Entity]]

# 锦绣花园小区 is cut to 花园小区: a settlement's name runs from the border before it.
_SETTLEMENT = re.compile(r"(?:小区|花园|公寓|大厦|广场|工业园|园区|开发区)$")
_PLACE_FRONT = re.compile(r"(?:^|[\s,，。:：;；在到去住是])(?P<front>[^\s,，。:：;；在到去住是我你他的招请要做]{1,4})$")


def location(message: Message, start: int, end: int) -> list[Entity]:
    """Read a place; a kind of nearness said as a place is `proximity`."""
    before = _PLACE_FRONT.search(message.text[:start]) if _SETTLEMENT.search(message.text[start:end]) else None
    start = before.start("front") if before else start
    said = names.location(message.text[start:end])
    if said is None:
        return []
    town = cities.at_start(said)
    if town and len(said) > len(town) and lexicon.find_jobs(said[len(town) :] + " "):
        said = town  # 江津修桥 is a place and the work there
    for entry in lexicon.matcher("proximity").get(said):
        return [message.entity("proximity", start, end, entry.value)]
    if any(hit.start <= start and end <= hit.end for hit in employers.find(message.text)):
        return []  # 在平安家政做保姆: the firm, not the place of that name
    at = message.text.find(said, start)
    place = (at, at + len(said)) if 0 <= at < end else (start, end)
    return [message.entity("location", *place, said)]


def named(kind: str, read_name: Callable[[str], str | None]) -> Reader:
    """Return the reader of names of `kind`."""

    def read(message: Message, start: int, end: int) -> list[Entity]:
        said = read_name(message.text[start:end])
        if said is None:
            return []
        at = message.text.find(said, start)
        place = (at, at + len(said)) if 0 <= at < end else (start, end)
        return [message.entity(kind, *place, said)]

    return read


_NO_GIVEN = re.compile(r"[又也都不没就还在要的了过]|水泥|工资|工钱")
_TITLE = re.compile(r"[\u4e00-\u9fff]{1,2}(?:经理|老板娘?|老板儿|总|工头|厂长|场长|主任|队长|店长|会计)$")


def person(message: Message, start: int, end: int) -> list[Entity]:
    """Read a person; who is called by an office (罗经理) is an employer."""
    said = message.text[start:end]
    introduced = re.search(r"(?:叫|姓名|名字|我是|本人|联系人|联系|找)[是为:：\s]*$", message.text[:start])
    if not introduced and (
        _NO_GIVEN.search(names.person_name(said) or "")
        or any(hit.start < end and start < hit.end for hit in lexicon.find_jobs(message.text))
    ):
        return []  # 卸两车水泥, 钱又扣: a surname begins other words too
    kind = "employer_name" if _TITLE.fullmatch(message.text[start:end]) else "person_name"
    return (employer if kind == "employer_name" else _own_name)(message, start, end)


def employer(message: Message, start: int, end: int) -> list[Entity]:
    """Read a firm or its owner, whole; a town with a word of work behind it is a location."""
    whole = [hit for hit in employers.find(message.text) if hit.start < end and start < hit.end]
    if whole:
        # 盛机械公司 was cut from 凯盛机械公司.
        return [message.entity("employer_name", hit.start, hit.end, hit.value) for hit in whole]
    said = names.employer_name(message.text[start:end])
    if said is None:
        return []
    at = message.text.find(said, start)
    at = at if 0 <= at < end else start
    towns = [hit for hit in cities.find(message.text) if hit.start <= at < hit.end]
    if towns and _WORK_THERE.match(message.text, towns[0].end):
        # 宁波那边厂子, 去浙江进厂: where, not who.
        return [message.entity("location", hit.start, hit.end, hit.value) for hit in towns]
    owned = employers.is_owner(said)
    if not owned and (employers.is_generic(said) or (lexicon.find_jobs(said) and not employers.is_firm(said))):
        return []
    return [message.entity("employer_name", at, at + len(said), said)]


_WORK_THERE = re.compile(
    r"(?:省|市)?(?:那边|这边|那头|那里|那点|头|里头|的)*(?:进|打工|上班|做工|务工|厂|电子厂|鞋厂|服装厂|玩具厂|工地|干活|做活|做事|找|当|搞|$|[\s,，。])"
)


_own_name = named("person_name", names.person_name)
training_topic = named("training_topic", names.training_topic)
