"""The port to whatever understands words and keeps the thread of a dialogue; services see only this."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Protocol, TypedDict

from backend.errors import EngineUnavailable

__all__ = ["DialogueEngine", "EngineUnavailable", "Parsed", "Span"]


class Span(TypedDict):
    """Where an entity stands in the text that was sent: `text[start:end]`; its value is computed by our domain."""

    entity: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Parsed:
    """What a text means to the engine; `ranking` is (intent, confidence), best first."""

    intent: str
    confidence: float
    spans: list[Span] = field(default_factory=list)
    ranking: list[tuple[str, float]] = field(default_factory=list)


class DialogueEngine(Protocol):
    """Both verbs raise `EngineUnavailable` when no usable answer came within `deadline_s` seconds."""

    def parse(self, text: str, deadline_s: float) -> Parsed:
        """Say what `text` means, without any conversation."""
        ...

    def turn(self, text: str, turn_token: str, metadata: dict[str, Any], deadline_s: float) -> list[dict[str, Any]]:
        """Take one turn of a dialogue and return the structured answers its actions gave.

        `turn_token` names the turn and nothing else; `metadata` is `state.restore()`'s: what the dialogue is about.
        What the turn changed is in the database by the time this returns; the returned answers only show that it did.
        """
        ...
