"""Words for accounts, devices, verbs and what the audit trail tells of."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from backend.console.i18n import gettext
from backend.console.labels import N_
from backend.console.text import when
from backend.services.staff_passwords import SetByCode

ACCOUNT_PROBLEMS = {
    "login:odd": N_("账号用3到40个小写字母、数字、点、横线，头一个是字母或数字。"),
    "login:taken": N_("这个账号已经有人用了，换一个。"),
    "name:odd": N_("写上姓名，最多40个字。"),
    "phone:odd": N_("这不是能打通的号码。比如13800001234，也可以不写。"),
    "role:not_yours": N_("这个身份您不能给。"),
    "role:same": N_("身份和地方都没有变。"),
    "region:does_not_fit": N_("这个身份和这个地方对不上，或者不在您的辖区。村里的选村，镇里的选镇，其他选区县。"),
}
CHANGES = {
    "move": N_("换身份或地方"),
    "disable": N_("停用"),
    "enable": N_("重新启用"),
    "reset": N_("重设密码"),
    "reset_second": N_("取消第二道验证"),
}
SYSTEMS = {
    "iphone": N_("苹果手机"),
    "ipad": N_("苹果平板"),
    "android": N_("安卓手机"),
    "harmony": N_("鸿蒙手机"),
    "windows": N_("Windows电脑"),
    "mac": N_("苹果电脑"),
    "linux": N_("Linux电脑"),
    "other": N_("不知道的设备"),
}
BROWSERS = {
    "wechat": N_("微信"),
    "edge": "Edge",
    "firefox": "Firefox",
    "qq": N_("QQ浏览器"),
    "uc": N_("UC浏览器"),
    "chrome": "Chrome",
    "safari": "Safari",
    "other": "",
}
# What each verb of `domain/access.py` lets somebody do, for the page of roles.
VERBS = {
    "reply": N_("回短信、回电、接手对话"),
    "take_case": N_("接下和办结待办"),
    "reveal": N_("看隐去的电话和姓名（要说原因，会记下）"),
    "review_opening": N_("审核岗位"),
    "correct": N_("改正听错的话"),
    "edit_place": N_("改地名的叫法、赶场天"),
    "record_prompt": N_("录热线要放的话"),
    "forward": N_("转发岗位"),
    "confirm_entry": N_("替本人说还找不找活"),
    "post_opening": N_("发岗位、记用工方"),
    "send_offers": N_("管派活"),
    "edit_worker": N_("改劳动力台账"),
    "record_visit": N_("记走访"),
    "verify_hardship": N_("看和核实困难情况"),
    "edit_household": N_("改一户一人台账"),
    "record_talk": N_("记洽谈"),
    "import_ledger": N_("导入Excel"),
    "export_ledger": N_("导出Excel"),
    "see_need": N_("看困难群众的台账"),
    "register_at_window": N_("在窗口代登记"),
    "merge_entries": N_("合并重复的台账"),
    "give_post": N_("派公益岗"),
    "edit_station": N_("改驿站的资料"),
    "add_station": N_("新设驿站"),
    "set_screen": N_("设大屏"),
    "manage_teams": N_("管班组"),
    "verify_employer": N_("核实用工方"),
    "set_weights": N_("定推荐的先后"),
    "train_model": N_("重新训练、换模型（管热线的区县）"),
    "manage_staff": N_("管下级账号"),
    "read_audit": N_("看操作记录"),
}
_PASSWORD = {
    "short": N_("密码太短，至少12个字符。"),
    "long": N_("密码太长，最多200个字符。"),
    "own": N_("密码里不要用自己的账号、姓名、电话。"),
    "common": N_("这个密码太常见，别人一猜就中。用几个不相干的词连起来，好记也难猜。"),
    "same": N_("新密码和旧的一样。"),
    "differs": N_("两次输的密码不一样。"),
}


def set_by_code(how: SetByCode, now: datetime) -> str:
    """Whose code last set one's password, and from where: whoever made it could have used it, too."""
    return gettext(
        "您的密码是%(used)s用码设的：码由%(name)s在%(made)s出，从%(address)s设的。不是您自己设的，请马上告诉区县管理员。",
        used=when(how.used_at, now), name=how.by or gettext("系统管理员"), made=when(how.made_at, now),
        address=how.address or "—",
    )  # fmt: skip


def password_sentence(problem: str) -> str:
    """What to tell somebody whose new password cannot be taken."""
    return gettext(_PASSWORD[problem])


def account_sentences(fields: dict[str, str]) -> dict[str, str]:
    """Field → the sentence beside it."""
    return {field: gettext(ACCOUNT_PROBLEMS[f"{field}:{code}"]) for field, code in fields.items()}


def device(code: str) -> str:
    """`android-wechat` → 安卓手机 · 微信."""
    system, _, browser = (code or "other-other").partition("-")
    words = [gettext(SYSTEMS.get(system, SYSTEMS["other"]))]
    if named := BROWSERS.get(browser):
        words.append(gettext(named))
    return " · ".join(words)


def verb(code: str) -> str:
    """What a verb lets one do; one that has no words yet is shown as it is."""
    return gettext(VERBS[code]) if code in VERBS else code


def shown(fields: Any) -> str:
    """A list of changed fields as words."""
    names = {"name": gettext("姓名"), "phone": gettext("电话")}
    return "、".join(names.get(str(each), str(each)) for each in fields or [])
