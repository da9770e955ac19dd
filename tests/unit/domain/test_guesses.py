"""Which wishes an unsure reading is asked about (V08)."""

import pytest

from backend.domain.guesses import WISHES, is_contested, is_unsure, two_likeliest


def test_the_two_likeliest_wishes_are_asked_about_likeliest_first() -> None:
    ranking = [("ask_policy", 0.31), ("report_problem", 0.34), ("greet", 0.3)]
    assert two_likeliest(ranking, jobs_shown=False) == ["report_problem", "ask_policy"]


@pytest.mark.parametrize("dangerous", ["stop_messages", "delete_profile", "resume_messages"])
def test_nobody_is_asked_whether_she_wants_out(dangerous: str) -> None:
    assert dangerous not in WISHES
    assert two_likeliest([(dangerous, 0.39), ("view_profile", 0.2)], jobs_shown=False) == [
        "view_profile",
        "search_jobs",
    ]
    assert two_likeliest([(dangerous, 0.39)], jobs_shown=False) == []


def test_a_single_likely_wish_stands_beside_the_commonest() -> None:
    assert two_likeliest([("search_jobs", 0.3)], jobs_shown=False) == ["search_jobs", "register_worker"]
    assert two_likeliest([("ask_policy", 0.3), ("post_job", 0.01)], jobs_shown=False) == ["ask_policy", "search_jobs"]


def test_a_job_can_only_be_meant_after_jobs_were_shown() -> None:
    ranking = [("apply_job", 0.35), ("job_details", 0.3)]
    assert two_likeliest(ranking, jobs_shown=False) == []
    assert two_likeliest(ranking, jobs_shown=True) == ["apply_job", "job_details"]


@pytest.mark.parametrize(
    ("intent", "confidence", "ranking", "unsure"),
    [
        ("search_jobs", 0.39, [], True),
        ("search_jobs", 0.41, [], False),
        # What changes something needs more.
        ("stop_messages", 0.56, [("stop_messages", 0.56), ("resume_messages", 0.44)], True),
        ("register_worker", 0.64, [], True),
        ("register_worker", 0.66, [], False),
        ("out_of_scope", 0.9, [("out_of_scope", 0.9), ("search_jobs", 0.05)], False),
        # The engine passed over a likelier wish because it would change something.
        ("out_of_scope", 0.2, [("out_of_scope", 0.2), ("apply_job", 0.55)], True),
        ("out_of_scope", 0.35, [("out_of_scope", 0.35), ("ask_policy", 0.3)], True),
        ("out_of_scope", 0.35, [("out_of_scope", 0.35), ("greet", 0.3), ("ask_policy", 0.1)], False),
        ("out_of_scope", 0.2, [("out_of_scope", 0.2), ("stop_messages", 0.6)], False),
        ("greet", None, [], False),
    ],
)
def test_a_reading_is_unsure_below_the_floor_or_when_a_likelier_wish_was_passed_over(
    intent, confidence, ranking, unsure
):  # type: ignore[no-untyped-def]
    assert is_unsure(intent, confidence, ranking) is unsure


@pytest.mark.parametrize(
    ("confidence", "rival", "shown", "contested"),
    [
        (0.52, ("search_jobs", 0.4), False, True),
        (0.65, ("search_jobs", 0.34), False, False),
        (0.52, ("search_jobs", 0.2), False, False),
        (0.52, ("greet", 0.4), False, False),
        (0.52, ("job_details", 0.4), False, False),
        (0.52, ("job_details", 0.4), True, True),
    ],
)
def test_a_reading_is_contested_by_a_wish_that_comes_close(confidence, rival, shown, contested):  # type: ignore[no-untyped-def]
    ranking = [("ask_policy", confidence), rival]
    assert is_contested("ask_policy", confidence, ranking, jobs_shown=shown) is contested


def test_every_wish_is_short_enough_for_one_breath() -> None:
    """V01: the spoken question holds each wish twice."""
    assert all(len(wish.zh) <= 5 and wish.words for wish in WISHES.values())
