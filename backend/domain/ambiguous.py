"""Words that mean two things here (vocabulary §4.1–4.5, marked †): which two, and what each binds.

A word is only in doubt where nothing else in the message decides: 厂头的普工 is factory work. The engine's reading stands
for whoever only wants to know it (`/understand`); a dialogue asks one either/or before it acts.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from backend.domain import lexicon, lunar_zh, numbers_zh, wages
from backend.domain.entity import Entity

Value = tuple[str, str | int]


@dataclass(frozen=True, slots=True)
class Side:
    """One meaning: `zh`, `en` in the question, `words` that name or decide it, `values` as (entity, normal form)."""

    zh: str
    en: str
    words: tuple[str, ...]
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Doubt:
    """`word` at text[start:end] is one of two `sides`; `kind` is the entity in question.

    `decided`: the side that the rest of the message names. `by_sound`: the recogniser cannot tell the two apart.
    """

    word: str
    start: int
    end: int
    kind: str
    sides: tuple[Side, Side]
    decided: Side | None = None
    by_sound: bool = False


def _trade(zh: str, en: str, code: str, *words: str) -> Side:
    return Side(zh, en, words, (("job_type", code),))


_SITE = ("工地", "砌", "房子", "建筑", "装修", "项目")
_FACTORY = ("厂", "流水线", "车间", "园区", "公司")
_TRADES: dict[str, tuple[Side, Side]] = {
    "技工": (_trade("工地大工", "skilled building work", "B02", *_SITE, "大工"),
             _trade("修机器的", "machine repair", "F08", *_FACTORY, "机器", "修")),
    "普工": (_trade("工地小工", "a building helper", "B01", *_SITE, "小工"),
             _trade("厂头普工", "factory work", "F01", *_FACTORY)),
    "杂工": (_trade("工地杂工", "odd jobs on a site", "B01", *_SITE),
             _trade("打杂零活", "other odd jobs", "S24", "打杂", "零活", "店", "厨", "超市", "酒店")),
    "车工": (_trade("开车床", "a lathe", "F11", "车床", "机床", "数控", "机械", "零件"),
             _trade("做衣服", "sewing", "F03", "衣服", "服装", "缝纫", "制衣", "裤", "鞋")),
    "打草": (_trade("打草药", "spraying weedkiller", "A20", "药", "喷"),
             _trade("割草", "cutting grass", "A19", "割", "除草", "镰", "机子")),
    "摘杨桃": (_trade("摘猕猴桃", "picking kiwifruit", "A05", "猕猴桃", "奇异果", "毛桃"),
               _trade("摘五角果", "picking star fruit", "A04", "五角", "五棱", "水果")),
    "跑车": (_trade("开货车", "driving a lorry", "T03", "货", "拉", "渣"),
             _trade("开小车", "driving a car", "T04", "小车", "滴滴", "客", "轿", "出租", "人")),
}  # fmt: skip
_TRADES["大师傅"] = _TRADES["师傅"] = _TRADES["技工"]
# 师傅 is also how everybody is addressed: as a trade it is looked for, wanted or practised.
_MASTER = re.compile(
    r"(?:找|招|要|请|差|缺|当|做|是|会做)(?:[一二两三四五六七八九十几\d]*个|点|位|名)?(?:大)?师傅(?!傅|们好|你好)"
)
_TIMED = frozenset({"search_jobs", "register_worker", "post_job", "inform", "set_availability", "update_profile"})
_SOME_DAY = re.compile(r"(?<![第一二三四五六七八九十零百\d做干搞耍过隔等])二天(?![的]?活|半|假|工|时间|钱)")
_DAY_NUMBER = r"(?:十[一二三四五六七八九]|二十[一二三四五六七八九]?|三十|1[1-9]|2\d|30)"
_BARE_DAY = re.compile(
    rf"(?<![初月廿卅零一二两三四五六七八九十百千\d.:]){_DAY_NUMBER}(?=(?:那天|这天)|我?(?:就|都|才)?(?:有空|没空|没得空|莫得空|得空|不得空|不空|去(?!年)"
    r"|来(?!个|块|岁|斤|天|名|年|元)|开工|开始|过后|以后(?!的)))"
)
_ONLY_DAY = re.compile(rf"(?:嗯|哦|就|我|那)*(?P<n>{_DAY_NUMBER})(?:那天|有空|嘛|哈|吧|的|了|[,，。.!！\s])*")
_HOUR_OR_CLOCK = re.compile(r"一点钟")
# What a recogniser cannot tell apart: shì and sì.
_ALIKE = {4: 10, 10: 4, 14: 40, 40: 14}
_COUNTED = {"headcount": ("个人", "people"), "duration": ("天", "days")}


def find(
    text: str,
    entities: Sequence[Entity],
    *,
    intent: str,
    today: date,
    asked: str | None = None,
    by_voice: bool = False,
    known: Sequence[str] = (),
) -> Doubt | None:
    """Return the first word in doubt, or None.

    `asked`: the field an open question asks for (a bare 十五 is a day only then). `by_voice`: 四 and 十 are in doubt, too.
    `known`: words that have been settled.
    """
    readers = (_trade_in_doubt, _day_in_doubt, _hour_in_doubt, _sound_in_doubt if by_voice else None)
    for reader in readers:
        doubt = reader(text, entities, intent, today, asked) if reader else None
        if doubt is not None and doubt.word not in known:
            return doubt
    return None


def settle(entities: Sequence[Entity], doubt: Doubt, side: Side | None) -> list[Entity]:
    """The entities with the word in doubt bound to `side`; None: it is neither, and binds nothing."""
    dropped = {doubt.kind, *(kind for one in doubt.sides for kind, _ in one.values)}
    kept = [
        entity
        for entity in entities
        if not (entity.entity in dropped and (entity.start < doubt.end and doubt.start < entity.end))
        and not (entity.entity == "age" and doubt.kind == "date" and entity.text == doubt.word)
        and not (entity.entity in ("pay", "duration") and doubt.kind == "date" and entity.text == doubt.word)
    ]
    bound = [Entity(kind, doubt.word, value, doubt.start, doubt.end) for kind, value in (side.values if side else ())]
    return kept + bound


def _decided(text: str, word: str, sides: tuple[Side, Side]) -> Side | None:
    rest = text.replace(word, " ")
    named = [side for side in sides if any(one in rest for one in side.words)]
    return named[0] if len(named) == 1 else None


def _trade_in_doubt(text: str, entities: Sequence[Entity], intent: str, today: date, asked: str | None) -> Doubt | None:
    hits = [(hit.word, hit.start, hit.end) for hit in lexicon.find_jobs(text)]
    if not hits and ((match := _MASTER.search(text)) or (asked == "job_type" and text.strip() in ("师傅", "大师傅"))):
        at = text.index("师傅", match.start() if match else 0)
        hits = [("师傅", at, at + 2)]
    # Beside another trade the word only says of what rank: 扎钢筋的技工.
    if len(hits) != 1 or hits[0][0] not in _TRADES or len({e.value for e in entities if e.entity == "job_type"}) > 1:
        return None
    word, start, end = hits[0]
    sides = _TRADES[word]
    return Doubt(word, start, end, "job_type", sides, _decided(text, word, sides))


def _day_in_doubt(text: str, entities: Sequence[Entity], intent: str, today: date, asked: str | None) -> Doubt | None:
    if asked != "date" and intent not in _TIMED:
        return None
    if (match := _SOME_DAY.search(text)) is not None:
        tomorrow = today + timedelta(days=1)
        sides = (
            Side("明天", "tomorrow", ("明天", "明日"), (("date", tomorrow.isoformat()),)),
            Side("以后哪天", "some other day", ("以后", "改天", "二回", "哪天")),
        )
        return Doubt("二天", match.start(), match.end(), "date", sides, _decided(text, "二天", sides))
    match = _BARE_DAY.search(text) or (_ONLY_DAY.fullmatch(text.strip()) if asked == "date" else None)
    if match is None:
        return None
    word = match["n"] if "n" in match.re.groupindex else match.group()
    number = int(word) if word.isdigit() else numbers_zh.value(word)
    if not isinstance(number, int):
        return None
    lunar, solar = lunar_zh.next_lunar_day(number, today), _next_day(number, today)
    if lunar is None or solar is None:
        return None
    sides = (
        Side(f"农历{word}", f"the {number}th by the lunar calendar", ("农历", "阴历", "老历"), (("date", lunar.isoformat()),)),
        Side(f"阳历{word}", f"the {number}th by the calendar", ("阳历", "公历", "新历", "号"), (("date", solar.isoformat()),)),
    )  # fmt: skip
    at = text.index(word)
    return Doubt(word, at, at + len(word), "date", sides, _decided(text, word, sides))


def _next_day(number: int, today: date) -> date | None:
    return next((day for step in range(62) if (day := today + timedelta(days=step)).day == number), None)


def _hour_in_doubt(text: str, entities: Sequence[Entity], intent: str, today: date, asked: str | None) -> Doubt | None:
    match = _HOUR_OR_CLOCK.search(text)
    if match is None:
        return None
    for hit in wages.find(text):
        if hit.unit == "hour" and hit.start <= match.start() and match.end() <= hit.end:
            amount = str(hit.value).partition("/")[0]
            sides = (
                Side("一个钟头", "an hour's pay", ("钟头", "小时"), (("pay", hit.value),)),
                Side(
                    "下午一点", "one in the afternoon", ("下午", "开工", "时间"), (("clock", "13:00"), ("pay", amount))
                ),
            )
            return Doubt("一点钟", hit.start, hit.end, "pay", sides, _decided(text, "一点钟", sides))
    return None


def _sound_in_doubt(text: str, entities: Sequence[Entity], intent: str, today: date, asked: str | None) -> Doubt | None:
    for entity in entities:
        if entity.entity not in _COUNTED or ("四" not in entity.text and "十" not in entity.text):
            continue
        said = entity.value if isinstance(entity.value, int) else str(entity.value).removesuffix("d")
        heard = int(said) if str(said).isdigit() else 0
        if heard not in _ALIKE:
            continue
        sides = (_counted(entity, heard), _counted(entity, _ALIKE[heard]))
        return Doubt(entity.text, entity.start, entity.end, entity.entity, sides, by_sound=True)
    return _date_by_sound(text, entities, today)


def _counted(entity: Entity, number: int) -> Side:
    unit, unit_en = _COUNTED[entity.entity]
    said = {4: "四", 10: "十", 14: "十四", 40: "四十"}[number]
    value: str | int = number if entity.entity == "headcount" else f"{number}d"
    return Side(f"{said}{unit}", f"{number} {unit_en}", (), ((entity.entity, value),))


_SOUND_DAY = re.compile(r"(?<![一二三四五六七八九十廿卅月初\d])(?P<n>四|十)(?=[号日](?!线|楼|机))")


def _date_by_sound(text: str, entities: Sequence[Entity], today: date) -> Doubt | None:
    match = _SOUND_DAY.search(text)
    at = match.start() if match else 0
    if match is None or not any(e.entity == "date" and e.start <= at < e.end for e in entities):
        return None
    heard = 4 if match["n"] == "四" else 10
    sides = []
    for number in (heard, _ALIKE[heard]):
        day = _next_day(number, today)
        said = "四号" if number == 4 else "十号"
        sides.append(Side(said, f"the {number}th", (), (("date", day.isoformat() if day else ""),)))
    return Doubt(match["n"] + "号", at, match.end() + 1, "date", (sides[0], sides[1]), by_sound=True)
