"""A firm is named whole, without the place or the words before it; a kind of firm names nobody."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from backend.domain import employers
from backend.domain.entities import Span, values

NOW = datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("宏达模具公司招钳工两名", "宏达模具公司"),
        ("青山工业园锦程鞋厂招针车工", "锦程鞋厂"),
        ("康乐养老院招护工", "康乐养老院"),
        ("急招!绿源蔬菜基地要十个人", "绿源蔬菜基地"),
        ("鲜又多水果批发部招人", "鲜又多水果批发部"),
        ("喂 我是阿蓬江食品厂的 要几个人", "阿蓬江食品厂"),
        ("我在永顺建筑公司干活", "永顺建筑公司"),
        ("举报腾飞劳务公司乱收费", "腾飞劳务公司"),
        ("在安心家政做保姆", "安心家政"),
        ("街上的老杨火锅店招服务员", "老杨火锅店"),
        ("双石村绿野合作社请人摘李子", "绿野合作社"),
        ("重庆宏远建设有限公司招钢筋工", "重庆宏远建设有限公司"),
        ("李记面馆招洗碗工", "李记面馆"),
        ("星光KTV招人", "星光KTV"),
        ("顺达施工队拖欠工钱", "顺达施工队"),
        ("王家果园要人", "王家果园"),
        ("月薪五千 天天鲜餐饮公司", "天天鲜餐饮公司"),
    ],
)
def test_a_firm_is_named_whole(said: str, name: str) -> None:
    assert [hit.value for hit in employers.find(said)] == [name]


@pytest.mark.parametrize(
    "said",
    ["劳务公司骗人", "那个公司不给钱", "我们厂不发工资", "在一个电子厂做了三个月", "县医院招护工", "幼儿园要请个帮厨", "超市招收银员", "想在附近果园做",
     "天天加班 服装厂不让走", "就业服务中心在哪", "零工市场几点开门", "黑中介公司骗我", "包工头在砖厂", "要去医院看病", "养猪场招人", "我家果园要摘李子",
     "老板开的火锅店", "宁波电子厂不干了", "想去浙江进厂", "物业费好贵", "娃儿在学校", "锦绣小区要保安"],
)  # fmt: skip
def test_a_kind_of_firm_names_nobody(said: str) -> None:
    assert employers.find(said) == []


@pytest.mark.parametrize(
    ("said", "name"), [("找罗老板", "罗老板"), ("谭经理欠我们钱", "谭经理"), ("张包工头跑了", "张包工头")]
)
def test_an_owner_is_called_by_surname_and_office(said: str, name: str) -> None:
    assert [hit.value for hit in employers.find_owners(said)] == [name]


@pytest.mark.parametrize("said", ["我跟老板说了", "包工头跑了", "和经理讲", "车队长喊我", "老板的活", "项目经理在不在"])
def test_an_office_alone_is_no_owner(said: str) -> None:
    assert employers.find_owners(said) == []


@pytest.mark.parametrize(
    ("text", "kind", "said", "intent", "wanted"),
    [
        ("凯旋机械公司招人", "employer_name", "旋机械公司", "post_job", {("employer_name", "凯旋机械公司")}),
        ("宁波那边厂子不干了", "employer_name", "宁波那边厂", "register_return", {("location", "宁波")}),
        ("想去浙江进厂", "employer_name", "浙江进厂", "search_jobs", {("location", "浙江"), ("job_type", "F01")}),
        ("劳务公司收我押金", "employer_name", "劳务公司", "report_problem", {("problem", "deposit_or_fee")}),
        ("在平安家政做保姆 她打我", "location", "平安", "report_problem",
         {("employer_name", "平安家政"), ("problem", "violence")}),
        ("在昆山做了一年 不给工资", "problem", "不给工资", "report_problem",
         {("location", "昆山"), ("problem", "wage_arrears")}),
        ("我从昆山回来了", "location", "昆山", "register_return", {("location", "昆山")}),
        ("成都交的医保能转回来不", "policy_topic", "医保", "ask_policy",
         {("location", "成都"), ("policy_topic", "social_insurance")}),
    ],
)  # fmt: skip
def test_a_badly_cut_or_missed_name_is_put_right(
    text: str, kind: str, said: str, intent: str, wanted: set[tuple[str, str]]
) -> None:
    at = text.index(said)
    span = Span(entity=kind, start=at, end=at + len(said), text=said)
    assert {(e.entity, e.value) for e in values([span], text, NOW, intent=intent)} == wanted


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("兴泉红李专业合作社", "cooperative"),
        ("田家果园", "grower"),
        ("冉家茶园", "grower"),
        ("宏达建筑公司", "enterprise"),
        ("谢家农家乐", "enterprise"),
        ("田老板", "person"),
        ("尾号0001的老板", "person"),
        ("兴泉社区", "other"),
    ],
)
def test_the_name_tells_what_kind_of_employer_it_is(name: str, kind: str) -> None:
    """E02."""
    assert employers.kind_of(name) == kind


@pytest.mark.parametrize(
    ("name", "kind", "verified", "public"),
    [
        ("凯盛机械公司", "enterprise", False, True), ("阿蓬江木业", "enterprise", False, True), ("兴泉社区人居环境项目", "work_relief", False, True),
        ("村委会", "work_relief", False, True), ("中塘茶业合作社", "cooperative", False, True), ("王远方", "enterprise", False, False),
        ("王远方老板", "cooperative", False, False), ("张业", "enterprise", False, False), ("老木", "enterprise", True, True),
        ("凯盛机械公司", "person", True, False), ("田家果园", "grower", True, False),
    ],
)  # fmt: skip
def test_a_name_is_open_when_it_reads_as_an_organisations_whatever_kind_was_chosen(name, kind, verified, public):
    """T12: a kind somebody set makes no firm of a person's name."""
    assert employers.is_public_name(name, kind, verified=verified) is public
