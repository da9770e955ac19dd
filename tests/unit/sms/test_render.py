"""Texts: every kind of answer is told, in two segments, signed, in both languages (M01, M02, M06, M08)."""

from __future__ import annotations

from typing import Any

import pytest

from backend.domain.answers import KINDS, make
from backend.domain.sms_text import cut, length, segment_count
from backend.sms.render import LANGUAGES, render

OPENING: dict[str, Any] = {
    "id": 7, "title": "摘脆红李", "job_type": "A04", "job_name": "摘水果", "employer_name": "兴泉果业专业合作社", "headcount": 5,
    "left": 2, "region": "500114121002", "region_name": "兴泉社区", "place": "三组李子园", "starts_on": "2026-11-25",
    "ends_on": "2026-11-27", "hours": {"from": "07:00", "to": "17:30", "day_part": "daytime"},
    "pay": {"min_fen": 12000, "max_fen": 12000, "unit": "day", "settlement": "daily", "negotiable": False},
    "requirements": "手脚利索,自带水壶", "meals": True, "lodging": False, "transport": True, "insured": None, "published_at": None,
}  # fmt: skip
LONG = {**OPENING, "title": "摘脆红李和疏花疏果剪枝", "place": "三组李子园靠河边那一片大棚后头", "lodging": True, "insured": True,
        "pay": {**OPENING["pay"], "max_fen": 15000}}  # fmt: skip
FACTS = {"person_name": "欧阳秀英", "gender": "female", "age": 58, "village_name": "兴泉社区", "job_type": ["A01", "A04", "S06"],
         "job_names": ["采茶工", "摘水果", "帮厨"], "date": "2026-11-25/2026-12-05", "day_part": ["morning"], "term": "short",
         "pay": "120-150/day", "settlement": "daily", "benefit": ["meals", "transport"], "hardship": ["G03", "G04"],
         "phone_number": "13800000000", "proximity": "town"}  # fmt: skip
STATION = {"name": "中塘镇零工驿站", "hotline": "+8610000012333", "address": "中塘镇兴泉社区便民服务中心一楼", "opens_at": "08:00",
           "closes_at": "18:00"}  # fmt: skip
VALUES: dict[str, Any] = {
    "opening": LONG, "standing": LONG, "openings": [LONG, OPENING, LONG], "alternatives": [LONG, LONG, OPENING],
    "jobs": [OPENING, LONG, LONG], "facts": FACTS, "changed": FACTS, "noted": FACTS, "filters": {"job_types": ["A04", "S01"]},
    "relaxed": ["pay_min_fen", "region"], "remaining": 4, "offers": [
        {"offer_id": n, "code": str(10 + n), "status": "accepted", "opening": LONG} for n in range(1, 6)],
    "station": STATION, "due_at": "2026-11-25T10:00:00+00:00", "expires_at": "2026-11-25T10:00:00+00:00", "who": "中塘镇社保所",
    "hotlines": [{"name": "人社", "number": "12333"}, {"name": "法律援助", "number": "12348"}], "said": {}, "emergency": "120",
    "availability": {"unavailable": [["2026-11-25", "2026-11-27"]], "from": "2026-12-01", "to": "2026-12-05",
                     "day_parts": ["morning"], "term": "long"},
    "contact": {"name": "田老板", "phone": "+8610002000001"}, "asked": ["meals", "insurance"], "choices": [1, 2, 3], "choice": 7,
    "code": "12", "count": 3, "day": "yesterday", "attempt": 1, "open_now": False, "case_id": 1, "case_kind": "injury", "event": "taken",
    "worker_name": "王秀英", "text": "明早七点在村委会门口等", "staff_name": "张敏", "purpose": "take", "form": "registration",
    "field": "age", "what": "registration", "word": "车工", "about": "word", "rate": 65, "registered": False, "for_other": True, "notice_version": "1",
    "said_": "yes", "known": False, "reason_": "", "topic": None, "reason": "not_understood", "shown": 3,
    "names": ["欧阳秀英", "王小云", "冉建国", "田桂芝", "尾号0001那个", "陈老四", "李秀珍"], "more": True, "position": 3,
    "taken": ["欧阳秀英", "王小云", "冉建国", "田桂芝", "尾号0001那个", "陈老四", "李秀珍"], "withdrawn": ["王小云"],
    "posts": [{"opening": LONG, "coming": 7, "names": ["欧阳秀英", "王小云", "冉建国", "田桂芝", "尾号0001那个", "陈老四", "李秀珍"]}] * 3,
    "problem": "too_many", "job_names": ["摘脆红李", "砌砖", "扎钢筋"], "how": "enough", "asked_again": 3,
    "undo": True, "told": True, "ground": "pay", "words": "写的一天三百八,旁边都是一百二,打电话说好再发",
    "absent": ["欧阳秀英", "王小云"], "came": 5, "wages": "not_due", "hires": True, "keys": list("1234567"),
    "outcome": "not_due", "ahead": 2, "place": 3, "done": [], "wording": "mandarin", "people": 3, "coming": 2,
}  # fmt: skip


def sample(kind: str) -> dict[str, Any]:
    values = {key: VALUES[key] for key in KINDS[kind]}
    if kind == "nothing_to_answer":
        values["said"] = "yes"
    if kind == "ask":
        values["choices"] = []
    if kind == "either_or":
        values |= {
            "about": "wish",
            "word": None,
            "choices": [{"zh": "问市场在哪", "en": "where"}, {"zh": "退报了的活", "en": "back"}],
        }
    if kind == "call_summary":
        values["done"] = [sample("job_taken"), sample("registered")]
    if kind == "kept":
        values["what"] = "place"
    if kind in ("offer", "place_free"):
        values["changed"] = True
    if kind == "posting_fixed":
        values["reason"] = "places_taken"
    return make(kind, **values)


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_is_told_in_chinese_within_two_signed_segments(kind: str) -> None:
    text = render([sample(kind)], "中塘零工")
    assert text.startswith("【中塘零工】") and len(text) > len("【中塘零工】") + 3
    assert segment_count(text) <= 2, f"{kind}: {length(text)} code units: {text}"
    assert "None" not in text and "{" not in text and "http" not in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_answer_has_an_english_gloss(kind: str) -> None:
    gloss = render([sample(kind)], "中塘零工", "en")
    assert "None" not in gloss.replace("None of", "")
    assert sum(c.isascii() and c.isalpha() for c in gloss) >= 5


def test_both_languages_know_the_same_kinds() -> None:
    assert set(LANGUAGES["zh"]) == set(LANGUAGES["en"]) == set(KINDS)


def test_an_opening_is_told_as_work_place_day_pay_and_care_in_this_order() -> None:
    text = render([make("job_offers", openings=[OPENING], filters={}, relaxed=[], remaining=0)], "中塘零工")
    places = [text.index(word) for word in ("摘脆红李", "兴泉社区", "11月25日", "120元/天", "管饭", "有车接送")]
    assert places == sorted(places)


def test_three_offers_are_numbered_one_to_a_line() -> None:
    text = render([sample("job_offers")], "中塘零工")
    assert [line[0] for line in text.partition("】")[2].split("\n") if line[:1] in "123"] == ["1", "2", "3"]


def test_a_hardship_is_never_written_out_in_a_text() -> None:
    for kind in ("confirm_registration", "registered", "profile", "profile_updated"):
        text = render([sample(kind)], "中塘零工")
        assert not any(word in text for word in ("低保", "残疾", "困难户", "G03", "G04"))


def test_an_injury_names_the_emergency_number_before_anything_else() -> None:
    text = render([sample("case_opened")], "中塘零工")
    assert text.index("120") < text.index("社保所")


def test_an_offer_states_its_expiry_and_the_three_answers() -> None:
    """M02, M05."""
    text = render([sample("offer")], "中塘零工")
    assert "下午6点前有效" in text and "1接,2不接,0找人" in text


def test_the_employers_phone_is_told_after_acceptance() -> None:
    assert "10002000001" in render([sample("job_taken")], "中塘零工")


@pytest.mark.parametrize(
    ("text", "parts"),
    [("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3), ("😊" * 35, 1), ("😊" * 36, 2)],
)
def test_segments_are_counted_in_utf16_units(text: str, parts: int) -> None:
    assert segment_count(text) == parts


def test_cutting_never_splits_a_surrogate_pair() -> None:
    assert length(cut("😊" * 40, 67)) <= 67 and cut("短", 67) == "短"


def test_the_text_after_a_call_has_all_facts_in_two_segments() -> None:
    """V20, M01: whom to ask for, where, when, and who rings back by when under which number."""
    arrears = {**sample("case_opened"), "case_kind": "wage_arrears", "emergency": None, "case_id": 317}
    taken = make("job_taken", opening=OPENING, contact=VALUES["contact"], code="12", registered=False)
    text = render([make("call_summary", done=[taken, arrears, sample("registered")])], "中塘零工")
    assert segment_count(text) <= 2 and not text.endswith("…"), text
    for fact in ("摘脆红李", "兴泉社区", "11月25日", "120元", "田老板", "10002000001", "退12", "编号317", "中塘镇社保所",
                 "25日下午6点前", "登记好了"):  # fmt: skip
        assert fact in text, (fact, text)
    assert "工钱" not in text  # M08: no dispute in a text
    two = render(
        [make("call_summary", done=[taken, {**taken, "opening": {**OPENING, "id": 9}}, sample("registered")])],
        "中塘零工",
    )
    assert segment_count(two) <= 2 and not two.endswith("…"), two
