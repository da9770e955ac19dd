"""Texts that do not arrive: after two in a row the number is rung, and where that cannot be, staff get a task (M09)."""

from __future__ import annotations

from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.calling import follow_up_window
from backend.domain.case_rules import RULES, due_at
from backend.services import assign, planned_calls
from backend.services.deps import Deps
from backend.store.models import Case, Conversation, Handset, HandsetOwner, Message, Offer, OutboxRow, Worker

log = structlog.get_logger()

FAILED = frozenset({"temporary-failure", "permanent-failure"})
SETTLED = FAILED | {"delivered"}
# What such a text told of can be asked by phone as well.
BY_PHONE = {"offer": "offer", "place_free": "offer", "reminder": "reminder", "follow_up": "follow_up"}
WORTH_FOR = timedelta(days=1)


def note(session: Session, deps: Deps, row: OutboxRow, now: datetime) -> None:
    """Look at a text whose delivery has just failed; in the caller's transaction, the same one again changes nothing."""
    if row.status not in FAILED or row.message_id is None or row.kind == "notice" or not _failed_before(session, row):
        return
    message = session.get_one(Message, row.message_id)
    handset = session.get_one(Handset, message.handset_id)
    if not _rung(session, deps, handset, message, now):
        _task(session, deps, handset, message, now)


def _failed_before(session: Session, row: OutboxRow) -> bool:
    """Whether the text to this number before this one did not arrive either."""
    before = (
        select(OutboxRow.status)
        .where(OutboxRow.to_number == row.to_number, OutboxRow.id < row.id, OutboxRow.status.in_(SETTLED))
        .order_by(OutboxRow.id.desc())
        .limit(1)
    )
    return session.scalar(before) in FAILED


def _rung(session: Session, deps: Deps, handset: Handset, message: Message, now: datetime) -> bool:
    """Plan the call that asks what the text asked; False when there is none, or it was rung for already."""
    told = next((a for a in (message.answer or {}).get("answers", []) if a["kind"] in BY_PHONE), None)
    if told is None:
        return False
    conversation = session.get_one(Conversation, message.conversation_id)
    offer = session.scalar(
        select(Offer)
        .join(Worker, Worker.id == Offer.worker_id)
        .join(HandsetOwner, HandsetOwner.person_id == Worker.person_id)
        .where(HandsetOwner.handset_id == handset.id, HandsetOwner.until.is_(None),
               Offer.opening_id == told["opening"]["id"])
        # Of several people on one phone the one the text was for.
        .order_by((HandsetOwner.person_id == conversation.person_id).desc(), Offer.id)
        .limit(1)
    )  # fmt: skip
    if offer is None:
        return False
    purpose = BY_PHONE[told["kind"]]
    planned = planned_calls.plan(
        session, deps, now=now, handset=handset, purpose=purpose, offer_id=offer.id,
        person_id=offer.worker.person_id, due_at=now, expires_at=_worth_until(purpose, offer, now),
    )  # fmt: skip
    # One that is over was what led to the text: ringing once more would go round in a circle.
    return planned is not None and planned.status not in planned_calls.OVER


def _worth_until(kind: str, offer: Offer, now: datetime) -> datetime:
    """Until when there is something to ask: an offer to its end, a reminder to the work, how it went for some days."""
    from backend.services import answer_offer, put_offer  # which queues texts itself, and so leads back here

    if kind == "reminder":
        return answer_offer.starts_at(offer.opening)
    if kind == "follow_up":
        return follow_up_window(offer.ends_on)[1]
    return offer.expires_at - put_offer.TO_ANSWER if offer.expires_at else now + WORTH_FOR


def _task(session: Session, deps: Deps, handset: Handset, message: Message, now: datetime) -> None:
    """One open task per number, however many texts fail."""
    known = select(Case.id).where(Case.handset_id == handset.id, Case.kind == "callback", Case.status != "closed")
    if session.scalar(known.limit(1)) is not None:
        return
    conversation = session.get_one(Conversation, message.conversation_id)
    station = deps.regions.station_for(conversation.region_code)
    case = Case(
        kind="callback", priority=RULES["callback"].priority, summary="短信两次没送到,要打电话或者上门",
        details={"message_ids": [message.id]}, conversation_id=conversation.id, handset_id=handset.id,
        region_code=conversation.region_code or station["region_code"], source_message_id=message.id, opened_at=now,
        due_at=due_at("callback", now, station["opens_at"], station["closes_at"]),
    )  # fmt: skip
    session.add(case)
    assign.to_team(session, case, now)
    session.flush()
    log.info("undelivered_twice", handset_id=handset.id, case_id=case.id)
