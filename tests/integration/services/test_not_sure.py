"""Unsure readings end to end: the either/or, its answer with the first words, the menu, a person (V08, V17)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.services.deps import Deps
from backend.store.models import Case, Message
from tests.integration.services.conftest import Talk, kinds

WORDS = "明天摘果子那个事情想问一哈"


@pytest.fixture
def unsure(talk: Callable[..., Talk], make: Callable[[], Any]) -> Talk:
    """She has said something that may be a search or a policy question; an opening for tomorrow is there."""
    with make() as f:
        f.make_opening(title="摘脆红李")
        f.make_opening(title="采茶", job_type="A01")
    return (
        talk()
        .read(WORDS, "ask_policy", 0.33, ("search_jobs", 0.31), ("stop_messages", 0.2), date="明天", job_type="摘果子")
        .read("哇啦哇啦", "goodbye", 0.2)
        .read("我想找活路", "search_jobs", 0.97)
        .read("要得", "affirm", 0.9)
    )


def test_a_guess_is_asked_about_and_nothing_is_done(unsure: Talk, deps: Deps) -> None:
    [answer] = unsure.say(WORDS)
    assert answer["kind"] == "either_or"
    assert [choice["zh"] for choice in answer["choices"]] == ["问政策", "找活"]
    with deps.db.read() as session:
        assert session.scalars(select(Case)).all() == []


@pytest.mark.parametrize("channel", ["sms", "voice"])
@pytest.mark.parametrize("reply", ["2", "二", "找活", "找活路", "我想找活路", "第二个"])
def test_a_number_or_a_word_carries_it_out_with_the_first_words_and_values(
    unsure: Talk, deps: Deps, reply: str, channel: str
) -> None:
    unsure.say(WORDS, channel)
    [answer] = unsure.say(reply, channel)
    assert answer["kind"] == "job_offers"
    assert answer["filters"]["job_types"] == ["A04"]
    assert answer["filters"]["from"] == "2026-06-11"
    with deps.db.read() as session:
        first = session.scalars(select(Message).order_by(Message.id)).first()
        assert first is not None
        assert first.intent == "search_jobs"
        assert ("job_type", "A04") in {(e["entity"], e["value"]) for e in first.entities or []}


def test_the_other_wish_opens_a_case_about_the_first_words(unsure: Talk, deps: Deps) -> None:
    unsure.say(WORDS)
    [answer] = unsure.say("1")
    assert answer["kind"] == "case_opened"
    with deps.db.read() as session:
        case = session.scalars(select(Case)).one()
        first, second = session.scalars(select(Message.id).where(Message.direction == "inbound").order_by(Message.id))
        assert (case.kind, case.source_message_id) == ("policy", first)
        assert case.details["message_ids"] == [first, second]


@pytest.mark.parametrize("reply", ["3", "都不是", "不是", "要得", "哇啦哇啦"])
def test_neither_or_a_second_miss_brings_the_menu_and_a_third_a_person_with_a_promised_time(
    unsure: Talk, deps: Deps, reply: str
) -> None:
    unsure.say(WORDS)
    [second] = unsure.say(reply)
    assert (second["kind"], second["reason"]) == ("menu", "not_understood")
    [third] = unsure.say("哇啦哇啦")
    assert third["kind"] == "human"
    assert third["due_at"]
    with deps.db.read() as session:
        assert session.scalars(select(Case.kind)).all() == ["handoff"]


def test_a_contested_reading_is_asked_about_but_not_inside_a_form(talk: Callable[..., Talk]) -> None:
    someone = (
        talk()
        .read("补贴那个活", "ask_policy", 0.5, ("search_jobs", 0.45))
        .read("我来登记", "register_worker")
        .read("我叫王秀英", "update_profile", 0.5, ("register_worker", 0.45), person_name="王秀英")
    )
    assert kinds(someone.say("补贴那个活")) == ["either_or"]
    someone.say("我来登记")
    [answer] = someone.say("我叫王秀英")
    assert answer["noted"]["person_name"] == "王秀英"


def test_after_something_was_understood_the_ladder_starts_anew(unsure: Talk) -> None:
    unsure.say(WORDS)
    unsure.say("2")
    assert kinds(unsure.say(WORDS)) == ["either_or"]


def test_at_65_the_first_trouble_brings_a_person(talk: Callable[..., Talk], make: Callable[[], Any]) -> None:
    """V17; what is none of our business is told once first."""
    with make() as f:
        f.make_worker("冉光荣", number="+8610000555033", birth_year=1955)
    elder = talk("+8610000555033").read(WORDS, "ask_policy", 0.33).read("明天落雨不", "out_of_scope", 0.95)
    assert kinds(elder.say("明天落雨不")) == ["out_of_scope"]
    assert kinds(elder.say(WORDS)) == ["human"]


def test_a_wish_the_engine_passed_over_is_asked_about_instead_of_refused(talk: Callable[..., Talk]) -> None:
    someone = talk().read("那个果子的事算我一个", "out_of_scope", 0.1, ("register_worker", 0.6), ("post_job", 0.2))
    [answer] = someone.say("那个果子的事算我一个")
    assert [choice["zh"] for choice in answer["choices"]] == ["登记", "请人做活"]


def test_opting_out_and_erasing_are_never_a_guess(talk: Callable[..., Talk]) -> None:
    someone = talk().read("这个那个", "delete_profile", 0.39, ("stop_messages", 0.3), ("view_profile", 0.1))
    [answer] = someone.say("这个那个")
    assert [choice["zh"] for choice in answer["choices"]] == ["看登记", "找活"]


def test_inside_a_form_a_guess_is_the_answer_to_the_open_question(talk: Callable[..., Talk]) -> None:
    someone = talk().read("我来登记", "register_worker").read("咕噜咕噜", "update_profile", 0.2, ("search_jobs", 0.19))
    someone.say("我来登记")
    [answer] = someone.say("咕噜咕噜")
    assert (answer["kind"], answer["field"], answer["attempt"]) == ("ask", "person_name", 2)
