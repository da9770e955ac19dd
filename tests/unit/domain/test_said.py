"""Busy or free, and the wrong person."""

from __future__ import annotations

import pytest

from backend.domain.said import is_always_free, is_busy, names_unknown_trade, says_wrong_person


@pytest.mark.parametrize(
    "text",
    ["这几天莫喊我", "后天没空", "下周走不开", "明天要回娘家", "我这个月不得空", "周末别找我", "星期三有事来不了", "莫得时间",
     "明天请假", "下周有空 哦不 没空", "后天去不成", "这几天都忙得很"],
)  # fmt: skip
def test_these_say_busy(text: str) -> None:
    assert is_busy(text)


@pytest.mark.parametrize(
    "text",
    [
        "我下周都有空",
        "随时喊我",
        "天天都得空",
        "后天有空",
        "周末可以来做",
        "下周忙完了有空",
        "白天都行",
        "长期做",
        "明天得空",
    ],
)
def test_these_say_free(text: str) -> None:
    assert not is_busy(text)


@pytest.mark.parametrize(
    "text",
    ["打错了", "你打错了吧", "发错人了", "我不是他", "我不是王秀英说的那个人 我不是本人", "这个号换人了", "不是他的手机了",
     "这号码是新办的", "找错人了哦", "喂 打错电话了", "我不是机主"],
)  # fmt: skip
def test_these_say_the_number_has_another_holder(text: str) -> None:
    assert says_wrong_person(text)


@pytest.mark.parametrize(
    "text",
    ["我不是不去", "老板打人", "算错了工钱", "我是他屋头的", "我不是党员可以报名不", "我换号了", "写错了 是五十八", "他不是好人",
     "我不是很会砌砖", "工钱发错了少给两百", "打错字了 是砌砖"],
)  # fmt: skip
def test_these_do_not(text: str) -> None:
    assert not says_wrong_person(text)


@pytest.mark.parametrize("text", ["天天都有空", "我随时都得行", "一年四季都可以", "哪天都能来"])
def test_these_say_any_day_will_do(text: str) -> None:
    assert is_always_free(text)


@pytest.mark.parametrize("text", ["天天", "都行", "随时", "啥子时候都行"])
def test_to_the_question_which_days_a_bare_word_will_do(text: str) -> None:
    assert is_always_free(text, asked=True)


@pytest.mark.parametrize("text", ["后天没得空", "明天", "天天落雨", "对", "好"])
def test_these_say_no_such_thing(text: str) -> None:
    assert not is_always_free(text, asked=True)


@pytest.mark.parametrize(
    ("text", "names_one"),
    [("有没得开飞机的活", True), ("有没得挖虫草的活路", True), ("有没得近点的活", False), ("有没得日结的活", False), ("有啥子活路", False),
     ("有没得管饭的活", False), ("想找个轻松的活", False), ("还有没得别的活", False)],
)  # fmt: skip
def test_a_search_may_name_work_that_nobody_knows(text: str, names_one: bool) -> None:
    assert names_unknown_trade(text) is names_one
