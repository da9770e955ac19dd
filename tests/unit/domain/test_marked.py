"""Where values stand in the words, and what of them is hidden (T12, L22)."""

from __future__ import annotations

import pytest

from backend.domain.marked import Secrets, hidden, pieces, placed
from backend.domain.masking import mask_amount, mask_numbers

NOTHING = frozenset[str]()


def test_words_that_occur_twice_are_taken_in_turn_and_two_values_of_the_same_words_share_a_place():
    said = "一百五到一百五,吃住都包"
    entities = [{"entity": "pay", "text": "一百五"}, {"entity": "pay", "text": "一百五"},
                {"entity": "benefit", "text": "吃住"}, {"entity": "benefit", "text": "吃住"}, {"entity": "age", "text": "没说"}]  # fmt: skip
    assert [(one["start"], one["end"]) for one in placed(said, entities)] == [
        (0, 3),
        (4, 7),
        (8, 10),
        (8, 10),
        (-1, -1),
    ]


def test_a_place_that_does_not_hold_its_words_is_looked_for_anew():
    assert placed("我五十八", [{"entity": "age", "text": "五十八", "start": 0, "end": 3}])[0]["start"] == 1


def test_names_numbers_money_and_need_are_hidden_until_each_is_revealed():
    said = "我是王秀英,13800001234,吃低保,欠我三千五百块"
    entities = placed(said, [{"entity": "hardship", "text": "吃低保"}, {"entity": "person_name", "text": "王秀英"},
                             {"entity": "money", "text": "三千五百块"}])  # fmt: skip

    def shown(*fields: str) -> str:
        parts = hidden(said, Secrets(frozenset({"王秀英"})), frozenset(fields), entities, amounts=True)
        return "".join(piece.shown for piece in pieces(said, parts, entities))

    assert shown() == "我是王**,138****1234,●●,欠我三***块"
    assert shown("name") == "我是王秀英,138****1234,●●,欠我三***块"
    assert shown("name", "phone", "hardship", "amount") == said


def test_a_hidden_stretch_is_one_piece_whatever_is_marked_in_it():
    said = "我是王秀英"
    entities = [{"entity": "location", "text": "秀", "start": 3, "end": 4}]
    found = pieces(said, hidden(said, Secrets(frozenset({"王秀英"})), NOTHING, entities, amounts=True), entities)
    assert [(piece.start, piece.end, piece.hidden, piece.notes) for piece in found] == [
        (0, 2, "", ()),
        (2, 5, "name", (0,)),
    ]


@pytest.mark.parametrize(
    ("said", "shown"),
    [("150元", "1**元"), ("一天一百五", "一天一**"), ("3500.5", "3*****"), ("5元", "5*元"), ("150-200元/天", "1**-2**元/天"), ("面议", "面议")],
)  # fmt: skip
def test_of_an_amount_only_its_first_figure_shows(said, shown):
    assert mask_amount(said) == shown


def test_a_day_and_a_span_of_pay_are_no_numbers_to_hide():
    assert mask_numbers("2026-11-23起,1500-2000元,13800001234") == "2026-11-23起,1500-2000元,138****1234"
