"""Ranking: what counts, what must not, and always the same order (W03, W04, H02, H03, P06)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.domain.matching import Ranked, is_near_enough, part_of_day, rank_openings, rank_workers, serves_day_parts
from backend.domain.offers import Stretch
from backend.domain.openings import OpeningFacts
from backend.domain.people import WorkerFacts

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
HOME = "500114121002"


def opening(id: int = 1, **more: object) -> OpeningFacts:
    fields: dict[str, object] = {"job_type": "A04", "region_code": HOME, "starts_on": DAY, "ends_on": DAY}
    return OpeningFacts(id=id, **{**fields, **more})  # type: ignore[arg-type]


def worker(id: int = 1, **more: object) -> WorkerFacts:
    fields: dict[str, object] = {"job_types": ("A04",), "region_code": HOME}
    return WorkerFacts(id=id, **{**fields, **more})  # type: ignore[arg-type]


def order(ranked: list[Ranked]) -> list[int]:
    return [r.id for r in ranked]


def test_the_right_trade_comes_before_a_kindred_one_and_that_before_a_strange_one() -> None:
    ranked = rank_openings(worker(), [opening(1, job_type="B07"), opening(2, job_type="A05"), opening(3)], NOW)
    assert order(ranked) == [3, 2, 1]
    assert "工种对口：摘水果" in ranked[0].reasons
    assert not ranked[2].suitable


@pytest.mark.parametrize(
    ("nearer", "farther"),
    [(HOME, "500114121001"), ("500114121001", "500114105001"), ("500114105001", "520526001001")],
)
def test_the_nearer_place_by_the_region_tree_comes_first(nearer: str, farther: str) -> None:
    assert order(rank_openings(worker(), [opening(1, region_code=farther), opening(2, region_code=nearer)], NOW)) == [
        2,
        1,
    ]


def test_pay_that_meets_the_wish_comes_first_and_more_than_that_changes_nothing() -> None:
    wish = worker(pay_min_fen=12_000, pay_unit="day")
    low, enough, plenty = (
        opening(n, pay_min_fen=fen, pay_max_fen=fen, pay_unit="day")
        for n, fen in ((1, 10_000), (2, 12_000), (3, 30_000))
    )
    ranked = rank_openings(wish, [low, plenty, enough], NOW)
    assert order(ranked) == [2, 3, 1]
    assert ranked[0].score == ranked[1].score


def test_a_day_wage_is_compared_with_an_hourly_one_but_never_with_a_piece_rate() -> None:
    wish = worker(pay_min_fen=12_000, pay_unit="day")
    hourly = opening(1, pay_min_fen=1_600, pay_max_fen=1_600, pay_unit="hour")
    pieces = opening(2, pay_min_fen=100, pay_max_fen=100, pay_unit="piece")
    ranked = rank_openings(wish, [pieces, hourly], NOW)
    assert "工钱够想要的数" in ranked[0].reasons and ranked[0].id == 1
    assert not any("工钱" in reason for reason in ranked[1].reasons)


def test_a_job_that_clashes_with_a_taken_one_is_not_suitable() -> None:
    busy = worker(taken=(Stretch(DAY, DAY),))
    [ranked] = rank_openings(busy, [opening()], NOW)
    assert not ranked.suitable and "和已经接的活撞了日子" in ranked.reasons


def test_days_on_which_she_is_not_free_make_a_job_unsuitable() -> None:
    away = worker(unavailable=((DAY - timedelta(days=1), DAY + timedelta(days=1)),))
    assert not rank_openings(away, [opening()], NOW)[0].suitable
    later = worker(available_from=DAY + timedelta(days=1))
    assert not rank_openings(later, [opening()], NOW)[0].suitable


def test_a_verified_hardship_raises_the_rank_and_a_claim_does_not() -> None:
    plain, verified = worker(1), worker(2, verified_labels=frozenset({"G04"}))
    ranked = rank_workers(opening(), [plain, verified], NOW)
    assert order(ranked) == [2, 1]
    assert "帮扶对象（已核实），优先" in ranked[0].reasons
    # Which hardship it is stays out of what others read.
    assert not any(word in reason for reason in ranked[0].reasons for word in ("残疾", "G04"))


def test_who_has_waited_longer_comes_first() -> None:
    short, long = (worker(n, waiting_since=NOW - timedelta(days=days)) for n, days in ((1, 3), (2, 30)))
    assert order(rank_workers(opening(), [short, long], NOW)) == [2, 1]


def test_a_household_without_an_earner_comes_before_hardship_and_waiting_together() -> None:
    both = worker(1, verified_labels=frozenset({"G01", "G04"}), waiting_since=NOW - timedelta(days=400))
    none = worker(2, household_without_earner=True)
    assert order(rank_workers(opening(), [both, none], NOW)) == [2, 1]


def test_priority_does_not_put_somebody_on_work_she_cannot_do() -> None:
    fits = worker(1)
    poor = worker(2, job_types=("B07",), household_without_earner=True, verified_labels=frozenset({"G03"}))
    ranked = rank_workers(opening(), [poor, fits], NOW)
    assert order(ranked) == [1, 2] and not ranked[1].suitable


def test_a_cheaper_worker_is_no_better_worker() -> None:
    paid = opening(pay_min_fen=15_000, pay_max_fen=15_000, pay_unit="day")
    cheap, dear = (worker(n, pay_min_fen=fen, pay_unit="day") for n, fen in ((1, 8_000), (2, 15_000)))
    ranked = rank_workers(paid, [cheap, dear], NOW)
    assert ranked[0].score == ranked[1].score


def test_age_and_sex_are_unknown_to_the_ranking() -> None:
    known = {field.name for field in dataclasses.fields(WorkerFacts)}
    assert not known & {"age", "birth_year", "gender", "sex", "name"}


def test_every_reason_is_a_chinese_sentence() -> None:
    ranked = rank_workers(
        opening(meals=True), [worker(household_without_earner=True, waiting_since=NOW - timedelta(days=50))], NOW
    )
    assert ranked[0].reasons and all(any("一" <= sign <= "鿿" for sign in reason) for reason in ranked[0].reasons)


@pytest.mark.parametrize(
    ("proximity", "place", "near"),
    [
        ("village", HOME, True),
        ("village", "500114121001", False),
        ("walking", HOME, True),
        ("near", "500114121001", True),
        ("near", "500114105001", False),
        ("county", "500114105001", True),
        ("county", "520526001001", False),
        ("away", "520526001001", True),
        ("away", HOME, False),
    ],
)
def test_how_far_is_near_enough(proximity: str, place: str, near: bool) -> None:
    assert is_near_enough(proximity, HOME, place) is near


@pytest.mark.parametrize(
    ("start", "end", "part"),
    [
        ("07:00", "12:00", "morning"),
        ("13:00", "18:00", "afternoon"),
        ("08:00", "17:30", "daytime"),
        ("18:00", "22:00", "evening"),
        ("22:00", "06:00", "night"),
        (None, None, None),
    ],
)
def test_the_part_of_the_day_follows_from_the_hours(start: str | None, end: str | None, part: str | None) -> None:
    assert part_of_day(opening(hours_from=start, hours_to=end)) == part


def test_a_job_without_hours_serves_any_part_of_the_day() -> None:
    assert serves_day_parts(opening(), ["night"])
    assert not serves_day_parts(opening(day_part="daytime"), ["night"])


@given(
    st.lists(
        st.builds(
            worker,
            id=st.integers(1, 1000),
            job_types=st.sampled_from([("A04",), ("A05", "B01"), ("B07",), ()]),
            region_code=st.sampled_from([HOME, "500114121", "500114", "520526001001", None]),
            pay_min_fen=st.one_of(st.none(), st.integers(1, 50_000)),
            pay_unit=st.sampled_from(["day", "hour", "piece", None]),
            household_without_earner=st.booleans(),
            waiting_since=st.one_of(st.none(), st.just(NOW - timedelta(days=40)), st.just(NOW + timedelta(days=1))),
        ),
        max_size=8,
        unique_by=lambda w: w.id,
    ),
    st.randoms(),
)
def test_the_order_never_depends_on_the_order_of_asking(workers: list[WorkerFacts], rng: object) -> None:
    shuffled = list(workers)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = (rank_workers(opening(pay_min_fen=12_000, pay_unit="day"), some, NOW) for some in (workers, shuffled))
    assert one == other
    assert [(r.suitable, r.score) for r in one] == sorted(((r.suitable, r.score) for r in one), reverse=True)
