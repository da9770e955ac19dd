"""The text after a call follows what was told; a promised time stays (V16, V20)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.domain.answers import make
from backend.services.after_call import summary, text_what_was_done
from backend.services.deps import Deps
from backend.store.models import Call, Case, Message, OutboxRow, TurnEffect
from backend.store.session import Database
from tests.support.clock import SettableClock
from tests.support.phone_call import NUMBER, PhoneCall
from tests.support.signing import SignedClient

Make = Callable[[], Any]


@pytest.fixture(autouse=True)
def market(make: Make) -> None:
    with make() as f:
        f.make_station()
        f.make_opening()


@pytest.fixture
def call(signed: SignedClient) -> Callable[..., PhoneCall]:
    return lambda number=NUMBER: PhoneCall(signed, number)


def the_case(database: Database) -> Case:
    with database.read() as session:
        return session.scalars(select(Case)).one()


def test_v16_trying_again_does_not_move_the_promised_time_back(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock
) -> None:
    call().press("0").dial_ended("busy").hang_up()
    promised = the_case(database).due_at
    clock.advance(minutes=10)
    call().press("0").dial_ended("busy").hang_up()
    assert the_case(database).details["rang"] == ["busy", "busy"]
    assert the_case(database).due_at == promised


def test_v16_a_promised_time_that_is_over_is_promised_anew(
    call: Callable[..., PhoneCall], database: Database, clock: SettableClock
) -> None:
    call().press("0").dial_ended("busy").hang_up()
    clock.advance(minutes=45)
    call().press("0").dial_ended("busy").hang_up()
    assert the_case(database).due_at == clock() + timedelta(minutes=30)


def test_v20_what_is_still_being_understood_when_the_call_ends_is_texted_when_it_is_done(
    call: Callable[..., PhoneCall], database: Database, deps: Deps
) -> None:
    phone = call().press("1").press("1").press("1")
    with deps.db.write() as session:
        row = session.scalars(select(Call)).one()
        late = Message(conversation_id=row.conversation_id, handset_id=row.handset_id, direction="inbound", channel="voice",
                       body="老板欠我工钱", status="processing", created_at=deps.clock(), carrier="simulator", account="test",
                       carrier_id="late", call_id=row.id)  # fmt: skip
        session.add(late)
        session.flush()
        late_id = late.id
    phone.hang_up()
    told = make(
        "case_opened", case_kind="wage_arrears", case_id=77, who="镇社保所", due_at=deps.clock().isoformat(),
        emergency=None, hotlines=[], said={},
    )  # fmt: skip
    with deps.db.write() as session:
        session.add(TurnEffect(message_id=late_id, act="report_problem", answer={"answers": [told]}, at=deps.clock()))
        session.flush()
        text_what_was_done(session, deps, session.scalars(select(Call)).one())
    with database.read() as session:
        bodies = list(
            session.scalars(select(OutboxRow.body).where(OutboxRow.to_number == NUMBER).order_by(OutboxRow.id))
        )
    assert "定了" in bodies[0] and "77" in bodies[-1] and len(bodies) == 2


def test_v20_a_change_put_back_in_the_same_call_is_told_as_put_back() -> None:
    changed = make("profile_updated", changed={"pay_min_fen": 15000})
    undone = make("undone", what="profile", opening=None)
    assert [answer["kind"] for answer in summary([changed, undone])] == ["undone"]
    again = make("profile_updated", changed={"pay_min_fen": 16000})
    assert summary([changed, undone, again]) == [again]
