"""An employer who ends or changes his hiring and takes it back: nobody is shut out, both sides hear what holds (W06, C1, E03)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from backend.services import staff_openings, waiting_list
from backend.services.deps import Deps
from backend.services.people import handset_for
from backend.services.receive_message import conversation_for
from backend.services.staff_login import Member
from backend.store.models import Opening, Worker
from tests.integration.hire.conftest import Hire, at, give_back, status_of
from tests.support.clock import SettableClock
from tests.support.fakes import FakeCarrier
from tests.support.placed import Answered, place_due

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
    assert status_of(hire, opening_id) == {holder: "offered", first: "waitlisted", second: "waitlisted"}
    after = {offer.worker_id: offer.waitlisted_at for offer in hire.offers(opening_id)}
    assert (after[first], after[second]) == (turns[first], turns[second])
    assert "有变动" in hire.texts(hire.number(holder))[-1]
    hire.says(holder, "2")
    assert status_of(hire, opening_id) == {holder: "declined", first: "offered", second: "waitlisted"}
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
    assert status_of(hire, opening_id) == {holder: "accepted", first: "withdrawn", asked: "withdrawn"}
    said(hire, opening_id, "再要两个人")
    assert status_of(hire, opening_id)[first] == "waitlisted"
    clock.advance(minutes=11)
    hire.wave()
    assert status_of(hire, opening_id) == {holder: "accepted", first: "offered", asked: "offered"}


def test_who_stepped_back_herself_is_not_asked_again(hire: Hire, full: Full, clock: SettableClock) -> None:
    opening_id, [holder, other], _ = full(2, 0)
    [offer] = [offer for offer in hire.offers(opening_id) if offer.worker_id == holder]
    hire.says(holder, f"退{offer.code}")
    said(hire, opening_id, "都不用来了", "2", "改回去")
    assert status_of(hire, opening_id) == {holder: "withdrawn", other: "offered"}
    clock.advance(minutes=11)
    hire.wave()
    assert status_of(hire, opening_id)[holder] == "withdrawn"


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
    assert status_of(hire, opening_id) == {holder: "waitlisted"}
    clock.advance(minutes=11)
    assert waiting_list.move_up_waiting(deps) == 1
    assert status_of(hire, opening_id) == {holder: "offered"}


# -- taking back what was not the employer's last word -----------------------------------------------------------------
@pytest.fixture
def posted(hire: Hire, deps: Deps) -> int:
    """A verified employer's posting, out at once and said to be so a moment ago."""
    opening_id = hire.opening(headcount=2)
    with deps.db.write() as session:
        opening = session.get_one(Opening, opening_id)
        number = opening.employer.phone
        assert number is not None
        handset = handset_for(session, deps, number, deps.clock())
        conversation_for(session, handset, deps.clock()).context = {
            "posting_undo": {"opening_id": opening_id, "at": deps.clock().isoformat(), "how": "posted"}
        }
    return opening_id


@pytest.fixture
def member(hire: Hire) -> Member:
    with hire.make() as f:
        staff = f.make_staff("county", "500114")
        return Member(staff.id, staff.login, staff.name, "county", "500114", "zh")


def test_a_posting_taken_back_that_people_count_on_is_asked_about_first(hire: Hire, posted: int) -> None:
    """DESIGN §3.4: what people count on is called off only by saying so."""
    [worker_id] = hire.workers(1)
    hire.wave()
    hire.says(worker_id, "1")
    assert "已经有1人要来" in said(hire, posted, "改回去")
    assert status_of(hire, posted) == {worker_id: "accepted"}
    assert "莫来" in said(hire, posted, "2")
    assert status_of(hire, posted) == {worker_id: "withdrawn"}


def test_a_posting_taken_back_is_closed_and_nothing_more_is_promised(hire: Hire, posted: int) -> None:
    told = said(hire, posted, "改回去")
    assert "不招了" in told and "改回去" not in told
    assert hire.get(posted).status == "withdrawn"


@pytest.mark.parametrize("became", ["rejected", "expired"])
def test_a_posting_that_is_over_by_then_is_answered(hire: Hire, posted: int, deps: Deps, became: str) -> None:
    with deps.db.write() as session:
        session.get_one(Opening, posted).status = became
    assert "改不到了" in said(hire, posted, "改回去")
    assert hire.get(posted).status == became


def test_what_staff_have_ended_since_stays_ended(hire: Hire, full: Full, deps: Deps, member: Member) -> None:
    """P06: enough, said by the employer; called off, by staff with a reason: hiring on is no word of his to take back."""
    opening_id, [holder, _], _ = full(2, 0)
    said(hire, opening_id, "招满了", "1")
    staff_openings.close(deps, member, opening_id, "off", "有人反映是假的")
    assert "改不到了" in said(hire, opening_id, "改回去")
    assert hire.get(opening_id).status == "withdrawn" and status_of(hire, opening_id)[holder] == "withdrawn"


def test_what_somebody_has_put_right_since_is_not_put_back(
    hire: Hire, deps: Deps, member: Member, clock: SettableClock
) -> None:
    """C5: taking back touches only what the change touched and nobody else has since."""
    opening_id = hire.opening(headcount=2, next_wave_at=None)
    said(hire, opening_id, "再要两个人")
    version = hire.get(opening_id).updated_at.isoformat()
    staff_openings.change(
        deps, member, opening_id, version, {"place": "三组", "pay_min_fen": 13_000, "pay_max_fen": 13_000}
    )
    assert "改好了" in said(hire, opening_id, "改回去")
    found = hire.get(opening_id)
    assert (found.headcount, found.place, found.pay_min_fen) == (2, "三组", 13_000)
    said(hire, opening_id, "改成一天一百五")
    version = hire.get(opening_id).updated_at.isoformat()
    staff_openings.change(deps, member, opening_id, version, {"pay_min_fen": 14_000, "pay_max_fen": 14_000})
    assert "后来又改过" in said(hire, opening_id, "改回去")
    assert hire.get(opening_id).pay_min_fen == 14_000


def test_more_places_again_by_taking_back_are_offered(hire: Hire, clock: SettableClock) -> None:
    opening_id = hire.opening(headcount=4, next_wave_at=None)
    hire.workers(1)
    said(hire, opening_id, "只要两个人")
    clock.advance(minutes=5)
    said(hire, opening_id, "改回去")
    assert hire.get(opening_id).headcount == 4 and hire.get(opening_id).next_wave_at == clock()


def test_hiring_on_while_a_person_looks_at_it_does_not_say_that_it_is_out(hire: Hire) -> None:
    """P04."""
    opening_id = hire.opening(status="in_review", published_at=None, next_wave_at=None)
    told = said(hire, opening_id, "不招了", "1", "改回去")
    assert "工作人员看过就发" in told and hire.get(opening_id).status == "in_review"


def test_who_has_enough_and_whom_all_have_left_counts_on_from_nobody(hire: Hire, full: Full) -> None:
    """E03: two more are two, and one more is one."""
    for words, wanted in (("再要两个人", 2), ("再要一个人", 1)):
        opening_id, [holder], _ = full(1, 0)
        said(hire, opening_id, "招满了", "1")
        give_back(hire, opening_id, holder)
        said(hire, opening_id, words)
        found = hire.get(opening_id)
        assert (found.status, found.headcount, found.filled, found.closed_at) == ("published", wanted, 0, None)


def test_v13_who_would_rather_talk_hears_in_the_call_that_it_has_changed(
    hire: Hire, full: Full, deps: Deps, clock: SettableClock, carrier: FakeCarrier
) -> None:
    opening_id, [holder], _ = full(1, 0)
    with deps.db.write() as session:
        session.get_one(Worker, holder).preferred_channel = "voice"
    said(hire, opening_id, "都不用来了", "2", "改回去")
    ring = place_due(deps, clock, carrier)
    assert ring is not None and "这个活有变动。" in Answered(hire.signed, ring).text
