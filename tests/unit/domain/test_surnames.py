"""A bare answer to "what is your name?" that the engine made nothing of."""

from __future__ import annotations

import pytest

from backend.domain.surnames import bare_name


@pytest.mark.parametrize(
    ("text", "name"),
    [("王秀英", "王秀英"), ("庹三妹", "庹三妹"), ("蹇仁", "蹇仁"), ("我叫冉光荣", "冉光荣"), ("欧阳建国", "欧阳建国"), ("田老二嘛", "田老二"),
     ("覃素芬 ", "覃素芬")],
)  # fmt: skip
def test_a_surname_and_one_or_two_characters_are_a_name(text: str, name: str) -> None:
    assert bare_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "你好",
        "谢谢",
        "哇啦哇啦",
        "明天",
        "不晓得",
        "要得",
        "58",
        "有没得活路",
        "马上来",
        "干啥子",
        "包吃",
        "",
        "王",
        "广东",
    ],
)
def test_other_words_are_not(text: str) -> None:
    assert bare_name(text) is None
