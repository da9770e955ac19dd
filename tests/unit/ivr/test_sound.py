"""Everything the line can say, filled in with long and odd words of others, as a listener gets it (V01, V05, V11–V14)."""

from __future__ import annotations

import itertools
import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.domain.answers import KINDS, make
from backend.domain.guesses import WISHES
from backend.domain.lexicon import job_name
from backend.seed.work import Planned, make_opening, plan
from backend.services.views import opening_view
from backend.settings import ROOT
from backend.store.models import Employer
from ivr import free_text, spoken
from ivr.call_flow import advance
from ivr.figures import LONGEST_CHOICE, LONGEST_SENTENCE, spoken_length
from ivr.prompts import catalogue, heard_length, sentences
from ivr.questions import QUESTIONS
from ivr.speech import told
from ivr.steps import Again, Say, State
from ivr.wording import DIALECT, MANDARIN, WORDINGS, in_mandarin, said_in
from tests.support.calls import TODAY, WORLD, opening, sample

if TYPE_CHECKING:
    from backend.services.regions import RegionBook

KEY = re.compile(r"按[0-9](?:到[一二三四])?")
NEVER = re.compile(r"None|null|[{}\[\]<>|_]|\d")
SERVED = json.loads((ROOT / "backend/data/regions/served.json").read_text("utf-8"))["regions"]
NAMES = {row["code"]: row["name"] for row in SERVED}
REGIONS = list(NAMES.values())
TRADES = [job_name(code, "zh") for code in ("A04", "B01", "B02", "C01", "D01", "E01") if job_name(code, "zh")]
READ_OUT = {"job"}  # one job has its own limit (V13)
# Not broken by a full stop: one figure or one name. "九千九百九十到九千九百八十块一个钟头" is one.
LONGEST_PHRASE = 24


def wrong(say: Say) -> list[str]:
    """What is against the rules in one thing said; empty when all is well."""
    bare = KEY.sub("按", say.zh)
    found = [f"sign or figure {match.group()!r}" for match in NEVER.finditer(bare)]
    if say.prompt in READ_OUT:
        length = spoken_length([say.zh])
        return found + ([f"{length} characters of a job"] if length > spoken.LONGEST_JOB else [])
    for sentence in sentences(say.zh):
        phrases = re.split(r"[,，:、]", sentence)
        if heard_length(sentence) > LONGEST_SENTENCE and max(map(heard_length, phrases)) < LONGEST_SENTENCE - 8:
            found.append(f"a sentence of {heard_length(sentence)}: {sentence}")
        if heard_length(sentence) > LONGEST_PHRASE + 4:
            found.append(f"a very long sentence: {sentence}")
    if "按1" in say.zh and heard_length(say.zh) > LONGEST_CHOICE:
        found.append(f"{heard_length(say.zh)} characters before a choice")
    return found


def check(says: list[Say]) -> None:
    for say in says:
        for wording in WORDINGS:
            one = said_in(say, wording)
            assert wrong(one) == [], f"{say.prompt}: {one.zh}"
            assert one.prompt in catalogue(), one.zh


# -- words as people write them ------------------------------------------------------------------------------------------

written = st.one_of(
    st.sampled_from(["摘脆红李(3天)", "搬砖、和灰、递瓦 2人", "大型商场开业保洁", "服务员【急招】18-55岁", "A区3号楼2单元", "🌾收稻谷🌾",
                     "{title}", "2026-11-25开工", "日结!!!130/天", "钢筋工(大工)——工地在黔江区城东街道", ""]),
    st.text("摘红李采茶搬砖0123456789()【】-—~/.:%,。!{}_ ABxyz🌾\n", max_size=30),
)  # fmt: skip
place_words = st.one_of(
    written, st.sampled_from(["三组", "黔江区城东街道解放路123号2楼", "正阳工业园区A3厂房", "舟白街道县坝社区5组"])
)
maybe = st.sampled_from([None, True, False])
views = st.fixed_dictionaries({
    "title": written, "place": place_words, "region_name": st.sampled_from(REGIONS), "requirements": written,
    "starts_on": st.integers(-3, 60), "days": st.integers(0, 40),
    "hours": st.sampled_from([{"from": "07:15", "to": "18:45"}, {"from": "14:30", "to": None}, {"day_part": "morning"}, {}]),
    "pay": st.fixed_dictionaries({
        "min_fen": st.none() | st.integers(5, 99).map(lambda n: n * 1000) | st.sampled_from([50, 150, 180_000, 400_000]),
        "more": st.integers(0, 30), "unit": st.sampled_from([*spoken.UNITS, None]),
        "settlement": st.sampled_from([*spoken.SETTLEMENTS, None]), "negotiable": st.booleans(),
    }),
    "meals": maybe, "lodging": maybe, "transport": maybe, "insured": maybe,
})  # fmt: skip


def view(drawn: dict[str, Any], number: int = 1) -> dict[str, Any]:
    start = TODAY + timedelta(days=drawn["starts_on"])
    pay = dict(drawn["pay"])
    more = pay.pop("more")
    pay["max_fen"] = None if pay["min_fen"] is None or more == 1 else pay["min_fen"] + more * 1000
    end = max(TODAY, start) + timedelta(days=drawn["days"])
    rest = {key: value for key, value in drawn.items() if key not in {"starts_on", "days", "pay"}}
    return opening(number, **rest, pay=pay, starts_on=start.isoformat(), ends_on=end.isoformat())


class Names:
    """The names of the served divisions, as the region book gives them."""

    def name(self, code: str) -> str:
        return NAMES[code]


def as_view(planned: Planned) -> dict[str, Any]:
    now = datetime(TODAY.year, TODAY.month, TODAY.day, 8, tzinfo=UTC)
    employer = Employer(name=planned.employer)
    return dict(opening_view(make_opening(planned, employer, TODAY, now), cast("RegionBook", Names())))


ABOUT_AN_OPENING = sorted(kind for kind in KINDS if "opening" in KINDS[kind])


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_answer_sounds_right_in_both_ways_of_talking(kind: str) -> None:
    check(told(sample(kind), today=TODAY))


@settings(max_examples=150, deadline=None)
@given(drawn=views, kind=st.sampled_from(ABOUT_AN_OPENING))
def test_an_answer_about_any_opening_sounds_right(drawn: dict[str, Any], kind: str) -> None:
    """V01, V13: whatever an employer wrote, no figure, bracket or field reaches the voice, and no sentence runs on."""
    check(told({**sample(kind), "opening": view(drawn), "standing": view(drawn)}, today=TODAY))


@settings(max_examples=60, deadline=None)
@given(drawn=st.lists(views, min_size=1, max_size=3))
def test_lists_of_openings_sound_right(drawn: list[dict[str, Any]]) -> None:
    found = [view(one, number) for number, one in enumerate(drawn, 1)]
    offers = [{"offer_id": n, "code": "11", "status": "accepted", "opening": one} for n, one in enumerate(found, 1)]
    check(told(make("job_offers", openings=found, filters={}, relaxed=[], remaining=0), today=TODAY))
    check(told(make("which_job", openings=found, purpose="take", more=False), today=TODAY))
    check(told(make("my_list", offers=offers), today=TODAY))


ABOUT_ONE = ("job", "mine", "confirm", "which", "placed_offer", "placed_reminder", "placed_follow_up")


@settings(max_examples=150, deadline=None)
@given(
    drawn=views, at=st.sampled_from(ABOUT_ONE), kind=st.sampled_from(["confirm_take", "confirm_withdraw", "offer"]),
    status=st.sampled_from(["accepted", "offered"]),
)  # fmt: skip
def test_a_question_about_any_opening_sounds_right(drawn: dict[str, Any], at: str, kind: str, status: str) -> None:
    """V11: kind, day, place and pay together, once, within forty characters with its keys."""
    one = view(drawn)
    offers = [{"offer_id": 7, "code": "11", "status": status, "opening": one}]
    data = {"openings": [one, one, one], "i": 0, "remaining": 0, "offers": offers, "offer_id": 7, "purpose": "take",
            "answer": {**sample(kind), "opening": one}}  # fmt: skip
    for misses in range(3):
        check(QUESTIONS[at].ask(State(at=at, data=data, misses=misses), WORLD, misses))
    assert advance(State(at=at, data=data), Again(), WORLD)[1]


INSIDE = {
    town: [(code, NAMES[code]) for code in NAMES if len(code) == 12 and code.startswith(town)]
    for town in NAMES
    if len(town) == 9
}
COUNTIES = sorted({town[:6] for town in INSIDE})


@pytest.mark.parametrize("county", COUNTIES)
def test_the_short_lists_of_every_served_county_sound_right(county: str) -> None:
    """V02, V05: with the real names of its towns and villages, page by page."""
    towns = tuple((code, NAMES[code]) for code in INSIDE if code.startswith(county))
    world = replace(WORLD, towns=towns, villages=lambda town: INSIDE.get(town, []))
    for town, at in [("", "reg_town"), *((code, "reg_village") for code, _ in towns)]:
        listed = len(INSIDE[town]) if town else len(towns)
        for page in range(-(-listed // 3)):
            for misses in range(3):
                check(QUESTIONS[at].ask(State(at=at, data={"town": town, "page": page}, misses=misses), world, misses))


@pytest.mark.parametrize("word", [None, "技工", "摘杨桃", "跑车"])
def test_every_either_or_sounds_right(word: str | None) -> None:
    """V01, V08: any two wishes the line may doubt between, and words of two meanings."""
    for first, second in itertools.permutations(WISHES.values(), 2):
        pair = [{"zh": first.zh, "en": first.en}, {"zh": second.zh, "en": second.en}]
        answer = make("either_or", about="word" if word else "wish", word=word, choices=pair)
        check(told(answer, today=TODAY))
        for misses in range(3):
            check(QUESTIONS["either"].ask(State(at="either", data={"answer": answer}, misses=misses), WORLD, misses))
        if word:
            return


dates = st.integers(0, 50).map(lambda n: (TODAY + timedelta(days=n)).isoformat())
spans = st.tuples(st.integers(0, 40), st.integers(0, 20)).map(
    lambda n: [(TODAY + timedelta(days=n[0])).isoformat(), (TODAY + timedelta(days=n[0] + n[1])).isoformat()]
)
facts = st.fixed_dictionaries({}, optional={
    "person_name": st.sampled_from(["王秀英", "欧阳春花", "冉老三", "李(老板)"]), "age": st.integers(16, 90),
    "gender": st.sampled_from(["male", "female"]), "village_name": st.sampled_from(REGIONS), "location": place_words,
    "job_names": st.lists(st.sampled_from(TRADES), min_size=1, max_size=3), "title": written,
    "headcount": st.integers(1, 60), "clock": st.sampled_from(["07:30", ["14:00", "18:30"]]),
    "date": dates | spans.map("/".join), "duration": st.sampled_from(["3d", "2-3d", "0.5d", "1.5d", "30d"]),
    "free": spans, "always_free": st.booleans(), "unavailable": spans, "settlement": st.sampled_from([*spoken.SETTLEMENTS]),
    "pay": st.sampled_from(["140/day", "150-200/day", "1.5/jin", "4000/month", "200+/day", "3500-4500/month", "80/half_day"]),
    "benefit": st.lists(st.sampled_from(["meals", "no_meals", "transport", "insurance"]), max_size=3),
    "money": st.sampled_from([3400, 120.5, 0.8, 12000]),
})  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(given_=facts, kind=st.sampled_from(["confirm_registration", "confirm_posting", "confirm_heard"]))
def test_facts_read_back_sound_right(given_: dict[str, Any], kind: str) -> None:
    """V11, V12."""
    check(told({**sample(kind), "facts": given_}, today=TODAY))


@settings(max_examples=60, deadline=None)
@given(noted=facts, form=st.sampled_from(["registration", "posting"]), attempt=st.integers(1, 4),
       field=st.sampled_from(["person_name", "age", "location", "job_type", "date", "pay", "benefit", "headcount", "correction", "else"]),
       choices=st.sampled_from([[], ["工地", "田头", "厂头", "屋头家政"], ["白石镇", "白土乡"]]))  # fmt: skip
def test_the_questions_of_a_form_sound_right(
    noted: dict[str, Any], form: str, attempt: int, field: str, choices: list[str]
) -> None:
    answer = make("ask", form=form, field=field, attempt=attempt, choices=choices, noted=noted)
    check(told(answer, today=TODAY))
    for misses in range(3):
        check(QUESTIONS["form"].ask(State(at="form", data={"answer": answer}, misses=misses), WORLD, misses))


@settings(max_examples=60, deadline=None)
@given(name=st.sampled_from(["零工市场", "重庆市黔江区中塘镇零工驿站", "黔江区人力资源和社会保障局劳动监察大队"]), address=place_words,
       due=st.integers(-1, 20), who=place_words, hotline=st.sampled_from(["12333", {"number": "12348", "name": "法律援助"}, "劳动监察 023-79222333"]),
       emergency=st.sampled_from([None, "110", "120"]))  # fmt: skip
def test_offices_and_addresses_sound_right(
    name: str, address: str, due: int, who: str, hotline: Any, emergency: str | None
) -> None:
    station = {"name": name, "address": address, "opens_at": "08:30", "closes_at": "17:30", "hotline": "+8610000000077"}
    due_at = f"{(TODAY + timedelta(days=due)).isoformat()}T09:00:00+00:00"
    check(told({**sample("market_info"), "station": station}, today=TODAY))
    check(
        told(
            {**sample("case_opened"), "who": who, "due_at": due_at, "hotlines": [hotline], "emergency": emergency},
            today=TODAY,
        )
    )
    check(told({**sample("human"), "open_now": False, "due_at": due_at}, today=TODAY))


def test_every_opening_of_the_demo_county_is_read_within_twenty_five_seconds() -> None:
    """V13, with its real names."""
    planned = plan()
    assert len(planned) > 20
    for one in planned:
        said = spoken.job(as_view(one), TODAY, "zh")
        assert spoken_length(said) <= spoken.LONGEST_JOB, said


@pytest.mark.parametrize("name", sorted(set(REGIONS)))
def test_no_name_of_a_place_is_changed_by_the_way_of_talking(name: str) -> None:
    assert in_mandarin(name) == name


@pytest.mark.parametrize(
    ("written_", "said"),
    [("摘脆红李(3天)", "摘脆红李,三天"), ("2026-11-25开工", "十一月二十五号开工"), ("18-55岁", "十八到五十五岁"), ("2人", "两人"),
     ("电话13912345678", "电话幺三九幺二三四五六七八"), ("8:30到岗", "早上八点半到岗"), ("50%", "百分之五十"), ("1.5米", "一点五米"),
     ("007号", "零零七号"), ("{title}", "title"), ("🌾", ""), ("急!!!招工", "急,招工")],
)  # fmt: skip
def test_words_of_others_are_made_sayable(written_: str, said: str) -> None:
    assert free_text.said(written_) == said


@given(st.text(max_size=60))
def test_nothing_a_voice_would_stumble_over_is_left_of_any_text(text: str) -> None:
    assert not re.search(r"[^\u3400-\u9fffA-Za-z,。]", free_text.said(text))


@pytest.mark.parametrize(
    ("terms", "said"),
    [({"min_fen": 8_000, "max_fen": 8_000, "unit": "half_day"}, "八十块半天"),
     ({"min_fen": 350_000, "max_fen": 450_000, "unit": "month"}, "三千五百到四千五百块一个月"),
     ({"min_fen": 12_050, "max_fen": 12_050, "unit": "day"}, "一百二十块一天"),
     ({"min_fen": 1_250, "max_fen": 1_250, "unit": "hour"}, "十二块五一个钟头"),
     ({"min_fen": 80, "max_fen": 120, "unit": "jin"}, "八角到一块二一斤")],
)  # fmt: skip
def test_wages_sound_as_people_say_them(terms: dict[str, Any], said: str) -> None:
    assert spoken.pay(terms, "zh") == said


@pytest.mark.parametrize(
    ("clock", "said"),
    [("14:30", "下午两点半"), ("00:00", "凌晨零点"), ("12:00", "中午十二点"), ("02:05", "凌晨两点零五分")],
)
def test_hours_sound_as_people_say_them(clock: str, said: str) -> None:
    assert spoken.clock(clock, "zh") == said


@pytest.mark.parametrize(
    ("length", "said"), [("0.5d", "做半天"), ("1.5d", "做一天半"), ("2d", "做两天"), ("2-3d", "做两到三天")]
)
def test_half_days_are_days(length: str, said: str) -> None:
    facts_ = {"duration": length}
    assert said in told({**sample("confirm_heard"), "facts": facts_}, today=TODAY)[0].zh


def test_mandarin_leaves_no_word_of_the_dialect_in_any_answer() -> None:
    for kind in sorted(KINDS):
        for say in told(sample(kind), today=TODAY):
            assert not DIALECT.search(said_in(say, MANDARIN).zh), say.zh
