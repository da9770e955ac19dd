"""An employer's words as the facts of an opening (E01)."""

from __future__ import annotations

from datetime import date

from backend.domain.posting import opening_facts

TODAY = date(2026, 11, 23)


def test_five_people_for_plums_at_a_hundred_and_twenty_a_day() -> None:
    said = {
        "job_type": ["A04"], "title": "摘李子", "headcount": 5, "pay": "120/day", "date": "2026-11-25/2026-11-27",
        "clock": ["18:00", "07:00"], "benefit": ["meals", "no_lodging", "insurance"], "location": "兴泉社区",
        "village": "500114121002", "settlement": "daily",
    }  # fmt: skip
    assert opening_facts(said, TODAY) == {
        "job_type": "A04", "title": "摘李子", "headcount": 5, "region": "500114121002", "place": "兴泉社区",
        "hours": {"from": "07:00", "to": "18:00"},
        "pay": {"min_fen": 12_000, "max_fen": 12_000, "unit": "day", "settlement": "daily"},
        "meals": True, "lodging": False, "insured": True,
        "starts_on": date(2026, 11, 25), "ends_on": date(2026, 11, 27),
    }  # fmt: skip


def test_a_duration_counts_from_the_day_said_or_from_tomorrow() -> None:
    base = {"job_type": ["B03"], "headcount": 2}
    assert opening_facts({**base, "date": "2026-11-25", "duration": "3d"}, TODAY)["ends_on"] == date(2026, 11, 27)
    alone = opening_facts({**base, "duration": "2-3d"}, TODAY)
    assert (alone["starts_on"], alone["ends_on"]) == (date(2026, 11, 24), date(2026, 11, 26))


def test_no_pay_said_is_negotiable_and_an_amount_alone_is_by_the_day() -> None:
    base = {"job_type": ["B03"], "headcount": 2}
    assert opening_facts(base, TODAY)["pay"] == {"negotiable": True}
    assert opening_facts({**base, "pay": "200"}, TODAY)["pay"]["unit"] == "day"


def test_sex_and_age_asked_for_stand_in_the_requirements_for_the_reviewer() -> None:
    facts = opening_facts({"job_type": ["S01"], "gender": "female", "age": 50}, TODAY)
    assert facts["requirements"] == "要女的,50岁"


def test_days_that_have_passed_are_not_kept() -> None:
    facts = opening_facts({"job_type": ["S01"], "date": "2026-11-20/2026-11-25"}, TODAY)
    assert (facts["starts_on"], facts["ends_on"]) == (TODAY, date(2026, 11, 25))
