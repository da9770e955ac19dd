"""Known words of the trade, found in a message by longest match.

Reads the dictionaries in ``bot/dictionaries/*.tsv`` (columns word, entity, value, source); only word and entity are used
here, because values are computed by the backend. No Rasa import: the tests run without it.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import yaml

NOTIONS = Path(__file__).resolve().parent / "thesaurus.yml"
DICTIONARIES = Path(__file__).resolve().parent.parent / "dictionaries"
# Not words of a message: repairs, and names of services the backend knows for its own purposes.
SKIPPED = ("slip", "service")
PATTERN_SUFFIX = "_pattern"


class Match(NamedTuple):
    start: int
    end: int
    entity: str


class Lexicon:
    """Words by entity, with longest-match search.

    Errors: none for any text; an empty lexicon finds nothing.
    """

    def __init__(self, words: Iterable[tuple[str, str]]) -> None:
        self._entities: dict[str, tuple[str, ...]] = {}
        for word, entity in words:
            known = self._entities.get(word, ())
            if entity not in known:
                self._entities[word] = (*known, entity)
        # Lengths to try by first character, longest first.
        lengths: dict[str, set[int]] = {}
        for word in self._entities:
            lengths.setdefault(word[0], set()).add(len(word))
        self._lengths = {first: sorted(sizes, reverse=True) for first, sizes in lengths.items()}

    def __len__(self) -> int:
        return len(self._entities)

    def words(self) -> list[tuple[str, str]]:
        """Return (word, entity) pairs, sorted: what a model is saved with."""
        return sorted((word, entity) for word, entities in self._entities.items() for entity in entities)

    def find(self, text: str) -> list[Match]:
        """Return the longest matches in `text`; matches of one entity never overlap, those of two may."""
        found: list[Match] = []
        free_from: dict[str, int] = {}
        for start, character in enumerate(text):
            for size in self._lengths.get(character, ()):
                entities = self._entities.get(text[start : start + size])
                for entity in entities or ():
                    if free_from.get(entity, 0) <= start and len(text) >= start + size:
                        found.append(Match(start, start + size, entity))
                        free_from[entity] = start + size
        return found


def expand(pattern: str) -> list[str]:
    """Return the words a pattern stands for: ``摘|下+李子|桃子+采摘|的`` → 摘李子, 下李子 … 李子采摘, 桃子的 …

    Heads before the object, objects, tails after it; a part may be empty.
    """
    heads, objects, tails = ([part for part in side.split("|") if part] for side in [*pattern.split("+"), "", ""][:3])
    return [head + thing for head in heads for thing in objects] + [thing + tail for thing in objects for tail in tails]


def read_dictionaries(folder: Path = DICTIONARIES) -> Lexicon:
    """Return every dictionary of `folder` as one lexicon."""
    words: list[tuple[str, str]] = []
    for path in sorted(folder.glob("*.tsv")):
        for line in path.read_text(encoding="utf-8").splitlines()[1:]:
            columns = line.split("\t")
            if len(columns) < 2 or not columns[0] or columns[0].startswith("#") or columns[1] in SKIPPED:
                continue
            word, entity = columns[0].strip(), columns[1].strip()
            if entity.endswith(PATTERN_SUFFIX):
                words += [(made, entity[: -len(PATTERN_SUFFIX)]) for made in expand(word)]
            elif word:
                words.append((word, entity))
    return Lexicon(words)


def read_notions(path: Path = NOTIONS) -> Lexicon:
    """Return the thesaurus: words by the notion they share."""
    notions = yaml.safe_load(path.read_text(encoding="utf-8"))
    return Lexicon((word, notion) for notion, words in notions.items() for word in words.split())
