"""What ends by itself, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from backend.services import expiry
from backend.services.deps import Deps
from backend.store.models import Handset, Offer, Opening, OutboxRow
from tests.support.clock import SettableClock


@pytest.mark.parametrize(
    ("status", "days_since_the_last", "after"),
    [
        ("published", 1, "expired"),
        ("in_review", 1, "expired"),
        ("published", 0, "published"),
        ("filled", 1, "filled"),
        ("withdrawn", 1, "withdrawn"),
        ("rejected", 1, "rejected"),
    ],
)
def test_an_opening_ends_after_its_last_day(
    deps: Deps, make: Callable[[], Any], status: str, days_since_the_last: int, after: str
) -> None:
    with make() as f:
        last = f.today - timedelta(days=days_since_the_last)
        opening = f.make_opening(status=status, starts_on=last, ends_on=last)
    changed = expiry.expire_openings(deps)
    with deps.db.read() as session:
        assert session.get_one(Opening, opening.id).status == after
    assert changed == (after == "expired")
    assert expiry.expire_openings(deps) == 0


def test_the_last_day_is_a_day_in_shanghai(deps: Deps, clock: SettableClock, make: Callable[[], Any]) -> None:
    with make() as f:
        opening = f.make_opening(starts_on=f.today, ends_on=f.today)
    clock.set(clock.now.replace(hour=15, minute=59))  # 23:59 there
    assert expiry.expire_openings(deps) == 0
    clock.advance(minutes=1)
    assert expiry.expire_openings(deps) == 1
    with deps.db.read() as session:
        assert session.get_one(Opening, opening.id).status == "expired"


def test_open_offers_end_with_their_opening_and_taken_places_do_not(deps: Deps, make: Callable[[], Any]) -> None:
    with make() as f:
        past = f.today - timedelta(days=1)
        opening = f.make_opening(starts_on=past, ends_on=past, headcount=5)
        offers = {
            status: f.make_offer(opening, f.make_worker(), status)
            for status in ("offered", "waitlisted", "accepted", "declined")
        }
    expiry.expire_openings(deps)
    with deps.db.read() as session:
        after = {status: session.get_one(Offer, offer.id).status for status, offer in offers.items()}
    assert after == {"offered": "expired", "waitlisted": "expired", "accepted": "accepted", "declined": "declined"}


def test_an_offer_nobody_answered_ends_when_its_time_is_over(
    deps: Deps, clock: SettableClock, make: Callable[[], Any]
) -> None:
    """M05."""
    with make() as f:
        offer = f.make_offer(f.make_opening(), f.make_worker(), expires_at=f.now + timedelta(hours=4))
    assert expiry.expire_offers(deps) == 0
    clock.advance(hours=4)
    assert expiry.expire_offers(deps) == 1
    with deps.db.read() as session:
        assert session.get_one(Offer, offer.id).status == "expired"
    assert expiry.expire_offers(deps) == 0


def test_the_lease_of_a_dead_worker_is_freed_and_a_live_one_is_kept(
    deps: Deps, clock: SettableClock, make: Callable[[], Any]
) -> None:
    with make() as f:
        dead = f.make_handset(lease_token="a", lease_until=f.now - timedelta(seconds=1))
        alive = f.make_handset(lease_token="b", lease_until=f.now + timedelta(seconds=30))
    assert expiry.release_stale_leases(deps) == 1
    with deps.db.read() as session:
        assert session.get_one(Handset, dead.id).lease_token is None
        assert session.get_one(Handset, alive.id).lease_token == "b"


def test_a_text_whose_sender_died_becomes_unknown_and_is_never_simply_sent_again(
    deps: Deps, clock: SettableClock, make: Callable[[], Any]
) -> None:
    """F6: it may have gone out."""
    with make() as f:
        row = f._add(
            OutboxRow(to_number="+8610000000001", body="好", reference="r1", status="sending", due_at=f.now, created_at=f.now,
                      sending_since=f.now, lease_token="x", lease_until=f.now + timedelta(seconds=60), attempts=1)
        )  # fmt: skip
    clock.advance(seconds=90)
    assert expiry.release_stale_leases(deps) == 0
    clock.advance(seconds=60)
    assert expiry.release_stale_leases(deps) == 1
    with deps.db.read() as session:
        assert session.get_one(OutboxRow, row.id).status == "unknown"
