"""With the dialogue engine or its actions away the line still registers, finds, takes, stops and fetches a person (D1–D4)."""

from __future__ import annotations

import itertools
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from backend.store.models import Case, Handset, Message, Offer
from tests.e2e.support_copies import Copy
from tests.e2e.support_faults import SPOILT
from tests.support.stack import HandsetCall, Stack
from tests.support.waiting import wait_for

_numbers = itertools.count(1)
# The engine is given 4 s for a text and 1.2 s in a call; the rest is what the way there and back may take here.
TEXT_WITHIN_S = 9.0
KEY_WITHIN_S = 4.0
SEEN_WITHIN_S = 60
HEALED_WITHIN_S = 120


@pytest.fixture
def number() -> str:
    return f"+8610007201{next(_numbers):03}"


@contextmanager
def hanging(stack: Stack, name: str) -> Iterator[None]:
    """The process takes connections and answers none, which is worse than being dead."""
    stack.kill(name, signal.SIGSTOP)
    try:
        yield
    finally:
        stack.kill(name, signal.SIGCONT)


def degraded(stack: Stack) -> list[str]:
    answer = stack.http.get("/readyz")
    assert answer.status_code == 200, "the line goes on serving"
    return answer.json()["degraded"]


def text(stack: Stack, number: str, words: str) -> str:
    began = time.monotonic()
    answer = stack.text(number, words)
    took = time.monotonic() - began
    assert took < TEXT_WITHIN_S, f"{words!r} was answered after {took:.1f} s"
    return answer


def press(call: HandsetCall, keys: str) -> str:
    return _timed(call, keys, call.press)


def speak(call: HandsetCall, words: str) -> str:
    return _timed(call, words, call.speak)


def _timed(call: HandsetCall, what: str, deed: object) -> str:
    began = time.monotonic()
    said = "".join(deed(what))  # type: ignore[operator]
    took = time.monotonic() - began
    assert took < KEY_WITHIN_S, f"{what!r} was answered after {took:.1f} s"
    assert not call.ended and said, f"{what!r} leaves the caller with something to hear and a way on"
    return said


def handled_by(copy: Copy, number: str) -> list[str | None]:
    with copy.books.read() as session:
        return list(session.scalars(
            select(Message.handled_by).join(Handset, Handset.id == Message.handset_id)
            .where(Handset.number == number, Message.direction == "inbound").order_by(Message.id)
        ))  # fmt: skip


def accepted(copy: Copy, worker_id: int) -> int:
    with copy.books.read() as session:
        return len(session.scalars(select(Offer).where(Offer.worker_id == worker_id, Offer.status == "accepted")).all())


def cases(copy: Copy, number: str) -> list[str]:
    with copy.books.read() as session:
        return list(
            session.scalars(
                select(Case.kind).join(Handset, Handset.id == Case.handset_id).where(Handset.number == number)
            )
        )


def heals(copy: Copy, number: str) -> None:
    """Without anybody's hand: a fresh text is understood by the engine again, and nothing is degraded."""

    def well() -> bool:
        copy.stack.text(number, "后天有没得摘李子的活")
        return handled_by(copy, number)[-1] == "rasa" and degraded(copy.stack) == []

    wait_for(well, HEALED_WITHIN_S, "the engine is used again")


def the_five_tasks_by_text(copy: Copy, number: str) -> None:
    stack = copy.stack
    said = text(stack, number, "登记")
    assert "名字" in said or "姓名" in said or "叫" in said, said
    text(stack, number, "李桂香")
    text(stack, number, "61")
    text(stack, number, "兴泉社区")
    for answer in itertools.repeat("跳过", 8):
        if stack.get("/workers", phone=number)["items"]:
            break
        last = stack.received(number)[-1]
        text(stack, number, "1" if "回1" in last else answer)
    [worker] = stack.get("/workers", phone=number)["items"]
    assert worker["name"] == "李桂香" and worker["village_name"] == "兴泉社区"
    listed = text(stack, number, "有没得活路")
    assert "去哪个回数字" in listed, listed
    assert "定了" in text(stack, number, "1")
    assert accepted(copy, worker["id"]) == 1
    assert "不主动给你发" in text(stack, number, "莫发了")
    assert "人" in text(stack, number, "我要人工")
    assert "handoff" in cases(copy, number)


def the_five_tasks_by_call(copy: Copy, number: str) -> None:
    stack = copy.stack
    call = stack.call(number)
    assert "".join(call.said) and call.waiting_for == "input"
    heard = speak(call, "有没得摘果子的活")
    assert any(key in heard for key in ("按1", "按一", "按 1")), "words that nobody can understand now lead to the keys"
    call.hang_up()

    call = stack.call(number)
    press(call, "2")
    story = []
    for _ in range(14):
        if stack.get("/workers", phone=number)["items"] or call.ended:
            break
        said = "".join(call.heard_last)
        story.append(said)
        if call.waiting_for == "recording":
            call.speak("张桂芳")
            press(call, "#")
        elif "两位数" in said or ("岁" in said and "对" not in said):
            press(call, "58")
        else:
            press(call, "1")
    workers = stack.get("/workers", phone=number)["items"]
    assert workers, story
    [worker] = workers
    call.hang_up()

    call = stack.call(number)
    press(call, "1")
    for _ in range(4):
        if accepted(copy, worker["id"]):
            break
        press(call, "1")
    assert accepted(copy, worker["id"]) == 1
    call.hang_up()

    call = stack.call(number)
    for key in "442":  # other things, the rest, no more texts
        press(call, key)
    with copy.books.read() as session:
        assert session.scalars(select(Handset.opted_out_at).where(Handset.number == number)).one() is not None
    call.press("0")
    wait_for(lambda: set(cases(copy, number)) & {"handoff", "callback", "voicemail"}, 60, "a person is asked for")
    call.hang_up()


def test_a_hanging_engine_leaves_all_five_tasks_by_text_and_by_call(second: Copy, number: str) -> None:
    stack = second.stack
    caller = number[:-3] + "9" + number[-2:]
    with hanging(stack, "rasa"):
        the_five_tasks_by_text(second, number)
        the_five_tasks_by_call(second, caller)
        wait_for(lambda: "rasa" in degraded(stack), SEEN_WITHIN_S, "/readyz names the engine")
        assert "rasa" not in handled_by(second, number)
    assert not second.books.differences(number)
    heals(second, number)


def test_hanging_actions_leave_the_menu_and_nothing_half_done(second: Copy, number: str) -> None:
    """D4: the turn is cut by our deadline; what the action server does later has no lease to do it under."""
    stack = second.stack
    with hanging(stack, "actions"):
        text(stack, number, "我是兴泉社区的冉明秀 五十了 会摘果子")
        text(stack, number, "找活路")
        assert "定了" in text(stack, number, "1")
        wait_for(lambda: "actions" in degraded(stack), SEEN_WITHIN_S, "/readyz names the actions")
    heals(second, number)
    [worker] = stack.get("/workers", phone=number)["items"]
    assert accepted(second, worker["id"]) == 1
    assert not second.books.differences(number)
    with second.books.read() as session:
        late = session.scalars(
            select(Message).join(Handset, Handset.id == Message.handset_id)
            .where(Handset.number == number, Message.turn_token.is_not(None))
        ).all()  # fmt: skip
        assert late == []


@pytest.mark.parametrize("how", [*SPOILT, "silent"])
def test_an_engine_that_answers_nonsense_is_taken_for_one_that_is_away(second: Copy, number: str, how: str) -> None:
    assert second.engine is not None
    with second.engine.spoilt(how):
        listed = text(second.stack, number, "找活路")
        assert "去哪个回数字" in listed
        wait_for(lambda: "engine" in degraded(second.stack), SEEN_WITHIN_S, "/readyz names the engine")
        assert handled_by(second, number) == ["menu"]
    heals(second, number)
    assert not second.books.differences(number)


def test_a_killed_engine_is_not_missed_and_comes_back_by_itself(second: Copy, number: str) -> None:
    second.stack.kill("rasa")
    the_five_tasks_by_text(second, number)
    heals(second, number)
