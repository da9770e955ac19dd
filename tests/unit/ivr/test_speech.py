"""How answers sound, and what is never said aloud (DESIGN §3.4)."""

from __future__ import annotations

import re
from datetime import date

import pytest

from backend.domain.answers import KINDS, make
from ivr import speech
from ivr.prompts import heard_length
from tests.support.calls import PERSONAL, SECRETS, TODAY, case_opened, opening, sample


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_kind_of_answer_can_be_said_in_both_languages(kind: str) -> None:
    zh = speech.speak(sample(kind), "zh", today=TODAY)
    en = speech.speak(sample(kind), "en", today=TODAY)
    assert zh
    assert len(zh) == len(en)
    assert all(heard_length(sentence) for sentence in zh)
    assert not re.search(r"\{|\}|None", "".join([*zh, *en]))


def test_the_renderers_and_the_table_of_answers_are_the_same() -> None:
    assert set(speech.RENDERERS) == set(KINDS)


@pytest.mark.parametrize("kind", sorted(set(KINDS) - {"confirm_registration", "ask", "market_info", "staff_reply"}))
def test_nothing_personal_is_said_aloud(kind: str) -> None:
    """30 impersonation attempts: whoever calls from a number hears no name, age, village, hardship or employer's phone."""
    said = "".join(speech.speak(sample(kind), "zh", today=TODAY) + speech.speak(sample(kind), "en", today=TODAY))
    # A village changed is the one said or chosen a moment ago in this call.
    village = () if kind == "profile_updated" else ("双石村",)
    assert not [secret for secret in (*SECRETS, *village) if secret in said]


def test_what_staff_wrote_and_the_markets_number_go_by_text() -> None:
    assert "低保" not in "".join(speech.speak(sample("staff_reply"), "zh", today=TODAY))
    assert "10000000077" not in "".join(speech.speak(sample("market_info"), "zh", today=TODAY))


def test_a_registration_reads_back_only_what_was_said_in_this_call() -> None:
    answer = make("confirm_registration", facts=PERSONAL, for_other=False, notice_version="1", changed=[])
    told = "".join(speech.speak(answer, "zh", today=TODAY))
    assert "王秀英,五十八岁,双石村,采茶工" in told
    assert "低保" not in told
    assert "同不同意" in told
    hidden = "".join(speech.speak(answer, "zh", today=TODAY, hide=("person_name", "age", "village_name")))
    assert "王秀英" not in hidden
    assert "双石村" not in hidden
    assert "先前说过" in hidden


@pytest.mark.parametrize(
    ("emergency", "first"), [("120", "人受伤了,先打幺二零。"), ("110", "有人打您、吓您,先打幺幺零。")]
)
def test_an_emergency_number_comes_first(emergency: str, first: str) -> None:
    said = speech.speak(case_opened(case_kind="injury", emergency=emergency), "zh", today=TODAY)
    assert said[0] == first


def test_a_posting_is_read_back_with_what_is_given_and_how_it_is_paid() -> None:
    """V11: whoever was misheard on meals or pay hears it before it goes to review."""
    facts = {"job_names": ["摘水果"], "pay": "120/day", "settlement": "daily", "benefit": ["no_meals", "transport"]}
    said = "".join(speech.speak(make("confirm_posting", facts=facts), "zh", today=TODAY))
    assert "摘水果,一百二十块一天。做完一天结一天,不管饭,有车接送" in said


def test_days_somebody_has_time_on_are_not_worked() -> None:
    facts = {"person_name": "张桂芳", "date": "2026-06-15/2026-06-21"}
    told = make("confirm_registration", facts=facts, for_other=False, notice_version="1", changed=[])
    said = "".join(speech.speak(told, "zh", today=date(2026, 6, 14)))
    assert "明天起七天有空" in said and "做七天" not in said


def test_a_question_asked_again_is_another_and_has_an_example() -> None:
    """V08."""
    for field in speech.QUESTIONS:
        assert speech.question("registration", field, 1) != speech.question("registration", field, 2)


def test_a_question_about_meals_is_answered_first() -> None:
    said = speech.speak(make("job_details", opening=opening(), asked=["meals"]), "zh", today=TODAY)
    assert said[0] == "这个活管饭。"


def of_an_employer(kind: str, **more: object) -> str:
    return "".join(speech.speak({**sample(kind), **more}, "zh", today=TODAY))


def test_an_employer_hears_who_comes_and_who_does_not_as_two_things() -> None:
    """E03."""
    assert of_an_employer("employer_told", event="taken") == "有人要来:摘脆红李。"
    assert of_an_employer("employer_told", event="withdrawn") == "有人不来了:摘脆红李。"
    assert "又有一个人要来。" in of_an_employer("employer_digest")
    assert "有两个人不来了。" in of_an_employer("employer_digest", taken=[], withdrawn=["王秀英", "冉启明"])


def test_what_an_employer_says_of_attendance_and_wages_is_confirmed_in_the_call() -> None:
    """W06: no text is promised where none is sent."""
    assert of_an_employer("attendance_noted", came=7) == "好,记下了,来了七个。"
    assert of_an_employer("attendance_noted", came=0) == "好,记下了,一个都没来。"
    assert of_an_employer("settled_noted", wages="paid") == "好,记下了。"
    assert "工钱到日子要给" in of_an_employer("settled_noted", wages="unpaid")


def test_whoever_is_said_to_have_been_absent_is_asked() -> None:
    """V21: nothing of a dispute is told to whoever has the phone."""
    assert of_an_employer("said_absent").endswith("老板那边没看到您。您去了没有?您说一声。")
