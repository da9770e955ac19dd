"""Caps that hold when anything else fails, unknown outcomes, and not wanted (I11, F6, D6, D11, M10)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.carriers.base import CarrierBusy
from backend.errors import CarrierError
from backend.services import follow_ringing, place_calls, when_to_ring
from backend.services.deps import Deps
from backend.store.models import CallAttempt, Handset, PlannedCall
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.placed import (
    Answered,
    count,
    tell,
    the_attempt,
    the_plan,
)
from tests.support.signing import SignedClient

Make = Callable[[], Any]


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
    monkeypatch.setattr(when_to_ring, "free_at", broken)
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
        thread.join(60)
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
    follow_ringing.settle(deps)
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
    assert follow_ringing.settle(deps) == 0
    clock.advance(minutes=2)
    assert follow_ringing.settle(deps) == 1
    assert follow_ringing.settle(deps) == 0
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
    assert follow_ringing.settle(deps) == 1
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
    assert follow_ringing.settle(deps) == 1
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
