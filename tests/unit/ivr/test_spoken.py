"""Numbers, wages, days, hours and one job as they sound (V13, W07)."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivr import spoken
from tests.support.calls import TODAY, opening


@pytest.mark.parametrize(
    ("number", "said"),
    [(0, "零"), (2, "二"), (10, "十"), (15, "十五"), (20, "二十"), (58, "五十八"), (100, "一百"), (105, "一百零五"),
     (110, "一百一十"), (120, "一百二十"), (200, "两百"), (222, "两百二十二"), (1005, "一千零五"), (2500, "两千五百"),
     (10_000, "一万"), (10_005, "一万零五"), (20_300, "两万零三百"), (35_000, "三万五千")],
)  # fmt: skip
def test_a_number_is_said_in_words(number: int, said: str) -> None:
    assert spoken.number_zh(number) == said


def test_a_telephone_number_is_read_digit_by_digit() -> None:
    assert spoken.digits_zh("12333") == "幺二三三三"


@pytest.mark.parametrize(
    ("terms", "said"),
    [({"min_fen": 12_000, "max_fen": 12_000, "unit": "day"}, "一百二十块一天"),
     ({"min_fen": 15_000, "max_fen": 20_000, "unit": "day"}, "一百五十到两百块一天"),
     ({"min_fen": 20_000, "max_fen": None, "unit": "day"}, "起码两百块一天"),
     ({"min_fen": 50, "max_fen": 50, "unit": "jin"}, "五角一斤"),
     ({"min_fen": 150, "max_fen": 150, "unit": "jin"}, "一块五一斤"),
     ({"min_fen": None, "max_fen": None, "unit": None}, "工钱当面谈"),
     ({"min_fen": 400_000, "max_fen": 400_000, "unit": "month"}, "四千块一个月")],
)  # fmt: skip
def test_a_wage_keeps_its_basis(terms: dict[str, Any], said: str) -> None:
    assert spoken.pay(terms, "zh") == said


@pytest.mark.parametrize(
    ("ahead", "said"),
    [(0, "今天"), (1, "明天"), (2, "后天,二十五号,星期三"), (4, "二十七号,星期五"), (10, "十二月三号")],
)
def test_a_day_is_said_as_people_say_it(ahead: int, said: str) -> None:
    assert spoken.day(TODAY + timedelta(days=ahead), TODAY, "zh") == said


@pytest.mark.parametrize(
    ("clock", "said"),
    [("07:30", "早上七点半"), ("14:00", "下午两点"), ("12:15", "中午十二点十五分"), ("19:05", "晚上七点零五分")],
)
def test_a_clock_time_carries_its_part_of_the_day(clock: str, said: str) -> None:
    assert spoken.clock(clock, "zh") == said


def test_a_job_is_read_in_the_fixed_order() -> None:
    """V13, W07: work → place → when → pay and settlement → meals, transport, insurance."""
    assert spoken.job(opening(), TODAY, "zh") == [
        "摘脆红李", "兴泉社区三组", "明天起,做两天,早上七点到下午五点", "一百二十块一天,做完一天结一天", "管饭,有车接送,没买保险",
    ]  # fmt: skip


optional = st.one_of(st.none(), st.booleans())


@settings(max_examples=40, deadline=None)
@given(
    title=st.text("摘脆红李辣椒采茶搬砖", min_size=1, max_size=30), place=st.text("兴泉社区三组果园", max_size=40),
    region=st.sampled_from(["兴泉社区", "仰头山村", "黔江区", ""]), start=st.integers(0, 60), length=st.integers(0, 60),
    low=st.integers(50, 900_000), settlement=st.sampled_from([None, *spoken.SETTLEMENTS]), unit=st.sampled_from(list(spoken.UNITS)),
    negotiable=st.booleans(), hours=st.sampled_from([("07:15", "18:45"), (None, None), ("12:25", None)]),
    meals=optional, lodging=optional, transport=optional, insured=optional,
)  # fmt: skip
def test_every_job_is_read_within_twenty_five_seconds(
    title: str, place: str, region: str, start: int, length: int, low: int, settlement: str | None, unit: str,
    negotiable: bool, hours: tuple[str | None, str | None], **benefits: bool | None,
) -> None:  # fmt: skip
    """V13, at the default 130 characters a minute; the wage is always among what is read."""
    view = opening(
        title=title, place=place, region_name=region, starts_on=(TODAY + timedelta(days=start)).isoformat(),
        ends_on=(TODAY + timedelta(days=start + length)).isoformat(), hours={"from": hours[0], "to": hours[1], "day_part": "daytime"},
        pay={"min_fen": low, "max_fen": low + 4321, "unit": unit, "settlement": settlement, "negotiable": negotiable}, **benefits,
    )  # fmt: skip
    said = spoken.job(view, TODAY, "zh")
    assert spoken.spoken_length(said) <= spoken.LONGEST_JOB
    assert spoken.pay(view["pay"], "zh") in "".join(said)


def test_an_own_offer_is_told_as_work_place_and_day_only() -> None:
    """DESIGN §3.4."""
    said = spoken.job_line(opening(), TODAY, "zh")
    assert said == "摘脆红李,兴泉社区,明天起,做两天"


def test_a_job_already_begun_starts_today() -> None:
    assert spoken.days(TODAY - timedelta(days=3), TODAY, TODAY, "zh") == "今天"
    assert spoken.day(date(2026, 12, 3), TODAY, "en") == "Thursday 3 December"
