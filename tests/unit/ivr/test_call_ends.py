"""How a call ends: its limits, a dropped call taken up again, a finished task, goodbye (V18–V20)."""

from __future__ import annotations

import pytest

from backend.domain.answers import make
from ivr.call_flow import HARD_LIMIT_S, MOST_TURNS, SOFT_LIMIT_S
from ivr.steps import Digits, Hangup, HungUp, Speech
from tests.support.calls import Walk, my_list, offers, opening

TAKEN = make(
    "job_taken", opening=opening(), contact={"name": "冉老板", "phone": "+8610000000077"}, code="11", registered=True
)


def test_after_eight_minutes_another_way_is_offered_once() -> None:
    """V18."""
    call = Walk().at(elapsed_s=SOFT_LIMIT_S)(Digits("4"))
    assert "发短信" in call.text
    assert call.waits
    assert "打了好一阵" not in call(Digits("*")).text


@pytest.mark.parametrize("world", [{"elapsed_s": HARD_LIMIT_S}, {"turns": MOST_TURNS}])
def test_a_call_ends_after_twelve_minutes_or_forty_turns_with_a_word(world: dict[str, float]) -> None:
    """V18."""
    call = Walk().at(**world)(Digits("4"))
    assert isinstance(call.last, Hangup)
    assert "再打" in call.text


def test_a_dropped_call_goes_on_where_it_was() -> None:
    """V19."""
    call = Walk()(Digits("1"), offers(3))(Digits("2"))(HungUp())
    again = Walk(resume=call.state)
    assert "上回说到一半" in again.text
    assert "采茶" in again.text
    assert "机器" in again.text


def test_a_resumed_call_still_understands_the_main_menus_other_keys() -> None:
    call = Walk()(Digits("1"), offers(3))(HungUp())
    again = Walk(resume=call.state)(Digits("3"), my_list("accepted"))
    assert again.state.at == "mine"
    assert "找活,按1" in Walk(resume=call.state)(Digits("*")).text


def test_nothing_heard_in_the_old_call_is_read_out_in_the_new_one() -> None:
    """V19 and DESIGN §3.4."""
    asked = make("ask", form="registration", field="age", attempt=1, choices=[], noted={"person_name": "王秀英"})
    call = Walk()(Speech("我来登个记"), asked)(HungUp())
    again = Walk(resume=call.state)
    assert "王秀英" not in again.text
    assert "您今年好多岁" in again.text


def test_a_finished_task_is_summed_up_and_the_menu_follows() -> None:
    """V20."""
    call = Walk()(Digits("1"), offers(1))(Digits("1"), make("confirm_take", opening=opening(1)))(Digits("1"), TAKEN)
    assert "报上了:摘脆红李" in call.text
    assert "还有别的事没得" in call.text
    assert call.state.finished == ["job_taken"]


def test_goodbye_ends_the_call_kindly() -> None:
    call = Walk()(Speech("挂了哈"), make("goodbye"))
    assert isinstance(call.last, Hangup)
    assert "那就挂了" in call.text
