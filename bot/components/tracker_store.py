"""Conversations in memory, the oldest forgotten first.

Each turn comes under a fresh sender id (its slots are rebuilt by the backend), so a store that keeps them all only grows.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class BoundedTrackerStore(InMemoryTrackerStore):
    """Keeps the `max_conversations` conversations used last."""

    def __init__(
        self,
        domain: Domain,
        host: Any = None,
        event_broker: EventBroker | None = None,
        max_conversations: int = 500,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._most = int(max_conversations)
        self.store: OrderedDict[str, str] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        await super().save(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self._most:
            self.store.popitem(last=False)

    async def keys(self) -> Iterable[str]:
        return list(self.store)
