"""Phone and ID-card numbers, typed or said digit by digit (幺三八 …), and how to hide them before the dialogue engine.

Validity of fixed and mobile numbers: phonenumbers' metadata for China. Demo numbers (100 0xxx xxxx), which no carrier
issues, count as numbers too, so that the demo county can be tried. ID cards: GB 11643 check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

import phonenumbers

# Carriers reissue a cancelled number after so long: one that was silent for it may be somebody else's (T4).
REISSUED_AFTER = timedelta(days=90)

PHONE_PLACEHOLDER = "19900000000"
ID_PLACEHOLDER = "110101190001010000"
_SPOKEN = {
    **{c: str(i) for i, c in enumerate("零一二三四五六七八九")},
    "〇": "0", "○": "0", "洞": "0", "幺": "1", "腰": "1", "妖": "1", "两": "2", "拐": "7", "勾": "9",
}  # fmt: skip
_CHAR = r"[0-9零〇○洞一幺腰妖二两三四五六七八九拐勾]"
_RUN = re.compile(r"(?:\+\s?86[-\s]?|0086[-\s]?)?\(?" + _CHAR + r"(?:[\s\-—·.,，、()]{0,2}" + _CHAR + r"){6,40}[xX]?")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


@dataclass(frozen=True, slots=True)
class Secret:
    """text[start:end] is a `phone` or an `id` number; `digits` is its normal form."""

    start: int
    end: int
    kind: str
    digits: str


def find(text: str) -> list[Secret]:
    """Return the phone and ID numbers in `text`, left to right, never overlapping."""
    found: list[Secret] = []
    for match in _RUN.finditer(text):
        found.extend(_in_run(text, match.start(), match.end()))
    return found


def is_id_number(digits: str) -> bool:
    """Say whether `digits` is a resident ID number with a right check digit (GB 11643)."""
    if not re.fullmatch(r"\d{17}[\dX]", digits):
        return False
    total = sum(int(d) * w for d, w in zip(digits[:17], _ID_WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == digits[17]


@lru_cache(maxsize=4096)
def is_phone(digits: str) -> bool:
    """Say whether national `digits` can be rung in China, or is a demo number."""
    if re.fullmatch(r"1000\d{7}", digits):
        return True
    if re.fullmatch(r"1[3-9]\d{9}", digits):
        return True
    if not re.fullmatch(r"0\d{9,11}", digits):
        return False
    return phonenumbers.is_valid_number(phonenumbers.parse(digits, "CN"))


def e164(digits: str) -> str | None:
    """Return `+86…` for a national number as `find` gives it, or None for one that cannot be rung."""
    if not is_phone(digits):
        return None
    return "+86" + (digits[1:] if digits.startswith("0") else digits)


def _in_run(text: str, start: int, end: int) -> list[Secret]:
    # Each digit with its place in the text, so that what is found can be cut out exactly.
    places: list[tuple[str, int]] = []
    groups: list[int] = []
    for at in range(start, end):
        char = text[at]
        digit = char if char.isascii() and char.isdigit() else _SPOKEN.get(char) or ("X" if char in "xX" else None)
        if digit is None:
            continue
        if not places or at != places[-1][1] + 1:
            groups.append(len(places))
        places.append((digit, at))
    said = "".join(digit for digit, _ in places)
    found: list[Secret] = []
    at = 0
    while at < len(said):
        hit = _at(said, at, groups)
        if hit is None:
            at += 1
            continue
        length, kind, digits = hit
        found.append(Secret(places[at][1], places[at + length - 1][1] + 1, kind, digits))
        at += length
    return found


def _at(said: str, at: int, groups: list[int]) -> tuple[int, str, str] | None:
    rest = said[at:]
    number = re.match(r"\d{17}[\dX]", rest)
    if number and is_id_number(number.group()):
        return 18, "id", number.group()
    if at == 0 and re.fullmatch(r"\d{15,41}X?", rest) and not re.match(r"1[3-9]\d{9}1[3-9]\d{9}", rest):
        repeated = _without_repeat(said, groups)
        if repeated:
            return len(rest), "phone", repeated
        if not re.match(r"(?:86)?1[3-9]\d{9}", rest) or len(rest) >= 15:
            # A long number that is no phone: an ID card misheard, a bank card. Hidden all the same.
            return len(rest), "id", rest
    repeated = _without_repeat(said, groups) if at == 0 and len(rest) > 11 else None
    if repeated:
        return len(rest), "phone", repeated
    for pattern, cut in ((r"(?:0086|86)(1[3-9]\d{9})", 1), (r"(1[3-9]\d{9}|1000\d{7})", 1)):
        number = re.match(pattern, rest)
        if number and (at == 0 or at in groups or len(rest) == number.end()):
            return number.end(), "phone", number.group(cut)
    # A fixed line must be the whole run: 0 begins many other numbers.
    if at in (0, *groups):
        number = re.match(r"0\d{9,11}$", rest)
        if number and is_phone(number.group()):
            return number.end(), "phone", number.group()
    return None


def _without_repeat(said: str, groups: list[int]) -> str | None:
    """Read 一三八 一三八零零 … : a speaker who starts a group again means it once."""
    parts = [said[a:b] for a, b in zip(groups, [*groups[1:], len(said)], strict=True)]
    for at in range(len(parts) - 1):
        if parts[at + 1].startswith(parts[at]):
            candidate = "".join(parts[:at] + parts[at + 1 :])
            if re.fullmatch(r"1[3-9]\d{9}", candidate):
                return candidate
    return None


_E164 = re.compile(r"\+[1-9]\d{6,14}")
# What carriers put in the place of a withheld number: ANONYMOUS, RESTRICTED, BLOCKED, UNKNOWN, UNAVAILABLE on a keypad.
# Source: Twilio, "How do I know if a caller's number is blocked or withheld".
WITHHELD = frozenset({"+266696687", "+7378742833", "+2562533", "+8656696", "+86282452253"})


def to_e164(sent: str) -> str | None:
    """Return the number a carrier sent as E.164, or None for what is none (anonymous, a short code).

    Any plausible number is taken: whether it exists is the carrier's business, not ours.
    """
    number = re.sub(r"[\s()-]", "", sent)
    return number if _E164.fullmatch(number) and number not in WITHHELD else None
