"""Trades in a notice: things before the verb, lists of things, and words that only say where or what is being built."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend.domain import counts, wages
from backend.domain.entities import Span, values

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))

NOTICES = [
    ("砍白菜、莲白", "A07"),
    ("装三车沙子", "T01"),
    ("卸一车化肥", "T01"),
    ("办酒席 要几个帮忙的", "S08"),
    ("分拣包装苹果", "F05 F02"),
    ("摘橘子 橙子", "A04"),
    ("摘两亩李子", "A04"),
    ("挖几亩洋芋", "A14"),
    ("招车工 做服装的", "F03"),
    ("服装车工", "F03"),
    ("车工 会踩缝纫机做衣服", "F03"),
    ("车工 会开数控车床", "F11"),
    ("招车工", "F11"),
    ("盖房子,要砌砖师傅两个", "B03"),
    ("修房子 要小工三个", "B01"),
    ("电路要改 请个电工", "B10"),
    ("养老院招护工", "S11"),
    ("火锅店招洗碗工", "S04"),
    ("食品厂招包装工", "F02"),
    ("服装厂招保安", "S03"),
    ("医院招保洁", "S01"),
    ("酒店招服务员", "S07"),
    ("工地食堂招厨师", "S05"),
    ("小区保安", "S03"),
    ("公路边栽树", "B24"),
    ("食用菌基地招装菌棒工人", "A08"),
    ("搬家要人抬家具", "T02"),
    ("果园修枝疏果", "A28"),
    ("果园打药", "A20"),
    ("养猪场招饲养员", "A21"),
    ("屋头请个保姆煮饭", "S09"),
    ("请月嫂带宝宝", "S10"),
    ("支模的木工", "B06"),
    ("钢筋工和木工", "B07 B06"),
    ("焊接钢架", "B12"),
    ("割谷子", "A12"),
    ("超市招收银员", "S12"),
    ("茶园摘茶", "A01"),
    ("发传单", "S20"),
    ("仓库招库管", "F10"),
    ("仓库招叉车司机", "F09"),
    ("大棚招人种菜搭棚", "A25"),
    ("挖机手一名 懂修车优先", "B18"),
    ("招司机 会做饭优先", "T04"),
    ("敬老院招护理员 有健康证", "S11"),
    ("收莲白茄子", "A07"),
    ("卸三车化肥", "T01"),
    ("帮席 要八个人", "S08"),
    ("村里道路硬化 要人", "B22"),
    ("道路硬化,砌砖工要三个", "B03"),
    ("招电工", "B10"),
    ("学校食堂招厨师", "S05"),
    ("钳工一名,熟悉电路", "F08"),
]


@pytest.mark.parametrize(("text", "codes"), NOTICES)
def test_a_notice_names_the_trades_wanted(text: str, codes: str) -> None:
    whole = Span(entity="job_type", start=0, end=len(text), text=text)
    found = {e.value for e in values([whole], text, NOW, intent="post_job") if e.entity == "job_type"}
    assert found == set(codes.split())


def told(text: str, intent: str, **marked: str) -> set[tuple[str, object]]:
    spans = [Span(entity=k, start=text.index(v), end=text.index(v) + len(v), text=v) for k, v in marked.items()]
    return {(e.entity, e.value) for e in values(spans, text, NOW, intent=intent)}


def test_what_one_fell_from_is_no_work() -> None:
    assert told("我从脚手架上摔下来", "report_problem", job_type="脚手架") == {("problem", "injury")}


def test_the_work_done_is_read_in_a_complaint() -> None:
    assert ("job_type", "B24") in told("在贵阳栽树 没给工钱", "report_problem")


def test_a_policy_post_asked_for_as_work_is_a_trade() -> None:
    assert told("有公益岗没得 我想去做", "search_jobs", policy_topic="公益岗") == {("job_type", "S21")}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("零就业家庭认定找哪个", {("hardship", "G07"), ("policy_topic", "hardship_recognition")}),
        ("残疾人创业贷款咋个办", {("hardship", "G04"), ("policy_topic", "startup_loan")}),
        ("返乡创业贷款咋个办", {("policy_topic", "startup_loan")}),
        ("就业困难认定要啥手续", {("policy_topic", "hardship_recognition")}),
        ("退休年龄是好多", {("policy_topic", "social_insurance")}),
    ],
)
def test_a_question_names_whom_the_rule_is_for(text: str, wanted: set[tuple[str, object]]) -> None:
    assert told(text, "ask_policy") == wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("交了八百的押金 不退", {800}),
        ("最后少给我五百", {500}),
        ("收我体检费200,服装费150", {200, 150}),
        ("欠我三千五的工钱", {3500}),
        ("说好两百一天 不给钱", set()),
    ],
)
def test_sums_owed_or_paid_are_money(text: str, wanted: set[int]) -> None:
    assert {value for kind, value in told(text, "report_problem") if kind == "money"} == wanted


@pytest.mark.parametrize(("text", "said"), [("装一车水泥", "车水泥"), ("称又扣 钱又扣 少给我", "钱又扣")])
def test_a_surname_inside_other_words_is_no_person(text: str, said: str) -> None:
    assert not any(kind == "person_name" for kind, _ in told(text, "post_job", person_name=said))


def test_a_person_introduced_is_kept_whatever_the_name() -> None:
    assert ("person_name", "车水泥") in told("我叫车水泥", "register_worker", person_name="车水泥")


@pytest.mark.parametrize(
    ("text", "cut", "place"),
    [("要保安 金桂花园小区", "花园小区", "金桂花园小区"), ("在滨江广场发传单", "广场", "滨江广场")],
)
def test_a_settlement_is_named_whole(text: str, cut: str, place: str) -> None:
    assert ("location", place) in told(text, "post_job", location=cut)


@pytest.mark.parametrize(
    ("text", "intent", "marked", "wanted"),
    [
        ("在政府门口集合", "post_job", {"location": "政府门口"}, set()),
        ("从三楼掉下来", "report_problem", {"location": "三楼"}, {("problem", "injury")}),
        ("在江津修桥 没给钱", "report_problem", {"location": "江津修桥"},
         {("location", "江津"), ("job_type", "B22"), ("problem", "wage_arrears")}),
        ("一个月三千,月休四天", "post_job", {"duration": "四天"}, {("pay", "3000/month")}),
        ("欠我两个月工资6400元", "report_problem", {"money": "6400元"}, {("money", 6400), ("problem", "wage_arrears")}),
        ("住厂里,饭我们煮", "post_job", {}, {("benefit", "lodging"), ("benefit", "meals")}),
        ("去了还要交六百伙食费", "report_problem", {}, {("problem", "deposit_or_fee"), ("money", 600)}),
        ("我做了三十个工 他不认账", "report_problem", {}, {("problem", "wage_arrears")}),
        ("女的八十男的一百 干一样的活", "report_problem", {}, {("problem", "discrimination")}),
        ("把我从坎上推下来", "report_problem", {}, {("problem", "violence")}),
        ("介绍老乡去福建打工有没得奖励", "ask_policy", {}, {("policy_topic", "placement_subsidy"), ("location", "福建")}),
    ],
)  # fmt: skip
def test_what_stands_beside_the_words_decides(
    text: str, intent: str, marked: dict[str, str], wanted: set[tuple[str, object]]
) -> None:
    assert told(text, intent, **marked) == wanted


def test_a_first_time_is_no_first_offer() -> None:
    assert told("我是第一回打", "help", ordinal="第一") == set()


@pytest.mark.parametrize(
    ("text", "pays"),
    [("招夜班保安,20:00-8:00,2400元每月", ["2400/month"]), ("工资:200一天", ["200/day"]), ("8:30-18:00 一天150", ["150/day"])],
)  # fmt: skip
def test_hours_are_no_pay_and_a_colon_before_pay_is(text: str, pays: list[str]) -> None:
    assert [hit.value for hit in wages.find(text)] == pays


@pytest.mark.parametrize(
    ("text", "people"),
    [("学电工的培训 给我报一个", []), ("把那个退一个", []), ("找一个洗碗的", [1]), ("给我找两个小工", [2])],
)
def test_one_deed_is_not_one_person(text: str, people: list[int]) -> None:
    assert [hit.value for hit in counts.find_headcounts(text) if hit.sure] == people
