"""The main job by keypad and by word: finding, taking, registering, asking for a person (issue 2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from backend.phone_network.executor import CallExecutor, Recording
from backend.phone_network.webhook import Fetched, Request
from backend.settings import Settings
from backend.store.models import (
    Case,
    Consent,
    Conversation,
    Handset,
    HandsetOwner,
    Message,
    Offer,
    Opening,
    OutboxRow,
    Person,
    Worker,
)  # fmt: skip
from backend.store.session import Database
from tests.integration.voice.conftest import count
from tests.support.clock import SettableClock
from tests.support.fakes import FakeEngine
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient, new_sid

Make = Callable[[], Any]


def test_a_stranger_hears_openings_takes_one_and_is_texted(call: Callable[..., PhoneCall], database: Database) -> None:
    """Issue 2, item 5; V20 and DESIGN §3.4: each change is also texted."""
    phone = call()
    assert "我是机器,要找真人,按0" in phone.text
    phone.press("1")
    assert "有三个活" in phone.text
    assert "一百二十块一天" in phone.text
    phone.press("1")
    assert "对不对?对按1,不对按2" in phone.text
    phone.press("1")
    assert "报上了" in phone.text
    phone.hang_up()
    with database.read() as session:
        offer = session.scalars(select(Offer)).one()
        assert offer.status == "accepted"
        assert offer.channel == "voice"
        text = session.scalars(select(OutboxRow).where(OutboxRow.to_number == NUMBER)).one()
        assert offer.code in text.body or offer.opening.title in text.body


def test_not_wanted_goes_to_the_next_and_three_are_enough(call: Callable[..., PhoneCall]) -> None:
    phone = call().press("1")
    heard = [phone.text, phone.press("2").text, phone.press("2").text]
    assert len({title for title in ("摘脆红李", "采茶", "搬砖") for text in heard if title in text}) == 3
    assert "就这几个活" in phone.press("2").text


def test_the_own_list_is_heard_and_a_place_given_back(call: Callable[..., PhoneCall], database: Database) -> None:
    phone = call().press("1").press("1").press("1")
    phone.press("3")
    assert "您报了一个活" in phone.text
    assert "真的不去了" in phone.press("1").text
    assert "退了" in phone.press("1").text
    with database.read() as session:
        assert session.scalars(select(Offer)).one().status == "withdrawn"
        assert session.scalar(select(func.sum(Opening.filled))) == 0


def test_registration_by_keypad_makes_a_worker_and_a_staff_task(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """Issue 2, done when: the name is recorded, age and village come by short keys, staff write the name down."""
    phone = call().press("2")
    assert "同意按1" in phone.text
    assert phone.press("1").root.find("Record") is not None
    assert "好多岁" in phone.record("http://carrier/recording/7").text
    phone.press("58").press("1")  # the county has one town here, so the village is asked at once
    assert "兴泉社区按1" in phone.text
    phone.press("1")
    assert "兴泉社区。" in phone.text
    assert "登记好了" in phone.press("2").text
    with database.read() as session:
        worker = session.scalars(select(Worker)).one()
        person = worker.person
        assert person.name is None
        assert person.name_recording_url == "http://carrier/recording/7"
        assert person.birth_year == 2026 - 58
        assert person.village_code == "500114121002"
        assert worker.job_types
        assert worker.preferred_channel == "voice"
        assert session.scalars(select(Consent)).one().channel == "voice"
        assert session.scalars(select(HandsetOwner)).one().relation == "self"
        case = session.scalars(select(Case)).one()
        assert (case.kind, case.worker_id, case.recording_url) == ("write_name", worker.id, person.name_recording_url)


def test_refusing_the_notice_leaves_nothing_behind(call: Callable[..., PhoneCall], database: Database) -> None:
    call().press("2").press("2")
    assert count(database, Person) == count(database, Consent) == 0


def test_two_people_register_on_one_phone_and_are_then_told_apart(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """V21: asked who speaks, never by name."""
    for recording in ("1", "2"):
        phone = call().press("*").press("2").press("1").record(f"http://carrier/recording/{recording}")
        phone.press("#").press("#").press("#")
        phone.hang_up()
    assert count(database, Person) == 2
    assert count(database, Case, Case.kind == "write_name") == 2
    with database.write() as session:
        session.execute(update(Conversation).values(person_id=None))
    phone = call().press("3")
    assert "机主本人" in phone.text
    assert "还没报活" in phone.press("1").text


# -- a person -----------------------------------------------------------------------------------------------------------------


def test_zero_dials_the_station_in_its_hours(call: Callable[..., PhoneCall], database: Database) -> None:
    phone = call().press("0")
    assert phone.root.findtext("Dial/Number") == "+8610000099001"
    assert count(database, Case, Case.kind == "handoff") == 1
    assert "还有别的事" in phone.dial_ended("completed").text


def test_nobody_answering_becomes_a_message_and_one_case(call: Callable[..., PhoneCall], database: Database) -> None:
    phone = call().press("0").dial_ended("no-answer")
    assert "没得人接" in phone.text
    phone.record("http://carrier/recording/9")
    assert "话留到了" in phone.text
    with database.read() as session:
        case = session.scalars(select(Case)).one()
        assert (case.kind, case.recording_url, case.status) == ("voicemail", "http://carrier/recording/9", "open")
        heard = session.scalars(select(Message).where(Message.media_url.is_not(None))).one()
        assert heard.media_url == case.recording_url


def test_at_night_a_message_is_taken_at_once(call: Callable[..., PhoneCall], clock: SettableClock) -> None:
    clock.advance(hours=12)
    phone = call().press("0")
    assert "现在没人上班" in phone.text
    assert phone.root.find("Record") is not None
    assert phone.root.find("Dial") is None


def test_a_message_left_by_hanging_up_is_kept(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock
) -> None:
    clock.advance(hours=12)
    phone = call().press("0")
    phone.record("http://carrier/recording/3", key="hangup")
    assert count(database, Case, Case.recording_url == "http://carrier/recording/3") == 1


def test_danger_words_say_the_emergency_number_first(call: Callable[..., PhoneCall], database: Database) -> None:
    phone = call().speak("我在工地上摔断了腿")
    assert phone.text.startswith("人受伤了,先打幺二零。")
    assert phone.root.find("Dial") is not None
    assert count(database, Case, Case.kind == "injury") == 1


# -- speech, and the engine away -----------------------------------------------------------------------------------------------


def test_words_are_answered_by_the_menu_when_the_engine_is_away(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """D1: register, find, take, stop and a person still work by voice; the words are kept."""
    phone = call().speak("今天天气好得很嘛我想问哈")
    assert "请按键" in phone.text
    assert "有三个活" in phone.press("1").text
    assert count(database, Message, Message.body == "今天天气好得很嘛我想问哈", Message.direction == "inbound") == 1


def test_a_spoken_number_and_a_spoken_yes_do_what_the_key_does(
    call: Callable[..., PhoneCall], database: Database, engine: FakeEngine
) -> None:
    """V04; without asking the engine."""
    phone = call().speak("按一")
    assert "有三个活" in phone.text
    phone.press("1").speak("要得")
    assert "报上了" in phone.text
    assert count(database, Offer, Offer.status == "accepted") == 1
    assert engine.turns == []


def test_a_number_busy_with_a_text_still_gets_the_keys(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import timedelta

    from ivr import turns

    monkeypatch.setattr(turns, "WAIT_FOR_NUMBER_S", 0.0)
    phone = call()
    with database.write() as session:
        session.execute(update(Handset).values(lease_token="an sms", lease_until=clock() + timedelta(seconds=20)))
    assert "请按键" in phone.speak("有啥子活路没得").text
    assert "有三个活" in phone.press("1").text


def test_callers_of_65_hear_of_a_person_first(call: Callable[..., PhoneCall], make: Make) -> None:
    """V17."""
    with make() as f:
        f.make_worker(number=NUMBER, birth_year=1955)
    phone = call()
    assert "按0" in phone.text.split("。")[0]
    assert phone.silence().root.find("Dial") is not None


# -- executed by the phone network's own reader of TwiML ------------------------------------------------------------------------


def test_the_phone_network_executes_a_whole_registration_and_a_taken_place(
    signed: SignedClient, database: Database, settings: Settings
) -> None:
    """Issue 2, done when, by keypad alone, through the executor every handset sits on."""
    sid = new_sid("CA")

    def fetch(request: Request) -> Fetched:
        path = request.url.removeprefix(settings.public_base_url)
        answer = signed.voice(path, NUMBER, sid, **request.params)
        return Fetched(answer.status_code, answer.text, answer.content_type)

    def keep(recording: Recording, verb: Any) -> dict[str, str]:
        return {"RecordingUrl": "http://carrier/recording/1", "RecordingSid": "RE1"}

    phone = CallExecutor(f"{settings.public_base_url}/twilio/voice", fetch=fetch, keep=keep, now=0.0)
    phone.start(0.0)
    phone.press("2", 1.0)
    phone.press("1", 2.0)
    phone.speak("王秀英", 3.0)
    phone.press("#", 4.0)
    phone.press("58", 5.0)
    for moment, key in enumerate(("1", "1", "2", "1", "1"), start=6):
        phone.press(key, float(moment))
    said = "".join(event.data["text"] for event in phone.events if event.kind == "say")
    assert "登记好了" in said
    assert "报上了" in said
    assert not [event for event in phone.events if event.kind in {"warning", "error"}]
    assert count(database, Worker) == 1
    assert count(database, Offer, Offer.status == "accepted") == 1
    phone.hang_up(20.0)
