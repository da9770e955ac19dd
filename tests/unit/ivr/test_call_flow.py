"""The rules of the call (V01–V23), walked through the pure flow."""

from __future__ import annotations

import pytest

from backend.domain.answers import make
from ivr.steps import Ask, DialEnded, Digits, Record, Recorded, Silence, Speech, Transfer
from tests.support.calls import WORLD, Walk, case_opened, human, my_list, offers, opening, promised


def job_taken() -> dict[str, object]:
    return make(
        "job_taken",
        opening=opening(),
        contact={"name": "冉老板", "phone": "+8610000000077"},
        code="11",
        registered=True,
    )


# -- the first words ---------------------------------------------------------------------------------------------------


def test_it_says_at_once_that_it_is_a_machine_and_that_a_person_is_there() -> None:
    """V16; then the menu, most used first (V02)."""
    call = Walk()
    assert call.text.startswith("您好,这里是零工热线。我是机器,要找真人,按0。找活,按1。登记,按2。我报的活,按3。")
    assert isinstance(call.last, Ask)


def test_callers_of_65_are_offered_a_person_in_the_first_sentence_and_silence_leads_there() -> None:
    """V17."""
    call = Walk(WORLD).at(over_65=True)
    call = Walk(call.world)
    assert "按0" in call.text.split("。")[0]
    call(Silence(), human())
    assert isinstance(call.last, Transfer)


def test_callers_of_65_who_press_on_are_served_by_the_line() -> None:
    """V17."""
    call = Walk(WORLD).at(over_65=True)(Digits("1"), offers(2))
    assert "摘脆红李" in call.text


# -- keys that mean the same everywhere ----------------------------------------------------------------------------------


def test_zero_reaches_a_person_in_hours_and_the_handoff_is_said() -> None:
    """V03, V16."""
    call = Walk()(Digits("0"), human())
    assert call.done == [("talk_to_human", {})]
    assert "给您接人,最多等半分钟" in call.text
    assert isinstance(call.last, Transfer)


@pytest.mark.parametrize(("ahead", "said"), [(0, "最多等半分钟"), (2, "前头还有两个人。半分钟没人接,您可以留话")])
def test_the_wait_is_told_with_who_else_is_waiting(ahead: int, said: str) -> None:
    """V16."""
    call = Walk()(Digits("0"), human(ahead=ahead))
    assert said in call.text and "没人接,您可以留话" in call.text


def test_outside_hours_the_place_in_the_queue_and_the_day_are_told() -> None:
    """V16."""
    call = Walk().at(staff_open=False)(Digits("0"), human(open_now=False, ahead=2))
    assert "现在没人上班。您排第三个,明天打给您。" in call.text


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_every_way_of_not_being_answered_leads_to_a_promise_and_a_message(status: str) -> None:
    """V16: a person who was not reached is a task."""
    call = Walk()(Digits("0"), human())(DialEnded(status), promised())
    assert call.done[-1][0] == "nobody_came" and isinstance(call.last, Record)


def test_outside_hours_a_message_is_taken_and_becomes_part_of_the_case() -> None:
    call = Walk().at(staff_open=False)(Digits("0"), human(open_now=False, case_id=5))
    assert "现在没人上班" in call.text
    assert isinstance(call.last, Record)
    call(Recorded("http://recording"), case_opened(case_kind="voicemail"))
    assert call.done[-1] == ("leave_message", {"recording_url": "http://recording", "case_id": 5, "about": ""})
    assert "话留到了" in call.text
    assert call.waits


def test_nobody_answering_leads_to_a_message() -> None:
    """V16: offer the callback when nobody comes within half a minute."""
    call = Walk()(Digits("0"), human())(DialEnded("no-answer"), promised(place=3))
    assert call.done[-1] == ("nobody_came", {"case_id": 5, "status": "no-answer"})
    assert "没得人接。您排第三个,今天之内打给您。" in call.text
    assert isinstance(call.last, Record)


def test_after_a_talk_with_staff_the_line_goes_on() -> None:
    call = Walk()(Digits("0"), human())(DialEnded("completed"), make("human_talked", case_id=5))
    assert call.done[-1] == ("talked_to_human", {"case_id": 5})
    assert "说完了" in call.text
    assert call.waits


def test_nine_says_it_again_word_for_word_once() -> None:
    """V03, V08."""
    call = Walk()(Digits("1"), offers(2))(Digits("2"))
    first = call.text
    assert call(Digits("9")).text == first
    assert call(Digits("9")).text != first


def test_star_goes_back() -> None:
    """V03."""
    call = Walk()(Digits("4"))
    assert "要请人" in call.text
    call(Digits("*"))
    assert "找活,按1" in call.text


def test_seven_makes_it_slower_and_says_the_question_again() -> None:
    """V06: the pace itself is remembered by the service."""
    call = Walk()(Digits("7"), make("slower", rate=65))
    assert call.done == [("slower", {})]
    assert call.text.startswith("好,我说慢点。找活")


# -- jobs -----------------------------------------------------------------------------------------------------------------


def test_it_reads_three_jobs_then_asks_to_go_on() -> None:
    """V14."""
    call = Walk()(Digits("1"), offers(3, remaining=4))
    call(Digits("2"))(Digits("2"))(Digits("2"))
    assert "还要听" in call.text
    call(Digits("1"), offers(1))
    assert call.done[-1][0] == "more_jobs"


def test_a_place_is_taken_only_after_it_was_read_back() -> None:
    """V11: kind, day, place and pay together, once."""
    call = Walk()(Digits("1"), offers(3))(Digits("2"))
    call(Digits("1"), make("confirm_take", opening=opening(2, title="采茶")))
    assert call.done[-1] == ("apply_job", {"opening_id": 2})
    assert "明天,兴泉社区,采茶,一百二十块一天,对不对?对按1,不对按2。" in call.text
    call(Digits("1"), job_taken())
    assert call.done[-1] == ("apply_job", {"opening_id": 2, "confirmed": True})
    assert "报上了" in call.text


def test_not_right_goes_on_with_the_next_job() -> None:
    call = Walk()(Digits("1"), offers(3))(Digits("1"), make("confirm_take", opening=opening(1)))
    call(Digits("2"))
    assert "采茶" in call.text
    assert call.state.at == "job"


def test_whom_to_call_is_never_said_aloud() -> None:
    """V13: told after acceptance, by text."""
    call = Walk()(Digits("1"), offers(1))(Digits("1"), make("confirm_take", opening=opening(1)))(
        Digits("1"), job_taken()
    )
    assert "冉老板" not in call.text
    assert "短信发给您" in call.text


def test_a_spoken_wish_is_read_back_and_a_clear_yes_suffices() -> None:
    call = Walk()(Digits("1"), offers(3))
    call(Speech("我去第一个"), make("confirm_take", opening=opening(1)))
    assert call.state.at == "confirm"
    call(Speech("要得", choice="yes"), job_taken())
    assert call.done[-1] == ("apply_job", {"opening_id": 1, "confirmed": True})


def test_the_second_one_said_while_jobs_are_read_is_read_not_taken() -> None:
    call = Walk()(Digits("1"), offers(3))(Speech("第二个", choice=2, ordinal=2))
    assert call.state.data["i"] == 1
    assert "采茶" in call.text


@pytest.mark.parametrize("words", ["一", "按一", "1"])
def test_a_spoken_number_is_a_key(words: str) -> None:
    """V04."""
    call = Walk()(Speech(words, choice=1), offers(1))
    assert call.done == [("find_jobs", {})]


@pytest.mark.parametrize("words", ["我去第二个", "第二个我要", "报第二个"])
def test_a_wish_to_take_one_of_those_read_is_read_back(words: str) -> None:
    """V11."""
    call = Walk()(Digits("1"), offers(3))(Speech(words, ordinal=2), make("confirm_take", opening=opening()))
    assert call.done[-1][0] == "apply_job"
    assert "对不对" in call.text


@pytest.mark.parametrize("words", ["要听第二个", "第二个做啥子", "第二个要好多人", "不去第二个"])
def test_a_question_about_one_of_those_read_does_not_take_it(words: str) -> None:
    call = Walk()(Digits("1"), offers(3))(Speech(words, ordinal=2))
    assert [act for act, _ in call.done] == ["find_jobs"]


@pytest.mark.parametrize("words", ["下一个", "不去 下一个", "还有莫得别的", "还有没的", "换一个嘛"])
def test_the_next_one_may_be_asked_for_in_many_words(words: str) -> None:
    call = Walk()(Digits("1"), offers(3))(Speech(words))
    assert [act for act, _ in call.done] == ["find_jobs"]
    assert "要去按1" in call.text


def test_after_a_digression_the_form_is_asked_again_by_the_services() -> None:
    """The keys are to answer the form again, not the list that was read out (M04)."""
    age = make("ask", form="registration", field="age", attempt=1, choices=[], noted={"person_name": "冉光明"})
    call = Walk()(Speech("我要登记 我叫冉光明"), age)(Speech("有没得摘李子的活"), offers(1))
    call(Digits("2"), {**age, "noted": {}})
    assert call.done[-1] == ("reopen_form", {})
    assert "就这几个活" in call.text and "刚才还没说完" in call.text and "好多岁" in call.text


def test_a_registration_that_is_over_is_not_gone_back_to() -> None:
    age = make("ask", form="registration", field="age", attempt=1, choices=[], noted={})
    call = Walk()(Speech("我要登记 我叫冉光明"), age)(Speech("有没得摘李子的活"), offers(1))
    call(Speech("不登记了"), make("cancelled", what="registration"))
    assert "找活,按1" in call.text and "好多岁" not in call.text


def test_a_question_about_a_job_is_answered_and_the_job_stays_open() -> None:
    call = Walk()(Digits("1"), offers(3))(
        Speech("第一个管饭不"), make("job_details", opening=opening(1), asked=["meals"])
    )
    assert call.text.startswith("这个活管饭。")
    assert call.state.at == "job"
    call(Digits("1"), make("confirm_take", opening=opening(1)))
    assert call.done[-1] == ("apply_job", {"opening_id": 1})


def test_a_full_job_brings_others_like_it() -> None:
    call = Walk()(Digits("1"), offers(1))(Digits("1"), make("confirm_take", opening=opening(1)))
    call(Digits("1"), make("job_full", opening=opening(1), alternatives=[opening(2, title="采茶")]))
    assert "人满了" in call.text
    assert "采茶" in call.text
    assert call.state.at == "job"


# -- own list ---------------------------------------------------------------------------------------------------------------


def test_the_own_list_tells_work_place_and_day_and_gives_one_back_after_a_yes() -> None:
    """DESIGN §3.4: own open offers as work, day and place only."""
    call = Walk()(Digits("3"), my_list("accepted", "accepted"))
    assert "您报了两个活。" in call.text
    assert "一百二十" not in call.text
    call(Digits("1"), make("confirm_withdraw", opening=opening(1), code="11"))
    assert call.done[-1] == ("withdraw_application", {"offer_id": 71, "ask": True})
    assert "真的不去了?" in call.text
    call(Digits("1"), make("withdrawn", opening=opening(1), code="11"))
    assert call.done[-1] == ("withdraw_application", {"offer_id": 71, "confirmed": True})
    assert call.state.at == "mine"
    assert call.state.data["offers"][0]["offer_id"] == 72


def test_an_open_offer_in_the_own_list_can_be_taken_or_declined() -> None:
    call = Walk()(Digits("3"), my_list("offered"))
    assert "等您回话" in call.text
    call(Digits("2"), make("offer_declined", opening=opening(1)))
    assert call.done[-1] == ("withdraw_application", {"offer_id": 71})


def test_an_empty_list_says_so_and_offers_the_menu() -> None:
    call = Walk()(Digits("3"), my_list())
    assert "您还没报活" in call.text
    assert call.state.at == "main"


def test_a_shared_handset_is_asked_who_speaks_without_a_name() -> None:
    """V21."""
    call = Walk()(Digits("3"), make("which_person", count=2))
    assert "您是机主本人,还是家里另外的人?" in call.text
    call(Speech("家里另外的人"), my_list("accepted"))
    assert call.done[-1] == ("converse", {"text": "2"})
    assert call.state.at == "mine"


# -- registration by keypad ---------------------------------------------------------------------------------------------


def test_registration_by_keys_alone() -> None:
    """Issue 2, item 5: consent, name recorded, age by two digits, village by short list, trade by four keys."""
    call = Walk()(Digits("2"))
    assert "同意按1,不同意按2" in call.text
    call(Digits("1"))
    assert isinstance(call.last, Record)
    assert call.last.max_s == 5
    call(Recorded("http://recording"))(Digits("58"))
    assert "五十八岁,对按1,不对按2。" in call.text
    call(Digits("1"))
    assert "兴泉社区按1。双石村按2。中塘村按3。别处按4。" in call.text
    call(Digits("4"))(Digits("1"))(Digits("2"), make("registered", facts={}, for_other=False, jobs=[]))
    assert call.done[-1] == ("register_by_keypad", {
        "recording_url": "http://recording", "birth_year": 1968, "village": "500114121004", "family": 2,
    })  # fmt: skip
    assert "登记好了" in call.text


def test_refusing_the_notice_records_nothing_and_still_gives_the_jobs() -> None:
    call = Walk()(Digits("2"))(Digits("2"))
    assert "不登记" in call.text
    assert call.state.at == "main"
    assert not call.state.registration


def test_everything_but_the_name_can_be_passed_over() -> None:
    """W01."""
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://recording"))(Digits("#"))(Digits("#"))
    call(Digits("#"), make("registered", facts={}, for_other=False, jobs=[]))
    assert call.done[-1] == ("register_by_keypad", {"recording_url": "http://recording"})


def test_an_age_nobody_has_is_asked_again_with_an_example() -> None:
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://recording"))(Digits("12"))
    assert "登不了" in call.text
    assert "比如五十八岁" in call.text


def test_village_and_trade_may_be_said() -> None:
    """V04."""
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://recording"))
    call(Speech("五十八", facts={"age": 58}))(Speech("对", choice="yes"))
    call(Speech("双石村", facts={"place": "500114121002"}))
    assert call.text == "双石村,对不对?对按1,不对按2。"
    assert "village" not in call.state.registration
    call(Speech("对", choice="yes"))
    assert call.text.startswith("双石村。")  # heard again in passing (V12)
    call(Speech("采茶", facts={"job_types": ["A01"]}))
    assert "采茶工,对不对" in call.text
    call(Digits("1"), make("registered", facts={}, for_other=False, jobs=[]))
    assert call.done[-1][1]["job_types"] == ["A01"]
    assert call.done[-1][1]["village"] == "500114121002"


def test_the_town_is_asked_first_only_when_it_is_not_known() -> None:
    from tests.support.calls import TOWNS

    call = Walk().at(towns=TOWNS)(Digits("2"))(Digits("1"))(Recorded("http://recording"))(Digits("#"))
    assert "哪个乡镇" in call.text
    assert "中塘镇按1" in call.text
    call(Digits("1"))
    assert "哪个村" in call.text
    assert call.state.at == "reg_village"


def test_no_name_heard_offers_the_keys_again() -> None:
    call = Walk()(Digits("2"))(Digits("1"))(Silence())
    assert "没听到。要说名字按1,找人按0。" in call.text
    assert isinstance(call.last, Ask)
    assert isinstance(call(Digits("1")).last, Record)
