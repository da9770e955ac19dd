"""The way in people's words, what skill a notice asks for, and the limits of the weights (W03, P06, H02)."""

from __future__ import annotations

import dataclasses

import pytest

from backend.domain import travel
from backend.domain.skills import skill_asked
from backend.domain.weights import DEFAULT_WEIGHTS, LIMITS, Weights, problems


@pytest.mark.parametrize(
    ("km", "mode", "said"),
    [
        (1.4, "walking", "走路半个钟头"),
        (2.4, "bicycle", "骑车一刻钟"),
        (7, "motorbike", "骑摩托二十分钟"),
        (30, "bus", "坐车一个钟头"),
        (40, "walking", "离家大约40公里"),
        (0.4, None, "离家不到一公里"),
        (12.3, None, "离家大约12公里"),
    ],
)
def test_a_way_is_said_as_people_say_it(km: float, mode: str | None, said: str) -> None:
    assert travel.way_words(km, mode) == said


@pytest.mark.parametrize(
    ("text", "mode"),
    [("我骑摩托去", "motorbike"), ("坐班车半个钟头", "bus"), ("骑自行车得行", "bicycle"), ("走路能到", "walking"), ("附近的", None)],
)  # fmt: skip
def test_how_somebody_gets_about_is_heard(text: str, mode: str | None) -> None:
    assert travel.mode_said(text) == mode


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("要熟手", "skilled"),
        ("会开旋耕机", "skilled"),
        ("有经验的优先", "skilled"),
        ("持焊工证上岗", "certified"),
        ("要有驾驶证", "certified"),
        ("生手也要得，包教会", None),
        ("不要求经验", None),
        ("没有经验也可以", None),
        ("要有健康证", None),
        ("带身份证来", None),
        ("自带雨衣", None),
        ("", None),
    ],
)
def test_what_skill_a_notice_asks_for(text: str, asked: str | None) -> None:
    assert skill_asked(text) == asked


@pytest.mark.parametrize("text", ["只要女工", "18到45岁", "男工，年轻", "身高一米六以上", "本地人优先", "苗族优先"])
def test_age_sex_looks_and_origin_are_never_read_as_skill(text: str) -> None:
    assert skill_asked(text) is None


def test_the_defaults_keep_their_own_limits_and_add_up_to_100_and_30() -> None:
    assert problems(DEFAULT_WEIGHTS) == {}
    fit = ("trade", "distance", "days", "hours", "pay", "requirements", "benefits", "freshness")
    need = ("no_earner", "hardship", "disabled", "older", "waiting")
    assert sum(getattr(DEFAULT_WEIGHTS, name) for name in fit) == 100
    assert sum(getattr(DEFAULT_WEIGHTS, name) for name in need) == 30
    assert set(LIMITS) == {field.name for field in dataclasses.fields(Weights)}


def test_what_is_due_to_those_who_need_it_most_cannot_be_switched_off() -> None:
    for name in ("no_earner", "hardship", "disabled", "older", "waiting"):
        assert problems(dataclasses.replace(DEFAULT_WEIGHTS, **{name: 0})) == {name: "limits"}
    assert problems(dataclasses.replace(DEFAULT_WEIGHTS, waiting=10)) == {"no_earner": "below_help"}
    assert problems(dataclasses.replace(DEFAULT_WEIGHTS, pay=float("nan"))) == {"pay": "limits"}


def test_weights_kept_by_an_older_version_are_still_read() -> None:
    assert Weights.from_json({"distance": 30, "luck": 99}) == dataclasses.replace(DEFAULT_WEIGHTS, distance=30.0)
    assert Weights.from_json(DEFAULT_WEIGHTS.to_json()) == DEFAULT_WEIGHTS
