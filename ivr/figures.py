"""Figures and hours in words, and how long something is when it is said."""

from __future__ import annotations

from collections.abc import Sequence

DIGITS = "零一二三四五六七八九"
LONGEST_SENTENCE, LONGEST_CHOICE = 20, 40  # characters (V01): a sentence; all that is said before a choice


def number_zh(value: int) -> str:
    """A whole number as it is said, 两 before 百千万: 120 → 一百二十; 2500 → 两千五百; 10005 → 一万零五."""
    if value < 0:
        return "负" + number_zh(-value)
    if value >= 10_000:
        high, low = divmod(value, 10_000)
        gap = "零" if 0 < low < 1000 else ""
        head = "两" if high == 2 else number_zh(high)
        return head + "万" + (gap + _below_10000(low) if low else "")
    return _below_10000(value)


def _below_10000(value: int) -> str:
    if value < 10:
        return DIGITS[value]
    if value < 20:
        return "十" + (DIGITS[value - 10] if value > 10 else "")
    out, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十")):
        digit, value = divmod(value, unit)
        if digit:
            out += ("零" if gap and out else "") + ("两" if digit == 2 and unit > 10 else DIGITS[digit]) + name
            gap = False
        elif out:
            gap = True
    return out + (("零" if gap else "") + DIGITS[value] if value else "")


def digits_zh(digits: str) -> str:
    """A number read digit by digit, as a phone number is: 1 is 幺."""
    return "".join("幺" if d == "1" else DIGITS[int(d)] for d in digits if d.isdigit())


def clock(text: str, lang: str) -> str:
    """07:30 → 早上七点半."""
    if lang == "en":
        return text
    hour, minute = int(text[:2]), int(text[3:5])
    part = ("凌晨" if hour < 5 else "早上" if hour < 9 else "上午" if hour < 12 else "中午" if hour < 13
            else "下午" if hour < 18 else "晚上")  # fmt: skip
    said = hour if hour <= 12 else hour - 12
    tail = "" if minute == 0 else "半" if minute == 30 else f"{'零' if minute < 10 else ''}{number_zh(minute)}分"
    return f"{part}{'两' if said == 2 else number_zh(said)}点{tail}"


def spoken_length(parts: Sequence[str]) -> int:
    return sum(1 for part in parts for character in part if character not in ",。,、;: ")
