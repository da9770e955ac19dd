"""What common words mean, as vectors: words never trained on stand near words that were. No Rasa import.

The vectors are a file of this folder, written once by `bot.tools.distil_words`; nothing is fetched when training or running.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

VECTORS = Path(__file__).resolve().parent / "word_vectors.npz"
LONGEST_WORD = 5


class WordVectors:
    """`sentence(text)` is the weighted mean of the vectors of the words in `text`, of length one (all zero without words).

    `vectors` is one int8 row per word, `weights` one number per word: rare words say more than common ones.
    """

    def __init__(self, words: list[str], vectors: np.ndarray, weights: np.ndarray) -> None:
        self._index = {word: row for row, word in enumerate(words)}
        self._vectors = vectors
        self._weights = weights.astype(np.float32)
        self.size = vectors.shape[1]

    @classmethod
    def read(cls, path: Path = VECTORS) -> WordVectors:
        with np.load(path, allow_pickle=False) as arrays:
            words = arrays["words"].tobytes().decode("utf-8").split("\n")
            return cls(words, arrays["vectors"], arrays["weights"])

    def sentence(self, text: str) -> np.ndarray:
        """Return a float32 vector of `size` numbers."""
        rows = self._rows(text)
        if not rows:
            return np.zeros(self.size, np.float32)
        mean = (self._vectors[rows].astype(np.float32) * self._weights[rows, None]).sum(0)
        return mean / max(1e-6, float(np.linalg.norm(mean)))

    def _rows(self, text: str) -> list[int]:
        """Return the longest word at each place, overlaps included, and single characters that no word covers."""
        rows: list[int] = []
        covered_to = 0
        for start, character in enumerate(text):
            for size in range(min(LONGEST_WORD, len(text) - start), 1, -1):
                row = self._index.get(text[start : start + size])
                if row is not None:
                    rows.append(row)
                    covered_to = max(covered_to, start + size)
                    break
            else:
                row = self._index.get(character)
                if row is not None and start >= covered_to:
                    rows.append(row)
        return rows
