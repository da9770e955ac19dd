"""Texts say one thing by one word, and leave nobody without a way on (V01, W06)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain.answers import make
from backend.sms.render import render
from tests.unit.sms.test_render import OPENING, sample

TO_EMPLOYERS = ("who_comes", "posting_closed", "posting_changed", "posting_fixed", "posting_published", "posting_received",
                "submitted_again", "employer_told", "employer_digest", "still_hiring", "hiring_noted", "nobody_left",
                "posting_reopened", "confirm_close", "attendance_noted")  # fmt: skip


def text(kind: str, **more: Any) -> str:
    return render([{**sample(kind), **more}], "中塘零工")


@pytest.mark.parametrize("kind", TO_EMPLOYERS)
def test_who_has_taken_a_place_is_coming_and_staff_are_staff(kind: str) -> None:
    """报了 sounds as if the employer had still to choose."""
    said = text(kind)
    assert not any(word in said for word in ("报了", "报名", "报上", "镇上", "驿站的人")), said


@pytest.mark.parametrize("kind", ["attendance_noted", "employer_digest", "hiring_noted", "posting_received", "submitted_again",
                                  "still_noted", "employer_told", "place_free", "full_wait", "taken_down", "posting_taken_down",
                                  "posting_rejected", "said_absent", "still_hiring"])  # fmt: skip
def test_a_person_can_be_reached_from_what_ended_with_nothing(kind: str) -> None:
    said = text(kind)
    assert "回0" in said or "0找人" in said, said
    assert "0 " in render([sample(kind)], "中塘零工", "en") or "0 for" in render([sample(kind)], "中塘零工", "en")


def test_a_place_that_came_free_says_what_silence_does() -> None:
    """W06."""
    said = text("place_free", changed=False, opening=OPENING)
    assert "回1接,2不接,0找人,也可回“接12”" in said and "25日下午6点前不回就问下一个" in said, said


def test_who_waits_is_promised_a_turn_and_not_speed() -> None:
    said = text("waitlisted", opening=OPENING)
    assert "按先后问你" in said and "马上" not in said
    assert "等位子:" in text(
        "my_list", offers=[{"offer_id": 1, "code": "11", "status": "waitlisted", "opening": OPENING}]
    )


@pytest.mark.parametrize("kind", ["said_absent", "follow_up", "ask_attendance", "ask_settled"])
def test_after_the_work_its_pay_is_left_out(kind: str) -> None:
    assert "元" not in text(kind) and "yuan" not in render([sample(kind)], "中塘零工", "en")


def test_nobody_lacking_is_everybody_there() -> None:
    full = {**OPENING, "left": 0}
    for kind in ("posting_changed", "hiring_noted"):
        said = text(kind, opening=full)
        assert "人齐了" in said and "还差0" not in said, said


def test_nobody_coming_is_said_in_words() -> None:
    nobody = {"opening": {**OPENING, "left": 5}, "coming": 0, "names": []}
    assert "要5人,还没得人来" in text("who_comes", posts=[nobody])
    assert "一个都没来" in text("attendance_noted", came=0)


def test_who_is_asked_whether_he_still_hires_hears_how_many_come() -> None:
    said = text("still_hiring", opening=OPENING)
    assert "现在有3人要来,还差2人。还要人吗?还要回1,够了回2" in said


def test_the_employer_can_have_a_word_passed_on_to_who_comes_and_not_to_who_does_not() -> None:
    assert "王秀英要来:" in text("employer_told") and "有话带给他,回0" in text("employer_told")
    gone = text("employer_told", event="withdrawn")
    assert "王秀英不来了:" in gone and "带给" not in gone


def test_meals_and_lodging_are_one_question_and_insurance_another() -> None:
    """V01: one question at a time; 没得 to meals says nothing of insurance."""
    asked = {"form": "posting", "attempt": 1, "choices": [], "noted": {}}
    assert "保险" not in render([make("ask", field="benefit", **asked)], "中塘零工")
    assert "买保险不" in render([make("ask", field="insurance", **asked)], "中塘零工")


@pytest.mark.parametrize("purpose", ["take", "details", "withdraw", "hiring"])
def test_which_one_is_asked_in_english_for_what_it_is(purpose: str) -> None:
    questions = {
        p: render([{**sample("which_job"), "purpose": p}], "x", "en") for p in ("take", "details", "withdraw", "hiring")
    }
    assert sum(questions[purpose] == other for other in questions.values()) == 1


def test_who_comes_tells_in_english_what_is_lacking_and_what_is_not_out_yet() -> None:
    posts = [
        {"opening": OPENING, "coming": 3, "names": []},
        {"opening": {**OPENING, "status": "in_review"}, "coming": 0, "names": []},
    ]
    said = render([make("who_comes", posts=posts)], "x", "en")
    assert "2 still needed" in said and "not out" in said
