"""The start of a turn: Rasa's throw-away tracker is given what the conversation is about."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.base import REQUESTED_SLOT


class SessionStart(Action):
    """Restore the open form and its slots from the request's metadata (`backend/dialogue/state.py: restore`)."""

    def name(self) -> str:
        return "action_session_start"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        told = tracker.get_slot("session_started_metadata")
        told = told if isinstance(told, dict) else {}
        slots, form = told.get("slots") or {}, told.get("form")
        events: list[EventType] = [SessionStarted()]
        events += [SlotSet(name, mark) for name, mark in slots.items() if name in tracker.slots]
        if form in domain.get("forms", {}):
            events += [ActiveLoop(form), SlotSet(REQUESTED_SLOT, told.get("requested_slot"))]
        return [*events, ActionExecuted("action_listen")]
