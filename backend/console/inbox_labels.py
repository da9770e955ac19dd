"""What the filters of the inbox are called, and what each means."""

from __future__ import annotations

from backend.console.labels import N_

FILTERS = {
    "waiting": N_("等人回话"),
    "person": N_("要找人工"),
    "dispute": N_("维权纠纷"),
    "mine": N_("归我办"),
    "unread": N_("没读过"),
    "failed": N_("电话没打成"),
    "fallback": N_("没听懂"),
    "low": N_("拿不准"),
    "elder": N_("65岁以上"),
    "review": N_("没核对"),
}
MEANINGS = {
    "waiting": N_("有事没办结、有话机器答不了，或者人工接手后对方又来话"),
    "person": N_("要人工、留了言，还没有人接"),
    "dispute": N_("工钱、证件、受伤这些事还没办结"),
    "mine": N_("归我或者我的班组，或者我接手的"),
    "unread": N_("我上次读过之后又来了话"),
    "failed": N_("我们这边断了、一句都没听懂，或者打过去没人接"),
    "fallback": N_("机器没听懂，或者两次说到别的事"),
    "low": N_("机器听懂了但没把握"),
    "elder": N_("这个号码上有65岁以上的人"),
    "review": N_("机器听懂的话还没有人核对"),
}
CHANNELS = {"sms": N_("短信"), "voice": N_("电话")}
