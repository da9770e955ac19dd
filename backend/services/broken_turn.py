"""When a turn keeps failing on an error of ours: the person gets the menu, staff get a case, nothing is lost."""

from __future__ import annotations

from datetime import timedelta

from backend.domain.answers import make
from backend.services import assign, outbox
from backend.services.deps import Deps
from backend.store.models import Case, Conversation, Handset, Message

GIVE_UP_AFTER = 4
ANSWER_WITHIN = timedelta(hours=4)


def count_failure(deps: Deps, message_id: int) -> None:
    """Note a failed try; the failed transaction was rolled back together with its own count."""
    now = deps.clock()
    with deps.db.write() as session:
        message = session.get_one(Message, message_id)
        if message.status not in ("received", "processing"):
            return
        message.attempts += 1
        if message.attempts < GIVE_UP_AFTER:
            return
        message.status, message.turn_token = "failed", None
        conversation = session.get_one(Conversation, message.conversation_id)
        case = Case(
            kind="handoff",
            priority=1,
            summary="机器没办成,要人看一下这条消息",
            details={"reason": "turn_failed"},
            conversation_id=conversation.id,
            handset_id=message.handset_id,
            region_code=conversation.region_code,
            source_message_id=message.id,
            opened_at=now,
            due_at=now + ANSWER_WITHIN,
        )
        session.add(case)
        assign.to_team(session, case, now)
        outbox.enqueue(
            session,
            deps,
            now=now,
            handset=session.get_one(Handset, message.handset_id),
            conversation=conversation,
            answers=[make("menu", reason="unavailable")],
            in_reply_to=message.id,
        )
