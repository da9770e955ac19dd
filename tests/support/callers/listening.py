"""What a person takes from what she hears: which key is for what, what is asked, what a job is and pays.

No sentence of the line is known here, only how people speak: 找活按1 is a key for a purpose, 对不对 wants a yes or no, a number
before 岁 is an age. Words are looked for as loosely as a listener would.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tests.support.callers.mishearing import sound

_CLAUSE = re.compile(r"[,，。.;；:：!！?？、]")
_KEY = re.compile(
    r"按(?:一下)?(?P<key>[0-9]|[零一二两三四五六七八九](?![一二三四五六七八九十]|个|下)|星号|米字|井号)键?"
)
_KEYS = {
    **dict(zip("零一二三四五六七八九", "0123456789", strict=True)),
    "两": "2",
    "星号": "*",
    "米字": "*",
    "井号": "#",
}
_LEADS = re.compile(r"^(?:或者|或|请|要是|如果|想要|您说)+")
_TAILS = re.compile(r"(?:就请|就|请|也可以|可以|直接|或者|或|的话)+$")

NUMERAL = "零一二两三四五六七八九十百千万0-9"
_AGE = re.compile(rf"([{NUMERAL}]+)岁")
_WAGE = re.compile(
    rf"([{NUMERAL}]+)(?:块)?(?:到([{NUMERAL}]+))?(?:块|元)钱?(一天|一个月|一个钟头|一斤|一亩|一件|一趟|一车|一[^,。]?)?"
)
_PLACE = re.compile(r"[\u4e00-\u9fff]{2,6}?(?:村|社区|街道|镇|乡)")

YES_OR_NO = re.compile(r"对不对|对吗|对不\?|是不是|对按|同不同意|同意按|去不去|要不要|真的不去|还去不|还要听")
ASKED = {
    "name": re.compile(
        r"叫(?:啥子|什么|啥)名?|名字(?:是|叫)?(?:啥子|什么)|请说(?:您的)?名字|说一?下?您?的?名字|请说姓名"
    ),
    "age": re.compile(r"(?:好多|多少|几)岁|多大(?:年纪|岁数|了)|年纪是|按两个数字|比如.{1,5}岁"),
    "town": re.compile(r"(?:哪个|哪一个|什么|啥子)(?:乡镇|镇|乡)"),
    "village": re.compile(r"(?:哪个|哪一个|什么|啥子)(?:村|社区)|说村名|住在?哪"),
    "trade": re.compile(r"(?:做|干|找)(?:啥子|什么|哪样|啥)活|会做(?:啥子|什么)"),
    "days": re.compile(r"(?:哪些|哪几|哪)天.{0,3}(?:有空|得空|能来|去)|(?:什么时候|好久)有空"),
    "pay": re.compile(r"(?:一天)?.{0,3}(?:好多|多少)钱(?:才|一天|做)"),
    "wrong": re.compile(r"(?:哪样|哪里|哪点|什么|哪个)(?:不对|错)|您说对的|要改(?:哪|什么|啥)"),
    "again": re.compile(r"再说一遍。|您再说|慢慢说"),
    "who": re.compile(r"本人.*(?:另外的人|家里|别人)|电话是您的"),
    "message": re.compile(r"留(?:个|一个)?话|请说[,。]?说完"),
    "hiring": re.compile(r"要几个人|请几个人|请人做|给好多钱"),
}
LOST = re.compile(r"没(?:有)?听(?:懂|清|到)|没得这个键|没有这个键|不懂|听不清")
PROMISED = re.compile(r"打回来|打给您|回您(?:电话|话)|给您回(?:电话|话)|话留到|留言")
PLACE_NAME = re.compile(r"(?:村|社区|街道|镇|乡|居委会|别处|其他地方)$")


@dataclass(frozen=True)
class Option:
    """找活按1 → words 找活, key 1; `until`: how much of the text one has to hear to know it."""

    words: str
    key: str
    until: int


@dataclass(frozen=True)
class Job:
    """A job as it was read out: all its words, and its pay by the day if it is paid by the day (yuan)."""

    words: str
    day_pay: tuple[int, int] | None

    @property
    def pays(self) -> bool:
        return bool(wages(self.words)) or "面议" in self.words


@dataclass(frozen=True)
class Heard:
    text: str
    options: tuple[Option, ...] = field(default=())

    def asks(self, what: str) -> bool:
        return bool(ASKED[what].search(self.text))

    @property
    def yes_or_no(self) -> bool:
        return bool(YES_OR_NO.search(self.text))

    @property
    def lost(self) -> bool:
        return bool(LOST.search(self.text))

    @property
    def places(self) -> tuple[Option, ...]:
        """Towns or villages to choose from."""
        named = tuple(option for option in self.options if PLACE_NAME.search(option.words))
        return named if named and not self.option(r"要去|不去|对$") else ()

    @property
    def offers_a_job(self) -> bool:
        """A job was read out and she is asked whether she goes."""
        wants = self.option(r"^(?:要去|去|我去|接|要)$|您?说要去|要去") or "去不去" in self.text
        return bool(wants) and not self.option(r"^(?:找活|登记)") and "真的不去" not in self.text

    def option(self, *purposes: str) -> Option | None:
        """The key whose purpose fits the first of the patterns that fits any."""
        for purpose in purposes:
            for option in self.options:
                if re.search(purpose, option.words):
                    return option
        return None

    @property
    def job(self) -> Job:
        told = "。".join(
            part
            for part in self.text.split("。")
            if not re.search(r"您要的|记到|听到的是|比如|我一个一个说|个活$", part)
        )
        by_day = [wage for wage in wages(told) if wage[2] == "一天"]
        return Job(told, by_day[-1][:2] if by_day else None)

    @property
    def ages(self) -> list[int]:
        told = "。".join(part for part in self.text.split("。") if "比如" not in part and "才能登记" not in part)
        return [age for found in _AGE.findall(told) if (age := number(found)) is not None]


def hear(text: str) -> Heard:
    """What is to be understood of everything said in one turn."""
    options: dict[str, Option] = {}
    before, place = "", 0
    for clause in _CLAUSE.split(text):
        end = place + len(clause)
        for found in _KEY.finditer(clause):
            if "再按" in clause or ("比如" in before + clause[: found.start()] and "岁" in before + clause):
                continue  # 就按5再按8 is how to press, not what for
            words = _TAILS.sub("", _LEADS.sub("", clause[: found.start()].strip()))
            words = words or clause[found.end() :].strip() or _LEADS.sub("", before)
            key = _KEYS.get(found["key"], found["key"])
            options.pop(key, None)
            options[key] = Option(words, key, end)
        if clause.strip():
            before = clause.strip()
        place = end + 1
    return Heard(text, tuple(options.values()))


def number(said: str) -> int | None:
    """一百二 → 120, 五十八 → 58, 120 → 120; None for what is no number."""
    if said.isdigit():
        return int(said)
    total = current = 0
    last = 1
    for sign in said:
        if sign in "十百千万":
            unit = {"十": 10, "百": 100, "千": 1000, "万": 10_000}[sign]
            total += max(current, 1) * unit if sign != "万" else (total + current) * (unit - 1) + current
            current, last = 0, unit
        elif sign in "零一二两三四五六七八九":
            current = "零一二三四五六七八九".find(sign) if sign != "两" else 2
            last = 1 if sign == "零" else last
        else:
            return None
    # 一百二: the last unit is left out.
    return total + (current * last // 10 if total and last >= 100 and current else current)


def wages(text: str) -> list[tuple[int, int, str]]:
    """Every wage in the text as (from, to, by what), in yuan."""
    found = []
    for low, high, unit in _WAGE.findall(text):
        first, last = number(low), number(high or low)
        if first is not None and last is not None:
            found.append((first, last, unit))
    return found


def places(text: str) -> list[str]:
    return _PLACE.findall(text)


def sounds_in(words: str, text: str) -> bool:
    """Whether somebody listening hears `words` in the text, however they would be written."""
    return f" {sound(words)} " in f" {sound(text)} "
