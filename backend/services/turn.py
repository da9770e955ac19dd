"""One turn: who wrote or spoke, what was understood, what the dialogue was about; handed to every act."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from backend.domain.entities import Entity
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Conversation, Handset, Message

Clock = Callable[[], datetime]  # aware UTC


@dataclass
class Facts:
    """The values a turn brought, by entity name; `params` are what a key press or numbered choice already decided."""

    entities: list[Entity] = field(default_factory=list)
    params: dict[str, Any] = field(default_factory=dict)
    intent: str = ""
    # What else the words may have meant, as (intent, share), and where the engine found values: places, no words.
    ranking: list[tuple[str, float]] = field(default_factory=list)
    spans: list[dict[str, Any]] = field(default_factory=list)

    def all(self, entity: str) -> list[Any]:
        return [e.value for e in self.entities if e.entity == entity]

    def one(self, entity: str) -> Any | None:
        """The last value said (a self-correction wins), or None."""
        values = self.all(entity)
        return values[-1] if values else None

    def text_of(self, entity: str) -> str | None:
        return next((e.text for e in reversed(self.entities) if e.entity == entity), None)


@dataclass
class Turn:
    """What an act may look at and change. The caller owns the transaction and the commit."""

    deps: Deps
    session: Session
    now: datetime
    conversation: Conversation
    handset: Handset
    message: Message
    channel: str  # sms | voice
    facts: Facts = field(default_factory=Facts)
    # The message whose words are acted on, when a short answer has just told what an earlier one meant.
    about: Message | None = None

    @property
    def today(self) -> date:
        return self.now.astimezone(TIMEZONE).date()

    @property
    def text(self) -> str:
        message = self.about or self.message
        return message.normalized_text or message.body

    @property
    def raw(self) -> str:
        """The words as they came, for what clean-up and repair could hide."""
        return (self.about or self.message).words

    # -- the conversation's memory -------------------------------------------------------------------------------
    def recall(self, key: str, default: Any = None) -> Any:
        # A copy: changed in place, the stored value would equal its successor and never be written.
        return copy.deepcopy((self.conversation.context or {}).get(key, default))

    def remember(self, key: str, value: Any) -> None:
        """Keep `value` (plain JSON) for the next turn; None forgets it."""
        context = dict(self.conversation.context or {})
        if value is None:
            context.pop(key, None)
        else:
            context[key] = value
        self.conversation.context = context  # a new object: SQLAlchemy sees the change

    @property
    def pending(self) -> dict[str, Any] | None:
        """What a bare number, yes or no would answer: `{"kind": …, "options": {...}, …}` (see `expect`)."""
        return self.recall("pending")

    def expect(self, kind: str | None, options: dict[str, dict[str, Any]] | None = None, **what: Any) -> None:
        """Say what the next short answer means; None: nothing is open.

        `options` maps "1"…"9", "yes", "no" (and an offer's two-digit code) to `{"act": NAME, "params": {...}}`. "0" is a
        person everywhere and needs no entry.
        """
        self.remember("pending", {"kind": kind, "options": options or {}, **what} if kind else None)
