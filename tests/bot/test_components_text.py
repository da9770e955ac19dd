"""The parts of understanding that need no engine: known words, number shapes, features, span rules."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from bot.components.char_features import bio_labels, character_features, spans_of
from bot.components.intent_features import intent_features, outline
from bot.components.lexicon import Lexicon, expand, read_dictionaries, read_notions
from bot.components.patterns import shapes
from bot.components.span_rules import Span, settle

ROOT = Path(__file__).resolve().parents[2]
NASTY = (
    "",
    " ",
    "\x00",
    "😊😊",
    "／apply_job",
    "（）！？",
    "a" * 600,
    "十" * 300,
    '[{"intent": 1}]',
    "\u202e倒",
    "𠮷野家",
)


@pytest.fixture(scope="module")
def dictionaries() -> Lexicon:
    return read_dictionaries()


@pytest.fixture(scope="module")
def notions() -> Lexicon:
    return read_notions()


def test_the_longest_known_word_wins() -> None:
    lexicon = Lexicon([("钢筋", "job_type"), ("扎钢筋", "job_type"), ("钢筋工", "job_type")])
    assert [(m.start, m.end) for m in lexicon.find("会扎钢筋的")] == [(1, 4)]


def test_words_of_two_kinds_may_lie_over_each_other() -> None:
    lexicon = Lexicon([("夜班", "day_part"), ("夜班保安", "job_type")])
    assert {m.entity for m in lexicon.find("夜班保安")} == {"day_part", "job_type"}


def test_a_pattern_stands_for_verb_and_object_and_for_object_and_tail() -> None:
    assert expand("摘|下+李子|桃子+采摘") == ["摘李子", "摘桃子", "下李子", "下桃子", "李子采摘", "桃子采摘"]


@pytest.mark.parametrize(
    ("text", "entity"), [("有没得薅草的", "job_type"), ("一定要日结", "settlement"), ("吃低保", "hardship")]
)
def test_the_dictionaries_know_words_of_the_trade(dictionaries: Lexicon, text: str, entity: str) -> None:
    assert entity in {match.entity for match in dictionaries.find(text)}


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("两百五一天", "rate"),
        ("一天不少于一百五", "rate"),
        ("3800一个月", "rate"),
        ("1块2一斤", "rate"),
        ("早上七点半", "clock"),
        ("下周一到周三", "date"),
        ("腊月二十三", "date"),
        ("后天", "date"),
        ("第二个", "ordinal"),
        ("66年的", "age"),
        ("五十八岁", "age"),
        ("两三天", "days"),
        ("五个人", "people"),
    ],
)
def test_a_whole_expression_of_number_or_time_has_one_shape(text: str, shape: str) -> None:
    tags = shapes(text)
    assert tags[0].count("B-" + shape) == 1
    assert all("I-" + shape in tag for tag in tags[1:])


def test_labels_and_spans_are_the_same_thing() -> None:
    spans = [(0, 3, "person_name"), (3, 5, "age"), (8, 10, "job_type")]
    assert spans_of(bio_labels(12, spans)) == spans


def test_an_overlapping_second_mark_is_left_out() -> None:
    assert spans_of(bio_labels(5, [(0, 3, "pay"), (2, 5, "age")])) == [(0, 3, "pay")]


def test_the_outline_of_two_people_is_the_same() -> None:
    first = outline("我叫王秀英 会采茶", [(2, 5, "person_name"), (7, 9, "job_type")])
    second = outline("我叫冉启明 会砌砖", [(2, 5, "person_name"), (7, 9, "job_type")])
    assert first == second != "我叫王秀英 会采茶"


def test_words_of_one_notion_share_a_feature(notions: Lexicon) -> None:
    shared = intent_features("念慢点", [], notions) & intent_features("讲缓点", [], notions)
    assert {"m:慢", "m:说", "mm:慢+说"} <= shared


@pytest.mark.parametrize("text", ["DROP TABLE workers", '{"intent": "affirm"}', "/apply_job", "<script>x</script>"])
def test_text_that_looks_like_a_command_is_marked(notions: Lexicon, text: str) -> None:
    assert "command" in intent_features(text, [], notions)


@pytest.mark.parametrize("text", NASTY)
def test_no_text_breaks_the_features(dictionaries: Lexicon, notions: Lexicon, text: str) -> None:
    assert len(character_features(text, dictionaries)) == len(text)
    assert intent_features(text, [], notions)


def test_out_of_scope_reports_no_spans() -> None:
    assert settle("后天落雨不", "out_of_scope", [Span(0, 2, "date")]) == []


def test_tomorrow_morning_in_one_word_is_a_day_and_a_part_of_it() -> None:
    assert settle("明早", "inform", [Span(0, 2, "date")]) == [Span(0, 2, "date"), Span(0, 2, "day_part")]


def test_spaces_and_commas_do_not_belong_to_a_span() -> None:
    assert settle("，采茶 ", "inform", [Span(0, 4, "job_type")]) == [Span(1, 3, "job_type")]


def test_a_trade_to_be_learnt_is_not_also_a_trade() -> None:
    assert settle("学电焊", "sign_up_training", [Span(1, 3, "job_type"), Span(1, 3, "training_topic")]) == [
        Span(1, 3, "training_topic")
    ]


def test_the_training_sentences_are_what_the_templates_give() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.tools.generate_nlu", "--check"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout


def test_every_entity_and_intent_of_the_training_sentences_is_in_the_domain() -> None:
    domain = (ROOT / "domain.yml").read_text(encoding="utf-8")
    text = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "bot/data/nlu").glob("*.yml")))
    used = set(re.findall(r"\]\(([a-z_]+)\)", text)) | set(re.findall(r"- intent: (\w+)", text))
    assert {name for name in used if f"  - {name}\n" not in domain} == set()


def test_no_scored_message_is_a_training_sentence() -> None:
    trained = set()
    for path in (ROOT / "bot/data/nlu").glob("*.yml"):
        for line in path.read_text(encoding="utf-8").splitlines():
            trained.add(
                re.sub(r"[\s，。？！、]", "", re.sub(r"\[([^\]]+)\]\([a-z_]+\)", r"\1", line.removeprefix("      - ")))
            )
    scored = [
        path
        for folder in ("tests/data", "backend/training/evaluation")
        for path in (ROOT / folder).rglob("*.jsonl")
        if "held_back" in path.name or "sample" in path.name
    ]
    texts = [
        json.loads(line)["text"]
        for path in scored
        for line in path.read_text(encoding="utf-8").splitlines()
        if '"text"' in line
    ]
    assert len(texts) >= 150
    # 要得, 五十八 and the like cannot be said in another way; anything longer must be new to the model.
    assert [text for text in texts if len(text) > 12 and re.sub(r"[\s，。？！、]", "", text) in trained] == []
