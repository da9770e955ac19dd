"""Pay as said → `AMOUNT/UNIT`, `MIN-MAX/UNIT`, `MIN+/UNIT`; amount alone when no unit was said.

Source: contract "Entities and their normal forms" (pay, money) and vocabulary §4.2.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from backend.domain import numbers_zh

# "两百一天" is two hundred a day, not 二百一: the 一 of a unit is never part of the amount.
_ONE = r"一(?!\s?(?:天|日(?!结)|斤|亩|方|平|吨|趟|转|回|车|挑|担|背|窝|棵|株|蔸|包|袋|件|只|套|双|条|箱|盒|串|筐|捆|桶|周|月|公斤|小时|钟头|点钟|工|个))"
NUMBER = numbers_zh.number_pattern(_ONE)
_DIGIT = r"(?:[二三四五六七八九\d]|" + _ONE + r")(?![\d十百千天个小])"

_AMOUNT = (
    r"(?:(?:" + NUMBER + r")(?:块|元)(?:半|" + _DIGIT + r"(?:角|毛)?(?:" + _DIGIT + r")?)"
    r"|(?:" + NUMBER + r")(?:角|毛)钱?(?:" + _DIGIT + r")?"
    r"|半块"
    r"|[¥￥]?(?:" + NUMBER + r")(?:张(?=$|[\s,，。]|一天|每天))?)"
)
_YUAN = r"(?:\s?(?:来|多)?(?:块钱|元钱|块|元|圆|塊|rmb|RMB|钱)(?:整|正)?(?:来|多)?(?:钱)?)?(?:\s?(?:左右|上下|的样子|样子))?"
_TO = r"\s*(?:到|至|-|~|—|–|～|或者|起到)\s*"
_MIN_BEFORE = r"(?:不(?:得|能)?(?:少于|低于|下于|少得了)|起码|至少|最少|最低|少说|少了|低于|保底|底薪|打底|不下)"
_MIN_AFTER = r"(?:起(?!来|床)|以上|往上|打底|保底|不得少|朝上|起步|开外|\+(?!\s?\d))"

# (unit, words that follow 一/每/一个 or "/"; longest first inside one alternation)
_UNIT_WORDS: list[tuple[str, str]] = [
    ("hour", r"个?(?:小时|钟头|钟点)|个钟|点钟|[hH]|时(?!间)"),
    ("month", r"个?月"),
    ("week", r"个?(?:星期|礼拜)|周"),
    ("m2", r"个?(?:平方米|平方|平米|平)|m2|㎡"),
    ("m3", r"个?(?:立方米|立方)|个?方(?!便|面|案)|m3"),
    ("kg", r"公斤|kg"),
    ("jin", r"斤"),
    ("mu", r"亩"),
    ("tonne", r"个?吨"),
    ("trip", r"趟|转(?!子)|回"),
    ("load", r"挑|担|车|背篼|背(?!后)"),
    ("plant", r"窝|棵|株|蔸|苗|根(?!本)"),
    ("bag", r"包|袋"),
    ("half_day", r"半天"),
    ("day", r"个?(?:工日|工(?![资钱人地厂作]))|天|日(?!结|子)"),
    (
        "piece",
        r"个(?!人|月|多|天|小时|星期|礼拜|钟|工|平|方|吨|娃|老|地方|班|活|半|大|镇|村|厂|岗|名)|件|只|套"
        r"|双(?!休)|条(?!件)|箱|盒|串|把|块砖|颗|粒|头|桶|筐|框|捆|床|盆|副|幅|页|单",
    ),
]
_NAMED = {
    "日薪": "day", "日工资": "day", "天薪": "day", "点工": "day", "月薪": "month", "月工资": "month", "月收入": "month",
    "月入": "month", "月均": "month", "月平均": "month", "月综合": "month", "月到手": "month", "月保底": "month", "月净": "month", "月挣": "month",
    "包月": "month", "月钱": "month", "时薪": "hour", "钟点": "hour", "周薪": "week", "半天": "half_day", "计件": "piece",
}  # fmt: skip
_ANY_UNIT = "|".join(f"(?P<{{side}}_{unit}>{words})" for unit, words in _UNIT_WORDS if unit != "half_day")


def _unit_group(side: str) -> str:
    return _ANY_UNIT.replace("{side}", side)


_GAP_WORD = r"[^\d零一二两三四五六七八九十百千万不没,，。;；!！?？\n好几多少到至人个名岁点]"
_BEFORE = (
    r"(?:(?P<before_named>(?<![个半])(?:"
    + "|".join(_NAMED)
    + r")"
    + r"|(?<![\d一二三四五六七八九十个下上这本年每])月(?=\s?[2-9]\d{3}))"
    r"|(?P<before_half>半天|上半天|下半天)"
    r"|(?:做|干|按)?(?:一|每一|每|1)(?:" + _unit_group("before") + r"))"
    r"(?P<gap>(?:\s*(?:就|都|能|可以|给|开|拿|得|有|要|算|是|挣|赚|工资|工钱|大概|大约|差不多|一般|的|为|:|："
    r"|/?(?:每|一个?)人|(?:实际|平均)?(?:收入|到手|拿到手|能拿到|综合工资|综合|平均|稳定)|(?:做|干)?(?:"
    + NUMBER
    + r")个?(?:小时|钟头|钟)))*\s*"
    + _GAP_WORD
    + r"{0,4}?)"
)
_AFTER = (
    r"(?:\s*(?:(?:/|每|一个?)人)?\s*(?:(?:/|每一?|一(?!百|千|万|十|个半)|1)\s*(?:个(?=工))?(?:"
    + _unit_group("after")
    + r")"
    r"|(?P<after_named>包月|点工)|(?:/|每|一?个?)?(?P<after_half>半天)))"
)
_PAY = re.compile(
    r"(?:" + _BEFORE + r")?"
    r"(?P<min>" + _MIN_BEFORE + r"\s*(?:要|是|得|有|给)?\s*)?"
    r"(?P<low>" + _AMOUNT + r")(?P<yuan>" + _YUAN + r")"
    r"(?:" + _TO + r"(?P<high>" + _AMOUNT + r")" + _YUAN + r")?"
    r"(?P<up>\s?" + _MIN_AFTER + r")?"
    r"(?P<after>" + _AFTER + r")?"
    r"(?P<up2>\s?" + _MIN_AFTER + r")?"
)
# What follows a number that is no amount at all: people, hours, days, ages, floors.
_NOT_MONEY_NEXT = re.compile(
    r"\s?(?:证(?!明)|驾|照(?![顾看料管护])|小挖|大挖|中挖|钩机|的?挖机|码|室(?![内外])|型|座|匹|千瓦|公分|厘米|毫米|米|寸|级|路(?!费)|排|栋|幢|单元|式|版|后轮|%|％|度|桌|户(?![外口])|来岁|多岁|个|名|位|人(?!都|些|家|也|就|早|跑|不|找)|条|岁|小时|分钟|公里)|点|号|月(?!结)|天(?!天)|年|里|楼|层|次|口|日(?!结)|届|周(?!结)|亩|度|组"
    r"|社|队"
)
_CODE_BEFORE = re.compile(
    r"[A-Za-z][A-Za-z\d·.-]*$|[\d][-·.]$|(?:工号|编号|门牌|房号|车牌|电话|热线|尾号|QQ|qq|微信)(?:号|号码|是|:|：|\s)*$"
)
_EACH = r"[\s:：]|给|就|算|是|得|要|大概"
_ASKED = re.compile(r"好多|多少|几|哪|啥")


@dataclass(frozen=True, slots=True)
class Pay:
    """One pay expression at text[start:end]; amounts in yuan, `unit` as in the contract or None."""

    start: int
    end: int
    low: float
    high: float
    is_minimum: bool
    unit: str | None
    has_currency: bool

    @property
    def value(self) -> str:
        amount = numbers_zh.text_of(self.low)
        if self.high != self.low:
            amount += "-" + numbers_zh.text_of(self.high)
        elif self.is_minimum:
            amount += "+"
        return f"{amount}/{self.unit}" if self.unit else amount


def find(text: str) -> list[Pay]:
    """Return every amount in `text`, with or without a unit, left to right; the caller decides what is pay."""
    found: list[Pay] = []
    at = 0
    while at < len(text):
        match = _PAY.search(text, at)
        if match is None:
            break
        pay = _pay(text, match)
        if pay is None:
            # Step over this number only: a later one may still be an amount of the same "一天…".
            at = match.end("low") if match.start("low") > match.start() else max(match.end("low"), match.start() + 1)
            continue
        found.append(pay)
        at = max(pay.end, at + 1)
    return found


def find_with_unit(text: str) -> list[Pay]:
    """Return the expressions that can only be pay: an amount with its unit."""
    return [pay for pay in find(text) if pay.unit]


def amount(said: str) -> Pay | None:
    """Return the first amount in `said`, or None: "欠我三千五" → 3500."""
    found = find(said)
    return found[0] if found else None


def _unit_of(match: re.Match[str], side: str) -> str | None:
    for unit, _ in _UNIT_WORDS:
        if unit != "half_day" and match.group(f"{side}_{unit}"):
            return unit
    if match.group(f"{side}_half"):
        return "half_day"
    named = match.group(f"{side}_named")
    return _NAMED.get(named, "month") if named else None


def _pay(text: str, match: re.Match[str]) -> Pay | None:
    low, high = _amount(match["low"]), _amount(match["high"]) if match["high"] else None
    if low is None:
        return None
    after, before = _unit_of(match, "after"), _unit_of(match, "before")
    gap = match["gap"] or ""
    # "一个砌砖的 三百二一天" is one mason, not a price each; with the unit behind, the words before are not part of it.
    if before and (after or _ASKED.search(gap) or (before == "piece" and re.sub(_EACH, "", gap))):
        before = None
    unit = after or before
    currency = bool(match["yuan"]) or any(c in match["low"] for c in "块元角毛¥张")
    end = match.end()
    start = match.start() if before else (match.start("min") if match["min"] else match.start("low"))
    if match["high"] and high is None:
        return None
    if not after and not currency and _NOT_MONEY_NEXT.match(text, end):
        return None
    # 20:00-8:00 are hours, not 20 or 0 to 8.
    if re.search(r"\d[:：]$", text[:start]) or re.match(r"[:：]\d", text[end:]):
        return None
    lower, upper = low
    if high is not None:
        # 三到五百: the left side borrows the unit of the right.
        if lower < 10 and high[0] >= 100:
            scale = 10 ** (len(str(int(high[0]))) - 1)
            lower *= scale
        elif lower < 10 and high[0] >= 20 and high[0] % 10 == 0 and not currency:
            lower *= 10
        upper = high[1]
        if upper < lower:
            return None
    if unit == "kg":
        unit, lower, upper = "jin", lower / 2, upper / 2
    if upper <= 0:
        return None
    if not unit and not currency and (upper < 5 or _CODE_BEFORE.search(text[: match.start("low")])):
        return None  # A2证, 渝H3K216
    if "," in match["low"] and unit in ("hour", "half_day", "day", "jin", "piece") and lower >= 10_000:
        # 要10,180一天: ten people, and their pay.
        lower = upper = float(match["low"].rsplit(",", 1)[1])
    is_minimum = bool(match["min"] or match["up"] or match["up2"])
    return Pay(start, end, lower, upper, is_minimum, unit, currency)


def _amount(said: str) -> tuple[float, float] | None:
    """Read one amount in yuan: 一块二 → 1.2, 八毛 → 0.8, 一毛五 → 0.15, 两张 → 200, 两三百 → 200-300."""
    said = said.strip("¥￥ ").replace("钱", "")
    if said == "半块":
        return 0.5, 0.5
    parts = re.fullmatch(r"(.+?)(?:块|元)(?:(半)|([一二三四五六七八九\d])(?:角|毛)?([一二三四五六七八九\d])?)", said)
    if parts:
        whole = numbers_zh.read(parts[1])
        if whole is None:
            return None
        cents = 0.5 if parts[2] else _one_digit(parts[3]) / 10 + (_one_digit(parts[4]) / 100 if parts[4] else 0)
        return whole.low + cents, whole.high + cents
    parts = re.fullmatch(r"(.+?)(?:角|毛)([一二三四五六七八九\d])?", said)
    if parts:
        tenth = numbers_zh.read(parts[1])
        if tenth is None:
            return None
        cents = _one_digit(parts[2]) / 100 if parts[2] else 0
        return tenth.low / 10 + cents, tenth.high / 10 + cents
    if said.endswith("张"):
        notes = numbers_zh.read(said[:-1])
        return (notes.low * 100, notes.high * 100) if notes else None
    number = numbers_zh.read(said)
    return (number.low, number.high) if number else None


def _one_digit(said: str) -> int:
    found = numbers_zh.digits(said)
    return int(found) if found else 0
