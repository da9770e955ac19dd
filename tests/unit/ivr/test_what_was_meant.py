"""Words as people say them on the telephone, and what the line may and may not make of them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from backend.domain import choice, line_words
from backend.domain.answers import make
from ivr import spoken
from ivr.call_flow import advance
from ivr.placed import FIRST_QUESTIONS
from ivr.prompts import catalogue
from ivr.questions import QUESTIONS
from ivr.steps import (
    WRONG_PERSON,
    Ask,
    Converse,
    Digits,
    Do,
    Event,
    Hangup,
    Placed,
    Record,
    Silence,
    Speech,
    Started,
    State,
    Step,
    Transfer,
)
from tests.support.call_answers import CLOSED, DATA
from tests.support.call_paths import run, words_of
from tests.support.calls import TODAY, WORLD, Walk, human, my_list, opening, sample

ELDER = replace(WORLD, over_65=True)
WITHDRAWING = {"answer": make("confirm_withdraw", opening=opening(), code="11"),
               "yes": {"act": "withdraw_application", "params": {"offer_id": 71, "confirmed": True}}}  # fmt: skip
TAKING = {**DATA["confirm"], "yes": {"act": "apply_job", "params": {"opening_id": 1, "confirmed": True}}}


def heard(words: str, **more: Any) -> Speech:
    """As `ivr.hearing` reads them."""
    found = choice.parse(words)
    return Speech(words, choice=found if found is not None else choice.by_sound(words), **more)


def at(name: str, event: Event, data: dict[str, Any] | None = None, world: Any = WORLD) -> tuple[State, list[Step]]:
    return advance(State(name, dict(data or DATA.get(name, {})), back=[["main", {}]], spoke=True), event, world)


def act(steps: list[Step]) -> str | None:
    return steps[-1].act if isinstance(steps[-1], Do) else None


# -- 打错了 ----------------------------------------------------------------------------------------------------------------


def wrong(words: str = "打错了") -> Speech:
    return Speech(words, command=WRONG_PERSON)


@pytest.mark.parametrize("name", sorted(set(QUESTIONS) - FIRST_QUESTIONS - {"who", "not_me", "reg_name", "voicemail"}))
def test_t4_one_reflex_word_takes_no_entry_away_but_is_asked_about(name: str) -> None:
    state, steps = at(name, wrong())
    assert state.at == "not_me" and isinstance(steps[-1], Ask)
    assert "原来登记的人,不用这个电话了" in words_of(steps)


def test_t4_only_a_key_or_a_sure_yes_takes_the_number_away() -> None:
    assert act(at("not_me", Digits("1"))[1]) == "wrong_person"
    assert act(at("not_me", Speech("对", choice="yes", confidence=0.9))[1]) == "wrong_person"
    assert act(at("not_me", Speech("对", choice="yes", confidence=0.4))[1]) is None
    assert act(at("not_me", wrong())[1]) is None
    state, _ = at("not_me", Digits("2"))
    assert state.at == "main"


def test_t4_a_stranger_is_not_told_that_there_was_an_entry() -> None:
    call = Walk()(wrong())(Digits("1"), make("profile_locked"))
    assert call.done == [("wrong_person", {})]
    assert "记下了" in call.text and "登记" not in call.text.split("还有")[0]


@pytest.mark.parametrize("name", sorted(FIRST_QUESTIONS))
def test_v15_a_bare_wrong_number_ends_a_call_of_ours_and_locks_nothing(name: str) -> None:
    state, steps = at(name, wrong("打错了吧"))
    assert isinstance(steps[-1], Hangup) and "不打扰您了" in words_of(steps)
    assert state.ended and state.content


# -- who is speaking -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["不是机主", "我不是机主", "不是本人", "我不是本人", "不是我本人", "屋头的", "他屋头的",
                                   "婆娘", "我是他媳妇", "老汉", "他儿子", "他女儿", "机主的老公"])  # fmt: skip
def test_v21_whoever_is_not_the_owner_is_not_taken_for_him(words: str) -> None:
    for command in (None, WRONG_PERSON):
        _, steps = at("who", heard(words, command=command), {"count": 2})
        assert getattr(steps[-1], "text", None) == "2"
        state, steps = at("who", heard(words, command=command), {"count": 4})
        assert state.at == "who" and isinstance(steps[-1], Ask), "which of several others, a key tells"
        assert "按2到四" in words_of(steps)


@pytest.mark.parametrize("words", ["是我", "是我的", "我的电话", "我自己", "本人", "机主就是我"])
def test_v21_the_owner_is_known_by_her_own_words(words: str) -> None:
    _, steps = at("who", heard(words), {"count": 2})
    assert getattr(steps[-1], "text", None) == "1"


# -- calls of ours -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["不要再打来", "莫再打来了", "别打了", "莫打了", "不要再给我打电话", "不用打了", "你们是骗子"]
)
@pytest.mark.parametrize("name", [*sorted(FIRST_QUESTIONS), "paid"])
def test_v15_no_more_calls_said_in_a_call_of_ours_is_about_calls(name: str, words: str) -> None:
    assert act(at(name, heard(words))[1]) == "no_more_calls"


@pytest.mark.parametrize("words", ["要不要打谷子", "莫得打谷子的", "别个打来的"])
def test_v15_other_words_with_the_same_characters_stop_no_calls(words: str) -> None:
    assert act(at("placed_offer", heard(words))[1]) != "no_more_calls"


@pytest.mark.parametrize(
    "words", ["你是哪个", "你哪个", "喂你是哪个哦", "哪点的", "你们是哪点的", "有啥子事", "咋子", "啥子电话"]
)
def test_v16_a_phone_is_picked_up_with_many_words(words: str) -> None:
    state, steps = at("placed_reminder", heard(words))
    assert state.at == "placed_reminder" and state.misses == 0 and "零工热线的机器" in words_of(steps)


def test_v21_on_a_shared_phone_nothing_is_told_before_it_is_clear_who_listens() -> None:
    for purpose in ("offer", "reminder", "follow_up"):
        asked = Started(placed=Placed(purpose, opening(), 71, people=2, whose=2))
        state, steps = advance(State(), asked, WORLD)
        assert state.at == "placed_who" and "摘脆红李" not in words_of(steps) and "按0" in words_of(steps)
        other, steps = advance(state, Digits("1"), WORLD)
        assert other.at == "placed_who" and "摘脆红李" not in words_of(steps)
        mine, steps = advance(other, Speech("我是他屋头的"), WORLD)
        assert mine.at == f"placed_{purpose}" and "摘脆红李" in words_of(steps)
        _, steps = advance(state, heard("要得"), WORLD)
        assert isinstance(steps[-1], Ask) and "摘脆红李" not in words_of(steps), "no yes to what was not said yet"


def test_w11_every_asking_for_the_wages_names_the_day_that_has_not_come() -> None:
    assert all("没到日子按3" in catalogue()[id_].zh.replace("还", "") for id_ in ("paid", "paid_short", "paid_two"))


@pytest.mark.parametrize(("first", "last", "said"), [(-3, -2, "二十号起"), (-1, -1, "昨天"), (-3, -3, "二十号")])
def test_v13_a_job_that_is_over_was_not_today(first: int, last: int, said: str) -> None:
    days: dict[str, Any] = {
        "starts_on": (TODAY + timedelta(first)).isoformat(),
        "ends_on": (TODAY + timedelta(last)).isoformat(),
    }
    line = spoken.job_line(opening(**days), TODAY, "zh")
    assert said in line and "今天" not in line


# -- is there anything else ------------------------------------------------------------------------------------------------------


def done(world: Any = WORLD) -> Walk:
    return Walk(world)(Speech("明天有空"), make("outcome_noted", outcome="coming", opening=opening()))


@pytest.mark.parametrize(
    "words", ["没得", "没得了", "没有", "没有了", "没得事了", "没事了", "好", "好嘛", "要得", "嗯", "不用了"]
)
def test_v08_no_to_anything_else_is_goodbye_and_no_failure(words: str) -> None:
    for world in (WORLD, ELDER):
        call = done(world)
        assert "没得就可以挂了。" in call.text and call.state.closing
        call(heard(words), make("goodbye"))
        assert call.done[-1] == ("goodbye", {}) and isinstance(call.last, Hangup)


@pytest.mark.parametrize("words", ["有", "还有", "还有事"])
def test_v08_yes_to_anything_else_asks_what_it_is_and_no_failure(words: str) -> None:
    call = done(ELDER)(heard(words))
    assert "您要办啥子事" in call.text and isinstance(call.last, Ask)
    assert call.state.failures == call.state.misses == 0


def test_v04_a_wish_after_anything_else_is_a_wish() -> None:
    call = done()(Speech("我还要找活"), sample("job_offers"))
    assert call.state.at == "job" and not call.state.closing


# -- taking and giving back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["没得空", "没空", "走不开", "走不脱", "不要了", "不干了", "不得来", "算了", "没得时间",
                                   "要去走人户 不去了", "不要去了", "不想去了"])  # fmt: skip
def test_w06_a_reason_not_to_go_gives_the_place_back(words: str) -> None:
    _, steps = at("confirm", heard(words), WITHDRAWING)
    assert act(steps) == "withdraw_application"


@pytest.mark.parametrize("words", ["要去", "还是要去", "我要去", "还去", "不退", "给我留到"])
def test_w06_who_still_goes_keeps_the_place(words: str) -> None:
    _, steps = at("confirm", heard(words), WITHDRAWING)
    assert act(steps) is None and getattr(steps[-1], "text", "2") == "2"


@pytest.mark.parametrize("words", ["嗯", "嗯嗯", "哦"])
def test_v11_a_mere_hum_takes_no_place(words: str) -> None:
    state, steps = at("confirm", heard(words), TAKING)
    assert act(steps) is None and state.at == "confirm" and state.misses == 0
    assert "说一声对,或者按1" in words_of(steps)
    assert act(at("confirm", heard("要得"), TAKING)[1]) == "apply_job"


@pytest.mark.parametrize("words", ["不同意", "不登了", "不登记了", "我不想登记", "算了"])
def test_v05_consent_can_be_refused_at_the_read_back(words: str) -> None:
    """G10: no consent, no entry."""
    asked = {"answer": make("confirm_registration", facts={}, for_other=False, notice_version="1", changed=[])}
    assert act(at("confirm", heard(words), asked)[1]) == "cancel"
    assert act(at("confirm", heard("不对"), asked)[1]) is None


def test_v05_the_way_out_is_told_where_a_registration_is_put_right() -> None:
    assert "不登了,说算了" in catalogue()["ask_correction"].zh


# -- time to think ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["莫忙", "等哈", "等一下", "我问哈屋头", "考虑哈", "等我想一下", "莫慌嘛"])
def test_v09_whoever_asks_for_time_gets_it_and_has_failed_at_nothing(words: str) -> None:
    assert line_words.find(words) == "wait"
    state, steps = at("confirm", Speech(words, command="wait"), TAKING, ELDER)
    assert isinstance(steps[-1], Ask) and steps[-1].timeout_s == 20
    assert "不急" in words_of(steps) and state.at == "confirm" and state.misses == state.failures == 0


def test_v04_putting_off_is_not_asking_for_a_repeat() -> None:
    assert line_words.find("再说嘛") is None and line_words.find("再说吧") is None
    assert line_words.find("再说一遍嘛") == "again"


@pytest.mark.parametrize(("words", "meant"), [
    *((word, "yes") for word in ("是哩", "是呢", "对嘛", "对哈", "对哒", "对呢", "对咯", "去噻", "我去嘛", "要去嘛", "阔以",
                                 "都要得", "嗯呐", "哎对", "晓得")),
    *((word, "no") for word in ("不是哩", "不是嘞", "不对嘛", "不对哦", "不是哦", "不想做", "懒得去", "走不脱", "不需要")),
])  # fmt: skip
def test_m03_yes_and_no_as_they_are_said_here(words: str, meant: str) -> None:
    assert choice.parse(words) == meant


# -- promises --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("world", [WORLD, CLOSED], ids=["open", "closed"])
def test_i11_no_call_back_is_promised_where_no_case_is_open(world: Any) -> None:
    state, steps = run(State("employer", {}, back=[["main", {}]]), Digits("1"), world)
    assert state.at == "voicemail" and isinstance(steps[-1], Record)
    for _ in range(2):
        state, steps = run(state, Silence(), world)
        assert "打回来" not in words_of(steps) and "打给您" not in words_of(steps)
    state, steps = run(state, Silence(), world, human(world.staff_open))
    assert isinstance(steps[-1], Transfer | Record) and state.case_id == 5, "a person, with a case"


CLOSING = {"answer": make("confirm_close", opening=opening(), coming=3)}


@pytest.mark.parametrize("words", ["不是", "不对"])
def test_v11_a_no_to_enough_or_off_goes_on_hiring(words: str) -> None:
    """Key 2 would send away everybody who counts on the place."""
    _, steps = at("confirm", heard(words), CLOSING)
    assert steps[-1] == Converse("3")


@pytest.mark.parametrize("words", ["要得", "对"])
def test_v11_a_yes_to_enough_or_off_does_not_say_which_and_ends_nothing(words: str) -> None:
    state, steps = at("confirm", heard(words), CLOSING)
    assert isinstance(steps[-1], Ask) and state.at == "confirm"


def test_v11_each_way_of_closing_has_its_key_and_going_on_has_one_too() -> None:
    for key in "123":
        _, steps = at("confirm", Digits(key), CLOSING)
        assert steps[-1] == Converse(key)


def test_v03_never_mind_while_the_village_is_changed_changes_nothing() -> None:
    state = State("reg_village", {"town": "500114121", "page": 0}, registration={"moves": True})
    _, steps = advance(state, Speech("算了", choice="no", command="enough"), WORLD)
    assert words_of(steps).startswith("好,不动。")


def test_the_own_list_is_left_as_it_is_by_these_words() -> None:
    call = Walk()(Digits("3"), my_list("accepted"))(Speech("莫忙", command="wait"))
    assert call.state.at == "mine" and call.done == [("my_applications", {})]
