"""The span model and the intent model as one component, so that both cores train at once: neither needs the other's result.

Reading a message they still stand in line: the spans first, then the intent, which sees them.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.intent_classifier import LinearIntentClassifier
from bot.components.span_extractor import SpanExtractor

SPANS, INTENTS = Resource("spans"), Resource("intents")


class _Within:
    """A model storage inside one folder: each resource has a folder of its own there."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def write_to(self, resource: Resource) -> Iterator[Path]:
        path = self._folder / resource.name
        path.mkdir(parents=True, exist_ok=True)
        yield path

    read_from = write_to


def _train(part: Any, config: dict[str, Any], folder: Path, resource: Resource, data: TrainingData) -> None:
    part.create({**part.get_default_config(), **config}, _Within(folder), resource, None).train(data)


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR], is_trainable=True
)
class SideBySide(GraphComponent, IntentClassifier, EntityExtractorMixin):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # Settings that differ from the parts' own.
        return {"spans": {}, "intents": {}}

    def __init__(
        self, config: dict[str, Any], storage: ModelStorage, resource: Resource, parts: tuple[Any, ...] = ()
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._parts = parts

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SideBySide:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        with self._storage.write_to(self._resource) as folder:
            # A fork: the sentences are there already, and the span model's solver runs in C without threads.
            beside = multiprocessing.get_context("fork").Process(
                target=_train, args=(SpanExtractor, self._config["spans"], folder, SPANS, training_data)
            )
            beside.start()
            try:
                _train(LinearIntentClassifier, self._config["intents"], folder, INTENTS, training_data)
            except BaseException:
                beside.kill()
                raise
            finally:
                beside.join()
            if beside.exitcode:
                raise RuntimeError(f"the span model could not be trained (exit {beside.exitcode}); its error is above")
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SideBySide:
        with model_storage.read_from(resource) as folder:
            parts = tuple(
                part.load({**part.get_default_config(), **config[name]}, _Within(folder), inner, execution_context)
                for part, name, inner in ((SpanExtractor, "spans", SPANS), (LinearIntentClassifier, "intents", INTENTS))
            )
        return cls(config, model_storage, resource, parts)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the data as it is: the intent model learns from the marked spans, not from found ones."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for part in self._parts:
            messages = part.process(messages)
        return messages
