"""Staff steer an opening's waves and say what became of its places (E03, W06); own region only, written down."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.domain.outcomes import OUTCOMES
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, outcomes
from backend.services.staff_login import Member
from backend.store.models import Offer, Opening
from backend.store.queries.scope import within

if TYPE_CHECKING:
    from backend.services.deps import Deps

STEPS = ("stop", "go_on", "urgent", "not_urgent", "next_now")
LIVE = ("published", "filled")


def steer(deps: Deps, member: Member, opening_id: int, step: str) -> None:
    """`step`: stop | go_on | urgent | not_urgent | next_now. Places already taken stay as they are.

    A wave asked for at night goes in the morning (M10). Raises `NotFound`, `Forbidden`, `Invalid`; `Conflict` with reason
    `closed` when the opening is no longer to be had.
    """
    if step not in STEPS:
        raise Invalid("unknown step", {"step": "one of " + ", ".join(STEPS)})
    now = deps.clock()
    with deps.db.write() as session:
        opening = _mine(session, member, opening_id)
        if opening.status not in LIVE:
            raise Conflict(f"this opening is {opening.status}", reason="closed", status=opening.status)
        if step == "stop":
            opening.waves_stopped_at = opening.waves_stopped_at or now
        elif step in {"go_on", "next_now"}:
            opening.waves_stopped_at, opening.next_wave_at = None, now
        else:
            opening.urgent = step == "urgent"
            if opening.urgent and opening.next_wave_at is not None:
                opening.next_wave_at = min(opening.next_wave_at, now)
        audit.write(session, now, member.actor, f"waves_{step}", opening)


def say(deps: Deps, member: Member, opening_id: int, offer_id: int, outcome: str) -> None:
    """What a member of staff has found out of a place in `opening_id`: arrived | no_show | completed | paid. Raises as `steer`."""
    if outcome not in OUTCOMES:
        raise Invalid("unknown outcome", {"outcome": "one of " + ", ".join(OUTCOMES)})
    now = deps.clock()
    with deps.db.write() as session:
        offer = session.get(Offer, offer_id)
        if offer is None or offer.opening_id != opening_id:
            raise NotFound("no such offer")
        _mine(session, member, offer.opening_id)
        if offer.status not in {"accepted", "arrived", "no_show", "completed"}:
            raise Conflict("holds no place", reason="not_held")
        outcomes.say(
            session, deps, now=now, offer=offer, side="staff", outcome=outcome, staff_id=member.id
        )  # fmt: skip
        audit.write(session, now, member.actor, "told_outcome", offer, side="staff", outcome=outcome)


def _mine(session: Session, member: Member, opening_id: int) -> Opening:
    opening = session.scalar(
        select(Opening)
        .where(Opening.id == opening_id, within(Opening.region_code, member.region_code))
        .with_for_update()
    )
    if opening is None:
        raise NotFound("no such opening")  # the same answer for one that is elsewhere (T6)
    if not may(member.role, "send_offers"):
        raise Forbidden("this role only looks")
    return opening
