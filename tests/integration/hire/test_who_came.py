"""Who came: the employer is asked by text, and answers by number or by name (W06, E03, M04)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.services import ask_employer, attendance, outcomes
from backend.services.deps import Deps
from backend.store.models import Employer, Handset, Opening
from backend.store.session import Database
from tests.integration.hire.conftest import Hire, at, said, status
from tests.support.clock import SettableClock


def test_an_hour_after_the_start_the_employer_is_asked_once(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, _ = working()
    clock.set(at(11, 8, 30))
    assert ask_employer.ask_who_came(deps) == 0
    clock.set(at(11, 9))
    assert ask_employer.ask_who_came(deps) == 1
    assert ask_employer.ask_who_came(deps) == 0
    [text] = hire.texts(hire.employer_number(opening_id))
    assert "今天该来3人" in text and "都来了回1" in text


def test_all_came(hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database) -> None:
    opening_id, _ = working()
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    assert "来了3个" in hire.text(hire.employer_number(opening_id), "都来了")
    assert status(hire, opening_id) == ["arrived"] * 3
    assert said(database) == [("employer", "arrived")] * 3


def test_one_did_not_come_and_is_asked_herself_before_it_counts(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, [first, second, third] = working()
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    listed = hire.text(employer, "2")
    assert "哪个没来" in listed and "1工人0 2工人1 3工人2" in listed
    assert "记了,工人1没来。还有哪个没来?1工人0 3工人2" in hire.text(employer, "2")
    assert "老板那边没看到你" in hire.texts(hire.number(second))[-1]
    assert "没来的:工人1" in hire.text(employer, "9")
    assert status(hire, opening_id) == ["arrived", "accepted", "arrived"], "she has a day to say otherwise"
    clock.advance(hours=23)
    assert outcomes.settle_outcomes(deps) == 0
    clock.advance(hours=1, minutes=1)
    assert outcomes.settle_outcomes(deps) == 1
    assert status(hire, opening_id) == ["arrived", "no_show", "arrived"]
    assert outcomes.settle_outcomes(deps) == 0
    assert first != third


def test_when_she_says_she_came_it_stays_so_and_staff_look(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, people = working(1)
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    hire.text(employer, "2")
    assert "记下了" in hire.says(people[0], "1")
    assert status(hire, opening_id) == ["arrived"]
    [case] = hire.cases("attendance")
    assert case.details["opening_id"] == opening_id
    clock.advance(days=2)
    outcomes.settle_outcomes(deps)
    assert status(hire, opening_id) == ["arrived"]


def test_more_names_than_digits_come_page_by_page(hire: Hire, working: Any, deps: Deps, clock: SettableClock) -> None:
    opening_id, _ = working(9)
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    assert "7工人6" in hire.text(employer, "2")
    assert "1工人7 2工人8" in hire.text(employer, "8")
    assert "2工人8" in hire.text(employer, "1")
    assert "1工人0" in hire.text(employer, "8"), "and round again, under the same numbers"
    assert "来了8个,没来的:工人7" in hire.text(employer, "9")


@pytest.mark.parametrize("answers", [["1", "3"], ["1 3"], ["13"], ["工人0、工人2没来"], ["工人0没来", "3"]])
def test_everybody_keeps_the_number_of_the_list_and_may_be_named(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, answers: list[str]
) -> None:
    opening_id, _ = working(4)
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    for words in ("2", *answers):
        told = hire.text(employer, words)
    assert "没来。还有哪个没来?2工人1 4工人3。别的都来了回9" in told
    assert "来了2个,没来的:工人0、工人2" in hire.text(employer, "9")


def test_who_was_absent_and_that_all_others_came_may_be_said_at_once(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, _ = working(3)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    hire.text(hire.employer_number(opening_id), "有人没来")
    told = hire.text(hire.employer_number(opening_id), "工人1没来,别的都来了")
    assert "来了2个,没来的:工人1" in told


def test_of_one_alone_it_is_asked_whether_she_came(hire: Hire, working: Any, deps: Deps, clock: SettableClock) -> None:
    opening_id, _ = working(1)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    assert "来了回1,没来回2" in hire.texts(hire.employer_number(opening_id))[-1]
    assert "一个都没来" in hire.text(hire.employer_number(opening_id), "没来")


def test_m04_he_is_asked_about_other_work_only_once_he_has_answered_or_two_hours_have_passed(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database
) -> None:
    first, _ = working(2)
    second, _ = working(2)
    third, _ = working(2)
    with database.write() as session:
        for opening_id in (second, third):
            session.get_one(Opening, opening_id).employer_id = hire.get(first).employer_id
    clock.set(at(11, 9))
    assert ask_employer.ask_who_came(deps) == 1
    clock.advance(minutes=20)
    assert ask_employer.ask_who_came(deps) == 0
    hire.text(hire.employer_number(first), "都来了")
    assert status(hire, first) == ["arrived"] * 2
    clock.advance(minutes=11)
    assert ask_employer.ask_who_came(deps) == 1
    clock.advance(hours=1, minutes=50)
    assert ask_employer.ask_who_came(deps) == 0
    clock.advance(minutes=11)
    assert ask_employer.ask_who_came(deps) == 1, "he does not answer that one"


def test_the_question_is_answered_only_from_the_number_of_the_posting(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database
) -> None:
    opening_id, _ = working()
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    with database.write() as session:
        session.get_one(Employer, hire.get(opening_id).employer_id).phone = "+8610000098765"
    hire.text(employer, "1")
    assert status(hire, opening_id) == ["accepted"] * 3


def test_an_employer_in_the_middle_of_something_is_asked_later(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, _ = working()
    clock.set(at(11, 8, 55))
    hire.text(hire.employer_number(opening_id), "菜单")
    clock.set(at(11, 9))
    assert ask_employer.ask_who_came(deps) == 0
    clock.set(at(11, 9, 6))
    assert ask_employer.ask_who_came(deps) == 1


def test_m10_work_that_begins_at_night_is_asked_about_in_the_morning(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, _ = working(1, hours_from="22:00", hours_to="06:00")
    clock.set(at(11, 23, 30))
    assert ask_employer.ask_who_came(deps) == 0
    clock.set(at(12, 7, 1))
    assert ask_employer.ask_who_came(deps) == 1
    assert "昨天该来1人" in hire.texts(hire.employer_number(opening_id))[-1]


def test_m04_she_is_asked_about_it_only_once_her_answer_cannot_be_to_something_else(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock, database: Database
) -> None:
    opening_id, [first] = working(1)
    employer = hire.employer_number(opening_id)
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    hire.says(first, "我报了哪些活")
    assert "真的不去了" in hire.says(first, "1")
    hire.text(employer, "2")
    assert "老板那边没看到你" not in hire.texts(hire.number(first))[-1]
    assert attendance.ask_the_absent(deps) == 0
    hire.says(first, "2")
    clock.advance(minutes=11)
    assert attendance.ask_the_absent(deps) == 1
    assert attendance.ask_the_absent(deps) == 0, "once"
    assert "老板那边没看到你" in hire.texts(hire.number(first))[-1]
    assert ("worker", "arrived") not in said(database)


def test_whom_no_text_reaches_is_asked_by_staff_and_not_absent_by_one_word(
    hire: Hire, working: Any, deps: Deps, clock: SettableClock
) -> None:
    opening_id, [someone] = working(1)
    with hire.make() as f:
        f.session.query(Handset).filter_by(number=hire.number(someone)).one().number = "+862379123456"
    clock.set(at(11, 9))
    ask_employer.ask_who_came(deps)
    for words in ("2", "1"):
        hire.text(hire.employer_number(opening_id), words)
    [case] = hire.cases("attendance")
    assert "收不到短信" in case.summary
    assert hire.texts("+862379123456") == [] and attendance.ask_the_absent(deps) == 0
    clock.advance(days=2)
    assert outcomes.settle_outcomes(deps) == 0
    assert status(hire, opening_id) == ["accepted"]
