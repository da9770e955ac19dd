"""What somebody had in hand when her account is closed or moved: nobody waits for an answer of who is gone (DESIGN §3.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from backend.domain.answers import make
from backend.services import audit
from backend.services.each import each
from backend.services.regions import HOME_REGION
from backend.services.take_over import say
from backend.store.models import Case, Conversation, Staff
from backend.store.models.conversations import CONVERSATION_ENDS_AFTER
from backend.store.queries import stepping_in

if TYPE_CHECKING:
    from backend.services.deps import Deps

# Conversations let go in one transaction, the latest first: whoever worked here for years is named in thousands, of which
# a day's wait for an answer.
MOST = 200


def let_go(deps: Deps, session: Session, staff: Staff, actor: str) -> int:
    """Free what `staff`, as her account stands now, cannot answer any more, in the caller's transaction; how many.

    Her cases are open again. Where she was writing, the line answers again, and the person is told so if she still talks.
    """
    now = deps.clock()
    freed = 0
    held = session.scalars(
        select(Conversation)
        .where(or_(Conversation.taken_by == staff.id, Conversation.assigned_to_staff == staff.id))
        .order_by(Conversation.last_at.desc(), Conversation.id.desc())
        .limit(MOST)
        .with_for_update()
    ).all()
    for conversation in held:
        if stepping_in.answers_for(staff, conversation.region_code or HOME_REGION):
            continue
        freed += 1
        if conversation.assigned_to_staff == staff.id:
            conversation.assigned_to_staff, conversation.assigned_at = None, None
        if conversation.taken_by == staff.id:
            conversation.taken_by, conversation.taken_at = None, None
            audit.write(session, now, actor, "handed_back", conversation, of=staff.id)
            if now - conversation.last_at <= CONVERSATION_ENDS_AFTER:
                say(deps, session, conversation, [make("handed_back")])
    taken = select(Case).where(Case.taken_by == staff.id, Case.status == "taken").order_by(Case.id).with_for_update()
    for case in session.scalars(taken).all():
        if not stepping_in.answers_for(staff, case.region_code or HOME_REGION):
            freed += 1
            case.status, case.taken_by, case.taken_at = "open", None, None
            audit.write(session, now, actor, "released", case, of=staff.id)
    return freed


def of_the_gone(deps: Deps) -> int:
    """Free what is still in the hands of closed accounts, however they were closed; returns how many."""
    with deps.db.read() as session:
        closed = session.scalars(
            select(Staff.id).where(
                Staff.active.is_(False),
                or_(
                    select(Conversation.id).where(Conversation.taken_by == Staff.id).exists(),
                    select(Conversation.id).where(Conversation.assigned_to_staff == Staff.id).exists(),
                    select(Case.id).where(Case.taken_by == Staff.id, Case.status == "taken").exists(),
                ),
            )
        ).all()

    def one(staff_id: int) -> int:
        with deps.db.write() as session:
            staff = session.get_one(Staff, staff_id)
            return 0 if staff.active else let_go(deps, session, staff, "scheduler")

    return each("let_go", closed, one)
