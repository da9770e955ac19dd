"""How fast and in whose words the line talks: remembered for a person, else for the phone (V06)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from backend.store.models import Conversation, Handset, HandsetOwner, Message, Person
from backend.store.session import Database
from tests.support.phone_call import NUMBER, PhoneCall

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_region("500114121002")


def test_a_strangers_pace_is_the_phones(call: Callable[..., PhoneCall], database: Database) -> None:
    """V06."""
    call().speak("说慢点").hang_up()
    with database.read() as session:
        assert session.scalars(select(Handset)).one().speech_rate == 65
    assert 'rate="65%"' in call().twiml


def test_the_only_person_on_a_phone_keeps_her_own_pace(
    call: Callable[..., PhoneCall], database: Database, make: Make
) -> None:
    """V06: and 快点 gives the usual pace back."""
    with make() as f:
        f.make_worker(number=NUMBER)
    call().press("7").press("7").hang_up()
    with database.read() as session:
        assert session.scalars(select(Person)).one().speech_rate == 50
        assert session.scalars(select(Handset)).one().speech_rate == 80
    phone = call()
    assert 'rate="50%"' in phone.twiml
    assert 'rate="80%"' in phone.speak("快点").speak("说快点").twiml
    phone.hang_up()
    assert 'rate="80%"' in call().twiml


def test_of_two_people_on_a_phone_each_has_her_own_pace_once_it_is_known_who_speaks(
    call: Callable[..., PhoneCall], database: Database, make: Make
) -> None:
    """V06, V21."""
    with make() as f:
        f.make_worker("王秀英", number=NUMBER)
        other = f.make_worker("王国富").person_id
        handset = f.session.scalars(select(Handset).where(Handset.number == NUMBER)).one()
        f.session.execute(
            update(HandsetOwner).where(HandsetOwner.person_id == other).values(handset_id=handset.id, relation="family")
        )
    call().press("3").press("2").press("7").hang_up()
    with database.read() as session:
        assert session.get_one(Person, other).speech_rate == 65
        assert [p.speech_rate for p in session.scalars(select(Person).where(Person.id != other))] == [None]
    with database.write() as session:
        session.execute(update(Conversation).values(person_id=None))
    phone = call()
    assert 'rate="80%"' in phone.twiml
    assert 'rate="65%"' in phone.press("*").press("3").press("2").twiml


def test_mandarin_is_spoken_from_then_on_and_stands_in_the_transcript(
    call: Callable[..., PhoneCall], database: Database
) -> None:
    """V06: by key and by word."""
    phone = call().press("8")
    assert phone.text.startswith("好,我说普通话。")
    assert "没有这个键" in phone.press("6").text
    with database.read() as session:
        said = session.scalars(
            select(Message).where(Message.direction == "outbound").order_by(Message.id.desc())
        ).first()
        assert said is not None and "没有这个键" in said.body and said.prompts[0] == "wrong_key"
    phone.hang_up()
    again = call()
    assert "没有这个键" in again.press("6").text
    assert "没得这个键" in again.speak("讲四川话").press("6").text
    assert again.text


def test_somebody_young_who_is_known_to_speak_on_an_old_persons_phone_is_served_by_the_line(
    call: Callable[..., PhoneCall], database: Database, make: Make
) -> None:
    """V17 goes by the age of whoever speaks, once that is known."""
    with make() as f:
        f.make_worker("王国富", number=NUMBER, birth_year=1950)
        young = f.make_worker("王小妹", birth_year=1990).person_id
        handset = f.session.scalars(select(Handset).where(Handset.number == NUMBER)).one()
        f.session.execute(
            update(HandsetOwner).where(HandsetOwner.person_id == young).values(handset_id=handset.id, relation="family")
        )
    phone = call()
    assert "按0" in phone.text.split("。")[0]
    phone.press("3").press("2")
    assert phone.silence().root.find("Dial") is None


@pytest.mark.parametrize(
    ("words", "intent"), [("没听清", "repeat"), ("说慢点", "slower"), ("喊个人来", "talk_to_human")]
)
def test_words_to_the_line_are_known_without_the_engine_and_stand_in_the_transcript(
    call: Callable[..., PhoneCall], database: Database, words: str, intent: str
) -> None:
    """V03, V06, D1."""
    call().speak(words)
    with database.read() as session:
        heard = session.scalars(select(Message).where(Message.body == words)).one()
        assert (heard.intent, heard.handled_by, heard.status) == (intent, "menu", "answered")
