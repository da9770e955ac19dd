"""Our readers beside well-kept libraries of others: what both read they read alike; what people say here only ours reads."""

from __future__ import annotations

from datetime import date, timedelta

import cn2an
import pytest
from borax.calendars.lunardate import LunarDate
from hypothesis import given
from hypothesis import strategies as st

from backend.domain import lunar_zh, numbers_zh

# Said here, read alike by both: the last unit left out, 廿, 幺, Latin and Han digits mixed (vocabulary §4.2).
ALIKE = ("两百五", "三千五", "一万二", "1百5", "2佰", "1.5百", "廿八", "三百八", "3万5", "一千零五", "幺三八", "壹佰")
# Said here just as often, and refused by the library: hundreds left unsaid, ranges, round numbers.
OURS_ALONE = {
    "千二": (1200, 1200), "五十有八": (58, 58), "一百五六": (150, 160), "两三百": (200, 300), "百五两百": (150, 200), "百把": (100, 100),
    "百十来": (100, 100), "三十几": (30, 39), "千儿八百": (800, 1000), "一百多": (100, 100), "俩": (2, 2),
}  # fmt: skip


@given(st.integers(0, 99_999_999))
def test_written_numbers_are_read_as_cn2an_writes_them(number: int) -> None:
    assert numbers_zh.value(cn2an.an2cn(number)) == number
    assert numbers_zh.value(cn2an.an2cn(number, "up")) == number


@pytest.mark.parametrize("said", ALIKE)
def test_elliptical_and_mixed_forms_are_read_as_cn2an_reads_them(said: str) -> None:
    assert numbers_zh.value(said) == cn2an.cn2an(said, "smart")


@pytest.mark.parametrize(("said", "means"), OURS_ALONE.items())
def test_what_people_say_beyond_that_is_why_ours_stays(said: str, means: tuple[int, int]) -> None:
    found = numbers_zh.read(said)
    assert found is not None and (found.low, found.high) == means
    with pytest.raises(ValueError):
        cn2an.cn2an(said, "smart")


@given(st.dates(date(2020, 1, 1), date(2040, 12, 31)))
def test_lunar_days_are_those_of_an_independent_calendar(day: date) -> None:
    peer = LunarDate.from_solar(day)
    # Ours marks a leap month with a minus.
    assert lunar_zh.lunar_of(day)[1:3] == (-peer.month if peer.leap else peer.month, peer.day)


@pytest.mark.parametrize("word", ["除夕", "端午", "中秋", "重阳", "腊八"])
def test_festivals_of_a_year_fall_on_the_day_of_an_independent_calendar(word: str) -> None:
    months = {"端午": (5, 5), "中秋": (8, 15), "重阳": (9, 9), "腊八": (12, 8)}
    found = lunar_zh.festival(word, date(2026, 1, 1))
    assert found is not None
    peer = LunarDate.from_solar(found + timedelta(days=1) if word == "除夕" else found)
    assert (peer.month, peer.day) == months.get(word, (1, 1))
