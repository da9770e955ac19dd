"""A person's name as staff write it down: two characters or more, nothing but letters and the dot between parts."""

from __future__ import annotations

LONGEST_NAME = 20


def written_name(text: str) -> str | None:
    """`text` without spaces as it is kept, or None when it cannot be a name.

    >>> written_name("王 秀英")
    '王秀英'
    """
    name = "".join(text.split())
    if not 2 <= len(name) <= LONGEST_NAME or not all(sign.isalpha() or sign in "·-" for sign in name):
        return None
    return name
