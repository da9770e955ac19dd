"""The words of the conversation page: what a correction changes, why a text did not arrive, how a call ended."""

from __future__ import annotations

from typing import Any

from backend.console.i18n import gettext
from backend.console.labels import ENTITIES, INTENTS, N_, VALUES, job_types, label
from backend.console.text import Mask, day, normal_form
from backend.domain.normal_form import CHOICES
from backend.domain.normal_form import INTENTS as CODES
from backend.domain.pay import to_value
from backend.domain.put_right import Change

# Columns of the ledgers, as staff call them.
COLUMNS = {
    "name": N_("姓名"),
    "gender": N_("性别"),
    "birth_year": N_("年龄"),
    "village": N_("村"),
    "job_types": N_("工种"),
    "job_type": N_("工种"),
    "title": N_("岗位名"),
    "pay": N_("工价"),
    "available_from": N_("从哪天有空"),
    "available_to": N_("到哪天有空"),
    "unavailable": N_("没空的日子"),
    "day_parts": N_("时段"),
    "day_part": N_("时段"),
    "term": N_("长短"),
    "headcount": N_("人数"),
    "region_code": N_("在哪个村"),
    "place": N_("地方"),
    "starts_on": N_("开工"),
    "ends_on": N_("完工"),
    "hours_from": N_("上工"),
    "hours_to": N_("下工"),
    "pay_min_fen": N_("最低工价"),
    "pay_max_fen": N_("最高工价"),
    "pay_unit": N_("怎么算"),
    "settlement": N_("结算"),
    "meals": N_("管饭"),
    "lodging": N_("管住"),
    "transport": N_("接送"),
    "insured": N_("买保险"),
}
CORRECTIONS = {
    "right": N_("说听对了"),
    "intent": N_("改了意思"),
    "entity": N_("改了值"),
    "removed": N_("去掉一个值"),
}
# Why the model learns nothing from a turn that was put right.
NOT_LEARNT = {
    "digits": N_("只有数字，没有话"),
    "long": N_("太长，像贴来的一整篇"),
    "command": N_("不像人说的话，像给机器的命令"),
    "unread": N_("存下来的原话跟机器读到的不一样"),
    "nowhere": N_("有一个值在这句话里找不到，把那个值改对或者去掉就能学"),
    "name": N_("里头有个人名没标出来，标成姓名就能学"),
    "unclear": N_("没说它是什么意思，选一个意思就能学"),
    "disputed": N_("同样一句话，有人说是别的意思，两边说成一样才能学"),
}
CALL_ENDS = {
    "completed": N_("挂断了"),
    "in-progress": N_("还在通话"),
    "busy": N_("占线"),
    "no-answer": N_("没人接"),
    "failed": N_("没打通"),
    "canceled": N_("取消了"),
}
NOT_SENT = {
    "opted_out": N_("对方不要短信"),
    "no_consent": N_("没有同意收"),
    "too_late": N_("过时了，没有再发"),
    "taken_over": N_("有人接手，机器没发"),
}
NOT_ARRIVED = {
    "30003": N_("手机关机或者没信号"),
    "30004": N_("对方拦了短信"),
    "30005": N_("没有这个号码"),
    "30006": N_("座机或者打不到"),
    "30007": N_("电话公司拦下了"),
    "21610": N_("对方在电话公司退订了"),
    "21614": N_("不是手机号"),
}
EXPORT_REASONS = {
    "report": N_("做报表"),
    "quality": N_("查听得准不准"),
    "handle_case": N_("办理这件事"),
    "audit": N_("检查工作"),
}
PROBLEMS = {
    ("intent", "unknown"): N_("没有这个意思。请从列表里选。"),
    ("entity", "unknown"): N_("没有这一项。请从列表里选。"),
    ("words", "unknown"): N_("原话里没有这几个字。请照原话写，或者用鼠标选。"),
    ("words", "hidden"): N_("这几个字还盖着。先在右边显示出来，再改。"),
    ("value", "unread"): N_("看不出是什么值。请写清楚，比如 85、兴泉社区、一天150元。"),
    ("value", "too_long"): N_("太长了。值最多40个字。"),
}


def problem_of(fields: dict[str, str]) -> str:
    """The sentence for what a correction could not take."""
    for key in ("intent", "entity", "words", "value"):
        if key in fields:
            return gettext(PROBLEMS.get((key, fields[key]), PROBLEMS["value", "unread"]))
    return gettext("请改好再提交。")


def intent_code(typed: str) -> str:
    """A code, or the words for one in either language, as a form may give them."""
    typed = typed.strip()
    return next((code for code in CODES if typed in (code, INTENTS[code], label(INTENTS, code))), typed[:40])


def choices() -> dict[str, list[tuple[str, str]]]:
    """Entity → its values to choose from, (code, words)."""
    found = {}
    for kind, codes in CHOICES.items():
        if kind == "job_type":
            found[kind] = [(code, normal_form(kind, code)) for code in job_types()]
        elif kind in VALUES:
            found[kind] = [(code, label(VALUES[kind], code)) for code in codes]
        else:
            found[kind] = [(code, code) for code in codes]
    return found


def kinds() -> list[tuple[str, str]]:
    return [(code, label(ENTITIES, code)) for code in ENTITIES]


def shown_value(change: Change, value: Any, mask: Mask, region: Any, year: int) -> str:
    """One side of a ledger change in words; an age, not the year of birth."""
    column = change.column
    if value in (None, "", [], [None, None, None]):
        return gettext("空")
    if column == "name":
        return mask.name(str(value))
    if column == "birth_year":
        return gettext("%(age)s岁", age=year - int(value))
    if column in ("village", "region_code"):
        return str(region(value) or value)
    if column in ("job_types", "job_type"):
        codes = value if isinstance(value, list) else [value]
        return "、".join(normal_form("job_type", code) for code in codes)
    if column == "day_parts":
        return "、".join(label(VALUES["day_part"], code) for code in value)
    if column in ("gender", "term", "day_part", "settlement"):
        return label(VALUES[column], value)
    if column == "pay":
        return mask.amount(normal_form("pay", to_value(*value) or ""))
    if column in ("pay_min_fen", "pay_max_fen"):
        return mask.amount(normal_form("pay", to_value(value, value, None) or ""))
    if column == "unavailable":
        return "、".join("–".join(dict.fromkeys(stretch)) for stretch in value)
    if column in ("available_from", "available_to", "starts_on", "ends_on"):
        return _day(str(value))
    if isinstance(value, bool):
        return gettext("有") if value else gettext("没有")
    return str(value)


def _day(iso: str) -> str:
    from datetime import date

    return day(date.fromisoformat(iso))
