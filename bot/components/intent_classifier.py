"""Names the intent of a message from its words, their meaning and its outline, with a probability that means what it says."""

from __future__ import annotations

import json
import shutil
import zlib
from typing import Any

import numpy as np
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
from bot.components.sentence_encoder import ENCODER, SentenceEncoder
from bot.components.word_vectors import VECTORS, WordVectors

NOTIONS_FILE = "notions.json"
PLAIN_WORDS_FILE = "plain_words.json"
RANKING_LENGTH = 5
LONGEST_TEXT = 600
NOT_OURS = "out_of_scope"
# Acted on, these change what is kept or what somebody is sent. A complaint is not among them: missing one is worse.
CHANGING = frozenset(
    "affirm cancel apply_job withdraw_application register_worker update_profile delete_profile set_availability post_job"
    " register_return register_unemployment sign_up_training stop_messages resume_messages".split()
)


def careful(found: list[tuple[str, float]], least: float, doubt: float, guess: float) -> list[tuple[str, float]]:
    """Return the ranking with `out_of_scope` first where an intent that changes something is too doubtful.

    That is: the likeliest has a share below `guess`; or below `least` while `out_of_scope` has `doubt` or more. Where the
    choice is only between wishes of ours the likeliest stays, with its low share, and the dialogue asks which is meant.
    """
    if not found or found[0][0] not in CHANGING or found[0][1] >= least:
        return found
    strange = dict(found).get(NOT_OURS, 0.0)
    if found[0][1] >= guess and strange < doubt:
        return found
    return sorted(found, key=lambda each: each[0] != NOT_OURS)


def _spans(message: Message) -> list[tuple[int, int, str]]:
    return [(found["start"], found["end"], found["entity"]) for found in message.get(ENTITIES) or []]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class LinearIntentClassifier(GraphComponent, IntentClassifier):
    @staticmethod
    def get_default_config() -> dict[str, Any]:
        # How much counts beside the words: `vectors` the meaning of each, `message` that of the whole. `bare_share`: one
        # sentence in so many is also learnt without its spans.
        return {
            "strength": 30.0,
            "iterations": 60,
            "temperature": 1.0,
            "vectors": 0.7,
            "message": 1.0,
            "bare_share": 5,
            # A message that would change something at a lower share, and may well be none of ours, is taken for none of ours,
            # which only asks again: between 0.5 and 0.7 hardly two in three were right.
            "least_to_change": 0.75,
            "doubt": 0.05,
            "guess": 0.5,
        }

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        model: LinearModel | None = None,
        notions: Lexicon | None = None,
        words: WordVectors | None = None,
        encoder: SentenceEncoder | None = None,
    ) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = model
        self._notions = notions or Lexicon([])
        self._words = words
        self._encoder = encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LinearIntentClassifier:
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        messages = [message for message in training_data.intent_examples if message.get(TEXT)]
        self._notions = read_notions()
        self._words = WordVectors.read()
        self._encoder = SentenceEncoder.read()
        # Some sentences once more without their spans, since live some spans are missed. A checksum instead of a draw.
        seen = [(m.get(TEXT), _spans(m), m.get(INTENT)) for m in messages]
        seen += [(text, [], intent) for text, spans, intent in seen if spans and self._seen_bare(text, intent)]
        self._model = LinearModel.train(
            [intent_features(text, spans, self._notions) for text, spans, _ in seen],
            self._meanings([text for text, _, _ in seen]),
            [intent for _, _, intent in seen],
            strength=self._config["strength"],
            iterations=self._config["iterations"],
            temperature=self._config["temperature"],
        )
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
            shutil.copyfile(VECTORS, folder / VECTORS.name)
            shutil.copyfile(ENCODER, folder / ENCODER.name)
            plain = json.dumps(self._encoder.plain.words, ensure_ascii=False)
            (folder / PLAIN_WORDS_FILE).write_text(plain, encoding="utf-8")
            (folder / NOTIONS_FILE).write_text(json.dumps(self._notions.words(), ensure_ascii=False), encoding="utf-8")
        return self._resource

    def _meanings(self, texts: list[str]) -> np.ndarray:
        """Return one row per text: the mean of its words' vectors, then the vector of the whole message."""
        assert self._words is not None
        assert self._encoder is not None
        # Messages of one length together are calculated faster; those learnt twice are calculated once.
        distinct = sorted(set(texts), key=lambda text: (len(text), text))
        row = {text: place for place, text in enumerate(distinct)}
        words = np.stack([self._words.sentence(text) for text in distinct]) * self._config["vectors"]
        whole = self._encoder.encode(distinct) * self._config["message"]
        return np.concatenate([words, whole], axis=1)[[row[text] for text in texts]]

    def _seen_bare(self, text: str, intent: str) -> bool:
        # A bare value is nothing without its span.
        return intent != "inform" and zlib.crc32(text.encode()) % self._config["bare_share"] == 0

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
            vectors = WordVectors.read(folder / VECTORS.name)
            plain = json.loads((folder / PLAIN_WORDS_FILE).read_text(encoding="utf-8"))
            encoder = SentenceEncoder.read(folder / ENCODER.name, plain)
            return cls(config, model_storage, resource, LinearModel.load(folder), notions, vectors, encoder)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = (message.get(TEXT) or "").strip()
            if self._model is None or not text:
                message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
                continue
            read = text[:LONGEST_TEXT]
            features = intent_features(read, _spans(message), self._notions)
            found = self._model.probabilities(features, self._meanings([read])[0])
            found = careful(found, self._config["least_to_change"], self._config["doubt"], self._config["guess"])
            ranking = [{"name": name, "confidence": share} for name, share in found[:RANKING_LENGTH]]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set("intent_ranking", ranking, add_to_output=True)
        return messages
