"""Write bot/data/nlu/*.yml from the sentence templates in bot/tools/skills and bot/tools/voices.

The two folders are two hands: `skills` has the frames with many fillings, `voices` the breadth of wording, one filling
or two each; every folder inside `voices` is one more hand. Trained on the one and tried on the other, a setting shows what it is worth on wording it has not seen.

usage: python -m bot.tools.generate_nlu [--check]

Deterministic: every template has its own random stream, seeded by its own words, so that adding a sentence changes
nothing elsewhere. `--check` writes nothing and ends with status 1 when the committed files are not what would be written.
"""

from __future__ import annotations

import argparse
import re
import sys
import zlib
from pathlib import Path
from random import Random

import yaml

from bot.tools.noise import vary
from bot.tools.slots import fill, slots_of

HERE = Path(__file__).parent
SKILLS = HERE / "skills"
VOICES = HERE / "voices"
OUTPUT = HERE.parent / "data" / "nlu"
# Fillings of a template by how many slots it has; a plain sentence stands once as it is.
FILLINGS = (1, 2, 3, 3)
# A bare value is all there is to see: many values, few frames.
VALUE_FILLINGS = (1, 5, 4, 4)
VOICE_FILLINGS = (1, 1, 1, 2)
# Small talk is short and exact: noise there must not drown the bare word.
NOISY_SHARE = {"greet": 0.3, "goodbye": 0.4, "thank": 0.4, "affirm": 0.3, "deny": 0.3, "out_of_scope": 0.25}


def templates(text: str) -> list[str]:
    """Return the templates of one intent, repeats dropped for bare sentences and kept for slots (they weigh)."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    seen: set[str] = set()
    return [line for line in lines if slots_of(line) or not (line in seen or seen.add(line))]


def examples(intent: str, lines: list[str], fillings: tuple[int, ...] = FILLINGS) -> list[str]:
    """Return the distinct sentences of an intent, in template order."""
    made: dict[str, None] = {}
    share = NOISY_SHARE.get(intent, 0.5)
    for number, line in enumerate(lines):
        rng = Random(zlib.crc32(f"{intent}|{line}|{lines[:number].count(line)}".encode()))
        slots = len(slots_of(line))
        for turn in range(fillings[min(slots, 3)]):
            sentence = fill(line, rng)
            made.setdefault(sentence)
            # Noise on a copy for plain sentences, on every second filling for the others.
            if rng.random() < share and (slots == 0 or turn % 2):
                made.setdefault(vary(sentence, rng))
    return list(made)


def render(intents: dict[str, list[str]]) -> str:
    parts = [
        '# Written by `python -m bot.tools.generate_nlu`; change bot/tools/skills, not this file.\nversion: "3.1"\n\nnlu:\n'
    ]
    for intent, sentences in intents.items():
        parts.append(f"  - intent: {intent}\n    examples: |\n")
        parts += [f"      - {sentence}\n" for sentence in sentences]
    return "".join(parts)


def build() -> dict[str, str]:
    """Return the content of every data file, by file name."""
    voices: dict[str, str] = {}
    for path in sorted(VOICES.rglob("*.yml")):
        for intent, text in _read(path).items():
            voices[intent] = voices.get(intent, "") + text + "\n"
    files = {}
    for path in sorted(SKILLS.glob("*.yml")):
        intents = {}
        for intent, text in _read(path).items():
            sentences = dict.fromkeys(
                examples(intent, templates(text), VALUE_FILLINGS if intent == "inform" else FILLINGS)
            )
            sentences.update(dict.fromkeys(examples(intent, templates(voices.get(intent, "")), VOICE_FILLINGS)))
            intents[intent] = list(sentences)
        files[path.name] = render(intents)
    return files


def _read(path: Path) -> dict[str, str]:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare only")
    check = parser.parse_args().check
    stale = []
    for name, content in build().items():
        path = OUTPUT / name
        if check:
            if not path.exists() or path.read_text(encoding="utf-8") != content:
                stale.append(name)
        else:
            OUTPUT.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")
        print(f"{name:24} {len(re.findall(r'^      - ', content, re.M)):6} sentences")
    if stale:
        print("not up to date: " + ", ".join(stale))
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
