"""What stands on a form that was not sent: each field by the name its form gives it, each code by its word."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from backend.console import labels, ledger_labels, ledgerwork_labels, review_labels, step_in_labels
from backend.console.i18n import gettext
from backend.console.labels import N_, job_name, label

FIELDS = {
    **ledgerwork_labels.FIELDS,
    **ledger_labels.FIELDS,
    "at_once": N_("先发布，再复核"),
    "body": N_("备注"),
    "channel": N_("怎么来的"),
    "checked": N_("要留心的地方都看过"),
    "close_case": N_("打通了就办结"),
    "comment": N_("交代一句"),
    "consent": N_("用工方同意"),
    "day": N_("哪天"),
    "employer_kind": N_("哪一类"),
    "employer_name": N_("用工方"),
    "employer_phone": N_("用工方电话"),
    "employment": N_("就业状态"),
    "employment_kind": N_("用工形式"),
    "entity": N_("是什么"),
    "evidence": N_("凭什么"),
    "given_by": N_("家里人代说的：是他的什么人"),
    "ground": N_("凭什么"),
    "held_on": N_("哪天"),
    "how": N_("怎么同意的"),
    "intent": N_("意思"),
    "next_on": N_("下次走访"),
    "not_the_same": N_("问过了，不是同一个人，照样登记"),
    "note": N_("说明"),
    "officer": N_("帮扶人"),
    "outcome": N_("结果"),
    "pay_max": N_("工价到（元）"),
    "pay_min": N_("工价从（元）"),
    "per_page": N_("一屏几个"),
    "phone_of": N_("谁的号码"),
    "reason": N_("为什么"),
    "relation": N_("家里人的号码：他是号码主人的什么人"),
    "resolution": N_("怎么办的"),
    "role": N_("角色"),
    "seconds": N_("几秒换一屏"),
    "signed": N_("谁签字"),
    "source_kind": N_("岗位来源"),
    "text": N_("短信"),
    "to_region": N_("转给哪里"),
    "topic": N_("管哪些事"),
    "trades": N_("会做的活"),
    "urgent": N_("农忙急招"),
    "uses": N_("同意用来做什么"),
    "value": N_("值"),
    "willingness": N_("就业意愿"),
    "wording": N_("说的话"),
    "words": N_("写的字"),
}
CODES = {
    "channel": ledger_labels.CHANNELS,
    "employer_kind": labels.EMPLOYER_KINDS,
    "employment": ledger_labels.EMPLOYMENT,
    "employment_kind": labels.EMPLOYMENT_KINDS,
    "employment_status": ledger_labels.EMPLOYMENT,
    "entity": labels.ENTITIES,
    "gender": labels.VALUES["gender"],
    "given_by": ledgerwork_labels.RELATIONS,
    "hardships": ledger_labels.HARDSHIPS,
    "how": ledgerwork_labels.CONSENT_HOW,
    "job_willingness": ledger_labels.WILLINGNESS,
    "kind": ledger_labels.VISITS | ledger_labels.TALK_KINDS | ledgerwork_labels.STATION_KINDS | labels.EMPLOYER_KINDS,
    "outcome": ledger_labels.TALK_OUTCOMES,
    "pay_unit": labels.UNITS,
    "phone": {"mine": N_("我的电话"), "station": N_("站上的电话")},
    "phone_of": ledgerwork_labels.PHONE_OF,
    "preferred_channel": ledger_labels.CHANNELS,
    "reason": step_in_labels.REASONS
    | ledger_labels.FOUND_TRUE
    | ledger_labels.TAKEN_BACK
    | ledger_labels.HOUSEHOLD_REASONS
    | ledger_labels.EXPORT_REASONS
    | review_labels.EXPORT_REASONS
    | labels.REVEAL_REASONS,
    "relation": ledgerwork_labels.RELATIONS,
    "role": labels.ROLES,
    "settlement": labels.SETTLEMENTS,
    "skill_level": ledger_labels.SKILLS,
    "source_kind": labels.SOURCE_KINDS,
    "topic": step_in_labels.TOPICS,
    "uses": ledgerwork_labels.CONSENT_USES,
    "willingness": ledger_labels.WILLINGNESS,
}
PLACES = frozenset({"village", "region_code", "region", "to_region", "place"})
TRADES = frozenset({"trades", "job_type"})
YES = {"yes": N_("是"), "no": N_("不是")}
# What a form carries for the machine: ids, versions, one-use numbers, which button was pressed.
_CARRIED = re.compile(
    r"version|\w+_version|form_id|form_number|number|start|end|shown|seen|what|back|id|\w+_id|act|do|tab|field|kept|other"
    r"|worker|employer|repeats|session|post|prompt|step|pick|who|to|ledger-\d+|case_\d+|f_\w+|at\d+|day\d"
)
_CODE = re.compile(r"[A-Za-z0-9_.:+/-]{0,64}", re.ASCII)
# Written by hand even where the letters could be a code of ours.
_BY_HAND = frozenset(
    "name title body comment note text words place requirements employer_name resolution address".split()
)


@dataclass(frozen=True)
class Chosen:
    """One line of what was chosen: 工种：砌砖、装修."""

    name: str
    words: str


def typed(name: str, text: str) -> bool:
    """Whether this was written by hand, to be read again and put right before it is sent."""
    if _CARRIED.fullmatch(name) and _CODE.fullmatch(text):
        return False
    if text in CODES.get(name, {}) or (name in TRADES and text in labels.job_types()) or text in YES:
        return False
    if name not in _BY_HAND and re.fullmatch(r"[a-z_]+", text, re.ASCII):
        return False
    return bool(text) and not (name in PLACES and re.fullmatch(r"[0-9]{6,12}", text, re.ASCII))


def chosen(fields: Sequence[tuple[str, str]], region: Callable[[str], str]) -> list[Chosen]:
    """What was picked from lists and boxes, in the order of the form; several of one field on one line."""
    found: dict[str, list[str]] = {}
    for name, text in fields:
        if not text or name not in FIELDS or _CARRIED.fullmatch(name) or typed(name, text):
            continue
        if name in TRADES:
            words = job_name(text)
        elif text in CODES.get(name, {}):
            words = label(CODES[name], text)
        elif name in PLACES:
            words = region(text) or text
        elif text in YES:
            words = label(YES, text)
        else:
            continue  # a code that says nothing to a reader: which button it was
        found.setdefault(name, []).append(words)
    return [Chosen(label(FIELDS, name), "、".join(words)) for name, words in found.items()]


def title(name: str) -> str:
    """The name of a field that was written by hand; without one of its own, what was written stands for itself."""
    return label(FIELDS, name) if name in FIELDS else gettext("您写的")
