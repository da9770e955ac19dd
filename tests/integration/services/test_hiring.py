"""Hiring by text: asked in turn, confirmed once, reviewed before anybody hears of it (E01, P04)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from backend.services.deps import Deps
from backend.store.models import Case, Employer, Opening
from tests.integration.services.conftest import Person, kinds

AD = {
    "job_type": "A04", "headcount": 5, "pay": "120/day", "location": "兴泉社区", "date": "2026-06-12/2026-06-14",
    "benefit": ["meals", "transport", "insurance"], "employer_name": "田老板", "settlement": "daily",
    "clock": ["07:00", "17:30"],
}  # fmt: skip
NOTICE = "田老板家要五个人摘李子，兴泉社区，后天起做三天，早上七点到下午五点半，一天一百二，天天结，管饭接送，买保险"


@pytest.fixture
def employer(person: Callable[[str], Person]) -> Person:
    return person("+8610000555100")


def test_a_notice_that_says_everything_goes_straight_to_the_confirmation_and_then_to_review(
    employer: Person, deps: Deps
) -> None:
    answers = employer.say("post_job", NOTICE, **AD)
    assert kinds(answers) == ["confirm_posting"]
    assert answers[0]["facts"]["headcount"] == 5
    assert answers[0]["facts"]["left_out"] == ["requirements"]
    assert kinds(employer.answer("1")) == ["posting_received"]
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert (opening.status, opening.headcount, opening.job_type) == ("in_review", 5, "A04")
        assert (opening.region_code, opening.starts_on, opening.ends_on) == (
            "500114121002", date(2026, 6, 12), date(2026, 6, 14),
        )  # fmt: skip
        assert (opening.pay_min_fen, opening.pay_unit, opening.settlement) == (12_000, "day", "daily")
        assert (opening.meals, opening.transport, opening.lodging, opening.insured) == (True, True, None, True)
        assert (opening.hours_from, opening.hours_to) == ("07:00", "17:30")
        assert (opening.employer.name, opening.employer.phone) == ("田老板", employer.number)
        assert opening.source_message_id is not None
    assert employer.context().get("posting") is None


def test_all_eight_facts_are_asked_in_turn_what_is_missing_of_them(employer: Person, deps: Deps) -> None:
    """E01: trade and post, place, days and hours, pay, requirements, transport and living, insurance; and how many people."""
    assert employer.say("post_job", "我要请人摘李子", job_type="A04")[0]["field"] == "headcount"
    assert employer.say("note_posting", "五个", headcount=5)[0]["field"] == "location"
    assert employer.say("note_posting", "兴泉社区", location="兴泉社区")[0]["field"] == "date"
    assert employer.say("note_posting", "后天", date="2026-06-12")[0]["field"] == "hours"
    assert employer.say("note_posting", "七点到五点半")[0]["field"] == "pay"
    assert employer.say("note_posting", "一天一百三", pay="130/day")[0]["field"] == "benefit"
    assert employer.say("note_posting", "管饭 没得车接", benefit="meals")[0]["field"] == "insurance"
    assert employer.say("note_posting", "要买", intent="affirm")[0]["field"] == "requirements"
    assert kinds(employer.say("note_posting", "要会爬矮梯")) == ["confirm_posting"]
    assert kinds(employer.answer("1")) == ["posting_received"]
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert (opening.hours_from, opening.hours_to, opening.requirements) == ("07:00", "17:30", "要会爬矮梯")
        assert (opening.meals, opening.lodging, opening.transport, opening.insured) == (True, None, False, True)


def test_what_need_not_be_known_may_be_passed_over(employer: Person) -> None:
    employer.say("post_job", job_type="A04", headcount=5, location="兴泉社区", date="2026-06-12")
    assert employer.say("note_posting", "说不准", intent="deny")[0]["field"] == "pay"
    assert employer.say("note_posting", "面议", intent="deny")[0]["field"] == "benefit"
    assert employer.say("note_posting", "没得", intent="deny")[0]["field"] == "insurance"
    assert employer.say("note_posting", "没得", intent="deny")[0]["field"] == "requirements"
    answers = employer.say("note_posting", "没得要求", intent="deny")
    assert kinds(answers) == ["confirm_posting"]
    assert answers[0]["facts"]["benefit"] == ["no_meals", "no_lodging", "no_transport", "no_insurance"]


@pytest.mark.parametrize(
    ("asked", "text", "said", "problem"),
    [
        ("headcount", "一百万个人", {}, "too_many"),
        ("headcount", "600", {"headcount": 600}, "too_many"),
        ("headcount", "-1", {"headcount": 1}, "no_people"),
        ("headcount", "要零个人", {}, "no_people"),
        ("location", "东莞", {"location": "东莞"}, "outside"),
        ("location", "月亮湾", {"location": "月亮湾"}, "unknown_place"),
        ("date", "2月30号", {}, "no_such_day"),
        ("date", "昨天", {"date": "2026-06-09"}, "past_day"),
        ("date", "3月1号", {"date": "2027-03-01"}, None),
        ("date", "6月1号", {"date": "2027-06-01"}, "past_day"),
        ("pay", "一天十亿", {"pay": "1000000000/day"}, "pay_unlikely"),
        ("pay", "一天0块", {}, "no_pay"),
        ("pay", "白干", {}, "no_pay"),
        ("job_type", "修火箭", {}, "unknown_trade"),
    ],
)
def test_what_cannot_be_meant_is_said_so_and_asked_again_and_nothing_of_it_is_kept(
    employer: Person, asked: str, text: str, said: dict[str, object], problem: str | None
) -> None:
    facts = {
        "job_type": "A04",
        "headcount": 5,
        "location": "兴泉社区",
        "date": "2026-06-12",
        "clock": "07:00",
        "pay": "120/day",
    }
    order = list(facts)
    field_at = order.index(asked)
    begun = {name: facts[name] for name in order[:field_at]}
    assert employer.say("post_job", "我要请人", **begun)[0]["field"] == asked
    answers = employer.say("note_posting", text, intent="inform", **said)
    if problem is None:
        assert answers[0]["kind"] == "ask" and answers[0]["field"] != asked
        return
    assert kinds(answers) == ["posting_problem", "ask"]
    assert (answers[0]["problem"], answers[1]["field"]) == (problem, asked)
    assert asked not in employer.context()["posting"]["facts"]


def test_nothing_asked_of_the_workers_may_be_said_in_the_notice_itself(employer: Person) -> None:
    answers = employer.say("post_job", NOTICE + "，没得要求", **AD)
    assert kinds(answers) == ["confirm_posting"] and "left_out" not in answers[0]["facts"]


def test_nothing_asked_of_the_workers_is_no_no_to_what_was_read_back(employer: Person) -> None:
    employer.say("post_job", NOTICE, **AD)
    answers = employer.say("note_posting", "没得要求", intent="deny")
    assert kinds(answers) == ["confirm_posting"] and "left_out" not in answers[0]["facts"]
    assert kinds(employer.answer("1")) == ["posting_received"]


def test_a_place_that_is_not_found_twice_is_kept_as_it_was_said_for_the_reviewer(employer: Person) -> None:
    employer.say("post_job", job_type="A04", headcount=5)
    employer.say("note_posting", "月亮湾", location="月亮湾")
    assert employer.say("note_posting", "就是月亮湾", location="月亮湾")[0]["field"] == "date"
    assert employer.context()["posting"]["facts"]["location"] == "月亮湾"


def test_two_trades_said_at_once_become_two_postings_one_after_the_other(employer: Person, deps: Deps) -> None:
    answers = employer.say("post_job", "要人摘茶和砌砖", **{**AD, "job_type": ["A01", "B03"]})
    assert kinds(answers) == ["one_by_one", "ask"]
    assert answers[0]["job_names"] == ["A01", "B03"]  # in the words that were said
    employer.say("note_posting", "没得", intent="deny")
    answers = employer.answer("1")
    assert kinds(answers) == ["posting_received", "ask"]
    assert answers[1]["field"] == "headcount"
    employer.say("note_posting", "两个", headcount=2)
    # Place, days, hours and what is given are the same for both: nothing of it is asked again.
    assert kinds(employer.say("note_posting", "一天两百六", pay="260/day")) == ["confirm_posting"]
    assert kinds(employer.answer("1")) == ["posting_received"]
    with deps.db.read() as session:
        posted = session.scalars(select(Opening).order_by(Opening.id)).all()
        assert [(one.job_type, one.headcount, one.pay_min_fen) for one in posted] == [
            ("A01", 5, 12_000),
            ("B03", 2, 26_000),
        ]
        assert posted[0].starts_on == posted[1].starts_on


def test_what_a_notice_requires_is_kept_in_its_words_and_looked_at(employer: Person, deps: Deps) -> None:
    """P06: a condition on age or sex in a pasted notice must not get lost."""
    employer.say("post_job", NOTICE + "。要求：只要女的，五十岁以下。", **AD)
    employer.answer("1")
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert opening.requirements == "只要女的，五十岁以下"
        assert opening.review_flags == ["age_words", "sex_words"]


def test_a_verified_employers_posting_goes_out_at_once_and_is_reviewed_afterwards(
    employer: Person, deps: Deps, make: Callable[[], Any]
) -> None:
    with make() as f:
        f.make_employer("田家果园", phone=employer.number, verified_at=f.now)
    employer.say("post_job", NOTICE, **{**AD, "employer_name": []})
    assert kinds(employer.answer("1")) == ["posting_published"]
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert (opening.status, opening.reviewed_at) == ("published", None)
        assert opening.published_at is not None and opening.next_wave_at is not None
    # … and is taken back by a reply of the number, since a call or text can come from anybody (DESIGN 3.4).
    assert kinds(employer.answer("undo")) == ["posting_closed"]
    with deps.db.read() as session:
        assert session.scalars(select(Opening.status)).all() == ["withdrawn"]


def test_the_same_posting_sent_twice_asks_for_nobody_twice(
    employer: Person, deps: Deps, make: Callable[[], Any]
) -> None:
    """P05: a text sent again, or text and Excel, is one wish; whether it is two a person decides."""
    with make() as f:
        f.make_employer("田家果园", phone=employer.number, verified_at=f.now)
    for kind in ("posting_published", "posting_received"):
        employer.say("post_job", NOTICE, **{**AD, "employer_name": []})
        assert kinds(employer.answer("1")) == [kind]
    with deps.db.read() as session:
        first, second = session.scalars(select(Opening).order_by(Opening.id)).all()
        assert (first.status, second.status) == ("published", "in_review")
        assert (first.review_flags, second.review_flags) == ([], ["posted_already"])
    employer.say("post_job", NOTICE, **{**AD, "employer_name": [], "date": "2026-06-29"})
    assert kinds(employer.answer("1")) == ["posting_published"]


def test_what_a_person_must_decide_about_keeps_even_a_verified_employers_posting_back(
    employer: Person, deps: Deps, make: Callable[[], Any]
) -> None:
    with make() as f:
        f.make_employer("田家果园", phone=employer.number, verified_at=f.now)
    employer.say("post_job", NOTICE + "。要求：先交200块押金。", **{**AD, "employer_name": []})
    assert kinds(employer.answer("1")) == ["posting_received"]
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert (opening.status, opening.review_flags) == ("in_review", ["deposit_words"])


def test_a_bare_number_to_how_many_people_is_how_many(employer: Person) -> None:
    employer.say("post_job", job_type="A04")
    employer.say("note_posting", "十五", age=15)
    assert employer.context()["posting"]["facts"]["headcount"] == 15


def test_a_correction_at_the_confirmation_is_taken_and_confirmed_anew(employer: Person) -> None:
    employer.say("post_job", NOTICE, **AD)
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
    employer.say("post_job", NOTICE, **{**AD, "employer_name": []})
    employer.answer("yes")
    employer.say("post_job", NOTICE, **{**AD, "employer_name": []})
    employer.answer("yes")
    with deps.db.read() as session:
        assert session.scalars(select(Employer.name)).all() == [f"尾号{employer.number[-4:]}的老板"]


def test_age_and_sex_asked_for_raise_a_flag_for_the_reviewer(employer: Person, deps: Deps) -> None:
    employer.say("post_job", NOTICE, **AD, gender="female")
    employer.answer("1")
    with deps.db.read() as session:
        opening = session.scalars(select(Opening)).one()
        assert opening.requirements == "要女的"
        assert opening.review_flags
