"""The demo county: the same every time, and always with work for everybody in it (contract, Demo county)."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from backend import console
from backend.domain.marked import placed
from backend.domain.training import left_out
from backend.seed import renew, seed
from backend.seed.people import demo_people, plan_workers
from backend.seed.work import plan
from backend.services import matches
from backend.services.deps import Deps
from backend.services.regions import RegionBook
from backend.settings import TIMEZONE, Settings
from backend.store.models import (
    Call,
    Case,
    Conversation,
    Employer,
    Handset,
    Message,
    Offer,
    Opening,
    OutboxRow,
    Person,
    Receipt,
    Region,
    Staff,
    Station,
    Worker,
)
from backend.store.session import Database
from tests.support.clock import SettableClock


@pytest.fixture
def seeded(database: Database, settings: Settings, clock: SettableClock) -> Database:
    assert seed(database, settings, clock()) is True
    return database


def counts(database: Database) -> dict[str, int]:
    with database.read() as session:
        return {
            model.__name__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in (Region, Station, Staff, Person, Worker, Handset, Employer, Opening, Offer, Case, Conversation)
        }


def test_seeding_twice_changes_nothing(seeded: Database, settings: Settings, clock: SettableClock) -> None:
    before = counts(seeded)
    assert seed(seeded, settings, clock()) is False
    assert counts(seeded) == before
    assert before["Worker"] == 300 and before["Region"] == 920 and before["Opening"] >= 150


def test_the_same_people_and_openings_every_time() -> None:
    assert plan_workers() == plan_workers() and plan() == plan()
    assert len({planned.key for planned in plan()}) == len(plan())
    assert len({p.name for p in plan_workers()}) == 300


def test_every_trade_is_asked_for(seeded: Database) -> None:
    with seeded.read() as session:
        assert (
            session.scalar(select(func.count(Opening.job_type.distinct())).where(Opening.status == "published")) == 101
        )


def test_every_invented_number_is_one_no_carrier_issues(seeded: Database) -> None:
    with seeded.read() as session:
        numbers = [
            *session.scalars(select(Handset.number)),
            *session.scalars(select(Employer.phone)),
            *session.scalars(select(Staff.phone)),
            *session.scalars(select(Station.hotline)),
        ]
    assert numbers and all(number and number.startswith("+861000") and len(number) == 14 for number in numbers)


def test_every_worker_finds_suitable_work_also_after_weeks(seeded: Database, clock: SettableClock) -> None:
    regions = RegionBook(seeded)
    for days_later in (0, 2, 40):
        now = clock() + timedelta(days=days_later)
        renew(seeded, now)
        today = now.astimezone(TIMEZONE).date()
        with seeded.read() as session:
            without = [
                worker.id
                for worker in session.scalars(select(Worker))
                if not any(m.suitable for m in matches.openings_for(session, regions, today, worker=worker, limit=3))
            ]
        assert without == [], days_later


@pytest.mark.parametrize("days_later", [0, 1, 2, 30])
def test_there_is_fruit_to_pick_near_xingquan_tomorrow(seeded: Database, clock: SettableClock, days_later: int) -> None:
    now = clock() + timedelta(days=days_later)
    renew(seeded, now)
    today = now.astimezone(TIMEZONE).date()
    with seeded.read() as session:
        found = matches.openings_for(
            session,
            RegionBook(seeded),
            today,
            worker=None,
            near="500114121002",
            filters={"job_types": ["A04"], "from": today + timedelta(days=1), "to": today + timedelta(days=1)},
        )
        assert found and all(m.opening.region_code.startswith("500114") for m in found)
        assert found[0].opening.region_code.startswith("500114121")
        assert all(m.opening.filled < m.opening.headcount for m in found)


def test_renewing_keeps_what_binds_somebody_and_posts_beside_it(
    seeded: Database, clock: SettableClock, make: Any
) -> None:
    with make() as f:
        opening = f.session.scalars(
            select(Opening).where(Opening.title == "摘柑子", Opening.status == "published")
        ).first()
        f.make_offer(opening, f.make_worker(), "accepted")
        taken, starts_on = opening.id, opening.starts_on
    renew(seeded, clock() + timedelta(days=10))
    with seeded.read() as session:
        assert session.get_one(Opening, taken).starts_on == starts_on
        fresh = session.scalars(
            select(Opening).where(
                Opening.title == "摘柑子", Opening.status == "published", Opening.starts_on > starts_on
            )
        ).all()
        assert fresh and taken not in [row.id for row in fresh]


def test_a_month_of_daily_renewals_leaves_one_round_of_each(seeded: Database, clock: SettableClock) -> None:
    for day in range(1, 31):
        renew(seeded, clock() + timedelta(days=day))
    with seeded.read() as session:
        rounds = Counter(
            session.execute(
                select(Opening.employer_id, Opening.title, Opening.place).where(Opening.status == "published")
            )
        )
    assert len(rounds) == len(plan()) and set(rounds.values()) == {1}


def test_an_empty_database_is_not_renewed(database: Database, clock: SettableClock) -> None:
    assert renew(database, clock()) == 0


def test_places_taken_agree_with_the_offers(seeded: Database) -> None:
    with seeded.read() as session:
        held = dict(
            session.execute(
                select(Offer.opening_id, func.count())
                .where(Offer.status.in_(("accepted", "arrived", "completed", "paid")))
                .group_by(Offer.opening_id)
            ).all()
        )
        assert all(opening.filled == held.get(opening.id, 0) for opening in session.scalars(select(Opening)))


def test_the_console_has_something_to_show_in_every_room(seeded: Database) -> None:
    with seeded.read() as session:
        waiting = session.scalars(select(Opening).where(Opening.status == "in_review")).all()
        assert {"deposit_words", "sex_words", "age_words", "pay_low", "pay_high"} <= {
            f for o in waiting for f in o.review_flags
        }
        assert {"open", "taken", "closed"} == set(session.scalars(select(Case.status)))
        for role, region in (("village", "500114121002"), ("town", "500114121"), ("county", "500114")):
            assert session.scalars(select(Staff).where(Staff.role == role, Staff.region_code == region)).all()
            assert session.scalar(select(func.count()).select_from(Case).where(Case.region_code.startswith(region)))
            assert session.scalar(
                select(func.count()).select_from(Conversation).where(Conversation.region_code.startswith(region))
            )


def test_what_was_said_by_phone_was_said_in_a_call(seeded: Database) -> None:
    """So that figures count it, and a conversation shows where the call began and how long it was."""
    with seeded.read() as session:
        spoken = session.scalars(select(Message).where(Message.channel == "voice").order_by(Message.id)).all()
        calls = {call.id: call for call in session.scalars(select(Call))}
        assert {turn.call_id for turn in spoken} == set(calls) and len(calls) >= 2
        for turn in spoken:
            call = calls[turn.call_id or 0]
            assert (call.conversation_id, call.handset_id) == (turn.conversation_id, turn.handset_id)
            assert call.ended_at is not None and call.started_at < turn.created_at < call.ended_at


def test_every_text_the_line_sent_has_arrived(seeded: Database, clock: SettableClock) -> None:
    with seeded.read() as session:
        sent = session.scalars(select(Message).where(Message.channel == "sms", Message.direction == "outbound")).all()
        rows = {row.message_id: row for row in session.scalars(select(OutboxRow))}
        receipts = {receipt.carrier_id: receipt for receipt in session.scalars(select(Receipt))}
    assert sent and {turn.id for turn in sent} == set(rows)
    for turn in sent:
        row = rows[turn.id]
        receipt = receipts[row.carrier_id or ""]
        assert (turn.status, row.status, receipt.status) == ("delivered",) * 3
        assert row.sent_at is not None and turn.created_at <= row.sent_at < receipt.at < clock()


def test_the_handset_page_offers_people_with_a_phone(seeded: Database, deps: Deps) -> None:
    people = demo_people(deps)
    assert 20 <= len(people) <= 40
    with seeded.read() as session:
        known = {*session.scalars(select(Handset.number)), *session.scalars(select(Employer.phone))}
    assert all(person["number"] in known and person["name"] for person in people)


def test_every_sentence_in_it_can_be_put_right_and_learnt(seeded: Database) -> None:
    """Whoever tries correcting and training on the demo teaches the model something."""
    with seeded.read() as session:
        turns = session.scalars(select(Message).where(Message.direction == "inbound")).all()
    assert len(turns) >= 10
    why = {
        turn.body: left_out(turn.normalized_text or "", placed(turn.normalized_text or "", turn.entities or []))
        for turn in turns
    }
    assert {body: reason for body, reason in why.items() if reason and not body.isdigit()} == {}


def test_the_example_of_the_search_field_finds_something_in_it(seeded: Database) -> None:
    """Whoever follows the hint sees a hit, not an empty list."""
    page = Path(console.__file__).with_name("templates") / "console" / "conversations.html"
    (hint,) = re.findall(r"搜说过的话，比如：([^']+)'", page.read_text(encoding="utf-8"))
    with seeded.read() as session:
        said = session.scalars(select(Message.body).where(Message.direction == "inbound")).all()
    assert any(all(word in body for word in hint.split()) for body in said)
