"""One number's messages are handled one at a time and in order; the same message twice is one message (C3, I1, §3.6)."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from sqlalchemy import select

from backend.store.models import Case, Conversation, Handset, Message, Offer
from tests.e2e.support_copies import Copy
from tests.e2e.support_faults import sms_form, webhook
from tests.support.waiting import wait_for

_numbers = itertools.count(1)


@pytest.fixture
def number() -> str:
    return f"+8610007501{next(_numbers):03}"


def messages(copy: Copy, number: str, direction: str, channel: str = "sms") -> list[Message]:
    with copy.books.read() as session:
        return list(session.scalars(
            select(Message).join(Handset, Handset.id == Message.handset_id)
            .where(Handset.number == number, Message.direction == direction, Message.channel == channel).order_by(Message.id)
        ))  # fmt: skip


def in_order(copy: Copy, number: str) -> None:
    """Kept, answered and on the handset in the order in which they were written."""
    wait_for(lambda: not copy.books.unsettled(number), 60, "every text is answered")
    assert copy.books.differences(number) == []
    written = [text["sid"] for text in copy.books.network(number, "from_handset")]
    kept = messages(copy, number, "inbound")
    assert [message.carrier_id for message in kept] == written
    answers = {message.carrier_id: message.in_reply_to for message in messages(copy, number, "outbound")}
    arrived = [answers[text["sid"]] for text in copy.books.network(number, "to_handset")]
    assert arrived == [message.id for message in kept]


def all_at_once(deeds: list[Callable[[], object]]) -> list[object]:
    """Do all of them at the same instant, each in a thread of its own."""
    ready = threading.Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> object:
        ready.wait(60)
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def test_ten_texts_within_a_second_are_handled_and_answered_in_order(copy: Copy, number: str) -> None:
    """Each changes what the next one means: only in this order is one person registered, with one place taken."""
    for words in ("登记", "李桂香", "61", "兴泉社区", "会摘果子", "跳过", "跳过", "1", "有没得摘果子的活", "1"):
        copy.stack.send(number, words)
    in_order(copy, number)
    [worker] = copy.stack.get("/workers", phone=number)["items"]
    assert (worker["name"], worker["village_name"], worker["job_types"]) == ("李桂香", "兴泉社区", ["A04"])
    with copy.books.read() as session:
        assert (
            len(
                session.scalars(
                    select(Offer.id).where(Offer.worker_id == worker["id"], Offer.status == "accepted")
                ).all()
            )
            == 1
        )


def test_many_people_texting_at_once_are_each_answered_in_order(copy: Copy, number: str) -> None:
    people = [f"{number[:-3]}{place:03}" for place in range(900, 912)]
    for words in ("找活路", "1", "我报的"):
        all_at_once([lambda who=who, words=words: copy.stack.send(who, words) for who in people])
    for who in people:
        in_order(copy, who)


def test_texts_during_a_call_do_not_mix_with_its_turns(copy: Copy, number: str) -> None:
    """C3: both channels are one conversation; the key answers what the call asked, the digit what the text asked."""
    stack = copy.stack
    call = stack.call(number)
    call.press("1")
    first_job = "".join(call.said)
    listed = stack.text(number, "有没得砌砖的活")
    heard, texted = all_at_once([lambda: call.press("2"), lambda: stack.text(number, "我报的")])
    assert "".join(heard) and not call.ended  # type: ignore[call-overload]
    assert first_job and listed and texted
    stack.send(number, "有没得砌砖的活")
    for _ in range(3):
        call.press("1")
        with copy.books.read() as session:
            taken = session.scalars(select(Offer).join(Message, Message.id == Offer.message_id).join(Handset)
                                    .where(Handset.number == number, Offer.status == "accepted")).all()  # fmt: skip
        if taken:
            break
    assert len(taken) == 1 and taken[0].channel == "voice"
    call.hang_up()
    wait_for(lambda: not copy.books.unsettled(number), 60, "every text is answered")
    with copy.books.read() as session:
        assert len(session.scalars(select(Conversation.id).join(Handset).where(Handset.number == number)).all()) == 1
    voice = messages(copy, number, "inbound", "voice")
    assert len(voice) >= 4 and {message.status for message in voice} == {"answered"}


def test_fifty_copies_of_one_message_are_one_message_with_one_answer(copy: Copy, number: str) -> None:
    """I1: the same MessageSid fifty times at the same instant over real connections; the case in it is opened once."""
    stack, sid = copy.stack, f"SM{number[-6:]:0>32}"
    form = sms_form(stack, sid, number, "老板打人 不准我们走")
    with httpx.Client(trust_env=False, timeout=60, limits=httpx.Limits(max_connections=50)) as client:
        answers = all_at_once([lambda: webhook(stack, "/twilio/sms", form, client=client) for _ in range(50)])
        assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}  # type: ignore[attr-defined]
        wait_for(lambda: copy.books.network(number, "to_handset"), 60, "the answer")
        late = webhook(stack, "/twilio/sms", form, client=client)
        changed = webhook(stack, "/twilio/sms", {**form, "Body": "我要人工"}, client=client)
        assert (late.status_code, changed.status_code) == (200, 200)
    # A text after it, so that whatever the copies could have led to has come by then.
    stack.text(number, "谢谢")
    [kept, thanks] = messages(copy, number, "inbound")
    assert (kept.carrier_id, kept.body, thanks.body) == (sid, "老板打人 不准我们走", "谢谢")
    assert [message.in_reply_to for message in messages(copy, number, "outbound")] == [kept.id, thanks.id]
    assert len(copy.books.network(number, "to_handset")) == 2
    with copy.books.read() as session:
        assert len(session.scalars(select(Case.id).where(Case.source_message_id == kept.id)).all()) == 1


def test_a_network_that_delivers_everything_twice_gets_one_answer_each(copy: Copy, number: str) -> None:
    copy.stack.network.post(
        "/faults", json={"where": "inbound", "do": "duplicate", "number": number, "times": 5}
    ).raise_for_status()
    for words in ("找活路", "1", "我报的", "找活路", "还有没得"):
        copy.stack.send(number, words)
    wait_for(lambda: not copy.books.unsettled(number), 60, "every text is answered")
    assert copy.books.differences(number) == []


def test_the_same_turn_of_a_call_again_gets_the_same_bytes(copy: Copy, number: str) -> None:
    """I3: a turn that is delivered ten times at once does its deed once."""
    stack, sid = copy.stack, f"CA{number[-6:]:0>32}"
    form = {"CallSid": sid, "AccountSid": stack.secrets["TWILIO_ACCOUNT_SID"], "From": number, "Direction": "inbound",
            "To": stack.secrets["TWILIO_PHONE_NUMBER"], "CallStatus": "in-progress"}  # fmt: skip
    with httpx.Client(trust_env=False, timeout=60) as client:

        def post(path: str, **more: str) -> httpx.Response:
            return webhook(stack, path, {**form, **more}, client=client)

        opened = all_at_once([lambda: post("/twilio/voice") for _ in range(10)])
        assert len({one.text for one in opened}) == 1  # type: ignore[attr-defined]
        document = opened[0].text  # type: ignore[attr-defined]
        path = document.split('action="')[1].split('"')[0].replace("&amp;", "&").removeprefix(stack.url)
        turned = all_at_once([lambda: post(path, Digits="0") for _ in range(10)])
        assert {one.status_code for one in turned} == {200}  # type: ignore[attr-defined]
        assert len({one.text for one in turned}) == 1  # type: ignore[attr-defined]
    with copy.books.read() as session:
        handset = session.scalars(select(Handset.id).where(Handset.number == number)).one()
        assert len(session.scalars(select(Case.id).where(Case.handset_id == handset)).all()) <= 1
    assert len(messages(copy, number, "inbound", "voice")) == 2
