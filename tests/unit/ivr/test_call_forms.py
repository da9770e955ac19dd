"""Forms by speech: asked, read back, confirmed; what was heard or meant is made sure of on the way (V08, V11, V12)."""

from __future__ import annotations

from backend.domain.answers import make
from ivr.steps import Ask, Converse, Digits, Speech
from tests.support.calls import Walk, case_opened, offers


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


def test_whoever_was_taken_for_an_employer_gets_out_of_it_by_saying_so() -> None:
    ask = make("ask", form="posting", field="headcount", attempt=1, choices=[], noted={})
    assert Walk()(Speech("我婆婆想摘果子"), ask)(Speech("不是,我不请人")).last == Converse("算了")
