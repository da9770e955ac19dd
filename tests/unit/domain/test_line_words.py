"""Orders to the line itself, known without any model (V03, V06, V08)."""

from __future__ import annotations

import pytest

from backend.domain import line_words

SAID = {
    "person": "人工 转人工 喊个人来 找个人跟我说 我要人工 有没得真人 不想跟机器说 接工作人员 我不跟机器人讲",
    "again": "啥子? 你说啥子 没听清 没听清楚 听不到 再说一遍 再说一道嘛 重复一遍 你再讲一遍 没听到 听不清楚 么子 没听清你说的啥子",
    "slower": "慢点 说慢点 你说慢一点嘛 太快了 讲得太快 慢些说 大声点 声音大点 说大声点嘛 我耳朵背 耳朵有点背",
    "faster": "快点 说快点 太慢了 讲快点嘛",
    "mandarin": "说普通话 讲普通话嘛 普通话 请说普通话 换成普通话 听不懂四川话",
    "local": "讲四川话 说四川话 说重庆话嘛 用本地话说 说贵州话 说我们本地话",
    "back": "退回 倒回去 上一步 返回",
    "home": "从头来 回到开头 主菜单",
    "enough": "算了 算了嘛 不听了 不找了 都不合适 够了",
}


@pytest.mark.parametrize(("kind", "words"), [(kind, word) for kind, line in SAID.items() for word in line.split()])
def test_an_order_to_the_line_is_known_by_its_words(kind: str, words: str) -> None:
    assert line_words.find(words) == kind


@pytest.mark.parametrize(
    "words",
    ["请人摘果子", "找人干活", "要五个人", "慢点给钱可以不", "有啥子活", "做啥子", "五十八", "兴泉社区", "要得", "不去", "下一个",
     "我是普通话老师", "没得活干", "快点给工钱", "来个人搬砖", "人工多少钱一天", "我再找一个活", "", "。。", "听到了", "再报一个活"],
)  # fmt: skip
def test_words_about_work_are_no_orders(words: str) -> None:
    assert line_words.find(words) is None
