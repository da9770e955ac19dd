"""Identity and bank numbers inside a text: the line needs none of them and keeps none (PIPL 6)."""

from __future__ import annotations

import re
import unicodedata

_GAP = r"[ \t\u00a0\-—–_.·]{0,2}"


def _with_gaps(*signs: str) -> str:
    return _GAP.join(signs)


_IDENTITY = _with_gaps(
    "[1-9]", *[r"\d"] * 5, "(?:1" + _GAP + "9|2" + _GAP + "0)", r"\d", r"\d", rf"(?:0{_GAP}[1-9]|1{_GAP}[0-2])",
    rf"(?:0{_GAP}[1-9]|[12]{_GAP}\d|3{_GAP}[01])", r"\d", r"\d", r"\d", r"[\dXx]",
)  # fmt: skip
# A bank card as it is printed: in fours.
_CARD = r"\d{4}(?:[ \-]\d{4}){3}(?:[ \-]?\d{1,3})?"
# Fifteen digits and more without a gap are no phone number; as a decimal figure Excel keeps the first of them.
_LONG = r"\d{15,}[Xx]?(?:\.0+)?"
_DECIMAL = r"\d(?:\.\d{5,})?[eE]\+?(?:1[4-9]|[2-9]\d)"
_PRIVATE = re.compile(rf"(?<!\d)(?:{_LONG}|{_IDENTITY}|{_CARD})(?!\d)|(?<![\d.]){_DECIMAL}(?!\d)", re.ASCII)
LEFT_OUT = "（证件号或卡号，没有留）"


def has_private_number(text: str) -> bool:
    """Whether an identity or bank number stands in `text`, in whatever digits and gaps."""
    return _PRIVATE.search(_even(text)) is not None


def without_private_numbers(text: str) -> str:
    """`text` with every identity and bank number taken out; the rest then in half width; a text without any stays as it is.

    >>> without_private_numbers("张三 500114 19700101 0027")
    '张三 （证件号或卡号，没有留）'
    """
    even = _even(text)
    left = _PRIVATE.sub(LEFT_OUT, even)
    return text if left == even else left


def _even(text: str) -> str:
    return unicodedata.normalize("NFKC", text)
