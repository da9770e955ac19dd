"""Hide names and numbers in what staff read, until they are revealed for a reason (DESIGN §3.9, T12, T14)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable

# A run of seven or more digits as people type or say them: ASCII, full-width or Chinese, with gaps or dashes between.
_DIGIT = "0-9０-９零〇幺一二三四五六七八九"
_NUMBER = re.compile(rf"(?:\+?86[ -]?)?[{_DIGIT}](?:[ \-－—·.]{{0,2}}[{_DIGIT}]){{6,}}[xXＸ]?")
# Digits that are plainly something else: a day or a span of days, and an amount of money with its unit behind it.
_DAY = re.compile(r"20\d\d-[01]\d-[0-3]\d")
_AMOUNT = re.compile(r"[0-9]{1,5}(?:\.[0-9]{1,2})?[-－—][0-9]{1,5}(?:\.[0-9]{1,2})?")
_LONGEST_PHONE = 13  # with the country code; anything longer is an identity or bank number and keeps no digit


def mask_phone(number: str) -> str:
    """`+8610000001234` → `100****1234`; a short number keeps its last two digits."""
    digits = "".join(sign for sign in number if sign.isdigit())
    if len(digits) == 13 and digits.startswith("86"):
        digits = digits[2:]
    if len(digits) < 8:
        return "****" + digits[-2:]
    return f"{digits[:3]}****{digits[-4:]}"


def mask_name(name: str) -> str:
    """`王秀英` → `王**`; the family name alone stays."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def numbers_in(text: str) -> list[tuple[int, int, str]]:
    """Where phone, identity and bank numbers stand in a text, and what is shown in their place: (start, end, shown)."""
    found = []
    for match in _NUMBER.finditer(text):
        said = match.group()
        if _DAY.fullmatch(said) or (_AMOUNT.fullmatch(said) and text[match.end() :].lstrip()[:1] in {"元", "块"}):
            continue
        digits = re.sub(rf"[^{_DIGIT}]", "", said)
        if len(digits) > _LONGEST_PHONE:
            shown = "*" * 8
        else:
            shown = f"{digits[:3]}****{digits[-2:]}" if len(digits) < 11 else f"{digits[-11:-8]}****{digits[-4:]}"
        found.append((match.start(), match.end(), shown))
    return found


def mask_numbers(text: str) -> str:
    """Hide phone, identity and bank numbers inside a text."""
    parts, at = [], 0
    for start, end, shown in numbers_in(text):
        parts += [text[at:start], shown]
        at = end
    return "".join([*parts, text[at:]])


def mask_amount(said: str) -> str:
    """`150元` → `1**元`, `三千五` → `三**`: the first figure of every number stays, how much it is does not show."""
    longest = max((len(found) for found in _FIGURES.findall(said)), default=0)

    def hide(found: re.Match[str]) -> str:
        # The 一 of 一天 is no amount, unless it is all there is.
        return (
            found.group()
            if len(found.group()) == 1 < longest
            else found.group()[0] + "*" * max(1, len(found.group()) - 1)
        )

    return _FIGURES.sub(hide, said)


_FIGURES = re.compile(r"[0-9０-９]+(?:[.．][0-9０-９]+)?|[零〇幺一二两三四五六七八九十百千万半]+")


_DIGITS_ZH = str.maketrans("零〇幺一二三四五六七八九", "0011" + "23456789")


def long_numbers(text: str) -> list[str]:
    """The numbers in a text that are long enough to ring, or to be an identity or bank number, as they are written."""
    found = []
    for match in _NUMBER.finditer(_DAY.sub("｜", text)):
        digits = re.sub(r"\D", "", unicodedata.normalize("NFKC", match.group()).translate(_DIGITS_ZH))
        if len(digits) >= 11 or (len(digits) >= 10 and digits.startswith("0")):
            found.append(match.group().strip())
    return found


def mask_names(text: str, names: Iterable[str], by: Callable[[str], str] = mask_name) -> str:
    """Hide every one of `names` (two characters or more) wherever it stands in `text`."""
    for name in sorted({name for name in names if len(name) >= 2}, key=len, reverse=True):
        text = text.replace(name, by(name))
    return text
