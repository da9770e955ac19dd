"""The file of reviewed sentences as training reads it: what is usable in it, what is learnt and what is kept back as an exam.

The file is Rasa's own form, so that a person can read and compare it; nothing in it is trusted: whatever is not a sentence
of a known intent with values of known kinds is left out (T17).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

import yaml

# Sentences longer than a message can be, and more of them than are read in an evening, are somebody's mistake.
LONGEST, MOST = 500, 50_000
# Fewer than this are all learnt: an exam of one sentence says nothing.
EXAM_FROM = 10
EXAM_SHARE = 5
# One sentence among thirty thousand moves little: a message read wrongly at 0.86 was still at 0.72 after it was learnt once,
# and right at 0.97 when it was learnt as people say it six times over (the engine drops what is word for word the same).
SAID = ("{}", "嗯 {}", "诶 {}", "那个 {}", "{}嘛", "{}哈")
_MARK = re.compile(r"\[([^\[\]]+)\]\(([a-z_]+)\)")


@dataclass(frozen=True, order=True)
class Example:
    """One reviewed sentence; `marked` is Rasa's: `我今年[五十八](age)`."""

    intent: str
    marked: str

    @property
    def text(self) -> str:
        return _MARK.sub(r"\1", self.marked)

    @property
    def entities(self) -> frozenset[tuple[str, str]]:
        """(entity, words)"""
        return frozenset((kind, words) for words, kind in _MARK.findall(self.marked))

    @property
    def hash(self) -> str:
        return hashlib.sha256(f"{self.intent}\0{self.marked}".encode()).hexdigest()[:16]

    @property
    def is_exam(self) -> bool:
        """Every fifth, by its words, so that a new sentence moves no other from the exam to the lesson."""
        return zlib.crc32(self.text.encode()) % EXAM_SHARE == 0


def read(content: str, intents: Collection[str], kinds: Collection[str]) -> list[Example]:
    """The usable sentences of a reviewed.yml in a fixed order, each once. Raises `ValueError` when it is no such file."""
    if not content.strip():
        return []
    try:
        found = yaml.safe_load(content)
    except (yaml.YAMLError, RecursionError) as problem:
        raise ValueError("not YAML") from problem
    if found is None:
        return []
    blocks = found.get("nlu") if isinstance(found, dict) and found.keys() & {"nlu", "version"} else "none"
    if not isinstance(blocks, list | None):
        raise ValueError("no list `nlu`")
    examples = {example for block in blocks or () for example in _of(block, intents, kinds)}
    return sorted(examples)[:MOST]


def _of(block: Any, intents: Collection[str], kinds: Collection[str]) -> Iterable[Example]:
    if not isinstance(block, dict) or block.get("intent") not in intents or not isinstance(block.get("examples"), str):
        return
    for line in block["examples"].splitlines():
        marked = line.strip().removeprefix("-").strip()
        plain = _MARK.sub(r"\1", marked)
        if not line.strip().startswith("-") or not plain or len(plain) > LONGEST or plain.startswith(("/", "／")):
            continue
        # A bracket that is left is another kind of mark: groups, synonyms, values. Ours has none of these.
        if any(sign in plain for sign in "[]{}") or {kind for _, kind in _MARK.findall(marked)} - set(kinds):
            continue
        yield Example(block["intent"], marked)


def split(examples: list[Example]) -> tuple[list[Example], list[Example]]:
    """(to be learnt, kept back as an exam)"""
    if len(examples) < EXAM_FROM:
        return list(examples), []
    return [one for one in examples if not one.is_exam], [one for one in examples if one.is_exam]


def as_items(examples: Iterable[Example]) -> str:
    """The sentences as further items of the list `nlu:` of a training file, each in the ways of `SAID`."""
    by_intent: dict[str, list[str]] = {}
    for example in sorted(examples):
        by_intent.setdefault(example.intent, []).extend(way.format(example.marked) for way in SAID)
    return "".join(
        f"  - intent: {intent}\n    examples: |\n" + "".join(f"      - {marked}\n" for marked in sentences)
        for intent, sentences in by_intent.items()
    )
