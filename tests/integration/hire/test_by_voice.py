"""What an employer says and hears in a call about who came and who is paid (E03, W06, V20)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backend.services import answer_offer, ask_employer
from backend.services.deps import Deps
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock
from tests.support.phone_call import PhoneCall
from tests.support.signing import SignedClient

Working = Callable[[], int]


@pytest.fixture
def working(hire: Hire, deps: Deps, clock: SettableClock) -> Working:
    """Two people with a place in an opening of the eleventh, whose employer was asked by text who came."""

    def made() -> int:
        opening_id = hire.opening(headcount=2)
        with deps.db.write() as session:
            for worker_id in hire.workers(2):
                answer_offer.take(session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms")
        clock.set(at(11, 9))
        ask_employer.ask_who_came(deps)
        return opening_id

    return made


def test_v20_that_all_came_is_confirmed_in_the_call_and_in_the_text_after_it(
    hire: Hire, working: Working, signed: SignedClient
) -> None:
    number = hire.employer_number(working())
    call = PhoneCall(signed, number).speak("都来了")
    assert "好,记下了,来了两个。" in call.text and "短信发给您" not in call.text
    call.hang_up()
    assert "来了2个" in hire.texts(number)[-1]


def test_v20_who_did_not_come_is_answered_by_the_text_after_the_call(
    hire: Hire, working: Working, signed: SignedClient
) -> None:
    number = hire.employer_number(working())
    call = PhoneCall(signed, number).speak("有人没来")
    assert "哪个没来,照短信回。" in call.text and "工人" not in call.text, "names are not said aloud"
    call.hang_up()
    assert "1工人0 2工人1" in hire.texts(number)[-1]
    assert "没来的:工人0" in hire.text(number, "1") + hire.text(number, "9")


def test_m04_numbers_that_mean_something_else_by_now_are_not_texted(
    hire: Hire, working: Working, signed: SignedClient
) -> None:
    number = hire.employer_number(working())
    call = PhoneCall(signed, number).speak("有人没来")
    call.speak("有没得摘果子的活").hang_up()
    assert not any("工人0" in text for text in hire.texts(number))
