"""An offer answered by key when it is full, too late, or taken already: plain words and a way on (M05, V11, C1)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from backend.services import answer_offer, both_sides
from backend.services.deps import Deps
from backend.store.models import Offer, Opening
from tests.support.clock import SettableClock
from tests.support.phone_call import PhoneCall
from tests.support.placed import Answered, offer_of, texts
from tests.support.signing import SignedClient


def fill(deps: Deps, make: Any, offer_id: int) -> list[int]:
    """Others take every place; their offers' ids."""
    opening_id = offer_of(deps, offer_id).opening_id
    taken = []
    with make() as f:
        others = [f.make_worker(f"别个{n}").id for n in range(f.session.get(Opening, opening_id).headcount)]
    for worker_id in others:
        with deps.db.write() as session:
            taken.append(
                answer_offer.take(
                    session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms"
                ).id
            )
    return taken


def test_full_by_key_offers_to_wait_and_one_puts_her_on_the_list(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient, make: Any
) -> None:
    offer_id = offered()
    answered = Answered(signed, due())
    answered.press("1")
    fill(deps, make, offer_id)
    full = answered.press("1")
    assert "人满了" in full.text and "等位子,按1" in full.text
    assert "您排第一个" in answered.press("1").text
    answered.hang_up()
    assert offer_of(deps, offer_id).status == "waitlisted"
    assert any("等" in text and "退" in text for text in texts(deps)), "V20: how to leave the list comes by text"


def test_full_by_key_and_two_reads_other_work(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient, make: Any
) -> None:
    offer_id = offered()
    with make() as f:
        f.make_opening(title="摘柑子")
    answered = Answered(signed, due())
    answered.press("1")
    fill(deps, make, offer_id)
    answered.press("1")
    assert "摘柑子" in answered.press("2").text


def test_a_place_that_comes_free_is_rung_for_and_taken_by_key(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient, make: Any
) -> None:
    offer_id = offered()
    answered = Answered(signed, due())
    answered.press("1")
    [first, *_] = fill(deps, make, offer_id)
    answered.press("1")
    answered.press("1").hang_up()
    with deps.db.write() as session:
        gone = answer_offer.give_back(session, now=deps.clock(), offer_id=first)
        both_sides.stepped_back(session, deps, now=deps.clock(), offer=gone)
    assert offer_of(deps, offer_id).status == "offered"
    again = Answered(signed, due())
    assert "摘脆红李" in again.text
    again.press("1")
    assert "报上了" in again.press("1").text
    assert offer_of(deps, offer_id).status == "accepted"


def test_m05_a_yes_by_key_after_the_time_takes_nothing_and_says_so(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient, clock: SettableClock
) -> None:
    offer_id = offered()
    answered = Answered(signed, due())
    with deps.db.write() as session:
        session.get_one(Offer, offer_id).expires_at = clock()
    late = answered.press("1")
    assert "过了时间" in late.text
    assert offer_of(deps, offer_id).status == "expired"


def test_taken_already_by_text_is_told_in_the_call(
    offered: Callable[..., int], due: Any, deps: Deps, signed: SignedClient
) -> None:
    offer_id = offered()
    answered = Answered(signed, due())
    answered.press("1")
    with deps.db.write() as session:
        answer_offer.answer(session, now=deps.clock(), offer_id=offer_id, answer="accept")
    assert "已经报上了" in answered.press("1").text
    with deps.db.read() as session:
        assert session.get_one(Opening, offer_of(deps, offer_id).opening_id).filled == 1


def test_from_another_phone_no_key_answers_her_offer(
    offered: Callable[..., int], deps: Deps, signed: SignedClient
) -> None:
    offer_id = offered()
    stranger = PhoneCall(signed, "+8610001239999")
    assert "没报活" in stranger.press("3").text, "my jobs are none"
    assert offer_of(deps, offer_id).status == "offered"
    with deps.db.read() as session:
        assert session.query(Offer).count() == 1
