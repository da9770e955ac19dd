"""A talk with staff is not cut off, a cry for help is no machine, what nobody heard asks nobody (V15, M04, M08, T4, F7)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.services import after_call, answer_offer, follow_ringing, place_calls, put_offer, reminders
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Call, CallAttempt, Conversation, Handset, Opening, PlannedCall
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.placed import Answered, in_the_evening, machine, offer_of, texts, the_attempt, the_plan
from tests.support.signing import SignedClient, new_sid

Make = Callable[[], Any]
ANNOUNCEMENT = "您拨打的用户暂时无法接听请在嘀声后留言"


def pending(deps: Deps) -> dict[str, Any]:
    with deps.db.read() as session:
        context = session.scalars(select(Conversation.context).order_by(Conversation.id.desc())).first() or {}
        return dict(context.get("pending") or {})


# -- a talk with staff -----------------------------------------------------------------------------------------------------


def test_v16_a_talk_with_staff_in_a_call_of_ours_is_not_cut_off_nor_rung_into(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient, make: Make
) -> None:
    call().hang_up()
    ring = due()
    assert ring["time_limit_s"] >= after_call.TALKING_FOR.total_seconds()
    answered = Answered(signed, ring).press("0")
    assert answered.root.find("Dial") is not None
    clock.advance(minutes=40)
    assert follow_ringing.settle(deps) == 0, "they are still talking"
    assert the_attempt(deps).ended_at is None
    with make() as f:
        handset = f.session.scalars(select(Handset).where(Handset.number == NUMBER)).one()
        f._add(PlannedCall(handset_id=handset.id, purpose="callback", after_call_sid=new_sid("CA"), status="planned",
                           due_at=f.now, expires_at=f.now + timedelta(hours=1), attempts=0, created_at=f.now))  # fmt: skip
    assert due() is None
    assert the_plan(deps).status == "planned"  # type: ignore[union-attr]
    answered.dial_ended("completed").hang_up()
    clock.advance(minutes=2)
    assert due() is not None


def test_v16_a_talk_whose_end_is_never_told_is_settled_after_the_longest_talk(
    call: Callable[[], PhoneCall], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    call().hang_up()
    Answered(signed, due()).press("0")
    clock.advance(minutes=61)
    assert after_call.end_silent_calls(deps) == 1
    assert follow_ringing.settle(deps) == 1
    assert the_attempt(deps).ended_at is not None


# -- machines ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["我不想活了", "他打我快来人", "脚遭砸断了", "我要找真人"])
def test_m08_a_cry_for_help_is_not_hung_up_on_however_it_sounded(
    call: Callable[[], PhoneCall], due: Any, signed: SignedClient, carrier: FakeCarrier, words: str
) -> None:
    call().hang_up()
    ring = due()
    Answered(signed, ring).speak(words)
    machine(signed, ring, "machine_start")
    assert carrier.hung_up == []


def test_m04_what_only_a_machine_or_nobody_heard_leaves_the_open_question_as_it_was(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient,
    make: Make, carrier: FakeCarrier,
) -> None:  # fmt: skip
    offer_id = accepted()
    with make() as f:
        other = f.make_opening(title="采茶", job_type="A01", starts_on=f.today + timedelta(days=5),
                               ends_on=f.today + timedelta(days=6))  # fmt: skip
        worker_id = offer_of(deps, offer_id).worker_id
    with deps.db.write() as session:
        second = put_offer.offer_opening(session, deps, now=deps.clock(), opening_id=other.id, worker_id=worker_id)
        second_id = second.id
        session.execute(update(PlannedCall).values(status="suppressed"))
        put_offer.text_offer(session, deps, second, session.scalars(select(Handset)
                                .where(Handset.number == NUMBER)).one(), deps.clock())  # fmt: skip
    in_the_evening(clock)
    assert reminders.remind_workers(deps) == 1
    Answered(signed, due()).hang_up()
    assert pending(deps)["offer_id"] == second_id, "nobody heard the reminder"
    ring = due()
    answered = Answered(signed, ring).speak(ANNOUNCEMENT)
    machine(signed, ring, "machine_start")
    assert carrier.hung_up == [ring["sid"]]
    answered.hang_up()
    assert pending(deps)["offer_id"] == second_id, "a machine heard it"
    answered = Answered(signed, due()).press("1")
    answered.hang_up()
    assert offer_of(deps, offer_id).status == "accepted"


def test_m04_whoever_speaks_in_a_call_of_ours_answers_what_it_is_about(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    offer_id = accepted()
    in_the_evening(clock)
    reminders.remind_workers(deps)
    answered = Answered(signed, due())
    assert pending(deps) == {}
    assert "真的不去了" in answered.speak("来不了").text
    answered.hang_up()
    assert pending(deps)["offer_id"] == offer_id


# -- numbers that changed hands -----------------------------------------------------------------------------------------------


def test_t4_a_number_silent_for_ninety_days_is_not_rung_with_the_old_persons_matters(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock
) -> None:
    accepted()
    in_the_evening(clock)
    with deps.db.write() as session:
        session.execute(update(Handset).values(last_seen_at=clock() - timedelta(days=91)))
    assert reminders.remind_workers(deps) == 1
    assert the_plan(deps) is None
    assert due() is None


def test_t4_whoever_answers_a_call_of_ours_still_has_the_number(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    accepted()
    in_the_evening(clock)
    with deps.db.write() as session:
        session.execute(update(Handset).values(last_seen_at=clock() - timedelta(days=89)))
    reminders.remind_workers(deps)
    answered = Answered(signed, due())
    with deps.db.read() as session:
        seen = select(Handset.last_seen_at).where(Handset.number == NUMBER)
        assert session.scalars(seen).one() < clock() - timedelta(days=88), "picked up is not spoken"
    answered.press("1")
    with deps.db.read() as session:
        assert session.scalars(seen).one() == clock()


# -- planned once, settled one by one -----------------------------------------------------------------------------------------


def test_v15_a_missed_call_told_again_does_not_take_its_own_callback_back(
    signed: SignedClient, due: Any, deps: Deps
) -> None:
    sid = new_sid("CA")
    for _ in range(3):
        signed.voice("/twilio/voice/status", NUMBER, sid, CallStatus="no-answer")
    ring = due()
    assert ring is not None and ring["to"] == NUMBER


def test_a_reminder_for_somebody_staff_are_talking_with_goes_out_as_a_text(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, make: Make, signed: SignedClient
) -> None:
    accepted()
    with make() as f:
        staff = f.make_staff("county", "500114")
    in_the_evening(clock)
    signed.sms(NUMBER, "有啥子活")
    clock.advance(minutes=11)
    assert reminders.remind_workers(deps) == 1
    with deps.db.write() as session:
        session.execute(update(Conversation).values(taken_by=staff.id))
        session.execute(update(PlannedCall).values(expires_at=clock() + timedelta(minutes=20)))
    assert due() is None
    plan = the_plan(deps)
    assert plan is not None and (plan.status, plan.suppressed_reason) == ("suppressed", "with_staff")
    assert any("提醒" in text for text in texts(deps))


def test_f6_a_process_that_stood_still_does_not_ring_what_was_settled_meanwhile(
    call: Callable[[], PhoneCall], deps: Deps, clock: SettableClock, carrier: FakeCarrier
) -> None:
    call().hang_up()
    clock.advance(minutes=4)
    claimed = place_calls._claim(deps)
    assert isinstance(claimed, place_calls.Claimed)
    assert place_calls._is_still_to_ring(deps, claimed)
    clock.advance(minutes=11)
    assert not place_calls._is_still_to_ring(deps, claimed)
    follow_ringing.settle(deps)
    assert not place_calls._is_still_to_ring(deps, claimed)
    assert carrier.rings == []


def test_f7_one_ringing_that_cannot_be_settled_holds_up_no_other(
    signed: SignedClient, deps: Deps, clock: SettableClock, carrier: FakeCarrier, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(2):
        PhoneCall(signed, f"+861000999000{n}").hang_up()
    clock.advance(minutes=4)
    while place_calls.place_next(deps):
        pass
    with deps.db.read() as session:
        first = session.scalars(select(CallAttempt.planned_call_id).order_by(CallAttempt.id)).first()
    done = follow_ringing.over

    def breaks_on_the_first(session: Any, deps: Deps, planned: PlannedCall, *more: Any) -> None:
        if planned.id == first:
            raise RuntimeError("this row is broken")
        done(session, deps, planned, *more)

    monkeypatch.setattr(follow_ringing, "over", breaks_on_the_first)
    clock.advance(minutes=16)
    assert follow_ringing.settle(deps) == 1


def test_f7_one_silent_call_that_cannot_be_closed_holds_up_no_other(
    signed: SignedClient, deps: Deps, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(2):
        PhoneCall(signed, f"+861000999000{n}")
    with deps.db.read() as session:
        first = session.scalars(select(Call.id).order_by(Call.id)).first()
    done = after_call.over

    def breaks_on_the_first(session: Any, deps: Deps, call: Call, flow: Any) -> None:
        if call.id == first:
            raise RuntimeError("this row is broken")
        done(session, deps, call, flow)

    monkeypatch.setattr(after_call, "over", breaks_on_the_first)
    clock.advance(minutes=16)
    assert after_call.end_silent_calls(deps) == 1


def test_m10_early_work_taken_in_the_evening_is_reminded_of_before_the_night(
    worker: Callable[..., tuple[int, int]], deps: Deps, clock: SettableClock, make: Make
) -> None:
    worker_id, opening_id = worker("sms")
    with deps.db.write() as session:
        session.get_one(Opening, opening_id).hours_from = "06:00"
    clock.set(datetime(2026, 6, 10, 18, 0, tzinfo=TIMEZONE))
    with deps.db.write() as session:
        answer_offer.take(session, now=clock(), opening_id=opening_id, worker_id=worker_id, channel="sms")
    assert reminders.remind_workers(deps) == 0
    clock.advance(minutes=61)
    assert reminders.remind_workers(deps) == 1
