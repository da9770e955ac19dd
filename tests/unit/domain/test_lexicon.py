"""The closed word lists: every job type has its words, and each word one meaning (vocabulary §4.1)."""

import collections

import pytest

from backend.domain import lexicon


def test_every_job_type_is_heard_by_several_words_and_by_its_own_name() -> None:
    words = collections.Counter(entry.value for entry in lexicon.entries("job_types"))
    assert set(words) == set(lexicon.job_codes())
    assert len(words) == 101
    assert min(words.values()) >= 5
    for code in lexicon.job_codes():
        first = lexicon.job_name(code).split("/")[0]
        assert lexicon.search_job_codes(first)[:1] == [code], first


@pytest.mark.parametrize(
    "name",
    [
        "benefits",
        "settlement",
        "term",
        "day_parts",
        "proximity",
        "hardship",
        "gender",
        "problems",
        "policy_topics",
        "slips",
    ],
)
def test_each_word_stands_once_in_its_list_with_a_source(name: str) -> None:
    entries = lexicon.entries(name)
    assert entries
    assert all(e.word and e.value and e.source for e in entries)
    assert [word for word, n in collections.Counter(e.word for e in entries).items() if n > 1] == []


def test_a_slip_never_maps_onto_itself_or_another_slip() -> None:
    slips = {entry.word: entry.value for entry in lexicon.entries("slips")}
    assert [word for word, meant in slips.items() if meant in slips] == []


@pytest.mark.parametrize(
    ("said", "code"),
    [("摘脐橙", "A04"), ("摘点枇杷", "A04"), ("李子要人摘", "A04"), ("花椒采摘工", "A03"), ("服侍瘫痪老人", "S11"), ("掏化粪池", "S15"), ("修洗衣机", "S14"),
     ("开旋耕机", "A26"), ("扎那个箍筋", "B07"), ("铺沥青", "B22"), ("保洁公益岗", "S21"), ("薅包谷草", "A19"), ("挖半夏", "A22"), ("扛水泥", "T01"), ("铺床", "S18")],
)  # fmt: skip
def test_verb_and_object_name_the_work(said: str, code: str) -> None:
    assert lexicon.search_job_codes(said) == [code]


def test_names_are_given_in_both_languages() -> None:
    assert (lexicon.job_name("A19"), lexicon.job_name("A19", "en"), lexicon.job_name("Z99")) == (
        "除草工",
        "weeding",
        "Z99",
    )


@pytest.mark.parametrize("said", ["想打零工", "有活路没得", "师傅你好", "兼职", "小时工", "暑假工", "找点事做"])
def test_work_without_a_trade_has_no_code(said: str) -> None:
    assert lexicon.search_job_codes(said) == []
