"""What a member of staff has read: opening a conversation marks it, and it can be marked unread again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from sqlalchemy import Select, case, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store.models import Conversation, InboxFloor, InboxRead, Message
from backend.store.queries.scope import within

if TYPE_CHECKING:
    from backend.services.deps import Deps


def newest(session: Session) -> int:
    """The id of the newest message there is anywhere, 0 without any: as far as a list drawn now can be read."""
    return session.scalar(select(func.max(Message.id))) or 0


def seen(session: Session, member: Member, conversation_id: int, upto: int | None = None) -> None:
    """In the caller's transaction: she has read this conversation up to its latest message, or no further than `upto`."""
    said = select(func.max(Message.id)).where(Message.conversation_id == conversation_id)
    if upto is not None:
        said = said.where(Message.id <= upto)
    # Grouped, it has no row where nothing was said: 0 would mark it unread.
    latest = said.group_by(Message.conversation_id)
    _note(session, InboxRead, latest, staff_id=member.id, conversation_id=conversation_id)


def mark(deps: Deps, member: Member, conversation_ids: Iterable[int], *, upto: int | None) -> int:
    """Mark these conversations read by `member` up to message `upto`, the newest there was when the list was drawn.

    None: mark them unread. Those out of her region are passed over. Returns how many.
    """
    with deps.db.write() as session:
        ids = session.scalars(
            select(Conversation.id).where(
                Conversation.id.in_(list(conversation_ids)),
                within(Conversation.region_code, member.region_code, HOME_REGION),
            )
        ).all()
        for conversation_id in sorted(ids):
            if upto is None:
                _note(session, InboxRead, 0, staff_id=member.id, conversation_id=conversation_id)
            else:
                seen(session, member, conversation_id, upto)
        return len(ids)


def mark_all(deps: Deps, member: Member, upto: int) -> None:
    """Everything up to message `upto` counts as read by `member`."""
    with deps.db.write() as session:
        upto = min(upto, newest(session))
        _note(session, InboxFloor, upto, staff_id=member.id)
        # What she has marked by itself further than that stays.
        session.execute(
            delete(InboxRead).where(InboxRead.staff_id == member.id, InboxRead.seen_id <= upto),
            execution_options={"synchronize_session": False},
        )


def _note(
    session: Session, table: type[InboxRead] | type[InboxFloor], seen_id: int | Select[int], **whose: int
) -> None:
    """Read up to `seen_id`, never less far than before; 0: unread. Of two tabs at once neither is in the other's way."""
    on_postgres = session.get_bind().dialect.name == "postgresql"
    values = (postgresql.insert if on_postgres else sqlite.insert)(table)
    if isinstance(seen_id, int):
        values = values.values(**whose, seen_id=seen_id)
    else:
        row = seen_id.with_only_columns(*(literal(one) for one in whose.values()), *seen_id.selected_columns)
        values = values.from_select([*whose, "seen_id"], row)
    further = case((table.seen_id > values.excluded.seen_id, table.seen_id), else_=values.excluded.seen_id)
    session.execute(
        values.on_conflict_do_update(
            index_elements=list(whose), set_={"seen_id": values.excluded.seen_id if seen_id == 0 else further}
        )
    )
