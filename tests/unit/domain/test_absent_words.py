"""Who of a numbered list did not come, as employers text it (W06, M04)."""

from __future__ import annotations

import pytest

from backend.domain.absent_words import read

NAMES = {"1": "王秀英", "2": "冉启明", "3": "田大山", "4": "尾号1234那个", "5": "王秀"}


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("1", "1"),
        ("1 3", "13"),
        ("1，3", "13"),
        ("1、3没来", "13"),
        ("13", "13"),
        ("１和３", "13"),
        ("一和三都没来", "13"),
        ("1号3号没来", "13"),
        ("第二个没来", "2"),
        ("王秀英没来", "1"),
        ("王秀英", "1"),
        ("王秀没来", "5"),
        ("王秀英和田大山没来", "13"),
        ("王秀英、冉启明两个都没来", "12"),
        ("尾号1234没来", "4"),
        ("尾号1234那个没有来", "4"),
        ("2 田大山没来", "23"),
    ],
)
def test_numbers_and_printed_names_say_who_was_absent(text: str, keys: str) -> None:
    found = read(text, NAMES)
    assert found is not None and ("".join(found.keys), found.rest_came) == (keys, False)


def test_that_all_others_came_may_be_said_with_it() -> None:
    found = read("王秀英没来,别的都来了", NAMES)
    assert found is not None and (found.keys, found.rest_came) == (("1",), True)


@pytest.mark.parametrize(
    "text",
    ["9", "8", "0", "6", "1 6", "11", "王秀英来了", "李四没来", "没来", "别的都来了", "工钱给了", "1 点才来", ""],
)
def test_what_is_not_plainly_that_is_not_read(text: str) -> None:
    assert read(text, NAMES) is None


def test_two_of_one_name_are_told_apart_by_their_numbers_alone() -> None:
    twice = {"1": "王秀英", "2": "王秀英"}
    assert read("王秀英没来", twice) is None
    assert (found := read("2", twice)) is not None and found.keys == ("2",)
