"""An employer who ends or changes his hiring and takes it back: nobody is shut out, both sides hear what holds (W06, C1, E03)."""
# ruff: noqa: F811 - a fixture of another module is an argument here

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from backend.services import waiting_list
from backend.services.deps import Deps
from backend.store.models import Worker
from tests.integration.hire.conftest import Hire, at
from tests.integration.hire.test_waiting_list import full, status  # noqa: F401 - a fixture
from tests.support.clock import SettableClock

Full = Callable[..., tuple[int, list[int], list[int]]]


def said(hire: Hire, opening_id: int, *words: str) -> str:
    """What the employer is answered to the last of these texts."""
    return [hire.text(hire.employer_number(opening_id), one) for one in words][-1]


def test_w06_after_it_is_taken_back_the_employer_hears_who_comes_again(hire: Hire, full: Full, deps: Deps) -> None:
    opening_id, [holder], _ = full(1, 0)
    employer = hire.employer_number(opening_id)
    said(hire, opening_id, "都不用来了", "2", "改回去")
    before = len(hire.texts(employer))
    assert "定了" in hire.says(holder, "1")
    assert len(hire.texts(employer)) == before + 1


def test_c1_who_waited_waits_again_with_her_turn_and_who_had_a_place_comes_before(
    hire: Hire, full: Full, clock: SettableClock, deps: Deps
) -> None:
    opening_id, [holder], [first, second] = full(1, 2)
    turns = {offer.worker_id: offer.waitlisted_at for offer in hire.offers(opening_id)}
    told = said(hire, opening_id, "都不用来了", "2", "改回去")
    assert "先前要来的1个人" in told
    assert status(hire, opening_id) == {holder: "offered", first: "waitlisted", second: "waitlisted"}
    after = {offer.worker_id: offer.waitlisted_at for offer in hire.offers(opening_id)}
    assert (after[first], after[second]) == (turns[first], turns[second])
    assert "有变动" in hire.texts(hire.number(holder))[-1]
    hire.says(holder, "2")
    assert status(hire, opening_id) == {holder: "declined", first: "offered", second: "waitlisted"}
    assert "轮到你了" in hire.texts(hire.number(first))[-1]


def test_c1_two_more_after_enough_go_to_who_waited_then_to_whoever_was_only_asked(
    hire: Hire, full: Full, clock: SettableClock, deps: Deps
) -> None:
    opening_id, [holder], [first] = full(1, 1)
    [asked] = hire.workers(1)
    with hire.make() as f:
        opening = hire.get(opening_id)
        f.make_offer(
            f.session.merge(opening), f.session.get(Worker, asked), "offered", expires_at=clock() + timedelta(hours=4)
        )
    said(hire, opening_id, "招满了", "1")
    assert status(hire, opening_id) == {holder: "accepted", first: "withdrawn", asked: "withdrawn"}
    said(hire, opening_id, "再要两个人")
    assert status(hire, opening_id)[first] == "waitlisted"
    clock.advance(minutes=11)
    hire.wave()
    assert status(hire, opening_id) == {holder: "accepted", first: "offered", asked: "offered"}


def test_who_stepped_back_herself_is_not_asked_again(hire: Hire, full: Full, clock: SettableClock) -> None:
    opening_id, [holder, other], _ = full(2, 0)
    [offer] = [offer for offer in hire.offers(opening_id) if offer.worker_id == holder]
    hire.says(holder, f"退{offer.code}")
    said(hire, opening_id, "都不用来了", "2", "改回去")
    assert status(hire, opening_id) == {holder: "withdrawn", other: "offered"}
    clock.advance(minutes=11)
    hire.wave()
    assert status(hire, opening_id)[holder] == "withdrawn"


def test_m04_while_another_question_is_open_she_is_asked_anew_only_after_it(
    hire: Hire, full: Full, clock: SettableClock, deps: Deps
) -> None:
    opening_id, [holder], _ = full(1, 0)
    other = hire.opening(
        title="砌砖", job_type="B03", next_wave_at=None, starts_on=at(14, 8).date(), ends_on=at(14, 8).date()
    )
    with hire.make() as f:
        row = f.make_offer(f.session.merge(hire.get(other)), f.session.get(Worker, holder), "accepted", code="12")
        assert row
    assert "真的不去了" in hire.says(holder, "我报了哪些活") + hire.says(holder, "2")
    said(hire, opening_id, "都不用来了", "2", "改回去")
    assert status(hire, opening_id) == {holder: "waitlisted"}
    clock.advance(minutes=11)
    assert waiting_list.move_up_waiting(deps) == 1
    assert status(hire, opening_id) == {holder: "offered"}
