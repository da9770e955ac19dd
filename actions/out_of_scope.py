"""What the line does not do, and what it did not catch."""

from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.base import Act


class OutOfScope(Act):
    """明天落雨不"""

    act = "out_of_scope"


class NotUnderstood(Act):
    """Too little confidence to act on"""

    act = "not_understood"


class DefaultFallback(NotUnderstood):
    """Rasa's own last resort, when no rule applies: the same answer, once."""

    def name(self) -> str:
        return "action_default_fallback"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        await super().run(dispatcher, tracker, domain)
        # No rule says what follows here; without this Rasa predicts the fallback again until it gives up.
        return [FollowupAction("action_listen")]
