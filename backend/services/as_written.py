"""What staff write in their own words is kept whole or not at all."""

from __future__ import annotations

from backend.errors import TooLong


def as_written(text: str, most: int, field: str) -> str:
    """The text without the blanks around it. Raises `TooLong`: cut in silence, its end would be lost unseen."""
    text = text.replace("\r\n", "\n").strip()
    if len(text) > most:
        raise TooLong(field, most, len(text))
    return text
