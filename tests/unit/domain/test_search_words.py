"""Words to search by (domain/search_words.py)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from backend.domain import search_words


def test_every_word_of_a_text_is_found_by_its_entries():
    text = "老板欠我三个月工钱"
    for start in range(len(text)):
        for end in range(start + 2, len(text) + 1):
            word = text[start:end]
            assert set(search_words.entries((word,))) <= search_words.tokens(text)
            assert search_words.holds(text, word)


def test_width_and_capitals_make_no_difference():
    assert search_words.read("ＷｅｉＸｉｎ").words == ("weixin",)
    assert search_words.holds("加我WeiXin", "weixin")


def test_digits_are_no_words_and_numbers_said_in_words_neither():
    assert search_words.read("13800001234").words == ()
    assert search_words.tokens("13800001234") == set()
    assert search_words.tokens("幺三八零零零零幺二三四") == set()
    assert search_words.holds("一天一百五", "一百五")


def test_one_sign_alone_is_too_short_beside_a_word_it_counts():
    assert search_words.read("茶").too_short
    assert search_words.read("茶 工钱").words == ("茶", "工钱")


def test_hits_are_where_they_stand_in_the_text_as_shown():
    text = "Ａ工钱，B工钱"
    assert [text[start:end] for start, end in search_words.hits(text, ("工钱", "a"))] == ["Ａ", "工钱", "工钱"]


@given(st.text(max_size=60))
def test_no_text_breaks_it_and_entries_fit_the_column(text):
    assert all(-(2**31) <= one < 2**31 for one in search_words.tokens(text))
    query = search_words.read(text)
    assert len(query.words) <= search_words.MOST
    for start, end in search_words.hits(text, query.words):
        assert 0 <= start < end <= len(text)
