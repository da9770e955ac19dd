"""Words for the codes of stepping in: topics of teams, reasons of closing, how a call back went, quick replies."""

from __future__ import annotations

from datetime import datetime

from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.text import when
from backend.domain.staff_accounts import is_at_desk
from backend.settings import TIMEZONE

TOPICS = {
    "jobs": N_("找活介绍"),
    "wages": N_("工资维权"),
    "policy": N_("政策咨询"),
    "registration": N_("登记建档"),
    "employers": N_("用工"),
    "other": N_("其他"),
}
REASONS = {
    "answered": N_("答复了"),
    "job_found": N_("找到活了"),
    "passed_on": N_("转给别的部门了"),
    "not_reached": N_("几次联系不上"),
    "wrong_number": N_("打错了"),
    "abuse": N_("骚扰、乱打"),
    "other": N_("别的（请写明）"),
}
CALLS = {
    "planned": N_("马上响您的电话，接起来按1。"),
    "ringing": N_("正在响您的电话，接起来按1。"),
    "connecting": N_("正在通话。"),
    "answered": N_("打通了。"),
    "busy": N_("对方占线。"),
    "no-answer": N_("对方没有接。"),
    "failed": N_("没有打通。"),
    "unreached": N_("您没有接，或者没有按1，没有打给对方。"),
    "unknown": N_("打过去了，通没通没有传回来。请写个备注，不清楚就再打一次。"),
    "suppressed": N_("没有打：规定的时候或次数不许，或者线路太忙。"),
}
# The same, read by anybody but the one who rang.
CALLS_OF_A_COLLEAGUE = {
    **CALLS,
    "planned": N_("马上响同事的电话。"),
    "ringing": N_("正在响同事的电话。"),
    "unreached": N_("同事自己没有接，或者没有按1，没有打给对方。"),
    "unknown": N_("打过去了，通没通没有传回来。请问一问打电话的同事。"),
}
RING_REFUSED = {
    "hours": N_("现在不是打电话的时候。对方没有要求回电，请到打电话的时间再打，或者先发短信。"),
    "number_cap": N_("这个号今天打得够多了，明天再打，或者先发短信。"),
    "daily_cap": N_("热线今天打出的电话满了，明天再打，或者先发短信。"),
    "opted_out": N_("对方说过不要打电话，请改发短信。"),
    "not_allowed": N_("这个号码不能打，请改发短信，或者上门。"),
    "ringing": N_("正在打这个电话，请等它打完。"),
    "taken": N_("同事已经在办这件事，请先和同事说好。"),
}


def presence(seen_at: datetime | None, now: datetime) -> str:
    """Whether a colleague is there: 现在在 · 今天 09:05来过 · 现在不在. Who has left tells no time: her session is gone."""
    if is_at_desk(seen_at, now):
        return gettext("现在在")
    if seen_at is None or seen_at.astimezone(TIMEZONE).date() != now.astimezone(TIMEZONE).date():
        return gettext("现在不在")
    return gettext("%(time)s来过", time=when(seen_at, now))


# Sent as they stand, in the words people here use; the member of staff may change them first.
QUICK = (
    "好的，我看一下，半个钟头内回您。",
    "您现在方便接电话吗？方便就回一声，我打过来。",
    "请说一下您叫啥名字、是哪个村的。",
    "请带上身份证，到站上来一趟，我们当面给您办。",
    "事情办好了。还有啥子不清楚的，直接回。",
)
