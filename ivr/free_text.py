"""Words of others (a posting's title, an address, a requirement) as they can be said: figures in words, signs as pauses."""

from __future__ import annotations

import re
import unicodedata

from ivr.figures import LONGEST_SENTENCE, clock, digits_zh, number_zh, spoken_length

_DATE = re.compile(r"(?<!\d)\d{4}[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(?!\d)")
_CLOCK = re.compile(r"(?<!\d)([01]?\d|2[0-4]):([0-5]\d)(?!\d)")
_SPAN = re.compile(r"(?<=\d)\s*[-~–—至]\s*(?=\d)")
_PERCENT = re.compile(r"(\d+)\s*%")
_DECIMAL = re.compile(r"(\d{1,9})\.(\d{1,3})(?!\d)")
_TWO_OF = re.compile(r"(?<!\d)2(?=[个名位天人件斤亩车趟班顿层])")
_NUMBER = re.compile(r"\d+")
_SILENT = re.compile(r"[^\u3400-\u9fffA-Za-z0-9,。]+")
_PAUSES = re.compile(r"[,。]*[,。][,。]*")
LONGEST_NUMBER = 5  # digits; a longer one is a telephone's or an account's and is read one by one
LONGEST_PIECE = 16  # characters
_INSIDE = re.compile(r".{2,6}?(?:特别行政区|自治区|自治州|自治县|街道|[省市区县镇乡])")
# Where an address or a long name can be broken for a breath.
_AFTER = re.compile(r"(?<=[省市区县镇乡村路街道号楼组厂场园社])")


def said(text: str, limit: int = 0) -> str:
    """`text` without a sign or figure that a voice would stumble over; at most `limit` characters when one is given.

    1-3号楼 → 一到三号楼; 2026-11-25 → 十一月二十五号; 8:30 → 早上八点半; 13912345678 → 幺三九…
    """
    words = unicodedata.normalize("NFKC", text)
    words = _DATE.sub(lambda m: f"{number_zh(int(m[1]))}月{number_zh(int(m[2]))}号", words)
    words = _CLOCK.sub(lambda m: clock(f"{int(m[1]):02d}:{m[2]}", "zh"), words)
    words = _SPAN.sub("到", words)
    words = _PERCENT.sub(lambda m: f"百分之{_figure(m[1])}", words)
    words = _DECIMAL.sub(lambda m: f"{_figure(m[1])}点{''.join(digits_zh(d).replace('幺', '一') for d in m[2])}", words)
    words = _TWO_OF.sub("两", words)
    words = _NUMBER.sub(lambda m: _figure(m[0]), words)
    words = _PAUSES.sub(lambda m: "。" if "。" in m[0] else ",", _SILENT.sub(",", words)).strip(",。")
    if not limit or len(words) <= limit:
        return words
    # Half a word after a pause says nothing: 摘脆红李,三(天).
    return re.sub(r"(?<=..)[,。][^,。]*$", "", words[:limit])


def _figure(digits: str) -> str:
    if len(digits) > LONGEST_NUMBER or (len(digits) > 1 and digits[0] == "0"):
        return digits_zh(digits)
    return number_zh(int(digits))


def in_breaths(text: str, lead: int = 0) -> str:
    """`text` cut by full stops into sentences of at most 20 characters (V01), between words where that can be seen.

    `lead`: how many characters were said before it in the same sentence.
    """
    out, run = "", lead
    for clause in re.split(r"([,。])", text):
        if clause in {",", "。"}:
            out, run = out + clause, 0 if clause == "。" else run
            continue
        for piece in [clause] if run + spoken_length([clause]) <= LONGEST_SENTENCE else _pieces(clause):
            length = spoken_length([piece])
            if run + length > LONGEST_SENTENCE and out:
                out, run = out.rstrip(",。") + "。", 0
            out, run = out + piece, run + length
    return out.strip(",。")


def nearest(name: str, limit: int) -> str:
    """A name of a place or an office without what it lies in, until it has at most `limit` characters.

    重庆市黔江区中塘镇零工驿站 → 中塘镇零工驿站: who is from here knows the county. Cut only where nothing else helps.
    """
    while len(name) > limit and (inside := _INSIDE.match(name)) and inside.end() < len(name):
        name = name[inside.end() :]
    return name[:limit]


def _pieces(clause: str) -> list[str]:
    """A clause broken after the words for a street or a house, and anywhere where there is none for too long."""
    parts = [part for part in _AFTER.split(clause) if part]
    return [part[at : at + LONGEST_PIECE] for part in parts for at in range(0, len(part), LONGEST_PIECE)]
