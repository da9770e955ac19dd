"""What of a file of reviewed sentences is learnt, and what is left out of it (T17)."""

from __future__ import annotations

import pytest
import yaml

from backend.domain.reviewed import EXAM_FROM, SAID, Example, as_items, read, split

INTENTS, KINDS = {"search_jobs", "inform", "greet"}, {"age", "job_type"}


def file(*lines: str, intent: str = "inform") -> str:
    return f'version: "3.1"\nnlu:\n  - intent: {intent}\n    examples: |\n' + "".join(
        f"      - {one}\n" for one in lines
    )


def test_a_reviewed_sentence_keeps_its_words_and_their_marks() -> None:
    [one] = read(file("我[五十八](age)岁，会[摘茶](job_type)"), INTENTS, KINDS)
    assert (one.text, one.entities) == ("我五十八岁，会摘茶", {("age", "五十八"), ("job_type", "摘茶")})


@pytest.mark.parametrize(
    "line",
    [
        "/apply_job",
        "／apply_job",
        '我[五十八]{"entity": "age", "value": "18"}',
        "我[五十八](password)",
        "[[x]](age)",
        "",
        "长" * 501,
    ],
)
def test_commands_other_marks_and_what_is_too_long_are_left_out(line: str) -> None:
    assert [one.text for one in read(file(line, "你好"), INTENTS, KINDS)] == ["你好"]


def test_unknown_intents_and_other_kinds_of_training_data_are_left_out() -> None:
    content = (
        file("随便", intent="drop_tables")
        + "  - regex: age\n    examples: |\n      - .*\n  - lookup: age\n    examples: |\n      - 1\n"
    )
    assert read(content, INTENTS, KINDS) == []


@pytest.mark.parametrize(
    "content", ["nlu: [", "- just\n- a list", "nlu: words", "!!python/object:os.system {}", "a: &a [*a]"]
)
def test_a_file_that_is_none_of_ours_is_refused(content: str) -> None:
    with pytest.raises(ValueError):
        read(content, INTENTS, KINDS)


@pytest.mark.parametrize("content", ["", "\n", 'version: "3.1"\nnlu: []\n', 'version: "3.1"\n'])
def test_an_empty_file_has_nothing_to_learn(content: str) -> None:
    assert read(content, INTENTS, KINDS) == []


def test_the_order_of_the_file_and_doubles_do_not_matter() -> None:
    assert read(file("乙", "甲", "乙"), INTENTS, KINDS) == read(file("甲", "乙"), INTENTS, KINDS)


def test_few_sentences_are_all_learnt() -> None:
    few = [Example("inform", f"第{number}句") for number in range(EXAM_FROM - 1)]
    assert split(few) == (few, [])


def test_of_many_about_a_fifth_is_kept_back_and_a_new_one_moves_no_other() -> None:
    many = [Example("inform", f"第{number}句") for number in range(200)]
    learnt, held = split(many)
    assert 20 <= len(held) <= 60 and len(learnt) + len(held) == 200
    assert set(held) <= set(split([*many, Example("greet", "又来一句")])[1])


def test_what_is_learnt_is_written_as_training_data_in_several_ways_to_say_it() -> None:
    examples = [Example("inform", "我[五十八](age)岁"), Example("greet", "你好: #哟"), Example("inform", "- 六十")]
    written = "nlu:\n" + as_items(examples)
    found = read(written, INTENTS, KINDS)
    assert set(examples) < set(found) and len(found) == len(examples) * len(SAID)
    assert Example("inform", "我[五十八](age)岁嘛") in found
    assert [block["intent"] for block in yaml.safe_load(written)["nlu"]] == ["greet", "inform"]
