"""Calls we mean to place, as staff list them; every read takes the region of the member of staff (DESIGN §3.9)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from backend.store.models import CallAttempt, Conversation, Handset, Person, PlannedCall
from backend.store.queries.scope import within

PAGE = 30
WAITING = ("planned", "placing", "ringing")


@dataclass(frozen=True)
class Listed:
    """`region`: of the person rung, else of the number's newest conversation. `last`: how the last ringing went."""

    planned: PlannedCall
    number: str
    region: str | None
    last: CallAttempt | None


# Of the person rung where one is known; else where her number's newest conversation belongs.
_NEWEST = (
    select(Conversation.region_code)
    .where(Conversation.handset_id == PlannedCall.handset_id)
    .order_by(Conversation.id.desc())
    .limit(1)
    .correlate(PlannedCall)
    .scalar_subquery()
)
_REGION = func.coalesce(Person.village_code, _NEWEST)


def page(
    session: Session, region: str, home: str, *, waiting: bool = True, number: int = 1
) -> tuple[list[Listed], bool]:
    """Return what is still to be rung, the next first, or what is over, the newest first; and whether there are more."""
    state = PlannedCall.status.in_(WAITING)
    order = (PlannedCall.due_at, PlannedCall.id) if waiting else (PlannedCall.finished_at.desc(), PlannedCall.id.desc())
    query = _seen(region, home).where(state if waiting else ~state).order_by(*order)
    rows = session.execute(query.offset((number - 1) * PAGE).limit(PAGE + 1)).all()
    last = _last_ringings(session, [planned.id for planned, _, _ in rows])
    return [Listed(planned, phone, where, last.get(planned.id)) for planned, phone, where in rows[:PAGE]], len(
        rows
    ) > PAGE


def one(session: Session, region: str, home: str, planned_id: int) -> PlannedCall | None:
    """The row itself, locked for a change; None where it is not there or not one's own."""
    if session.execute(_seen(region, home).where(PlannedCall.id == planned_id)).first() is None:
        return None
    return session.get(PlannedCall, planned_id, with_for_update=True, populate_existing=True)


def _seen(region: str, home: str) -> Select[PlannedCall, str, str]:
    return (
        select(PlannedCall, Handset.number, _REGION)
        .join(Handset, Handset.id == PlannedCall.handset_id)
        .outerjoin(Person, Person.id == PlannedCall.person_id)
        .where(within(_REGION, region, home))
    )


def _last_ringings(session: Session, ids: list[int]) -> dict[int, CallAttempt]:
    newest = (
        select(func.max(CallAttempt.id))
        .where(CallAttempt.planned_call_id.in_(ids))
        .group_by(CallAttempt.planned_call_id)
    )
    found = session.scalars(select(CallAttempt).where(CallAttempt.id.in_(newest)))
    return {attempt.planned_call_id: attempt for attempt in found}
