"""Notes of staff on a conversation: for each other, never sent to the person, erased with her (T15)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.errors import Invalid
from backend.services import audit
from backend.services.staff_login import Member
from backend.services.take_over import writable
from backend.store.models import Conversation, ConversationNote

if TYPE_CHECKING:
    from backend.services.deps import Deps

LONGEST = 2_000  # characters


def add(deps: Deps, member: Member, conversation_id: int, body: str, form_id: str) -> None:
    """Write a note down; the same form sent twice is one note. Raises `Invalid`: empty | too_long."""
    body = checked(body)
    with deps.db.write() as session:
        conversation = writable(session, member, conversation_id)
        if known(session, form_id):
            return
        keep(deps, session, member, conversation, "note", body, form_id)


def checked(body: str, *, empty: bool = False) -> str:
    """The text as it may be kept; `empty`: it may be."""
    body = body.replace("\r\n", "\n").strip()
    if not body and not empty:
        raise Invalid("nothing was written", {"body": "empty"})
    if len(body) > LONGEST:
        raise Invalid("the note is too long", {"body": "too_long"})
    return body


def known(session: Session, form_id: str) -> bool:
    return session.scalar(select(ConversationNote.id).where(ConversationNote.form_id == form_id)) is not None


def keep(
    deps: Deps,
    session: Session,
    member: Member,
    conversation: Conversation,
    kind: str,
    body: str,
    form_id: str | None = None,
    *,
    to_staff: int | None = None,
    to_team: int | None = None,
) -> ConversationNote:
    """Store a note in the caller's transaction; the trail says that there is one, not what it says."""
    note = ConversationNote(
        conversation_id=conversation.id, staff_id=member.id, kind=kind, body=body, form_id=form_id, to_staff=to_staff,
        to_team=to_team, at=deps.clock(),
    )  # fmt: skip
    session.add(note)
    session.flush()
    if kind == "note":
        audit.write(session, deps.clock(), member.actor, "noted", conversation, note_id=note.id)
    return note
