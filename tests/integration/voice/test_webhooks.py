"""The voice webhooks over real HTTP forms, a real signature and a real database: who gets in, once, and our own errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from backend.phone_network.twiml import lint
from backend.services.deps import Deps
from backend.store.models import Call, CallTurn, Handset, Message, Offer, Opening
from backend.store.session import Database
from tests.integration.voice.conftest import count
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient, new_sid

Make = Callable[[], Any]


# -- who gets in --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signature", ["", "bm90IGEgc2lnbmF0dXJl", "签名"])
def test_a_request_without_the_right_signature_gets_403_and_stores_nothing(
    signed: SignedClient, database: Database, signature: str
) -> None:
    """I2."""
    form = {"CallSid": new_sid("CA"), "From": NUMBER, "To": "+8610000012333", "CallStatus": "ringing"}
    headers = {"X-Twilio-Signature": signature.encode().decode("latin-1")} if signature else {}
    for path in ("", "/turn?call=1&n=x", "/recorded?call=1&n=x", "/dial?call=1&n=x", "/status", "/fallback"):
        assert signed.post(f"/twilio/voice{path}", form, signature="", headers=headers).status_code == 403
    assert count(database, Call) == count(database, Message) == count(database, Handset) == 0


def test_a_caller_without_a_number_is_put_through(signed: SignedClient, database: Database) -> None:
    response = signed.voice("/twilio/voice", "anonymous", new_sid("CA"))
    assert "看不到您的号码" in response.text
    assert "<Dial" in response.text
    assert lint(response.text) == []
    assert count(database, Call) == 0


def test_a_step_of_an_unknown_call_gets_a_word_and_no_effect(signed: SignedClient, database: Database) -> None:
    response = signed.voice("/twilio/voice/turn?call=99&n=x", NUMBER, new_sid("CA"), Digits="1")
    assert response.status_code == 200
    assert "<Say" in response.text
    assert lint(response.text) == []
    assert count(database, Message) == 0


# -- once ----------------------------------------------------------------------------------------------------------------


def test_the_same_call_again_gets_the_same_bytes_and_no_second_effect(signed: SignedClient, database: Database) -> None:
    """Contract: the same CallSid again."""
    sid = new_sid("CA")
    one, two = PhoneCall(signed, sid=sid), PhoneCall(signed, sid=sid)
    assert one.twiml == two.twiml
    assert count(database, Call) == 1
    assert count(database, Message, Message.direction == "inbound") == 1


def test_the_same_turn_again_gets_the_same_bytes_and_takes_one_place(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """I3: also with another key in the replay, and also after the call has gone on."""
    phone = call().press("1").press("1")
    asked = phone._action("Gather")
    first = phone.post(asked, Digits="1").twiml
    assert phone.post(asked, Digits="1").twiml == first
    assert phone.post(asked, Digits="2").twiml == first
    assert count(database, Offer) == 1
    with database.read() as session:
        assert session.scalar(select(func.sum(Opening.filled))) == 1


def test_an_address_that_was_never_given_out_changes_nothing(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    phone = call().press("1")
    before = count(database, CallTurn)
    asked = phone._action("Gather")
    phone.post(asked.split("&n=")[0] + "&n=guessed", Digits="1")
    assert "摘" in phone.text or "采茶" in phone.text or "搬砖" in phone.text
    assert phone._action("Gather") == asked
    assert count(database, CallTurn) == before


def test_a_turn_of_another_call_is_not_taken_over(signed: SignedClient, database: Database) -> None:
    one, two = PhoneCall(signed), PhoneCall(signed, "+8610007654321")
    stolen = two._action("Gather")
    response = signed.voice(urlsplit(stolen).path + "?" + urlsplit(stolen).query, NUMBER, one.sid, Digits="1")
    assert "摘" not in response.text
    assert count(database, CallTurn) == 2


def test_two_calls_at_once_from_one_number_keep_their_own_place(signed: SignedClient) -> None:
    """I12."""
    one, two = PhoneCall(signed), PhoneCall(signed)
    one.press("4")
    two.press("1")
    assert "要请人" in one.silence().text
    assert "要去" in two.silence().text


# -- our own errors ----------------------------------------------------------------------------------------------------------


def test_an_error_of_ours_still_gives_a_sentence_and_a_way_on(
    call: Callable[..., PhoneCall], database: Database, deps: Deps
) -> None:
    phone = call().press("1")
    asked = phone._action("Gather")
    whole = database.engine
    database._sessions.configure(bind=None)
    phone.post(asked, Digits="1")
    assert "机器出了点问题" in phone.text
    assert "/twilio/voice/fallback" in phone._action("Gather")
    database._sessions.configure(bind=whole)
    # The key after the apology answers the apology, not the job that was open.
    phone.press("1")
    assert "要去按1" in phone.text
    assert count(database, Offer) == 0


def test_errors_in_a_row_end_with_a_word_and_a_person(call: Callable[..., PhoneCall], database: Database) -> None:
    phone = call().press("1")
    whole = database.engine
    database._sessions.configure(bind=None)
    phone.press("1").press("1").press("1")
    assert "请过一会儿再打" in phone.text
    assert phone.root.find("Dial") is not None or phone.root.find("Hangup") is not None
    database._sessions.configure(bind=whole)


def test_the_fallback_asks_the_open_question_again(call: Callable[..., PhoneCall], signed: SignedClient) -> None:
    phone = call().press("4")
    response = signed.voice("/twilio/voice/fallback", NUMBER, phone.sid, ErrorCode="12100", ErrorUrl="http://x")
    assert "要请人" in response.text
    assert lint(response.text) == []
    fresh = signed.voice("/twilio/voice/fallback", NUMBER, new_sid("CA"), ErrorCode="11200", ErrorUrl="http://x")
    assert "我是机器" in fresh.text


def test_a_storm_of_keys_and_odd_bytes_never_breaks_a_call(call: Callable[..., PhoneCall]) -> None:
    """I6, I12."""
    for keys in ("1" * 400, "٣", "A", "**", "##", "+8610001234567"):
        assert call().press(keys).text
    for words in ("\x00", "／find_jobs", "😀" * 600, "一" * 5000, "{{7*7}}<Hangup/>"):
        phone = call().speak(words)
        assert phone.text
        assert phone.root.find("Hangup") is None
