"""Opt-out words and bare answers, decided without a model (M03, M04, M06, T16)."""

import pytest

from backend.domain import choice, opt_out
from backend.domain.clean_text import clean


@pytest.mark.parametrize(
    "text",
    ["退订", "TD", "td", "T", "ｔｄ", "莫发了", "不要发了", "别发短信了", "停", "停了", "不要再发了", "莫再发短信了", "短信停了", "退訂", "不要再给我打电话了", "莫给我打电话", "请不要再给我发短信",
     "莫给我发了", "退订!", "退订 谢谢", "以后莫发了", "不要给我发信息了", "别打了", "拒收", "退订短信", "取消短信", "不收短信了"],
)  # fmt: skip
def test_a_whole_message_of_opting_out_stops(text: str) -> None:
    assert opt_out.decide(clean(text).text) == "stop"


@pytest.mark.parametrize(
    "text",
    [
        "恢复",
        "恢复短信",
        "开通短信",
        "我要恢复短信",
        "重新开通",
        "恢复短信谢谢",
        "继续发",
        "短信恢复",
        "还是给我发短信",
    ],
)
def test_a_whole_message_of_resuming_resumes(text: str) -> None:
    assert opt_out.decide(clean(text).text) == "resume"


@pytest.mark.parametrize(
    "text",
    ["退订单的活", "退货", "停车场要人不", "停工了没得钱", "莫发火", "不要发传单的", "发传单的活", "恢复得好不", "别打农药", "T恤厂招人不", "不要了", "", "工资没发", "天天发短信的那个活"],
)  # fmt: skip
def test_talk_of_work_is_no_opt_out(text: str) -> None:
    assert opt_out.decide(clean(text).text) is None


@pytest.mark.parametrize(
    ("text", "answer"),
    [("1", 1), ("１", 1), ("一", 1), ("①", 1), ("1.", 1), ("1。", 1), (" 1 ", 1), ("回1", 1), ("回复2", 2), ("选1", 1), ("选一", 1), ("按3", 3),
     ("接12", 12), ("接１２", 12), ("0", 0), ("零", 0), ("幺", 1), ("两", 2), ("十二", 12), ("一二", 12), ("我选2", 2), ("2号", 2), ("第二个", 2),
     ("要得", "yes"), ("接", "yes"), ("好", "yes"), ("好嘛", "yes"), ("得行", "yes"), ("OK", "yes"), ("好,要得", "yes"), ("要 得", "yes"),
     ("不得行", "no"), ("不接", "no"), ("不去", "no"), ("算了", "no"), ("要不得", "no"), ("*", "*"), ("＊", "*"), ("返回", "*")],
)  # fmt: skip
def test_a_bare_answer_is_read_in_every_form(text: str, answer: int | str) -> None:
    assert choice.parse(text) == answer


@pytest.mark.parametrize(
    "text",
    [
        "",
        "有活路没得",
        "一天一百",
        "1天",
        "一百二",
        "13800001234",
        "好久去",
        "我报的",
        "报的那个",
        "接娃儿",
        "不晓得",
        "三轮车",
        "5个人",
        "十五号去",
        "我要找活",
        "123",
    ],
)
def test_anything_more_is_no_bare_answer(text: str) -> None:
    assert choice.parse(text) is None


@pytest.mark.parametrize(
    ("heard", "meant"),
    [("要德", "yes"), ("兑", "yes"), ("布对的", "no"), ("捕去了", "no"), ("得型", "yes"), ("采茶", None), ("中塘", None), ("三组", None),
     ("药", None), ("我要登记找活", None)],
)  # fmt: skip
def test_a_misheard_yes_or_no_is_known_by_its_sound(heard: str, meant: str | None) -> None:
    """V04: at a question to be answered with yes or no, in a call."""
    assert choice.by_sound(heard) == meant
