"""What we mean to ring somebody for: planned in the caller's transaction, once per cause; cancelled when it is settled.

Placing is `place_calls`, what becomes of it `follow_ringing`. A number may be rung that has contacted us or is on file
as an owner's handset, and that is a mainland line (I11): a plan is made for a `Handset`, never for digits out of a text.
"""

from __future__ import annotations

from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.domain.calling import may_be_rung, rings_at
from backend.domain.phone import REISSUED_AFTER
from backend.services.deps import Deps
from backend.store.models import Handset, PlannedCall

log = structlog.get_logger()

OVER = frozenset({"answered", "unreached", "suppressed", "expired"})


def plan(
    session: Session,
    deps: Deps,
    *,
    now: datetime,
    handset: Handset,
    purpose: str,
    due_at: datetime,
    expires_at: datetime,
    person_id: int | None = None,
    offer_id: int | None = None,
    after_call_sid: str | None = None,
    again: bool = False,
) -> PlannedCall | None:
    """Plan one call; the same cause again finds the plan that is there (`again`: an ended one is begun anew).

    None: it will not be rung (`why_never`), or its hours begin only when it is no longer worth it; whoever asked then
    takes another way. `due_at` is moved to the next hours in which people are rung.
    """
    due_at = rings_at(max(due_at, now), deps.settings.call_hours)
    if why_never(handset, now) or due_at >= expires_at or not deps.settings.calls_per_day:
        return None
    known = _known(session, purpose, offer_id, after_call_sid)
    if known is None:
        planned = PlannedCall(
            handset_id=handset.id, person_id=person_id, purpose=purpose, offer_id=offer_id,
            after_call_sid=after_call_sid, status="planned", due_at=due_at, expires_at=expires_at, attempts=0,
            created_at=now,
        )  # fmt: skip
        try:
            with session.begin_nested():
                session.add(planned)
        except IntegrityError:  # planned by another process a moment ago
            return _known(session, purpose, offer_id, after_call_sid)
        log.info("call_planned", planned_call_id=planned.id, purpose=purpose)
        return planned
    if again and known.status in OVER:
        known.status, known.due_at, known.expires_at, known.attempts = "planned", due_at, expires_at, 0
        known.handset_id, known.suppressed_reason, known.finished_at = handset.id, None, None
    return known


def why_never(handset: Handset, now: datetime) -> str | None:
    """Why this number is not rung at all: opted_out | not_allowed (I11; silent so long that it may be another's, T4)."""
    if handset.opted_out_at is not None or handset.calls_opted_out_at is not None:
        return "opted_out"
    if now - handset.last_seen_at > REISSUED_AFTER:
        return "not_allowed"
    return None if may_be_rung(handset.number) else "not_allowed"


def cancel(session: Session, *, now: datetime, handset_id: int, purpose: str, reason: str) -> int:
    """Take back what is planned for a number and not yet under way; return how many."""
    return int(
        session.execute(
            update(PlannedCall)
            .where(PlannedCall.handset_id == handset_id, PlannedCall.purpose == purpose,
                   PlannedCall.status == "planned")
            .values(status="suppressed", suppressed_reason=reason, finished_at=now)
            .execution_options(synchronize_session=False)
        ).rowcount  # type: ignore[attr-defined]
    )  # fmt: skip


def finish(planned: PlannedCall, status: str, now: datetime, reason: str | None = None) -> None:
    """End a plan; what has ended stays as it is, but for an answer that comes late."""
    planned.status, planned.suppressed_reason, planned.finished_at = status, reason, now
    log.info("planned_call_over", planned_call_id=planned.id, purpose=planned.purpose, status=status, reason=reason)


def _known(session: Session, purpose: str, offer_id: int | None, after_call_sid: str | None) -> PlannedCall | None:
    if offer_id is None and after_call_sid is None:
        return None
    cause = (
        PlannedCall.after_call_sid == after_call_sid
        if after_call_sid is not None
        else (PlannedCall.purpose == purpose) & (PlannedCall.offer_id == offer_id)
    )
    return session.scalar(select(PlannedCall).where(cause).with_for_update())
