"""The authenticity review: what each rule sees in a notice, and what it must leave alone (P04–P06). All notices are invented."""

from __future__ import annotations

import pytest

from backend.domain import review
from backend.domain.review import FLAGS, Posting, Usual, blocks, findings, sentence

USUAL = Usual(12_000.0, 8, "500114")


def flags(text: str, **more: object) -> list[str]:
    given: dict[str, object] = {"pay_min_fen": 12_000, "pay_max_fen": 12_000, "pay_unit": "day", "usual": USUAL}
    return [found.flag for found in findings(Posting(text=text, **{**given, **more}))]  # type: ignore[arg-type]


# What the posting says → the rules that must see it, and no others.
RAISED = [
    # deposits and fees
    ("进厂先交三百块押金，干满一个月退", ["deposit_words"]),
    ("服装费两百，第一天带来", ["deposit_words"]),
    ("要先缴两百块才派活", ["deposit_words"]),
    ("报名收五十块报名费", ["deposit_words"]),
    ("体检费自己出，合格了上班", ["deposit_words"]),
    ("先拿点钱来占位子", ["deposit_words"]),
    ("工具押金一百", ["deposit_words"]),
    ("我们不收中介费，只要交建档费80", ["deposit_words"]),
    # papers
    ("来了身份证要押在老板这里", ["papers_kept"]),
    ("统一保管身份证，走的时候还", ["papers_kept"]),
    ("要收走手机和银行卡", ["papers_kept"]),
    ("驾驶证原件先放在公司", ["papers_kept"]),
    # wages held back
    ("压一个月工资", ["wage_held_back"]),
    ("头个月工资押半个月", ["wage_held_back"]),
    ("干不满十天的不给钱", ["wage_held_back"]),
    ("中途走的就不结工钱", ["wage_held_back"]),
    ("试工三天没得工资", ["wage_held_back"]),
    ("做坏了扣一半", ["wage_held_back"]),
    ("压着工资，做满三个月再发", ["wage_held_back"]),
    # year-end settlement
    ("平时给生活费，年底一起结", ["year_end_settlement"]),
    ("工钱腊月头算账", ["year_end_settlement"]),
    ("过年前统一付清", ["year_end_settlement"]),
    ("工资一年一结", ["year_end_settlement"]),
    # fraud
    ("手机操作，日赚千元", ["scam_words"]),
    ("刷单，一单一结", ["scam_words"]),
    ("轻松赚大钱，月入过万", ["scam_words"]),
    ("缅甸酒店高薪招服务员", ["scam_words"]),
    ("每天只要两小时，一天挣上千", ["scam_words"]),
    ("收银行卡，一张三百", ["papers_kept", "scam_words"]),
    # far away with a fee
    ("去东莞电子厂，中介费八百", ["deposit_words", "away_with_fee"]),
    ("浙江进厂，车费自理，先交300元资料费", ["deposit_words", "away_with_fee"]),
    # age
    ("五十岁以下，手脚快", ["age_words"]),
    ("18到45岁", ["age_words"]),
    ("要年轻点的", ["age_words"]),
    ("过了六十的莫来", ["age_words"]),
    ("老年人不要", ["age_words"]),
    ("五十以内能挑能抬", ["age_words"]),
    # sex
    ("只要女的，会煮饭", ["sex_words"]),
    ("要男工五个", ["sex_words"]),
    ("女工两名，包吃", ["sex_words"]),
    ("男的优先", ["sex_words"]),
    ("招洗碗阿姨", ["sex_words"]),
    ("女的莫来", ["sex_words"]),
    ("男3名女2名", ["sex_words"]),
    # looks, health, family
    ("身高一米六以上", ["looks_words"]),
    ("服务员，要长得好看", ["looks_words"]),
    ("属虎的不要", ["looks_words"]),
    ("残疾的不要", ["health_words"]),
    ("乙肝的不要", ["health_words"]),
    ("高血压的人莫来", ["health_words"]),
    ("孕妇不要", ["family_words"]),
    ("未婚的来", ["family_words"]),
    ("带娃的不收", ["family_words"]),
    # ethnicity, origin
    ("少数民族的不要", ["ethnicity_words"]),
    ("信教的不要", ["ethnicity_words"]),
    ("只要本地人", ["origin_words"]),
    ("外地的莫来", ["origin_words"]),
    ("四川人不要", ["origin_words"]),
    ("要本地户口", ["origin_words"]),
    # contact inside, children
    ("加微信详谈", ["contact_inside"]),
    ("详情看 http://zp.top", ["contact_inside"]),
    ("打138 1234 5678找老张", ["contact_inside"]),
    ("扫下方二维码进群", ["contact_inside"]),
    ("初中生也要，会摘就行", ["child_words"]),
    ("十四岁也可以", ["child_words", "age_words"]),
    # written so that it is not found, and in general forms
    ("押 金200", ["deposit_words"]),
    ("押·金三百", ["deposit_words"]),
    ("工具押两百", ["deposit_words"]),
    ("打五十块来留个名额", ["deposit_words"]),
    ("培训自费", ["deposit_words"]),
    ("衣服从工资里扣", ["deposit_words"]),
    ("户口本压在厂里", ["papers_kept"]),
    ("不扣身份证，但要押在老板那里", ["papers_kept"]),
    ("头五天不发工钱", ["wage_held_back"]),
    ("做不到半个月没得钱", ["wage_held_back"]),
    ("先押两个礼拜的钱", ["wage_held_back"]),
    ("腊月底清账", ["year_end_settlement"]),
    ("除夕前结清", ["year_end_settlement"]),
    ("五十五以上的不要", ["age_words"]),
    ("光要青壮年", ["age_words"]),
    ("招两个男劳动力", ["sex_words"]),
    ("不要太瘦的", ["looks_words"]),
    ("不收怀起的", ["family_words"]),
    ("苗民不收", ["ethnicity_words"]),
    ("要本镇的人", ["origin_words"]),
    ("找老张１３８１２３４５６７８", ["contact_inside"]),
    ("找老张138.1234.5678", ["contact_inside"]),
    ("找老张139 1234 56 78", ["contact_inside"]),
    ("打幺三八一二三四五六七八", ["contact_inside"]),
    ("微：lao_zhang8", ["contact_inside"]),
    ("十五六岁的也行", ["child_words"]),
    ("放寒假的学生都可以", ["child_words"]),
    ("动动手指一天两三百，日结", ["scam_words"]),
    # several at once
    ("女的，四十岁以下，先交200押金", ["deposit_words", "age_words", "sex_words"]),
]
# What sounds like it and is not.
HARMLESS = [
    "摘果子，会用果剪",
    "不收押金",
    "没得任何押金，不扣身份证",
    "不收押金、服装费",
    "免服装费，培训费全免",
    "体检费老板出",
    "介绍费中介费一分不收",
    "包吃住，押一付一的房子我们出",
    "带身份证复印件",
    "带上身份证和银行卡，发工资要用",
    "要有健康证",
    "不压工资，天天结",
    "工钱不押，做一天给一天",
    "从不拖欠工资",
    "压面机操作，压路也要会",
    "押车送菜",
    "年底前做完",
    "年底给红包",
    "年终奖另算",
    "工钱月结，不拖到年底",
    "活路轻松，坐到做",
    "会扫码入库",
    "微信发工资",
    "收银员，会算账",
    "去广东摘荔枝，路费报销，不收中介费",
    "年龄不限",
    "六十岁的也要",
    "年满18周岁",
    "年纪大点也可以",
    "照顾八十岁老人",
    "带三岁娃儿，接送上学",
    "男女不限",
    "男女都可以",
    "男的女的都要",
    "不论男女老少",
    "女装店理货",
    "男女宿舍分开",
    "老板娘好说话",
    "残疾人优先",
    "残疾人也要",
    "身体好，能吃苦",
    "身高不限",
    "不限户口",
    "本村住户",
    "懒人不要",
    "不收童工",
    "自带镰刀，能爬矮梯",
    "三十斤以下的箱子要搬得动",
    "帮扶对象先来",
    "已婚未婚都可以",
    "年底结婚办酒帮厨",
    "40以下度白酒厂洗瓶",
    "苹果长得好看，帮摘",
    "无传染病要求",
    "给未婚青年联谊会场搭台",
    "要女装车工",
    "暑假照看孩子",
    "工钱100-150元，早上7点30到17点30",
    "2026-06-10到2026-06-12",
    "押 运，跟车",
]


@pytest.mark.parametrize(("text", "expected"), RAISED)
def test_a_rule_sees_what_a_notice_says_in_its_own_way(text: str, expected: list[str]) -> None:
    assert flags(text) == expected


@pytest.mark.parametrize("text", HARMLESS)
def test_words_that_only_sound_like_it_raise_nothing(text: str) -> None:
    assert flags(text) == []


def test_a_finding_names_the_words_that_raised_it() -> None:
    found = {one.flag: one.words for one in findings(Posting(text="只要女的，先交200块钱服装费", pay_min_fen=12_000))}
    assert found == {"deposit_words": ("先交200块钱", "服装费"), "sex_words": ("只要女的",)}


@pytest.mark.parametrize(
    ("low", "high", "flag"),
    [(5_999, 12_000, "pay_low"), (6_000, 12_000, None), (12_000, 36_000, None), (12_000, 36_001, "pay_high")],
)
def test_pay_outside_half_to_three_times_the_median_is_seen(low: int, high: int, flag: str | None) -> None:
    assert flags("摘果子", pay_min_fen=low, pay_max_fen=high) == ([flag] if flag else [])


def test_without_a_known_median_only_what_cannot_be_meant_is_strange() -> None:
    assert flags("摘果子", pay_min_fen=4_000, pay_max_fen=90_000, usual=None) == []
    assert flags("摘果子", pay_min_fen=1, pay_max_fen=1, usual=None) == ["pay_impossible"]
    assert flags("摘果子", pay_min_fen=100_000_000, pay_max_fen=100_000_000, usual=None) == ["pay_impossible"]


def test_a_piece_rate_is_judged_by_its_own_basis() -> None:
    assert flags("摘果子", pay_min_fen=50, pay_max_fen=50, pay_unit="jin", usual=None) == []


def test_no_pay_is_seen_unless_it_is_to_be_agreed() -> None:
    assert flags("摘果子", pay_min_fen=None, pay_max_fen=None) == ["pay_missing"]
    assert flags("摘果子", pay_min_fen=None, pay_max_fen=None, negotiable=True) == []


@pytest.mark.parametrize(
    ("start", "end", "long"),
    [("07:00", "19:00", False), ("06:00", "20:00", True), ("20:00", "06:00", False), ("08:00", "08:00", True)],
)
def test_a_working_day_over_twelve_hours_is_seen_the_night_included(start: str, end: str, long: bool) -> None:
    assert flags("守夜", hours_from=start, hours_to=end) == (["hours_long"] if long else [])


def test_other_names_on_the_phone_are_named_and_a_firm_with_several_phones_is_seen() -> None:
    found = findings(Posting(text="摘果子", pay_min_fen=12_000, names_on_phone=("李家果园",), phones_of_name=2))
    assert [(one.flag, one.words) for one in found] == [
        ("phone_many_names", ("李家果园",)),
        ("name_many_phones", ()),
    ]


def test_a_verified_employers_posting_waits_only_for_what_a_person_must_decide() -> None:
    assert not blocks(["pay_missing", "phone_many_names", "hours_long"])
    assert blocks(["pay_missing", "deposit_words"])
    assert blocks(["a_flag_of_tomorrow"])
    assert not blocks([])


def test_every_flag_has_a_sentence_in_both_languages_and_every_rule_a_flag() -> None:
    assert all(severity in ("block", "look") and zh and en for severity, zh, en in FLAGS.values())
    assert {rule.flag for rule in review.review_words.RULES} <= FLAGS.keys()
    assert sentence("sex_words", "en").startswith("sets a condition")
    assert sentence("unknown") == "unknown"


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("到路口，找冉大山", ("冉大山",)),
        ("联系人：田维学，13800001234", ("田维学",)),
        ("到了喊欧阳建华接", ("欧阳建华",)),
        ("跟冉大山师傅走", ("冉大山",)),
        ("师傅王秀英带", ("王秀英",)),
        ("找冉师傅", ()),
        ("找石工两个", ()),
        ("到站上问明白再来", ()),
        ("找活的来", ()),
        ("路口集合，老板管饭", ()),
    ],
)
def test_who_is_named_in_the_words_for_the_wall_is_pointed_out_to_the_reviewer(
    text: str, names: tuple[str, ...]
) -> None:
    found = {one.flag: one.words for one in findings(Posting(text, pay_min_fen=12000, pay_unit="day"))}
    assert found.get("name_inside", ()) == names
    assert not blocks(["name_inside"])


def test_the_employers_own_name_is_taken_off_the_wall_without_asking() -> None:
    assert not [
        one for one in findings(Posting("找冉大山", negotiable=True, hires="冉大山")) if one.flag == "name_inside"
    ]
