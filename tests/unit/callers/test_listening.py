"""What simulated callers take from spoken words, and what a recogniser makes of theirs."""

from __future__ import annotations

import random

import pytest

from tests.support.callers import people
from tests.support.callers.listening import hear, number, places, sounds_in, wages
from tests.support.callers.mishearing import Recogniser, sound


@pytest.mark.parametrize(
    ("said", "options"),
    [
        ("找活,按1。登记,按2。退回按星号。", {"找活": "1", "登记": "2", "退回": "*"}),
        ("要是想听,就请按一。找真人,按零。", {"想听": "1", "找真人": "0"}),
        ("按0接过去。", {"接过去": "0"}),
        ("您说要去,或者按1。不去按2。", {"要去": "1", "不去": "2"}),
        ("比如五十八岁,就按5再按8。不想说按井号。", {"不想说": "#"}),
        ("请按两个数字。", {}),
    ],
)
def test_a_key_is_heard_with_its_purpose(said: str, options: dict[str, str]) -> None:
    assert {option.words: option.key for option in hear(said).options} == options


@pytest.mark.parametrize(
    ("said", "value"),
    [("五十八", 58), ("一百二", 120), ("一百二十", 120), ("两百五", 250), ("一千零五", 1005), ("六百", 600), ("120", 120), ("晚上", None)],
)  # fmt: skip
def test_a_number_is_heard_as_people_say_it(said: str, value: int | None) -> None:
    assert number(said) == value


def test_a_job_is_heard_with_its_day_pay() -> None:
    text = "您要的是,一百块一天。有两个活。摘柑子。双石村三组。一百二十到一百四十块一天,做完一天结一天。要去按1,下一个按2。"
    heard = hear(text)
    assert heard.offers_a_job
    assert heard.job.day_pay == (120, 140)
    assert wages("十五块一斤") == [(15, 15, "一斤")]
    assert hear("采茶。十五块一斤。要去按1。").job.day_pay is None
    assert places("我记的是:王秀英,五十八岁,兴泉社区") == ["兴泉社区"]


def test_what_the_region_does_not_tell_apart_sounds_the_same() -> None:
    assert sounds_in("兴泉社区", "我记的是:新全色区")
    assert sound("兰") == sound("南")
    assert sound("王秀英") == sound("黄秀因") or sound("秀英") == sound("秀因")
    assert not sounds_in("双石村", "兴泉社区")


def test_of_dialect_every_fourth_to_seventh_character_is_misheard_and_always_the_same() -> None:
    words = "老板欠我三千块工钱一直拖起不给我想问哈咋个办" * 20
    heard, sure = Recogniser(random.Random(1), (4, 7)).hears(words)
    assert Recogniser(random.Random(1), (4, 7)).hears(words) == (heard, sure)
    hit = sum(one != other for one, other in zip(words, heard, strict=True)) / len(words)
    assert 1 / 7 - 0.03 <= hit <= 1 / 4
    assert sure <= 0.6
    plain, sure = Recogniser(random.Random(1), None).hears(words)
    assert plain == words
    assert sure >= 0.8


def test_the_population_has_every_habit_with_every_goal_and_staff_in_each_way() -> None:
    everybody = people.population()
    assert len(everybody) >= 200
    assert people.population() == everybody
    met = {(c.habit, c.goal, c.staff) for c in everybody}
    assert {(h, g, s) for h in people.HABITS for g in people.GOALS for s in people.STAFF} <= met
    assert len({c.number for c in everybody}) == len(everybody)
    assert len(people.sample()) == 40
