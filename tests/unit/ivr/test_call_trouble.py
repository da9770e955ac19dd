"""Trouble, forms by speech, limits and resuming: the rest of the rules of the call (V08, V17–V20)."""

from __future__ import annotations

import pytest

from backend.domain.answers import make
from ivr.call_flow import HARD_LIMIT_S, MOST_TURNS, SOFT_LIMIT_S
from ivr.steps import Ask, Converse, Digits, Do, Hangup, HungUp, Record, Recorded, Silence, Speech, Transfer
from tests.support.calls import TOWNS, WORLD, Walk, case_opened, human, my_list, offers, opening, sample

TAKEN = make(
    "job_taken", opening=opening(), contact={"name": "冉老板", "phone": "+8610000000077"}, code="11", registered=True
)

# -- trouble ------------------------------------------------------------------------------------------------------------


def test_the_ladder_shortens_then_offers_two_then_brings_a_person() -> None:
    """V08, V09."""
    call = Walk()
    assert isinstance(call.last, Ask)
    assert call.last.timeout_s == 8
    call(Silence())
    assert "比如" in call.text
    assert isinstance(call.last, Ask)
    assert call.last.timeout_s == 10
    call(Silence())
    assert "想找活,按1。不想,按0找人。" in call.text
    call(Silence(), human())
    assert isinstance(call.last, Transfer)


def test_wrong_keys_climb_the_same_ladder() -> None:
    call = Walk()(Digits("6"))
    assert "没得这个键" in call.text
    assert isinstance(call(Digits("6"))(Digits("6"), human()).last, Transfer)


def test_three_failures_at_different_questions_bring_a_person() -> None:
    """V17."""
    call = Walk()(Digits("6"))(Digits("4"))(Digits("6"))(Digits("*"))(Digits("6"), human())
    assert isinstance(call.last, Transfer)


def test_failures_before_a_question_that_was_answered_are_over() -> None:
    """V17: whoever answers seven questions may press a wrong key at three of them."""
    call = Walk().at(towns=TOWNS)(Digits("2"))(Digits("6"))(Digits("1"))(Recorded("http://recording"))
    call(Digits("6"))(Digits("58"))(Digits("6"))(Digits("1"))(Digits("6"))
    assert call.state.at == "reg_town"
    assert isinstance(call.last, Ask)


def test_words_not_understood_are_asked_again_shorter() -> None:
    call = Walk()(Speech("呜哩哇啦"), make("not_understood", attempt=1))
    assert "我没听懂" in call.text
    assert "找活按1" in call.text


def test_without_the_engine_the_keys_go_on_working() -> None:
    """D1: the menu by voice."""
    call = Walk()(Speech("有啥子活"), make("menu", reason="unavailable"))
    assert "请按键" in call.text
    assert isinstance(call.last, Ask)
    call(Digits("1"), offers(1))
    assert "摘脆红李" in call.text


def test_silence_after_the_message_tone_still_promises_to_call_back_and_never_hangs_up() -> None:
    """V08."""
    call = Walk().at(staff_open=False)(Digits("0"), human(open_now=False))
    call(Silence())
    assert "我们会打回来" in call.text
    call(Silence())(Silence())
    assert "打回来" in call.text
    assert call.state.at == "main"
    assert call.waits


@pytest.mark.parametrize("emergency", ["120", "110"])
def test_danger_words_give_the_number_first_and_then_a_person(emergency: str) -> None:
    """DESIGN §3.8, at any question."""
    call = Walk()(Digits("2"))(Speech("腿遭砸断了", danger=True), case_opened(case_kind="injury", emergency=emergency))
    assert call.text.index("先打幺") < call.text.index("接人")
    assert isinstance(call.last, Transfer)


def test_danger_words_at_night_lead_to_a_message() -> None:
    call = Walk().at(staff_open=False)(
        Speech("遭打了", danger=True), case_opened(case_kind="violence", emergency="110")
    )
    assert "先打幺幺零" in call.text
    assert isinstance(call.last, Record)


def test_a_conversation_in_the_hands_of_staff_is_put_through() -> None:
    """DESIGN §3.12."""
    call = Walk(Walk().at(taken_over=True).world)
    assert call.last == Do("talk_to_human")
    assert "工作人员正在给您办" in call.text
    assert isinstance(Walk()(Speech("咋个样了"), *[]).last, Converse)


# -- forms by speech -----------------------------------------------------------------------------------------------------


def ask(field: str, attempt: int = 1, **noted: object) -> dict[str, object]:
    return make("ask", form="registration", field=field, attempt=attempt, choices=[], noted=noted)


def test_a_spoken_registration_is_asked_confirmed_and_digits_serve_for_the_age() -> None:
    call = Walk()(Speech("我来登个记"), ask("person_name"))
    assert call.text == "您叫啥子名字?"
    call(Speech("我叫王秀英"), ask("age", person_name="王秀英"))
    assert "记到了,王秀英。" in call.text
    assert isinstance(call.last, Ask)
    assert call.last.digits == 2
    call(Digits("58"), ask("location", age=58))
    assert call.done[-1] == ("converse", {"text": "58"})
    call(Digits("#"), ask("job_type"))
    assert call.done[-1] == ("converse", {"text": "跳过"})
    confirm = make(
        "confirm_registration",
        facts={"person_name": "王秀英", "age": 58},
        for_other=False,
        notice_version="1",
        changed=[],
    )
    call(Speech("采茶"), confirm)
    assert "王秀英,五十八岁" in call.text
    assert "同不同意" in call.text
    call(Digits("1"), make("registered", facts={}, for_other=False, jobs=[]))
    assert call.done[-1] == ("converse", {"text": "1"})


def test_what_a_text_of_this_number_said_is_not_read_out_to_a_caller() -> None:
    """DESIGN §3.4: the caller only claims to be the one who texted."""
    call = Walk(Walk().at(said_before=("person_name", "age")).world)
    confirm = make("confirm_registration", facts={"person_name": "王秀英", "age": 58, "pay": "120/day"}, for_other=False,
                   notice_version="1", changed=[])  # fmt: skip
    call(Speech("登记"), confirm)
    assert "王秀英" not in call.text
    assert "五十八" not in call.text
    assert "一百二十块一天" in call.text
    assert "王秀英" not in call(Digits("9")).text


def test_a_digression_is_answered_and_the_question_comes_back() -> None:
    call = Walk()(Speech("我来登个记"), ask("age"))
    call(Speech("市场在哪点"), make("market_info", station={"name": "零工市场", "address": "解放路"}),
         make("resume_hint", form="registration", field="age"))  # fmt: skip
    assert "零工市场在解放路" in call.text
    assert "您今年好多岁" in call.text
    assert call.state.at == "form"


# -- limits, resuming, ending ---------------------------------------------------------------------------------------------


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
    call = Walk()(Speech("我来登个记"), ask("age", person_name="王秀英"))(HungUp())
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


GUESS = make(
    "either_or",
    about="wish",
    word=None,
    choices=[{"zh": "找活", "en": "to find work"}, {"zh": "问政策", "en": "to ask"}],
)


def test_an_unsure_reading_is_asked_about_in_one_either_or_by_key() -> None:
    """V08, V11: 要找活,请按1."""
    call = Walk()(Speech("果子那个事情"), GUESS)
    assert "您是想找活,还是问政策?找活按1,问政策按2,都不是按3。" in call.text
    assert all(len(sentence) <= 25 for sentence in call.text.split("?"))
    call(Digits("1"), offers(1))
    assert call.done[-1] == ("converse", {"text": "1"})
    assert call.state.at == "job"


def test_neither_leads_to_the_menu_and_then_to_a_person() -> None:
    call = Walk()(Speech("果子那个事情"), GUESS)
    call(Speech("都不是", choice="no"), make("menu", reason="not_understood"))
    assert call.done[-1] == ("converse", {"text": "3"})
    assert call.state.at == "main"
    assert "找活,按1" in call.text
    assert isinstance(call(Speech("咕噜咕噜"), human()).last, Transfer)


def test_at_65_no_either_or_is_asked_but_a_person_called() -> None:
    """V17."""
    call = Walk().at(over_65=True)(Speech("果子那个事情"), GUESS)
    assert "您是想" not in call.text
    assert call.goes_on
    assert call.state.doing == "talk_to_human"


def test_silence_after_the_either_or_asks_it_shorter() -> None:
    call = Walk()(Speech("果子那个事情"), GUESS)(Silence())
    assert "比如找活,或者按1" in call.text


HEARD = make("confirm_heard", facts={"pay": "140/day"})


def test_what_was_read_back_is_confirmed_by_key_or_said_again() -> None:
    call = Walk()(Speech("我要一百四一天"), HEARD)
    assert "听到的是,一百四十块一天,对不对?" in call.text
    assert "对按1,不对按2" in call.text
    call(Digits("2"), make("say_again"))
    assert "您再说一遍" in call.text
    assert "找活,按1" not in call.text
    call(Speech("一百八"), make("confirm_heard", facts={"pay": "180/day"}))
    assert "一百八十块一天" in call.text
    call(Digits("1"), make("profile_updated", changed={}))
    assert call.done[-1] == ("converse", {"text": "1"})
    assert "改好了" in call.text
    assert call.state.at == "main"


def test_after_the_reading_back_the_question_before_it_goes_on() -> None:
    job = Walk()(Digits("1"), offers(2))
    job(Speech("老板欠我三千四"), case_opened(case_kind="wage_arrears"), make("confirm_heard", facts={"money": 3400}))
    assert job.text.index("记下了") < job.text.index("三千四百块,对不对")
    job(Digits("1"), make("noted"))
    assert job.state.at == "job"


def test_the_day_and_wage_of_a_search_are_said_back_in_passing() -> None:
    """V12."""
    found = offers(2)
    found["filters"] = {"from": "2026-11-25", "to": "2026-11-25", "pay_min_fen": 15_000, "pay_unit": "day"}
    call = Walk()(Speech("后天一百五的活"), found)
    assert "您要的是,后天,二十五号,星期三。起码一百五十块一天。" in call.text
    assert call.text.index("您要的是") < call.text.index("有两个活")


def test_a_word_of_two_meanings_is_asked_about_and_the_form_goes_on() -> None:
    ask = make("ask", form="registration", field="job_type", attempt=1, choices=[], noted={})
    sides = [{"zh": "开车床", "en": "a lathe"}, {"zh": "做衣服", "en": "sewing"}]
    call = Walk()(Speech("我来登记"), ask)
    call(Speech("车工"), make("either_or", about="word", word="车工", choices=sides))
    assert "您说的车工,是开车床,还是做衣服?" in call.text
    noted = {"job_names": ["缝纫工"]}
    call(Digits("2"), make("ask", form="registration", field="date", attempt=1, choices=[], noted=noted))
    assert "记到了,缝纫工" in call.text
    assert call.state.at == "form"
    assert call.state.failures == 0
    assert all(at != "either" for at, _ in call.state.back)


@pytest.mark.parametrize(
    ("said", "act"), [("对,不去了", "withdraw_application"), ("不去了", "withdraw_application"), ("还是要去", None)]
)
def test_not_going_is_a_yes_where_it_is_asked_whether_she_is_really_not_going(said: str, act: str | None) -> None:
    """To 去不去 the same words would be a no."""
    call = Walk()(Digits("3"), my_list("accepted"))(
        Digits("1"), make("confirm_withdraw", opening=opening(1), code="11")
    )
    call(Speech(said, choice="no" if said == "不去了" else None))
    last = call.last
    assert (last.act if isinstance(last, Do) else None) == act
    if act is None:
        assert last == Converse("2")


def test_whoever_was_taken_for_an_employer_gets_out_of_it_by_saying_so() -> None:
    ask = make("ask", form="posting", field="headcount", attempt=1, choices=[], noted={})
    assert Walk()(Speech("我婆婆想摘果子"), ask)(Speech("不是,我不请人")).last == Converse("算了")


def test_what_was_asked_for_and_found_ends_the_count_of_failures() -> None:
    """V17: three in a row, not three in a call."""
    call = Walk()(Digits("8"))(Silence())(Digits("1"), offers(2))(Silence())
    assert call.state.at == "job"
    assert isinstance(call.last, Ask)


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


def test_a_read_back_that_stays_wrong_brings_a_person() -> None:
    """V17: three times the same, twice said to be wrong."""
    wrong = make("confirm_registration", facts={"age": 40}, for_other=False, notice_version="1", changed=[])
    ask = make("ask", form="registration", field="correction", attempt=1, choices=[], noted={})
    call = Walk()(Speech("我要登记"), wrong)
    call(Digits("2"), ask)(Speech("嗯嗯那个"), wrong)(Digits("2"), ask)
    assert call.waits
    call(Speech("嗯嗯那个"), wrong)
    assert call.last == Do("talk_to_human", {})


def test_a_form_that_begins_ends_the_count_of_failures() -> None:
    ask = make("ask", form="registration", field="person_name", attempt=1, choices=[], noted={})
    call = Walk()(Silence())(Silence())(Speech("我要登记"), ask)(Silence())
    assert call.state.at == "form"
    assert isinstance(call.last, Ask)
