"""A grower who looks for work himself is not asked to come to his own field, and takes no place in it (W04, W06)."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from backend.errors import Conflict
from backend.services import answer_offer, put_offer
from backend.services.deps import Deps
from backend.store.models import Employer, Offer, Worker
from backend.store.session import Database
from tests.integration.hire.conftest import Hire


@pytest.fixture
def own(hire: Hire) -> tuple[int, int, int]:
    """His opening, he himself as a worker on the same number, and somebody else."""
    himself, other = hire.workers(2)
    opening_id = hire.opening()
    with hire.deps.db.write() as session:
        session.get_one(Employer, hire.get(opening_id).employer_id).phone = hire.number(himself)
    return opening_id, himself, other


def test_no_wave_asks_him(hire: Hire, own: tuple[int, int, int]) -> None:
    opening_id, _, other = own
    assert hire.wave() == 1
    assert hire.asked(opening_id) == [other]


def test_when_he_wants_to_take_it_he_hears_that_it_is_his(
    hire: Hire, own: tuple[int, int, int], database: Database
) -> None:
    opening_id, himself, _ = own
    with hire.make() as f:
        f.make_offer(hire.get(opening_id), f.session.get(Worker, himself), code="23")
    assert "自己发的" in hire.says(himself, "接23")
    assert hire.get(opening_id).filled == 0
    with database.read() as session:
        assert session.scalars(select(Offer.status).where(Offer.worker_id == himself)).all() == ["offered"]


def test_nor_is_he_asked_by_staff_or_from_the_waiting_list(hire: Hire, own: tuple[int, int, int], deps: Deps) -> None:
    opening_id, himself, other = own
    with deps.db.write() as session, pytest.raises(Conflict) as refused:
        put_offer.offer_opening(
            session, deps, now=deps.clock(), opening_id=opening_id, worker_id=himself, channel="staff"
        )
    assert refused.value.reason == "own"
    with deps.db.read() as session:
        opening = hire.get(opening_id)
        assert [
            answer_offer.may_be_asked(session, session.get_one(Worker, one), opening) for one in (himself, other)
        ] == [
            False,
            True,
        ]
