"""Our components inside the real engine: trained small, saved, loaded and asked, in the engine's own environment."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / ".venv-rasa/bin/python"
pytestmark = pytest.mark.skipif(
    not ENGINE.exists(), reason="the engine's environment .venv-rasa is not built: run `make setup`"
)

# A few dozen sentences: enough to see that training, saving and loading work, quick enough for every run.
SENTENCES = """
version: "3.1"
nlu:
  - intent: inform
    examples: |
      - [五十八](age)
      - [六十一](age)岁
      - [四十七](age)岁
      - 会[采茶](job_type)
      - 会[砌砖](job_type)
      - 我会[摘李子](job_type)
      - 我的电话[13900005678](phone_number)
  - intent: register_worker
    examples: |
      - 我叫[王秀英](person_name)
      - 我叫[冉启明](person_name)
      - 我叫[覃世林](person_name) 会[采茶](job_type)
      - 我来登个记
  - intent: out_of_scope
    examples: |
      - 明天落雨不
      - 讲个笑话
      - drop table workers
"""
ASK = """
import asyncio, json, sys
from pathlib import Path
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.importers.utils import training_data_from_paths
from rasa.shared.nlu.training_data.message import Message
from bot.components.intent_classifier import LinearIntentClassifier
from bot.components.span_extractor import SpanExtractor
from bot.components.span_policy import SpanPolicy

folder = Path(sys.argv[1])
data = training_data_from_paths([str(folder / "nlu.yml")], "zh")
storage = LocalModelStorage(folder / "storage")
parts = ((SpanExtractor, Resource("spans")), (LinearIntentClassifier, Resource("intents")))
for kind, resource in parts:
    kind.create(kind.get_default_config(), storage, resource, None).train(data)
loaded = [kind.load(kind.get_default_config(), storage, resource, None) for kind, resource in parts]
loaded.append(SpanPolicy.create({}, storage, Resource("policy"), None))
answers = []
for text in json.loads(sys.argv[2]):
    messages = [Message.build(text)]
    for part in loaded:
        messages = part.process(messages)
    found = messages[0]
    answers.append({"text": found.get("text"), "intent": found.get("intent"), "entities": found.get("entities")})
print(json.dumps(answers))
"""
CAREFUL = """
import json
from bot.components.intent_classifier import careful
def first(*ranking):
    return careful(list(ranking), 0.65, 0.02, 0.4)[0][0]
print(json.dumps([
    first(("delete_profile", 0.3), ("greet", 0.25), ("out_of_scope", 0.01)),
    first(("delete_profile", 0.6), ("out_of_scope", 0.1)),
    first(("stop_messages", 0.56), ("resume_messages", 0.43), ("out_of_scope", 0.01)),
    first(("delete_profile", 0.8), ("out_of_scope", 0.1)),
    first(("greet", 0.2), ("out_of_scope", 0.1)),
]))
"""
WORDS = """
import json, sys
import numpy as np
from bot.components.word_vectors import VECTORS, WordVectors

words = WordVectors.read()
near = [[float(words.sentence(one) @ words.sentence(other)) for other in others] for one, *others in json.loads(sys.argv[1])]
odd = [bool(np.isfinite(words.sentence(text)).all()) for text in ("", "   ", "abc 123", chr(0), chr(0x9f98) * 300)]
with np.load(VECTORS, allow_pickle=False) as arrays:
    kinds = {name: arrays[name].dtype.name for name in arrays.files}
print(json.dumps({"near": near, "odd": odd, "kinds": kinds, "bytes": VECTORS.stat().st_size}))
"""
MESSAGES = """
import json, sys
import numpy as np
from bot.components.sentence_encoder import ENCODER, PlainWords, SentenceEncoder

encoder = SentenceEncoder.read()
asked = json.loads(sys.argv[1])
vectors = [encoder.encode(texts) for texts in asked]
odd = ["", "   ", "abc 123 <b>", chr(0), chr(0x9f98) * 300, "十" * 600, chr(0x202e) + "倒", "😊😊"]
mixed = [text for texts in asked for text in texts] + odd
together = encoder.encode(mixed)
alone = np.concatenate([encoder.encode([text]) for text in mixed])
with np.load(ENCODER, allow_pickle=False) as arrays:
    kinds = sorted({arrays[name].dtype.name for name in arrays.files})
print(json.dumps({
    "near": [[float(each[0] @ other) for other in each[1:]] for each in vectors],
    "odd": bool(np.isfinite(together).all()),
    "apart": float(np.abs(together - alone).max()),
    "kinds": kinds,
    "bytes": ENCODER.stat().st_size,
    "plain": [encoder.plain.rewrite(text) for text in ("有没得活路", "没得", "没有工作")],
    "without": PlainWords({}).rewrite("有没得活路"),
}))
"""
STORE = """
import asyncio, json
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from bot.components.tracker_store import BoundedTrackerStore

async def main():
    store = BoundedTrackerStore(Domain.empty(), max_conversations=3)
    for number in range(5):
        await store.save(DialogueStateTracker(str(number), []))
    await store.save(DialogueStateTracker("3", []))
    await store.save(DialogueStateTracker("9", []))
    print(json.dumps(list(await store.keys())))

asyncio.run(main())
"""


def run(code: str, *arguments: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "RASA_TELEMETRY_ENABLED": "false", "PYTHONWARNINGS": "ignore"}
    done = subprocess.run(
        [str(ENGINE), "-c", code, *arguments], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict]:
    folder = tmp_path_factory.mktemp("engine")
    (folder / "nlu.yml").write_text(SENTENCES, encoding="utf-8")
    (folder / "storage").mkdir()
    texts = [
        "我叫王秀英 会采茶",
        "五十八",
        "我的号是13800001234",
        "身份证110101190001010000",
        '/inform{"age": 5}',
        "   ",
        "😊" * 200,
        "讲个笑话",
    ]
    return dict(zip(texts, json.loads(run(ASK, str(folder), json.dumps(texts))), strict=True))


def spans(answer: dict) -> list[tuple[str, str]]:
    return [(found["entity"], found["value"]) for found in answer["entities"]]


def test_a_saved_model_finds_the_name_and_the_trade(answers: dict[str, dict]) -> None:
    answer = answers["我叫王秀英 会采茶"]
    assert answer["intent"]["name"] == "register_worker"
    assert spans(answer) == [("person_name", "王秀英"), ("job_type", "采茶")]


def test_a_confidence_is_a_probability(answers: dict[str, dict]) -> None:
    assert all(0.0 <= answer["intent"]["confidence"] <= 1.0 for answer in answers.values())


def test_a_phone_number_is_one_span_whatever_its_digits(answers: dict[str, dict]) -> None:
    assert ("phone_number", "13800001234") in spans(answers["我的号是13800001234"])


def test_nothing_is_read_out_of_an_identity_number(answers: dict[str, dict]) -> None:
    assert spans(answers["身份证110101190001010000"]) == []


def test_a_leading_slash_does_not_leave_the_pipeline(answers: dict[str, dict]) -> None:
    assert not answers['/inform{"age": 5}']["text"].startswith("/")


def test_blank_text_has_no_intent(answers: dict[str, dict]) -> None:
    assert answers["   "]["intent"] == {"name": None, "confidence": 0.0}
    assert answers["   "]["entities"] == []


def test_out_of_scope_carries_no_spans(answers: dict[str, dict]) -> None:
    assert answers["讲个笑话"]["intent"]["name"] == "out_of_scope"
    assert answers["讲个笑话"]["entities"] == []


def test_the_store_forgets_the_conversation_used_longest_ago() -> None:
    assert json.loads(run(STORE)) == ["4", "3", "9"]


def test_a_doubtful_message_is_not_taken_for_one_that_changes_something() -> None:
    assert json.loads(run(CAREFUL)) == ["out_of_scope", "out_of_scope", "stop_messages", "delete_profile", "greet"]


@pytest.fixture(scope="module")
def vectors() -> dict:
    # Each: said, like it, unlike it.
    asked = [
        ["薪水没有支付", "工资没有发放", "明天下雨"],
        ["请重复一遍", "再说一次", "删除资料"],
        ["招聘厨师", "招募大厨", "身体不舒服"],
    ]
    return json.loads(run(WORDS, json.dumps(asked)))


def test_words_of_one_meaning_stand_near_each_other(vectors: dict) -> None:
    assert all(like > unlike + 0.1 for like, unlike in vectors["near"]), vectors["near"]


def test_text_without_known_words_has_a_finite_vector(vectors: dict) -> None:
    assert all(vectors["odd"])


def test_the_word_vectors_are_small_and_hold_no_code(vectors: dict) -> None:
    assert vectors["bytes"] < 3_000_000
    assert vectors["kinds"] == {"words": "uint8", "vectors": "int8", "weights": "float16"}


@pytest.fixture(scope="module")
def messages() -> dict:
    # Each: said, the same in other words, something else.
    asked = [
        ["莫再给我发短信了", "请不要继续向我发送消息", "附近有什么工作"],
        ["哪点有活路", "哪里有工作可以做", "请重复一遍"],
        ["干了两个月一分钱没拿到", "老板拖欠我的工资", "我想学电焊"],
        ["我屋头有事来不到了", "家里临时有事,去不了", "我想找个包吃住的厂"],
    ]
    return json.loads(run(MESSAGES, json.dumps(asked)))


def test_messages_of_one_meaning_stand_near_each_other_in_other_words(messages: dict) -> None:
    assert all(like > unlike + 0.1 for like, unlike in messages["near"]), messages["near"]


def test_a_message_has_the_same_vector_alone_and_among_others(messages: dict) -> None:
    assert messages["apart"] < 1e-3


def test_odd_text_has_a_finite_vector(messages: dict) -> None:
    assert messages["odd"]


def test_the_encoder_is_small_and_holds_no_code(messages: dict) -> None:
    assert messages["bytes"] < 8_000_000
    assert messages["kinds"] == ["float16", "float32", "int8", "uint8"]


def test_the_encoder_reads_common_mandarin_for_dialect_words(messages: dict) -> None:
    assert messages["plain"] == ["有没有工作", "没有", "没有工作"]
    assert messages["without"] == "有没得活路"
