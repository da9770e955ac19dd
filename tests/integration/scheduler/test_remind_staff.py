"""The weekly word to village staff, once each (L01)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from backend.services.deps import Deps
from backend.services.remind_staff import remind_staff
from backend.store.models import OutboxRow
from tests.support.clock import SettableClock

FRIDAY_TEN = datetime(2026, 6, 12, 2, 0, tzinfo=UTC)


def texts(deps: Deps) -> list[OutboxRow]:
    with deps.db.read() as session:
        rows = list(session.scalars(select(OutboxRow).order_by(OutboxRow.id)))
        session.expunge_all()
        return rows


@pytest.fixture(autouse=True)
def friday(clock: SettableClock) -> None:
    clock.set(FRIDAY_TEN)


def test_a_village_officer_without_an_update_this_week_is_reminded_once(
    deps: Deps, clock: SettableClock, make: Callable[[], Any]
) -> None:
    with make() as f:
        f.make_station(short_name="黔江零工")
        staff = f.make_staff(ledger_updated_at=f.now - timedelta(days=6), name="冉建国")
    assert remind_staff(deps) == 1
    clock.advance(hours=1)
    assert remind_staff(deps) == 0
    clock.advance(days=1)
    assert remind_staff(deps) == 0
    (text,) = texts(deps)
    assert text.to_number == staff.phone
    assert text.kind == "notice"
    assert text.body.startswith("【黔江零工】冉建国")
    assert "兴泉社区" in text.body
    assert len(text.body) <= 134


def test_the_next_week_brings_the_next_reminder(deps: Deps, clock: SettableClock, make: Callable[[], Any]) -> None:
    with make() as f:
        f.make_staff()
    assert remind_staff(deps) == 1
    clock.advance(days=7)
    assert remind_staff(deps) == 1


def test_who_updated_since_monday_is_left_alone(deps: Deps, make: Callable[[], Any]) -> None:
    with make() as f:
        f.make_staff(ledger_updated_at=f.now - timedelta(days=2))
    assert remind_staff(deps) == 0


@pytest.mark.parametrize("fields", [{"role": "town", "region": "500114121"}, {"active": False}, {"phone": None}])
def test_only_active_village_staff_with_a_phone_are_reminded(
    deps: Deps, make: Callable[[], Any], fields: dict[str, Any]
) -> None:
    with make() as f:
        f.make_staff(**fields)
    assert remind_staff(deps) == 0


@pytest.mark.parametrize("away", [timedelta(days=-1), timedelta(hours=-2), timedelta(hours=9)])
def test_nobody_is_reminded_before_friday_or_outside_office_hours(
    deps: Deps, clock: SettableClock, make: Callable[[], Any], away: timedelta
) -> None:
    with make() as f:
        f.make_staff()
    clock.set(FRIDAY_TEN + away)
    assert remind_staff(deps) == 0


def test_a_scheduler_that_was_away_on_friday_still_reminds_on_saturday(
    deps: Deps, clock: SettableClock, make: Callable[[], Any]
) -> None:
    """F7."""
    with make() as f:
        f.make_staff()
    clock.advance(days=1)
    assert remind_staff(deps) == 1
