"""What the intent model sees of a message: pieces of its words, and of its outline with every span replaced by its kind.

``我叫<person_name> 会<job_type>`` is the same outline for every name and trade, so a sentence frame seen once serves for
all. No Rasa import.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.components.lexicon import Lexicon

LONGEST_PIECE = 4
_BLANKS = re.compile(r"[\s，,。、；;！!~～]+")
_DIGITS = re.compile(r"\d+")
_COMMAND = re.compile(
    r"^[\s/／@]|[{}<>$\\|]|=|--|;|https?:|www\.|\b(?:select|drop|delete|insert|update|union|script|system|prompt|ignore|intent|action|utter|import|sudo|curl)\b",
    re.I,
)


def _pieces(text: str, mark: str, longest: int = LONGEST_PIECE) -> Iterable[str]:
    padded = "^" + text + "$"
    for size in range(1, longest + 1):
        for start in range(len(padded) - size + 1):
            yield mark + padded[start : start + size]


def outline(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """Return `text` with each span replaced by one character that stands for its entity."""
    result, last = [], 0
    for start, end, entity in sorted(spans):
        if start < last:
            continue
        result += [text[last:start], _sign(entity)]
        last = end
    result.append(text[last:])
    return "".join(result)


def _sign(entity: str) -> str:
    """Return a private-use character for an entity: stable over runs, so that saved models stay valid."""
    value = 0
    for character in entity:
        value = (value * 131 + ord(character)) % 6000
    return chr(0xE000 + value)


def intent_features(text: str, spans: list[tuple[int, int, str]], notions: Lexicon) -> set[str]:
    """Return the names of the features that hold for a message.

    `spans` are (start, end, entity); `notions` is the thesaurus, see `lexicon.read_notions`.
    """
    lowered = text.lower()
    plain = _DIGITS.sub("8", _BLANKS.sub("", lowered))
    features = set(_pieces(plain, "t:"))
    frame = _BLANKS.sub("", outline(lowered, spans))
    if spans:
        features.update(_pieces(_DIGITS.sub("8", frame), "o:", 5))
    features.add("first:" + frame[:1])
    features.add("last:" + frame[-2:])
    kinds = [entity for _, _, entity in sorted(spans)]
    features.update("e:" + entity for entity in kinds)
    features.update(f"ee:{a}+{b}" for a in set(kinds) for b in set(kinds) if a < b)
    features.add(f"spans:{min(len(kinds), 5)}")
    rest = len(_BLANKS.sub("", _outside(lowered, spans)))
    features.add(f"rest:{min(rest, 6)}")
    features.add(f"size:{min(len(plain) // 4, 8)}")
    if len(kinds) >= 1 and rest == 0:
        features.add("only-values")
    meant = sorted({notion for _, _, notion in notions.find(plain)})
    features.update("m:" + notion for notion in meant)
    features.update(f"mm:{a}+{b}" for place, a in enumerate(meant) for b in meant[place + 1 :])
    features.update(f"me:{notion}+{entity}" for notion in meant for entity in set(kinds))
    if _COMMAND.search(text):
        features.add("command")
    ascii_share = sum(c.isascii() and not c.isdigit() for c in plain) / max(1, len(plain))
    features.add(f"ascii:{int(ascii_share * 4)}")
    return features


def _outside(text: str, spans: list[tuple[int, int, str]]) -> str:
    kept = list(text)
    for start, end, _ in spans:
        kept[start:end] = [""] * (end - start)
    return "".join(kept)
