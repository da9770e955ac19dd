"""What ends by itself: openings whose days are over, offers nobody answered, leases whose holder died."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import or_, select, update

from backend.services.deps import Deps
from backend.settings import TIMEZONE
from backend.store.models import Handset, Offer, Opening, OutboxRow

# A sender that has not recorded an outcome after this long is dead; what it sent is asked of the carrier (F6).
SENDING_AT_MOST = timedelta(minutes=2)


def expire_openings(deps: Deps) -> int:
    """Close openings whose last day is past, and the open offers on them (P07); return how many openings.

    A `filled` one keeps its status: it ended well. Places already taken are not touched.
    """
    today = deps.clock().astimezone(TIMEZONE).date()
    with deps.db.write() as session:
        closed = session.execute(
            update(Opening)
            .where(Opening.status.in_(("draft", "in_review", "published")), Opening.ends_on < today)
            .values(status="expired")
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        session.execute(
            update(Offer)
            .where(
                Offer.status.in_(("offered", "waitlisted")),
                Offer.opening_id.in_(
                    select(Opening.id).where(or_(Opening.status == "expired", Opening.ends_on < today))
                ),
            )
            .values(status="expired")
            .execution_options(synchronize_session=False)
        )
    return int(closed)


def expire_offers(deps: Deps) -> int:
    """Close the offers we made whose time to answer is over (M05); return how many."""
    with deps.db.write() as session:
        return int(
            session.execute(
                update(Offer)
                .where(Offer.status == "offered", Offer.expires_at <= deps.clock())
                .values(status="expired")
                .execution_options(synchronize_session=False)
            ).rowcount  # type: ignore[attr-defined]
        )


def release_stale_leases(deps: Deps) -> int:
    """Free numbers and texts whose worker died at work; return how many.

    A text left in `sending` becomes `unknown`: it may have gone out, so the outbox asks the carrier before any resend.
    """
    now = deps.clock()
    with deps.db.write() as session:
        freed = session.execute(
            update(Handset)
            .where(Handset.lease_until < now)
            .values(lease_token=None, lease_until=None)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
        parked = session.execute(
            update(OutboxRow)
            .where(
                OutboxRow.status == "sending",
                OutboxRow.lease_until < now,
                OutboxRow.sending_since < now - SENDING_AT_MOST,
            )
            .values(status="unknown", lease_token=None, lease_until=None, due_at=now)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
    return int(freed + parked)
