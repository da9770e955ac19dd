"""One cell of a ledger, as village staff fill it in, to a value of the library and back (L03, W01, E01).

A cell comes as Excel keeps it: text, number, truth, date or time. Every reader returns None for an empty one and raises
`BadCell` with one plain sentence for anything it cannot be sure of: nothing is guessed, somebody is asked.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time

from backend.domain import clock_zh, lexicon, pay, phone, wages
from backend.domain.ledger_words import LABELS, NO, PAY_UNITS, YES, Words, code_for, word_for
from backend.domain.private_numbers import has_private_number
from backend.domain.written_names import written_name

Cell = str | int | float | bool | date | datetime | time | None
HIDDEN = "●●"  # stands in an export where the reader may not see what is written
MOST_YUAN = 1_000_000
_COARSE = re.compile(r"[、,，;；\s]+")
_APART = re.compile(r"[、,，;；/|\s]+|和(?=\S)")
_INVISIBLE = frozenset({"Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp"})


class BadCell(ValueError):
    """What is wrong with a cell, as one sentence for the person who filled it in."""

    @property
    def reason(self) -> str:
        return str(self.args[0])


def shown(value: Cell) -> str:
    """The cell as a reader of a list sees it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time(0) else value.isoformat(" ", "minutes")
    return str(value)


def words(value: Cell, longest: int = 200) -> str | None:
    """Free text: no invisible signs, one kind of space, at most `longest` characters, no identity or bank number."""
    text = _visible(value)
    if len(text) > longest:
        raise BadCell(f"太长了，最多{longest}个字")
    if has_private_number(text):
        raise BadCell("里面有证件号或者银行卡号。热线不留这些，请删掉再传")
    return text or None


def sized(value: Cell, fewest: int, most: int) -> str | None:
    """Free text of so many characters."""
    text = words(value, most)
    if text is not None and len(text) < fewest:
        raise BadCell(f"太短了，最少{fewest}个字")
    return text


def _visible(value: Cell) -> str:
    seen = "".join(
        " " if sign in "\t\r\n" else "" if unicodedata.category(sign) in _INVISIBLE else sign for sign in shown(value)
    )
    return unguarded(re.sub(r"\s+", " ", seen).strip())


def plain(value: Cell) -> str:
    """What is compared: half-width, without spaces."""
    text = _visible(value)
    if len(text) > 500:
        raise BadCell("太长了，最多500个字")
    return re.sub(r"\s+", "", unicodedata.normalize("NFKC", text))


# -- formulas ----------------------------------------------------------------------------------------------------
# A text that begins so would be reckoned, or run, by the program that opens the file.
_STARTS_A_FORMULA = frozenset("=+-@\t\r\n＝＋－＠")


def guarded(text: str) -> str:
    """`text` for a cell: what a program could take for a formula gets an apostrophe in front.

    >>> guarded("=1+1")
    "'=1+1"
    """
    return f"'{text}" if text[:1] in _STARTS_A_FORMULA or text[:2] == "''" else text


def unguarded(text: str) -> str:
    """The inverse of `guarded`."""
    return text[1:] if text[:1] == "'" and (text[1:2] in _STARTS_A_FORMULA or text[1:2] == "'") else text


# -- persons -----------------------------------------------------------------------------------------------------
def name(value: Cell) -> str | None:
    text = plain(value)
    if not text:
        return None
    if "*" in text or "●" in text:
        raise BadCell("姓名是遮住的，存不进来。请用没有遮住的表")
    found = written_name(text)
    if found is None:
        raise BadCell("不像人的姓名：要两个字以上，只能写字")
    return found


def of_whom(value: Cell, longest: int) -> str | None:
    """The name of an employer, an organisation or a person, as it is written."""
    text = words(value, longest)
    if text is not None and ("*" in text or "●" in text):
        raise BadCell("名称是遮住的，存不进来。请用没有遮住的表")
    return text


def number(value: Cell, *, abroad: bool = False) -> str | None:
    """A phone number of the mainland → E.164. `abroad`: one of elsewhere, with its +, as well."""
    text = plain(value).strip("'‘’")
    if not text:
        return None
    if "*" in text:
        raise BadCell("号码是遮住的，存不进来。请用没有遮住的表")
    if re.fullmatch(r"\d(?:\.\d+)?[eE]\+?\d+", text):
        raise BadCell("号码变成了科学记数。请把这一列设成“文本”，再重新填")
    if isinstance(value, float) or "." in text:
        # 1.38E+10 typed as a figure: Excel has filled the lost digits with noughts.
        text = re.sub(r"\.0+$", "", text)
        if re.search(r"0{7}$", text):
            raise BadCell("号码后面的数丢了。请把这一列设成“文本”，再重新填")
    digits = re.sub(r"[-—().]", "", text)
    if abroad and not digits.startswith("+86") and (foreign := phone.to_e164(digits)):
        return foreign
    if re.search(r"\d{7,}[/、,;|]\d{7,}", text):
        raise BadCell("一格只能写一个号码")
    if re.fullmatch(r"\d{17}[\dXx]", digits):
        raise BadCell("这是身份证号，不是电话号码")
    digits = re.sub(r"^(?:\+?86|0086)(?=1\d{10}$|0\d{9,11}$)", "", digits)
    if not digits.isdigit() or not digits.isascii():
        raise BadCell("号码里有别的字。只写数字，比如13812345678的样子")
    found = phone.e164(digits)
    if found is None:
        raise BadCell("不是能打通的号码，请对一对是不是11位")
    return found


def national(e164: str | None) -> str:
    """`+8613812345678` → 13812345678, as staff write it; a number of elsewhere as it is."""
    if not e164:
        return ""
    if not e164.startswith("+86"):
        return e164
    digits = e164.removeprefix("+86")
    return digits if len(digits) == 11 and digits.startswith("1") else f"0{digits}"


def aged(value: Cell) -> Cell:
    """A bare figure under a head that asks for the age: 58 → 58岁; anything else as it is."""
    text = plain(value) if isinstance(value, str) else shown(value)
    return f"{text}岁" if re.fullmatch(r"\d{1,3}(?:\.0+)?", text) else value


def birth_year(value: Cell, year: int) -> int | None:
    """A year of birth (1968, 68年, 1968年3月), or an age in years as of `year` that says so (58岁)."""
    if isinstance(value, date):
        return _worker_born(value.year, year)
    text = plain(value)
    if not text:
        return None
    if match := re.fullmatch(r"(\d{1,3})(?:\.0+)?(?:周?岁)", text):
        return _worker_born(year - int(match[1]), year)
    match = re.fullmatch(
        r"(\d{4}|\d\d(?=年))(?:\.0+)?年?(?:[年.\-/]?\d{1,2}(?:[月.\-/]\d{1,2}日?|月)?)?(?:生|出生)?", text
    )
    if match is None:
        # 58 is an age to one and a year to another.
        raise BadCell("看不懂：写出生年（1968），或者年龄（58岁）")
    told = int(match[1])
    if told < 100:  # 68年: of the two years it can mean, one is of working age
        told += 1900 if told + 1900 >= year - 100 else 2000
    return _worker_born(told, year)


def _worker_born(born: int, year: int) -> int:
    if not year - 100 <= born <= year - 16:
        raise BadCell("要满16岁，不超过100岁。请对一对")
    return born


# -- work --------------------------------------------------------------------------------------------------------
def parts(value: Cell) -> list[str]:
    """What stands in one cell, taken apart: 除草、摘果 → [除草, 摘果]."""
    text = unicodedata.normalize("NFKC", words(value, 500) or "")
    return [part for part in _APART.split(text) if part]


def trades(value: Cell) -> list[str] | None:
    """Kinds of work by name, code or as people call them → codes of job_types.csv."""
    found: list[str] = []
    for part in _COARSE.split(unicodedata.normalize("NFKC", words(value, 500) or "")):
        # Some names of the table hold a stroke themselves: 泥工/瓦工.
        found += _trades_of(part) or [code for finer in parts(part) for code in _trades_of(finer) or _unknown(finer)]
    return list(dict.fromkeys(found)) or None


def _trades_of(part: str) -> list[str]:
    names = {lexicon.job_name(code): code for code in lexicon.job_codes()}
    if part in names:
        return [names[part]]
    if part.upper() in names.values():
        return [part.upper()]
    return lexicon.search_job_codes(part) if not re.search(r"[/|]|和", part) else []


def _unknown(part: str) -> list[str]:
    raise BadCell(f"“{part[:12]}”不是热线认得的工种。看“填写说明”里的工种表")


def trade(value: Cell) -> str | None:
    found = trades(value)
    if found and len(found) > 1:
        raise BadCell("一行只写一个工种，几样活分成几行写")
    return found[0] if found else None


def named(value: Cell, table: Words) -> str | None:
    """One word of a short list → its code."""
    text = plain(value)
    if not text:
        return None
    code = code_for(table, text)
    if code is None:
        raise BadCell("只能填：" + "、".join(each[0] for each in table.values()))
    return code


def several(value: Cell, table: Words) -> list[str] | None:
    codes = [named(part, table) for part in parts(value)]
    return list(dict.fromkeys(code for code in codes if code)) or None


def labels(value: Cell) -> list[str] | None:
    """Hardship as it is claimed → G01 …; whether it is verified is never taken from a file (vocabulary §4.7)."""
    text = plain(value)
    if not text or text in ("无", "没有", "否", "非"):
        return None
    if "●" in text:
        raise BadCell("困难情况是遮住的，存不进来。请用没有遮住的表")
    found = []
    for part in parts(
        re.sub(r"[(（](?:已|没|未)核实[)）]", "", unicodedata.normalize("NFKC", words(value, 500) or ""))
    ):
        known = [entry.value for entry in lexicon.matcher("hardship").get(part)]
        code = code_for(LABELS, part) or (known[0] if known else None)
        if code is None:
            raise BadCell(f"“{part[:12]}”不认得。只能填：" + "、".join(each[0] for each in LABELS.values()))
        found.append(code)
    return list(dict.fromkeys(found)) or None


def labels_told(codes: dict[str, bool]) -> str:
    """The inverse: `{"G03": True, "G04": False}` → 低保或低收入（已核实）、残疾人（没核实）."""
    return "、".join(
        f"{word_for(LABELS, code)}（{'已核实' if verified else '没核实'}）" for code, verified in codes.items()
    )


_AMOUNT = r"(\d{1,10}(?:\.\d{1,2})?)"
_UNIT_WORDS = "|".join(sorted((word for each in PAY_UNITS.values() for word in each), key=len, reverse=True))
_PAY = re.compile(
    rf"[¥￥]?{_AMOUNT}元?(?:(?:-|~|—|–|至|到){_AMOUNT})?(?:元|块钱|块)?(以上|起|\+|以下|以内)?(?:(?:/|每|一|1)({_UNIT_WORDS}))?"
)
Pay = tuple[int | None, int | None, str | None]


def wage(value: Cell) -> Pay | None:
    """120/天, 150-200元一天, 0.8元/斤, 120以上/天, 200以下/天 → (fen from, fen to, unit); 面议 is (None, None, None)."""
    text = plain(value).removeprefix("约").removesuffix("左右")
    if not text:
        return None
    if text in ("面议", "商量", "可以商量", "面谈", "协商"):
        return None, None, None
    if re.match(r"[-−]\d", text):
        raise BadCell("工价不能是负数")
    if match := _PAY.fullmatch(text.replace(",", "")):
        low, high, more, unit = match.groups()
        told = f"{low}-{high}" if high and high != low else low
        code = code_for(PAY_UNITS, unit) if unit else None
        found: Pay = pay.to_fen(f"{told}/{code}" if code else told)
        if more:
            found = (None, found[1], code) if more in ("以下", "以内") else (found[0], None, code)
    else:
        spoken = [p for p in wages.find(text) if p.start == 0 and p.end == len(text)]
        if len(spoken) != 1:
            raise BadCell("看不懂工价。写成“120/天”“150-200/天”“0.8/斤”的样子，或者“面议”")
        found = pay.to_fen(spoken[0].value)
    return _in_bounds(found)


def _in_bounds(found: Pay) -> Pay:
    low, high, unit = found
    if any(fen is not None and not 0 < fen <= MOST_YUAN * 100 for fen in (low, high)):
        raise BadCell("工价要比0多，最多一百万元")
    if low is not None and high is not None and high < low:
        raise BadCell("工价后面的数不能比前面的小")
    return low, high, unit


def wage_told(low: int | None, high: int | None, unit: str | None) -> str:
    """The inverse of `wage`: (15000, 20000, "day") → 150-200元/天."""
    if low is None and high is None:
        return ""
    first = pay.yuan(low if low is not None else high or 0)
    amount = f"{first}-{pay.yuan(high)}元" if low is not None and high is not None and high != low else f"{first}元"
    more = "以上" if high is None else "以下" if low is None else ""
    return amount + more + (f"/{word_for(PAY_UNITS, unit)}" if unit else "")


# -- hours, figures ----------------------------------------------------------------------------------------------------
def clock(value: Cell) -> str | None:
    """07:30, a time cell, Excel's part of a day, 早上七点半 → HH:MM."""
    if isinstance(value, datetime):
        value = value.time()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, float) and 0 <= value < 1:
        minutes = round(value * 24 * 60) % (24 * 60)
        return f"{minutes // 60:02}:{minutes % 60:02}"
    text = plain(value)
    if not text:
        return None
    if match := re.fullmatch(r"(\d{1,2})[:.：](\d\d)(?::00)?|(\d{1,2})点?", text):
        hour, minute = int(match[1] or match[3]), int(match[2] or 0)
        if hour <= 23 and minute <= 59:
            return f"{hour:02}:{minute:02}"
        raise BadCell("没有这个钟点")
    told = [c for c in clock_zh.find(text) if c.start == 0 and c.end == len(text)]
    if len(told) != 1 or not re.fullmatch(r"\d\d:\d\d", told[0].value):
        raise BadCell("看不懂钟点。写成“07:30”的样子")
    return told[0].value


def whole(value: Cell, low: int, high: int) -> int | None:
    text = re.sub(r"[人名个位]$", "", plain(value))
    if not text:
        return None
    if re.fullmatch(r"[+-]?\d{1,12}(?:\.0+)?", text) is None:
        raise BadCell("要写一个整数")
    told = int(text.partition(".")[0])
    if not low <= told <= high:
        raise BadCell(f"要在{low}到{high}之间")
    return told


def yes_no(value: Cell) -> bool | None:
    text = plain(value).lower()
    if not text or text in ("没说", "不清楚", "不详"):
        return None
    if text in YES or text in NO:
        return text in YES
    raise BadCell("只填“是”或者“否”")


def yes_no_told(value: bool | None) -> str:
    return "" if value is None else "是" if value else "否"


Place = tuple[str, str]  # code and name


def place(value: Cell, find: Callable[[str], list[Place]]) -> str | None:
    """A village by its name → its division code; `find` gives those of one's own region that the name can mean."""
    text = plain(value)
    if not text:
        return None
    found = find(text)
    if not found:
        raise BadCell("您的辖区里没有这个地方，请写村（社区）的全名")
    if len(found) > 1:
        raise BadCell("有几个地方叫这个名字，请把镇名写在前面")
    return found[0][0]
