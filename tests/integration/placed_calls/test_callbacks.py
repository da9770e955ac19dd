"""Ringing back, and who picks up: on both databases and over signed webhooks (V15, V17, V19, D7, M08)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from backend.services import follow_ringing, place_calls, put_offer
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Call, PlannedCall
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.placed import (
    Answered,
    count,
    machine,
    tell,
    the_attempt,
    the_plan,
)
from tests.support.signing import SignedClient, new_sid

Make = Callable[[], Any]


# -- callbacks (V15) -------------------------------------------------------------------------------------------------------


def test_v15_a_call_that_broke_off_is_rung_back_within_ten_minutes_and_goes_on(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    broken = call().press("2").press("1").record()  # registering; the name is recorded
    hung_up_at = clock()
    broken.hang_up()
    ring = due()
    assert ring is not None and ring["to"] == NUMBER
    assert clock() - hung_up_at <= timedelta(minutes=10)
    answered = Answered(signed, ring)
    assert answered.text.startswith("您好。我是") and "零工热线的机器。不收钱。找真人按0。" in answered.text, "V16"
    assert "没办完" in answered.text and "不要再打来按3" in answered.text
    assert "岁" in answered.press("1").text, "V19: where it broke off"
    answered.hang_up()
    plan = the_plan(deps)
    assert plan is not None and (plan.purpose, plan.status, plan.attempts) == ("callback", "answered", 1)
    assert not place_calls.something_due(deps)
    clock.advance(minutes=30)
    assert due() is None, "never after an answered call"


def test_v15_three_tries_and_no_more(call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient,
                                     clock: SettableClock, carrier: FakeCarrier) -> None:  # fmt: skip
    call().hang_up()
    for status in ("no-answer", "busy", "failed"):
        ring = due()
        assert ring is not None
        tell(signed, ring, "ringing")
        tell(signed, ring, status)
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("unreached", 3)
    clock.advance(hours=30)
    assert due() is None
    assert len(carrier.rings) == 3


@pytest.mark.parametrize("ends", ["canceled", "busy", "no-answer", "failed"])
def test_v15_a_call_that_the_line_never_answered_is_rung_back(
    signed: SignedClient, deps: Deps, due: Any, ends: str
) -> None:
    signed.voice("/twilio/voice/status", NUMBER, new_sid("CA"), CallStatus=ends)
    ring = due()
    assert ring is not None and ring["to"] == NUMBER
    assert "没接到" in Answered(signed, ring).text


def test_a_missed_call_told_twice_is_rung_back_once(signed: SignedClient, deps: Deps, database: Any) -> None:
    sid = new_sid("CA")
    for _ in range(3):
        signed.voice("/twilio/voice/status", NUMBER, sid, CallStatus="no-answer")
    assert count(database, PlannedCall) == 1


def test_v15_nobody_is_rung_back_after_something_was_finished_or_said_goodbye(
    call: Callable[[], PhoneCall], deps: Deps, make: Make, database: Any
) -> None:
    with make() as f:
        f.make_opening()
    heard_out = call().press("1").press("2")
    assert "就这几个活" in heard_out.text
    heard_out.hang_up()
    talked = call().press("0").dial_ended("completed")
    talked.hang_up()
    left_word = call().press("0").dial_ended("no-answer")
    left_word.hang_up()
    taken = call().press("1").press("1").press("1")
    assert "报上了" in taken.text
    taken.hang_up()
    assert count(database, PlannedCall) == 0


def test_v15_a_hidden_number_and_one_abroad_are_never_rung(signed: SignedClient, database: Any) -> None:
    """I11."""
    signed.voice("/twilio/voice/status", "anonymous", new_sid("CA"), CallStatus="no-answer")
    signed.voice("/twilio/voice/status", "+19005550199", new_sid("CA"), CallStatus="no-answer")
    abroad = PhoneCall(signed, "+85223456789")
    abroad.hang_up()
    assert count(database, PlannedCall) == 0


def test_v15_whoever_rings_again_and_finishes_is_not_rung(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, make: Make, clock: SettableClock
) -> None:
    with make() as f:
        f.make_opening()
    call().hang_up()
    clock.advance(minutes=1)
    again = call()
    clock.advance(minutes=2, seconds=30)
    assert place_calls.something_due(deps)
    place_calls.place_next(deps)
    plan = the_plan(deps)
    assert plan is not None and plan.attempts == 0, "not while she is talking with the line"
    again.press("1").press("1").press("1").hang_up()
    clock.advance(hours=2)
    assert due() is None
    with deps.db.read() as session:
        assert set(session.scalars(select(PlannedCall.suppressed_reason))) == {"done"}


def test_v15_a_text_that_finishes_something_takes_the_callback_back(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    from backend.worker.loops import one_turn

    call().hang_up()
    signed.sms(NUMBER, "0")
    assert one_turn(deps)
    clock.advance(minutes=5)
    assert due() is None


def test_v15_the_line_rings_between_eight_and_eight_only(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock
) -> None:
    clock.set(datetime(2026, 6, 10, 19, 59, tzinfo=TIMEZONE))
    call().hang_up()
    plan = the_plan(deps)
    assert plan is not None
    assert plan.due_at == datetime(2026, 6, 11, 8, 0, tzinfo=TIMEZONE)
    assert due() is not None


def test_f7_a_call_due_in_a_night_nobody_was_awake_is_dropped_with_its_reason(
    call: Callable[[], PhoneCall], deps: Deps, clock: SettableClock, carrier: FakeCarrier
) -> None:
    call().hang_up()
    clock.set(datetime(2026, 6, 11, 3, 0, tzinfo=TIMEZONE))  # the processes come back at three
    while place_calls.place_next(deps):
        pass
    follow_ringing.settle(deps)
    plan = the_plan(deps)
    assert plan is not None and plan.status == "expired"
    assert carrier.rings == []


def test_v15_staff_who_have_the_conversation_are_not_rung_in_between(
    call: Callable[[], PhoneCall], deps: Deps, make: Make, database: Any
) -> None:
    with make() as f:
        staff = f.make_staff("county", "500114")
    broken = call()
    with deps.db.write() as session:
        from backend.store.models import Conversation

        session.scalars(select(Conversation)).one().taken_by = staff.id
    broken.hang_up()
    assert count(database, PlannedCall) == 0


# -- who picks up ----------------------------------------------------------------------------------------------------------


def test_nobody_says_anything_and_it_counts_as_not_reached(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient
) -> None:
    call().hang_up()
    ring = due()
    assert ring is not None
    answered = Answered(signed, ring)
    first = answered.text
    again = answered.silence().text
    assert "没听到您说话" in again and len(again) < len(first)
    assert "先挂了" in answered.silence().text
    assert answered.root.find("Hangup") is not None
    answered.hang_up()
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("planned", 1)
    assert due() is not None, "tried again"


def test_a_hang_up_in_the_first_sentence_counts_as_not_reached(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient
) -> None:
    call().hang_up()
    ring = due()
    assert ring is not None
    Answered(signed, ring).hang_up()
    plan = the_plan(deps)
    assert plan is not None and plan.status == "planned"


def test_m08_a_machine_is_hung_up_on_and_tried_again(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient, carrier: FakeCarrier
) -> None:
    call().press("2").press("1").record().hang_up()
    ring = due()
    assert ring is not None
    answered = Answered(signed, ring)
    assert "岁" not in answered.text, "nothing of hers is told before somebody is there"
    machine(signed, ring, "machine_start")
    machine(signed, ring, "human")  # late and contrary: the first word stands
    assert carrier.hung_up == [ring["sid"]]
    answered.hang_up()
    assert (the_attempt(deps).answered_by, the_attempt(deps).status) == ("machine", "completed")
    ring = due()
    assert ring is not None
    assert "岁" in Answered(signed, ring).press("1").text, "V19: what broke off is still what it was"


def test_whoever_has_pressed_a_key_is_no_machine(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient, carrier: FakeCarrier
) -> None:
    call().hang_up()
    ring = due()
    assert ring is not None
    answered = Answered(signed, ring).press("1")
    machine(signed, ring, "machine_end_beep")
    assert carrier.hung_up == []
    answered.hang_up()
    plan = the_plan(deps)
    assert plan is not None and plan.status == "answered"


def test_d7_status_callbacks_late_twice_and_out_of_order_move_nothing_back(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient
) -> None:
    call().hang_up()
    ring = due()
    assert ring is not None
    for status in ("ringing", "queued", "no-answer", "initiated", "ringing", "no-answer", "completed", "in-progress"):
        tell(signed, ring, status)
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("planned", 1)
    assert the_attempt(deps).status == "no-answer"


def test_a_stranger_to_the_ringing_learns_and_changes_nothing(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient, database: Any
) -> None:
    """I2, I3: a reference that is not ours, or that of another call."""
    call().hang_up()
    ring = due()
    assert ring is not None
    answer = signed.voice("/twilio/voice/placed?r=nonsense", NUMBER, new_sid("CA"))
    assert "Hangup" in answer.text and count(database, Call, Call.direction == "outbound") == 0
    parts = urlsplit(ring["url"])
    other = signed.voice(f"{parts.path}?{parts.query}", NUMBER, new_sid("CA"))
    assert "Hangup" in other.text and count(database, Call, Call.direction == "outbound") == 0
    form = {"CallSid": ring["sid"], "CallStatus": "completed"}
    for address in (ring["url"], ring["status_url"], ring["machine_url"]):
        parts = urlsplit(address)
        assert signed.post(f"{parts.path}?{parts.query}", form, signature="").status_code == 403


def test_i3_the_first_webhook_again_gets_the_same_bytes(
    call: Callable[[], PhoneCall], due: Any, signed: SignedClient, database: Any
) -> None:
    call().hang_up()
    ring = due()
    assert Answered(signed, ring).twiml == Answered(signed, ring).twiml
    assert count(database, Call, Call.direction == "outbound") == 1


def test_v17_for_callers_of_65_the_person_comes_first_and_silence_is_still_nobody(
    deps: Deps, make: Make, due: Any, signed: SignedClient
) -> None:
    with make() as f:
        elder = f.make_worker(number=NUMBER, birth_year=1950, preferred_channel="voice")
        opening = f.make_opening()
    with deps.db.write() as session:
        put_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening.id, worker_id=elder.id)
    answered = Answered(signed, due())
    assert answered.text.startswith("您好,想找真人说话,按0。")
    answered.silence()
    assert "先挂了" in answered.silence().text


def test_m08_a_machine_whose_announcement_was_taken_for_words_is_hung_up_on(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient, carrier: FakeCarrier
) -> None:
    call().hang_up()
    ring = due()
    assert ring is not None
    answered = Answered(signed, ring).speak("您拨打的用户暂时无法接听请在嘀声后留言")
    machine(signed, ring, "machine_start")
    assert carrier.hung_up == [ring["sid"]]
    answered.hang_up()
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("planned", 1)


def test_v15_whoever_said_wrong_number_is_not_rung_back(call: Callable[[], PhoneCall], database: Any) -> None:
    call().speak("打错了").hang_up()  # asked whether the entry is another's, and left at that
    assert count(database, PlannedCall) == 0
