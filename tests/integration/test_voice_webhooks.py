"""The voice webhooks over real HTTP forms, a real signature and a real database: the whole main job by keypad."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select, update

from backend.phone_network.executor import CallExecutor, Fetched, Recording, Request
from backend.phone_network.twiml import lint
from backend.services.deps import Deps
from backend.settings import Settings
from backend.store.models import (
    Call,
    CallTurn,
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
from tests.support.clock import SettableClock
from tests.support.fakes import FakeEngine
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient, new_sid

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    """A station that is open at the clock's time, a village and three openings."""
    with make() as f:
        f.make_station()
        f.make_station(
            "500114121", kind="station", name="中塘镇零工驿站", short_name="中塘零工", hotline="+8610000099002"
        )
        f.make_region("500114121002")
        f.make_region("500114121003", "双石村")
        for title, code in (("摘脆红李", "A04"), ("采茶", "A01"), ("搬砖", "B01")):
            f.make_opening(title=title, job_type=code)


@pytest.fixture
def call(signed: SignedClient) -> Callable[..., PhoneCall]:
    return lambda number=NUMBER, sid=None: PhoneCall(signed, number, sid)


def count(database: Database, model: Any, *where: Any) -> int:
    with database.read() as session:
        return session.scalar(select(func.count()).select_from(model).where(*where)) or 0


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


# -- the main job by keypad -------------------------------------------------------------------------------------------------


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


# -- what is kept ------------------------------------------------------------------------------------------------------------


def test_a_call_and_the_texts_of_its_number_are_one_conversation(
    call: Callable[..., PhoneCall], signed: SignedClient, database: Database
) -> None:
    """Issue 2, done when: the console shows it as one conversation."""
    signed.sms(NUMBER, "有活没得")
    call().press("1")
    with database.read() as session:
        messages = session.scalars(select(Message).order_by(Message.id)).all()
        assert len({message.conversation_id for message in messages}) == 1
        assert {message.channel for message in messages} == {"sms", "voice"}


def test_every_turn_is_kept_with_what_was_said_and_its_english(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    phone = call().press("1")
    with database.read() as session:
        heard, said = session.scalars(select(Message).order_by(Message.id.desc()).limit(2)).all()[::-1]
        assert (heard.direction, heard.body, heard.handled_by) == ("inbound", "1", "keypad")
        assert heard.carrier_id
        assert heard.carrier_id.startswith(phone.sid + ":")
        assert said.in_reply_to == heard.id
        assert said.answer["answers"][0]["kind"] == "job_offers"
        assert len(said.body.split("\n")) == len(said.gloss.split("\n"))
        assert "3 jobs" in said.gloss
        assert said.body.replace("\n", "") == phone.text


def test_the_transcript_names_prompts_keys_recordings_and_how_sure_the_recogniser_was(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """Issue 4, item 4: every prompt heard, key pressed and sentence recognised, with times; and what a transfer came to."""
    phone = call().press("2").press("1").record("http://carrier/recording/7").silence()
    phone.press("0").dial_ended("busy")
    phone.hang_up()
    with database.read() as session:
        rows = session.scalars(select(Message).where(Message.channel == "voice").order_by(Message.id)).all()
        assert {row.call_id for row in rows} == {session.scalars(select(Call)).one().id}
        heard = [row for row in rows if row.direction == "inbound"]
        assert [row.keys for row in heard] == [None, "2", "1", "#", None, "0", None]
        assert [row.body for row in heard][-3:] == ["(没出声)", "0", "(转人工:busy)"]
        assert heard[3].media_url == "http://carrier/recording/7"
        said = [row for row in rows if row.direction == "outbound"]
        assert said[0].prompts == ["greeting", "main"]
        assert all(len(row.prompts) == len(row.body.split("\n")) for row in said)
        assert all(row.created_at for row in rows)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("0.8", 0.8), ("", None), ("abc", None), ("-1", None), ("1e309", None), ("NaN", None), ("0.0", None)],
)
def test_what_the_recogniser_says_of_itself_is_kept_where_it_is_a_share(
    call: Callable[..., PhoneCall], database: Database, sent: str, kept: float | None
) -> None:
    phone = call()
    phone.post(phone._action("Gather"), SpeechResult="今天天气好得很", Confidence=sent)
    with database.read() as session:
        row = session.scalars(select(Message).where(Message.body == "今天天气好得很")).one()
        assert row.recogniser_confidence == kept


def test_slower_is_remembered_on_the_handset(call: Callable[..., PhoneCall], database: Database) -> None:
    """V06."""
    phone = call()
    assert 'rate="80%"' in phone.twiml
    phone.press("7")
    assert "我说慢点" in phone.text
    assert 'rate="65%"' in phone.twiml
    phone.hang_up()
    assert 'rate="65%"' in call().twiml


def test_a_dropped_call_goes_on_where_it_was_within_a_day(call: Callable[..., PhoneCall], clock: SettableClock) -> None:
    """V19."""
    phone = call().press("1").press("2")
    second = phone.text
    phone.hang_up()
    clock.advance(hours=3)
    again = call()
    assert "上回说到一半" in again.text
    assert second.split("。")[0] in again.text
    again.hang_up()
    clock.advance(hours=25)
    assert "上回说到一半" not in call().text


def test_callers_of_65_hear_of_a_person_first(call: Callable[..., PhoneCall], make: Make) -> None:
    """V17."""
    with make() as f:
        f.make_worker(number=NUMBER, birth_year=1955)
    phone = call()
    assert "按0" in phone.text.split("。")[0]
    assert phone.silence().root.find("Dial") is not None


def test_a_late_status_does_not_reopen_a_call(
    call: Callable[..., PhoneCall], database: Database, signed: SignedClient
) -> None:
    phone = call()
    phone.hang_up()
    signed.voice("/twilio/voice/status", NUMBER, phone.sid, CallStatus="ringing")
    with database.read() as session:
        row = session.scalars(select(Call)).one()
        assert row.status == "completed"
        assert row.ended_at is not None


# -- impersonation -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words", ["我登记的啥子", "我叫啥子名字", "我好多岁", "我是哪个村的", "我老婆叫啥子", "再说一遍我的名字"]
)
def test_a_caller_on_a_known_number_hears_nothing_personal(
    call: Callable[..., PhoneCall], make: Make, words: str
) -> None:
    """DESIGN §3.4: caller ID is only a claim."""
    with make() as f:
        f.make_worker("蹇秀英", number=NUMBER, birth_year=1968, village="500114121003")
    phone = call()
    heard = phone.text + phone.speak(words).text + phone.press("3").text
    assert not [secret for secret in ("蹇秀英", "五十八", "58岁", "双石村") if secret in heard]


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
