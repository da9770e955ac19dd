"""The catalogue of fixed prompts against V01–V03, V05 and V07."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import tomllib

from ivr import prompts
from ivr.prompts import catalogue, heard_length, sentences
from ivr.recorded import to_record, words_in

PROMPTS = sorted(catalogue().values(), key=lambda prompt: prompt.id)
KEY = re.compile(r"按(\d|星号|井号)")


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.id)
def test_a_sentence_has_at_most_twenty_characters_and_a_question_forty(prompt: prompts.Prompt) -> None:
    """V01."""
    assert all(heard_length(sentence) <= 20 for sentence in sentences(re.sub(r"\{\w+\}", "", prompt.zh)))
    assert not prompt.choice or heard_length(prompt.zh) <= 40


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.id)
def test_a_menu_has_at_most_four_choices_besides_the_person(prompt: prompts.Prompt) -> None:
    """V02; the keys that mean the same everywhere are no choices of a menu."""
    keys = [key for key in KEY.findall(prompt.zh) if key in "1234568"]
    assert len(keys) <= 4
    assert keys == sorted(keys) or prompt.id == "reg_age_short"  # in order from 1


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.id)
def test_the_purpose_comes_before_the_key(prompt: prompts.Prompt) -> None:
    """V03: 想找活,按1. Only the everywhere-keys may be told as "按0找人"."""
    for clause in re.split(r"[。,?!]", prompt.zh):
        match = re.match(r"按([1-8])", clause)
        assert match is None or clause == match.group() or prompt.id == "reg_age_short", clause


def test_person_again_and_back_are_spoken_at_the_first_menu_and_on_help() -> None:
    """V03."""
    first = catalogue()["greeting"].zh + catalogue()["main"].zh
    assert all(key in first for key in ("按0", "按9", "按星号"))
    assert all(key in catalogue()["keys"].zh for key in ("按0", "按9", "按7", "按星号"))


@pytest.mark.parametrize("which", ["greeting", "greeting_65", "resume", "resume_65"])
def test_every_greeting_says_that_a_person_is_available(which: str) -> None:
    """V16, V17: for callers of 65 the person is the first thing said."""
    zh = catalogue()[which].zh
    assert "按0" in zh
    if which.endswith("65"):
        assert "按0" in zh.split("。")[0]
    if which == "greeting":
        assert "机器" in zh


@pytest.mark.parametrize("prompt", PROMPTS, ids=lambda prompt: prompt.id)
def test_every_prompt_has_an_english_gloss_with_the_same_things_to_fill_in(prompt: prompts.Prompt) -> None:
    fields = re.compile(r"\{(\w+)\}")
    assert prompt.en
    assert set(fields.findall(prompt.zh)) == set(fields.findall(prompt.en))
    assert not re.search(r"[\u4e00-\u9fff]", prompt.en)


def test_a_recorded_voice_can_stand_for_fixed_prompts_and_those_alone() -> None:
    """V07."""
    fixed = {words.id: words for words in to_record()}
    assert set(fixed) == {prompt.id for prompt in PROMPTS if "{" not in prompt.zh}
    assert fixed["wrong_key"].said("local") == "没得这个键。"
    assert fixed["wrong_key"].said("mandarin") == "没有这个键。"
    assert words_in("wrong_key.mandarin.wav") == "没有这个键。"
    assert words_in("jobs_found.wav") is words_in("../etc/passwd") is None


def test_every_prompt_in_the_catalogue_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in Path(prompts.HERE).glob("*.py"))
    made_up = {"greeting_65", "resume", "resume_65"}
    unused = [id_ for id_ in catalogue() if f'"{id_}"' not in source and id_ not in made_up]
    assert not unused
    assert tomllib.loads((prompts.HERE / "prompts.toml").read_text(encoding="utf-8"))


def test_no_words_are_spoken_that_stand_outside_the_catalogue() -> None:
    """What is written in code reaches neither the lint nor a recording nor the Mandarin wording."""
    wrong = []
    for path in Path(prompts.HERE).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Say":
                literal = any(isinstance(part, ast.Constant | ast.JoinedStr) for part in ast.walk(node))
                wrong += [f"{path.name}:{node.lineno}"] if literal and path.name != "prompts.py" else []
    assert wrong == []
