"""Settles the spans of a message when its intent is known: see `span_rules`."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message

from bot.components.span_rules import Span, settle


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class SpanPolicy(GraphComponent):
    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpanPolicy:
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(TEXT) or ""
            intent = (message.get(INTENT) or {}).get("name")
            found = message.get(ENTITIES) or []
            # Spans that Rasa itself reads from a command carry no place in the text and are never trusted.
            spans = [
                Span(each["start"], each["end"], each["entity"])
                for each in found
                if each.get("extractor") == "SpanExtractor"
            ]
            settled = [
                {"entity": entity, "start": start, "end": end, "value": text[start:end], "extractor": "SpanExtractor"}
                for start, end, entity in settle(text, intent, spans)
            ]
            message.set(ENTITIES, settled, add_to_output=True)
            if text.lstrip().startswith("/"):
                # Rasa obeys a leading slash after this component. The backend takes it away first; should one get
                # here all the same, a look-alike keeps it words.
                message.set(TEXT, text.replace("/", "\u2215", 1), add_to_output=True)
        return messages
