"""Numbers as people say and type them here: 两百五, 1百5, ２００, 廿, 五十有八, 百把, 一百五六.

Everything is read from text after `clean_text` (full width and circled forms are plain digits by then).
Source of the elliptical forms: vocabulary §4.2 (两百五 is 250, 千二 is 1200: the last unit is left out).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_DIGITS = {
    **{c: i for i, c in enumerate("零一二三四五六七八九")},
    **{c: i for i, c in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    "○": 0, "两": 2, "俩": 2, "仨": 3, "幺": 1,
}  # fmt: skip
_UNITS = {
    "十": 10,
    "拾": 10,
    "k": 1000,
    "K": 1000,
    "百": 100,
    "佰": 100,
    "千": 1000,
    "仟": 1000,
    "万": 10_000,
    "亿": 100_000_000,
}
_TENS = {"廿": "二十", "卅": "三十", "卌": "四十"}

_CN = "零〇○一二两俩三仨四五六七八九十百千万亿廿卅卌壹贰叁肆伍陆柒捌玖拾佰仟"
_DIGIT_CHARS = "零〇○一二两三四五六七八九壹贰叁肆伍陆柒捌玖"


def number_pattern(one: str = "一") -> str:
    """Return the regex of one spoken or typed number; `one` replaces 一 where a reader must tell 两百 + 一天.

    Longest alternatives first: a regex takes the first that fits.
    """
    char = "(?:[" + _CN.replace("一", "") + "]|" + one + ")"
    return (
        r"(?:千儿八百|千把八百|百八十(?=块|元|来)|[百千万]把|百十来|百十(?=块|元|个)|上[百千万]"
        # 18:00,2800 is a time and an amount; 5,000 is one number.
        r"|(?<![\d:：.,])[1-9]\d{0,2}(?:,\d{3})+(?!\d)(?:\.\d+)?"
        r"|\d+(?:\.\d+)?(?:[百千万佰仟]|[kK](?![a-zA-Z]))(?:\d+(?:[百千佰仟]\d*)?|" + char + r"+)?"
        r"|\d+(?:\.\d+)?"
        r"|" + char + r"+(?:有[一二三四五六七八九])?(?:点[" + _DIGIT_CHARS + r"]+(?=万))?万?)"
        r"(?:来(?=[个天块元斤亩名位岁年]|$)|[多余]|几(?=[个天块元斤号名位岁年]|$))?"
    )


NUMBER = number_pattern()
_NUMBER_RE = re.compile(NUMBER)

_VAGUE = {
    "千儿八百": (800, 1000), "千把八百": (800, 1000), "百八十": (80, 100), "百把": (100, 100), "千把": (1000, 1000),
    "万把": (10_000, 10_000), "百十来": (100, 100), "百十": (100, 100), "上百": (100, 100), "上千": (1000, 1000),
    "上万": (10_000, 10_000),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Number:
    """One number: `low == high` unless a range was said; `vague` for 一百多, 十来, 百把."""

    low: float
    high: float
    vague: bool = False


def read(said: str) -> Number | None:
    """Read one number in any form, or None: 两百五 → 250, 两三百 → 200-300, 百五两百 → 150-200."""
    said = said.strip().replace(",", "")
    if not said or len(said) > 40:
        return None
    if said in _VAGUE:
        low, high = _VAGUE[said]
        return Number(low, high, vague=True)
    vague = said[-1] in "来多余"
    if said.endswith("几"):
        base = _plain(said[:-1])
        # 二十几: twenty to twenty-nine; the step is the last unit said.
        return Number(base, base + _last_unit(said[:-1]) - 1, vague=True) if base else None
    if vague:
        said = said[:-1]
    pair = _pair(said)
    if pair is not None:
        return Number(*pair)
    value = _plain(said)
    if value is not None:
        return Number(value, value, vague)
    split = _two_numbers(said)
    return Number(*split) if split else None


def value(said: str) -> int | float | None:
    """Return the single value of `said`, or None for no number or a range."""
    number = read(said)
    if number is None or number.low != number.high:
        return None
    return tidy(number.low)


def tidy(amount: float) -> int | float:
    """Return an int where the amount is whole, else a float without binary noise (0.15, not 0.15000000000000002)."""
    amount = round(amount, 4)
    return int(amount) if amount == int(amount) else amount


def text_of(amount: float) -> str:
    """Write an amount in plain digits: 200.0 → "200", 0.80 → "0.8"."""
    return str(tidy(amount))


def digits(said: str) -> str | None:
    """Read a number said digit by digit (幺三八, 一三零, 66): only digits, or None when a unit word is in it."""
    out = []
    for char in said:
        if char.isdigit() and char.isascii():
            out.append(char)
        elif char in _DIGITS:
            out.append(str(_DIGITS[char]))
        else:
            return None
    return "".join(out) or None


def find(text: str) -> list[tuple[int, int, Number]]:
    """Return every number in `text` with its place, left to right."""
    found = []
    for match in _NUMBER_RE.finditer(text):
        number = read(match.group())
        if number is not None:
            found.append((match.start(), match.end(), number))
    return found


def _last_unit(said: str) -> int:
    for char in reversed(said):
        if char in _UNITS:
            return _UNITS[char]
    stripped = said.rstrip("0")
    return int(max(10 ** (len(said) - len(stripped)), 1))


def _tokens(said: str) -> list[tuple[str, float]] | None:
    for short, long in _TENS.items():
        said = said.replace(short, long)
    tokens: list[tuple[str, float]] = []
    at = 0
    while at < len(said):
        char = said[at]
        number = re.match(r"\d+(?:\.\d+)?", said[at:])
        if number:
            tokens.append(("digit", float(number.group())))
            at += number.end()
            continue
        if char in _UNITS:
            tokens.append(("unit", _UNITS[char]))
        elif char in "零〇○":
            tokens.append(("zero", 0))
        elif char in _DIGITS:
            tokens.append(("digit", _DIGITS[char]))
        elif char == "点":
            tokens.append(("point", 0))
        elif char == "有" and tokens and tokens[-1] == ("unit", 10):
            pass
        else:
            return None
        at += 1
    return tokens


def _plain(said: str) -> float | None:
    """Value of one exact number, elliptical forms included; None when it is not one number."""
    if re.fullmatch(r"\d+(?:\.\d+)?", said):
        return float(said)
    tokens = _tokens(said)
    if not tokens:
        return None
    kinds = [kind for kind, _ in tokens]
    if "point" in kinds:
        return _with_point(said)
    if "unit" not in kinds:
        # Digits one after another: 五八 is 58, 二零零 is 200.
        if len(tokens) == 1 or all(v < 10 for _, v in tokens):
            joined = "".join(str(int(v)) for _, v in tokens)
            return float(joined)
        return None
    return _with_units(tokens)


def _with_point(said: str) -> float | None:
    whole, _, rest = said.partition("点")
    scale = 1
    if rest and rest[-1] in _UNITS:
        scale, rest = _UNITS[rest[-1]], rest[:-1]
    left, right = _plain(whole), digits(rest)
    return None if left is None or right is None else float(f"{int(left)}.{right}") * scale


def _with_units(tokens: list[tuple[str, float]]) -> float | None:
    total = section = 0.0
    pending: float | None = None
    last_unit, after_zero, highest = 0.0, False, float("inf")
    for kind, number in tokens:
        if kind == "digit":
            if pending is not None:
                return None
            pending = number
        elif kind == "zero":
            if pending is not None:
                return None
            after_zero = True
        elif number >= 10_000:
            total += (section + (pending if pending is not None else 0) or 1) * number
            section, pending, last_unit, after_zero, highest = 0.0, None, number, False, float("inf")
        else:
            if number >= highest:
                return None
            section += (1 if pending is None else pending) * number
            pending, last_unit, after_zero, highest = None, number, False, number
    if pending is not None:
        # 两百五: the unit below the last one is left out; 一百零五 and 五十八 say theirs.
        short = last_unit >= 100 and not after_zero and pending < 10
        section += pending * (last_unit / 10 if short else 1)
    return total + section


def _pair(said: str) -> tuple[float, float] | None:
    """Read 两三百, 一百五六, 十七八, 三五个: two neighbouring digits said together name a range."""
    for match in re.finditer(r"[一二两三四五六七八九](?=[二两三四五六七八九])", said):
        at = match.start()
        low, high = _DIGITS[said[at]], _DIGITS[said[at + 1]]
        if high - low != 1 and (low, high) != (3, 5):
            continue
        before, after = said[:at], said[at + 2 :]
        if (before and before[-1] not in _UNITS) or (after and after[0] not in _UNITS):
            continue
        first, second = _plain(before + said[at] + after), _plain(before + said[at + 1] + after)
        if first is not None and second is not None and first < second:
            return first, second
    return None


def _two_numbers(said: str) -> tuple[float, float] | None:
    """Read 百五两百: two whole amounts side by side, the lower first."""
    for cut in range(1, len(said)):
        first, second = _plain(said[:cut]), _plain(said[cut:])
        if first and second and first >= 10 and first < second <= 3 * first and said[cut] in _DIGITS:
            return first, second
    return None
