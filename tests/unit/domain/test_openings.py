"""Pay on one scale and states of an opening (E01)."""

from __future__ import annotations

from datetime import date

import pytest

from backend.domain import openings
from backend.domain.lexicon import job_codes
from backend.domain.openings import (
    OpeningFacts,
    covered_by,
    fen_per_day,
    kindred,
    may_become,
    pays_at_least,
)


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


def test_what_is_out_may_be_sent_back_and_what_was_sent_back_may_be_looked_at_again() -> None:
    assert may_become("published", "rejected") and may_become("filled", "rejected")
    assert may_become("rejected", "in_review") and not may_become("rejected", "published")
