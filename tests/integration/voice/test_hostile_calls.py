"""Odd and hostile input in a call, signed as the carrier's: never a 5xx, always TwiML with a sentence and a way on.

Issue 4, bad input; I3, I6, I12. What crosses by accident is in test_calls_at_odds.py.
"""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from sqlalchemy import select

from backend.phone_network.twiml import lint
from backend.store.models import Call, CallTurn, Message, Offer, OutboxRow
from backend.store.session import Database
from tests.integration.voice.conftest import count
from tests.support.fakes import FakeEngine
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient, new_sid

Make = Callable[[], Any]
OTHER = "+8610007654321"
# Keys that bring a call from the greeting to each kind of question.
QUESTIONS = {
    "the menu": (), "an opening": ("1",), "a confirmation": ("1", "1"), "other things": ("4",), "the notice": ("2",),
    "a recording": ("2", "1"),
}  # fmt: skip
WORDS = {
    "nothing but NUL": "\x00" * 40, "NUL in the middle": "我想\x00找活", "emoji": "👩‍🌾🍊🍊👍🏽" * 50, "huge": "我想找活路" * 4_000,
    "one character for ever": "啊" * 30_000, "markup": "</Say></Gather><Redirect>http://127.0.0.1/</Redirect>",
    "an intent": '/apply_job{"opening_id": 1}', "brackets": "(" * 3_000, "right to left": "\u202e活找\u202d",
    "spaces": " \u3000\t\r\n ", "a lone accent": "\u0301" * 2_000, "private use": "\ue000\U000f0000", "SQL": "'; DROP TABLE calls; --",
    "digits": "9" * 5_000,
}  # fmt: skip


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_region("500114121002")
        for title, code in (("摘脆红李", "A04"), ("采茶", "A01"), ("搬砖", "B01")):
            f.make_opening(title=title, job_type=code)


def arrived(signed: SignedClient, at: str, number: str = NUMBER) -> PhoneCall:
    phone = PhoneCall(signed, number)
    for key in QUESTIONS[at]:
        phone.press(key)
    return phone


def waits_at(phone: PhoneCall) -> str:
    """The address the call waits at: of its keys, or of its recording."""
    element = phone.root.find("Gather")
    if element is None:
        element = phone.root.find("Record")
    assert element is not None, phone.twiml
    return str(element.get("action"))


def local(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def goes_on(phone: PhoneCall) -> None:
    """Something is said, and the call neither ends nor stands still."""
    assert phone.text
    assert phone.root.find("Hangup") is None
    assert any(phone.root.find(verb) is not None for verb in ("Gather", "Record", "Dial"))


@pytest.mark.parametrize("at", QUESTIONS)
def test_whatever_the_recogniser_hears_is_answered(
    signed: SignedClient, database: Database, engine: FakeEngine, at: str
) -> None:
    for place, words in enumerate(WORDS.values()):
        phone = arrived(signed, at, f"+86100012345{place:02}")
        phone.post(waits_at(phone).replace("/recorded", "/turn"), SpeechResult=words, Confidence="0.9")
        goes_on(phone)
    with database.read() as session:
        assert all(len(body) <= 1600 and "\x00" not in body for body in session.scalars(select(Message.body)))
    assert count(database, Offer) == 0


CONFIDENCES = (
    "abc", "-1", "2", "1e309", "-1e309", "nan", "NaN", "inf", "", "0,9", "٠.٩", "0x1", "1_0", "9" * 400, "\x00",
)  # fmt: skip


@pytest.mark.parametrize("at", ["the menu", "a confirmation"])
def test_whatever_the_recogniser_says_of_itself_takes_no_place_by_mistake(
    signed: SignedClient, database: Database, at: str
) -> None:
    """A confidence that is none counts as not given."""
    for place, sure in enumerate(CONFIDENCES):
        phone = arrived(signed, at, f"+86100012345{place:02}")
        phone.post(waits_at(phone), SpeechResult="嗯那个", Confidence=sure)
        goes_on(phone)
    assert count(database, Offer) == 0
    with database.read() as session:
        kept = session.scalars(select(Message.recogniser_confidence).where(Message.body == "嗯那个")).all()
    assert len(kept) == len(CONFIDENCES) and all(value is None or 0 <= value <= 1 for value in kept)


def test_keys_and_words_at_once_and_fields_twice_are_one_answer(signed: SignedClient, database: Database) -> None:
    phone = PhoneCall(signed)
    phone.post(waits_at(phone), Digits="1", SpeechResult="登记", Confidence="0.9")
    assert "个活" in phone.text, "keys win over words"
    phone.post(
        waits_at(phone), Digits="1", SpeechResult="不要", UnstableSpeechResult="啥子", FinishedOnKey="#", msg="x"
    )
    assert "对不对" in phone.text


FORGED = ("", "start", "0", "x" * 5_000, "\x00", "../start", "🍊", "' OR 1=1 --", "%00")


@pytest.mark.parametrize("verb", ["turn", "recorded", "dial"])
def test_a_forged_nonce_of_the_own_call_changes_nothing(signed: SignedClient, database: Database, verb: str) -> None:
    """I3: the open question comes again, or the greeting's own bytes for its own nonce."""
    phone = arrived(signed, "a confirmation")
    right, before = waits_at(phone), count(database, CallTurn)
    call_id = local(right).split("call=")[1].split("&")[0]
    for nonce in FORGED:
        path = f"/twilio/voice/{verb}?call={call_id}&n={quote(nonce)}"
        phone.post(path, Digits="1", RecordingUrl="http://carrier/r", DialCallStatus="completed")
        goes_on(phone)
    assert count(database, CallTurn) == before and count(database, Offer) == 0
    assert "报上了" in phone.post(right, Digits="1").text, "the right address still works"


NO_CALLS = ("", "0", "-1", "1.0", "1e3", "٣", "９", "x", "1" * 19, "9" * 500, "%00", "1%201", "null", "1;2")


@pytest.mark.parametrize("verb", ["turn", "recorded", "dial"])
def test_a_forged_call_gets_a_word_and_no_effect(signed: SignedClient, database: Database, verb: str) -> None:
    phone = PhoneCall(signed)
    before = count(database, CallTurn), count(database, Message)
    for call in NO_CALLS:
        response = signed.voice(f"/twilio/voice/{verb}?call={quote(call, safe='%')}&n=x", NUMBER, phone.sid, Digits="1")
        assert response.status_code == 200 and lint(response.text) == []
        assert ElementTree.fromstring(response.text).findtext("Say") or "<prosody" in response.text
    assert (count(database, CallTurn), count(database, Message)) == before


def test_two_calls_cannot_answer_each_other_whatever_is_mixed(signed: SignedClient, database: Database) -> None:
    """I3, I12: id, nonce and CallSid belong together; of one number as of two."""
    one, two, three = PhoneCall(signed), PhoneCall(signed), PhoneCall(signed, OTHER)
    for phone in (one, two, three):
        phone.press("1").press("1")
    before = count(database, CallTurn)
    for mine, yours in itertools.permutations((one, two, three), 2):
        # The other's address, and the own call with the other's nonce.
        stolen = local(waits_at(yours))
        nonce = stolen.split("&n=")[1]
        for path in (stolen, f"{local(waits_at(mine)).split('&n=')[0]}&n={nonce}"):
            response = signed.voice(path, mine.number, mine.sid, Digits="1")
            assert response.status_code == 200 and lint(response.text) == []
            assert "报上了" not in response.text
    assert count(database, CallTurn) == before and count(database, Offer) == 0


def test_a_turn_before_its_call_and_after_its_end_has_no_effect_and_a_word(
    signed: SignedClient, database: Database
) -> None:
    sid = new_sid("CA")
    early = signed.voice("/twilio/voice/turn?call=1&n=start", NUMBER, sid, Digits="1")
    assert early.status_code == 200 and lint(early.text) == []
    phone = arrived(signed, "a confirmation")
    asked = waits_at(phone)
    phone.hang_up()
    late = signed.voice(local(asked), NUMBER, phone.sid, Digits="1")
    assert late.status_code == 200 and lint(late.text) == []


STATUSES = ("initiated", "ringing", "in-progress", "completed")


def test_status_callbacks_in_any_order_and_twice_leave_an_ended_call_ended(
    signed: SignedClient, database: Database
) -> None:
    """D7: what comes late moves nothing backwards, and one text at most goes out for the call (V20)."""
    for place, order in enumerate(itertools.permutations(STATUSES)):
        number = f"+86100012345{place:02}"
        phone = arrived(signed, "an opening", number)
        for status in (*order, *order):
            assert signed.voice("/twilio/voice/status", number, phone.sid, CallStatus=status).status_code == 204
        assert count(database, OutboxRow, OutboxRow.to_number == number) <= 1
    with database.read() as session:
        for call in session.scalars(select(Call)):
            assert call.status == "completed" and call.ended_at is not None


def test_a_status_nobody_knows_ends_no_call(signed: SignedClient) -> None:
    phone = PhoneCall(signed)
    for status in ["", "COMPLETED", "done", "\x00", "x" * 5_000, "完了", "completed\r\n"]:
        assert signed.voice("/twilio/voice/status", NUMBER, phone.sid, CallStatus=status).status_code == 204
        assert signed.voice("/twilio/voice/status", NUMBER, "CA\x00", CallStatus="completed").status_code < 500
    assert "个活" in phone.press("1").text


def test_an_odd_recording_is_taken_or_asked_for_again(signed: SignedClient) -> None:
    odd = ["file:///etc/passwd", "javascript:1", "http://" + "x" * 20_000, "\x00", "留话", " "]
    for place, (url, key) in enumerate(itertools.product(odd, ["#", "hangup", "1" * 10_000, "\x00", "A", ""])):
        phone = arrived(signed, "a recording", f"+86100012345{place:02}")
        phone.post(waits_at(phone), RecordingUrl=url, RecordingDuration="-1", Digits=key)
        goes_on(phone)


def test_however_a_transfer_ends_the_call_goes_on(signed: SignedClient) -> None:
    for place, status in enumerate(["", "answered", "COMPLETED", "\x00", "x" * 5_000, "完了", "no-answer"]):
        phone = PhoneCall(signed, f"+86100012345{place:02}").press("0")
        phone.dial_ended(status)
        goes_on(phone)


def test_the_fallback_always_finds_a_way_on(signed: SignedClient) -> None:
    phone = arrived(signed, "other things")
    forms: list[dict[str, str]] = [
        {"Digits": "0"},
        {"Digits": "1" * 10_000},
        {"ErrorCode": "x" * 9_000},
        {"Digits": "\x00"},
        {},
    ]
    for form, e in itertools.product(forms, ["", "0", "2", "-1", "x", "٣", "9" * 5_000]):
        response = signed.voice(f"/twilio/voice/fallback?e={quote(e)}", NUMBER, phone.sid, **form)
        assert response.status_code == 200 and lint(response.text) == [] and "<Say" in response.text


@pytest.mark.parametrize("path", ["", "/status", "/machine"])
def test_a_call_of_ours_that_we_never_placed_is_met_with_a_word(
    signed: SignedClient, database: Database, path: str
) -> None:
    queries = ("", "?r=", "?r=x", "?r=" + "9" * 3_000, "?r=%00", "?r=%F0%9F%8D%8A", "?reference=x")
    forms: list[dict[str, str]] = [
        {},
        {"CallStatus": "\x00"},
        {"AnsweredBy": "x" * 5_000, "CallStatus": "completed"},
        {"AnsweredBy": "machine_start", "CallStatus": "busy"},
    ]
    for query, more in itertools.product(queries, forms):
        response = signed.voice(
            f"/twilio/voice/placed{path}{query}", NUMBER, new_sid("CA"), Direction="outbound-api", **more
        )
        assert response.status_code in {200, 204}
        if response.status_code == 200:
            assert lint(response.text) == [] and "<Say" in response.text
    assert count(database, Call) == 0
