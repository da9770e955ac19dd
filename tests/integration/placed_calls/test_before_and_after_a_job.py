"""The reminder before work starts and the question after it, by text and by phone alike (M02-M04, M08, F7, D11)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.services import answer_offer, follow_ringing, follow_up, reminders
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Case, Message, PlannedCall
from tests.support.clock import SettableClock
from tests.support.fakes import FakeEngine
from tests.support.phone_call import NUMBER
from tests.support.placed import (
    Answered,
    after_the_job,
    in_the_evening,
    offer_of,
    says,
    tell,
    texts,
)
from tests.support.signing import SignedClient

Make = Callable[[], Any]


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
        thread.join(60)
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
        stranger = handset_for(session, deps, "+8610007777777", deps.clock())
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
    assert reminders.remind_workers(deps) == follow_up.ask_how_it_went(deps) == follow_ringing.settle(deps) == 0
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(PlannedCall)) == 0
