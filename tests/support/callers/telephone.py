"""A caller's telephone on the simulated network: what comes out of the receiver, and what she can do with it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

import httpx

# A line that spoke at this share of the voice's own pace speaks at the rate a caller gets at first (V06).
USUAL_RATE = 80
CHARACTERS_A_MINUTE = 130
HANDED_ON_S = 8.0
SLOW_WEBHOOK_S = 5.0


@dataclass(frozen=True)
class Sentence:
    """One thing said by the line, and how many seconds it takes at the speaking rate."""

    text: str
    rate: int

    @property
    def seconds(self) -> float:
        return self.seconds_of(len(self.text))

    def seconds_of(self, length: int) -> float:
        """The time of its first `length` characters; signs between words take none."""
        spoken = sum(sign.isalnum() for sign in self.text[:length])
        return spoken * 60 / (CHARACTERS_A_MINUTE * self.rate / USUAL_RATE)


@dataclass(frozen=True)
class Turn:
    """What came out of the receiver since the caller last did something, and what the line now waits for.

    `waits`: input, recording, dial, bridge, speaking, or None when the call is over.
    """

    said: tuple[Sentence, ...]
    waits: str | None
    ended: bool
    events: tuple[str, ...]
    seconds: float  # until the line had answered, by the clock

    @property
    def text(self) -> str:
        return "".join(sentence.text for sentence in self.said)

    def and_then(self, more: Turn) -> Turn:
        """Both as one, when nothing was done in between."""
        return Turn(
            self.said + more.said, more.waits, more.ended, self.events + more.events, max(self.seconds, more.seconds)
        )

    @property
    def broken(self) -> bool:
        """The network had to say that the line is out of order."""
        return "error" in self.events


@dataclass
class Telephone:
    """One handset. Every deed returns the turn that follows from it; the deeds are counted."""

    network: httpx.Client
    number: str
    keys: int = 0
    deeds: int = 0
    slow: int = 0
    turns: list[Turn] = field(default_factory=list)
    _sid: str = ""
    _seen: int = 0

    def call(self, *, patient: bool = True) -> Turn:
        """Dial the line. `patient`: captions are read; else the line's sentences take their time and can be interrupted."""
        began = time.monotonic()
        state = self._post(f"/handsets/{self.number}/calls", {"patient": patient})
        self._sid, self._seen = state["sid"], 0
        return self._turn(state, time.monotonic() - began)

    def press(self, keys: str) -> Turn:
        self.keys += len(keys)
        return self._do("digits", {"digits": keys})

    def speak(self, words: str, confidence: float) -> Turn:
        return self._do("speech", {"text": words, "confidence": confidence})

    def silence(self) -> Turn:
        return self._do("silence", {})

    def hang_up(self) -> None:
        self._do("hangup", {})

    def listen_on(self, wait_s: float) -> Turn:
        """Somebody else's telephone rings: hear how that goes on."""
        answer = self.network.get(f"/calls/{self._sid}/events", params={"after": self._seen, "wait": wait_s})
        return self._turn(answer.raise_for_status().json(), 0.0)

    def _do(self, what: str, body: dict[str, Any]) -> Turn:
        self.deeds += 1
        began = time.monotonic()
        return self._turn(self._post(f"/calls/{self._sid}/{what}", body), time.monotonic() - began)

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.network.post(path, json=body).raise_for_status().json()
        return answer

    def _turn(self, state: dict[str, Any], seconds: float) -> Turn:
        events = [event for event in state["events"] if event["seq"] > self._seen]
        self._seen = max([self._seen, *(event["seq"] for event in events)])
        said = tuple(Sentence(event["text"], _percent(event.get("rate"))) for event in events if event["kind"] == "say")
        self.slow += seconds > SLOW_WEBHOOK_S
        turn = Turn(said, state["waiting_for"], state["ended"], tuple(event["kind"] for event in events), seconds)
        self.turns.append(turn)
        return turn


def _percent(rate: str | None) -> int:
    """`"65%"` → 65; a sentence without a rate is spoken at the voice's own."""
    return int(rate.rstrip("%")) if rate and rate.rstrip("%").isdigit() else 100
