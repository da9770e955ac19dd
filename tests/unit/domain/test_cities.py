"""Provinces and cities are found by name, and not where the name means something else."""

import pytest

from backend.domain import cities


@pytest.mark.parametrize(
    ("said", "named"),
    [
        ("我在昆山电子厂做过", ["昆山"]),
        ("想去福建打工", ["福建"]),
        ("从东莞到惠州", ["东莞", "惠州"]),
        ("去中山上班", ["中山"]),
        ("在贵州省遵义市", ["贵州省", "遵义市"]),
        ("人在绍兴", ["绍兴"]),
        ("老板把我们拉到乐清去了", ["乐清"]),
        ("在安顺栽树", ["安顺"]),
        ("涪陵那边的工地", ["涪陵"]),
        ("我成都那边有人", ["成都"]),
        ("从广东回来了 不走了", ["广东"]),
        ("以前在深圳进厂", ["深圳"]),
        ("重庆主城有活没得", ["重庆"]),
        ("浙江厂头做工", ["浙江"]),
        ("上海做保安", ["上海"]),
        ("贵阳栽树的老板", ["贵阳"]),
        ("到新疆摘棉花", ["新疆"]),
    ],
)
def test_it_names_provinces_and_cities(said: str, named: list[str]) -> None:
    assert [hit.value for hit in cities.find(said)] == named


@pytest.mark.parametrize(
    "said",
    ["想吃重庆小面", "听不懂四川话", "住中山路", "东西包起走", "来宾请坐", "祝你安康", "大方一点嘛", "日照太强", "沿河走", "手杖长寿", "我们村口", "大家都好",
     "北京时间八点", "石柱子要人抬", "天水好大", "四平八稳", "把东西安好", "很高兴义务帮忙",
     "河南边有块地", "山西边那户"],
)  # fmt: skip
def test_a_name_in_another_sense_is_no_place(said: str) -> None:
    assert cities.find(said) == []
