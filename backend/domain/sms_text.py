"""How many parts a text is billed as, and the budget it has to keep (M01)."""

from __future__ import annotations

SINGLE, JOINED = 70, 67  # UTF-16 code units of one part alone, and of each part of several
TWO_SEGMENTS = 2 * JOINED


def length(text: str) -> int:
    """UTF-16 code units: a rare character or an emoji counts two."""
    return len(text.encode("utf-16-le")) // 2


def segment_count(text: str) -> int:
    """Return how many SMS parts `text` is billed as.

    UCS-2: one part ≤70 UTF-16 code units, else 67 per part; an emoji counts two.
    Source: Twilio glossary, "UCS-2 character encoding".
    """
    units = length(text)
    return 1 if units <= SINGLE else -(-units // JOINED)


def cut(text: str, units: int) -> str:
    """`text` shortened to `units` code units, with … where something is missing."""
    if length(text) <= units:
        return text
    kept = ""
    for character in text:
        if length(kept + character) > units - 1:
            break
        kept += character
    return kept + "…"
