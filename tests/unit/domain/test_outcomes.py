"""What both sides say of a place decides its status; no side alone can blot the other (W06)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.outcomes import OUTCOMES, SIDES, Said, verdict

NOW = datetime(2026, 6, 12, 9, tzinfo=UTC)


def said(*told: str, hours_ago: float = 1) -> list[Said]:
    """`worker:arrived`, … in this order."""
    return [
        Said(*one.split(":"), NOW - timedelta(hours=hours_ago) + timedelta(seconds=n))  # type: ignore[misc]
        for n, one in enumerate(told)
    ]


@pytest.mark.parametrize(
    ("status", "told", "becomes", "differ"),
    [
        ("accepted", [], "accepted", None),
        ("accepted", ["worker:arrived"], "arrived", None),
        ("accepted", ["employer:arrived"], "arrived", None),
        ("accepted", ["worker:no_show"], "no_show", None),
        ("accepted", ["worker:arrived", "employer:no_show"], "arrived", "came"),
        ("accepted", ["employer:no_show", "worker:arrived"], "arrived", "came"),
        ("accepted", ["employer:arrived", "worker:no_show"], "no_show", "came"),
        ("accepted", ["employer:no_show", "staff:arrived"], "arrived", None),
        ("no_show", ["employer:no_show", "staff:arrived"], "arrived", None),
        ("no_show", ["employer:no_show", "worker:arrived"], "no_show", "came"),  # after her day: a person looks
        ("arrived", ["worker:arrived", "staff:no_show"], "no_show", None),
        ("arrived", ["employer:completed"], "completed", None),
        ("arrived", ["employer:paid"], "completed", None),  # paid only when she says so
        ("arrived", ["worker:arrived", "worker:paid"], "paid", None),
        ("accepted", ["worker:paid"], "paid", None),
        ("arrived", ["employer:paid", "worker:unpaid"], "completed", "paid"),
        ("completed", ["employer:paid", "worker:unpaid", "worker:paid"], "paid", None),
        ("arrived", ["staff:paid"], "paid", None),
        ("paid", ["employer:no_show"], "paid", None),
        ("paid", ["staff:no_show"], "paid", None),
        ("accepted", ["employer:no_show", "employer:paid"], "accepted", None),  # wages of the others
        ("accepted", ["employer:no_show", "employer:unpaid", "worker:arrived"], "completed", "came"),
        ("accepted", ["employer:no_show", "employer:arrived"], "arrived", None),  # he has put it right
        ("withdrawn", ["worker:arrived"], "withdrawn", None),
    ],
)
def test_what_is_said_decides_what_the_place_becomes(
    status: str, told: list[str], becomes: str, differ: str | None
) -> None:
    found = verdict(status, said(*told), NOW)
    assert (found.status, found.differ) == (becomes, differ)


def test_an_employers_no_show_counts_after_a_day_without_a_word_from_her() -> None:
    absent, a_day = said("employer:no_show", hours_ago=30), timedelta(hours=24)
    assert verdict("accepted", absent, NOW, NOW - timedelta(hours=23)).status == "accepted"
    assert verdict("accepted", absent, NOW, NOW - a_day).status == "no_show"
    assert verdict("accepted", [*absent, *said("worker:arrived", hours_ago=2)], NOW, NOW - a_day).status == "arrived"


def test_whoever_could_not_be_asked_is_not_absent_by_her_employers_word_alone() -> None:
    assert verdict("accepted", said("employer:no_show", hours_ago=99), NOW, None).status == "accepted"


@given(
    st.lists(st.tuples(st.sampled_from(SIDES[:2]), st.sampled_from(OUTCOMES)), max_size=6),
    st.integers(min_value=0, max_value=100),
)
def test_an_employer_alone_never_makes_wages_paid_nor_a_present_worker_absent(
    told: list[tuple[str, str]], hours_ago: int
) -> None:
    words = [Said(side, outcome, NOW - timedelta(hours=hours_ago)) for side, outcome in told]
    found = verdict("accepted", words, NOW, NOW - timedelta(hours=hours_ago))
    worker = {one.outcome for one in words if one.side == "worker"}
    if found.status == "paid":
        assert "paid" in worker
    if worker - {"no_show"}:
        assert found.status != "no_show"
