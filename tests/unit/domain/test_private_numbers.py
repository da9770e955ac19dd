"""Identity and bank numbers are found however they are typed, and nothing else is taken for one (PIPL 6)."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain import ledger_cells as cells
from backend.domain.ledger_cells import BadCell
from backend.domain.ledgers import Reading, is_never_read, read_row
from backend.domain.private_numbers import has_private_number, without_private_numbers


@pytest.mark.parametrize(
    "text",
    [
        "张三500114197001010027", "500114 19700101 0027", "500114-19700101-002X", "５００１１４１９７００１０１００２７", "5.00114197001010e+17",
        "500114197001010027.0", "证500114 1970 0101 0027号", "500114700101002", "6222021234567890123", "6222 0212 3456 7890 123", "6222-0212-3456-7890",
    ],
)  # fmt: skip
def test_numbers_of_papers_and_cards_are_taken_out(text):
    left = without_private_numbers(text)
    assert has_private_number(text)
    assert sum(sign.isdigit() for sign in left) == 0
    with pytest.raises(BadCell, match="证件号"):
        cells.words(text)


@pytest.mark.parametrize(
    "text",
    [
        "13800001111", "13800001111 13900002222", "138-0000-1111、0859-3221234", "2026-06-20至2026-06-25", "2026-12-01-2026-12-05", "120-150元/天",
        "１２０元", "带身份证", "1.38e+10", "A栋3楼12号",
    ],
)  # fmt: skip
def test_phones_days_and_pay_stay_as_they_are(text):
    assert not has_private_number(text)
    assert without_private_numbers(text) == text


@pytest.mark.parametrize(
    "head", ["居民身份证", "卡号", "身份证号码（18位）", "本人证件号码", "开户银行", "银行卡", "社保卡号"]
)
def test_heads_over_papers_and_cards_are_known_in_any_wording(head):
    assert is_never_read(head)


def test_heads_of_the_ledgers_are_not_taken_for_papers():
    assert not any(is_never_read(head) for head in ("姓名", "联系电话", "村（社区）", "务工要求", "怎么结"))


def test_a_row_with_an_identity_number_in_its_words_is_bad_and_the_number_is_not_repeated():
    row = {"employer": "张三500114197001010027", "requirements": "自带证件 500114 19700101 0027", "phone": "500114 19700101 0027"}  # fmt: skip
    reading = Reading(date(2026, 11, 22), lambda _: [])
    found = read_row("openings", row, reading, missing=False)
    assert {problem.column for problem in found.problems} == {"用工单位", "务工要求", "联系电话"}
    assert "1970" not in str(found)
    assert "employer" not in found.facts
