"""Names the intent of a message from its words and from its outline, with a probability that means what it says."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import ENTITIES, INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.intent_features import intent_features
from bot.components.lexicon import Lexicon, read_notions
from bot.components.linear_model import LinearModel

NOTIONS_FILE = "notions.json"
RANKING_LENGTH = 5
LONGEST_TEXT = 600


def _spans(message: Message) -> list[tuple[int, int, str]]:
    return [(found["start"], found["end"], found["entity"]) for found in message.get(ENTITIES) or []]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        return {"strength": 30.0, "iterations": 60, "temperature": 0.8}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: LinearModel | None = None,
        notions: Lexicon | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._notions = notions or Lexicon([])

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> LinearIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        messages = [message for message in training_data.intent_examples if message.get(TEXT)]
        self._notions = read_notions()
        self._model = LinearModel.train(
            [intent_features(message.get(TEXT), _spans(message), self._notions) for message in messages],
            [message.get(INTENT) for message in messages],
            strength=self._config["strength"],
            iterations=self._config["iterations"],
            temperature=self._config["temperature"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            (folder / NOTIONS_FILE).write_text(json.dumps(self._notions.words(), ensure_ascii=False), encoding="utf-8")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> LinearIntentClassifier:
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / NOTIONS_FILE).read_text(encoding="utf-8"))
            notions = Lexicon((word, notion) for word, notion in words)
            return cls(config, model_storage, resource, LinearModel.load(folder), notions)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = (message.get(TEXT) or "").strip()
            if self._model is None or not text:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                continue
            found = self._model.probabilities(intent_features(text[:LONGEST_TEXT], _spans(message), self._notions))
            ranking = [{"name": name, "confidence": share} for name, share in found[:RANKING_LENGTH]]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
