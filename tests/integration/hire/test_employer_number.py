"""Whose number it was no longer speaks for the employer, and a yes counts only for what was asked (T4, DESIGN §3.4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from backend.domain.answers import make
from backend.services import answer_offer, both_sides, employer_number, still_hiring
from backend.services.deps import Deps
from backend.services.people import handset_for
from backend.services.views import opening_view
from backend.store.models import Employer, Handset, Opening
from tests.integration.hire.conftest import Hire


def taken(hire: Hire, opening_id: int) -> int:
    [worker_id] = hire.workers(1)
    now = hire.deps.clock()
    with hire.deps.db.write() as session:
        offer = answer_offer.take(session, now=now, opening_id=opening_id, worker_id=worker_id, channel="sms")
        both_sides.taken(session, hire.deps, now=now, offer=offer)
    return worker_id


def test_after_a_wrong_number_it_hears_no_names_and_calls_nothing_off(hire: Hire) -> None:
    opening_id = hire.opening(headcount=3, next_wave_at=None)
    number = hire.employer_number(opening_id)
    taken(hire, opening_id)
    hire.text(number, "打错了，我不是他")
    assert "工人0" not in hire.text(number, "哪些人来")
    hire.text(number, "不招了")
    hire.text(number, "2")
    assert (hire.get(opening_id).status, hire.get(opening_id).filled) == ("published", 1)
    with hire.deps.db.read() as session:
        assert session.scalar(select(Employer.id).where(Employer.phone == number)) is None


def test_staff_are_to_ask_the_employer_for_another_number(hire: Hire) -> None:
    opening_id = hire.opening(headcount=3, next_wave_at=None)
    hire.text(hire.employer_number(opening_id), "打错了，我不是他")
    [case] = hire.cases("update_number")
    assert case.details["opening_id"] == opening_id and "+86" not in str(case.summary)


def test_a_number_carriers_gave_to_somebody_else_is_nobodys_any_more(hire: Hire, deps: Deps) -> None:
    opening_id = hire.opening(next_wave_at=None)
    number = hire.employer_number(opening_id)
    now = deps.clock()
    with deps.db.write() as session:
        session.add(
            Handset(number=number, first_seen_at=now - timedelta(days=200), last_seen_at=now - timedelta(days=91))
        )
        session.flush()
        opening = session.get_one(Opening, opening_id)
        opening.collected_at = opening.employer.created_at = now - timedelta(days=100)
        handset_for(session, deps, number, now)
        assert session.scalar(select(Employer.id).where(Employer.phone == number)) is None
        assert employer_number.let_go(session, deps, session.scalars(select(Handset)).one(), now) == 0
    [case] = hire.cases("update_number")
    assert case.opening_id == opening_id


SILENT = timedelta(days=91)


def silent(hire: Hire, opening_id: int, **spoken_for: timedelta) -> str:
    """Nothing heard from its number for so long; the opening posted or confirmed so long ago. The number."""
    number, now = hire.employer_number(opening_id), hire.deps.clock()
    with hire.deps.db.write() as session:
        session.add(Handset(number=number, first_seen_at=now - 2 * SILENT, last_seen_at=now - SILENT))
        opening = session.get_one(Opening, opening_id)
        opening.employer.created_at = now - 2 * SILENT
        for column, ago in spoken_for.items():
            setattr(opening, column, now - ago)
    return number


@pytest.mark.parametrize(
    "spoken_for",
    [
        {"collected_at": timedelta(days=40)},
        {"collected_at": timedelta(days=100), "confirmed_at": timedelta(days=3)},
    ],
)
def test_t4_an_employer_who_posts_through_staff_and_only_reads_keeps_his_number(
    hire: Hire, deps: Deps, spoken_for: dict[str, timedelta]
) -> None:
    opening_id = hire.opening(headcount=3, next_wave_at=None)
    number = silent(hire, opening_id, **spoken_for)
    with deps.db.write() as session:
        opening = session.get_one(Opening, opening_id)
        handset = both_sides.textable(session, opening, deps.clock())
        assert handset is not None
        still_hiring.ask(session, deps, opening, handset, deps.clock())
    assert "接着给你找人" in hire.text(number, "1")
    assert hire.employer_number(opening_id) == number and not hire.cases("update_number")


def test_t4_no_names_go_to_a_number_that_may_be_somebody_elses(hire: Hire) -> None:
    opening_id = hire.opening(headcount=3, next_wave_at=None)
    number = silent(hire, opening_id, collected_at=timedelta(days=100))
    taken(hire, opening_id)
    assert hire.texts(number) == []
    assert len(hire.cases("tell_employer")) == 1


@pytest.mark.parametrize("answer", ["1", "要得"])
def test_a_yes_about_nobody_throws_nobody_out_who_came_in_between(hire: Hire, answer: str) -> None:
    opening_id = hire.opening(headcount=3, next_wave_at=None)
    number = hire.employer_number(opening_id)
    hire.text(number, "不招了")
    taken(hire, opening_id)
    asked = hire.text(number, answer)
    assert "1个" in asked or "一个" in asked
    assert [offer.status for offer in hire.offers(opening_id)] == ["accepted"]
    hire.text(number, "1")
    assert [offer.status for offer in hire.offers(opening_id)] == ["accepted"]
    assert hire.get(opening_id).status == "filled"


def test_our_own_texts_keep_no_silent_number_alive(hire: Hire, deps: Deps) -> None:
    opening_id = hire.opening(headcount=3, next_wave_at=None)
    number = hire.employer_number(opening_id)
    last = deps.clock() - timedelta(days=80)
    with deps.db.write() as session:
        session.add(Handset(number=number, first_seen_at=last, last_seen_at=last))
    taken(hire, opening_id)
    with deps.db.write() as session:
        opening = session.get_one(Opening, opening_id)
        told = make("posting_published", opening=opening_view(opening, deps.regions), undo=False)
        answer_offer.tell_employer(session, deps, now=deps.clock(), opening=opening, answer=told)
    assert len(hire.texts(number)) == 2
    with deps.db.read() as session:
        assert session.scalars(select(Handset.last_seen_at).where(Handset.number == number)).one() == last
