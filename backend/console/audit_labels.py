"""What the audit trail tells, as sentences people say."""

from __future__ import annotations

from typing import Any

from backend.console.i18n import gettext
from backend.console.labels import N_, REVEAL_FIELDS, REVEAL_REASONS, ROLES, label
from backend.console.people_labels import CHANGES

KINDS = {
    "workers": N_("劳动力%(number)s号"),
    "persons": N_("本人%(number)s号"),
    "households": N_("户%(number)s"),
    "employers": N_("用工方%(number)s"),
    "openings": N_("岗位%(number)s"),
    "offers": N_("派活%(number)s"),
    "cases": N_("待办%(number)s"),
    "conversations": N_("对话%(number)s"),
    "messages": N_("第%(number)s句话"),
    "talks": N_("洽谈%(number)s"),
    "staff": N_("账号%(number)s"),
    "regions": N_("地方%(number)s"),
    "stations": N_("驿站%(number)s"),
    "handsets": N_("号码%(number)s"),
    "planned_calls": N_("要打的电话%(number)s"),
    "ledger_imports": N_("导入的文件%(number)s"),
    "ledger_tabs": N_("重点群体一栏（%(number)s）"),
}
# Where an object's own page is: its endpoint and the name of its id.
PAGES = {
    "workers": ("console.worker", "worker_id"),
    "households": ("console.household", "household_id"),
    "employers": ("console.employer_page", "employer_id"),
    "openings": ("console.opening", "opening_id"),
    "cases": ("console.case", "case_id"),
    "conversations": ("console.conversation", "conversation_id"),
    "talks": ("console.talk", "talk_id"),
}
VERBS = {
    "read": N_("看了%(object)s"),
    "revealed": N_("看了%(object)s的%(field)s"),
    "listened": N_("听了%(object)s的录音"),
    "opened_tab": N_("打开了%(object)s"),
    "logged_in": N_("登录了"),
    "logged_out": N_("退出了"),
    "password_set": N_("用码设了密码"),
    "password_changed": N_("改了自己的密码"),
    "password_reset": N_("给%(object)s重新出了设密码的码"),
    "second_factor_on": N_("开了第二道验证"),
    "second_factor_off": N_("取消了自己的第二道验证"),
    "second_factor_codes": N_("换了备用码"),
    "second_factor_reset": N_("取消了%(object)s的第二道验证"),
    "invited": N_("开了%(object)s"),
    "account_changed": N_("改了%(object)s的姓名或电话"),
    "moved": N_("给%(object)s换了岗位或地方"),
    "disabled": N_("停用了%(object)s"),
    "enabled": N_("重新启用了%(object)s"),
    "session_ended": N_("让%(object)s在一处退出"),
    "change_asked": N_("提出给%(object)s%(change)s，等同事同意"),
    "change_approved": N_("同意了给%(object)s%(change)s"),
    "change_refused": N_("没同意给%(object)s%(change)s"),
    "read_audit": N_("看了操作记录"),
    "exported_audit": N_("导出了操作记录（%(count)s条）"),
    "read_accounts": N_("看了账号名单"),
    "listed_workers": N_("看了劳动力名单"),
    "searched_workers": N_("找了劳动力"),
    "listed_households": N_("看了一户一人名单"),
    "listed_priority": N_("看了重点群体名单"),
    "listed_openings": N_("看了岗位名单"),
    "listed_employers": N_("看了用工方名单"),
    "listed_cases": N_("看了待办名单"),
    "listed_conversations": N_("看了对话名单"),
    "listed_calls": N_("看了要打的电话"),
    "listed_talks": N_("看了洽谈名单"),
    "listed_stale": N_("看了久未更新的名单"),
    "listed_backstop": N_("看了公益岗名单"),
    "exported_ledger": N_("导出了台账"),
    "read_file": N_("读入了Excel"),
    "took_over": N_("接手了%(object)s"),
    "handed_back": N_("把%(object)s交还给机器"),
    "handed_over": N_("把%(object)s交给了同事"),
    "replied": N_("在%(object)s里回了短信"),
    "noted": N_("在%(object)s里写了备注"),
    "closed_conversation": N_("办结了%(object)s"),
    "took_case": N_("接下了%(object)s"),
    "closed_case": N_("办结了%(object)s"),
    "released": N_("放下了%(object)s"),
    "passed_on": N_("转出了%(object)s"),
    "published": N_("发布了%(object)s"),
    "rejected": N_("退回了%(object)s"),
    "closed_by_staff": N_("停了%(object)s"),
    "edited": N_("改了%(object)s"),
    "posted": N_("发了%(object)s"),
    "forwarded": N_("转发了%(object)s"),
    "corrected": N_("改正了%(object)s听错的地方"),
    "registered": N_("登记了%(object)s"),
    "profile_updated": N_("改了%(object)s的登记"),
    "verified_hardship": N_("核实了%(object)s的困难"),
    "employer_verified": N_("核实了%(object)s"),
    "visited": N_("记了到%(object)s的走访"),
    "merged": N_("合并了%(object)s"),
    "erased": N_("删去了%(object)s的个人信息"),
    "opted_out": N_("不再收短信"),
    "opted_in": N_("又愿意收短信"),
    "weights_set": N_("定了推荐的先后"),
    "model_switched": N_("换了机器听话用的模型"),
}
ACTORS = {
    "scheduler": N_("机器（到点）"),
    "api": N_("接口"),
    "worker": N_("机器"),
    "operator": N_("系统管理员"),
}


def sentence(event: Any, names: dict[str, str]) -> str:
    """The event without who and when: `看了劳动力12号的电话，原因：回电`. Only ids and codes, never a value."""
    facts = event.facts or {}
    values = {
        "object": thing(event, names),
        "field": label(REVEAL_FIELDS, str(facts.get("field", ""))),
        "change": label(CHANGES, str(facts.get("kind", ""))),
        "count": facts.get("count", ""),
    }
    pattern = VERBS.get(event.verb)
    words = (
        gettext(pattern, **values)
        if pattern
        else f"{event.verb}：{values['object']}"
        if values["object"]
        else event.verb
    )
    if event.verb == "moved" and isinstance(facts.get("became"), list):
        words += f"（{label(ROLES, facts['was'][0])} → {label(ROLES, facts['became'][0])}）"
    if reason := facts.get("reason"):
        words += gettext("，原因：%(reason)s", reason=label(REVEAL_REASONS, str(reason)))
    return words


def thing(event: Any, names: dict[str, str]) -> str:
    """What the event is about: one's own people by name, everything else by kind and number."""
    if event.object_kind == "staff" and (name := names.get(f"staff:{event.object_id}")):
        return gettext("%(name)s的账号", name=name)
    pattern = KINDS.get(event.object_kind)
    return gettext(pattern, number=event.object_id) if pattern else ""


def actor(event: Any, names: dict[str, str]) -> str:
    """Who did it. Somebody who is not of one's own region is a colleague from elsewhere, without a name."""
    kind, _, number = event.actor.partition(":")
    if kind == "staff":
        return names.get(event.actor) or gettext("上级或外地的工作人员")
    if kind == "handset":
        return gettext("打热线的人（号码%(number)s）", number=number)
    return label(ACTORS, kind)
