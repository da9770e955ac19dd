"""Calls that cross: dropped and taken up again, two at once, answers out of order, numbers withheld (V18, V19, I12)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.phone_network.twiml import lint
from backend.services.deps import Deps
from backend.store.models import Call, CallTurn, Case, Conversation, Handset, Message, Offer
from backend.store.session import Database
from tests.integration.voice.conftest import count
from tests.support.clock import SettableClock
from tests.support.fakes import FakeEngine
from tests.support.phone_call import PhoneCall
from tests.support.signing import SignedClient, new_sid

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_region("500114121002")
        f.make_region("500114121003", "双石村")
        for title, code in (("摘脆红李", "A04"), ("采茶", "A01"), ("搬砖", "B01")):
            f.make_opening(title=title, job_type=code)


# -- taken up again (V19) -------------------------------------------------------------------------------------------------


def test_an_offer_that_waited_for_an_answer_is_asked_about_again(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """V19: the own list as it is now."""
    call().press("1").press("1").press("1").hang_up()
    with database.write() as session:
        session.execute(update(Offer).values(status="offered"))
    call().press("*").press("3").hang_up()
    again = call()
    assert "上回说到一半" in again.text and "在等您回话" in again.text
    with database.write() as session:
        session.execute(update(Offer).values(status="withdrawn"))
    again.hang_up()
    assert "还没报活" in call().text


def test_the_own_list_once_heard_is_not_read_at_the_next_call(call: Callable[..., PhoneCall]) -> None:
    """V19, where it makes sense: hearing the list was the whole wish."""
    call().press("1").press("1").press("1").hang_up()
    call().press("3").hang_up()
    assert "上回" not in call().text


def test_what_was_being_read_back_is_asked_again_and_not_taken_for_granted(call: Callable[..., PhoneCall]) -> None:
    """V19."""
    phone = call().press("2").press("1").record().press("58").press("1")
    phone.speak("双石村")
    assert "双石村,对不对" in phone.text
    phone.hang_up()
    again = call()
    assert "哪个村" in again.text and "双石村,对不对" not in again.text


def test_a_call_in_progress_is_neither_resumed_nor_disturbed_by_a_second_one(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """I12: the state is the call's own."""
    call().press("1").press("2").hang_up()  # dropped before
    one = call().press("1")
    first = one.text.split("。")[1]
    two = call()
    assert "上回" not in two.text
    two.press("1").press("2").press("1").press("1")
    assert "报上了" in two.text
    assert first in one.silence().text or "要去" in one.text
    assert count(database, Offer, Offer.status == "accepted") == 1


def test_a_key_in_one_call_does_not_answer_what_the_other_call_was_asked(
    call: Callable[..., PhoneCall], database: Database, engine: FakeEngine
) -> None:
    """I12, M04: a yes belongs to the question it was asked for."""
    one = call().press("1").press("1").press("1").press("3")
    assert "不去了按1" in one.text
    with database.write() as session:
        call_row = session.scalars(select(Call)).one()
        conversation = session.get_one(Conversation, call_row.conversation_id)
        answer = {"kind": "confirm_registration", "facts": {}, "for_other": False, "notice_version": "1", "changed": []}
        flow = {**call_row.state["flow"], "at": "confirm", "data": {"answer": answer}, "back": []}
        call_row.state = {**call_row.state, "flow": flow}
        conversation.context = {**conversation.context, "pending": {"kind": "confirm_withdraw", "options": {
            "1": {"act": "withdraw_application", "params": {"confirmed": True}}}}}  # fmt: skip
    one.press("1")
    assert "刚才的事断了" in one.text
    assert count(database, Offer, Offer.status == "accepted") == 1


# -- out of order -------------------------------------------------------------------------------------------------------------


def test_an_answer_to_an_earlier_question_changes_nothing(call: Callable[..., PhoneCall], database: Database) -> None:
    """I3: a key that was long on its way."""
    phone = call()
    menu = phone._action("Gather")
    job = phone.press("1").twiml
    assert phone.post(menu, Digits="2").twiml == job
    phone.press("1").press("1")
    assert count(database, Offer) == 1
    assert phone.post(menu, Digits="3").twiml == job
    assert count(database, Offer) == 1


@pytest.mark.parametrize("keys", ["A", "abcd", "1" * 10_000, "٣", "**", "##", "  ", "+8610001234567", "1;DROP", "\x00"])
def test_whatever_comes_as_keys_leaves_a_sentence_and_a_way_on(
    call: Callable[..., PhoneCall], database: Database, keys: str
) -> None:
    """Issue 4, bad input."""
    phone = call().press(keys)
    assert phone.text and phone.root.find("Hangup") is None
    with database.read() as session:
        kept = session.scalars(select(Message.keys).where(Message.keys.is_not(None))).all()
        assert all(len(row) <= 32 for row in kept)
    assert "个活" in phone.press("1").text


@pytest.mark.parametrize(
    "form", [{"SpeechResult": ""}, {"SpeechResult": "  ", "Confidence": "0.9"}, {"Digits": ""}, {}]
)
def test_a_result_without_anything_in_it_is_silence(
    call: Callable[..., PhoneCall], database: Database, form: dict[str, str]
) -> None:
    """Issue 4, item 8: empty results are a normal branch."""
    phone = call()
    phone.post(phone._action("Gather"), **form)
    assert phone.text.startswith("没听到您说话。")
    assert phone.press("1").text
    with database.read() as session:
        heard = session.scalars(select(Message).where(Message.body == "(没出声)")).one()
        assert heard.keys is None and heard.recogniser_confidence is None


@pytest.mark.parametrize(
    "sender",
    ["anonymous", "Anonymous", "", "unavailable", "Restricted", "+266696687", "+7378742833", "+2562533", "+8656696",
     "+86282452253", "sip:someone@example", "12333"],
)  # fmt: skip
def test_a_withheld_number_is_put_through_and_leaves_no_trace(
    signed: SignedClient, database: Database, sender: str
) -> None:
    """Issue 4, bad input: without a number there is nobody to keep a conversation with."""
    response = signed.voice("/twilio/voice", sender, new_sid("CA"))
    assert response.status_code == 200 and lint(response.text) == []
    assert "看不到您的号码" in response.text and "<Dial" in response.text
    assert count(database, Call) == count(database, Handset) == 0


# -- too long (V18) -----------------------------------------------------------------------------------------------------------


def test_after_eight_minutes_another_way_is_offered_and_the_call_goes_on(
    call: Callable[..., PhoneCall], clock: SettableClock
) -> None:
    """V18."""
    phone = call()
    clock.advance(minutes=8)
    assert "您也可以发短信,或按0找人" in phone.press("1").text
    assert phone.root.find("Gather") is not None
    clock.advance(minutes=4)
    assert phone.press("2").root.find("Hangup") is not None


def test_after_twelve_minutes_a_cry_for_help_is_still_put_through(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock
) -> None:
    """V17 before V18."""
    phone = call()
    clock.advance(minutes=13)
    phone.speak("我在工地上摔断了腿", confidence="0.1")
    assert "幺二零" in phone.text and phone.root.find("Dial") is not None
    assert count(database, Case, Case.kind == "injury") == 1


def test_a_call_of_forty_turns_ends_with_a_word(call: Callable[..., PhoneCall], database: Database) -> None:
    """V18."""
    phone = call()
    for _ in range(45):
        if phone.root.find("Hangup") is not None:
            break
        phone.press("1" if phone.root.find("Dial") is None else "0") if phone.root.find(
            "Gather"
        ) is not None else phone.dial_ended("completed")
    assert "先挂了" in phone.text
    assert count(database, CallTurn) <= 41


def test_a_cry_for_help_is_written_down_while_a_text_of_the_number_is_in_work(
    call: Callable[..., PhoneCall],
    database: Database,
    deps: Deps,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """V17: it waits for no other turn."""
    from datetime import timedelta

    from ivr import turns

    monkeypatch.setattr(turns, "WAIT_FOR_NUMBER_S", 0.0)
    phone = call()
    with database.write() as session:
        session.execute(update(Handset).values(lease_token="an sms", lease_until=clock() + timedelta(seconds=20)))
    assert "幺幺零" in phone.speak("老板把我打了不准我走").text
    assert count(database, Case, Case.kind == "violence") == 1
