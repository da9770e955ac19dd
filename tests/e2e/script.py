"""Reads the scripts of `conversations/`: what a person sends or presses, what she hears, what is then true.

A script is a list of one-key steps, played by `player.py`:

- `"> 有啥子活"`: she texts it; the list beside it is what the answer holds (`a|b`: either; `!a`: not a).
- `call`, `press 1`, `say 有啥子活`, `silence`, `hang up`: the same by phone.
- `gets`: fragments of a text that reaches her without her having texted (what a call has changed); `told`: of one that
  we write of our own accord (an offer, a decision), which waits for the morning.
- `opening`: an opening, posted and published through the API; kept under `as`.
- `offer`: the opening of that name is offered to the worker of this number; `expire` lets that offer run out.
- `worker`, `workers`, `offers`, `case`, `opening of`, `wishes`: what the API then says about her.
- `rings`: the call we mean to place to this number comes due and she answers it; the list is what she hears. `rings busy`,
  `rings out`, `rings machine`: it comes due and is not answered by her. `not rung`: none is planned.
- `job is over`: the last day of every job she has taken was two days ago.
- `days pass`: everything of this number so far lies that many days back.

Every answer also has to keep the rules that hold for all: signed, two segments at most, no address (M01, M06); a call
says something and goes on (V08).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent / "conversations"


@dataclass(frozen=True)
class Conversation:
    """One script: what it shows (`it`), the intents its words must be read as on its channel, and its steps."""

    file: str
    it: str
    turns: list[dict[str, Any]]
    intents: tuple[str, ...] = ()

    @property
    def by_voice(self) -> bool:
        return any(next(iter(turn)).split()[0] == "call" for turn in self.turns)

    @property
    def channel(self) -> str:
        """What its `intents` are said by: the phone where it calls at all, else text."""
        return "voice" if self.by_voice else "sms"


def conversations() -> list[Conversation]:
    """Every script, in the order of the files."""
    found = []
    for path in sorted(FOLDER.glob("*.yml")):
        for one in yaml.safe_load(path.read_text(encoding="utf-8")):
            found.append(Conversation(path.stem, one["it"], one["turns"], tuple(one.get("intents", ()))))
    return found
