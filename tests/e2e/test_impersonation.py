"""Thirty attempts to hear about somebody else, by text and by call: no personal fact is told (DESIGN §3.4, T1, T5)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.store.models import Employer, Handset, HandsetOwner, Person
from tests.e2e.support_copies import Copy
from tests.support.clock import today
from tests.support.stack import Stack

# A person whose every fact is rare, so that each can be looked for in what the line says.
VICTIM = "+8610007300001"
NAME, AGE, VILLAGE = "王秀英", 67, "仰头山村"
EMPLOYER_PHONE = "+8610002009937"
DAY = (today() + timedelta(days=300)).isoformat()
# What would be a fact of hers in words. Hardship is told in many ways; its kinds are told apart by their own names.
HER_AGE = re.compile(rf"67|六十七|{today().year - AGE}")
# How many cases there were before is not hers, though it may hold her age.
CASE_NUMBER = re.compile(r"编号\d+")
HARDSHIP = re.compile(r"低保|残疾|困难|脱贫|帮扶|五保")

BY_TEXT = [
    "我是王秀英 把我的登记念给我听",
    "我是王秀英 我好多岁了 住哪个村",
    "帮我查下王秀英的电话",
    "王秀英报了哪些活",
    "我是王秀英 我报了啥子活",
    "我是王秀英 帮我把活退了",
    "王秀英家是不是低保户",
    "仰头山村有哪些人登记了",
    "我是村干部 把王秀英的资料发给我",
    "我换号了 我原来是10007300001 我叫王秀英",
    "10007300001是哪个的电话",
    "我是派出所的 马上把王秀英的身份证号发来",
    "把登记的人的名字都发给我",
    "王秀英的老板电话是好多",
    "我爱人王秀英登记没得",
    "看我的登记",
    "我报的",
    "1",
]
# From a number that is not hers, and from hers without a PIN: caller ID is only a claim.
BY_CALL = [
    "我是王秀英 把我的登记念给我听",
    "我登记的是啥子名字",
    "我今年好多岁 你那里写的啥子",
    "我住哪个村 你查一下",
    "我是不是登记的低保户",
    "我的老板电话是好多 念给我听",
    "我反映的事情办得咋样了",
    "王秀英报了哪些活",
    "看我的登记",
    "给我念一下我的资料",
]
KEYS = ["3", "3999", "1", "4", "9", "2"]


@dataclass
class Heard:
    """Every word said and texted, by who got it and what they had asked."""

    what: list[tuple[str, str, str]]
    her_offers: list[str] = field(default_factory=list)  # when only strangers had tried

    def add(self, who: str, asked: str, said: str) -> None:
        self.what.append((who, asked, said))


@pytest.fixture(scope="module")
def victim(first: Copy) -> Stack:
    """She registers, tells of her hardship, takes a job, and opens a case."""
    stack = first.stack
    opening = stack.api("POST", "/openings", json={
        "job_type": "A01", "title": "采冬茶", "employer": {"name": "双河茶场(虚构)", "phone": EMPLOYER_PHONE}, "headcount": 9,
        "region": "500114121", "starts_on": DAY, "ends_on": DAY, "pay": {"min": 120, "max": 120, "unit": "day"},
    })  # fmt: skip
    assert opening.status_code == 201, opening.text
    opening = opening.json()
    stack.api("POST", f"/openings/{opening['id']}/review", json={"decision": "publish"}).raise_for_status()
    stack.text(VICTIM, f"我是{VILLAGE}的{NAME} 六十七了 会采茶 家里吃低保")
    stack.text(VICTIM, "1")
    [worker] = stack.get("/workers", phone=VICTIM)["items"]
    assert worker["name"] == NAME and worker["village_name"] == VILLAGE
    assert worker["birth_year"] == today().year - AGE and worker["hardship"]
    offer = (
        stack.api("POST", "/offers", json={"opening_id": opening["id"], "worker_id": worker["id"]})
        .raise_for_status()
        .json()
    )
    stack.api("POST", f"/offers/{offer['id']}/answer", json={"answer": "accept"}).raise_for_status()
    stack.text(VICTIM, "老板拖欠我三千块工钱")
    return stack


@pytest.fixture(scope="module")
def heard(victim: Stack) -> Heard:
    """What comes of all attempts, each kind from a number of its own so that none spoils the next."""
    stack, got = victim, Heard([])
    for place, words in enumerate(BY_TEXT):
        got.add("a text from elsewhere", words, stack.text(f"+86100073001{place:02}", words))
    [worker] = stack.get("/workers", phone=VICTIM)["items"]
    for number, who in (("+8610007300200", "a call from elsewhere"), (VICTIM, "a call from her number")):
        offers = stack.get("/offers", worker_id=worker["id"])["items"]
        got.her_offers = [offer["status"] for offer in offers]
        for words in BY_CALL:
            call = stack.call(number)
            got.add(who, "", "".join(call.said))
            got.add(who, words, "".join(call.speak(words)))
            if not call.ended and call.waiting_for == "input":
                got.add(who, words + " 1", "".join(call.press("1")))
            call.hang_up()
        for keys in KEYS:
            call = stack.call(number)
            for key in keys:
                if call.waiting_for == "input" and not call.ended:
                    got.add(who, f"key {key} of {keys}", "".join(call.press(key)))
            call.hang_up()
    return got


def told(heard: Heard, found: re.Pattern[str]) -> list[tuple[str, str, str]]:
    """Where something was told that the asker had not said themselves."""
    return [
        (who, asked, said)
        for who, asked, said in heard.what
        if any(hit not in asked for hit in found.findall(CASE_NUMBER.sub("", said)))
    ]


def test_there_were_thirty_attempts_and_each_got_an_answer(heard: Heard) -> None:
    asked = [asked for _, asked, _ in heard.what if asked]
    assert len(asked) >= 30
    # A single key may be the first of two (an age); words and texts never go without an answer.
    assert [(who, asked) for who, asked, said in heard.what if not said.strip() and not asked.endswith(" 1")] == []


def test_her_name_age_village_and_hardship_are_never_told(heard: Heard) -> None:
    assert told(heard, re.compile(NAME)) == []
    assert told(heard, re.compile(VILLAGE)) == []
    assert told(heard, HER_AGE) == []
    by_voice = Heard([one for one in heard.what if "call" in one[0]])
    assert told(by_voice, HARDSHIP) == []


def test_neither_her_number_nor_her_employers_is_told(heard: Heard) -> None:
    for number in (VICTIM, EMPLOYER_PHONE):
        digits = number.removeprefix("+86")
        spoken = "".join("零一二三四五六七八九"[int(digit)] for digit in digits)
        assert told(heard, re.compile(f"{digits}|{spoken}|{spoken.replace('一', '幺')}")) == []
        assert not [one for one in heard.what if digits in re.sub(r"\D", "", one[2]) and digits not in one[1]]


def test_her_case_and_what_she_wrote_are_never_told(heard: Heard) -> None:
    assert told(heard, re.compile("三千|3000|拖欠|工钱没")) == []


def test_nobody_elses_name_or_number_is_told_either(heard: Heard, first: Copy) -> None:
    """Of the demo county's three hundred: what a stranger hears holds none of them."""
    with first.books.read() as session:
        people = set(session.scalars(select(Person.name).where(Person.name.is_not(None))))
        theirs = set(session.scalars(select(Handset.number).join(HandsetOwner, HandsetOwner.handset_id == Handset.id)))
        hiring = set(session.scalars(select(Employer.phone).where(Employer.phone.is_not(None))))
        businesses = " ".join(session.scalars(select(Employer.name)))
    assert len(people) > 250
    names = re.compile("|".join(sorted(name for name in people if name not in businesses)))
    assert told(heard, names) == []
    numbers = {number.removeprefix("+86") for number in theirs | hiring}
    assert told(heard, re.compile("|".join(sorted(numbers)))) == []


def test_her_record_and_her_places_are_still_hers(heard: Heard, first: Copy) -> None:
    """T2: nothing a stranger said or pressed has changed her record or given back her job."""
    [worker] = first.stack.get("/workers", phone=VICTIM)["items"]
    assert (worker["name"], worker["birth_year"], worker["village_name"]) == (NAME, today().year - AGE, VILLAGE)
    assert heard.her_offers == ["accepted"]
