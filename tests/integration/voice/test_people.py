"""A person on the line, the queue before her, and the one text after a call (V16, V17, V20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.domain.sms_text import segment_count
from backend.services.after_call import end_silent_calls
from backend.services.deps import Deps
from backend.store.models import Call, Case, Message, Offer, OutboxRow
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_region("500114121002")
        for title, code in (("摘脆红李", "A04"), ("采茶", "A01"), ("搬砖", "B01")):
            f.make_opening(title=title, job_type=code)


def texts(database: Database, number: str = NUMBER) -> list[str]:
    with database.read() as session:
        return list(session.scalars(select(OutboxRow.body).where(OutboxRow.to_number == number).order_by(OutboxRow.id)))


def cases(database: Database) -> list[Case]:
    with database.read() as session:
        return list(session.scalars(select(Case).order_by(Case.id)))


# -- the queue (V16) ---------------------------------------------------------------------------------------------------


def test_who_else_is_being_put_through_is_told(call: Callable[..., PhoneCall]) -> None:
    """V16."""
    assert "前头" not in call().press("0").text
    call("+8610001230001").press("0")
    assert "前头还有两个人。半分钟没人接" in call("+8610001230002").press("0").text


def test_calls_that_are_over_do_not_stand_in_the_queue(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock
) -> None:
    """V16."""
    call("+8610001230001").press("0").hang_up()
    call("+8610001230002").press("0").dial_ended("completed")
    lost = call("+8610001230003").press("0")
    clock.advance(minutes=61)
    assert "前头" not in call().press("0").text
    assert lost.sid


@pytest.mark.parametrize("status", ["busy", "no-answer", "failed", "canceled"])
def test_a_person_not_reached_is_a_task_with_a_time_and_a_place(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock, status: str
) -> None:
    """V16, issue 4 item 4."""
    call("+8610001230001").press("0").dial_ended("busy").hang_up()
    clock.advance(minutes=5)
    phone = call().press("0").dial_ended(status)
    assert "没得人接。您排第二个,今天之内打给您。" in phone.text
    assert phone.root.find("Record") is not None
    mine = cases(database)[-1]
    assert (mine.kind, mine.status, mine.details["rang"]) == ("handoff", "open", [status])
    assert mine.due_at == clock() + timedelta(minutes=30)
    phone.hang_up()
    assert f"编号{mine.id}" in texts(database)[0] and "给你打回来" in texts(database)[0]


def test_hanging_up_while_it_rings_leaves_the_task(call: Callable[..., PhoneCall], database: Database) -> None:
    """V16."""
    call().press("0").hang_up()
    (case,) = cases(database)
    assert (case.kind, case.status) == ("handoff", "open")


def test_whoever_has_talked_with_staff_waits_no_longer(call: Callable[..., PhoneCall], database: Database) -> None:
    call("+8610001230001").press("0").dial_ended("completed").hang_up()
    assert "您排第一个" in call().press("0").dial_ended("busy").text
    assert cases(database)[0].details["talked_at"]


def test_whoever_asks_again_after_a_talk_waits_again(call: Callable[..., PhoneCall], database: Database) -> None:
    call("+8610001230001").press("0").dial_ended("completed").press("0").dial_ended("busy").hang_up()
    assert "您排第二个" in call().press("0").dial_ended("busy").text


def test_a_message_about_hiring_is_not_put_to_an_earlier_wish_for_a_person(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    phone = call().press("0").dial_ended("no-answer").silence().press("*")
    phone.press("4").press("1").press("1").record("http://carrier/recording/4")
    assert [(case.kind, case.recording_url) for case in cases(database)] == [
        ("handoff", None), ("voicemail", "http://carrier/recording/4")]  # fmt: skip


def test_at_night_the_place_in_the_queue_is_told(call: Callable[..., PhoneCall], clock: SettableClock) -> None:
    clock.advance(hours=12)
    call("+8610001230001").press("0").hang_up()
    assert "现在没人上班。您排第二个" in call().press("0").text


def test_an_injury_whose_transfer_fails_keeps_its_case_and_its_hurry(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """V17."""
    phone = call().speak("我在工地上摔断了腿")
    assert phone.text == "人受伤了,先打幺二零。我马上给您接人。"
    phone.dial_ended("no-answer")
    phone.record("http://carrier/recording/5")
    (case,) = cases(database)
    assert (case.kind, case.recording_url) == ("injury", "http://carrier/recording/5")


# -- after the call (V20) ------------------------------------------------------------------------------------------------


def test_one_text_tells_all_that_was_done_when_the_call_is_over(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """V20."""
    phone = call().press("1").press("1").press("1")
    phone.press("2").press("1").record().press("#").press("#").press("#")
    phone.press("0").dial_ended("no-answer")
    assert texts(database) == []
    phone.hang_up()
    with database.read() as session:
        taken = session.scalars(select(Offer).where(Offer.status == "accepted")).one()
    (text,) = texts(database)
    assert segment_count(text) <= 2
    for fact in (f"退{taken.code}", "登记好了", f"编号{cases(database)[-1].id}"):
        assert fact in text


def test_what_was_given_back_in_the_same_call_is_told_as_given_back(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """V20: as things stand at the end."""
    phone = call().press("1").press("1").press("1").press("3").press("1").press("1")
    assert "退了" in phone.text
    phone.hang_up()
    (text,) = texts(database)
    assert "退了" in text and "定了" not in text


def test_a_call_that_finished_nothing_sends_nothing(call: Callable[..., PhoneCall], database: Database) -> None:
    """V20."""
    call().press("1").press("2").hang_up()
    call().press("3").hang_up()
    assert texts(database) == []


def test_the_end_reported_twice_or_late_sends_one_text(
    call: Callable[..., PhoneCall], database: Database, signed: SignedClient
) -> None:
    """D7."""
    phone = call().press("1").press("1").press("1")
    phone.hang_up()
    phone.hang_up()
    signed.voice("/twilio/voice/status", NUMBER, phone.sid, CallStatus="in-progress")
    assert len(texts(database)) == 1


def test_a_call_whose_end_is_never_reported_is_closed_and_its_text_sent(
    call: Callable[..., PhoneCall], database: Database, deps: Deps, clock: SettableClock
) -> None:
    """V20; a talk with staff may be longer than a quarter of an hour."""
    call().press("1").press("1").press("1")
    call("+8610001230001").press("0")
    clock.advance(minutes=14)
    assert end_silent_calls(deps) == 0
    clock.advance(minutes=2)
    assert end_silent_calls(deps) == 1
    assert end_silent_calls(deps) == 0
    assert len(texts(database)) == 1
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Call).where(Call.ended_at.is_(None))) == 1
    clock.advance(minutes=60)
    assert end_silent_calls(deps) == 1


def test_a_message_that_arrives_after_the_end_is_texted_as_well(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock
) -> None:
    """D7: the recording's own webhook may come after the status."""
    clock.advance(hours=12)
    phone = call().press("0")
    phone.hang_up()
    phone.record("http://carrier/recording/3", key="hangup")
    assert "编号" in texts(database)[-1]
    assert len(texts(database)) <= 2


def test_whoever_wants_no_texts_gets_only_the_answer_to_what_she_did(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """M06, M10."""
    phone = call().speak("不要再给我发短信了")
    assert "不再给您发短信" in phone.text
    phone.hang_up()
    assert texts(database) == []
    call().press("*").press("1").press("1").press("1").hang_up()
    (text,) = texts(database)
    assert "定了" in text


def test_a_landline_is_not_texted(call: Callable[..., PhoneCall], database: Database) -> None:
    number = "+862379237777"
    call(number).press("1").press("1").press("1").hang_up()
    assert texts(database, number) == []


def test_the_text_is_part_of_the_call_in_the_transcript(call: Callable[..., PhoneCall], database: Database) -> None:
    call().press("1").press("1").press("1").hang_up()
    with database.read() as session:
        mine = session.scalars(select(Call)).one().handset_id
        text = session.scalars(select(Message).where(Message.channel == "sms", Message.handset_id == mine)).one()
        assert text.call_id == session.scalars(select(Call)).one().id
        assert text.answer["answers"][0]["kind"] == "call_summary"


# -- a matter by key alone -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "kind"), [("421", "wage_arrears"), ("424", "other_problem"), ("431", "policy"), ("432", "training"), ("433", "unemployment"), ("434", "returnee")]
)  # fmt: skip
def test_a_matter_by_key_is_a_case_of_its_kind_with_the_message_left_for_it(
    call: Callable[..., PhoneCall], database: Database, keys: str, kind: str
) -> None:
    """Issue 4, item 1: rights, policy and training leave a message or reach a person."""
    phone = call()
    for key in keys:
        phone.press(key)
    phone.record("http://carrier/recording/8")
    assert "话留到了" in phone.text
    phone.hang_up()
    (case,) = cases(database)
    assert (case.kind, case.recording_url) == (kind, "http://carrier/recording/8")
    (text,) = texts(database)
    assert f"编号{case.id}" in text and "回话" in text


def test_a_matter_by_key_is_kept_when_the_line_drops_before_a_message(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    call().press("4").press("2").press("1").hang_up()
    assert [case.kind for case in cases(database)] == ["wage_arrears"]


def test_hurt_by_key_is_put_through_after_the_number(call: Callable[..., PhoneCall], database: Database) -> None:
    """V17."""
    phone = call().press("4").press("2").press("2")
    assert phone.text == "人受伤了,先打幺二零。我马上给您接人。"
    assert phone.root.find("Dial") is not None
    assert [case.kind for case in cases(database)] == ["injury"]


def test_a_village_changed_by_key_is_echoed_and_named_in_the_text(
    call: Callable[..., PhoneCall], database: Database, make: Make
) -> None:
    """V12, V20: what was understood is heard at once and can be read afterwards."""
    with make() as f:
        f.make_worker(number=NUMBER)
    phone = call().press("4").press("4").press("4").press("1").press("1")
    village = phone.text.split("改好了,")[1].split("。")[0]
    assert village
    phone.hang_up()
    (text,) = texts(database)
    assert f"改好了:{village}" in text


def test_texts_are_stopped_and_given_back_by_key(call: Callable[..., PhoneCall], database: Database) -> None:
    assert "不再给您发短信" in call().press("4").press("4").press("2").text
    assert "照常发" in call().press("4").press("4").press("3").text


def test_a_registered_caller_takes_a_suitable_job_in_four_keys_and_ninety_seconds(
    call: Callable[..., PhoneCall], make: Make
) -> None:
    """Issue 4, targets: at the default pace of 130 characters a minute, listening to everything."""
    from ivr.prompts import heard_length

    with make() as f:
        f.make_worker(number=NUMBER)
    phone = call()
    heard = phone.text
    for _ in range(3):
        assert "报上了" not in heard
        heard += phone.press("1").text.split("到了找哪个")[0]
    assert "报上了" in heard
    assert heard_length(heard) / 130 * 60 <= 90


def test_m09_a_place_taken_from_a_landline_leaves_staff_the_task_to_say_whom_to_ask_for(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    landline = "+862379221234"
    phone = call(landline).press("1").press("1").press("1")
    assert "报上了" in phone.text and "到了找哪个,按0问。" in phone.text
    assert "短信" not in phone.text
    phone.hang_up()
    assert texts(database, landline) == []
    [task] = cases(database)
    assert task.kind == "callback" and "座机报了活" in task.summary
