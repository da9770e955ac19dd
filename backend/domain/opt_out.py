"""Whole-message words that stop or resume our messages (M06, T16), decided without any model.

The message must say nothing else: 退订单的活 is about work. Twilio's own opt-out list knows no Chinese words.
"""

from __future__ import annotations

import re
from typing import Literal

Decision = Literal["stop", "resume"]

_LEAD = r"(?:你好|喂|请|请你们?|麻烦|麻烦你们?|帮我|给我|我要|我想|我|你们?|求你们?|求求你们?|以后|今后|从今以后|真的|都|就|莫名其妙|烦死了|烦得很|好烦|回复?)*"
_TAIL = (
    r"(?:了|吧|嘛|哈|噻|撒|啊|哦|喽|嘞|好吗|好不好|行不行|要得不|谢谢|谢了|谢谢哈|可以不|可不可以|一下|一哈|哈子|的)*"
)
_NOT = r"(?:不要|莫|别|不用|不必|不准|停止|甭|不消|不想收|不再|莫要|不许)"
_WHAT = r"(?:短信|信息|消息|招工信息|这些|这种|这个|通知|短消息|垃圾短信|活路信息|工作信息|岗位信息|推送)"
_STOP = re.compile(
    rf"{_LEAD}(?:(?:退订|退定|取消订阅|取消短信|取消推送|停止短信|停发|停发短信|停止发送|停止推送|td|t|tui ?ding"
    rf"|stop|unsubscribe|quit|end|停|停了|停止|关闭短信|关掉短信|短信停了|退出短信|不收短信|不收了|拒收|拒收短信"
    rf"|n0|退订短信)"
    rf"|{_NOT}(?:再|在|给我|给我们|跟我|往我这|老是|天天|总是|一直|乱|又)*(?:发|推|推送|打扰|骚扰|群发|传)(?:给我"
    rf"|我|过来|起来|来|些|这么多|那么多|任何|啥子|什么)*{_WHAT}?(?:给我|来|过来)?"
    rf"|{_WHAT}(?:都|就)?{_NOT}(?:再)?(?:给我)?发(?:了|给我|来)*|{_WHAT}(?:都)?(?:停了|停掉|停|取消|关了|关掉)"
    rf"|(?:不要|莫|别)(?:再)?(?:给我们|给我|跟我)?打(?:电话)?(?:给我|来|过来|扰)?|(?:把)?{_WHAT}(?:给我)?(?:停|关|取消)(?:了|掉)?){_TAIL}",
    re.IGNORECASE,
)
_RESUME = re.compile(
    rf"{_LEAD}(?:恢复|恢复{_WHAT}|恢复订阅|恢复发送|恢复接收|恢复推送|开通{_WHAT}|开通|重新开通|重新订阅|重新发"
    rf"|重新发{_WHAT}|(?:继续|接着|再|还是|又|可以|还)(?:给我|跟我)?发{_WHAT}?(?:给我|来)?|订阅|订短信|开启{_WHAT}"
    rf"|打开{_WHAT}|start|unstop|resume|hf|{_WHAT}(?:恢复|打开|开通|开起)|(?:把)?{_WHAT}(?:给我)?(?:恢复|打开|开起"
    rf"|开通)(?:来|起来)?|重新接收{_WHAT}?|又要{_WHAT}|要收{_WHAT}){_TAIL}",
    re.IGNORECASE,
)
_EDGES = re.compile(r"^[\s\W_]+|[\s\W_]+$")
_INSIDE = re.compile(r"[\s,，。.、!！~～;；:：'\"“”]+")


def decide(text: str) -> Decision | None:
    """Return "stop" or "resume" when the whole message asks for it, else None. `text` has been through `clean_text`."""
    said = _INSIDE.sub("", _EDGES.sub("", text))
    if not said or len(said) > 30:
        return None
    if _STOP.fullmatch(said):
        return "stop"
    return "resume" if _RESUME.fullmatch(said) else None
