"""Finds the spans of a message: a conditional random field over characters, with known words and number shapes as hints.

The dictionaries are read when training and kept inside the model, so that a model always sees the words it was trained
with. Values are not computed here.
"""

from __future__ import annotations

import json
import zlib
from pathlib import Path
from typing import Any

import pycrfsuite
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.char_features import bio_labels, character_features, spans_of
from bot.components.lexicon import Lexicon, read_dictionaries
from bot.components.patterns import ID_NUMBER, PHONE_NUMBER

MODEL_FILE = "spans.crf"
LEXICON_FILE = "lexicon.json"
# Longer texts are cut by the backend; this only bounds the time of a direct call.
LONGEST_TEXT = 600


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class SpanExtractor(GraphComponent, EntityExtractorMixin):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # `hidden_words`: one training sentence in so many is seen without the dictionaries. `plain_share`: of those
        # without any span one in so many is enough.
        return {"iterations": 45, "l2": 0.1, "hidden_words": 4, "plain_share": 3}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._lexicon = Lexicon([])
        self._tagger: pycrfsuite.Tagger | None = None
        self._model_bytes = b""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SpanExtractor:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        self._lexicon = read_dictionaries()
        trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
        trainer.set_params({"c1": 0.0, "c2": self._config["l2"], "max_iterations": self._config["iterations"]})
        for message in training_data.nlu_examples:
            text = message.get(TEXT)
            if not text:
                continue
            spans = [(found["start"], found["end"], found["entity"]) for found in message.get(ENTITIES, [])]
            # A checksum instead of a random draw: the same sentence is always treated the same.
            if not spans and zlib.crc32(text.encode()) % self._config["plain_share"]:
                continue
            hidden = zlib.crc32(text.encode()) % self._config["hidden_words"] == 0
            trainer.append(character_features(text, None if hidden else self._lexicon), bio_labels(len(text), spans))
        with self._storage.write_to(self._resource) as folder:
            trainer.train(str(folder / MODEL_FILE))
            (folder / LEXICON_FILE).write_text(json.dumps(self._lexicon.words(), ensure_ascii=False), encoding="utf-8")
            self._open(folder / MODEL_FILE)
        return self._resource

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SpanExtractor:
        extractor = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            words = json.loads((folder / LEXICON_FILE).read_text(encoding="utf-8"))
            extractor._lexicon = Lexicon((word, entity) for word, entity in words)
            extractor._open(folder / MODEL_FILE)
        return extractor

    def _open(self, path: Path) -> None:
        # Read into memory, because the folder is gone once the model has been unpacked. The bytes must outlive the
        # tagger, which points into them.
        self._model_bytes = path.read_bytes()
        self._tagger = pycrfsuite.Tagger()
        self._tagger.open_inmemory(self._model_bytes)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return the data as it is: the intent model learns from the marked spans, not from found ones."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            entities = [
                {"entity": entity, "start": start, "end": end, "value": (message.get(TEXT) or "")[start:end]}
                for start, end, entity in self._spans(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, message.get(ENTITIES, []) + self.add_extractor_name(entities), add_to_output=True)
        return messages

    def _spans(self, text: str) -> list[tuple[int, int, str]]:
        if self._tagger is None or not text.strip():
            return []
        seen = text[:LONGEST_TEXT]
        spans = spans_of(self._tagger.tag(character_features(seen, self._lexicon)))
        # Numbers of persons have a fixed form: no guess of the model may cut into one.
        phones = [(match.start(), match.end(), "phone_number") for match in PHONE_NUMBER.finditer(seen)]
        fixed = phones + [(match.start(), match.end(), "") for match in ID_NUMBER.finditer(seen)]
        free = [span for span in spans if all(span[1] <= start or span[0] >= end for start, end, _ in fixed)]
        return sorted(free + phones)
