"""Values that stand plainly in a message though the engine marked nothing there."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend.domain.entities import values

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


def read(text: str, intent: str) -> set[tuple[str, object]]:
    return {(entity.entity, entity.value) for entity in values([], text, NOW, "sms", intent)}


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("明早六点来卸货", "post_job", {("date", "2026-11-24"), ("clock", "06:00"), ("day_part", "morning")}),
        ("那边提供住宿吗", "job_details", {("benefit", "lodging")}),
        ("是月结吗", "job_details", {("settlement", "monthly")}),
        ("我腿脚不方便 有啥活", "search_jobs", {("hardship", "G04")}),
        ("我们两口子想找活", "search_jobs", {("headcount", 2)}),
        ("拢共欠三千五", "report_problem", {("money", 3500)}),
        ("工价改成一天两百二", "update_profile", {("pay", "220/day")}),
    ],
)
def test_it_is_read_where_it_has_a_place(text: str, intent: str, expected: set[tuple[str, object]]) -> None:
    assert expected <= read(text, intent)


@pytest.mark.parametrize(
    ("text", "intent"),
    [("慢一点", "slower"), ("说快一点嘛", "repeat"), ("一天到黑发", "stop_messages"), ("我去喂猪了", "goodbye")],
)
def test_it_is_not_read_where_it_has_none(text: str, intent: str) -> None:
    assert read(text, intent) == set()


@pytest.mark.parametrize(
    ("text", "intent", "expected"),
    [
        ("招砌砖师傅 工期半个月", "post_job", ("duration", "15d")),
        ("十来天的活 要人", "post_job", ("duration", "10d")),
        ("大概要做一个月左右", "post_job", ("duration", "30d")),
        ("招护工(女)", "post_job", ("gender", "female")),
        ("要3名女服务员", "post_job", ("gender", "female")),
        ("收银员,女,40岁以下", "post_job", ("gender", "female")),
        ("学烹饪,男,39岁", "sign_up_training", ("gender", "male")),
    ],
)
def test_lengths_and_sexes_of_a_notice_are_read(text: str, intent: str, expected: tuple[str, object]) -> None:
    assert expected in read(text, intent)


@pytest.mark.parametrize(
    ("text", "intent", "kind"),
    [
        ("一个月三千 要两个人", "post_job", "duration"),
        ("欠我三个月工资", "report_problem", "duration"),
        ("三天两头不发钱", "report_problem", "duration"),
        ("夫妻工 男女都要", "post_job", "gender"),
        ("我女儿三名", "register_worker", "gender"),
        ("一名女婿", "register_worker", "gender"),
    ],
)
def test_other_lengths_and_kin_are_left(text: str, intent: str, kind: str) -> None:
    assert kind not in {name for name, _ in read(text, intent)}


@pytest.mark.parametrize(
    ("text", "intent", "wanted"),
    [
        ("今晚上有没得洗碗的活", "search_jobs", ("date", "2026-11-23")),
        ("最后那条的活我去", "apply_job", ("ordinal", -1)),
        ("末了那个管饭不", "job_details", ("ordinal", -1)),
        ("登记 名字付国琼 会剥蒜", "register_worker", ("person_name", "付国琼")),
        ("姓名：代云贵，50岁", "register_worker", ("person_name", "代云贵")),
        ("从明天干到星期六", "post_job", ("date", "2026-11-24/2026-11-28")),
        ("身份证遭包工头收起走了 要不回来", "report_problem", ("problem", "papers_kept")),
    ],
)
def test_what_stands_plainly_is_found(text: str, intent: str, wanted: tuple[str, object]) -> None:
    assert wanted in {(e.entity, e.value) for e in values([], text, NOW, "sms", intent)}


@pytest.mark.parametrize(
    ("text", "intent", "kind"),
    [
        ("我先去喂猪了哈 改天摆", "goodbye", "job_type"),
        ("新的是幺八二 不对 幺八三 零零五六", "update_profile", "age"),
        ("到现在没签合同", "report_problem", "policy_topic"),
    ],
)
def test_what_only_looks_like_a_value_is_left_out(text: str, intent: str, kind: str) -> None:
    spans = [{"entity": kind, "start": 0, "end": len(text)}]
    assert kind not in {e.entity for e in values(spans, text, NOW, "sms", intent)}


def test_no_name_is_read_out_of_a_sentence_about_names() -> None:
    assert values([], "名字写错了", NOW, "sms", "update_profile") == []


def test_an_interjection_between_two_numbers_takes_the_first_back() -> None:
    spans = [{"entity": "ordinal", "start": 0, "end": 2}, {"entity": "ordinal", "start": 5, "end": 8}]
    found = {(e.entity, e.value) for e in values(spans, "第五 哦 第七个", NOW, "voice", "inform")}
    assert found == {("ordinal", 7)}


def test_a_no_that_puts_right_keeps_its_value() -> None:
    spans = [{"entity": "pay", "start": 4, "end": 9}]
    assert {(e.entity, e.value) for e in values(spans, "不对 是一百八一天", NOW, "voice", "deny")} == {
        ("pay", "180/day")
    }
