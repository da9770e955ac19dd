"""The dashboard's words: what each figure is called, and how it is counted, as staff read it (`domain/figures.py`)."""

from __future__ import annotations

from datetime import timedelta

from backend.console.i18n import gettext
from backend.console.labels import N_

GROUPS = {"line": N_("电话和短信"), "talk": N_("听懂和办成"), "work": N_("派活"), "need": N_("帮扶和台账")}
FIGURES = {
    "calls_in": N_("打进来的电话"),
    "calls_out": N_("打出去的电话"),
    "texts_in": N_("收到的短信"),
    "texts_out": N_("发出的短信"),
    "understood": N_("听懂的话"),
    "corrected": N_("人工改过的话"),
    "contained": N_("机器办完的对话"),
    "asked_person": N_("要找人的对话"),
    "late_cases": N_("过了时限的待办"),
    "offers_made": N_("派出去的活"),
    "offers_answered": N_("回了话的派活"),
    "places": N_("定下的位子"),
    "time_to_fill": N_("招满要多久"),
    "no_shows": N_("说去没去"),
    "places_verified": N_("位子给了帮扶对象"),
    "waiting_verified": N_("等活的人里的帮扶对象"),
    "stale_workers": N_("久未更新的劳动力"),
    "stale_openings": N_("久未更新的岗位"),
}
HOW = {
    "calls_in": N_("按电话打进来的时刻算。"),
    "calls_out": N_("热线自己拨出的电话，按拨通那一刻算；没拨出去的不算。"),
    "texts_in": N_("按收到的时刻算。"),
    "texts_out": N_("按写好的时刻算，机器发的和人发的都算。"),
    "understood": N_("群众说的、写的每一句里，机器认出了意思、没有出错、也没有被人改成别的意思的，占几成。按键不算。"),
    "corrected": N_("群众说的、写的每一句里，工作人员改过意思或词的，占几成。"),
    "contained": N_("这段时间开头的对话里，没有生成待办、没有人接手、没有人回短信、也没有出错的，占几成。"),
    "asked_person": N_("这段时间开头的对话里，说了要找人、留了言或者要回电的，占几成。"),
    "late_cases": N_("答应在这段时间办、到时没有办结的待办，后来才办结的也算。"),
    "offers_made": N_("一批批问人或者工作人员指给人的活，一个人一个岗位算一次。自己来找活的不算。"),
    "offers_answered": N_("派出去的活里，回了去或不去的，占几成。过了时间没回的不算。"),
    "places": N_("这段时间答应了去、到现在没有退的位子，按答应的时刻算。"),
    "time_to_fill": N_("这段时间招满的岗位，从发布到最后一个位子定下，取中间那个数。夜里也算在内。"),
    "no_shows": N_("这段时间开工、答应了却没有去的人次。"),
    "places_verified": N_(
        "定下的位子里，给了核实过、应当优先的人的，占几成。应当和“等活的人里的帮扶对象”那个数差不多，或者更高。"
    ),
    "waiting_verified": N_("现在在册、没活等活的人里，核实过、应当优先的，占几成。"),
    "stale_workers": N_("现在30天没有消息，或者问了两回没回的劳动力。正在干活或有活要答复的不算。"),
    "stale_openings": N_("现在还有空位、七天没有人确认过的岗位。"),
}
SETS = {
    **{name: FIGURES[name] for name in FIGURES if name != "time_to_fill"},
    "turns": N_("群众说的、写的话"),
    "conversations": N_("这段时间开头的对话"),
    "openings_full": N_("招满的岗位"),
    "waiting": N_("没活等活的人"),
}
KINDS = {"day": N_("一天"), "ten_days": N_("一旬"), "month": N_("一个月"), "quarter": N_("一季度")}
CHARTS = {
    "line": N_("电话和短信"),
    "understood": N_("听懂了几成"),
    "trades": N_("定下的位子，按工种"),
    "need": N_("等活的人里的帮扶对象，按类别"),
}


def amount(value: int | float | timedelta | None, shows: str) -> str:
    """A figure in words: 12 · 93% · 35分钟; a dash where there is nothing to reckon it from."""
    if value is None:
        return "—"
    if isinstance(value, timedelta):
        return duration(value)
    return f"{round(value * 100)}%" if shows == "share" else f"{value:,}"


def duration(length: timedelta) -> str:
    """35分钟 · 3.5小时 · 2.1天."""
    minutes = round(length.total_seconds() / 60)
    if minutes < 90:
        return gettext("%(count)s分钟", count=minutes)
    if minutes < 36 * 60:
        return gettext("%(count)s小时", count=f"{minutes / 60:.1f}")
    return gettext("%(count)s天工夫", count=f"{minutes / 1440:.1f}")
