"""Answers to a posting's questions that no entity stands for, and what cannot be meant (E01)."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain import posting_words as words
from backend.domain.posting import next_such_days, opening_facts, said_of

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("text", "asked", "codes"),
    [
        ("都有", "benefit", ["meals", "lodging", "transport"]),
        ("都没得", "benefit", ["no_meals", "no_lodging", "no_transport"]),
        ("管饭 没得车接", "benefit", ["no_transport"]),
        ("管饭,自己来,不买保险", None, ["no_insurance", "no_transport"]),
        ("管饭接送 买保险 没得要求", None, ["insurance"]),
        ("买保险不", None, []),
        ("买", "insurance", ["insurance"]),
        ("不买", "insurance", ["no_insurance"]),
        ("买", "benefit", []),
        ("没得", "pay", []),
    ],
)
def test_what_is_given_and_what_expressly_is_not(text: str, asked: str | None, codes: list[str]) -> None:
    assert words.benefits_in(text, asked) == codes


def test_what_is_said_last_about_one_benefit_counts() -> None:
    assert words.merged_benefits(["meals", "no_transport"], ["no_meals", "insurance"]) == [
        "no_meals",
        "no_transport",
        "insurance",
    ]


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("七点到五点半", ("07:00", "17:30")),
        ("八点干到六点", ("08:00", "18:00")),
        ("晚上八点到早上六点", ("20:00", "06:00")),
        ("早上七点", ("07:00", None)),
    ],
)
def test_hours_are_read_in_the_order_they_are_said(text: str, hours: tuple[str, str | None]) -> None:
    assert words.span_of_hours(words.hours_in(text)["clock"]) == hours


def test_from_dawn_to_dusk_is_a_day() -> None:
    assert words.hours_in("从早到黑") == {"day_part": "daytime"}
    assert words.hours_in("不晓得") == {}


@pytest.mark.parametrize("text", ["没得", "没得要求", "都可以", "不限", "随便", "没啥要求", "要求不高"])
def test_no_requirement_is_an_answer(text: str) -> None:
    assert words.asks_nothing(text) or words.requirement_in(text) is None


@pytest.mark.parametrize(("text", "is_one"), [
    ("要会砌砖", True), ("手脚快的", True), ("男的", True), ("五十岁以下", True), ("一天好多钱?", False), ("人工", False), ("算了不招了", False),
])  # fmt: skip
def test_a_question_or_a_wish_to_stop_is_no_requirement(text: str, is_one: bool) -> None:
    assert words.is_requirement(text) is is_one


def test_a_notice_tells_its_requirements_itself() -> None:
    assert words.requirement_in("招工五名,要求：男女不限，能吃苦。包吃") == "男女不限，能吃苦"


@pytest.mark.parametrize(
    ("text", "said", "found"),
    [
        ("要-1个人摘李子", {"headcount": 1}, {"headcount": "no_people"}),
        ("要0个人", {}, {"headcount": "no_people"}),
        ("要一百万人", {}, {"headcount": "too_many"}),
        ("要五百个人", {"headcount": 500}, {}),
        ("2月30号", {}, {"date": "no_such_day"}),
        ("13月1号", {}, {"date": "no_such_day"}),
        ("昨天", {"date": "2026-11-21"}, {"date": "past_day"}),
        ("11月3号", {"date": "2027-11-03"}, {"date": "past_day"}),
        ("明年11月3号", {"date": "2027-11-03"}, {}),
        ("一天0块", {}, {"pay": "no_pay"}),
        ("一天十亿", {"pay": "1000000000/day"}, {"pay": "pay_unlikely"}),
        ("一斤五角", {"pay": "0.5/jin"}, {}),
        ("去东莞", {"location": "东莞"}, {"location": "outside"}),
        ("要五个人摘李子 兴泉社区 12月1日 一天150块", {"headcount": 5, "date": "2026-12-01", "pay": "150/day"}, {}),
        ("干十个小时 三个月", {}, {}),
    ],
)
def test_what_cannot_be_meant_is_named(text: str, said: dict[str, object], found: dict[str, str]) -> None:
    assert words.problems(text, said, TODAY) == found


def test_an_opening_said_again_is_the_same_opening() -> None:
    columns = {
        "job_type": "A04", "title": "摘脆红李", "headcount": 5, "region_code": "500114121002", "place": "三组", "starts_on": TODAY,
        "ends_on": date(2026, 11, 24), "hours_from": "20:00", "hours_to": "06:00", "day_part": None, "pay_min_fen": 12_000,
        "pay_max_fen": 15_000, "pay_unit": "day", "settlement": "daily", "negotiable": False, "requirements": "会爬梯",
        "meals": True, "lodging": None, "transport": False, "insured": True,
    }  # fmt: skip
    assert opening_facts(said_of(columns), TODAY) == {
        "job_type": "A04", "title": "摘脆红李", "headcount": 5, "region": "500114121002", "place": "三组", "starts_on": TODAY,
        "ends_on": date(2026, 11, 24), "hours": {"from": "20:00", "to": "06:00"},
        "pay": {"min_fen": 12_000, "max_fen": 15_000, "unit": "day", "settlement": "daily"}, "requirements": "会爬梯",
        "meals": True, "transport": False, "insured": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "again"),
    [
        (date(2026, 11, 16), date(2026, 11, 18), (date(2026, 11, 23), date(2026, 11, 25))),
        (date(2026, 11, 22), date(2026, 11, 22), (date(2026, 11, 29), date(2026, 11, 29))),
        (date(2026, 9, 1), date(2026, 9, 1), (date(2026, 11, 24), date(2026, 11, 24))),
        (date(2026, 11, 25), date(2026, 11, 25), (date(2026, 12, 2), date(2026, 12, 2))),
    ],
)
def test_once_more_means_the_next_such_weekdays(first: date, last: date, again: tuple[date, date]) -> None:
    assert next_such_days(first, last, TODAY) == again
