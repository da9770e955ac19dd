"""Review flags, pay on one scale and states of an opening (E01, P04–P06)."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain import openings
from backend.domain.lexicon import job_codes
from backend.domain.openings import (
    FLAGS,
    OpeningFacts,
    covered_by,
    fen_per_day,
    kindred,
    may_become,
    pays_at_least,
    review_flags,
)


def flags(
    text: str = "摘果子 会用果剪", low: int | None = 12_000, high: int | None = 12_000, **more: object
) -> list[str]:
    given: dict[str, object] = {"negotiable": False, "usual_fen": 12_000.0, "employer_names": 1}
    return review_flags(text=text, pay_min_fen=low, pay_max_fen=high, **{**given, **more})  # type: ignore[arg-type]


def test_an_ordinary_posting_has_no_flag() -> None:
    assert flags() == []


@pytest.mark.parametrize(
    ("low", "high", "flag"),
    [(5_999, 12_000, "pay_low"), (6_000, 12_000, None), (12_000, 36_000, None), (12_000, 36_001, "pay_high")],
)
def test_pay_outside_half_to_three_times_the_median_is_flagged(low: int, high: int, flag: str | None) -> None:
    assert flags(low=low, high=high) == ([flag] if flag else [])


def test_without_a_known_median_no_pay_is_strange() -> None:
    assert flags(low=1, high=10_000_000, usual_fen=None) == []


def test_no_pay_is_flagged_unless_it_is_to_be_agreed() -> None:
    assert flags(low=None, high=None) == ["pay_missing"]
    assert flags(low=None, high=None, negotiable=True) == []


@pytest.mark.parametrize("text", ["先交200块钱服装费", "进厂收押金三百", "体检费自己出", "要押身份证", "收保证金"])
def test_deposit_words_are_flagged(text: str) -> None:
    assert "deposit_words" in flags(text)


@pytest.mark.parametrize("text", ["不收押金", "没得任何押金", "免服装费", "不要中介费"])
def test_saying_that_no_deposit_is_asked_is_not_flagged(text: str) -> None:
    assert "deposit_words" not in flags(text)


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("四十岁以下", "age_words"),
        ("年龄60以下", "age_words"),
        ("只要女的", "sex_words"),
        ("限男性", "sex_words"),
        ("要妇女", "sex_words"),
        ("身高一米六以上", "bias_words"),
        ("残疾的不要", "bias_words"),
        ("加微信详谈", "contact_inside"),
        ("看 http://x.top", "contact_inside"),
        ("打13812345678", "contact_inside"),
    ],
)
def test_words_that_shut_people_out_or_lead_outside_are_flagged(text: str, flag: str) -> None:
    assert flag in flags(text)


@pytest.mark.parametrize(
    "text", ["男女不限", "男女都可以", "会用果剪 能爬矮梯", "自带镰刀", "本村住户", "帮扶对象先来"]
)
def test_ordinary_requirements_are_not_flagged(text: str) -> None:
    assert flags(text) == []


def test_one_phone_under_several_names_is_flagged() -> None:
    assert flags(employer_names=2) == ["phone_many_names"]


def test_every_flag_has_a_sentence_in_both_languages() -> None:
    assert all(zh and en for zh, en in FLAGS.values())


def opening(**pay: object) -> OpeningFacts:
    day = date(2026, 11, 25)
    return OpeningFacts(id=1, job_type="A04", region_code="500114", starts_on=day, ends_on=day, **pay)  # type: ignore[arg-type]


def test_pay_is_put_on_one_scale_where_that_has_a_meaning() -> None:
    assert fen_per_day(1_500, "hour") == 12_000
    assert fen_per_day(312_000, "month") == 12_000
    assert fen_per_day(100, "jin") is None


@pytest.mark.parametrize(
    ("low", "high", "unit", "wanted", "wanted_unit", "enough"),
    [
        (10_000, 14_000, "day", 12_000, "day", True),
        (10_000, 11_000, "day", 12_000, None, False),
        (300_000, 320_000, "month", 12_000, "day", True),
        (100, 100, "jin", 12_000, "day", None),
        (100, 100, "jin", 120, "jin", False),
        (None, None, None, 12_000, "day", None),
    ],
)
def test_a_wish_is_met_by_the_best_pay_offered(
    low: int | None, high: int | None, unit: str | None, wanted: int, wanted_unit: str | None, enough: bool | None
) -> None:
    assert pays_at_least(opening(pay_min_fen=low, pay_max_fen=high, pay_unit=unit), wanted, wanted_unit) is enough


def test_who_asks_for_fruit_also_hears_of_kiwi_and_berries_but_not_of_tea() -> None:
    assert {"A05", "A06", "A09"} <= set(covered_by(["A04"]))
    assert "A01" not in covered_by(["A04"])


def test_families_name_only_trades_that_exist() -> None:
    known = set(job_codes())
    assert set().union(*openings.FAMILIES) <= known
    assert set().union(*openings.COVERS.values(), openings.COVERS) <= known
    assert kindred("A04", "A05") and not kindred("A04", "B07")


def test_what_is_over_does_not_come_back() -> None:
    assert may_become("in_review", "published") and may_become("filled", "published")
    assert not may_become("withdrawn", "published") and not may_become("expired", "published")
