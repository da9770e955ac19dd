"""Texts whose facts somebody wrote at length: the facts give way, what can be answered stays (M01, M02)."""

from __future__ import annotations

import re
from typing import Any

import pytest

from backend.domain.answers import KINDS, make
from backend.domain.sms_text import length, segment_count
from backend.sms.render import LANGUAGES, render
from tests.unit.sms.test_render import FACTS, LONG, OPENING, VALUES, sample

# As a row of a ledger may have them: nothing stops at what a text can hold.
WORDY = {
    "title": "在三组河边大棚后头采摘晚熟脆红李并且分拣装箱上车和打扫场地以及清点空筐还要把次果挑出来另外堆放好等车来拉走"
    * 3,
    "place": "兴泉社区三组李子园靠河边那一片大棚后头过了石桥再往上走两百米挂红布的那家院坝" * 4,
    "employer_name": "重庆市黔江区中塘镇兴泉社区脆红李种植农民专业合作社联合社",
    "requirements": "会爬树,手脚利索,自带水壶手套草帽和一双防滑的鞋,中午各人带饭,会用电子秤,能搬五十斤的筐" * 3,
}
PLACE = {
    "region_name": "新疆生产建设兵团第一社区",
    "lodging": True,
    "insured": False,
    "transport": False,
    "meals": False,
}
LONGEST: dict[str, Any] = {**LONG, **PLACE, **WORDY}
NAMES = [
    "阿卜杜热西提·麦麦提",
    "欧阳秀英",
    "尾号1234那个",
    "司马相如",
    "诸葛小云",
    "冉建国",
    "田桂芝",
    "陈老四",
    "李秀珍",
]
POSTED = {
    "job_type": ["A04"], "job_names": ["摘水果"], "headcount": 500, "date": "2026-12-25/2027-01-05", "clock": ["07:00", "17:30"],
    "pay": "120-150/day", "settlement": "half_monthly", "benefit": ["no_meals", "no_lodging", "no_transport", "no_insurance"],
    "village_name": PLACE["region_name"], "location": WORDY["place"], **WORDY,
}  # fmt: skip
LENGTHENED: dict[str, Any] = {
    "opening": LONGEST, "standing": LONGEST, "openings": [LONGEST] * 3, "alternatives": [LONGEST] * 3, "jobs": [LONGEST] * 3,
    "offers": [{**offer, "opening": LONGEST} for offer in VALUES["offers"]],
    "posts": [{"opening": LONGEST, "coming": 7, "names": NAMES}] * 3,
    "contact": {"name": WORDY["employer_name"], "phone": "+8610002000001"}, "worker_name": NAMES[0],
    "names": NAMES[:7], "taken": NAMES, "withdrawn": NAMES[:3], "absent": NAMES[:5], "words": WORDY["requirements"], "job_names": [WORDY["title"]] * 3,
}  # fmt: skip
ANSWERED_BY = re.compile(r"\d[接去]|\d不[接去]|0找人|[回按](?:“[^”]+”|\d)")
# Said by staff in their own words, or nothing but facts of somebody's own record.
WITHOUT_KEYS = {"staff_reply"}


def long_sample(kind: str) -> dict[str, Any]:
    answer = {key: LENGTHENED.get(key, value) for key, value in sample(kind).items()}
    if kind == "confirm_posting":
        answer["facts"] = POSTED
    if kind == "call_summary":
        answer["done"] = [long_sample("job_taken"), long_sample("case_opened")]
    return answer


def keys_of(answer: dict[str, Any]) -> set[str]:
    """What a short text of this kind says can be answered."""
    short = {key: (OPENING if key in ("opening", "standing") else value) for key, value in answer.items()}
    phrase = LANGUAGES["zh"][answer["kind"]]
    return set(ANSWERED_BY.findall(phrase if isinstance(phrase, str) else phrase(short, 0)))


@pytest.mark.parametrize("kind", sorted(KINDS.keys() - WITHOUT_KEYS))
def test_no_length_of_a_fact_costs_an_answer_its_keys(kind: str) -> None:
    text = render([long_sample(kind)], "濯水古镇零工")
    assert segment_count(text) <= 2, text
    assert keys_of(sample(kind)) <= set(ANSWERED_BY.findall(text)), text
    assert not text.endswith("…"), text


def test_a_long_title_leaves_an_offer_its_end_its_number_and_its_day() -> None:
    text = render([long_sample("offer")], "中塘零工")
    for told in ("在三组河边大棚", "…", "11月25日", "元/天", "1接,2不接,0找人", "25日下午6点前", "12"):
        assert told in text, (told, text)


def test_whom_to_ask_for_keeps_the_number_behind_a_long_name() -> None:
    text = render([long_sample("job_taken")], "中塘零工")
    assert "10002000001" in text and "退12" in text, text


def test_a_posting_read_back_at_full_length_still_asks_whether_it_is_right() -> None:
    """E01: what is confirmed has been read."""
    text = render([make("confirm_posting", facts=POSTED)], "中塘零工")
    for told in (
        "500人",
        "12月25日",
        "07:00-17:30",
        "120-150元/天",
        "不管饭",
        "要求:会爬树",
        "对就回1",
        "不发了回“算了”",
    ):
        assert told in text, (told, text)


def test_what_is_asked_of_her_is_told_as_far_as_there_is_room_and_never_cut_unseen() -> None:
    wanted = "会爬树,手脚利索,自带水壶手套草帽和一双防滑的鞋,各人带中饭"
    opening = {**OPENING, "requirements": wanted, "place": "", "transport": False}
    assert wanted in render([{**sample("offer"), "changed": False, "opening": opening}], "中塘零工")
    cut_short = render([{**sample("job_changed"), "opening": {**OPENING, "requirements": wanted * 4}}], "中塘零工")
    assert "会爬树" in cut_short and "…" in cut_short and "回“退12”,找人回0" in cut_short


def test_a_list_says_that_nothing_fits_and_what_is_paid_however_tight_it_is() -> None:
    text = render([long_sample("job_offers")], "濯水古镇零工")
    assert "没有全合的" in text and text.count("120-150元/天") == 3, text


def test_short_facts_are_told_in_full() -> None:
    text = render(
        [make("offer", opening=OPENING, code="12", expires_at=VALUES["expires_at"], changed=False)], "中塘零工"
    )
    assert "…" not in text and "三组李子园" in text and "自带水壶" in text, text


@pytest.mark.parametrize("count", [2, 3])
def test_who_comes_to_several_openings_ends_with_what_can_be_done(count: int) -> None:
    posts = [{"opening": LONG, "coming": 7, "names": NAMES}] * count
    text = render([make("who_comes", posts=posts)], "中塘零工")
    assert text.count("要5人") == count and "回“不招了”" in text and segment_count(text) <= 2, text


def test_of_several_answers_the_open_question_is_told_whole() -> None:
    """What went before it gives way."""
    question = make("ask", form="posting", field="job_type", attempt=2, choices=[], noted={})
    answers = [long_sample("posting_received"), long_sample("one_by_one"), long_sample("job_offers"), question]
    text = render(answers, "中塘零工")
    assert text.endswith("比如:摘李子、砌砖") and "收到了" in text and length(text) <= 134, text


def test_a_person_of_many_facts_can_still_say_that_they_are_right() -> None:
    facts = {
        **FACTS,
        "job_names": ["采茶工", "摘水果", "帮厨", "钢筋工", "混凝土工", "抹灰工", "防水工", "架子工", "电焊工"] * 2,
    }
    text = render(
        [make("confirm_registration", facts=facts, for_other=True, notice_version="1", changed=False)], "中塘零工"
    )
    assert "对就回1" in text and "不对回2" in text, text
