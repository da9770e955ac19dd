"""What must hold of the ranking for any worker and any opening (W03, W04, H02, H03, P06)."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain import fairness
from backend.domain.matching import Ranked, rank_openings, rank_workers
from backend.domain.offers import Stretch
from backend.domain.openings import OpeningFacts
from backend.domain.people import PRIORITY_LABELS, WorkerFacts
from backend.domain.weights import DEFAULT_WEIGHTS, LIMITS, Weights

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
PLACES = ["500114121002", "500114121001", "500114105001", "500115001001", "520526001001"]
WAYS = {(a, b): abs(i - j) * 7.5 for i, a in enumerate(PLACES) for j, b in enumerate(PLACES)}
TRADES = ["A04", "A05", "B07", "B12", "F01"]
DAYS = st.integers(0, 40).map(lambda n: TODAY + timedelta(days=n))
BENEFITS = st.frozensets(st.sampled_from(["meals", "lodging", "transport", "insurance", "no_meals"]), max_size=3)
FEN = st.one_of(st.none(), st.integers(1, 10**11))
UNITS = st.sampled_from(["hour", "half_day", "day", "week", "month", "piece", "jin", None])


def km(home: str | None, place: str) -> float | None:
    return WAYS.get((home or "", place))


@st.composite
def openings(draw: st.DrawFn) -> OpeningFacts:
    first = draw(DAYS)
    return OpeningFacts(
        id=draw(st.integers(1, 10**6)), job_type=draw(st.sampled_from(TRADES)), region_code=draw(st.sampled_from(PLACES)),
        starts_on=first, ends_on=first + timedelta(days=draw(st.integers(0, 60))),
        hours_from=draw(st.sampled_from([None, "08:00", "19:00"])), pay_min_fen=draw(FEN), pay_unit=draw(UNITS),
        meals=draw(st.sampled_from([True, False, None])), transport=draw(st.sampled_from([True, None])),
        skill=draw(st.sampled_from([None, "skilled", "certified"])),
        published_at=draw(st.one_of(st.none(), st.integers(0, 40).map(lambda n: NOW - timedelta(days=n)))),
    )  # fmt: skip


@st.composite
def workers(draw: st.DrawFn) -> WorkerFacts:
    busy = draw(st.lists(DAYS, max_size=2))
    return WorkerFacts(
        id=draw(st.integers(1, 10**6)), job_types=tuple(draw(st.lists(st.sampled_from(TRADES), max_size=3, unique=True))),
        region_code=draw(st.sampled_from([*PLACES, "500114", None])), pay_min_fen=draw(FEN), pay_unit=draw(UNITS),
        available_from=draw(st.one_of(st.none(), DAYS)), unavailable=tuple((day, day + timedelta(days=2)) for day in busy),
        day_parts=draw(st.frozensets(st.sampled_from(["morning", "night"]))), benefits=draw(BENEFITS),
        term=draw(st.sampled_from([None, "long", "short"])),
        proximity=draw(st.sampled_from([None, "walking", "near", "county", "away"])),
        verified_labels=draw(st.frozensets(st.sampled_from(sorted(PRIORITY_LABELS)), max_size=3)),
        household_without_earner=draw(st.booleans()),
        waiting_since=draw(st.one_of(st.none(), st.integers(-3, 400).map(lambda n: NOW - timedelta(days=n)))),
        taken=tuple(Stretch(day, day) for day in draw(st.lists(DAYS, max_size=2))),
        travel=draw(st.sampled_from([None, "walking", "bicycle", "motorbike", "bus"])),
        within_km=draw(st.sampled_from([None, 3.0, 20.0])), skill_level=draw(st.sampled_from([None, "none", "certified"])),
        no_shows=tuple(NOW - timedelta(days=n) for n in draw(st.lists(st.integers(-1, 200), max_size=3))),
    )  # fmt: skip


WEIGHTS = st.builds(Weights, **{name: st.floats(least, most) for name, (least, most) in LIMITS.items()}).filter(
    lambda chosen: chosen.kindred <= chosen.trade
)


def only(ranked: list[Ranked]) -> Ranked:
    [one] = ranked
    return one


@given(workers(), openings(), WEIGHTS, st.booleans())
def test_the_fit_is_the_same_from_both_sides(
    worker: WorkerFacts, opening: OpeningFacts, weights: Weights, placed: bool
) -> None:
    way = km if placed else None
    from_her = only(rank_openings(worker, [opening], NOW, weights, way))
    from_it = only(rank_workers(opening, [worker], NOW, weights, way))
    need = {*fairness.NEED_PARTS, "no_show"}
    assert from_her.parts == [part for part in from_it.parts if part.name not in need]
    assert from_her.suitable == from_it.suitable


@given(workers(), openings(), WEIGHTS)
def test_the_parts_add_up_to_the_score_and_none_gives_more_than_it_may(worker: WorkerFacts, opening: OpeningFacts, weights: Weights) -> None:  # fmt: skip
    ranked = only(rank_workers(opening, [worker], NOW, weights, km))
    assert abs(sum(part.points for part in ranked.parts) - ranked.score) < 0.1
    assert all(part.points <= part.most + 0.01 for part in ranked.parts)
    assert all(part.points >= 0 or part.name == "no_show" for part in ranked.parts)


@given(workers(), openings())
def test_with_the_usual_weights_a_score_stays_between_minus_6_and_130(
    worker: WorkerFacts, opening: OpeningFacts
) -> None:
    assert -6 <= only(rank_workers(opening, [worker], NOW, km=km)).score <= 130


@given(workers(), openings())
def test_every_part_says_why_in_words_short_enough_to_be_spoken(worker: WorkerFacts, opening: OpeningFacts) -> None:
    for part in only(rank_workers(opening, [worker], NOW, km=km)).parts:
        assert 2 <= len(part.words) <= 22 and "\n" not in part.words
        assert any("一" <= sign <= "鿿" for sign in part.words)


@given(workers(), openings())
def test_what_a_worker_is_told_never_speaks_of_labels_or_households(worker: WorkerFacts, opening: OpeningFacts) -> None:
    told = only(rank_openings(worker, [opening], NOW, km=km)).reasons
    assert not any(word in reason for reason in told for word in ("帮扶", "家里", "残", "困难", "没有去"))


@given(workers(), openings(), st.integers(1, 10**11))
def test_asking_for_less_than_what_is_paid_changes_nothing(
    worker: WorkerFacts, opening: OpeningFacts, less: int
) -> None:
    paid = dataclasses.replace(opening, pay_min_fen=10**9, pay_max_fen=10**9, pay_unit="day")
    cheap, dear = (dataclasses.replace(worker, pay_min_fen=fen, pay_unit="day") for fen in (min(less, 10**9), 10**9))
    assert only(rank_workers(paid, [cheap], NOW)).score == only(rank_workers(paid, [dear], NOW)).score


@given(workers(), openings(), openings())
def test_a_shorter_way_never_counts_less(worker: WorkerFacts, opening: OpeningFacts, other: OpeningFacts) -> None:
    home = dataclasses.replace(worker, region_code=PLACES[0], proximity=None, within_km=None)
    points = [
        next(p.points for p in only(rank_openings(home, [dataclasses.replace(opening, region_code=place)], NOW, km=km)).parts
             if p.name == "distance")
        for place in PLACES
    ]  # fmt: skip
    assert points == sorted(points, reverse=True)


@settings(max_examples=40)
@given(st.lists(workers(), max_size=8, unique_by=lambda w: w.id), openings(), st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_asked_in(
    some: list[WorkerFacts], opening: OpeningFacts, rng: object
) -> None:
    shuffled = list(some)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    assert rank_workers(opening, some, NOW, km=km) == rank_workers(opening, shuffled, NOW, km=km)


def test_verified_hardship_disability_and_age_each_add_and_a_household_without_earner_outweighs_them_all() -> None:
    opening = OpeningFacts(1, "A04", PLACES[0], TODAY, TODAY)
    plain = WorkerFacts(1, ("A04",), PLACES[0])
    by_label = {
        code: only(rank_workers(opening, [dataclasses.replace(plain, verified_labels=frozenset(codes))], NOW)).need
        for code, codes in {"none": (), "disabled": ("G04",), "older": ("G05",), "low": ("G03",), "all": ("G03", "G04", "G05")}.items()
    }  # fmt: skip
    assert by_label["none"] == 0 and min(by_label["disabled"], by_label["older"], by_label["low"]) > 0
    assert by_label["all"] == by_label["disabled"] + by_label["older"] + by_label["low"]
    all_of_it = dataclasses.replace(plain, verified_labels=frozenset({"G03", "G04", "G05"}), waiting_since=NOW - timedelta(days=999))  # fmt: skip
    alone = dataclasses.replace(plain, id=2, household_without_earner=True)
    assert [r.id for r in rank_workers(opening, [all_of_it, alone], NOW)] == [2, 1]


def test_a_missed_appointment_lowers_fades_and_never_shuts_out() -> None:
    opening = OpeningFacts(1, "A04", PLACES[0], TODAY, TODAY)
    scores = [
        only(rank_workers(opening, [WorkerFacts(1, ("A04",), PLACES[0], no_shows=missed)], NOW))
        for missed in ((), (NOW - timedelta(days=80),), (NOW - timedelta(days=1),), (NOW - timedelta(days=1),) * 9)
    ]
    assert [r.score for r in scores] == sorted((r.score for r in scores), reverse=True)
    assert all(r.suitable for r in scores)
    assert scores[0].score - scores[3].score <= DEFAULT_WEIGHTS.no_show
    forgotten = WorkerFacts(1, ("A04",), PLACES[0], no_shows=(NOW - timedelta(days=91),))
    assert only(rank_workers(opening, [forgotten], NOW)).score == scores[0].score
