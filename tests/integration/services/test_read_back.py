"""By phone amounts and days are read back before they change anything (issue: amount and date heard are always read back)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.services.deps import Deps
from backend.store.models import Case, Worker
from ivr import speech
from tests.integration.services.conftest import Person, Talk, kinds
from tests.support.clock import START

TODAY = START.date()


@pytest.fixture
def caller(talk: Callable[..., Talk], make: Callable[[], Any]) -> Talk:
    """王秀英, registered, wants 150 a day."""
    with make() as f:
        f.make_worker("王秀英", number="+8610000555034", job_types=["A01"], pay_min_fen=15_000, pay_unit="day")
    return (
        talk("+8610000555034")
        .read("我要一百四一天", "update_profile", pay="一百四一天")
        .read("一百八一天", "search_jobs", pay="一百八一天")
        .read("不对 是一百八一天", "deny", pay="一百八一天")
        .read("我后天没空", "set_availability", date="后天")
        .read("我还会砌砖", "update_profile", job_type="砌砖")
        .read("老板欠我三千四不给", "report_problem", money="三千四")
        .read("三千四百块", "inform", pay="三千四百块")
        .read("三千一百块", "inform", pay="三千一百块")
        .read("对头", "affirm")
    )


def pay_of(deps: Deps) -> int | None:
    with deps.db.read() as session:
        return session.scalars(select(Worker.pay_min_fen)).one()


def test_a_wage_heard_is_read_back_and_stored_after_the_yes(caller: Talk, deps: Deps) -> None:
    [question] = caller.say("我要一百四一天", "voice")
    assert question["kind"] == "confirm_heard"
    assert speech.speak(question, "zh", today=TODAY) == ["听到的是,一百四十块一天,对不对?"]
    assert pay_of(deps) == 15_000
    assert kinds(caller.say("1", "voice")) == ["profile_updated"]
    assert pay_of(deps) == 14_000


def test_by_text_nothing_is_read_back(caller: Talk, deps: Deps) -> None:
    assert kinds(caller.say("我要一百四一天")) == ["profile_updated"]
    assert pay_of(deps) == 14_000


def test_a_change_without_figures_needs_no_reading_back(caller: Talk) -> None:
    assert kinds(caller.say("我还会砌砖", "voice")) == ["profile_updated"]


@pytest.mark.parametrize(
    "replies", [["2", "一百八一天"], ["不对 是一百八一天"], ["一百八一天"]], ids=["key", "no and again", "again"]
)
def test_what_was_misheard_is_said_again_and_read_back_again(caller: Talk, deps: Deps, replies: list[str]) -> None:
    caller.say("我要一百四一天", "voice")
    for reply in replies:
        answers = caller.say(reply, "voice")
    assert answers[0]["facts"]["pay"] == "180/day"
    assert pay_of(deps) == 15_000
    caller.say("对头", "voice")
    assert pay_of(deps) == 18_000


def test_days_off_are_read_back_with_what_they_mean(caller: Talk, deps: Deps) -> None:
    [question] = caller.say("我后天没空", "voice")
    said = "".join(speech.speak(question, "zh", today=TODAY))
    assert "后天" in said
    assert "没空" in said
    with deps.db.read() as session:
        assert session.scalars(select(Worker.unavailable)).one() == []
    assert kinds(caller.say("要得", "voice")) == ["availability_set"]
    with deps.db.read() as session:
        assert session.scalars(select(Worker.unavailable)).one() == [["2026-06-12", "2026-06-12"]]


def case(deps: Deps) -> Case:
    with deps.db.read() as session:
        row = session.scalars(select(Case)).one()
        session.expunge(row)
        return row


def test_a_complaint_is_on_record_at_once_and_its_sum_after_the_yes(caller: Talk, deps: Deps) -> None:
    answers = caller.say("老板欠我三千四不给", "voice")
    assert kinds(answers) == ["case_opened", "confirm_heard"]
    assert speech.speak(answers[1], "zh", today=TODAY) == ["听到的是,三千四百块,对不对?"]
    assert "money" not in case(deps).details
    assert "3400" not in case(deps).summary
    assert kinds(caller.say("1", "voice")) == ["noted"]
    assert case(deps).details["money"] == [3400]
    assert "3400元" in case(deps).summary


def test_a_misheard_sum_is_put_right_in_the_same_case(caller: Talk, deps: Deps) -> None:
    caller.say("老板欠我三千四不给", "voice")
    assert kinds(caller.say("2", "voice")) == ["say_again"]
    assert kinds(caller.say("三千一百块", "voice"))[-1] == "confirm_heard"
    caller.say("1", "voice")
    assert case(deps).details["money"] == [3100]


def test_danger_is_not_held_up_by_a_question(worker: Person) -> None:
    answers = worker.say("report_problem", "遭砸断腿了,医药费两千", channel="voice", problem="injury", money=2000)
    assert kinds(answers) == ["case_opened"]


def test_the_question_that_was_open_is_open_again_afterwards(caller: Talk) -> None:
    """A complaint in the middle of a registration by phone: its question still takes its numbers."""
    caller.read("帮我妈登记", "register_worker").read("她叫李素芬", "inform", person_name="李素芬")
    caller.read("六十二", "inform").read("兴泉社区", "inform", location="兴泉社区")
    for words in ("帮我妈登记", "她叫李素芬", "六十二"):
        caller.say(words, "voice")
    assert caller.say("兴泉社区", "voice")[0]["field"] == "job_type"
    caller.say("老板欠我三千四不给", "voice")
    caller.say("1", "voice")
    [answer] = caller.say("2", "voice")
    assert answer["noted"]["job_type"] == ["A04", "A07", "A19"]
