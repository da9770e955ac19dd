"""Calls the line places: planned, capped, placed, answered or not, on both databases and over signed webhooks."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from backend.carriers.base import CarrierBusy
from backend.errors import CarrierError
from backend.services import answer_offer, follow_up, place_calls, reminders
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Call, CallAttempt, Case, Handset, HandsetOwner, Message, Offer, OutboxRow, PlannedCall
from tests.integration.test_voice_webhooks import PhoneCall, count
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier, FakeEngine
from tests.support.signing import SignedClient, new_sid

NUMBER = "+8610001234567"
Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_region("500114121002")
        f.make_region("500114121003", "双石村")


class Answered(PhoneCall):
    """The handset of a call of ours: picked up, the carrier fetches what the line says."""

    def __init__(self, signed: SignedClient, ring: dict[str, Any]) -> None:
        self.signed, self.number, self.sid, self.ring = signed, ring["to"], ring["sid"], ring
        self.post(ring["url"], CallStatus="in-progress", Direction="outbound-api")

    def hang_up(self) -> None:
        tell(self.signed, self.ring, "completed")


def tell(signed: SignedClient, ring: dict[str, Any], status: str, **more: str) -> None:
    parts = urlsplit(ring["status_url"])
    answer = signed.voice(f"{parts.path}?{parts.query}", ring["to"], ring["sid"], CallStatus=status, **more)
    assert answer.status_code == 204


def machine(signed: SignedClient, ring: dict[str, Any], answered_by: str) -> None:
    parts = urlsplit(ring["machine_url"])
    answer = signed.voice(f"{parts.path}?{parts.query}", ring["to"], ring["sid"], AnsweredBy=answered_by)
    assert answer.status_code == 204


@pytest.fixture
def call(signed: SignedClient) -> Callable[[], PhoneCall]:
    return lambda: PhoneCall(signed, NUMBER)


@pytest.fixture
def due(deps: Deps, clock: SettableClock, carrier: FakeCarrier) -> Callable[[], dict[str, Any] | None]:
    """Let the next planned call come due and place it; what the carrier was asked, or None if nothing was rung."""

    def place() -> dict[str, Any] | None:
        planned = the_plan(deps)
        if planned is not None and planned.status == "planned" and planned.due_at > clock():
            clock.set(planned.due_at)
        before = len(carrier.rings)
        while place_calls.place_next(deps):
            pass
        return carrier.rings[-1] if len(carrier.rings) > before else None

    return place


def the_plan(deps: Deps) -> PlannedCall | None:
    with deps.db.read() as session:
        return session.scalar(select(PlannedCall).order_by(PlannedCall.id.desc()).limit(1))


def the_attempt(deps: Deps) -> CallAttempt:
    with deps.db.read() as session:
        return session.scalars(select(CallAttempt).order_by(CallAttempt.id.desc()).limit(1)).one()


def texts(deps: Deps) -> list[str]:
    with deps.db.read() as session:
        return list(session.scalars(select(OutboxRow.body).where(OutboxRow.to_number == NUMBER).order_by(OutboxRow.id)))


@pytest.fixture
def worker(make: Make, deps: Deps) -> Callable[..., tuple[int, int]]:
    """A worker who would rather talk, and an opening; returns their ids."""

    def made(channel: str = "voice", **opening: Any) -> tuple[int, int]:
        with make() as f:
            someone = f.make_worker(number=NUMBER, preferred_channel=channel)
            return someone.id, f.make_opening(hours_from="07:00", hours_to="17:00", **opening).id

    return made


@pytest.fixture
def offered(worker: Callable[..., tuple[int, int]], deps: Deps) -> Callable[..., int]:
    def made(**more: Any) -> int:
        worker_id, opening_id = worker(**more)
        with deps.db.write() as session:
            offer = answer_offer.offer_opening(
                session, deps, now=deps.clock(), opening_id=opening_id, worker_id=worker_id
            )
            return offer.id

    return made


def offer_of(deps: Deps, offer_id: int) -> Offer:
    with deps.db.read() as session:
        return session.get_one(Offer, offer_id)


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
    assert answered.text.startswith("您好,这里是零工热线。我是机器,要找真人,按0。"), "V16"
    assert "没说完" in answered.text and "不要再打来按3" in answered.text
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
    assert "没说完" in Answered(signed, ring).text


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
    place_calls.settle(deps)
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
        answer_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening.id, worker_id=elder.id)
    answered = Answered(signed, due())
    assert answered.text.startswith("您好,想找真人说话,按0。")
    answered.silence()
    assert "先挂了" in answered.silence().text


# -- caps, which hold when anything else fails (I11) ---------------------------------------------------------------------------


def test_i11_one_number_rings_at_most_three_times_a_day_whatever_for(
    call: Callable[[], PhoneCall],
    due: Any,
    deps: Deps,
    signed: SignedClient,
    clock: SettableClock,
    carrier: FakeCarrier,
) -> None:
    for _ in range(6):
        call().hang_up()
        for _ in range(3):
            if (ring := due()) is not None:
                tell(signed, ring, "no-answer")
        clock.advance(minutes=10)
    assert len(carrier.rings) == 3
    with deps.db.read() as session:
        assert "number_cap" in set(session.scalars(select(PlannedCall.suppressed_reason)))
    clock.advance(hours=24)
    call().hang_up()
    assert due() is not None


def test_i11_the_whole_line_has_a_cap_a_day(
    deps: Deps, signed: SignedClient, clock: SettableClock, carrier: FakeCarrier
) -> None:
    deps.settings = replace(deps.settings, calls_per_day=2, calls_at_once=99)
    for n in range(4):
        PhoneCall(signed, f"+861000999000{n}").hang_up()
    clock.advance(minutes=4)
    while place_calls.place_next(deps):
        pass
    assert len(carrier.rings) == 2
    with deps.db.read() as session:
        assert list(session.scalars(select(PlannedCall.suppressed_reason).where(PlannedCall.status == "suppressed"))) == [
            "daily_cap", "daily_cap"]  # fmt: skip


def test_i11_at_most_so_many_ring_at_the_same_time(
    deps: Deps, signed: SignedClient, clock: SettableClock, carrier: FakeCarrier
) -> None:
    deps.settings = replace(deps.settings, calls_at_once=1)
    for n in range(3):
        PhoneCall(signed, f"+861000999000{n}").hang_up()
    clock.advance(minutes=4)
    while place_calls.place_next(deps):
        pass
    assert len(carrier.rings) == 1
    tell(signed, carrier.rings[0], "no-answer")
    clock.advance(seconds=20)
    while place_calls.place_next(deps):
        pass
    assert len(carrier.rings) == 2


def test_i11_the_ringing_is_on_record_before_the_carrier_is_asked(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, carrier: FakeCarrier, database: Any
) -> None:
    seen: list[int] = []
    carrier.before_ringing = lambda: seen.append(count(database, CallAttempt, CallAttempt.status == "placing"))
    call().hang_up()
    assert due() is not None
    assert seen == [1]


def test_i11_a_cap_that_cannot_be_counted_lets_nothing_ring(
    call: Callable[[], PhoneCall],
    deps: Deps,
    clock: SettableClock,
    carrier: FakeCarrier,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("the count is not to be had")

    call().hang_up()
    clock.advance(minutes=4)
    monkeypatch.setattr(place_calls, "_free_at", broken)
    with pytest.raises(RuntimeError):
        place_calls.place_next(deps)
    assert carrier.rings == []
    plan = the_plan(deps)
    assert plan is not None and plan.status == "planned"


def test_two_workers_at_once_ring_a_number_once_and_keep_the_cap(
    deps: Deps, signed: SignedClient, clock: SettableClock, carrier: FakeCarrier
) -> None:
    """D11: claimed once each; the last free ringing is not given twice."""
    deps.settings = replace(deps.settings, calls_per_day=3, calls_at_once=99)
    for n in range(6):
        PhoneCall(signed, f"+861000999000{n}").hang_up()
    clock.advance(minutes=4)
    barrier = threading.Barrier(4)
    problems: list[Exception] = []

    def work() -> None:
        barrier.wait()
        try:
            while place_calls.place_next(deps):
                pass
        except Exception as problem:
            problems.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    while place_calls.place_next(deps):
        pass
    assert problems == []
    assert len(carrier.rings) == 3
    assert len({ring["to"] for ring in carrier.rings}) == 3


# -- an unknown outcome (F6), a refusal (D6) ------------------------------------------------------------------------------------


def test_f6_an_unknown_outcome_is_never_rung_again_blindly_and_its_webhook_finds_it(
    call: Callable[[], PhoneCall],
    due: Any,
    deps: Deps,
    signed: SignedClient,
    clock: SettableClock,
    carrier: FakeCarrier,
) -> None:
    call().hang_up()
    carrier.fail_calls_with = [CarrierError("no clear answer", outcome_unknown=True)]
    ring = due()
    assert ring is not None  # it rings all the same, we only do not know
    clock.advance(minutes=5)
    place_calls.settle(deps)
    assert due() is None
    answered = Answered(signed, ring).press("1")
    answered.hang_up()
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("answered", 1)
    assert the_attempt(deps).call_sid == ring["sid"]


def test_f6_an_unknown_outcome_without_any_word_counts_as_a_try_after_ten_minutes(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock, carrier: FakeCarrier
) -> None:
    call().hang_up()
    carrier.fail_calls_with = [CarrierError("no clear answer", outcome_unknown=True)]
    due()
    clock.advance(minutes=9)
    assert place_calls.settle(deps) == 0
    clock.advance(minutes=2)
    assert place_calls.settle(deps) == 1
    assert place_calls.settle(deps) == 0
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("planned", 1)


def test_f6_a_worker_that_died_while_placing_leaves_one_try_behind(
    call: Callable[[], PhoneCall], deps: Deps, clock: SettableClock, carrier: FakeCarrier
) -> None:
    class Killed(BaseException):
        pass

    def die() -> None:
        raise Killed

    call().hang_up()
    clock.advance(minutes=4)
    carrier.before_ringing = die
    with pytest.raises(Killed):
        place_calls.place_next(deps)
    carrier.before_ringing = None
    assert not place_calls.place_next(deps)
    clock.advance(minutes=11)
    assert place_calls.settle(deps) == 1
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("planned", 1)


def test_d6_a_refusal_counts_as_a_try_and_a_permanent_one_ends_it(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock, carrier: FakeCarrier
) -> None:
    call().hang_up()
    carrier.fail_calls_with = [CarrierBusy("busy", retry_after_s=240)]
    due()
    plan = the_plan(deps)
    assert plan is not None and plan.status == "planned"
    assert plan.due_at == clock() + timedelta(seconds=240), "as long as the carrier wishes"
    carrier.fail_calls_with = [CarrierError("no such number", permanent=True, code="21211")]
    due()
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.attempts) == ("unreached", 2)


def test_f6_a_call_that_never_tells_its_end_is_settled(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    call().hang_up()
    Answered(signed, due())
    clock.advance(minutes=16)
    assert place_calls.settle(deps) == 1
    plan = the_plan(deps)
    assert plan is not None and plan.status == "planned"


# -- not wanted (key 3, 退订, 恢复) -------------------------------------------------------------------------------------------


def test_v15_key_three_is_never_to_be_called_again_until_she_says_so(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient, clock: SettableClock, database: Any
) -> None:
    from backend.worker.loops import one_turn

    call().hang_up()
    answered = Answered(signed, due()).press("3")
    assert "不再打给您" in answered.text and answered.root.find("Hangup") is not None
    answered.hang_up()
    clock.advance(minutes=1)
    call().hang_up()  # calling by herself does not lift it
    signed.sms(NUMBER, "有啥子活")
    one_turn(deps)
    assert count(database, PlannedCall) == 1
    signed.sms(NUMBER, "恢复")
    one_turn(deps)
    with deps.db.read() as session:
        handset = session.scalars(select(Handset).where(Handset.number == NUMBER)).one()
        assert handset.calls_opted_out_at is None and handset.opted_out_at is None
    clock.advance(minutes=1)
    call().hang_up()
    assert count(database, PlannedCall) == 2


def test_m10_whoever_opted_out_of_texts_is_not_rung_either(
    call: Callable[[], PhoneCall],
    due: Any,
    deps: Deps,
    clock: SettableClock,
    signed: SignedClient,
    carrier: FakeCarrier,
) -> None:
    from backend.worker.loops import one_turn

    call().hang_up()
    signed.sms(NUMBER, "退订")
    one_turn(deps)
    clock.advance(minutes=5)
    assert due() is None
    assert carrier.rings == []
    call().hang_up()
    assert due() is None


def test_a_person_is_one_key_away_and_the_callback_is_then_done(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, signed: SignedClient
) -> None:
    call().hang_up()
    answered = Answered(signed, due()).press("0")
    assert answered.root.find("Dial") is not None
    answered.dial_ended("completed").hang_up()
    plan = the_plan(deps)
    assert plan is not None and plan.status == "answered"


def test_no_further_callback_is_planned_after_a_call_of_ours(
    call: Callable[[], PhoneCall], due: Any, signed: SignedClient, database: Any
) -> None:
    call().hang_up()
    Answered(signed, due()).press("1").hang_up()
    assert count(database, PlannedCall) == 1


# -- offers (E03) ------------------------------------------------------------------------------------------------------------


def test_whoever_would_rather_talk_is_rung_with_the_offer_and_takes_it_by_key(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    offer_id = offered()
    assert texts(deps) == []
    answered = Answered(signed, due())
    assert "有个活" in answered.text and "摘脆红李" in answered.text and "一百二" in answered.text, "V13"
    assert "对不对" in answered.press("1").text, "V11: read back once, together"
    assert "报上了" in answered.press("1").text
    answered.hang_up()
    assert offer_of(deps, offer_id).status == "accepted"
    plan = the_plan(deps)
    assert plan is not None and plan.status == "answered"


def test_an_offer_is_refused_by_key_two(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    offer_id = offered()
    Answered(signed, due()).press("2").hang_up()
    assert offer_of(deps, offer_id).status == "declined"


def test_an_offer_is_taken_by_word_and_read_back(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    offer_id = offered()
    answered = Answered(signed, due()).speak("要得")
    assert "对不对" in answered.text
    answered.press("1").hang_up()
    assert offer_of(deps, offer_id).status == "accepted"


def test_m09_an_offer_whose_call_reached_nobody_goes_out_as_a_text(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    offer_id = offered()
    for _ in range(3):
        tell(signed, due(), "no-answer")
    assert offer_of(deps, offer_id).status == "offered"
    [text] = texts(deps)
    assert "摘脆红李" in text and "回1接" in text


def test_an_offer_left_undecided_in_the_call_goes_out_as_a_text_too(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    offered()
    Answered(signed, due()).press("9").hang_up()
    assert len(texts(deps)) == 1


def test_an_offer_answered_meanwhile_is_not_rung_for(
    offered: Callable[..., int], due: Any, deps: Deps, clock: SettableClock
) -> None:
    offer_id = offered()
    with deps.db.write() as session:
        answer_offer.answer(session, now=deps.clock(), offer_id=offer_id, answer="decline")
    assert due() is None
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.suppressed_reason) == ("suppressed", "answered")
    assert texts(deps) == []


def test_an_offer_settled_while_it_rang_is_told_so(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    offer_id = offered()
    ring = due()
    with deps.db.write() as session:
        answer_offer.answer(session, now=deps.clock(), offer_id=offer_id, answer="accept")
    answered = Answered(signed, ring)
    assert "有结果了" in answered.text and "摘脆红李" not in answered.text
    assert answered.root.find("Hangup") is not None


def test_an_offer_at_night_is_a_text_where_it_would_expire_before_eight(
    offered: Callable[..., int], deps: Deps, clock: SettableClock, database: Any
) -> None:
    clock.set(datetime(2026, 6, 10, 20, 30, tzinfo=TIMEZONE))
    offered()
    assert count(database, PlannedCall) == 0
    assert len(texts(deps)) == 1


def test_whoever_likes_texts_gets_a_text(offered: Callable[..., int], deps: Deps, database: Any) -> None:
    offered(channel="sms")
    assert count(database, PlannedCall) == 0
    assert len(texts(deps)) == 1


def test_an_offer_to_a_number_that_opted_out_of_calls_is_a_text(
    worker: Callable[..., tuple[int, int]], deps: Deps, database: Any
) -> None:
    worker_id, opening_id = worker()
    with deps.db.write() as session:
        session.scalars(select(Handset).where(Handset.number == NUMBER)).one().calls_opted_out_at = deps.clock()
        answer_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening_id, worker_id=worker_id)
    assert count(database, PlannedCall) == 0
    assert len(texts(deps)) == 1


def test_t4_a_number_that_changed_hands_is_not_rung(offered: Callable[..., int], due: Any, deps: Deps) -> None:
    offered()
    with deps.db.write() as session:
        session.scalars(select(HandsetOwner)).one().until = deps.clock()
    assert due() is None
    plan = the_plan(deps)
    assert plan is not None and plan.suppressed_reason == "not_allowed"
    assert texts(deps) == []


# -- reminders and the question after the job -------------------------------------------------------------------------------------


@pytest.fixture
def accepted(worker: Callable[..., tuple[int, int]], deps: Deps) -> Callable[..., int]:
    def made(**more: Any) -> int:
        worker_id, opening_id = worker(**more)
        with deps.db.write() as session:
            return answer_offer.take(
                session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms"
            ).id

    return made


def in_the_evening(clock: SettableClock) -> None:
    clock.set(datetime(2026, 6, 10, 17, 30, tzinfo=TIMEZONE))  # the work begins on the eleventh


def says(signed: SignedClient, deps: Deps, words: str) -> str:
    from backend.worker.loops import one_turn

    signed.sms(NUMBER, words)
    assert one_turn(deps)
    return texts(deps)[-1]


def test_the_evening_before_she_is_reminded_once_by_text_and_answers_by_number(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    """M02–M04, F7: a doubled tick reminds nobody twice."""
    offer_id = accepted(channel="sms")
    assert reminders.remind_workers(deps) == 0
    in_the_evening(clock)
    assert reminders.remind_workers(deps) == 1
    assert reminders.remind_workers(deps) == 0
    [text] = texts(deps)
    assert "提醒" in text and "摘脆红李" in text and "来回1,来不了回2" in text
    assert "记下了" in says(signed, deps, "1")
    assert offer_of(deps, offer_id).status == "accepted"


def test_d11_schedulers_at_the_same_moment_remind_her_once(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock
) -> None:
    accepted(channel="sms")
    in_the_evening(clock)
    barrier, reminded = threading.Barrier(4), []

    def tick() -> None:
        barrier.wait()
        reminded.append(reminders.remind_workers(deps))

    threads = [threading.Thread(target=tick) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(reminded) == [0, 0, 0, 1]
    assert len(texts(deps)) == 1


def test_she_cannot_come_and_gives_the_place_back_after_a_yes(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    offer_id = accepted(channel="sms")
    in_the_evening(clock)
    reminders.remind_workers(deps)
    assert "真的不去了" in says(signed, deps, "来不了")
    assert offer_of(deps, offer_id).status == "accepted"
    assert "退了" in says(signed, deps, "1")
    assert offer_of(deps, offer_id).status == "withdrawn"


def test_the_reminder_by_voice_asks_the_same(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    offer_id = accepted()
    in_the_evening(clock)
    assert reminders.remind_workers(deps) == 1
    assert texts(deps) == []
    answered = Answered(signed, due())
    assert "摘脆红李" in answered.text and "来不了按2" in answered.text
    assert "真的不去了" in answered.press("2").text
    assert "退了" in answered.press("1").text
    answered.hang_up()
    assert offer_of(deps, offer_id).status == "withdrawn"


def test_a_reminder_nobody_picks_up_becomes_a_text(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    accepted()
    in_the_evening(clock)
    reminders.remind_workers(deps)
    for _ in range(3):
        tell(signed, due(), "no-answer")
    assert len(texts(deps)) == 1 and "提醒" in texts(deps)[0]


def test_nobody_is_reminded_in_the_middle_of_a_talk_or_of_a_place_given_back(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    offer_id = accepted(channel="sms")
    in_the_evening(clock)
    signed.sms(NUMBER, "有啥子活")
    assert reminders.remind_workers(deps) == 0
    clock.advance(minutes=11)
    with deps.db.write() as session:
        answer_offer.give_back(session, now=deps.clock(), offer_id=offer_id)
    assert reminders.remind_workers(deps) == 0


def after_the_job(clock: SettableClock) -> None:
    clock.set(datetime(2026, 6, 13, 9, 30, tzinfo=TIMEZONE))  # the last day was the twelfth


def test_after_the_job_she_went_and_was_paid(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    offer_id = accepted(channel="sms")
    clock.set(datetime(2026, 6, 13, 8, 0, tzinfo=TIMEZONE))
    assert follow_up.ask_how_it_went(deps) == 0
    after_the_job(clock)
    assert follow_up.ask_how_it_went(deps) == 1
    assert follow_up.ask_how_it_went(deps) == 0
    assert "去了回1" in texts(deps)[-1]
    assert "工钱给了没有" in says(signed, deps, "去了")
    assert offer_of(deps, offer_id).status == "arrived"
    assert "拿到了就好" in says(signed, deps, "给了")
    assert offer_of(deps, offer_id).status == "paid"


@pytest.mark.parametrize(("answer", "status"), [("2", "no_show"), ("没去", "no_show")])
def test_after_the_job_she_did_not_go(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock, signed: SignedClient, answer: str, status: str
) -> None:
    offer_id = accepted(channel="sms")
    after_the_job(clock)
    follow_up.ask_how_it_went(deps)
    says(signed, deps, answer)
    assert offer_of(deps, offer_id).status == status


@pytest.mark.parametrize("unpaid", ["2", "没给", "还没给我"])
def test_unpaid_wages_become_a_case_and_the_text_says_nothing_of_the_dispute(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock, signed: SignedClient, unpaid: str
) -> None:
    """M08."""
    offer_id = accepted(channel="sms")
    after_the_job(clock)
    follow_up.ask_how_it_went(deps)
    says(signed, deps, "1")
    told = says(signed, deps, unpaid)
    assert "会给你回话" in told and "工钱" not in told and "拖欠" not in told
    with deps.db.read() as session:
        case = session.scalars(select(Case)).one()
    assert case.kind == "wage_arrears" and "兴泉果园" in case.summary
    assert offer_of(deps, offer_id).status == "completed"


def test_part_of_the_wages_is_not_taken_for_all_of_them(
    accepted: Callable[..., int], deps: Deps, clock: SettableClock, signed: SignedClient, engine: FakeEngine
) -> None:
    offer_id = accepted(channel="sms")
    after_the_job(clock)
    follow_up.ask_how_it_went(deps)
    says(signed, deps, "1")
    says(signed, deps, "给了一半")
    assert offer_of(deps, offer_id).status == "arrived"


def test_after_the_job_by_voice_the_same_questions_move_the_same_offer(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    offer_id = accepted()
    after_the_job(clock)
    assert follow_up.ask_how_it_went(deps) == 1
    answered = Answered(signed, due())
    assert "您去了没有" in answered.text
    assert "工钱给了没有" in answered.press("1").text
    assert "给您打电话" in answered.press("2").text or "记下了" in answered.text
    answered.hang_up()
    assert offer_of(deps, offer_id).status == "completed"
    with deps.db.read() as session:
        assert session.scalars(select(Case.kind)).all() == ["wage_arrears"]


def test_by_voice_words_answer_as_keys_do(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    offer_id = accepted()
    after_the_job(clock)
    follow_up.ask_how_it_went(deps)
    answered = Answered(signed, due())
    assert "工钱给了没有" in answered.speak("去了").text
    answered.speak("给了").hang_up()
    assert offer_of(deps, offer_id).status == "paid"


def test_somebody_elses_answer_moves_no_offer(
    accepted: Callable[..., int], deps: Deps, make: Make, clock: SettableClock, database: Any
) -> None:
    """T2: the offer named in a turn must be one of the people on that number."""
    from backend.services import call_turns  # noqa: F401
    from backend.services.acts import load_all, perform
    from backend.services.people import handset_for
    from backend.services.receive_message import conversation_for
    from backend.services.turn import Facts, Turn

    load_all()
    offer_id = accepted(channel="sms")
    with deps.db.write() as session:
        stranger = handset_for(session, "+8610007777777", deps.clock())
        conversation = conversation_for(session, stranger, deps.clock())
        message = Message(conversation_id=conversation.id, handset_id=stranger.id, direction="inbound", channel="sms",
                          body="1", status="processing", created_at=deps.clock())  # fmt: skip
        session.add(message)
        session.flush()
        turn = Turn(deps=deps, session=session, now=deps.clock(), conversation=conversation, handset=stranger,
                    message=message, channel="sms")  # fmt: skip
        perform(turn, "job_outcome", Facts(params={"offer_id": offer_id, "outcome": "paid"}))
    assert offer_of(deps, offer_id).status == "accepted"


def test_what_is_planned_is_counted_by_rows_not_by_ticks(deps: Deps, database: Any) -> None:
    assert reminders.remind_workers(deps) == follow_up.ask_how_it_went(deps) == place_calls.settle(deps) == 0
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PlannedCall)) == 0


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
    call().speak("打错了").hang_up()
    assert count(database, PlannedCall) == 0
