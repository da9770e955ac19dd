"""Names and numbers hidden in what staff read (T12, T14)."""

from __future__ import annotations

import pytest

from backend.domain.masking import mask_name, mask_names, mask_numbers, mask_phone


@pytest.mark.parametrize(
    ("number", "shown"),
    [("+8610000001234", "100****1234"), ("13800001234", "138****1234"), ("12333", "****33"), ("", "****")],
)
def test_a_phone_number_keeps_its_ends_only(number, shown):
    assert mask_phone(number) == shown


@pytest.mark.parametrize(
    "said",
    [
        "13800001234",
        "138 0000 1234",
        "138-0000-1234",
        "+86 13800001234",
        "１３８００００１２３４",
        "幺三八零零零零幺二三四",
    ],
)
def test_a_number_inside_a_text_is_hidden_however_it_is_written(said):
    masked = mask_numbers(f"打{said}找我")
    assert said not in masked
    assert "****" in masked
    assert masked.startswith("打") and masked.endswith("找我")


def test_a_number_with_one_dash_is_hidden_all_the_same():
    assert mask_numbers("打3366-1234") == "打336****34"
    assert mask_numbers("138000-01234元") == "138****1234元"


def test_an_identity_or_bank_number_keeps_no_digit():
    assert mask_numbers("身份证51352119660203123X的") == "身份证********的"


@pytest.mark.parametrize(
    "text",
    [
        "欠我3500元",
        "一百五一天，做了八天",
        "12333",
        "11月23日8点到17点半",
        "2026-11-23",
        "1800-2200元/月",
        "110.5-130.5元一天",
        "五十八了",
    ],
)
def test_wages_days_and_short_numbers_stay_readable(text):
    assert mask_numbers(text) == text


def test_every_known_name_is_hidden_the_longest_first():
    assert mask_names("欧阳建国和欧阳来了", {"欧阳建国", "欧阳"}) == "欧***和欧*来了"
    assert mask_name("王秀英") == "王**"
    assert mask_name("") == ""
    assert mask_names("王来了", {"王"}) == "王来了"
