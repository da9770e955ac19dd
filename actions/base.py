"""What every action is: pass on what was understood, hand back the structured answers. No rule lives here."""

from __future__ import annotations

import logging
from typing import Any, ClassVar

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import ActiveLoop, EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.backend_client import BackendUnavailable, Performed, client

log = logging.getLogger("actions")

REQUESTED_SLOT = "requested_slot"
# Rasa runs this by itself between a message and the first action.
_EXTRACT = "action_extract_slots"


async def perform(tracker: Tracker, dispatcher: CollectingDispatcher, act: str) -> Performed | None:
    """Do `act` for the turn that is being taken and utter its answers; None if the backend did not take it.

    Saying nothing is the honest failure: Rasa answers 200 with an empty list, and the gateway goes on with its menu.
    Whatever goes wrong is caught here, since an exception that leaves an action is answered with the whole tracker.
    """
    message = tracker.latest_message or {}
    intent = message.get("intent") or {}
    try:
        done = await client().perform(
            turn_token=tracker.sender_id,
            act=act,
            intent=intent.get("name"),
            confidence=intent.get("confidence"),
            entities=[
                {key: entity.get(key) for key in ("entity", "start", "end", "value")}
                for entity in message.get("entities") or []
            ],
            ranking=[
                {key: one.get(key) for key in ("name", "confidence")} for one in message.get("intent_ranking") or []
            ],
        )
    except BackendUnavailable as problem:
        log.warning("act_failed act=%s reason=%s", act, problem)
        return None
    except Exception as problem:
        log.error("act_broken act=%s error=%s", act, type(problem).__name__)
        return None
    for answer in done.answers:
        dispatcher.utter_message(json_message=answer)
    return done


def since_the_message(tracker: Tracker) -> list[dict[str, Any]]:
    """The events after the person's last message, oldest first."""
    events: list[dict[str, Any]] = []
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            break
        events.append(event)
    return events[::-1]


class Act(Action):
    """An action of one backend act; `act` is its name there."""

    act: ClassVar[str]

    def name(self) -> str:
        return f"action_{self.act}"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        done = await perform(tracker, dispatcher, self.act)
        if done is not None and tracker.active_loop_name and done.form is None:
            # The act ended what was being filled in (cancelled, person taken over, number locked).
            return [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
        return []


class BackendForm(FormValidationAction):
    """A form whose questions, values and end are the backend's; Rasa's part is to know that it is open and what answers it.

    Which intents answer a question is written in the domain: the slot's mapping takes a text only for those, so that
    for any other intent nothing is extracted, Rasa rejects the form and the intent's own rule speaks, then comes back.
    Rasa asks for the next slot by an action or response of that name; there is none, since the question is part of the
    backend's answer. So one turn never holds two questions.
    """

    form: ClassVar[str]  # registration | posting
    start_act: ClassVar[str]
    note_act: ClassVar[str]

    def name(self) -> str:
        return f"validate_{self.form}_form"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        act = self._act_for(tracker)
        if act is None:
            return []  # nothing that answers the question: a digression
        done = await perform(tracker, dispatcher, act)
        first = self.domain_slots(domain)[0]
        if done is None:
            # Some slot event, or Rasa would call once more (at the start) or reject (later); the value changes nothing.
            return [SlotSet(first, tracker.get_slot(first))]
        return self._mirror(done, domain)

    def _act_for(self, tracker: Tracker) -> str | None:
        events = since_the_message(tracker)
        loop = f"{self.form}_form"
        if any(event.get("event") == "active_loop" and event.get("name") == loop for event in events):
            return self.start_act
        done = [event.get("name") for event in events if event.get("event") == "action"]
        if any(name not in (loop, _EXTRACT) for name in done):
            return "resume_form"
        answered = tracker.slots_to_validate()
        return self.note_act if any(name.startswith(f"{self.form}_") for name in answered) else None

    def _mirror(self, done: Performed, domain: dict[str, Any]) -> list[EventType]:
        """The backend's marks as slot events; `requested_slot` None ends the form."""
        events: list[EventType] = [SlotSet(slot, done.slots.get(slot)) for slot in self.domain_slots(domain)]
        still_open = done.form == f"{self.form}_form"
        events.append(SlotSet(REQUESTED_SLOT, done.requested_slot if still_open else None))
        return events
