"""What leaves, leaves once, in order, when it may (F6, D6, D7, D8, M10, DESIGN §3.11)."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.domain.answers import make as answer
from backend.errors import CarrierError
from backend.services import answer_offer, outbox, put_offer, reminders, ring_instead
from backend.services.planned_calls import finish
from backend.store.models import Case, Handset, HandsetOwner, Message, Offer, OutboxRow, PlannedCall, Worker

NUMBER = "+8610000090001"


@pytest.fixture
def queue(deps: Any, make: Any, clock: Any) -> Any:
    """Queue one text to NUMBER; returns the outbox row's id."""
    with make() as f:
        f.make_station()
        f.make_handset(NUMBER)

    def enqueue(kind: str = "reply", **more: Any) -> int:
        with deps.db.write() as session:
            handset = session.query(Handset).filter_by(number=NUMBER).one()
            message = outbox.enqueue(
                session, deps, now=clock(), handset=handset, answers=[answer("thanks")], kind=kind, **more
            )
            session.flush()
            return session.query(OutboxRow).filter_by(message_id=message.id).one().id

    return enqueue


def row(deps: Any, row_id: int) -> OutboxRow:
    with deps.db.read() as session:
        return session.get_one(OutboxRow, row_id)


def test_a_text_is_sent_once_and_recorded(deps: Any, queue: Any, carrier: Any) -> None:
    row_id = queue()
    assert outbox.send_next(deps) and not outbox.send_next(deps)
    assert len(carrier.to(NUMBER)) == 1 and carrier.to(NUMBER)[0].startswith("【黔江零工】")
    assert row(deps, row_id).status == "sent" and row(deps, row_id).carrier_id


def test_a_text_whose_outcome_is_unknown_is_looked_up_before_any_resend(
    deps: Any, queue: Any, carrier: Any, clock: Any
) -> None:
    row_id = queue()
    carrier.fail_with = [CarrierError("the connection dropped after the carrier took it", outcome_unknown=True)]
    outbox.send_next(deps)
    assert row(deps, row_id).status == "unknown"
    clock.advance(minutes=1)
    assert outbox.reconcile_next(deps)
    outbox.send_next(deps)
    assert len(carrier.to(NUMBER)) == 1, "the carrier had it already: sending again would be a second text"
    assert row(deps, row_id).status == "sent"


def test_a_text_the_carrier_never_took_is_sent_after_the_look_up(
    deps: Any, queue: Any, carrier: Any, clock: Any
) -> None:
    row_id = queue()
    carrier.fail_with = [CarrierError("no answer", outcome_unknown=True)]
    outbox.send_next(deps)
    carrier.texts.clear()
    carrier.listed.clear()
    clock.advance(minutes=1)
    assert outbox.reconcile_next(deps) and outbox.send_next(deps)
    assert len(carrier.to(NUMBER)) == 1 and row(deps, row_id).status == "sent"


def test_a_sender_that_died_between_claim_and_record_is_settled_the_same_way(
    deps: Any, queue: Any, carrier: Any, clock: Any
) -> None:
    row_id = queue()
    assert outbox._claim(deps) is not None  # the process dies here
    assert not outbox.send_next(deps)
    clock.advance(minutes=2)
    assert outbox.reconcile_next(deps) and outbox.send_next(deps)
    assert len(carrier.to(NUMBER)) == 1 and row(deps, row_id).status == "sent"


def test_a_passing_fault_is_tried_again_later_and_a_permanent_one_is_not(
    deps: Any, queue: Any, carrier: Any, clock: Any
) -> None:
    row_id = queue()
    carrier.fail_with = [CarrierError("busy", code="20429")]
    outbox.send_next(deps)
    assert not outbox.send_next(deps), "not before its time"
    clock.advance(seconds=10)
    assert outbox.send_next(deps) and row(deps, row_id).status == "sent"
    dead = queue()
    carrier.fail_with = [CarrierError("no such number", permanent=True, code="21211")]
    outbox.send_next(deps)
    clock.advance(hours=2)
    assert not outbox.send_next(deps) and row(deps, dead).status == "permanent-failure"


STATUSES = ("queued", "sent", "delivered", "undelivered")


@pytest.mark.parametrize("order", list(itertools.permutations(STATUSES, 3)), ids="-".join)
def test_receipts_in_any_order_and_twice_never_move_a_text_backwards(
    deps: Any, queue: Any, order: tuple[str, ...]
) -> None:
    row_id = queue()
    outbox.send_next(deps)
    sid = row(deps, row_id).carrier_id
    rank = {"sent": 2, "temporary-failure": 3, "delivered": 4}
    seen = rank[row(deps, row_id).status]
    for status in (*order, *order):
        outbox.receive_receipt(deps, sid, status, None)
        now = rank[row(deps, row_id).status]
        assert now >= seen
        seen = now
    if "delivered" in order:
        assert row(deps, row_id).status == "delivered"


def test_a_receipt_that_comes_before_our_own_record_is_applied_when_the_id_is_known(
    deps: Any, queue: Any, carrier: Any
) -> None:
    row_id = queue()
    outbox.receive_receipt(deps, "SM" + f"{1:032x}", "delivered", None)
    outbox.send_next(deps)
    assert row(deps, row_id).status == "delivered"


def test_what_we_start_ourselves_waits_for_seven_and_an_answer_does_not(
    deps: Any, queue: Any, carrier: Any, clock: Any
) -> None:
    clock.set(datetime(2026, 11, 23, 14, 30, tzinfo=UTC))  # 22:30 in Shanghai
    queue("initiated")
    queue("reply")
    while outbox.send_next(deps):
        pass
    assert len(carrier.to(NUMBER)) == 1
    clock.set(datetime(2026, 11, 23, 23, 1, tzinfo=UTC))  # 07:01
    while outbox.send_next(deps):
        pass
    assert len(carrier.to(NUMBER)) == 2


def test_an_opt_out_holds_at_the_door_also_for_what_was_queued_before_it(
    deps: Any, queue: Any, carrier: Any, clock: Any
) -> None:
    waiting, reply = queue("initiated"), queue("reply")
    with deps.db.write() as session:
        session.query(Handset).filter_by(number=NUMBER).one().opted_out_at = clock()
    for _ in range(4):
        outbox.send_next(deps)
    assert row(deps, waiting).status == "suppressed" and row(deps, waiting).suppressed_reason == "opted_out"
    assert row(deps, reply).status == "sent"


def test_a_notice_that_came_too_late_is_dropped(deps: Any, queue: Any, carrier: Any, clock: Any) -> None:
    row_id = queue("initiated", expires_at=clock() + timedelta(hours=1))
    clock.advance(hours=2)
    outbox.send_next(deps)
    assert row(deps, row_id).suppressed_reason == "too_late" and not carrier.to(NUMBER)


def test_texts_to_one_number_leave_in_order_while_one_is_in_flight(deps: Any, queue: Any, carrier: Any) -> None:
    first, second = queue(), queue()
    assert outbox._claim(deps) is not None
    assert outbox._claim(deps) is None, "the second waits until the first is settled"
    assert row(deps, first).status == "sending" and row(deps, second).status == "created"


def test_the_message_shows_the_same_status_as_its_row(deps: Any, queue: Any) -> None:
    row_id = queue()
    outbox.send_next(deps)
    outbox.receive_receipt(deps, row(deps, row_id).carrier_id, "delivered", None)
    with deps.db.read() as session:
        assert session.get_one(Message, row(deps, row_id).message_id).status == "delivered"


# -- M09 ---------------------------------------------------------------------------------------------------------------


def send_and_fail(deps: Any, carrier: Any, status: str) -> None:
    assert outbox.send_next(deps)
    with deps.db.read() as session:
        carrier_id = session.scalar(select(OutboxRow.carrier_id).order_by(OutboxRow.id.desc()).limit(1))
    for told in ("sent", status, status, "sent"):
        outbox.receive_receipt(deps, carrier_id, told, "30003")


@pytest.mark.parametrize("status", ["undelivered", "failed"])
def test_m09_after_two_undelivered_texts_in_a_row_staff_get_one_task(
    deps: Any, queue: Any, carrier: Any, status: str
) -> None:
    """M09."""
    queue()
    send_and_fail(deps, carrier, status)
    assert cases(deps) == []
    for _ in range(3):
        queue()
        send_and_fail(deps, carrier, status)
    assert cases(deps) == ["callback"]


def test_m09_a_text_that_arrives_in_between_makes_good(deps: Any, queue: Any, carrier: Any) -> None:
    for status in ("undelivered", "delivered", "undelivered"):
        queue()
        send_and_fail(deps, carrier, status)
    assert cases(deps) == []


def test_m09_what_can_be_asked_by_phone_is_rung_first_and_a_task_only_after_that(
    deps: Any, queue: Any, make: Any, carrier: Any
) -> None:
    """M09."""
    with make() as f:
        handset = f.session.query(Handset).filter_by(number=NUMBER).one()
        person = f.make_person()
        f._add(HandsetOwner(handset_id=handset.id, person_id=person.id, since=f.now))
        worker = f._add(Worker(person_id=person.id, job_types=[], unavailable=[], day_parts=[], benefits=[],
                               created_at=f.now, updated_at=f.now))  # fmt: skip
        opening = f.make_opening()
    queue()
    send_and_fail(deps, carrier, "undelivered")
    with deps.db.write() as session:
        put_offer.offer_opening(session, deps, now=deps.clock(), opening_id=opening.id, worker_id=worker.id)
    send_and_fail(deps, carrier, "undelivered")
    with deps.db.read() as session:
        planned = session.scalars(select(PlannedCall)).one()
    assert (planned.purpose, planned.status) == ("offer", "planned")
    assert cases(deps) == []
    with deps.db.write() as session:  # nobody picks up, the text goes out again and is not delivered either
        row = session.get_one(PlannedCall, planned.id)
        finish(row, "unreached", deps.clock())
        ring_instead.instead(session, deps, row, deps.clock())
    send_and_fail(deps, carrier, "undelivered")
    assert cases(deps) == ["callback"]


def cases(deps: Any) -> list[str]:
    with deps.db.read() as session:
        return list(session.scalars(select(Case.kind)))


def test_m09_a_reminder_that_did_not_arrive_is_rung_until_the_work_begins_for_whom_it_was(
    deps: Any, queue: Any, make: Any, carrier: Any, clock: Any
) -> None:
    """Two on one phone with the same job; the offers themselves ran out long ago."""
    ids = []
    with make() as f:
        handset = f.session.query(Handset).filter_by(number=NUMBER).one()
        opening = f.make_opening(hours_from="13:00", hours_to="17:00")
        for name in ("王小云", "李大山"):
            person = f.make_person(name)
            f._add(HandsetOwner(handset_id=handset.id, person_id=person.id, since=f.now))
            worker = f._add(Worker(person_id=person.id, job_types=[], unavailable=[], day_parts=[], benefits=[],
                                   created_at=f.now, updated_at=f.now))  # fmt: skip
            offer = f.make_offer(opening, worker, "accepted", expires_at=f.now - timedelta(hours=5))
            ids.append((offer.id, person.id))
    queue()
    send_and_fail(deps, carrier, "undelivered")
    with deps.db.write() as session:
        offer = session.get_one(Offer, ids[1][0])
        reminders.text_reminder(session, deps, offer, session.get_one(Handset, handset.id), clock())
    send_and_fail(deps, carrier, "undelivered")
    with deps.db.read() as session:
        planned = session.scalars(select(PlannedCall)).one()
        begins = answer_offer.starts_at(session.get_one(Offer, ids[1][0]).opening)
    assert (planned.purpose, planned.status, planned.offer_id, planned.person_id) == ("reminder", "planned", *ids[1])
    assert planned.expires_at == begins
