"""Hiring by text: asked in turn, confirmed once, reviewed before anybody hears of it (E01, P04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from sqlalchemy import select

from backend.services.deps import Deps
from backend.store.models import Case, Employer, Opening
from tests.integration.services.conftest import Person, kinds

AD = {
    "job_type": "A04", "headcount": 5, "pay": "120/day", "location": "兴泉社区", "date": "2026-06-12/2026-06-14",
    "benefit": ["meals", "transport"], "employer_name": "田老板", "settlement": "daily",
}  # fmt: skip


@pytest.fixture
def employer(person: Callable[[str], Person]) -> Person:
    return person("+8610000555100")


def test_a_notice_that_says_everything_goes_straight_to_the_confirmation_and_then_to_review(
    employer: Person, deps: Deps
) -> None:
    answers = employer.say("post_job", "田老板要五个人摘李子…", **AD)
    assert kinds(answers) == ["confirm_posting"]
    assert answers[0]["facts"]["headcount"] == 5
    assert kinds(employer.answer("1")) == ["posting_received"]
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert (opening.status, opening.headcount, opening.job_type) == ("in_review", 5, "A04")
        assert (opening.region_code, opening.starts_on, opening.ends_on) == (
            "500114121002", date(2026, 6, 12), date(2026, 6, 14),
        )  # fmt: skip
        assert (opening.pay_min_fen, opening.pay_unit, opening.settlement) == (12_000, "day", "daily")
        assert (opening.meals, opening.transport, opening.lodging, opening.insured) == (True, True, None, None)
        assert (opening.employer.name, opening.employer.phone) == ("田老板", employer.number)
        assert opening.source_message_id is not None
    assert employer.context().get("posting") is None


def test_what_is_missing_is_asked_in_turn(employer: Person) -> None:
    assert employer.say("post_job", "我要请人摘李子", job_type="A04")[0]["field"] == "headcount"
    assert employer.say("note_posting", "五个", headcount=5)[0]["field"] == "location"
    assert employer.say("note_posting", "兴泉社区", location="兴泉社区")[0]["field"] == "date"
    assert employer.say("note_posting", "后天", date="2026-06-12")[0]["field"] == "pay"
    assert employer.say("note_posting", "面议", intent="deny")[0]["field"] == "benefit"
    assert kinds(employer.say("note_posting", "没得", intent="deny")) == ["confirm_posting"]


def test_a_bare_number_to_how_many_people_is_how_many(employer: Person) -> None:
    employer.say("post_job", job_type="A04")
    employer.say("note_posting", "十五", age=15)
    assert employer.context()["posting"]["facts"]["headcount"] == 15


def test_a_correction_at_the_confirmation_is_taken_and_confirmed_anew(employer: Person) -> None:
    employer.say("post_job", **AD)
    answers = employer.say("note_posting", "不对 是一百五一天", pay="150/day")
    assert kinds(answers) == ["confirm_posting"]
    assert answers[0]["facts"]["pay"] == "150/day"
    assert employer.answer("2")[0]["field"] == "correction"


def test_the_trade_cannot_be_passed_over_and_the_third_time_a_person_helps(employer: Person, deps: Deps) -> None:
    assert employer.say("post_job", "我要请人")[0]["field"] == "job_type"
    assert employer.say("note_posting", "不晓得", intent="deny")[0]["attempt"] == 2
    assert kinds(employer.say("note_posting", "不晓得", intent="deny")) == ["human"]
    with deps.db.read() as session:
        assert session.scalars(select(Case.kind)).all() == ["handoff"]


def test_an_employer_without_a_name_is_known_by_the_number(employer: Person, deps: Deps) -> None:
    employer.say("post_job", **{**AD, "employer_name": []})
    employer.answer("yes")
    employer.say("post_job", **{**AD, "employer_name": []})
    employer.answer("yes")
    with deps.db.read() as session:
        assert session.scalars(select(Employer.name)).all() == [f"尾号{employer.number[-4:]}的老板"]


def test_age_and_sex_asked_for_raise_a_flag_for_the_reviewer(employer: Person, deps: Deps) -> None:
    employer.say("post_job", **AD, gender="female")
    employer.answer("1")
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert opening.requirements == "要女的"
        assert opening.review_flags
