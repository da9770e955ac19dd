"""Cases as staff list and open them; every read takes the region of the member of staff (DESIGN §3.9)."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.store.models import Case, Conversation, Handset, Message, Person, Staff, Worker
from backend.store.queries.scope import within


def pressing(session: Session, region: str, home: str, most: int) -> list[tuple[Case, str | None]]:
    """(open case, name of who took it), what is most pressing first."""
    rows = session.execute(
        select(Case, Staff.name)
        .outerjoin(Staff, Staff.id == Case.taken_by)
        .where(Case.status == "open", within(Case.region_code, region, home))
        .order_by(Case.priority, Case.due_at, Case.id)
        .limit(most)
    )
    return [(case, name) for case, name in rows]


def one(session: Session, region: str, home: str, case_id: int, *, lock: bool = False) -> Case | None:
    query = select(Case).where(Case.id == case_id, within(Case.region_code, region, home))
    return session.scalar(query.with_for_update() if lock else query)


def handset_of(session: Session, case: Case) -> Handset | None:
    """The number the case came from."""
    if case.handset_id:
        return session.get(Handset, case.handset_id)
    conversation = session.get(Conversation, case.conversation_id) if case.conversation_id else None
    return session.get(Handset, conversation.handset_id) if conversation else None


def person_of(session: Session, case: Case) -> Person | None:
    """Whose case it is, if that is known."""
    return (
        session.scalar(select(Person).join(Worker, Worker.person_id == Person.id).where(Worker.id == case.worker_id))
        if case.worker_id
        else None
    )


def words(session: Session, case: Case) -> Message | None:
    """The message or call turn the case came from."""
    return session.get(Message, case.source_message_id) if case.source_message_id else None


def of_conversation(session: Session, conversation_id: int) -> list[Case]:
    return list(
        session.scalars(
            select(Case).where(Case.conversation_id == conversation_id).order_by(Case.status != "open", Case.id.desc())
        )
    )


def open_of_conversation(session: Session, conversation_id: int) -> list[Case]:
    """The cases of a conversation that are not closed, locked, the oldest first."""
    return list(
        session.scalars(
            select(Case)
            .where(Case.conversation_id == conversation_id, Case.status != "closed")
            .order_by(Case.id)
            .with_for_update()
        )
    )
