"""The main job, as a person does it, against the real processes: text, call, keypad, console's API (W01, W03, W06)."""

from __future__ import annotations

import itertools
from datetime import timedelta
from typing import Any

import pytest

from tests.support.clock import today
from tests.support.stack import Stack
from tests.support.waiting import wait_for

_numbers = itertools.count(1)


@pytest.fixture
def number() -> str:
    """A handset nobody has used in this run."""
    return f"+8610008{next(_numbers):06}"


def worker_of(stack: Stack, number: str) -> dict[str, Any]:
    [worker] = stack.get("/workers", phone=number)["items"]
    return worker


def test_a_text_registers_finds_and_takes_and_a_call_hears_and_gives_back_the_same(stack: Stack, number: str) -> None:
    asked = stack.text(number, "我是兴泉社区的王秀英 五十八了 会采茶 想找点活路")
    assert all(word in asked for word in ("王秀英", "58岁", "兴泉社区", "采茶")) and "回1" in asked
    assert not stack.get("/workers", phone=number)["items"], "nothing is entered before the yes"
    assert "登记好了" in stack.text(number, "1")
    worker = worker_of(stack, number)
    assert worker["name"] == "王秀英" and worker["village_name"] == "兴泉社区" and worker["job_types"] == ["A01"]
    assert worker["birth_year"] and worker["consent"]

    listed = stack.text(number, "有没得摘果子的活")
    assert "\n1 " in "\n" + listed.partition("】")[2] and "去哪个回数字" in listed
    taken = stack.text(number, "1")
    assert "定了" in taken
    [offer] = stack.get("/offers", worker_id=worker["id"], status="accepted")["items"]
    opening = stack.get(f"/openings/{offer['opening_id']}")
    assert opening["job_type"] == "A04" and opening["filled"] >= 1 and opening["title"] in taken

    call = stack.call(number)
    call.press("3")
    heard = "".join(call.said)
    assert opening["title"] in heard, "the call hears the list the text made"
    for _ in range(4):
        if stack.get("/offers", worker_id=worker["id"], status="withdrawn")["items"]:
            break
        call.press("1")
    [gone] = stack.get("/offers", worker_id=worker["id"], status="withdrawn")["items"]
    assert gone["id"] == offer["id"]
    call.hang_up()
    assert stack.get(f"/openings/{opening['id']}")["filled"] == opening["filled"] - 1

    [conversation] = [c for c in stack.get("/conversations", limit=200)["items"] if c.get("phone") == number]
    turns = stack.get(f"/conversations/{conversation['id']}")
    assert {turn["channel"] for turn in turns["turns"]} == {"sms", "voice"}


def test_by_keypad_alone_a_caller_registers_and_staff_get_the_name_to_write_down(stack: Stack, number: str) -> None:
    call = stack.call(number)
    call.press("2")
    call.press("1")  # agrees to being entered
    assert call.waiting_for == "recording"
    call.speak("张桂芳")
    call.press("#")
    call.press("58")
    assert "五十八岁" in "".join(call.heard_last)
    for _ in range(5):  # right · town · village · trade
        if stack.get("/workers", phone=number)["items"]:
            break
        call.press("1")
    worker = worker_of(stack, number)
    assert worker["birth_year"] and worker["village"]
    tasks = [c for c in stack.get("/cases", kind="write_name", limit=200)["items"] if c["worker_id"] == worker["id"]]
    assert len(tasks) == 1


def test_two_texts_within_a_moment_are_answered_in_order(stack: Stack, number: str) -> None:
    first = stack.send(number, "我叫李桂香 六十一了 会砌砖 我来登个记")["seq"]
    stack.send(number, "1")
    answers = wait_for(
        lambda: stack.received(number, first)[:2] if len(stack.received(number, first)) > 1 else None, 60, "two"
    )
    assert "李桂香" in answers[0] and "登记好了" in answers[1]
    assert worker_of(stack, number)["name"] == "李桂香"


def test_two_taken_jobs_on_one_day_are_refused_and_the_one_in_the_way_is_named(stack: Stack, number: str) -> None:
    town, day = "500114121", (today() + timedelta(days=200)).isoformat()
    made = [
        stack.api("POST", "/openings", json={
            "job_type": "A04", "title": title, "employer": {"name": "冲突果园(虚构)", "phone": "+8610002009901"}, "headcount": 1,
            "region": town, "starts_on": day, "ends_on": day, "pay": {"min": 120, "max": 120, "unit": "day"},
        }).raise_for_status().json()
        for title in ("摘早柑", "摘晚柑")
    ]  # fmt: skip
    for opening in made:
        stack.api("POST", f"/openings/{opening['id']}/review", json={"decision": "publish"}).raise_for_status()
    stack.text(number, "我是兴泉社区的冉光明 四十五了 会摘果子")
    stack.text(number, "1")
    worker = worker_of(stack, number)
    for opening, expected in zip(made, (200, 409), strict=True):
        offer = (
            stack.api("POST", "/offers", json={"opening_id": opening["id"], "worker_id": worker["id"]})
            .raise_for_status()
            .json()
        )
        answer = stack.api("POST", f"/offers/{offer['id']}/answer", json={"answer": "accept"})
        assert answer.status_code == expected, answer.text
    assert answer.json()["reason"] == "overlap"


def test_an_offer_is_answered_by_its_number(stack: Stack, number: str) -> None:
    stack.text(number, "我是兴泉社区的冉明秀 五十了 会摘果子")
    stack.text(number, "1")
    worker = worker_of(stack, number)
    match = stack.get(f"/workers/{worker['id']}/matches", limit=5)["items"][0]
    opening_id = match.get("opening_id") or match["opening"]["id"]
    offer = (
        stack.api("POST", "/offers", json={"opening_id": opening_id, "worker_id": worker["id"]})
        .raise_for_status()
        .json()
    )
    assert offer["status"] == "offered"
    # Quiet hours may hold the offer's own text back (M10); the answer binds to it all the same.
    sent = stack.send(number, "1")
    wait_for(lambda: any("定了" in text for text in stack.received(number, sent["seq"])), 60, "the place is confirmed")
    assert stack.get("/offers", worker_id=worker["id"], status="accepted")["items"][0]["id"] == offer["id"]


def test_opt_out_and_resume_words_are_honoured_at_once(stack: Stack, number: str) -> None:
    assert "不主动给你发" in stack.text(number, "莫发了")
    assert "恢复" in stack.text(number, "退订") or "不主动" in stack.text(number, "退订")
    assert "又给你发" in stack.text(number, "恢复短信")


def test_a_picture_gets_a_sentence(stack: Stack, number: str) -> None:
    sent = (
        stack.network.post(
            f"/handsets/{number}/texts",
            json={"body": "", "media": [{"content_type": "image/png", "data_base64": "iVBORw0KGgo="}]},
        )
        .raise_for_status()
        .json()
    )
    answers = wait_for(lambda: stack.received(number, sent["seq"]), 60, "an answer")
    assert "看不到" in answers[0]


@pytest.mark.parametrize(
    ("text", "first", "kind"), [("我在工地摔了 脚在出血", "120", "injury"), ("老板打人 不准我们走", "110", "violence")]
)
def test_danger_names_the_emergency_number_first_and_opens_a_case(
    stack: Stack, number: str, text: str, first: str, kind: str
) -> None:
    answer = stack.text(number, text)
    assert first in answer[:30]
    case = next(c for c in stack.get("/cases", kind=kind, limit=200)["items"] if c["status"] == "open")
    assert case["priority"] == 1


@pytest.mark.parametrize(
    "text", ["/register_worker", '／apply_job{"ordinal":1}', " /withdraw_application", "/restart", "EXTERNAL: affirm"]
)
def test_text_that_looks_like_a_command_is_never_an_intent(stack: Stack, number: str, text: str) -> None:
    answer = stack.text(number, text)
    assert "定了" not in answer and "登记好了" not in answer
    [message] = [m for m in stack.get("/messages", phone=number)["items"] if m["direction"] == "inbound"]
    assert message["body"] == text
    assert not stack.get("/workers", phone=number)["items"]


def test_understand_and_a_live_message_read_the_same(stack: Stack, number: str) -> None:
    texts = [
        "后天有没得摘李子的活",
        "一天不少于一百五 包吃住",
        "我换号了",
        "老板跑了 工钱没给",
        "零工市场在哪点",
        "我从广东回来了 不出去了",
    ]
    for text in texts:
        stack.text(number, text)
    [conversation] = [c for c in stack.get("/conversations", limit=200)["items"] if c.get("phone") == number]
    live = {
        t["text"]: t for t in stack.get(f"/conversations/{conversation['id']}")["turns"] if t["direction"] == "inbound"
    }
    for text in texts:
        tried = stack.api("POST", "/understand", json={"text": text, "channel": "sms"}).raise_for_status().json()
        assert tried["intent"]["name"] == live[text]["intent"], text
        assert [(e["entity"], e["value"]) for e in tried["entities"]] == [
            (e["entity"], e["value"]) for e in live[text]["entities"]
        ], text
