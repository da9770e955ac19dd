"""Shapes of numbers, times and amounts, as hints for the span model.

A shape only says "this looks like"; whether 五十八 is an age, a wage or a price is decided by the model from its
neighbours. No Rasa import.
"""

from __future__ import annotations

import re

_D = r"0-9零〇一二两三四五六七八九十百千万廿俩幺"
_N = rf"(?:[{_D}半几来多把数\.]+)"
_UNIT = r"(?:天|日|个?月|个?小时|个?钟头|点钟|时|周|个?星期|个?礼拜|斤|公斤|亩|个?平方?米?|方|吨|车|趟|件|个工|工|包|袋|棵|窝|株|筐|挑|背|只|个|半天|年)"
_COIN = r"(?:块钱|块|元钱|元|圆|角|毛|分)"
_WEEK = r"(?:周|星期|礼拜)"
_DAYWORD = (
    r"今天|今儿个?|今日|今朝|明天|明儿个?|明日|明朝|后天|后日|后儿|大后天|外后天|万后天|昨天|昨儿|昨日|前天|前日|上前天|大前天|这几天|这两天|近几天|过两天|等两天|隔两天|过几天|前几天|"
    r"周末|月初|月底|月半|年前|年后|过完年|开春|过年|赶场天?|逢场天?|赶集天?|场期|端午节?|中秋节?|清明节?|国庆节?|五一|元旦|春节|除夕|元宵|重阳|今早|明早|今晚|明晚|昨晚|明后天|今明两天|"
    r"下一?场|去年|今年|前年|明年|上个月|下个?月|这个月|本月|上周|下周|本周|这周"
)
_PART = r"早上|上午|中午|下午|晚上|清早|早晨|晌午|傍晚|凌晨|半夜|夜里|晚黑|黑了|擦黑|天亮"

# The identity number the backend leaves in place of a real one; nothing in it is an age or an amount.
ID_NUMBER = re.compile(r"\d{17}[\dXx]")
PHONE_NUMBER = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")

SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (name, re.compile(pattern))
    for name, pattern in (
        ("phone", r"(?<!\d)1[3-9]\d{9}(?!\d)"),
        ("idcard", r"(?<!\d)\d{17}[\dXx](?!\d)"),
        ("clock", rf"(?:{_PART})?[{_D}]+(?:点|:|：)(?:[{_D}]+分?|半|一刻|三刻|过|钟)?"),
        (
            "date",
            rf"(?:(?:这个?|本|上个?|下个?|下下个?|大)?{_WEEK}[一二三四五六日天末1-6](?:[到至\-~]{_WEEK}?[一二三四五六日天1-6])?|{_DAYWORD}"
            rf"|[{_D}]+月(?:[{_D}]+[号日]?|初|底|份|间)?|[{_D}]+[号日](?![楼院])(?:[到至\-~][{_D}]+[号日])?|(?:农历|阴历|大年|正月|冬月|腊月|冬|腊)+初?[{_D}]*|初[一二三四五六七八九十])",
        ),
        ("ordinal", rf"(?:倒数)?第[{_D}]+[个份条项家号]?|头一?个|最后[一那]?个|末尾那?个|[1-9一二三四五六七八九]号"),
        (
            "age",
            rf"(?:满|虚)?[{_D}有]+(?:周?岁了?)|(?:19)?[4-9{_D}][0-9{_D}]年(?:的|生的?|出生的?)|[二三四五六七]十[一二三四五六七八九]?(?:了|的人)",
        ),
        (
            "rate",
            rf"(?:起码|至少|最少|最低|不少于|不低于|保底|底薪)?(?:一|每|1|做一|半){_UNIT}(?:的?工钱|工资|给|拿|要|不少于|不低于|起码|至少|最少|最低)?{_N}{_COIN}?(?:[到至\-~]{_N}{_COIN}?)?(?:以上|起|左右)?"
            rf"|(?:起码|至少|最少|最低|不少于|不低于|保底)?{_N}{_COIN}?[0-9一二两三四五六七八九]?(?:[到至\-~]{_N}{_COIN}?)?[/每一1]{_UNIT}(?:以上|起)?|[月日时周]薪{_N}(?:[到至\-~]{_N})?{_COIN}?|月工资{_N}{_COIN}?",
        ),
        ("amount", rf"(?:起码|至少|最少|最低|不少于|不低于|保底|底薪)?{_N}{_COIN}?(?:[到至\-~]{_N})?{_COIN}"),
        ("people", rf"[{_D}]+(?:来)?(?:个人|名|位|个工人|个劳动力|人|个姐妹|个老乡|姊妹|口人|个)"),
        (
            "days",
            rf"(?:{_N}|两三|三四|天把两)(?:天|个?星期|个?礼拜|周|个月|个把月|个半月)(?!结|薪)|半个月|个把(?:月|星期)|十天半个月|天把两天",
        ),
        ("number", rf"[{_D}\.]+"),
    )
)


def shapes(text: str) -> list[list[str]]:
    """Return for each character of `text` the tags of the shapes it lies in: ``B-rate`` at a start, ``I-rate`` inside."""
    tags: list[list[str]] = [[] for _ in text]
    for name, pattern in SHAPES:
        for match in pattern.finditer(text):
            for place in range(match.start(), match.end()):
                tags[place].append(("B-" if place == match.start() else "I-") + name)
    return tags
