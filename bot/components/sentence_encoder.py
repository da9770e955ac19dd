"""What a whole message means, as one vector: messages put in other words stand near one another. No Rasa import.

A convolution over word pieces (universal-sentence-encoder-multilingual-3: pieces, windows of 2, 3 and 5 of them, mean)
cut down to what written Chinese needs. Its weights are a file of this folder, written once by `bot.tools.distil_encoder`;
nothing is fetched when training or running.
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import numpy as np
import yaml

ENCODER = Path(__file__).resolve().parent / "sentence_encoder.npz"
PLAIN_WORDS = Path(__file__).resolve().parent / "plain_words.yml"
# (pieces in a window, how many of them stand before the place) of the three branches.
WINDOWS = ((2, 0), (3, 1), (5, 2))
BEFORE, AFTER = 2, 2
BRANCH = 256
# Places calculated at once: enough to keep the processor busy, few enough to stay in its cache.
AT_ONCE = 512
UNKNOWN, BEGIN, END = 0, 1, 2
BLANK = "\u2581"
# Below the rarest piece, so that a character is unknown only where no piece covers it.
UNKNOWN_PENALTY = 10.0


def read_plain_words(path: Path = PLAIN_WORDS) -> dict[str, str]:
    """Return common Mandarin by dialect word."""
    table: dict[str, str] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {word: plain for plain, words in table.items() for word in words.split()}


class PlainWords:
    """`rewrite(text)` puts common Mandarin for dialect words, the longest first."""

    def __init__(self, words: dict[str, str]) -> None:
        self.words = words
        longest_first = sorted(words, key=lambda word: (-len(word), word))
        self._find = re.compile("|".join(map(re.escape, longest_first)) or "(?!)")

    def rewrite(self, text: str) -> str:
        return self._find.sub(lambda match: self.words[match[0]], text)


class Pieces:
    """Cuts text into the pieces of the encoder: the likeliest cut under a unigram model (Kudo 2018)."""

    def __init__(self, pieces: list[str], scores: np.ndarray) -> None:
        self._index = {piece: row for row, piece in enumerate(pieces)}
        self._scores = [float(score) for score in scores]
        self._unknown = min(self._scores) - UNKNOWN_PENALTY
        self._longest = max(len(piece) for piece in pieces)

    def cut(self, text: str) -> list[int]:
        """Return the rows of the pieces, with the marks for begin and end."""
        plain = BLANK + BLANK.join(unicodedata.normalize("NFKC", text).split())
        size = len(plain)
        best, came_from, piece = [0.0] + [-np.inf] * size, [0] * (size + 1), [UNKNOWN] * (size + 1)
        for start in range(size):
            least = best[start] + self._unknown
            if least > best[start + 1]:
                best[start + 1], came_from[start + 1], piece[start + 1] = least, start, UNKNOWN
            for end in range(start + 1, min(start + self._longest, size) + 1):
                row = self._index.get(plain[start:end])
                if row is not None and best[start] + self._scores[row] > best[end]:
                    best[end], came_from[end], piece[end] = best[start] + self._scores[row], start, row
        found, end = [END], size
        while end:
            found.append(piece[end])
            end = came_from[end]
        return [BEGIN, *reversed(found)]


class SentenceEncoder:
    """`encode(texts)` gives one float32 row of `size` numbers per text, centred, of length about one."""

    def __init__(self, arrays: dict[str, np.ndarray], plain: PlainWords) -> None:
        self.plain = plain
        self._pieces = Pieces(arrays["pieces"].tobytes().decode("utf-8").split("\n"), arrays["scores"])
        self._table, self._scale, self._low = arrays["table"], arrays["table_scale"], arrays["table_low"]
        self._w = {name: _matrix(arrays, name) for name in MATRICES}
        self._v = {name: arrays[name].astype(np.float32) for name in VECTORS}
        self.size = len(self._v["centre"])

    @classmethod
    def read(cls, path: Path = ENCODER, words: dict[str, str] | None = None) -> SentenceEncoder:
        """Read the weights of `path`; `words` are those of `plain_words.yml` where none are given."""
        plain = PlainWords(read_plain_words() if words is None else words)
        with np.load(path, allow_pickle=False) as arrays:
            return cls({name: arrays[name] for name in arrays.files}, plain)

    def encode(self, texts: list[str]) -> np.ndarray:
        result = np.empty((len(texts), self.size), np.float32)
        if not texts:
            return result
        cut = [self._pieces.cut(self.plain.rewrite(text)) for text in texts]
        # What depends on a piece alone is calculated once for all messages that have it.
        used, places = np.unique(np.concatenate(cut), return_inverse=True)
        pieces = self._alone(used)
        sizes = np.array([len(rows) for rows in cut])
        starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
        first = 0
        while first < len(texts):
            last = max(first + 1, int(np.searchsorted(starts, starts[first] + AT_ONCE)))
            flat = places[starts[first] : starts[last - 1] + sizes[last - 1]]
            result[first:last] = self._encode(pieces, flat, starts[first:last] - starts[first], sizes[first:last])
            first = last
        return result

    def _alone(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray, list[list[np.ndarray]]]:
        """Return for pieces: their vectors, the inner ones, and by branch and place in the window their share of the next."""
        words = self._table[rows].astype(np.float32) * self._scale[rows, None] + self._low[rows, None]
        inner = _level(words @ self._w["inner"] + self._v["inner_bias"], self._v["inner_gain"], self._v["inner_shift"])
        shares = []
        for branch, (width, _) in enumerate(WINDOWS):
            here = inner[:, branch * BRANCH : (branch + 1) * BRANCH]
            blocks = self._w[f"a{width}"].reshape(width, BRANCH, BRANCH)
            # One more row, of zeros: what lies outside the message.
            shares.append([np.concatenate([here @ block, np.zeros((1, BRANCH), np.float32)]) for block in blocks])
        return words, inner, shares

    def _encode(
        self,
        pieces: tuple[np.ndarray, np.ndarray, list[list[np.ndarray]]],
        flat: np.ndarray,
        starts: np.ndarray,
        sizes: np.ndarray,
    ) -> np.ndarray:
        words, inner, shares = pieces
        total = len(flat)
        near = _neighbours(starts, sizes, total)
        piece_near = np.append(flat, len(words))[near]
        seen = [words[flat]]
        for branch, (width, before) in enumerate(WINDOWS):
            window = slice(BEFORE - before, BEFORE - before + width)
            ahead = self._v[f"a{width}_bias"] + sum(
                share[rows] for share, rows in zip(shares[branch], piece_near[:, window].T, strict=True)
            )
            here = np.zeros((total + 1, BRANCH), np.float32)
            here[:total] = np.maximum(ahead, 0) + inner[flat, branch * BRANCH : (branch + 1) * BRANCH]
            joined = here[near[:, window]].reshape(total, width * BRANCH) @ self._w[f"b{width}"]
            seen.append(np.maximum(joined + self._v[f"b{width}_bias"], 0) + here[:total])
        levelled = _level(np.concatenate(seen, axis=1), self._v["outer_gain"], self._v["outer_shift"])
        mean = np.add.reduceat(levelled, starts, axis=0) @ self._w["outer"] / sizes[:, None] + self._v["outer_bias"]
        mean /= np.maximum(1e-6, np.linalg.norm(mean, axis=1, keepdims=True))
        return (mean - self._v["centre"]) * self._v["stretch"]


MATRICES = ("inner", "a2", "b2", "a3", "b3", "a5", "b5", "outer")
VECTORS = (
    "inner_bias", "inner_gain", "inner_shift", "a2_bias", "b2_bias", "a3_bias", "b3_bias", "a5_bias", "b5_bias",
    "outer_gain", "outer_shift", "outer_bias", "centre", "stretch",
)  # fmt: skip


def _matrix(arrays: dict[str, np.ndarray], name: str) -> np.ndarray:
    """Return a weight matrix from int8 and one scale per column."""
    return arrays[name].astype(np.float32) * arrays[name + "_scale"].astype(np.float32)


def _level(rows: np.ndarray, gain: np.ndarray, shift: np.ndarray) -> np.ndarray:
    """Return layer normalisation of each row."""
    rows = rows - rows.mean(axis=1, keepdims=True)
    rows /= np.sqrt((rows * rows).mean(axis=1, keepdims=True) + 1e-12)
    return rows * gain + shift


def _neighbours(starts: np.ndarray, sizes: np.ndarray, total: int) -> np.ndarray:
    """Return for each place the places around it, `total` where the message is over."""
    around = np.arange(total)[:, None] + np.arange(-BEFORE, AFTER + 1)
    inside = (around >= np.repeat(starts, sizes)[:, None]) & (around < np.repeat(starts + sizes, sizes)[:, None])
    return np.where(inside, around, total)
