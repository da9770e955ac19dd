"""The outbox: enqueue in the caller's transaction; claim, send and record outside it (DESIGN §2, F6, M10)."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from backend.domain.answers import Answer
from backend.domain.messages import FROM_CARRIER, advance, leaves_at
from backend.errors import CarrierError
from backend.services import undelivered
from backend.services.deps import Deps
from backend.services.receive_message import conversation_for
from backend.store.models import Conversation, Handset, Message, OutboxRow, Receipt

log = structlog.get_logger()

# Longer than the carrier's client waits in all, so that a lease runs out only when its holder is dead.
SEND_LEASE = timedelta(seconds=30)
RETRY_AFTER = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=2),
    timedelta(minutes=10),
    timedelta(minutes=30),
)
LONGEST_TEXT = 500  # characters; the carrier's limit for one message, never reached by our two segments
# A carrier's list may lag behind its acceptance; only after this is "not on the list" taken as "never sent".
RECONCILE_AFTER = timedelta(seconds=10)


def enqueue(
    session: Session,
    deps: Deps,
    *,
    now: datetime,
    handset: Handset,
    answers: list[Answer],
    conversation: Conversation | None = None,
    in_reply_to: int | None = None,
    kind: str = "reply",
    expires_at: datetime | None = None,
) -> Message:
    """Render `answers` for SMS and queue them to the handset, in the caller's transaction.

    `kind`: reply | initiated | notice (see OutboxRow). Returns the outbound message.
    """
    conversation = conversation or conversation_for(session, handset, now)
    station = deps.regions.station_for(conversation.region_code)["short_name"]
    return enqueue_text(
        session,
        now=now,
        handset=handset,
        conversation=conversation,
        body=deps.render_sms(answers, station, "zh"),
        gloss=deps.render_sms(answers, station, "en"),
        answers=answers,
        in_reply_to=in_reply_to,
        kind=kind,
        expires_at=expires_at,
    )


def enqueue_text(
    session: Session,
    *,
    now: datetime,
    handset: Handset,
    conversation: Conversation,
    body: str,
    gloss: str = "",
    answers: list[Answer] | None = None,
    in_reply_to: int | None = None,
    kind: str = "reply",
    expires_at: datetime | None = None,
) -> Message:
    """Queue a text already rendered, e.g. what a member of staff wrote."""
    message = Message(
        conversation_id=conversation.id,
        handset_id=handset.id,
        direction="outbound",
        channel="sms",
        body=body,
        gloss=gloss,
        answer={"answers": answers} if answers else None,
        status="created",
        in_reply_to=in_reply_to,
        created_at=now,
    )
    session.add(message)
    session.flush()
    session.add(
        OutboxRow(
            message_id=message.id,
            to_number=handset.number,
            body=body[:LONGEST_TEXT],
            kind=kind,
            reference=secrets.token_hex(12),
            due_at=now if kind == "reply" else leaves_at(now),
            created_at=now,
            expires_at=expires_at,
        )
    )
    conversation.last_at = max(conversation.last_at, now)
    return message


def _unsettled(now: datetime) -> ColumnElement[bool]:
    """Rows whose outcome nobody knows: reported so, or claimed by a sender that died before recording."""
    return or_(
        and_(OutboxRow.status == "unknown", OutboxRow.due_at <= now),
        and_(OutboxRow.status == "sending", OutboxRow.lease_until < now),
    )


def something_due(deps: Deps) -> bool:
    """Whether a row waits to be sent or settled; one read, for whoever waits for work."""
    now = deps.clock()
    with deps.db.read() as session:
        due = or_(and_(OutboxRow.status == "created", OutboxRow.due_at <= now), _unsettled(now))
        return session.scalar(select(OutboxRow.id).where(due).limit(1)) is not None


def send_next(deps: Deps) -> bool:
    """Claim one due row and send it; return whether there was one. The carrier is called outside any transaction."""
    claimed = _claim(deps)
    if claimed is None:
        return False
    row_id, lease, to_number, body, reference = claimed
    settings = deps.settings
    try:
        sent = deps.carrier.send_sms(
            to_number,
            body,
            from_=settings.twilio_phone_number,
            reference=reference,
            status_url=f"{settings.public_base_url}/twilio/sms/status",
        )
    except CarrierError as problem:
        _record_failure(deps, row_id, lease, problem)
        return True
    with deps.db.write() as session:
        row = session.get(OutboxRow, row_id)
        if row is not None and row.carrier_id is None:
            _record_sent(session, deps, row, sent.carrier_id, sent.status)
    return True


def _claim(deps: Deps) -> tuple[int, str, str, str, str] | None:
    now = deps.clock()
    with deps.db.write() as session:
        # A number's texts leave in the order they were decided: a later row waits while an earlier one is in flight or
        # about to be (another sender may hold its row at this moment, and we would skip it).
        earlier = OutboxRow.__table__.alias("earlier")
        blocked = (
            select(earlier.c.id)
            .where(
                earlier.c.to_number == OutboxRow.to_number,
                earlier.c.id < OutboxRow.id,
                or_(
                    earlier.c.status == "sending",
                    and_(earlier.c.status == "created", earlier.c.due_at <= now),
                ),
            )
            .exists()
        )
        row = session.scalar(
            select(OutboxRow)
            .where(OutboxRow.status == "created", OutboxRow.due_at <= now, ~blocked)
            .order_by(OutboxRow.id)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        if row is None:
            return None
        message = session.get(Message, row.message_id) if row.message_id else None
        reason = _why_not(session, row, now)
        if reason == "quiet_hours":
            row.due_at = leaves_at(now)
            return None
        if reason:
            row.status, row.suppressed_reason = "suppressed", reason
            if message:
                message.status = "permanent-failure"
            log.info("outbox_suppressed", outbox_id=row.id, reason=reason)
            return None
        row.status, row.attempts, row.sending_since = "sending", row.attempts + 1, now
        row.lease_token, row.lease_until = secrets.token_hex(8), now + SEND_LEASE
        if message:
            message.status = "sending"
        return row.id, row.lease_token, row.to_number, row.body, row.reference


def _why_not(session: Session, row: OutboxRow, now: datetime) -> str | None:
    """Opt-out, lateness and quiet hours are judged here, where messages leave (DESIGN §3.11)."""
    if row.expires_at and row.expires_at <= now:
        return "too_late"
    if row.kind == "reply":
        return None
    handset = session.scalar(select(Handset).where(Handset.number == row.to_number))
    if row.kind == "initiated" and handset is not None and handset.opted_out_at is not None:
        return "opted_out"
    return "quiet_hours" if leaves_at(now) > now else None


def _record_sent(session: Session, deps: Deps, row: OutboxRow, carrier_id: str, status: str) -> None:
    row.carrier_id, row.sent_at, row.lease_token, row.lease_until = carrier_id, deps.clock(), None, None
    row.status = advance("sending", FROM_CARRIER.get(status, "sent"))
    if row.status == "sending":
        row.status = "sent"  # the carrier has it; receipts tell the rest
    message = session.get(Message, row.message_id) if row.message_id else None
    if message is not None:
        message.carrier, message.account = deps.carrier.name, deps.settings.twilio_account_sid
        message.carrier_id, message.status = carrier_id, row.status
    session.flush()
    # A receipt may have come before our own commit of the id (D7).
    for receipt in session.scalars(
        select(Receipt).where(
            Receipt.carrier == deps.carrier.name, Receipt.carrier_id == carrier_id, Receipt.applied.is_(False)
        )
    ):
        _apply(session, row, receipt)
        undelivered.note(session, deps, row, deps.clock())


def _record_failure(deps: Deps, row_id: int, lease: str, problem: CarrierError) -> None:
    with deps.db.write() as session:
        row = session.get(OutboxRow, row_id)
        if row is None or row.lease_token != lease:
            return  # somebody else has settled it meanwhile
        row.lease_token, row.lease_until, row.error_code = None, None, problem.code
        if problem.outcome_unknown:
            row.status, row.due_at = "unknown", deps.clock() + RECONCILE_AFTER
        elif problem.permanent or row.attempts > len(RETRY_AFTER):
            row.status = "permanent-failure"
        else:
            row.status, row.due_at = "created", deps.clock() + RETRY_AFTER[row.attempts - 1]
        message = session.get(Message, row.message_id) if row.message_id else None
        if message is not None:
            message.status = row.status
        undelivered.note(session, deps, row, deps.clock())
        log.warning("send_failed", outbox_id=row.id, status=row.status, code=problem.code, attempts=row.attempts)


def reconcile_next(deps: Deps) -> bool:
    """Settle one row whose outcome is unknown by asking the carrier's own list; only then may it be sent again (F6)."""
    now = deps.clock()
    with deps.db.write() as session:
        row = session.scalar(
            select(OutboxRow).where(_unsettled(now)).order_by(OutboxRow.id).limit(1).with_for_update(skip_locked=True)
        )
        if row is None:
            return False
        row.status, row.due_at, row.lease_token, row.lease_until = "unknown", now + RECONCILE_AFTER, None, None
        row_id, to_number, body, reference = row.id, row.to_number, row.body, row.reference
        since = (row.sending_since or row.created_at) - timedelta(minutes=1)
    try:
        found = deps.carrier.find_sent(to_number, body, since, reference)
    except CarrierError:
        log.warning("reconcile_failed", outbox_id=row_id)
        return True  # stays unknown; asked again when due
    with deps.db.write() as session:
        row = session.get(OutboxRow, row_id, with_for_update=True)
        if row is None or row.status != "unknown":
            return True
        if found is not None:
            _record_sent(session, deps, row, found.carrier_id, found.status)
        else:
            row.status, row.due_at = "created", now
        log.info("reconciled", outbox_id=row_id, found=found is not None)
    return True


def receive_receipt(deps: Deps, carrier_id: str, status: str, error_code: str | None) -> None:
    """Store a delivery receipt once per (carrier id, status) and move the message forward, never back (D7)."""
    try:
        with deps.db.write() as session:
            receipt = Receipt(
                carrier=deps.carrier.name, carrier_id=carrier_id, status=status, error_code=error_code, at=deps.clock()
            )
            session.add(receipt)
            session.flush()
            row = session.scalar(select(OutboxRow).where(OutboxRow.carrier_id == carrier_id).with_for_update())
            if row is not None:
                _apply(session, row, receipt)
                undelivered.note(session, deps, row, deps.clock())
    except IntegrityError:
        return  # the same receipt again


def _apply(session: Session, row: OutboxRow, receipt: Receipt) -> None:
    receipt.applied = True
    wanted = FROM_CARRIER.get(receipt.status)
    if wanted is None:
        return
    row.status = advance(row.status, wanted)
    row.error_code = receipt.error_code or row.error_code
    if row.message_id:
        session.execute(update(Message).where(Message.id == row.message_id).values(status=row.status))


def waiting(session: Session) -> dict[str, Any]:
    """How much is in the outbox by status, for /metrics."""
    from sqlalchemy import func

    return dict(session.execute(select(OutboxRow.status, func.count()).group_by(OutboxRow.status)).all())
