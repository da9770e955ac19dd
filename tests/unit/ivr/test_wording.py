"""The two ways of talking: every prompt in Mandarin too, in the same lengths (V01, V07)."""

from __future__ import annotations

import re

import pytest

from ivr.asking import prompt
from ivr.prompts import catalogue, heard_length, sentences
from ivr.steps import Say
from ivr.wording import DIALECT, LOCAL, MANDARIN, in_mandarin, said_in

PROMPTS = sorted(catalogue())


@pytest.mark.parametrize("id_", PROMPTS)
def test_no_prompt_in_mandarin_holds_a_word_of_the_dialect(id_: str) -> None:
    said = said_in(Say(catalogue()[id_].zh, catalogue()[id_].en, id_), MANDARIN)
    assert not DIALECT.search(said.zh), said.zh
    assert said.en == catalogue()[id_].en


@pytest.mark.parametrize("id_", PROMPTS)
def test_a_prompt_in_mandarin_keeps_the_lengths_and_the_keys(id_: str) -> None:
    """V01, V03."""
    row = catalogue()[id_]
    said = re.sub(r"\{\w+\}", "", said_in(Say(row.zh, row.en, id_), MANDARIN).zh)
    assert all(heard_length(sentence) <= 20 for sentence in sentences(said))
    assert not row.choice or heard_length(said) <= 40
    assert re.findall(r"按(\d|星号|井号)", said) == re.findall(r"按(\d|星号|井号)", row.zh)


@pytest.mark.parametrize("id_", PROMPTS)
def test_only_fixed_prompts_have_words_of_their_own_in_mandarin(id_: str) -> None:
    """A filled sentence is turned by the table; words of its own would not be filled."""
    row = catalogue()[id_]
    assert not row.mandarin or row.is_fixed
    assert row.mandarin != in_mandarin(row.zh), "the table gives these words already"


def test_the_local_wording_is_the_catalogues_own() -> None:
    assert said_in(prompt("wrong_key"), LOCAL) == prompt("wrong_key")
    assert said_in(prompt("wrong_key"), MANDARIN).zh == "没有这个键。"


@pytest.mark.parametrize(
    ("local", "mandarin"),
    [("一天要好多钱才做?", "一天要多少钱才做?"), ("好。您要办啥子事?", "好。您要办什么事?"), ("十块一个钟头", "十块一个小时"),
     ("有没得摘果子的活", "有没有摘果子的活"), ("到了找哪个", "到了找谁"), ("您说的是哪一个?", "您说的是哪一个?"),
     ("莫家村", "莫家村"), ("莫家坝村按1", "莫家坝村按1"), ("记到石村。", "记到石村。"), ("名字记到了。", "名字记下了。"),
     ("您莫怕", "您不要怕"), ("莫急,莫再打", "不要急,不要再打"), ("说完等一哈。", "说完等一下。"),
     ("工地按1。田头按2。厂头按3。屋头家政按4。", "工地按1。种地按2。工厂按3。家政按4。"),
     ("厂头村,明天", "厂头村,明天"), ("仰头山村", "仰头山村"), ("您好,多谢", "您好,多谢")],
)  # fmt: skip
def test_the_table_turns_our_words_and_leaves_names(local: str, mandarin: str) -> None:
    assert in_mandarin(local) == mandarin
