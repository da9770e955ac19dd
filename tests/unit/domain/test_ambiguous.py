"""Words that mean two things (vocabulary §4, marked †): when they are in doubt, and what each side binds."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from backend.domain import ambiguous, lexicon
from backend.domain.entity import Entity

TODAY = date(2026, 11, 23)  # a Monday; lunar 十月十五


def doubt(text: str, *entities: Entity, intent: str = "search_jobs", **more: Any) -> ambiguous.Doubt | None:
    found = entities or tuple(
        Entity("job_type", hit.word, hit.value, hit.start, hit.end) for hit in lexicon.find_jobs(text)
    )
    return ambiguous.find(text, found, intent=intent, today=TODAY, **more)


@pytest.mark.parametrize(
    ("text", "sides"),
    [
        ("车工有没得", ("F11", "F03")),
        ("我是做普工的", ("B01", "F01")),
        ("找个技工的活", ("B02", "F08")),
        ("我们要请两个师傅", ("B02", "F08")),
        ("杂工", ("B01", "S24")),
        ("打草的活", ("A20", "A19")),
        ("有没得摘杨桃的", ("A05", "A04")),
        ("跑车", ("T03", "T04")),
    ],
)
def test_a_trade_of_two_meanings_alone_is_in_doubt(text: str, sides: tuple[str, str]) -> None:
    found = doubt(text)
    assert found is not None
    assert found.decided is None
    assert tuple(side.values[0][1] for side in found.sides) == sides


@pytest.mark.parametrize(
    ("text", "code"),
    [("服装厂要车工", "F03"), ("数控车工", "F11"), ("工地上要普工", "B01"), ("进厂做普工", "F01"), ("割草机打草", "A19"), ("跑车拉渣土", "T03")],
)  # fmt: skip
def test_the_rest_of_the_message_decides(text: str, code: str) -> None:
    found = doubt(text, Entity("job_type", "", "X", 0, len(text)))
    assert found is None or (found.decided is not None and found.decided.values == (("job_type", code),))
    assert code in {hit.value for hit in lexicon.find_jobs(text)} | {
        side.values[0][1] for side in ([found.decided] if found and found.decided else [])
    }


@pytest.mark.parametrize(
    "text", ["师傅有活没得", "李师傅好", "扎钢筋的技工", "搬运杂工", "电车工", "叉车工", "第二天去", "做二天", "二十五岁", "十五块一天", "八月十五", "十五号有空", "一点钟开工"]
)  # fmt: skip
def test_plain_words_are_not_asked_about(text: str) -> None:
    assert doubt(text) is None


@pytest.mark.parametrize("text", ["二天有活喊我", "我二天有空"])
def test_er_tian_is_tomorrow_or_some_day(text: str) -> None:
    found = doubt(text, intent="set_availability")
    assert found is not None
    assert [side.values for side in found.sides] == [(("date", "2026-11-24"),), ()]


@pytest.mark.parametrize(
    ("text", "asked"), [("十六有空", None), ("我16去", None), ("十六", "date"), ("十六嘛", "date")]
)
def test_a_bare_day_number_is_lunar_or_solar(text: str, asked: str | None) -> None:
    found = doubt(text, intent="inform", asked=asked)
    assert found is not None
    assert [side.values for side in found.sides] == [(("date", "2026-11-24"),), (("date", "2026-12-16"),)]


def test_a_bare_number_is_a_day_only_where_a_day_was_asked_for() -> None:
    assert doubt("十六", intent="inform") is None
    assert doubt("十六", intent="inform", asked="age") is None


def test_yi_dian_zhong_beside_an_amount_is_an_hour_or_one_oclock() -> None:
    found = doubt("一点钟20块", intent="post_job")
    assert found is not None
    assert [side.values for side in found.sides] == [(("pay", "20/hour"),), (("clock", "13:00"), ("pay", "20"))]


def test_four_and_ten_are_in_doubt_only_by_voice() -> None:
    four = Entity("headcount", "四个人", 4, 1, 4)
    assert doubt("要四个人", four, intent="post_job") is None
    found = doubt("要四个人", four, intent="post_job", by_voice=True)
    assert found is not None
    assert [side.values for side in found.sides] == [(("headcount", 4),), (("headcount", 10),)]
    five = Entity("headcount", "五个人", 5, 1, 4)
    assert doubt("要五个人", five, intent="post_job", by_voice=True) is None


def test_binding_replaces_the_word_in_doubt_and_nothing_else() -> None:
    text = "明天车工"
    entities = [Entity("date", "明天", "2026-11-24", 0, 2), Entity("job_type", "车工", "F11", 2, 4)]
    found = doubt(text, *entities)
    assert found is not None
    bound = ambiguous.settle(entities, found, found.sides[1])
    assert {(e.entity, e.value) for e in bound} == {("date", "2026-11-24"), ("job_type", "F03")}
    neither = ambiguous.settle(entities, found, None)
    assert {(e.entity, e.value) for e in neither} == {("date", "2026-11-24")}


def test_a_word_is_asked_about_once() -> None:
    assert doubt("车工", known=("车工",)) is None


def test_every_side_is_short_enough_for_one_breath() -> None:
    """V01."""
    assert all(len(side.zh) <= 5 for sides in ambiguous._TRADES.values() for side in sides)
