"""When a newly trained model may take the place of the one in use, and what staff are told about the difference."""

from __future__ import annotations

import pytest

from backend.domain.model_scores import Case, Heard, Scores, Turned, compared, dropped, dropped_since, turned

NOTHING: frozenset[tuple[str, str]] = frozenset()


def case(text: str, intent: str, kind: str = "own", entities: frozenset[tuple[str, str]] = NOTHING) -> Case:
    return Case(text, "sms", intent, entities, kind=kind)


def sat(
    n: int = 1345, *, intent: range = range(0), entity_f1: range = range(0), wrong_acts: range = range(0)
) -> Scores:
    """A model that answered `n` sentences, those of the ranges wrongly."""
    wrong = {"intent": intent, "entity_f1": entity_f1, "wrong_acts": wrong_acts}
    return Scores(n=n, answered=[str(key) for key in range(n)],
                  faults={figure: {str(key): 1 for key in keys} for figure, keys in wrong.items()})  # fmt: skip


BEFORE = sat(intent=range(50), entity_f1=range(100), wrong_acts=range(13))


@pytest.mark.parametrize(
    ("after", "figures"),
    [
        (BEFORE, []),
        # As measured: the same sentences and one more to learn from.
        (sat(intent=range(3, 56), entity_f1=range(10, 109), wrong_acts=range(16)), []),
        (sat(intent=range(1, 59), entity_f1=range(17, 109), wrong_acts=range(1, 15)), []),  # and with two more
        (sat(intent=range(3, 67), entity_f1=range(100), wrong_acts=range(13)), []),  # 17 against 3
        (sat(intent=range(3, 68), entity_f1=range(100), wrong_acts=range(13)), ["intent"]),  # 18 against 3
        (sat(intent=range(60), entity_f1=range(100), wrong_acts=range(13)), ["intent"]),  # 10 against none
        (sat(intent=range(20), entity_f1=range(40, 175), wrong_acts=range(13)), ["entity_f1"]),
        (sat(intent=range(50), entity_f1=range(100), wrong_acts=range(23)), ["wrong_acts"]),
        (sat(), []),
    ],
)
def test_a_model_is_refused_when_clearly_more_sentences_get_worse_than_better(
    after: Scores, figures: list[str]
) -> None:
    """T17"""
    assert dropped(BEFORE, after) == figures


def test_more_than_two_of_a_hundred_lost_are_too_many_whatever_chance_says() -> None:
    restless = sat(intent=range(300))
    assert dropped(restless, sat(intent=range(265, 591))) == []  # 291 worse, 265 better: 26 of 1,345
    assert turned("intent", restless, sat(intent=range(265, 592))).chance > 0.1
    assert dropped(restless, sat(intent=range(265, 592))) == ["intent"]  # 27


def test_small_losses_do_not_add_up() -> None:
    """Each does a little worse than the one before, none of them so much worse that it is refused; the best is not forgotten."""
    models = [BEFORE]
    for number in range(1, 5):
        models.append(sat(intent=range(50 + 5 * number), entity_f1=range(100), wrong_acts=range(13)))
        assert dropped(models[-2], models[-1]) == []
    assert list(dropped_since(models[:1], models[1])) == []
    assert dropped_since(models[:-1], models[-1]) == {"intent": Turned(1345, 20, 0)}
    assert dropped_since([], models[-1]) == {}


def test_models_are_compared_on_the_sentences_that_both_were_asked() -> None:
    older, newer = Scores(), Scores()
    for one in (shared := case("有活没", "search_jobs"), case("退订", "stop_messages")):
        older.add(0, one, Heard(one.intent, NOTHING))
    for one in (case("多谢", "thank"), shared):
        newer.add(0, one, Heard("affirm", NOTHING))
    assert turned("intent", older, newer) == Turned(1, 1, 0)
    assert turned("wrong_acts", older, newer) == Turned(1, 1, 0)
    assert turned("entity_f1", older, newer) == Turned(1, 0, 0)


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
