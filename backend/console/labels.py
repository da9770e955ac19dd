"""The words staff read for the codes of the database, Chinese here, English in the catalogue."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from backend.console.i18n import english, gettext
from backend.domain import review

JOB_TYPES = Path(__file__).resolve().parent.parent / "domain" / "data" / "job_types.csv"


def N_(text: str) -> str:
    """Mark `text` for the catalogue; it is translated where it is shown."""
    return text


INTENTS = {
    "greet": N_("打招呼"),
    "goodbye": N_("道别"),
    "thank": N_("道谢"),
    "affirm": N_("答应"),
    "deny": N_("不答应"),
    "repeat": N_("再说一遍"),
    "slower": N_("说慢点"),
    "help": N_("问怎么用"),
    "talk_to_human": N_("找人"),
    "stop_messages": N_("不要发了"),
    "resume_messages": N_("恢复短信"),
    "cancel": N_("不弄了"),
    "register_worker": N_("登记"),
    "update_profile": N_("改登记"),
    "view_profile": N_("问自己的登记"),
    "delete_profile": N_("删登记"),
    "set_availability": N_("说哪天有空"),
    "search_jobs": N_("找活"),
    "more_jobs": N_("还有没有"),
    "job_details": N_("问这个活"),
    "apply_job": N_("要去"),
    "withdraw_application": N_("不去了"),
    "my_applications": N_("问报了哪些"),
    "post_job": N_("请人干活"),
    "ask_policy": N_("问政策"),
    "sign_up_training": N_("想学手艺"),
    "register_return": N_("返乡登记"),
    "register_unemployment": N_("失业登记"),
    "report_problem": N_("反映问题"),
    "ask_market_info": N_("问市场"),
    "inform": N_("答问题"),
    "out_of_scope": N_("别的"),
    "nlu_fallback": N_("没听懂"),
}
ENTITIES = {
    "person_name": N_("姓名"),
    "age": N_("年龄"),
    "gender": N_("性别"),
    "phone_number": N_("号码"),
    "job_type": N_("工种"),
    "location": N_("地点"),
    "proximity": N_("远近"),
    "pay": N_("工价"),
    "settlement": N_("结算"),
    "date": N_("日子"),
    "day_part": N_("时段"),
    "clock": N_("钟点"),
    "duration": N_("做多久"),
    "term": N_("长短"),
    "headcount": N_("人数"),
    "benefit": N_("待遇"),
    "hardship": N_("困难情况"),
    "problem": N_("问题"),
    "money": N_("钱"),
    "ordinal": N_("第几个"),
    "policy_topic": N_("政策"),
    "training_topic": N_("想学的"),
    "employer_name": N_("老板"),
}
CASES = {
    "wage_arrears": N_("欠工钱"),
    "deposit_or_fee": N_("收押金或收费"),
    "papers_kept": N_("扣证件"),
    "fraud": N_("受骗"),
    "injury": N_("受伤"),
    "violence": N_("打人或威胁"),
    "overtime": N_("加班过多"),
    "discrimination": N_("歧视"),
    "no_contract": N_("没签合同"),
    "handoff": N_("找人"),
    "voicemail": N_("电话留言"),
    "policy": N_("问政策"),
    "training": N_("想学手艺"),
    "returnee": N_("返乡登记"),
    "unemployment": N_("失业登记"),
    "write_name": N_("写下名字"),
    "callback": N_("要回电"),
    "tell_employer": N_("要打电话告诉用工方"),
    "ask_employer": N_("要打电话问用工方"),
    "nobody_left": N_("附近没有人可派了"),
    "attendance": N_("来没来，要问清楚"),
    "erase": N_("删除信息"),
    "distress": N_("心里难受"),
    "other_problem": N_("别的问题"),
    "update_number": N_("换号码"),
    "other": N_("别的"),
}
PRIORITIES = {1: N_("马上办"), 2: N_("今天办"), 3: N_("一般")}
# Calls the line places itself.
CALL_PURPOSES = {
    "callback": N_("回拨：打来没办完"),
    "offer": N_("问去不去一个活"),
    "reminder": N_("开工前提醒"),
    "follow_up": N_("问活做得怎样、工钱给没给"),
    "still_looking": N_("问还在不在找活"),
    "staff_call": N_("工作人员打回去"),
}
CALL_STATUS = {
    "planned": N_("等着打"),
    "placing": N_("正在打"),
    "ringing": N_("正在打"),
    "answered": N_("接了"),
    "unreached": N_("没打通"),
    "suppressed": N_("没有打"),
    "expired": N_("过了时候，没打"),
}
CALL_REASONS = {
    "opted_out": N_("本人说不要再打"),
    "number_cap": N_("这个号一天打够了"),
    "daily_cap": N_("热线今天打够了"),
    "answered": N_("事情已经有结果"),
    "not_allowed": N_("这个号不能打"),
    "done": N_("后来办好了"),
    "cancelled": N_("工作人员不让打"),
    "with_staff": N_("工作人员正在谈"),
    "hours": N_("不是打电话的时候"),
    "line_busy": N_("线路一直忙"),
}
RINGING = {
    "placing": N_("正在打"),
    "unknown": N_("打没打出去不清楚"),
    "queued": N_("正在打"),
    "initiated": N_("正在打"),
    "ringing": N_("在响铃"),
    "in-progress": N_("在通话"),
    "completed": N_("接了"),
    "busy": N_("占线"),
    "no-answer": N_("没人接"),
    "failed": N_("打不出去"),
    "canceled": N_("没接就断了"),
    "machine": N_("留言机接的"),
}
CASE_STATUS = {"open": N_("还没办"), "taken": N_("办理中"), "closed": N_("已办结")}
OPENING_STATUS = {
    "draft": N_("草稿"),
    "in_review": N_("待审"),
    "published": N_("已发布"),
    "filled": N_("已招满"),
    "expired": N_("已过期"),
    "withdrawn": N_("已撤回"),
    "rejected": N_("已退回"),
}
MESSAGE_STATUS = {
    "received": N_("收到"),
    "processing": N_("处理中"),
    "answered": N_("已回"),
    "failed": N_("没答上来"),
    "created": N_("待发"),
    "sending": N_("正在发"),
    "sent": N_("已发出"),
    "delivered": N_("已送达"),
    "temporary-failure": N_("暂时没送到"),
    "permanent-failure": N_("没送到"),
    "unknown": N_("还不清楚送没送到"),
    "for_staff": N_("等工作人员"),
}
HANDLED_BY = {
    "rasa": N_("机器听懂"),
    "menu": N_("照步骤答的"),
    "together": N_("和下一条一起看"),
    "opt_out": N_("退订词"),
    "danger": N_("危险词"),
    "staff": N_("工作人员"),
    "keypad": N_("按键"),
}
ROLES = {
    "village": N_("村"),
    "town": N_("镇"),
    "county": N_("区县"),
    "city": N_("市"),
    "province": N_("省"),
    "operator": N_("承办单位"),
    "auditor": N_("审计"),
}
UNITS = {
    "hour": N_("小时"),
    "half_day": N_("半天"),
    "day": N_("天"),
    "week": N_("星期"),
    "month": N_("月"),
    "piece": N_("件"),
    "jin": N_("斤"),
    "mu": N_("亩"),
    "m2": N_("平方米"),
    "m3": N_("立方米"),
    "tonne": N_("吨"),
    "trip": N_("趟"),
    "load": N_("车"),
    "plant": N_("株"),
    "bag": N_("袋"),
}
SETTLEMENTS = {
    "daily": N_("天天结"),
    "weekly": N_("一周一结"),
    "half_monthly": N_("半月一结"),
    "monthly": N_("一月一结"),
    "on_completion": N_("做完就结"),
}
DAY_PARTS = {
    "morning": N_("上午"),
    "noon": N_("中午"),
    "afternoon": N_("下午"),
    "evening": N_("晚上"),
    "night": N_("夜班"),
    "daytime": N_("白天"),
}
# Values of entities that are codes (understanding.md, "Entities and their normal forms").
VALUES: dict[str, dict[str, str]] = {
    "gender": {"male": N_("男"), "female": N_("女")},
    "term": {"long": N_("长期"), "short": N_("短工")},
    "proximity": {
        "walking": N_("走得到"),
        "village": N_("本村"),
        "town": N_("镇上"),
        "county": N_("本县"),
        "near": N_("附近"),
        "away": N_("外地"),
    },
    "benefit": {
        "meals": N_("管饭"),
        "lodging": N_("管住"),
        "transport": N_("接送"),
        "insurance": N_("买保险"),
        "no_meals": N_("不管饭"),
        "no_lodging": N_("不管住"),
    },
    "policy_topic": {
        "unemployment": N_("失业"),
        "social_insurance": N_("社保"),
        "social_insurance_subsidy": N_("社保补贴"),
        "training_subsidy": N_("培训补贴"),
        "startup_loan": N_("创业贷款"),
        "placement_subsidy": N_("职业介绍补贴"),
        "public_welfare_post": N_("公益岗"),
        "hardship_recognition": N_("困难认定"),
        "legal_aid": N_("法律援助"),
        "contract": N_("合同"),
    },
    "problem": CASES,
    "settlement": SETTLEMENTS,
    "day_part": DAY_PARTS,
}
EMPLOYER_KINDS = {
    "enterprise": N_("企业"),
    "grower": N_("种植大户"),
    "cooperative": N_("合作社"),
    "work_relief": N_("以工代赈项目"),
    "person": N_("个人"),
    "other": N_("其他用工方"),
}
SOURCE_KINDS = {
    "gig": N_("零工岗位"),
    "fair": N_("招聘活动"),
    "policy": N_("政策性岗位"),
    "key_enterprise": N_("重点企业用工"),
}
EMPLOYMENT_KINDS = {"flexible": N_("灵活用工"), "full_time": N_("全日制用工"), "shared": N_("调剂用工")}
# What was done to an opening or an employer, as its history tells it.
OPENING_EVENTS = {
    "posted": N_("收到"),
    "collected": N_("窗口登记，用工方同意"),
    "published_before_review": N_("核实过的用工方，先发布"),
    "published": N_("审核通过，发布"),
    "rejected": N_("退回"),
    "confirmed_after_review": N_("复核没问题"),
    "taken_down": N_("下架"),
    "submitted_again": N_("老板改好，再交审核"),
    "back_to_review": N_("老板改了，重新审核"),
    "edited": N_("改过"),
    "closed_opening": N_("人够了，停招"),
    "closed_by_staff": N_("窗口替老板停招"),
    "withdrew_opening": N_("取消"),
    "hires_on": N_("老板接着招"),
    "still_hiring": N_("老板说还要人"),
    "employer_added": N_("登记用工方"),
    "employer_verified": N_("核实过了"),
    "employer_verification_withdrawn": N_("收回核实"),
    "imported_employer": N_("从Excel存入"),
    "employer_kind_set": N_("改了类别"),
    "employer_number_set": N_("登了新号码"),
    "employer_number_released": N_("号码换了人，收回了"),
}
REVEAL_REASONS = {
    "call_back": N_("要回电话"),
    "check_record": N_("核对登记"),
    "handle_case": N_("办理这件事"),
    "verify_posting": N_("核实岗位"),
}
REVEAL_FIELDS = {"phone": N_("电话号码"), "name": N_("姓名"), "hardship": N_("困难情况"), "amount": N_("金额")}
# Bookkeeping inside `Case.details` that tells a reader nothing.
UNSHOWN_DETAILS = frozenset({"message_ids", "opening_id", "employer_id"})


def label(table: Mapping[Any, str], code: object) -> str:
    """The word for `code`; a code nobody has named yet is shown as it is rather than hidden."""
    if code is None or code == "":
        return ""
    return gettext(table[code]) if code in table else str(code)


@cache
def job_types() -> dict[str, tuple[str, str]]:
    """code → (Chinese name, English name), in the order of the list."""
    with JOB_TYPES.open(encoding="utf-8") as rows:
        return {row["code"]: (row["name"], row["english"]) for row in csv.DictReader(rows)}


# The first sign of a trade's code (vocabulary §4.1).
TRADE_GROUPS = {
    "A": N_("农活、林果"),
    "B": N_("建筑、装修"),
    "F": N_("进厂、加工"),
    "S": N_("服务、家政"),
    "T": N_("运输、搬运"),
}


def job_name(code: str) -> str:
    names = job_types().get(code)
    if names is None:
        return code
    return names[1] if english() else names[0]


def grounds() -> dict[str, str]:
    """Why a posting is not let out, by its code, as its employer is told."""
    return {code: words[1 if english() else 0] for code, words in review.GROUNDS.items()}


def flag(code: str) -> str:
    """What a reviewer should look at."""
    return review.sentence(code, "en" if english() else "zh")
