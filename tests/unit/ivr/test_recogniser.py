"""What is made of a recogniser that is unsure, and of words to the line itself (V03, V04, V06, V08, V09, V17)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.answers import make
from ivr.asking import COMMANDS, LONGEST_HINT, MOST_HINTS
from ivr.call_flow import HARD_LIMIT_S
from ivr.hearing import confidence, nearest
from ivr.questions import QUESTIONS
from ivr.steps import Ask, Converse, Digits, Do, Hangup, Record, Recorded, Speech, State, Transfer
from tests.support.call_answers import DATA
from tests.support.calls import TOWNS, VILLAGES, WORLD, Walk, case_opened, human, my_list, offers, opening

TAKE = make("confirm_take", opening=opening(1))
AGE = make("ask", form="registration", field="age", attempt=1, choices=[], noted={})


def at_take() -> Walk:
    return Walk()(Digits("1"), offers(2))(Digits("1"), TAKE)


# -- how sure ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("sent", "share"),
    [("0.83", 0.83), ("1", 1.0), ("0.0", None), ("", None), (None, None), ("abc", None), ("-1", None), ("1e309", None), ("nan", None)],
)  # fmt: skip
def test_a_confidence_is_a_share_or_nothing(sent: str | None, share: float | None) -> None:
    assert confidence(sent) == share


def test_words_the_recogniser_hardly_heard_are_not_heard() -> None:
    """Issue 4, item 8: as a miss, never as an answer."""
    call = at_take()(Speech("对", choice="yes", confidence=0.2))
    assert call.text.startswith("没听清楚。")
    assert call.state.at == "confirm" and call.state.misses == 1
    assert [act for act, _ in call.done] == ["find_jobs", "apply_job"]


def test_a_yes_the_recogniser_is_unsure_of_asks_for_the_key() -> None:
    """V11: nothing is bound by words that were perhaps not said."""
    call = at_take()(Speech("对", choice="yes", confidence=0.5))
    assert call.text == "怕听错了,请按键。去按1,不去按2。找人按0。"
    assert [act for act, _ in call.done] == ["find_jobs", "apply_job"]
    taken = make("job_taken", opening=opening(), contact=None, code="11", registered=True)
    assert "报上了" in call(Digits("1"), taken).text


def test_a_sure_yes_or_one_without_a_figure_suffices() -> None:
    """V04."""
    taken = make("job_taken", opening=opening(), contact=None, code="11", registered=True)
    for share in (0.9, None):
        assert "报上了" in at_take()(Speech("对", choice="yes", confidence=share), taken).text


def test_where_nothing_is_bound_an_unsure_yes_is_taken_and_read_back() -> None:
    call = Walk()(Digits("1"), offers(2))(Speech("要得", choice="yes", confidence=0.5), TAKE)
    assert "对不对" in call.text


@pytest.mark.parametrize("at", sorted(QUESTIONS))
def test_danger_and_the_wish_for_a_person_count_however_unsure_the_recogniser_is(at: str) -> None:
    """V17: at every question, the recordings and read-backs too."""
    call = Walk()
    call.state = State(at, dict(DATA.get(at, {})), back=[["main", {}]])
    hurt = case_opened(case_kind="injury", emergency="120")
    call(Speech("腿遭砸断了", danger=True, confidence=0.05), hurt)
    assert call.text.startswith("人受伤了,先打幺二零。"), at
    assert isinstance(call.last, Transfer), at
    call.state = State(at, dict(DATA.get(at, {})), back=[["main", {}]])
    assert isinstance(call(Speech("喊个人", command="person", confidence=0.05), human()).last, Transfer), at


def test_danger_is_put_through_even_when_nothing_could_be_written_down() -> None:
    """V17: with the services away."""
    call = Walk()
    call(Speech("遭打了", danger=True))
    assert isinstance(call.last, Converse)
    from ivr.call_flow import advance
    from ivr.steps import Answers

    _, steps = advance(call.state, Answers([make("menu", reason="unavailable")]), call.world)
    assert steps[-1] == Do("talk_to_human")


def test_after_twelve_minutes_a_cry_for_help_is_still_answered() -> None:
    """V17 before V18."""
    call = Walk().at(elapsed_s=HARD_LIMIT_S)
    assert isinstance(call(Speech("遭打了", danger=True), case_opened(emergency="110")).last, Transfer)
    call = Walk().at(elapsed_s=HARD_LIMIT_S)
    assert isinstance(call(Digits("0"), human()).last, Transfer)
    assert isinstance(Walk().at(elapsed_s=HARD_LIMIT_S)(Digits("1")).last, Hangup)


# -- words to the line ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", sorted(set(QUESTIONS) - {"voicemail", "reg_name"}))
def test_what_was_not_understood_is_said_again_at_every_question(at: str) -> None:
    """V03, V08: 啥子? is what 9 is."""
    call = Walk()
    call.state = State(at, dict(DATA.get(at, {})), back=[["main", {}]])
    pressed = Walk()
    pressed.state = State(at, dict(DATA.get(at, {})), back=[["main", {}]])
    assert call(Speech("啥子?", command="again")).text == pressed(Digits("9")).text


def test_slower_and_faster_need_no_engine() -> None:
    """V06."""
    assert Walk()(Speech("说慢点", command="slower"), make("slower", rate=65)).done == [("slower", {})]
    assert Walk()(Speech("快点", command="faster"), make("slower", rate=80)).done == [("faster", {})]


def test_that_will_do_leaves_the_list_and_does_not_read_the_next_one() -> None:
    call = Walk()(Digits("1"), offers(3))(Speech("算了", choice="no", command="enough"))
    assert call.state.at == "main"
    assert "采茶" not in call.text
    mine = Walk()(Digits("3"), my_list("accepted"))(Speech("算了嘛", choice="no", command="enough"))
    assert mine.state.at == "main" and [act for act, _ in mine.done] == ["my_applications"]


def test_that_will_do_in_a_registration_registers_nobody() -> None:
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://r"))(Speech("算了", choice="no", command="enough"))
    assert "不登记" in call.text and call.state.at == "main"
    assert call.done == []


def test_that_will_do_is_a_no_where_a_yes_or_no_is_asked() -> None:
    call = at_take()(Speech("算了", choice="no", command="enough"))
    assert [act for act, _ in call.done] == ["find_jobs", "apply_job"]
    assert call.state.at == "job"


# -- three failures ---------------------------------------------------------------------------------------------------------


def test_numbers_that_answer_nothing_lead_to_a_person() -> None:
    """V08, V17: at a question of the services as at one of ours."""
    call = Walk()(Speech("哪个"), make("which_job", openings=offers(2)["openings"], purpose="withdraw", more=False))
    unknown = make("choice_unknown", choice=7, choices=[1, 2])
    call(Speech("七个"), unknown)(Speech("七个"), unknown)
    assert isinstance(call(Speech("七个"), human()).last, Transfer) or call(Speech("七个"), unknown).goes_on


def test_a_form_that_hears_nothing_it_can_use_calls_a_person() -> None:
    """V17."""
    call = Walk()(Speech("登记"), AGE)
    for attempt in (2, 3):
        call(Speech("嗯嗯那个"), {**AGE, "attempt": attempt})
        assert call.state.at == "form"
    call(Speech("嗯嗯那个"), {**AGE, "attempt": 4})
    assert call.last == Do("talk_to_human")


def test_at_65_the_first_answer_a_form_cannot_use_calls_a_person() -> None:
    """V17."""
    call = Walk().at(over_65=True)(Speech("登记"), AGE)
    assert call.state.at == "form"
    call(Speech("嗯嗯那个"), {**AGE, "attempt": 2})
    assert call.last == Do("talk_to_human")


# -- what is expected ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", sorted(QUESTIONS))
def test_every_question_tells_the_recogniser_what_to_expect(at: str) -> None:
    """Issue 4, item 8; within the carrier's 500 phrases of 100 characters."""
    many = {town: [(f"{town}{n:03}", f"村{n}社区居民委员会") for n in range(300)] for town, _ in TOWNS}
    world = replace(WORLD, towns=TOWNS, villages=lambda town: many.get(town, []))
    hints = QUESTIONS[at].expects(State(at, dict(DATA.get(at, {}))), world)
    assert len(hints) <= MOST_HINTS and all(0 < len(hint) <= LONGEST_HINT and "," not in hint for hint in hints)
    assert set(COMMANDS) <= set(hints) and len(hints) > len(COMMANDS)


def test_the_names_read_out_and_the_own_towns_villages_are_expected() -> None:
    assert "采茶" in Walk()(Digits("1"), offers(2)).last.hints  # type: ignore[union-attr]
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://r"))(Digits("#"))
    assert isinstance(call.last, Ask)
    assert call.last.hints[:2] == ("兴泉社区", "双石村")


def test_a_yes_is_waited_for_two_seconds_and_a_story_three() -> None:
    """V09."""
    assert at_take().last.pause_s == 2  # type: ignore[union-attr]
    assert Walk().last.pause_s == 3  # type: ignore[union-attr]


# -- a village that was spoken -----------------------------------------------------------------------------------------------


def at_village() -> Walk:
    return Walk()(Digits("2"))(Digits("1"))(Recorded("http://r"))(Digits("#"))


def test_a_spoken_village_is_stored_only_after_a_yes() -> None:
    """V11: every fourth character may be wrong."""
    call = at_village()(Speech("双石村", facts={"place": "500114121002"}))
    assert "village" not in call.state.registration
    call(Digits("2"))
    assert call.state.at == "reg_village" and call.state.data["not"] == ["500114121002"]
    call(Digits("1"))
    assert call.state.registration["village"] == "500114121001"


def test_the_right_village_may_be_said_instead_of_a_no() -> None:
    call = at_village()(Speech("双石村", facts={"place": "500114121002"}))
    call(Speech("不对,中塘村", facts={"place": "500114121003"}))
    assert call.text.startswith("中塘村,对不对")
    call(Speech("对", choice="yes"))
    assert call.state.registration["village"] == "500114121003"


def test_a_village_chosen_by_key_needs_no_reading_back() -> None:
    assert at_village()(Digits("2")).state.at == "reg_trade"


@pytest.mark.parametrize(
    ("said", "name"), [("双食村", "双石村"), ("新权社区", "兴泉社区"), ("仰头沙村", "仰头山村"), ("大河坝", None)]
)
def test_a_name_heard_wrong_is_the_near_sounding_one_of_the_own_town(said: str, name: str | None) -> None:
    villages = VILLAGES["500114121"]
    found = nearest(said, villages)
    assert (dict(villages)[found] if found else None) == name


# -- another question meanwhile ------------------------------------------------------------------------------------------------


def test_a_key_never_answers_a_question_that_a_text_or_another_call_has_opened() -> None:
    """I12, M04."""
    confirm = make("confirm_registration", facts={}, for_other=False, notice_version="1", changed=[])
    call = Walk()(Speech("登记"), confirm).at(pending="jobs")
    call(Digits("1"), AGE)
    assert call.done[-1] == ("reopen_form", {})
    assert "断了" in call.text and "好多岁" in call.text
    assert (
        Walk()(Speech("登记"), confirm).at(pending="confirm_registration")(Digits("1"), AGE).done[-1][0] == "converse"
    )


def test_a_recording_is_ended_by_the_key_for_a_person() -> None:
    """V17: words in a recording are heard by nobody yet; 0 is."""
    call = Walk()(Digits("2"))(Digits("1"))
    assert isinstance(call.last, Record)
    assert isinstance(call(Recorded("http://r", "0"), human()).last, Transfer)


# -- in whose words ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("at", sorted(QUESTIONS))
def test_eight_changes_the_wording_at_every_question_and_says_it_again(at: str) -> None:
    """V06: told in help, not in every menu."""
    call = Walk()
    call.state = State(at, dict(DATA.get(at, {})), back=[["main", {}]])
    call(Digits("8"), make("wording", wording="mandarin"))
    assert call.done == [("talk_in", {})]
    assert call.text.startswith("好,我说普通话。") and len(call.text) > 10
    assert call.state.at == at


@pytest.mark.parametrize("wanted", ["mandarin", "local"])
def test_the_wording_is_changed_by_saying_so(wanted: str) -> None:
    call = Walk()(Speech("说普通话", command=wanted), make("wording", wording=wanted))
    assert call.done == [("talk_in", {"wording": wanted})]


# -- distress, and the last words ---------------------------------------------------------------------------------------------


def test_distress_is_met_with_a_voice_and_not_with_a_sentence_about_injuries() -> None:
    """V17."""
    call = Walk()(Speech("不想活了", danger=True), case_opened(case_kind="distress", emergency="120"))
    assert call.text.startswith("您莫怕,有人陪您说话。") and "幺二零" in call.text and "受伤" not in call.text
    assert isinstance(call.last, Transfer)


def test_goodbye_tells_of_the_text_only_when_one_follows() -> None:
    """V20."""
    call = Walk()(Digits("1"), offers(1))(Digits("1"), TAKE)
    call(Digits("1"), make("job_taken", opening=opening(), contact=None, code="11", registered=True))
    assert "短信就到" in call(Speech("挂了哈"), make("goodbye")).text
    assert "短信" not in Walk()(Speech("挂了哈"), make("goodbye")).text
