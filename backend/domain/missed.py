"""Values of closed classes that stand plainly in a message though the engine marked no span there.

The engine's spans miss a plain 明早六点 or 包住 now and then, above all in wording it has not seen. A reader of a closed
class seldom errs, so what it reads in free text counts, but only for intents in which such a value has a place: 慢一点 is
no clock time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from backend.domain import benefits, cities, clock_zh, counts, dates_zh, employers, lexicon, surnames, topics, wages
from backend.domain.entity import Entity, Message
from backend.domain.lexicon import Hit

_WORK = frozenset({"search_jobs", "register_worker", "post_job", "inform"})
_TIMED = frozenset({*_WORK, "set_availability", "apply_job", "withdraw_application", "my_applications", "job_details"})
_Reader = Callable[[Message], Iterable[Any]]


def _dates(message: Message) -> Iterable[Any]:
    return dates_zh.find(message.text, message.today, message.market_days, told=message.tells)


def _words(dictionary: str) -> _Reader:
    return lambda message: lexicon.matcher(dictionary).find(message.text)


def _trades(message: Message) -> Iterable[Any]:
    # 零活 is any work, no trade, unless the engine says otherwise.
    return [hit for hit in lexicon.find_jobs(message.text) if hit.value != "S24"]


def _labels(message: Message) -> Iterable[Any]:
    hits = topics.find_hardships(message.text)
    if message.intent == "report_problem":
        return [hit for hit in hits if topics.is_own(message.text, hit.start)]
    return [hit for hit in hits if hit.value not in ("G05", "G10") or hit.word == "4050"]


_AT_WORK = re.compile(r"(?:在|给|帮|做|干|当|去|应聘|面试|跟|来|搞)[^,，。\s]{0,10}$")
_NO_WORK_AFTER = re.compile(r"上|高头|倒|砸|压|塌|机|老板|师傅|公司")


def _told_trades(message: Message) -> Iterable[Any]:
    if message.intent != "report_problem":
        return _trades(message)
    return [
        hit
        for hit in _trades(message)
        if _AT_WORK.search(message.text[: hit.start]) and not _NO_WORK_AFTER.match(message.text, hit.end)
    ][:1]


_ONE_SEX = re.compile(
    r"(?<!男)女(?:的|性|工|同志|人家|士)(?!儿|婿|不限|都)|(?<![女儿])男(?:的|性|工|同志|人家|士)(?!女|朋友|不限|都)"
    r"|(?:^|[\s,，。、;；:：(（【/\-])(?P<alone>[男女])(?=$|[\s,，。、;；)）】/\-]|\d)|限(?:招)?[男女](?!女)|(?<=[名个位])女(?![儿婿朋])|(?<=[名个位])男(?![女朋])"
)


def _sexes(message: Message) -> Iterable[Any]:
    if re.search(r"男女|[男女]的?(?:都|也)(?:行|要|可|得)|不限男|不限女", message.text):
        return []
    return [
        Hit(m.start(), m.end(), m.group(), "gender", "female" if "女" in m.group() else "male")
        for m in _ONE_SEX.finditer(message.text)
    ]


def _near(message: Message) -> Iterable[Any]:
    return [hit for hit in lexicon.matcher("proximity").find(message.text) if hit.value in ("near", "walking")]


def _firms(message: Message) -> Iterable[Any]:
    return [*employers.find(message.text), *employers.find_owners(message.text)]


_WORKED_BEFORE = re.compile(
    r"(?:做|干|搞|打|摘|砌|挖|收|工期|预计|大概|大约|估计|连续|一共|总共|只|为期|活路?|约|至少|起码)(?:了|满|够|要|得|的|是|大概|大约|也就|就|约|要做|[:：\s])*$"
)
_WORKED_AFTER = re.compile(r"\s?(?:左右|来|多)?的?(?:工期|活|时间做?完|做完|完工|干完|搞完|就完|做得完|摘完|的工程)")


def _lengths(message: Message) -> Iterable[Any]:
    pays = [pay for pay in wages.find(message.text) if pay.unit]
    return [
        hit
        for hit in clock_zh.find_lengths(message.text)
        if (_WORKED_BEFORE.search(message.text[: hit.start]) or _WORKED_AFTER.match(message.text, hit.end))
        and not any(hit.start < pay.end and pay.start < hit.end for pay in pays)
    ]


_AWAY = frozenset(
    {*_WORK, "report_problem", "register_return", "register_unemployment", "ask_policy", "set_availability"}
)


_INTRODUCED = re.compile(r"(?:名字|姓名|大名|叫做|名叫|我叫|他叫|她叫|人叫)(?:是|叫)?[:：]?\s?(?=[\u4e00-\u9fff])")


def _introduced(message: Message) -> Iterable[Any]:
    """Names after 名字 or 我叫: a surname and one or two characters up to a border."""
    hits = []
    for lead in _INTRODUCED.finditer(message.text):
        said = re.match(
            r"[\u4e00-\u9fff]{2,4}(?=$|[\s,，。、;；\d]|今年|五十|六十|七十|四十|三十)", message.text[lead.end() :]
        )
        name = surnames.bare_name(said.group()) if said else None
        if name:
            hits.append(Hit(lead.end(), lead.end() + len(name), name, "person_name", name))
    return hits


def _which(message: Message) -> Iterable[Any]:
    return [hit for hit in counts.find_ordinals(message.text) if hit.sure]


# (entity, the intents it has a place in, its reader, whether it may join others of its kind)
_CLASSES: tuple[tuple[str, frozenset[str], _Reader, bool], ...] = (
    ("employer_name", frozenset({"post_job", "report_problem"}), _firms, True),
    ("location", _AWAY, lambda m: cities.find(m.text), True),
    ("date", _TIMED | {"ask_market_info", "register_unemployment", "register_return", "report_problem"}, _dates, True),
    ("clock", _TIMED - {"my_applications"} | {"ask_market_info"}, lambda m: clock_zh.find(m.text), False),
    ("duration", frozenset({"search_jobs", "post_job", "report_problem", "inform"}), _lengths, False),
    ("benefit", _WORK | {"job_details"}, lambda m: benefits.find(m.text), True),
    ("settlement", _WORK | {"job_details"}, _words("settlement"), True),
    ("term", _WORK, _words("term"), False),
    ("hardship", _WORK - {"post_job"} | {"ask_policy", "sign_up_training", "report_problem"}, _labels, False),
    ("headcount", frozenset({"search_jobs", "post_job"}), lambda m: counts.find_headcounts(m.text), False),
    ("job_type", _WORK | {"report_problem"}, _told_trades, False),
    (
        "gender",
        frozenset(
            {
                "register_worker",
                "post_job",
                "sign_up_training",
                "update_profile",
                "register_unemployment",
                "job_details",
            }
        ),
        _sexes,
        False,
    ),
    ("proximity", frozenset({"search_jobs"}), _near, False),
    ("ordinal", frozenset({"apply_job", "job_details", "withdraw_application"}), _which, True),
    ("person_name", frozenset({"register_worker", "update_profile", "inform"}), _introduced, False),
    ("pay", _WORK | {"update_profile"}, lambda m: [hit for hit in wages.find(m.text) if hit.unit], False),
)


_SHARED = frozenset({"hardship", "location", "employer_name"})


def missed(message: Message, found: list[Entity]) -> list[Entity]:
    """Return the values that `found` lacks, from places where nothing was found."""
    # 明早六点 is a day and a time over the same characters.
    taken = [(e.start, e.end) for e in found if e.entity not in ("date", "day_part", "problem", "policy_topic")]
    # A rule or a complaint and those it is about may share their words: 零就业家庭认定, 介绍老乡去福建有没得奖励.
    about = [(e.start, e.end) for e in found if e.entity in ("problem", "policy_topic")]
    dated = [(entity.start, entity.end) for entity in found if entity.entity in ("date", "day_part")]
    kinds = {entity.entity for entity in found}
    more: list[Entity] = []
    for kind, intents, read, may_join in _CLASSES:
        if message.intent not in intents or (kind in kinds and not may_join):
            continue
        # 今晚 is a day and a part of it over the same characters, too.
        beside = {"clock": [], "date": [(e.start, e.end) for e in found if e.entity == "date"]}.get(kind, dated)
        closed = beside + ([] if kind in _SHARED else about)
        for hit in read(message):
            if any(hit.start < end and start < hit.end for start, end in taken + closed):
                continue
            more.append(message.entity(kind, hit.start, hit.end, hit.value))
            if kind == "clock" and hit.day_part and "day_part" not in kinds:
                more.append(message.entity("day_part", hit.start, hit.end, hit.day_part))
            (dated if kind in ("date", "clock") else taken).append((hit.start, hit.end))
    return more + _bare_amount(message, [*found, *more])


def _bare_amount(message: Message, found: list[Entity]) -> list[Entity]:
    """Return what is owed, or an answer that is an amount: 两百二, 一共九千."""
    if message.intent not in ("inform", "report_problem"):
        return []
    paid = [e for e in found if e.entity in ("pay", "money")]
    taken = [(entity.start, entity.end) for entity in found if entity.entity != "problem"]
    hits = [hit for hit in wages.find(message.text) if not hit.unit and hit.low >= 100]
    hits = [hit for hit in hits if all(hit.end <= start or hit.start >= end for start, end in taken)]
    if message.intent == "inform":
        return [] if paid else [message.entity("pay", hit.start, hit.end, hit.value) for hit in hits[:1]]
    sure = [hit for hit in hits if _is_sum(message, hit)]
    if not sure and not paid:
        sure = [hit for hit in hits[:1] if _is_money(message, hit)]
    return [message.entity("money", hit.start, hit.end, _whole(hit.low)) for hit in sure]


_SUM_BEFORE = re.compile(
    r"(?:欠|差|少给|少发|少算|多扣|扣|收|交|缴|骗|押|垫|罚|赔|退|借|转|共计?|总共|一共|合计|还有|押金|保证金|费)(?:了|我们?|他们?|大家|起|着|到|过|走|的|是|剩|人民币|[:：\s])*$"
)
_SUM_AFTER = re.compile(
    r"(?:块钱?|元)?(?:的|钱)?\s?(?:押金|保证金|[\u4e00-\u9fff]{1,2}费|定金|订金|工钱|工资|血汗钱|尾款)"
)


def _is_sum(message: Message, hit: Any) -> bool:
    """Say whether an amount was plainly owed or paid: 少给我六百, 交了一千的保证金."""
    return bool(_SUM_BEFORE.search(message.text[: hit.start]) or _SUM_AFTER.match(message.text, hit.end))


def _is_money(message: Message, hit: Any) -> bool:
    around = message.text[max(0, hit.start - 3) : hit.end + 1]
    return any(word in around for word in ("共", "总", "欠", "差", "少", "块", "元"))


def _whole(amount: Any) -> int | float:
    return int(amount) if amount == int(amount) else float(amount)
