"""Offers to whoever would rather talk; the text where a call reaches nobody (E03, V11, V13, M09)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from backend.services import answer_offer, put_offer
from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Handset, HandsetOwner, PlannedCall
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER
from tests.support.placed import (
    Answered,
    count,
    offer_of,
    tell,
    texts,
    the_plan,
)
from tests.support.signing import SignedClient

Make = Callable[[], Any]


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
    assert "办好了" in answered.text and "摘脆红李" not in answered.text
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
        put_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening_id, worker_id=worker_id)
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
