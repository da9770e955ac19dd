"""An offer made in the quiet hours leaves in the morning and can be answered then (M05, M10)."""

from __future__ import annotations

from datetime import timedelta

from backend.domain.offers import OFFER_VALID
from backend.services import answer_offer, put_offer, waiting_list
from backend.services.deps import Deps
from backend.store.models import OutboxRow
from tests.integration.hire.conftest import Hire, at
from tests.support.clock import SettableClock


def test_an_offer_made_at_night_has_its_hours_from_the_morning(hire: Hire, deps: Deps, clock: SettableClock) -> None:
    opening_id = hire.opening(starts_on=at(12, 8).date(), ends_on=at(12, 8).date(), next_wave_at=None)
    [worker_id] = hire.workers(1)
    clock.set(at(10, 22, 30))
    with deps.db.write() as session:
        put_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening_id, worker_id=worker_id)
    [offer] = hire.offers(opening_id)
    assert offer.expires_at == at(11, 7) + OFFER_VALID
    with deps.db.read() as session:
        row = session.query(OutboxRow).filter(OutboxRow.to_number == hire.number(worker_id)).one()
    assert row.due_at >= at(11, 7) and row.expires_at is not None and row.expires_at > row.due_at + timedelta(hours=3)


def test_called_off_and_taken_back_at_night_whoever_had_a_place_can_take_it_again(
    hire: Hire, deps: Deps, clock: SettableClock
) -> None:
    opening_id = hire.opening(starts_on=at(12, 8).date(), ends_on=at(12, 8).date(), next_wave_at=None)
    [worker_id] = hire.workers(1)
    with deps.db.write() as session:
        answer_offer.take(session, now=deps.clock(), opening_id=opening_id, worker_id=worker_id, channel="sms")
    clock.set(at(10, 21, 30))
    employer = hire.employer_number(opening_id)
    for words in ("不招了", "2", "改回去"):
        hire.text(employer, words)
    assert waiting_list.move_up_waiting(deps) == 0
    clock.set(at(11, 7, 30))
    assert waiting_list.move_up_waiting(deps) == 1
    hire.says(worker_id, "1")
    assert [offer.status for offer in hire.offers(opening_id)] == ["accepted"]
