"""The catalogue of all that the line says, read once from `prompts.toml`, and how a prompt is filled in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import tomllib

from ivr.figures import number_zh
from ivr.steps import Say

HERE = Path(__file__).resolve().parent
AUDIO = HERE / "audio"  # the recordings that come with the product, <prompt id>.wav (see ivr.recorded)


@dataclass(frozen=True)
class Prompt:
    """One thing the line says. `choice`: the caller is expected to answer it.

    `mandarin`: its words in Mandarin where the table of `ivr.wording` does not give them; fixed prompts only.
    """

    id: str
    zh: str
    en: str
    choice: bool = False
    mandarin: str = ""

    @property
    def is_fixed(self) -> bool:
        """Whether nothing has to be filled in, so that a recording can stand for it."""
        return "{" not in self.zh


@cache
def catalogue() -> dict[str, Prompt]:
    rows = tomllib.loads((HERE / "prompts.toml").read_text(encoding="utf-8"))
    return {
        id_: Prompt(id_, row["zh"], row["en"], bool(row.get("choice")), row.get("mandarin", ""))
        for id_, row in rows.items()
    }


def fill(prompt: Prompt, lang: str, **values: object) -> str:
    """The words of a prompt; whole numbers become number words."""
    words = number_zh if lang == "zh" else str
    told = {key: words(value) if isinstance(value, int) else value for key, value in values.items()}
    if lang == "zh" and values.get("count") == 2:
        told["count"] = "两"  # two of something, not the number
    return (prompt.zh if lang == "zh" else prompt.en).format(**told)


def prompt(id_: str, **values: int | str | tuple[str, str]) -> Say:
    """A catalogue prompt as something to say, filled in; a pair is the Chinese and the English of a value."""
    known = catalogue()[id_]
    if not values:
        return Say(known.zh, known.en, id_)
    pairs = {key: value if isinstance(value, tuple) else (value, value) for key, value in values.items()}
    return Say(
        fill(known, "zh", **{k: v[0] for k, v in pairs.items()}),
        fill(known, "en", **{k: v[1] for k, v in pairs.items()}),
        id_,
    )


_HEARD = re.compile(r"[\u4e00-\u9fff0-9A-Za-z]")


def heard_length(text: str) -> int:
    """How many characters are spoken: marks are not (V01)."""
    return len(_HEARD.findall(text))


def sentences(text: str) -> list[str]:
    return [part for part in re.split(r"[。?!？！]", text) if part.strip()]


def around(id_: str) -> tuple[int, int]:
    """How many characters a prompt says in the sentence of `{what}`, before and after it."""
    before, _, after = catalogue()[id_].zh.partition("{what}")
    first = next(iter(after.replace("?", "。").split("。")), "")
    return heard_length(before.rsplit("。", 1)[-1]), heard_length(first)
