"""What the line says is true: no text that never comes, no company at night, no day that is past (V15–V17, V20)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from backend.domain.answers import make
from backend.domain.calling import takes_texts
from ivr import speech
from ivr.prompts import catalogue, heard_length, sentences
from ivr.speech import WITHOUT_TEXTS
from ivr.steps import Answers, Ask, Digits, Placed, Record, Recorded, Silence, Speech, Started, State, Transfer
from tests.support.calls import TODAY, WORLD, Walk, case_opened, human, offers, opening, sample

CLOSED = replace(WORLD, staff_open=False)
LANDLINE = replace(WORLD, takes_texts=False)
TAKEN = make("job_taken", opening=opening(), contact=None, code="11", registered=True)


# -- distress at night -------------------------------------------------------------------------------------------------------


def test_v17_distress_at_night_names_who_is_there_and_promises_no_company() -> None:
    call = Walk(CLOSED)(Speech("不想活了", danger=True), case_opened(case_kind="distress", emergency="120"))
    assert call.text.startswith("您莫怕。现在就打幺二三五六,说给他们听。急得很,打幺二零。我们")
    assert "打给您。" in call.text and "陪您" not in call.text and "社保所" not in call.text


def test_v17_in_distress_the_tone_comes_only_after_a_message_was_offered() -> None:
    call = Walk(CLOSED)(Speech("不想活了", danger=True), case_opened(case_kind="distress", emergency="120"))
    assert isinstance(call.last, Ask) and call.text.endswith("想说给我们听,按1。")
    assert call.state.case_id == 3
    assert isinstance(call(Digits("1")).last, Record)


# -- a phone that takes no texts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "takes"), [("+8613800138000", True), ("+862379221234", False), ("+8610001230001", True), ("x", True)]
)
def test_m09_a_landline_takes_no_texts(number: str, takes: bool) -> None:
    assert takes_texts(number) is takes


def test_v20_whoever_takes_a_place_from_a_landline_is_told_to_ask_a_person() -> None:
    call = Walk(LANDLINE)(Digits("1"), offers(1))(Digits("1"), make("confirm_take", opening=opening(1)))
    call(Digits("1"), TAKEN)
    assert "到了找哪个,按0问。" in call.text and "短信" not in call.text
    assert "短信" not in call(Speech("挂了哈"), make("goodbye")).text


@pytest.mark.parametrize("kind", ["job_taken", "registered", "profile_updated", "market_info", "erase_by_text", "profile",
                                  "posting_rejected", "posting_taken_down", "staff_reply", "call_summary", "which_absent", "employer_digest"])  # fmt: skip
def test_v20_no_text_is_promised_to_a_landline(kind: str) -> None:
    assert "短信" in "".join(said.zh for said in speech.told(sample(kind), today=TODAY))
    assert "短信" not in "".join(said.zh for said in speech.told(sample(kind), today=TODAY, takes_texts=False))


def test_every_promise_of_a_text_has_other_words_for_a_landline() -> None:
    for instead in WITHOUT_TEXTS.values():
        assert instead is None or "短信" not in speech.prompt(instead).zh


def test_w18_whoever_cannot_read_the_text_hears_how_else_to_learn_whom_to_ask() -> None:
    assert "到了找哪个,短信发给您。看不来,按0问。" in "".join(speech.speak(TAKEN, "zh", today=TODAY))


# -- no work just now --------------------------------------------------------------------------------------------------------


def test_without_work_only_the_registered_are_promised_word() -> None:
    call = Walk()(Digits("1"), make("no_jobs", filters={}, registered=True))
    assert "有了我们告诉您。" in call.text and "登记了" not in call.text
    call = Walk()(Digits("1"), make("no_jobs", filters={}, registered=False))
    assert "登记了,有活好喊您。登记按2。" in call.text
    assert call(Digits("2")).state.at == "reg_consent"


# -- calls of ours -----------------------------------------------------------------------------------------------------------


def answered(world: object = WORLD, placed: Placed | None = None, resume: State | None = None) -> Walk:
    call = Walk(WORLD)
    call.world, call.state = world, State()  # type: ignore[assignment]
    return call(Started(resume, placed or Placed("offer", opening(), 71)))


@pytest.mark.parametrize("station", ["中塘", "彭水苗族土家族自治县"])
def test_v16_a_call_of_ours_names_the_town_and_that_it_is_free(station: str) -> None:
    call = answered(replace(WORLD, station=station))
    assert call.text.startswith(f"您好。我是{station}零工热线的机器。不收钱。找真人按0。")
    assert all(heard_length(sentence) <= 20 for sentence in sentences(call.text)[:4])


def test_v17_at_65_the_person_comes_before_the_town() -> None:
    call = answered(replace(WORLD, station="中塘", over_65=True))
    assert call.text.startswith("您好,想找真人说话,按0。我是中塘零工热线的机器。不收钱。")


def test_v15_a_callback_says_what_happened_whether_it_was_missed_or_broke_off() -> None:
    assert "您打来,我们没接到。" in answered(placed=Placed("callback", missed=True)).text
    broken_off = State(at="reg_trade", registration={"recording_url": "http://r"})
    assert "您打过我们电话,没办完。" in answered(placed=Placed("callback"), resume=broken_off).text
    assert "刚才" not in answered(placed=Placed("callback"), resume=broken_off).text


def test_v15_what_was_settled_meanwhile_is_said_to_be_done() -> None:
    assert "您的事办好了,不打扰您了。" in answered(placed=Placed("over")).text


# -- the list of places ------------------------------------------------------------------------------------------------------


def at_village() -> Walk:
    return Walk()(Digits("2"))(Digits("1"))(Recorded("http://recording"))(Digits("#"))


def test_v04_the_village_may_be_said_from_the_first_asking_on() -> None:
    assert "您是哪个村?说村名也行。" in at_village().text


def test_v08_a_list_heard_to_its_end_names_the_ways_out_and_leads_to_a_person() -> None:
    call = at_village()
    for lap in range(3):
        for _ in range(3):  # seven villages: three pages
            call(Digits("4"), human())
        if lap < 2:
            assert "念完了。没得您那里,按井号,找人按0。" in call.text and call.state.data["page"] == 0
    assert isinstance(call.last, Transfer)


# -- two digits --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", ["00", "05"])
def test_v03_nought_reaches_a_person_where_two_digits_are_awaited(keys: str) -> None:
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://recording"))
    assert isinstance(call(Digits(keys), human()).last, Transfer)


def test_v03_star_and_hash_pressed_twice_count_once() -> None:
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://recording"))
    assert call(Digits("##")).state.at == "reg_village"
    assert call(Digits("*")).state.at == "reg_age"
    assert call(Digits("**")).state.at != "reg_age"


def test_v08_one_digit_of_an_age_is_told_that_there_are_two() -> None:
    call = Walk()(Digits("2"))(Digits("1"))(Recorded("http://recording"))
    assert call.text == "名字记到了。您好多岁?说出来,或者按两个数字。不想说按井号。"
    assert call(Digits("5")).text.startswith("要按两个数字。")
    form = Walk()(Speech("我要登记"), make("ask", form="registration", field="age", attempt=1, choices=[], noted={}))
    assert form(Digits("5")).text.startswith("要按两个数字。")


# -- what is said ------------------------------------------------------------------------------------------------------------


def test_v16_a_conversation_in_the_hands_of_staff_is_connected_once_and_only_when_somebody_is_there() -> None:
    call = Walk(replace(CLOSED, taken_over=True))
    assert call.text == "您好,这里是零工热线。我是机器,要找真人,按0。工作人员正在给您办。"
    assert "接人" not in call(Answers([human(open_now=False)])).text


def test_v16_the_queue_does_not_contradict_the_wait() -> None:
    said = Walk()(Digits("0"), human(ahead=3)).text
    assert said == "好,给您接人。前头还有三个人。半分钟没人接,您可以留话。"


def test_erasing_names_the_one_answer_that_erases_and_a_person() -> None:
    told = "".join(speech.speak(sample("erase_by_text"), "zh", today=TODAY))
    assert told == "短信发给您了。回数字一就删。不会发短信,按0找人。"


@pytest.mark.parametrize(
    ("form", "field", "said"),
    [("posting", "headcount", "说不清楚,按0找人。"), ("posting", "job_type", "说不清楚,按0找人。"), ("posting", "pay", "不说这个,按井号。找人,按0。"),
     ("registration", "date", "不说这个,按井号。找人,按0。")],
)  # fmt: skip
def test_v08_what_cannot_be_passed_over_is_not_offered_to_be(form: str, field: str, said: str) -> None:
    call = Walk()(Speech("要请人"), make("ask", form=form, field=field, attempt=1, choices=[], noted={}))
    call(Silence())(Silence())
    assert call.text.endswith(said)


@pytest.mark.parametrize("field", ["date", "pay"])
def test_w01_the_shorter_asking_already_names_the_key_that_passes_over(field: str) -> None:
    assert speech.question("registration", field, 2).zh.endswith("不说按井号。")


@pytest.mark.parametrize(
    ("id_", "said"),
    [
        ("cannot", "找活、登记、工钱,我都管。"), ("no_number_end", "请换个电话打。"), ("reg_name", "说完等一哈。"),
        ("voicemail", "说完等一哈,或者按右下角的井字键。"), ("resume_65", "从头来按星号。"), ("again_hint", "要慢点按7"),
        ("job_short", "要去就说要去"), ("more_short", "要听就说要听"), ("goodbye", "那就挂了"),
    ],
)  # fmt: skip
def test_v01_prompts_say_what_a_villager_can_do(id_: str, said: str) -> None:
    assert said in speech.prompt(id_).zh


def test_the_labour_line_is_named_by_what_it_is_for() -> None:
    hotline = [{"name": "人社", "number": "12333"}]
    assert "急的话打幺二三三三,管社保的。" in "".join(speech.speak(case_opened(hotlines=hotline), "zh", today=TODAY))
    assert "急的话打幺二三四八。" in "".join(speech.speak(case_opened(hotlines=["12348"]), "zh", today=TODAY))


def test_the_local_way_of_talking_is_called_local_everywhere_it_is_spoken() -> None:
    """Chongqing, Sichuan and Guizhou."""
    assert "四川话" not in "".join(one.zh + one.mandarin for one in catalogue().values())
