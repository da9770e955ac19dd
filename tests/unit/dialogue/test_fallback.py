"""Bare choices, and the menu's own words when the engine is away (D1, M03, M04)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.dialogue.fallback import chosen, menu_act

JOBS = {
    "kind": "jobs",
    "options": {str(n): {"act": "apply_job", "params": {"opening_id": 70 + n}} for n in (1, 2, 3)},
}
CONFIRM = {
    "kind": "confirm_erase",
    "options": {
        key: {"act": "delete_profile", "params": {"confirmed": key in ("1", "yes")}} for key in ("1", "2", "yes", "no")
    },
}


def asking(field: str, form: str = "registration", **options: Any) -> dict[str, Any]:
    return {"kind": "ask", "form": form, "field": field, "options": options}


@pytest.mark.parametrize("text", ["2", "２", "二", "②", "2.", " 2 ", "回2", "选2", "接2"])
def test_a_digit_in_any_writing_takes_that_option(text: str) -> None:
    assert chosen(text, JOBS) == ("apply_job", {"opening_id": 72})


def test_an_option_that_is_not_there_leads_to_being_told_which_are() -> None:
    assert chosen("7", JOBS) == ("choose", {"choice": 7})


@pytest.mark.parametrize("pending", [None, JOBS, CONFIRM, asking("age")])
def test_nought_is_a_person_everywhere(pending: dict[str, Any] | None) -> None:
    assert chosen("0", pending) == ("talk_to_human", {})


def test_yes_and_no_answer_what_is_open_and_nothing_else() -> None:
    assert chosen("要得", CONFIRM) == ("delete_profile", {"confirmed": True})
    assert chosen("不得行", CONFIRM) == ("delete_profile", {"confirmed": False})
    assert chosen("要得", JOBS) is None
    assert chosen("要得", None) is None


@pytest.mark.parametrize("text", ["58", "五十八", "５８"])
def test_a_number_asked_for_is_the_answer(text: str) -> None:
    assert chosen(text, asking("age")) == ("note_registration", {"field": "age", "value": 58})
    assert chosen("5", asking("headcount", "posting")) == ("note_posting", {"field": "headcount", "value": 5})


@pytest.mark.parametrize(("text", "field"), [("3", "age"), ("58", "location"), ("58", "person_name")])
def test_a_number_that_cannot_be_meant_is_left_to_the_engine(text: str, field: str) -> None:
    assert chosen(text, asking(field)) is None


def test_a_bare_number_to_nothing_is_left_to_the_engine() -> None:
    assert chosen("3", None) is None
    assert chosen("58", {"kind": "menu", "options": {}}) is None


@pytest.mark.parametrize(
    "text",
    ["我去第一个 管饭不", "1号早上有没得活", "要得 还会砌砖", "王秀英", "有没得摘果子的活", "", "   ", "二天再说"],
)
def test_more_than_a_choice_is_left_to_the_engine(text: str) -> None:
    assert chosen(text, JOBS) is None


def test_the_words_our_own_texts_ask_for_are_taken() -> None:
    undo = {"kind": "undo_profile", "options": {"undo": {"act": "undo_profile", "params": {"worker_id": 1}}}}
    assert chosen("改回去", undo) == ("undo_profile", {"worker_id": 1})
    assert chosen("改回去", JOBS) is None
    assert chosen("跳过", asking("age")) == ("note_registration", {"skip": "age"})
    assert chosen("跳过", JOBS) is None
    assert chosen("不定", asking("hours", "posting")) == ("note_posting", {"skip": "hours"})
    assert chosen("不定", asking("pay", "posting")) is None
    assert chosen("退12", JOBS) == ("withdraw_application", {"code": "12"})
    assert chosen("接12", {"kind": "offer", "options": {"1": {"act": "apply_job"}}}) == ("apply_job", {"code": "12"})


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("找活", "find_jobs"), ("有没得摘果子的活", "find_jobs"), ("我要打零工", "find_jobs"), ("有啥子活路没得", "find_jobs"),
        ("登记", "register"), ("我来登个记", "register"),
        ("我报的活", "my_applications"), ("我报了哪些", "my_applications"), ("来不了了", "my_applications"),
        ("人工", "talk_to_human"), ("喊个人来接", "talk_to_human"), ("转人工", "talk_to_human"),
        ("还有没得", "more_jobs"), ("菜单", "menu"), ("1", "apply_job"),
    ],
)  # fmt: skip
def test_the_menus_words_work_without_the_engine(text: str, act: str) -> None:
    found = menu_act(text, JOBS)
    assert found is not None
    assert found[0] == act


@pytest.mark.parametrize("text", ["老板娘炒的菜好香哦", "给我讲个笑话", "王秀英", "找人干农忙", ""])
def test_anything_else_gets_the_menu(text: str) -> None:
    assert menu_act(text, JOBS) is None or menu_act(text, JOBS) == ("find_jobs", {})


@pytest.mark.parametrize("text", ["王秀英", "我叫王秀英", "姓名:王秀英", "我是王秀英"])
def test_a_bare_name_answers_the_question_for_it(text: str) -> None:
    assert menu_act(text, asking("person_name")) == ("note_registration", {"field": "person_name", "value": "王秀英"})


@pytest.mark.parametrize("text", ["不晓得", "算了", "你好", "谢谢哈", "12345", "啥子嘛", "哇啦哇啦", "明天", "要得"])
def test_what_is_no_name_is_not_kept_as_one(text: str) -> None:
    found = menu_act(text, asking("person_name"))
    assert found is None or "value" not in found[1]


def test_an_answer_to_another_question_is_handed_to_the_form() -> None:
    assert menu_act("兴泉社区的", asking("location")) == ("note_registration", {})
    assert menu_act("我还有话说", {"kind": "confirm_posting", "options": {}}) == ("note_posting", {})
