"""What the network did for the demo's past turns: calls that began and ended, texts that left and arrived (invented)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from backend.store.models import Call, Conversation, Handset, Message, OutboxRow, Receipt

# No adapter has this name: nobody asks a carrier about calls and texts that never were.
CARRIER = "demo"
GREETING = timedelta(seconds=12)  # from picking up to the first words
LAST_ANSWER = timedelta(seconds=20)  # said to the end, then hung up
ON_ITS_WAY = timedelta(seconds=4)


def called(session: Session, conversation: Conversation, first_words_at: datetime) -> Call:
    """The call the turns of `conversation` are of, from its greeting on; `hung_up` ends it."""
    call = Call(
        carrier=CARRIER,
        call_sid=f"CA{conversation.id:032x}",
        handset_id=conversation.handset_id,
        conversation_id=conversation.id,
        direction="inbound",
        started_at=first_words_at - GREETING,
        last_at=first_words_at,
    )
    session.add(call)
    session.flush()
    return call


def hung_up(call: Call, last_answer_at: datetime, turns: int) -> None:
    call.turn, call.last_at = turns, last_answer_at
    call.ended_at = last_answer_at + LAST_ANSWER
    call.status = "completed"


def delivered(session: Session, answer: Message, handset: Handset) -> None:
    """The row the text `answer` left by, and the carrier's word that it arrived."""
    session.flush()
    sid = f"SM{answer.id:032x}"
    session.add(
        OutboxRow(
            message_id=answer.id,
            to_number=handset.number,
            body=answer.body,
            status="delivered",
            reference=f"{CARRIER}-{answer.id}",
            due_at=answer.created_at,
            attempts=1,
            carrier_id=sid,
            created_at=answer.created_at,
            sent_at=answer.created_at,
        )
    )
    session.add(Receipt(carrier=CARRIER, carrier_id=sid, status="delivered", at=answer.created_at + ON_ITS_WAY))
