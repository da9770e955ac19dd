"""Spans become the values of the contract, whatever the engine's cut (contract/understanding.md, conventions 1–14)."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from backend.domain.entities import Span, values
from backend.domain.lunar_zh import MarketDays
from backend.domain.place_names import PlaceNames
from backend.domain.spans import spans

# The first example loads the word lists, which says nothing about the speed of the others.
unhurried = settings(deadline=None)

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=timezone(timedelta(hours=8)))


def _spans(text: str, marked: dict[str, str]) -> list[Span]:
    """Spans from {words: entity}; the words stand in the text."""
    return [
        Span(entity=kind, start=text.index(said), end=text.index(said) + len(said), text=said)
        for said, kind in marked.items()
    ]


def _values(text: str, marked: dict[str, str], intent: str = "search_jobs", **more: Any) -> set[tuple[str, Any]]:
    return {(e.entity, e.value) for e in values(_spans(text, marked), text, NOW, intent=intent, **more)}


CASES: list[tuple[str, dict[str, str], str, set[tuple[str, Any]]]] = [
    ("八", {}, "inform", {("ordinal", 8)}),
    ("三十九", {}, "inform", {("age", 39)}),
    ("嗯 六十一了", {"六十一": "age"}, "inform", {("age", 61)}),
    ("包吃住不嘛", {"包吃住": "benefit"}, "job_details", {("benefit", "meals"), ("benefit", "lodging")}),
    ("管不管饭", {"管不管饭": "benefit"}, "job_details", {("benefit", "meals")}),
    ("有没得饭吃", {"饭吃": "benefit"}, "job_details", {("benefit", "meals")}),
    ("包吃不包住 自己来", {"包吃不包住": "benefit"}, "post_job", {("benefit", "meals"), ("benefit", "no_lodging")}),
    ("不管饭 有车接", {"不管饭": "benefit", "车接": "benefit"}, "post_job", {("benefit", "no_meals"), ("benefit", "transport")}),
    ("日结还是月结", {"日结": "settlement", "月结": "settlement"}, "job_details", {("settlement", "daily"), ("settlement", "monthly")}),
    ("六十二岁要不要", {"六十二岁": "age"}, "search_jobs", {("age", 62)}),
    ("四十七 哦不对 四十八", {"四十七": "age", "四十八": "age"}, "inform", {("age", 48)}),
    ("刷墙 不是刷墙 扎钢筋的", {"刷墙": "job_type", "扎钢筋": "job_type"}, "search_jobs", {("job_type", "B07")}),
    ("我从浙江回来了", {"浙江": "location", "从浙江回来": "hardship"}, "register_return", {("location", "浙江")}),
    ("在外省 回来了", {"外省": "location"}, "register_return", {("proximity", "away")}),
    ("办失业登记 失业金", {"失业金": "policy_topic"}, "register_unemployment", set()),
    ("想学开叉车", {"开叉车": "training_topic", "叉车": "job_type"}, "sign_up_training", {("training_topic", "开叉车")}),
    ("上了年纪", {"上了年纪": "hardship"}, "register_worker", {("hardship", "G05")}),
    ("我们三个人去", {"三个人": "headcount"}, "apply_job", {("headcount", 3)}),
    ("老板欠我两千八", {"两千八": "pay"}, "report_problem", {("money", 2800), ("problem", "wage_arrears")}),
    ("一个月四千五", {"一个月": "duration", "四千五": "pay"}, "inform", {("pay", "4500/month")}),
    ("晚上七点", {"七点": "clock"}, "inform", {("clock", "19:00"), ("day_part", "evening")}),
    ("早七点到下午五点", {"下午五点": "clock"}, "post_job", {("clock", "07:00"), ("day_part", "morning"), ("clock", "17:00"), ("day_part", "afternoon")}),
    ("把我们锁起来不准走", {"不准走": "problem"}, "report_problem", {("problem", "violence")}),
    ("中介收介绍费 人跑了", {"介绍费": "problem"}, "report_problem", {("problem", "deposit_or_fee"), ("problem", "fraud")}),
    ("扣我身份证", {"身份证": "problem"}, "report_problem", {("problem", "papers_kept")}),
    ("介绍工作有补贴没得", {"补贴": "policy_topic"}, "ask_policy", {("policy_topic", "placement_subsidy")}),
    ("公益岗要啥条件", {"公益岗": "job_type"}, "ask_policy", {("policy_topic", "public_welfare_post")}),
    ("公益岗还要人不", {"公益岗": "job_type"}, "search_jobs", {("job_type", "S21")}),
    ("交养老保险有没得补贴", {"养老保险": "policy_topic"}, "ask_policy", {("policy_topic", "social_insurance_subsidy")}),
    ("早上好", {"早上": "day_part"}, "greet", set()),
    ("月薪五千 买社保", {"月薪五千": "pay", "社保": "benefit"}, "post_job", {("pay", "5000/month"), ("benefit", "insurance")}),
    ("男女不限", {"男": "gender", "女": "gender"}, "post_job", set()),
    ("我女儿帮我登记", {"女": "gender"}, "register_worker", set()),
    ("兼职小时工", {"小时工": "job_type"}, "search_jobs", set()),
    ("我是永兴村的", {"永兴村的": "location"}, "register_worker", {("location", "永兴村")}),
    ("想在镇上做", {"镇上": "location"}, "search_jobs", {("proximity", "town")}),
    ("下周二到周四", {"下周二": "date", "周四": "date"}, "set_availability", {("date", "2026-12-01/2026-12-03")}),
    ("明早来", {"明早": "date"}, "inform", {("date", "2026-11-24"), ("day_part", "morning")}),
    ("十五块一个小时", {"十五块": "pay"}, "inform", {("pay", "15/hour")}),
    ("有没得脐橙要摘", {"脐橙": "job_type"}, "search_jobs", {("job_type", "A04")}),
    ("明天来", {"明天": "date"}, "out_of_scope", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "marked", "intent", "wanted"), CASES)
def test_spans_become_the_values_of_the_contract(
    text: str, marked: dict[str, str], intent: str, wanted: set[tuple[str, Any]]
) -> None:
    assert _values(text, marked, intent) == wanted


def test_market_days_need_the_towns_calendar() -> None:
    assert _values("赶场天有空", {"赶场天": "date"}) == set()
    assert _values("赶场天有空", {"赶场天": "date"}, market_days=MarketDays((4,), "solar")) == {("date", "2026-11-24")}


def test_a_command_has_no_entities() -> None:
    assert values(_spans("明天", {"明天": "date"}), "明天", NOW, looks_like_command=True) == []


def test_each_value_counts_once_and_knows_its_words() -> None:
    text = "一天两百 就是两百一天"
    found = values(_spans(text, {"一天两百": "pay", "两百一天": "pay"}), text, NOW, intent="inform")
    assert [(e.value, e.text) for e in found] == [("200/day", "一天两百")]


def test_a_span_with_wrong_places_is_found_by_its_words() -> None:
    span = Span(entity="settlement", start=40, end=42, text="日结")
    assert [e.value for e in values([span], "要日结的", NOW, intent="inform")] == ["daily"]


@unhurried
@given(st.text(max_size=60), st.lists(st.tuples(st.sampled_from(["age", "pay", "date", "clock", "job_type", "location", "problem", "ordinal", "person_name", "money", "x"]),
                                                st.integers(-3, 70), st.integers(-3, 70)), max_size=4))  # fmt: skip
@example("砌砖", [])  # a word at the very end, of which a longer one begins alike
def test_no_text_and_no_span_breaks_it(text: str, marked: list[tuple[str, int, int]]) -> None:
    given_spans = [
        Span(entity=kind, start=start, end=end, text=text[max(start, 0) : max(end, 0)]) for kind, start, end in marked
    ]
    for entity in values(given_spans, text, NOW, intent="inform"):
        assert 0 <= entity.start < entity.end <= len(text)


@unhurried
@given(st.text(max_size=80))
def test_our_own_spans_stand_in_the_text(text: str) -> None:
    for span in spans(text):
        assert text[span["start"] : span["end"]] == span["text"] != ""


def test_without_the_engine_the_menu_still_finds_work_pay_and_day() -> None:
    text = "后天有没得摘李子的 一天一百二 日结 包吃"
    found = {(e.entity, e.value) for e in values(spans(text), text, NOW, intent="search_jobs")}
    assert found == {
        ("date", "2026-11-25"),
        ("job_type", "A04"),
        ("pay", "120/day"),
        ("settlement", "daily"),
        ("benefit", "meals"),
    }


def test_a_bare_trade_is_none_to_be_learnt() -> None:
    assert _values("厨师", {"厨师": "training_topic"}, "inform") == {("job_type", "S05")}
    assert _values("想学厨师", {"厨师": "training_topic"}, "inform") == {("training_topic", "厨师")}


def test_the_very_name_of_a_place_is_no_firm() -> None:
    known = PlaceNames(["威宁"])
    said = "我是威宁嘞 叫马德贵"
    assert _values(said, {"威宁": "employer_name"}, "register_worker", names_known=known) == {("location", "威宁")}
    assert _values("威宁宏达烧烤店招人", {"威宁宏达烧烤店": "employer_name"}, "post_job", names_known=known) == {
        ("employer_name", "威宁宏达烧烤店")
    }
