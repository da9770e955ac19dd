"""A member of staff writes instead of the line: take over, reply by SMS, hand back (DESIGN §3.8, §3.12)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from backend.domain.access import may
from backend.domain.answers import Answer, make
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, outbox
from backend.services.regions import HOME_REGION
from backend.services.reopen import reopen
from backend.services.staff_login import Member
from backend.store.models import AuditEvent, Conversation, Handset, Message, Staff
from backend.store.queries import conversations, stepping_in

if TYPE_CHECKING:
    from backend.services.deps import Deps

# Two segments hold 134 UTF-16 units; the station's signature and the writer's name take their share (M01).
LONGEST_REPLY = 100
# Carriers refuse links from services like ours, and people have learnt to fear them (M06).
_LINK = re.compile(r"https?://|www\.|\b[a-z0-9-]+\.(?:com|cn|net|org)\b", re.IGNORECASE)


def take_over(deps: Deps, member: Member, conversation_id: int) -> None:
    """Silence the bot in this conversation and tell the person that a human writes now; again by the same one: nothing.

    Raises `NotFound`, `Forbidden`, and `Conflict` with reason `taken` when a colleague was quicker.
    """
    with deps.db.write() as session:
        conversation = writable(session, member, conversation_id)
        if told := _take(deps, session, member, conversation):
            say(deps, session, conversation, [told])


def reply(deps: Deps, member: Member, conversation_id: int, text: str, form_id: str) -> None:
    """Send `text` by SMS; whoever replies takes over first, so that bot and human never talk at once.

    `form_id` is the one-use id of the form: the same form sent twice sends one text. `Invalid` says what to change.
    """
    text = " ".join(text.split())
    if not text:
        raise Invalid("nothing to send", {"text": "empty"})
    if len(text.encode("utf-16-le")) // 2 > LONGEST_REPLY:
        raise Invalid("too long for two text messages", {"text": "too_long"})
    if _LINK.search(text):
        raise Invalid("no links in a text message", {"text": "link"})
    with deps.db.write() as session:
        conversation = writable(session, member, conversation_id)
        sent = session.scalars(
            select(AuditEvent.facts).where(
                AuditEvent.object_kind == "conversations",
                AuditEvent.object_id == str(conversation_id),
                AuditEvent.verb == "replied",
                AuditEvent.actor == member.actor,
            )
        )
        if any(facts.get("form") == form_id for facts in sent):
            return
        if told := _take(deps, session, member, conversation):
            # Told in a text of its own: the notice must not cost the reply its room.
            say(deps, session, conversation, [told])
        message = say(deps, session, conversation, [make("staff_reply", text=text, staff_name=member.name)])
        if text not in message.body:
            raise Invalid("too long for two text messages", {"text": "too_long"})
        audit.write(session, deps.clock(), member.actor, "replied", conversation, form=form_id, sent_id=message.id)


def hand_back(deps: Deps, member: Member, conversation_id: int) -> None:
    """Let the line answer again and say so to the person; a conversation nobody holds stays as it is.

    Any colleague who sees the conversation may hand it back: people go home, and the bot must not stay silent.
    """
    with deps.db.write() as session:
        conversation = writable(session, member, conversation_id)
        if conversation.taken_by is None:
            return
        if conversation.assigned_to_staff == conversation.taken_by:
            conversation.assigned_to_staff, conversation.assigned_at = None, None
        conversation.taken_by, conversation.taken_at = None, None
        say(deps, session, conversation, [make("handed_back")])
        audit.write(session, deps.clock(), member.actor, "handed_back", conversation)


def writable(session: Session, member: Member, conversation_id: int) -> Conversation:
    """The conversation, locked to the end of the transaction: two replies of one form, or two takers, take turns.

    Raises `NotFound` (or not in reach), `Forbidden`.
    """
    conversation = conversations.one(session, member.region_code, HOME_REGION, conversation_id, lock=True)
    if conversation is None:
        raise NotFound("no such conversation")
    if not may(member.role, "reply"):
        raise Forbidden("this role only looks")
    return conversation


def _take(deps: Deps, session: Session, member: Member, conversation: Conversation) -> Answer | None:
    """Make `member` the one who writes; return what the person is told of it, None: she wrote already."""
    if conversation.taken_by == member.id:
        return None
    now, before = deps.clock(), conversation.taken_by
    free: ColumnElement[bool] = Conversation.taken_by.is_(None)
    if before is not None and waits_for_my_team(session, member, conversation):
        free = Conversation.taken_by == before
    taken = session.scalar(
        update(Conversation)
        .where(Conversation.id == conversation.id, free)
        .values(taken_by=member.id, taken_at=now, assigned_to_staff=member.id, assigned_at=now)
        .returning(Conversation.id)
    )
    if taken is None:
        holder = session.scalar(select(Staff.name).where(Staff.id == conversation.taken_by))
        raise Conflict("a colleague has taken this conversation", reason="taken", by=holder)
    session.refresh(conversation)
    reopen(session, conversation, now)
    audit.write(session, now, member.actor, "took_over", conversation)
    return make("taken_over") if before is None else make("handed_over", staff_name=member.name)


def waits_for_my_team(session: Session, member: Member, conversation: Conversation) -> bool:
    """Whether whoever writes here has handed it to a team of `member`'s and nobody of it has taken it up yet."""
    if conversation.assigned_to_team is None or conversation.assigned_to_staff is not None:
        return False
    return conversation.assigned_to_team in stepping_in.teams_of(session, member.id)


def say(deps: Deps, session: Session, conversation: Conversation, answers: list[Answer]) -> Message:
    """Queue a text of staff to the person, in the caller's transaction."""
    handset = session.get_one(Handset, conversation.handset_id)
    message = outbox.enqueue(
        session, deps, now=deps.clock(), handset=handset, answers=answers, conversation=conversation, kind="reply"
    )
    message.handled_by = "staff"
    return message
