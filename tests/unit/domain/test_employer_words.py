"""What employers say of their own postings, and what is nobody's wish (E03)."""

from __future__ import annotations

import pytest

from backend.domain.employer_words import Wish, read


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ("有哪些人来", "people"),
        ("来了几个", "people"),
        ("几个人报了", "people"),
        ("招到人没得", "people"),
        ("有没得人报名", "people"),
        ("人够了没", "people"),
        ("照旧", "again"),
        ("老样子", "again"),
        ("还是那些人", "again"),
        ("上周那个再发一次", "again"),
        ("跟上回一样", "again"),
        ("招满了", "enough"),
        ("人够了", "enough"),
        ("不要人了", "enough"),
        ("不招了", "enough"),
        ("都不用来了", "off"),
        ("叫他们莫来了", "off"),
        ("这个活取消了", "off"),
        ("停了", "off"),
        ("改成后天", "change"),
        ("推迟到周五", "change"),
        ("改成一天一百五", "change"),
        ("去掉那个要求", "change"),
        ("改回去", "undo"),
    ],
)
def test_what_an_employer_wants_of_a_posting_is_known_by_its_words(words: str, kind: str) -> None:
    wish = read(words)
    assert wish is not None and wish.kind == kind and not wish.either_side


@pytest.mark.parametrize(
    ("words", "wish"),
    [
        ("多要两个", Wish("more", 2)),
        ("再来三个人", Wish("more", 3)),
        ("多要个人", Wish("more", 1)),
        ("多要一百万个", Wish("more", 1_000_000)),
        ("只要三个人了", Wish("only", 3)),
        ("只要0个人", Wish("only", 0)),
        ("还差四个人", Wish("short", 4)),  # lacking, whoever has come: not four more than were wanted
        ("还差两个", Wish("short", 2)),
        ("还缺3名", Wish("short", 3)),
        ("再要五", Wish("more", 5)),
        ("再找两个女的", Wish("more", 2)),
        ("加两个人", Wish("more", 2)),
        ("改成三个", Wish("only", 3)),
    ],
)
def test_how_many_more_or_in_all(words: str, wish: Wish) -> None:
    assert read(words) == wish


@pytest.mark.parametrize("verb", ["再加", "再要", "还要", "多加", "多要", "再来", "还差", "只要", "就", "改成", "加"])
@pytest.mark.parametrize(
    "counted",
    [
        "20块",
        "二十块钱",
        "5元",
        "两天",
        "三天才做得完",
        "两个月",
        "两个半小时",
        "三个钟头",
        "两箱",
        "四斤",
        "一百块没给他们",
        "两车",
        "五亩",
        "三次",
    ],
)
def test_a_number_of_anything_but_people_is_no_number_of_people(verb: str, counted: str) -> None:
    wish = read(verb + counted)
    assert wish is None or wish.count is None


@pytest.mark.parametrize(
    "words", ["人不够了", "没招满了", "还没招齐了", "都来齐了", "取消了吗", "他们不来了咋办", "够了吗?"]
)
def test_who_lacks_people_or_only_asks_does_not_call_off(words: str) -> None:
    wish = read(words)
    assert wish is None or wish.kind == "people"


@pytest.mark.parametrize("words", ["不做了", "取消", "我不去了", "算了"])
def test_what_a_worker_says_in_the_same_words_is_marked_so(words: str) -> None:
    assert read(words) == Wish("off", either_side=True)


@pytest.mark.parametrize(
    "words",
    [
        "有没得活",
        "我要请人",
        "我报的活",
        "来不了了",
        "摘李子",
        "",
        "工钱没给",
        "招五个人摘李子 后天 兴泉社区 一天一百二 管饭 接送 买保险",
        "要得",
    ],
)
def test_other_words_are_nobodys_wish_of_this_kind(words: str) -> None:
    assert read(words) is None


@pytest.mark.parametrize(
    "words", ["还差两个没来", "差两个人没来", "还少3个人没来", "就两个人来", "有一个没到", "没来齐"]
)
def test_who_is_missing_this_morning_changes_no_posting(words: str) -> None:
    assert read(words) is None
