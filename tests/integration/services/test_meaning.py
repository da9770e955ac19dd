"""Words of two meanings in a dialogue: one either/or, then it goes on where it was (vocabulary †)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from backend.services.deps import Deps
from backend.sms.render import render
from tests.integration.services.conftest import Talk, kinds


@pytest.fixture
def seeker(talk: Callable[..., Talk], make: Callable[[], Any]) -> Talk:
    with make() as f:
        f.make_opening(title="平车工", job_type="F03")
        f.make_opening(title="数控车床", job_type="F11")
    return (
        talk()
        .read("明天有没得车工", "search_jobs", date="明天", job_type="车工")
        .read("踩缝纫机那种", "inform", job_type="踩缝纫机")
        .read("我来登记 会车工 五十岁", "register_worker", job_type="车工", age="五十岁")
        .read("王秀英", "inform", person_name="王秀英")
        .read("兴泉社区", "inform", location="兴泉社区")
        .read("十六", "inform")
        .read("不晓得", "out_of_scope", 0.9)
    )


def test_the_question_names_both_meanings(seeker: Talk) -> None:
    [answer] = seeker.say("明天有没得车工")
    text = render([answer], "中塘零工")
    assert text == "【中塘零工】你说的“车工”是开车床,还是做衣服?开车床回1,做衣服回2,都不是回3,找人回0"


@pytest.mark.parametrize("reply", ["2", "做衣服", "衣服的嘛", "踩缝纫机那种"])
def test_the_answer_binds_and_what_else_was_said_still_counts(seeker: Talk, reply: str) -> None:
    seeker.say("明天有没得车工")
    [answer] = seeker.say(reply)
    assert answer["kind"] == "job_offers"
    assert answer["filters"]["job_types"] == ["F03"]
    assert answer["filters"]["from"] == "2026-06-11"


def test_neither_searches_without_the_trade(seeker: Talk) -> None:
    seeker.say("明天有没得车工")
    [answer] = seeker.say("3")
    assert "job_types" not in answer["filters"]


@pytest.mark.parametrize("channel", ["sms", "voice"])
def test_a_registration_goes_on_where_it_was_with_every_fact(seeker: Talk, channel: str) -> None:
    assert kinds(seeker.say("我来登记 会车工 五十岁", channel)) == ["either_or"]
    [answer] = seeker.say("1", channel)
    assert (answer["kind"], answer["field"]) == ("ask", "person_name")
    assert answer["noted"]["job_type"] == ["F11"]
    assert answer["noted"]["age"] == 50


def test_a_bare_day_number_is_asked_about_and_binds_in_the_form(talk: Callable[..., Talk]) -> None:
    someone = (
        talk()
        .read("我叫王秀英 五十岁 兴泉社区的 会采茶", "register_worker", person_name="王秀英", age="五十岁", location="兴泉社区",
              job_type="采茶")
        .read("我来登记", "register_worker").read("王秀英", "inform", person_name="王秀英")
        .read("采茶", "inform", job_type="采茶").read("兴泉社区", "inform", location="兴泉社区").read("十六", "inform")
    )  # fmt: skip
    for words in ("我来登记", "王秀英", "50", "兴泉社区", "采茶"):
        [answer] = someone.say(words)
    assert answer["field"] == "date"
    [question] = someone.say("十六")
    assert [choice["zh"] for choice in question["choices"]] == ["农历十六", "阳历十六"]
    [answer] = someone.say("2")
    assert answer["field"] == "pay"
    assert answer["noted"]["date"] == "2026-06-16"
    assert "age" not in answer["noted"]


def test_four_heard_by_phone_may_be_ten(talk: Callable[..., Talk]) -> None:
    boss = talk().read("要四个人摘李子", "post_job", headcount="四个人", job_type="摘李子")
    [question] = boss.say("要四个人摘李子", "voice")
    assert question["about"] == "heard"
    assert [choice["zh"] for choice in question["choices"]] == ["四个人", "十个人"]
    [answer] = boss.say("2", "voice")
    assert answer["noted"]["headcount"] == 10
    assert answer["noted"]["job_type"] == ["A04"]


def test_by_text_four_is_four(talk: Callable[..., Talk]) -> None:
    boss = talk().read("要四个人摘李子", "post_job", headcount="四个人", job_type="摘李子")
    assert boss.say("要四个人摘李子")[0]["noted"]["headcount"] == 4


def test_a_doubtful_word_in_an_unsure_message_is_asked_about_after_the_wish(seeker: Talk, deps: Deps) -> None:
    seeker.read("车工那个", "ask_policy", 0.3, ("search_jobs", 0.28), job_type="车工")
    seeker.say("车工那个")
    assert kinds(seeker.say("2")) == ["either_or"]
    assert seeker.say("2")[0]["filters"]["job_types"] == ["F03"]


def test_something_else_asked_for_meanwhile_is_not_taken_for_the_answer(talk: Callable[..., Talk]) -> None:
    boss = (
        talk()
        .read("要五个普工", "post_job", headcount="五个", job_type="普工")
        .read("有没得采茶的活", "search_jobs", job_type="采茶")
    )
    assert kinds(boss.say("要五个普工")) == ["either_or"]
    assert kinds(boss.say("有没得采茶的活")) == ["no_jobs"]


def test_whoever_said_which_of_two_by_phone_is_not_asked_again_whether_it_is_right(
    talk: Callable[..., Talk], make: Callable[[], Any]
) -> None:
    with make() as f:
        f.make_worker("王秀英", number="+8610000555036")
    caller = talk("+8610000555036").read("十号没空", "set_availability", date="十号")
    assert kinds(caller.say("十号没空", "voice")) == ["either_or"]
    assert kinds(caller.say("1", "voice")) == ["availability_set"]
