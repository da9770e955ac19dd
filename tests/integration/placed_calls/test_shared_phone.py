"""A phone that a family shares: nothing is told before it is clear who listens, and one word takes no entry away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from backend.services import reminders
from backend.services.deps import Deps
from backend.store.models import Handset, HandsetOwner
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.placed import Answered, in_the_evening, offer_of
from tests.support.signing import SignedClient

Make = Callable[[], Any]


def owners(database: Database) -> int:
    with database.read() as session:
        rows = session.scalars(
            select(HandsetOwner).join(Handset).where(Handset.number == NUMBER, HandsetOwner.until.is_(None))
        )
        return len(rows.all())


def test_v21_a_reminder_on_a_shared_phone_is_for_the_one_who_works(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient, make: Make
) -> None:
    """V21, M08."""
    offer_id = accepted()
    with make() as f:
        handset = f.session.scalars(select(Handset).where(Handset.number == NUMBER)).one()
        husband = f.make_person("冉建国")
        f._add(HandsetOwner(handset_id=handset.id, person_id=husband.id, relation="family", since=f.now))
    in_the_evening(clock)
    assert reminders.remind_workers(deps) == 1
    answered = Answered(signed, due())
    assert "机主本人" in answered.text and "摘脆红李" not in answered.text
    assert "摘脆红李" not in answered.speak("喂").text
    assert "另外那个人" in answered.press("2").text and "摘脆红李" not in answered.text
    assert "摘脆红李" in answered.press("1").text
    assert "到时候等您" in answered.press("1").text
    assert offer_of(deps, offer_id).status == "accepted"


def test_v21_a_reminder_on_her_own_phone_asks_nothing_first(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient
) -> None:
    accepted()
    in_the_evening(clock)
    reminders.remind_workers(deps)
    assert "摘脆红李" in Answered(signed, due()).text


def test_t4_a_reflex_word_in_a_call_of_ours_ends_it_and_keeps_the_entry(
    accepted: Callable[..., int], due: Any, deps: Deps, clock: SettableClock, signed: SignedClient, database: Database
) -> None:
    accepted()
    in_the_evening(clock)
    reminders.remind_workers(deps)
    answered = Answered(signed, due())
    assert "不打扰您了" in answered.speak("打错了").text
    answered.hang_up()
    assert owners(database) == 1
    assert due() is None


def test_t4_by_voice_an_entry_is_taken_from_a_number_only_after_it_was_asked(
    accepted: Callable[..., int], call: Callable[[], PhoneCall], database: Database
) -> None:
    accepted()
    phone = call()
    assert "原来登记的人,不用这个电话了" in phone.speak("我不是他").text
    phone.press("2")
    assert owners(database) == 1
    phone.speak("打错了")
    assert owners(database) == 1
    assert "记下了" in phone.press("1").text
    assert owners(database) == 0
