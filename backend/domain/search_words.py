"""Words to search by in what was said: Chinese has no spaces, so every two neighbouring signs are one entry.

Both databases keep the same numbers and give the same answers. Digits are no words: a number is found by its last four
alone (T12), so that nobody reads off by trying what the page hides.
"""

from __future__ import annotations

import itertools
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from backend.domain.masking import numbers_in

SHORTEST, LONGEST, MOST = 2, 20, 6  # signs of one word; words of one search
_HALF = 1 << 31


@dataclass(frozen=True)
class Query:
    """`words` in their normal form; `too_short`: what is left is a single sign, which would find nearly everything."""

    words: tuple[str, ...] = ()
    too_short: bool = False


def read(asked: str) -> Query:
    """What somebody typed into the search box, as words; at least one of them has two signs."""
    words = [word[:LONGEST] for word in dict.fromkeys(_runs(_folded(asked[:400]))) if word][:MOST]
    if words and not any(len(word) >= SHORTEST for word in words):
        return Query((), too_short=True)
    return Query(tuple(words))


def tokens(text: str) -> set[int]:
    """The entries of a text: a number of 32 bits for every two neighbouring signs."""
    found: set[int] = set()
    for run in _runs(_folded(_without_numbers(text))):
        found.update(_token(one, two) for one, two in itertools.pairwise(run))
    return found


def entries(words: tuple[str, ...]) -> list[int]:
    """The entries a text must have to hold all of `words`."""
    return sorted({_token(one, two) for word in words for one, two in itertools.pairwise(word)})


def holds(text: str, word: str) -> bool:
    """Whether `word` (in its normal form) really stands in `text`."""
    return any(word in run for run in _runs(_folded(_without_numbers(text))))


def hits(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where `words` stand in `text` as it is shown: (start, end), in order, none over another."""
    folded = _folded(text)
    signs = "".join(sign for sign, _ in folded)
    found: list[tuple[int, int]] = []
    for word in words:
        at = signs.find(word)
        while at >= 0:
            found.append((folded[at][1], folded[at + len(word) - 1][1] + 1))
            at = signs.find(word, at + len(word))
    apart: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if not apart or start >= apart[-1][1]:
            apart.append((start, end))
    return apart


def _without_numbers(text: str) -> str:
    parts, at = [], 0
    for start, end, _ in numbers_in(text):
        parts += [text[at:start], " "]
        at = end
    return "".join([*parts, text[at:]])


def _folded(text: str) -> list[tuple[str, int]]:
    """Each sign in its plain form, with where it stands: full width is half width, capitals are small."""
    return [(plain, at) for at, sign in enumerate(text) for plain in _plain(sign)]


@lru_cache(maxsize=8192)
def _plain(sign: str) -> str:
    return unicodedata.normalize("NFKC", sign).casefold()


def _runs(folded: list[tuple[str, int]]) -> list[str]:
    """Signs that follow each other without a gap, a digit or a punctuation mark."""
    signs = [sign if sign.isalpha() else " " for sign, _ in folded]
    return "".join(signs).split()


def _token(one: str, two: str) -> int:
    return (((ord(one) & 0xFFFF) << 16) | (ord(two) & 0xFFFF)) - _HALF
