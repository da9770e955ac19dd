"""When a newly trained model may take the place of the one in use, and what staff are told about the difference."""

from __future__ import annotations

import pytest

from backend.domain.model_scores import Case, Heard, Scores, compared, dropped

NOTHING: frozenset[tuple[str, str]] = frozenset()


def scores(n: int = 1000, right: int = 970, found: int = 500, missed: int = 20, wrong_acts: int = 5) -> Scores:
    return Scores(n=n, right=right, found=found, missed=missed, wrong_acts=wrong_acts)


def case(text: str, intent: str, kind: str = "own", entities: frozenset[tuple[str, str]] = NOTHING) -> Case:
    return Case(text, "sms", intent, entities, kind=kind)


@pytest.mark.parametrize(
    ("after", "figures"),
    [
        (scores(), []),
        (scores(right=965), []),  # half a point exactly
        (scores(right=964), ["intent"]),
        (scores(missed=40), ["entity_f1"]),
        (scores(wrong_acts=10), []),
        (scores(wrong_acts=11), ["wrong_acts"]),
        (scores(right=1000, wrong_acts=11, missed=60), ["entity_f1", "wrong_acts"]),
        (scores(right=990, found=510, missed=10, wrong_acts=0), []),
    ],
)
def test_a_model_is_refused_when_any_figure_is_worse_by_more_than_half_a_point(
    after: Scores, figures: list[str]
) -> None:
    assert dropped(scores(), after) == figures


def test_a_misheard_message_counts_as_a_wrong_act_only_when_something_would_be_changed() -> None:
    found = Scores()
    found.add(0, case("莫发了", "stop_messages"), Heard("search_jobs", NOTHING))
    assert found.wrong_acts == 0
    found.add(1, case("你们好", "greet"), Heard("apply_job", NOTHING))
    found.add(2, case("嗯", "greet"), Heard("affirm", NOTHING))
    found.add(3, case("我要去", "apply_job"), Heard("apply_job", NOTHING))
    assert (found.wrong_acts, found.right, found.n) == (2, 1, 4)


def test_what_was_learnt_is_no_exam_and_what_was_kept_back_is() -> None:
    found = Scores()
    age = frozenset({("age", "五十八")})
    found.add(0, case("我五十八", "inform", "learnt", age), Heard("inform", age))
    found.add(1, case("我六十", "inform", "held", frozenset({("age", "六十")})), Heard("inform", NOTHING))
    assert (found.n, found.right, found.learnt, found.learnt_right, found.held, found.held_right) == (1, 1, 1, 1, 1, 0)
    assert found.missed == 1


def test_what_got_better_and_worse_is_told_by_intent_with_our_own_sentences_only() -> None:
    exam = [
        case("摘茶要人不", "search_jobs"), case("有活没", "search_jobs"), case("掰笋子成不", "search_jobs", "held"), case("退订", "stop_messages"),
    ]  # fmt: skip
    before, after = Scores(), Scores()
    for place, (one, then, now) in enumerate(
        zip(exam, ["out_of_scope", "search_jobs", "out_of_scope", "stop_messages"], ["search_jobs"] * 3 + ["cancel"], strict=True)
    ):  # fmt: skip
        before.add(place, one, Heard(then, NOTHING))
        after.add(place, one, Heard(now, NOTHING))
    found = compared(before, after, exam)
    assert found["better"] == [
        {"intent": "search_jobs", "n": 3, "before": 1, "after": 3,
         "sentences": [{"text": "摘茶要人不", "before": "out_of_scope", "after": "search_jobs"}]}
    ]  # fmt: skip
    assert found["worse"] == [
        {"intent": "stop_messages", "n": 1, "before": 1, "after": 0,
         "sentences": [{"text": "退订", "before": "stop_messages", "after": "cancel"}]}
    ]  # fmt: skip


def test_scores_come_back_from_the_database_as_they_were() -> None:
    found = Scores()
    found.add(0, case("嗯", "greet"), Heard("affirm", NOTHING))
    assert Scores.from_json({**found.to_json(), "something_newer": 1}) == found
