"""What a corrected turn changes in the ledgers, and what it leaves alone; values as they may be typed."""

from __future__ import annotations

from datetime import datetime

import pytest

from backend.domain.normal_form import read
from backend.domain.put_right import Change, of_opening, of_worker
from backend.settings import TIMEZONE

CARD = {"name": "王秀英", "gender": "female", "birth_year": 1978, "village": "A", "job_types": ["A01", "B03"],
        "pay": [15000, 15000, "day"], "available_from": "2026-11-25", "available_to": "2026-11-25",
        "unavailable": [["2026-12-01", "2026-12-03"]], "day_parts": [], "term": None}  # fmt: skip


def said(*values):
    return [{"entity": "x", "text": "x", "value": value} for value in values]


def worker(entity, was, becomes, **card):
    found = of_worker(entity, said(*was), said(*becomes), {**CARD, **card}, 2026, lambda name: name[:1])
    return [(one.column, one.before, one.after) for one in found]


@pytest.mark.parametrize(
    ("entity", "was", "becomes", "changes"),
    [
        ("age", [48], [58], [("birth_year", 1978, 1968)]),
        ("age", [48], [], [("birth_year", 1978, None)]),
        ("age", [47], [58], []),  # the card has it from elsewhere
        ("gender", ["female"], ["male"], [("gender", "female", "male")]),
        ("location", ["A村"], ["B村"], [("village", "A", "B")]),
        ("location", ["A村"], [], []),  # she lives somewhere
        ("person_name", ["王秀英"], ["王秀花"], [("name", "王秀英", "王秀花")]),
        ("job_type", ["A01"], ["A04"], [("job_types", ["A01", "B03"], ["A04", "B03"])]),
        ("job_type", ["A01"], [], [("job_types", ["A01", "B03"], ["B03"])]),
        ("job_type", ["A01"], ["A01", "S09"], [("job_types", ["A01", "B03"], ["A01", "B03", "S09"])]),
        ("job_type", ["A09"], ["A04"], []),
        ("pay", ["150"], ["180/day"], [("pay", [15000, 15000, "day"], [18000, 18000, "day"])]),
        ("date", ["2026-11-25"], ["2026-11-25/2026-11-27"], [("available_to", "2026-11-25", "2026-11-27")]),
        ("date", ["2026-12-01/2026-12-03"], ["2026-12-02/2026-12-03"],
         [("unavailable", [["2026-12-01", "2026-12-03"]], [["2026-12-02", "2026-12-03"]])]),
        ("term", [], ["long"], [("term", None, "long")]),
        ("money", [3500], [350], []),
    ],
)  # fmt: skip
def test_a_card_follows_the_words_that_filled_it(entity, was, becomes, changes):
    assert worker(entity, was, becomes) == changes


def test_an_opening_follows_in_its_facts():
    line = {"headcount": 3, "pay_min_fen": 12000, "pay_max_fen": 12000, "pay_unit": "day", "hours_from": "07:00", "hours_to": None,
            "meals": True, "lodging": None, "starts_on": "2026-11-25", "ends_on": "2026-11-26", "settlement": None}  # fmt: skip

    def opening(entity, was, becomes):
        return of_opening(entity, said(*was), said(*becomes), line, lambda name: None)

    assert opening("headcount", [3], [5]) == [Change("headcount", "headcount", 3, 5)]
    assert opening("headcount", [3], []) == []
    assert opening("benefit", ["meals"], ["lodging"]) == [
        Change("benefit", "meals", True, None),
        Change("benefit", "lodging", None, True),
    ]
    assert opening("pay", ["120/day"], ["150/day"])[0] == Change("pay", "pay_min_fen", 12000, 15000)
    assert [one.after for one in opening("clock", ["07:00"], ["07:30"])] == ["07:30"]
    assert [one.after for one in opening("date", ["2026-11-25/2026-11-26"], ["2026-11-27/2026-11-28"])] == [
        "2026-11-27",
        "2026-11-28",
    ]


@pytest.mark.parametrize(
    ("kind", "typed", "value"),
    [
        ("age", "58", 58), ("age", "五十八", 58), ("age", "58岁", 58), ("age", "200", None), ("age", "很老", None),
        ("gender", "女", "female"), ("job_type", "A04", "A04"), ("job_type", "砌砖", "B03"), ("job_type", "Z99", None),
        ("pay", "150-200/day", "150-200/day"), ("pay", "一天一百五", "150/day"), ("date", "2026-11-25/2026-11-24", None),
        ("date", "明天", "2026-11-24"), ("clock", "07:30", "07:30"), ("clock", "7点半", "07:30"), ("headcount", "五个人", 5),
        ("money", "3500", 3500), ("location", "兴泉社区", "兴泉社区"), ("location", "[x](age)", None), ("term", "long", "long"),
        ("duration", "3d", "3d"), ("ordinal", "0", None), ("nonsense", "1", None), ("age", "5" * 100_000, None),
    ],
)  # fmt: skip
def test_a_value_is_taken_in_its_normal_form_or_in_words(kind, typed, value):
    assert read(kind, typed, datetime(2026, 11, 23, 9, tzinfo=TIMEZONE)) == value
