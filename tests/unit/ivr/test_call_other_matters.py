"""Behind key 4: matters for staff, employers, the market, stopping, a changed village; by key alone (V02, V04, V05)."""

from __future__ import annotations

import pytest

from backend.domain.answers import make
from ivr.steps import Digits, Do, Record, Recorded, Transfer
from tests.support.calls import WORLD, Walk, case_opened, human, sample

MATTERS = [("2", "1", "wage_arrears"), ("2", "4", "other_problem"), ("3", "1", "policy"), ("3", "2", "training"),
           ("3", "3", "unemployment"), ("3", "4", "returnee")]  # fmt: skip


@pytest.mark.parametrize(("menu", "key", "kind"), MATTERS)
def test_every_matter_is_opened_by_key_alone_and_a_message_belongs_to_it(menu: str, key: str, kind: str) -> None:
    """V04: three levels, at most four choices (V02); the case has the right kind whether she says more or not."""
    call = Walk()(Digits("4"))(Digits(menu))
    assert len(call.state.back) == 2
    call(Digits(key), case_opened(case_kind=kind, case_id=8))
    assert call.done[-1] == ("case_by_key", {"kind": kind})
    assert "记下了" in call.text and "可以留话" in call.text
    assert isinstance(call.last, Record)
    call(Recorded("http://recording"), case_opened(case_kind=kind, case_id=8))
    assert call.done[-1] == ("leave_message", {"recording_url": "http://recording", "case_id": 8, "about": ""})
    assert isinstance(Walk()(Digits("4"))(Digits(menu))(Digits("0"), human()).last, Transfer)


@pytest.mark.parametrize(("key", "kind", "number"), [("2", "injury", "幺二零"), ("3", "violence", "幺幺零")])
def test_an_injury_or_violence_by_key_gives_the_number_and_then_the_person(key: str, kind: str, number: str) -> None:
    """V17."""
    emergency = {"injury": "120", "violence": "110"}[kind]
    call = Walk()(Digits("4"))(Digits("2"))(Digits(key), case_opened(case_kind=kind, emergency=emergency))
    assert call.done[-1] == ("case_by_key", {"kind": kind})
    assert number in call.text and call.text.endswith("我马上给您接人。")
    assert isinstance(call.last, Transfer)


def test_the_other_menu_serves_employers_trouble_the_market_and_stop() -> None:
    assert Walk()(Digits("4"))(Digits("1")).state.at == "employer"
    rest = Walk()(Digits("4"))(Digits("4")).state
    for key, act, answer in (
        ("1", "ask_market_info", make("market_info", station={"name": "零工市场"})),
        ("2", "stop_messages", make("opted_out")),
        ("3", "resume_messages", make("opted_in")),
    ):
        call = Walk()
        call.state = rest
        assert call(Digits(key), answer).done[-1][0] == act


def test_a_number_that_hires_is_asked_about_its_own_postings_first() -> None:
    """E03: by keys alone; who has none goes straight on to a new one."""
    walk = Walk().at(hiring=True)(Digits("4"))(Digits("1"))
    assert walk.state.at == "hiring"
    assert walk(Digits("1")).last == Do("who_comes")
    for key, act in (("2", "repeat_posting"), ("3", "close_posting")):
        assert Walk().at(hiring=True)(Digits("4"))(Digits("1"))(Digits(key)).last == Do(act)
    assert Walk().at(hiring=True)(Digits("4"))(Digits("1"))(Digits("4")).state.at == "employer"


def test_how_many_come_is_said_and_nobody_is_named() -> None:
    """V13."""
    walk = Walk().at(hiring=True)(Digits("4"))(Digits("1"))(Digits("1"), sample("who_comes"))
    assert "有两个人要来" in walk.text and "王秀英" not in walk.text and walk.goes_on


def test_an_employer_can_leave_a_message() -> None:
    call = Walk()(Digits("4"))(Digits("1"))(Digits("1"))
    assert isinstance(call.last, Record)
    call(Recorded("http://recording"), case_opened(case_kind="voicemail"))
    assert call.done[-1][1]["about"] == "posting"


def test_by_key_alone_somebody_who_has_moved_changes_her_village() -> None:
    """Issue 4, item 1; V05: the village comes from the short list."""
    call = Walk()(Digits("4"))(Digits("4"))(Digits("4"))
    assert "村子变了,按1" in call.text
    call(Digits("1"))(Digits("2"), make("profile_updated", changed={}))
    assert call.done[-1] == ("move_village", {"village": WORLD.villages("500114121")[1][0]})
    assert call.text.startswith("改好了")
    assert call.state.at == "main"
    # A registration afterwards is a registration again.
    assert (
        call(Digits("2"))(Digits("1"))(Recorded("http://recording"))(Digits("#"))(Digits("1")).state.at == "reg_trade"
    )


def test_whoever_passes_over_the_village_when_she_wanted_to_change_it_changes_nothing() -> None:
    call = Walk()(Digits("4"))(Digits("4"))(Digits("4"))(Digits("1"))(Digits("#"))
    assert call.state.at == "main"
    assert not [act for act, _ in call.done if act == "move_village"]
