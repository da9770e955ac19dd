"""Every cell of a ledger through one reader: what is filled in as people do, and what cannot be (L03, W01, E01)."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.console import ledger_labels
from backend.domain import ledger_cells as cells
from backend.domain import ledger_days
from backend.domain import ledger_words as w
from backend.domain.ledger_cells import BadCell
from backend.domain.ledger_told import told
from backend.domain.lexicon import job_codes
from backend.domain.openings import PAY_UNITS
from backend.domain.private_numbers import has_private_number

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("said", "fen"),
    [
        ("120/天", (12_000, 12_000, "day")), ("150-200元一天", (15_000, 20_000, "day")), ("０.８元／斤", (80, 80, "jin")),
        ("一百五一天", (15_000, 15_000, "day")), ("4000元/月", (400_000, 400_000, "month")), ("120元以上/天", (12_000, None, "day")),
        ("1.6/公斤", (160, 160, "kg")), ("200元以下/天", (None, 20_000, "day")), (120, (12_000, 12_000, None)), ("面议", (None, None, None)), ("", None), (None, None),
    ],
)  # fmt: skip
def test_pay_is_read_as_it_is_written(said, fen):
    assert cells.wage(said) == fen


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (0, "比0多"),
        (10**9, "一百万"),
        ("-5/天", "负数"),
        ("200-100/天", "不能比前面的小"),
        ("看情况", "看不懂"),
        ("120/天，包吃", "看不懂"),
    ],
)
def test_pay_that_cannot_be_is_refused(said, reason):
    with pytest.raises(BadCell, match=reason):
        cells.wage(said)


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2026/12/1", date(2026, 12, 1)), ("2026-12-01", date(2026, 12, 1)), ("2026.12.1", date(2026, 12, 1)), ("12月1日", date(2026, 12, 1)),
        ("1月5号", date(2027, 1, 5)), ("12.1", date(2026, 12, 1)), (46_357, date(2026, 12, 1)), (46_357.0, date(2026, 12, 1)),
        (datetime(2026, 12, 1, 8), date(2026, 12, 1)), (date(2026, 12, 1), date(2026, 12, 1)), ("二〇二六年十二月一日", None), (" ", None),
    ],
)  # fmt: skip
def test_days_are_read_as_excel_and_people_write_them(said, day):
    if day is None and str(said).strip():
        with pytest.raises(BadCell):
            ledger_days.day(said, TODAY)
    else:
        assert ledger_days.day(said, TODAY) == day


@pytest.mark.parametrize(
    ("said", "day", "past"),
    [("11月1日", date(2026, 11, 1), date(2026, 11, 1)), ("11.1", date(2026, 11, 1), date(2026, 11, 1)), ("十一月一日", date(2026, 11, 1), date(2026, 11, 1)),
     ("12月1日", date(2026, 12, 1), date(2025, 12, 1)), ("3月5号", date(2027, 3, 5), date(2026, 3, 5)), ("7月1日", date(2026, 7, 1), date(2026, 7, 1)),
     ("腊月初三", date(2027, 1, 10), date(2026, 1, 21)), ("2025年12月1日", date(2025, 12, 1), date(2025, 12, 1)), ("11月22日", TODAY, TODAY)],
)  # fmt: skip
def test_a_day_without_a_year_is_the_nearest_and_the_last_one_where_something_has_begun(said, day, past):
    assert ledger_days.day(said, TODAY) == day
    assert ledger_days.day(said, TODAY, past=True) == past


@pytest.mark.parametrize("said", [datetime(1904, 1, 1), date(1900, 1, 1), "2099-01-01", "2015年3月1日", 32_874])
def test_days_far_off_are_asked_about(said):
    with pytest.raises(BadCell, match="隔得太远"):
        ledger_days.day(said, TODAY)


def test_work_may_have_ended_long_ago_but_not_in_another_life():
    assert ledger_days.day("1998-05-01", TODAY, past=True) == date(1998, 5, 1)
    with pytest.raises(BadCell, match="隔得太远"):
        ledger_days.day(datetime(1904, 1, 1), TODAY, past=True)


@pytest.mark.parametrize("said", ["2月30日", "2026-13-01", "明天", "下周一", "12月1日到5日", "过年后", 3.5, True])
def test_days_that_are_none_or_move_are_refused(said):
    with pytest.raises(BadCell):
        ledger_days.day(said, TODAY)


@pytest.mark.parametrize(
    ("said", "clock"),
    [
        ("7:30", "07:30"),
        ("07：30", "07:30"),
        (0.3125, "07:30"),
        (time(7, 30), "07:30"),
        ("早上七点半", "07:30"),
        ("7点", "07:00"),
    ],
)
def test_clock_times_are_read(said, clock):
    assert cells.clock(said) == clock


@pytest.mark.parametrize("said", ["25:00", "7:70", "上午", "随便"])
def test_clock_times_that_are_none_are_refused(said):
    with pytest.raises(BadCell):
        cells.clock(said)


@pytest.mark.parametrize(
    "said",
    [
        "13800001111",
        13800001111,
        13800001111.0,
        "138 0000 1111",
        "138-0000-1111",
        "+86 138 0000 1111",
        "'13800001111",
        "０086１３８００００1111",
    ],
)
def test_numbers_are_read_however_excel_kept_them(said):
    assert cells.number(said) == "+8613800001111"


@pytest.mark.parametrize(
    ("said", "reason"),
    [("1.38E+10", "科学记数"), (1.38e10, "后面的数丢了"), ("1380000", "11位"), ("138****1111", "遮住"), ("13800001111/13900001111", "一个号码"), ("500114197001010027", "身份证"),
     ("138000一1111", "别的字"), ("+14155550123", "别的字")],
)  # fmt: skip
def test_numbers_that_cannot_be_rung_are_refused_with_the_reason(said, reason):
    with pytest.raises(BadCell, match=reason):
        cells.number(said)


@pytest.mark.parametrize(
    ("said", "year"),
    [("1968", 1968), (1968.0, 1968), ("58岁", 1968), ("58周岁", 1968), ("1968年3月", 1968), (date(1968, 3, 2), 1968), ("1968-03-02", 1968),
     ("68年", 1968), ("68年3月生", 1968), ("05年", 2005), (cells.aged(58), 1968), (cells.aged("58"), 1968), (cells.aged(58.0), 1968)],
)  # fmt: skip
def test_birth_is_read_as_year_or_age(said, year):
    assert cells.birth_year(said, 2026) == year


@pytest.mark.parametrize("said", [12, "2020", 0, "五十", "1868"])
def test_nobody_too_young_or_too_old_to_work_is_taken_in(said):
    with pytest.raises(BadCell):
        cells.birth_year(said, 2026)


@pytest.mark.parametrize("said", ["68", 68, 68.5, 58, "58.0", "20年", 24_990])
def test_two_digits_alone_are_neither_a_year_nor_an_age(said):
    with pytest.raises(BadCell, match=r"看不懂|要满16岁"):
        cells.birth_year(said, 2026)


def test_yes_and_no_in_the_signs_people_use():
    assert [cells.yes_no(sign) for sign in ("是", "有", "√", "✓", 1, True, "管饭", "Y")] == [True] * 8
    assert [cells.yes_no(sign) for sign in ("否", "无", "×", 0, False, "不管", "自理")] == [False] * 7
    assert cells.yes_no("") is None
    with pytest.raises(BadCell):
        cells.yes_no("也许")


def test_a_file_never_verifies_a_hardship():
    assert cells.labels("低保（已核实）、残疾") == ["G03", "G04"]
    assert cells.labels("无") is None
    with pytest.raises(BadCell):
        cells.labels("●●")


def test_a_place_is_asked_for_when_its_name_is_two_places():
    two = [("500114121002", "兴泉社区"), ("500114122002", "兴泉社区")]
    assert cells.place("兴泉社区", lambda _: two[:1]) == "500114121002"
    for found, reason in ((two, "镇名"), ([], "没有这个地方")):
        with pytest.raises(BadCell, match=reason):
            cells.place("兴泉社区", lambda _, found=found: found)


@pytest.mark.parametrize("said", ["飞行员", "摘果、开飞机"])
def test_trades_nobody_knows_are_named(said):
    with pytest.raises(BadCell, match=r"飞机|飞行员"):
        cells.trades(said)


# -- there and back ------------------------------------------------------------------------------------------------
@given(st.lists(st.sampled_from(job_codes()), unique=True, min_size=1, max_size=8))
def test_trades_come_back_as_they_went_out(codes):
    assert cells.trades(told("job_types", codes)) == codes


units = st.sampled_from(PAY_UNITS)
fen = st.integers(1, 100_000_000)


@given(fen, fen, st.sampled_from(["", "low", "high"]), st.one_of(st.none(), units))
def test_pay_comes_back_as_it_went_out(one, other, is_open, unit):
    low, high = None if is_open == "low" else min(one, other), None if is_open == "high" else max(one, other)
    assert cells.wage(cells.wage_told(low, high, unit)) == (low, high, unit)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(-1_500, 3_200))
def test_days_come_back_whatever_day_they_are_read(today, away):
    day = today + timedelta(days=away)
    assert ledger_days.day(day.isoformat(), today) == day
    assert ledger_days.day((day - date(1899, 12, 30)).days, today) == day


@given(st.text())
def test_guarded_words_come_back_and_begin_with_no_sign(text):
    kept = cells.words(text) if len(text) <= 200 and not has_private_number(text) else None
    if kept:
        out = cells.guarded(kept)
        assert out[0] not in "=+-@\t\r"
        assert cells.words(out, 300) == kept


@given(st.text(max_size=60))
def test_no_text_makes_a_reader_fail_otherwise_than_with_a_sentence(text):
    readers = [
        cells.name, cells.number, cells.wage, cells.trades, cells.labels, cells.clock, cells.yes_no, lambda t: ledger_days.day(t, TODAY),
        lambda t: cells.birth_year(t, 2026), lambda t: cells.whole(t, 1, 500), lambda t: cells.named(t, w.SKILLS), lambda t: cells.several(t, w.NEEDS),
    ]  # fmt: skip
    for reader in readers:
        with suppress(BadCell):
            reader(text)


@pytest.mark.parametrize(
    ("table", "labels"),
    [
        (w.SKILLS, ledger_labels.SKILLS), (w.EMPLOYMENT, ledger_labels.EMPLOYMENT), (w.WILLINGNESS, ledger_labels.WILLINGNESS),
        (w.NEEDS, ledger_labels.NEEDS), (w.CHANNELS, ledger_labels.CHANNELS), (w.LABELS, ledger_labels.HARDSHIPS),
    ],
)  # fmt: skip
def test_the_console_says_the_words_of_the_ledgers(table, labels):
    assert {code: each[0] for code, each in table.items()} == labels


@pytest.mark.parametrize(
    "table",
    [
        w.GENDERS,
        w.SKILLS,
        w.EMPLOYMENT,
        w.WILLINGNESS,
        w.NEEDS,
        w.CHANNELS,
        w.EMPLOYER_KINDS,
        w.SETTLEMENTS,
        w.LABELS,
        w.PAY_UNITS,
    ],
)
def test_every_word_stands_for_one_code(table):
    everything = [word for each in table.values() for word in each]
    assert len(everything) == len(set(everything))


def test_a_number_from_abroad_goes_out_and_comes_back_where_it_may_stand() -> None:
    assert cells.national("+85291234567") == "+85291234567"
    assert cells.number(cells.guarded("+852 9123-4567"), abroad=True) == "+85291234567"
    assert cells.number("+86 138 0000 1111", abroad=True) == "+8613800001111"
    with pytest.raises(cells.BadCell):
        cells.number("+85291234567")
