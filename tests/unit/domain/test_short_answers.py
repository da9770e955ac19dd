"""Short answers to what we ask of our own accord: hundreds of ways to say them, and none read as its opposite (M03, P01)."""

from __future__ import annotations

from itertools import product

import pytest

from backend.dialogue import fallback
from backend.domain.short_answers import is_unclear, read

KEYS = ("1", "2", "3", "9")
LEADS = ["", "嗯,", "我们", "老板,", "好,", "现在", "已经"]
ENDS = ["", "了", "哈", "噻", "哦", "呢", "的", ",谢谢", "!"]
NOT = ["没", "没有", "没得", "莫得", "冇得", "还没", "还没有", "都没"]
ASKING = ["吗", "么", "没", "没得", "没有", "莫得", "冇得", "不", "?", "吗?", "了没", "了吗"]

# question → key → what says so.
SAID: dict[str, dict[str, list[str]]] = {
    "still_looking": {
        "1": ["还在找", "还在找活", "还想找活做", "还要找", "没找到", "莫得活做", "找不到活", "还没找到活路", "要找活"],
        "2": ["不找", "都不找", "不想找", "不再找活", "找到了", "找到活做了", "有活做", "有事做", "在上班", "没在找"],
    },
    "still_hiring": {
        "1": ["还要", "还要人", "还差人", "还缺人手", "没招到人", "没招满", "一个都没找到人", "找不到人", "人不够", "还在招"],
        "2": ["不要人", "不招", "不用", "够了", "人够了", "招满了", "人招齐了", "招到人了", "不缺人", "不再招人"],
    },
    "ask_attendance": {
        "1": ["都来了", "人都来了", "全来了", "来齐了", "人到齐了", "都到了", "全部都来了", "三个都来了", "一个不少"],
        "2": ["没来齐", "没都来", "没全来", "有人没来", "两个没来", "还差一个", "只来了三个", "少了两个", "都没来"],
    },
    "ask_settled": {
        "1": ["结清了", "都结了", "都给了", "工钱付清了", "当天就结了", "全给完了", "不差钱", "不欠"],
        "2": ["还没", "没结清", "没都给", "还没给完", "过几天给", "还差一点", "还差两个没给", "只给了一半"],
        "3": ["没到日子", "还没到时候", "月底给", "下个月"],
    },
    "follow_up": {
        "1": ["去了", "做了", "做完了", "去做了", "都去了"],
        "2": ["没去", "没有去", "没去成", "没得去", "去不成", "没做", "莫得"],
    },
    "ask_paid": {
        "1": ["给了", "都给了", "结清了", "拿到了", "钱收到了", "老板给了"],
        "2": ["没给", "还没给", "一分没给", "还没给我", "不给我们钱", "老板没给钱", "没拿到", "没给完", "不给", "欠起的"],
        "3": ["没到日子", "还没到时候", "月底给", "下个月"],
    },
    "reminder": {
        "1": ["会来", "要来", "准时到", "一定来", "去得成"],
        "2": ["不会来", "来不了", "去不了", "不来", "不去", "去不成", "走不开", "没得空来"],
    },
    "full_wait": {
        "1": ["我等", "等位子", "等起", "排队", "愿意等"],
        "2": ["不等", "不想等", "不排队", "看别的", "换一个"],
    },
}  # fmt: skip


@pytest.mark.parametrize(
    ("question", "key", "core"),
    [(question, key, core) for question, keys in SAID.items() for key, cores in keys.items() for core in cores],
)
def test_an_answer_is_read_with_whatever_is_said_around_it(question: str, key: str, core: str) -> None:
    for lead, end in product(LEADS, ENDS):
        assert read(question, f"{lead}{core}{end}", KEYS) == key, f"{lead}{core}{end}"


@pytest.mark.parametrize("question", SAID)
def test_a_question_back_is_no_answer(question: str) -> None:
    for cores in SAID[question].values():
        for core, end in product(cores, ASKING):
            if core in NOT:
                continue  # said twice, it is the same no
            assert read(question, f"{core}{end}", KEYS) is None, f"{core}{end}"
            assert read(question, f"哪{core}", KEYS) is None


# What turns round when a no stands before it.
@pytest.mark.parametrize(
    ("question", "cores", "never"),
    [
        ("still_looking", ["有活做", "找到了", "找到活", "有事做", "活做", "上班了", "找到活做了"], "2"),
        ("still_hiring", ["找到人", "招到人了", "够", "够了", "招满了", "招满", "找到人了", "满了"], "2"),
        ("ask_attendance", ["都来了", "全来了", "来齐了", "到齐了", "都到了"], "1"),
        ("ask_settled", ["结清了", "都结了", "都给了", "付清了", "给完了", "给"], "1"),
        ("follow_up", ["去", "去了", "做", "做完了"], "1"),
        ("ask_paid", ["给了", "拿到了", "收到了", "结了"], "1"),
        ("reminder", ["会来", "要来", "准时到"], "1"),
        ("full_wait", ["等到位子", "排到队"], "2"),
    ],
)
def test_a_no_before_it_never_leaves_the_answer_as_it_was(question: str, cores: list[str], never: str) -> None:
    for lead, no, core, end in product(["", "我", "还", "人", "工钱"], NOT, cores, ENDS):
        assert read(question, f"{lead}{no}{core}{end}", KEYS) != never, f"{lead}{no}{core}{end}"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("still_looking", "哪有活做"),
        ("still_looking", "有没得活做"),
        ("still_looking", "不找不行啊"),
        ("still_looking", "没上班了"),
        ("still_looking", "有活做嘛"),
        ("still_looking", "没事"),
        ("still_hiring", "我不要老的"),
        ("still_hiring", "要啊不要停"),
        ("still_hiring", "招到了几个"),
        ("still_hiring", "够了吧"),
        ("still_hiring", "还要三个人"),
        ("ask_attendance", "差不多都来了"),
        ("ask_attendance", "差点"),
        ("ask_settled", "差不多结清了"),
        ("ask_paid", "给了一半"),
        ("reminder", "能不能来"),
        ("full_wait", "等不到"),
        ("full_wait", "等不等都行"),
    ],
)
def test_what_is_not_plain_is_left_to_the_engine(question: str, words: str) -> None:
    assert read(question, words, KEYS) is None


def test_whoever_shares_the_phone_speaks_for_herself_alone() -> None:
    assert read("still_looking", "我不找了", ("1", "2", "4")) == "4"
    assert read("still_looking", "我不找了", ("1", "2")) == "2"
    assert read("still_looking", "都不找了", ("1", "2", "4")) == "2"


def test_an_answer_said_twice_is_the_same_answer() -> None:
    assert read("still_hiring", "够了够了", KEYS) == "2" and read("follow_up", "没有没有", KEYS) == "2"


def test_a_key_that_was_not_offered_is_not_chosen() -> None:
    assert read("still_looking", "有的找,有的不找", ("1", "2")) is None
    # By text the second key is other work, which 不等 does not take.
    assert read("full_wait_text", "不等", ("1", "2")) is None


@pytest.mark.parametrize("words", ["没有", "没得", "莫得", "没得哈"])
def test_a_bare_no_that_may_mean_either_pauses_nobody(words: str) -> None:
    assert is_unclear("still_looking", words) and not is_unclear("follow_up", words)
    yes, no = {"act": "yes"}, {"act": "no"}
    options = {"1": yes, "yes": yes, "2": no, "no": no}
    assert fallback.chosen(words, {"options": options, "words": "still_looking"}) is None
    assert fallback.chosen(words, {"options": options, "words": "follow_up"}) == ("no", {})


@pytest.mark.parametrize("words", ["老板没来", "老板都没来", "师傅没来", "老板来不了", "老师没到"])
def test_who_the_answer_is_about_is_not_taken_for_who_is_spoken_to(words: str) -> None:
    """老板没来 is what the employer did; it makes no worker stay away (P05)."""
    assert read("follow_up", words, KEYS) is None
    assert read("follow_up", "老板,我没去", KEYS) == "2" and read("follow_up", "师傅我去了", KEYS) == "1"
