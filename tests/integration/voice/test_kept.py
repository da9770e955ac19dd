"""What is kept of a call, and what of it is told: its transcript, its pace, where it was; nothing personal to a mere number."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from backend.store.models import Call, Message
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient

Make = Callable[[], Any]


def test_a_call_and_the_texts_of_its_number_are_one_conversation(
    call: Callable[..., PhoneCall], signed: SignedClient, database: Database
) -> None:
    """Issue 2, done when: the console shows it as one conversation."""
    signed.sms(NUMBER, "有活没得")
    call().press("1")
    with database.read() as session:
        messages = session.scalars(select(Message).order_by(Message.id)).all()
        assert len({message.conversation_id for message in messages}) == 1
        assert {message.channel for message in messages} == {"sms", "voice"}


def test_every_turn_is_kept_with_what_was_said_and_its_english(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    phone = call().press("1")
    with database.read() as session:
        heard, said = session.scalars(select(Message).order_by(Message.id.desc()).limit(2)).all()[::-1]
        assert (heard.direction, heard.body, heard.handled_by) == ("inbound", "1", "keypad")
        assert heard.carrier_id
        assert heard.carrier_id.startswith(phone.sid + ":")
        assert said.in_reply_to == heard.id
        assert said.answer["answers"][0]["kind"] == "job_offers"
        assert len(said.body.split("\n")) == len(said.gloss.split("\n"))
        assert "3 jobs" in said.gloss
        assert said.body.replace("\n", "") == phone.text


def test_the_transcript_names_prompts_keys_recordings_and_how_sure_the_recogniser_was(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """Issue 4, item 4: every prompt heard, key pressed and sentence recognised, with times; and what a transfer came to."""
    phone = call().press("2").press("1").record("http://carrier/recording/7").silence()
    phone.press("0").dial_ended("busy")
    phone.hang_up()
    with database.read() as session:
        rows = session.scalars(select(Message).where(Message.channel == "voice").order_by(Message.id)).all()
        assert {row.call_id for row in rows} == {session.scalars(select(Call)).one().id}
        heard = [row for row in rows if row.direction == "inbound"]
        assert [row.keys for row in heard] == [None, "2", "1", "#", None, "0", None]
        assert [row.body for row in heard][-3:] == ["(没出声)", "0", "(转人工:busy)"]
        assert heard[3].media_url == "http://carrier/recording/7"
        said = [row for row in rows if row.direction == "outbound"]
        assert said[0].prompts == ["greeting", "main"]
        assert all(len(row.prompts) == len(row.body.split("\n")) for row in said)
        assert all(row.created_at for row in rows)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("0.8", 0.8), ("", None), ("abc", None), ("-1", None), ("1e309", None), ("NaN", None), ("0.0", None)],
)
def test_what_the_recogniser_says_of_itself_is_kept_where_it_is_a_share(
    call: Callable[..., PhoneCall], database: Database, sent: str, kept: float | None
) -> None:
    phone = call()
    phone.post(phone._action("Gather"), SpeechResult="今天天气好得很", Confidence=sent)
    with database.read() as session:
        row = session.scalars(select(Message).where(Message.body == "今天天气好得很")).one()
        assert row.recogniser_confidence == kept


def test_slower_is_remembered_on_the_handset(call: Callable[..., PhoneCall], database: Database) -> None:
    """V06."""
    phone = call()
    assert 'rate="80%"' in phone.twiml
    phone.press("7")
    assert "我说慢点" in phone.text
    assert 'rate="65%"' in phone.twiml
    phone.hang_up()
    assert 'rate="65%"' in call().twiml


def test_a_dropped_call_goes_on_where_it_was_within_a_day(call: Callable[..., PhoneCall], clock: SettableClock) -> None:
    """V19."""
    phone = call().press("1").press("2")
    second = phone.text
    phone.hang_up()
    clock.advance(hours=3)
    again = call()
    assert "上回说到一半" in again.text
    assert second.split("。")[0] in again.text
    again.hang_up()
    clock.advance(hours=25)
    assert "上回说到一半" not in call().text


def test_a_late_status_does_not_reopen_a_call(
    call: Callable[..., PhoneCall], database: Database, signed: SignedClient
) -> None:
    phone = call()
    phone.hang_up()
    signed.voice("/twilio/voice/status", NUMBER, phone.sid, CallStatus="ringing")
    with database.read() as session:
        row = session.scalars(select(Call)).one()
        assert row.status == "completed"
        assert row.ended_at is not None


# -- impersonation -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["我登记的啥子", "我叫啥子名字", "我好多岁", "我是哪个村的", "我老婆叫啥子", "再说一遍我的名字"]
)
def test_a_caller_on_a_known_number_hears_nothing_personal(
    call: Callable[..., PhoneCall], make: Make, words: str
) -> None:
    """DESIGN §3.4: caller ID is only a claim."""
    with make() as f:
        f.make_worker("蹇秀英", number=NUMBER, birth_year=1968, village="500114121003")
    phone = call()
    heard = phone.text + phone.speak(words).text + phone.press("3").text
    assert not [secret for secret in ("蹇秀英", "五十八", "58岁", "双石村") if secret in heard]
