"""Keep what somebody typed when their session ended midway through a form, for them alone and for an hour."""

from __future__ import annotations

import hashlib
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, select

from backend.services.staff_login import Member
from backend.store.models import Draft, StaffSession

if TYPE_CHECKING:
    from backend.services.deps import Deps

KEPT_FOR = timedelta(hours=1)
LONGEST = 250_000  # characters of a whole form
AT_ONCE = 5  # drafts of one person; the oldest goes
# A form with one of these is about getting in: nothing of it is kept.
_SECRET = re.compile(r"password|otp|totp|recovery|secret", re.IGNORECASE)


def holder_of(deps: Deps, token: str) -> int | None:
    """Whose session `token` was, also when it has run out; asked before it is cleared away."""
    if not token:
        return None
    digest = hashlib.sha256(token.encode()).hexdigest()
    with deps.db.read() as session:
        return session.scalar(select(StaffSession.staff_id).where(StaffSession.token_hash == digest))


def keep(deps: Deps, staff_id: int, path: str, page: str, fields: list[tuple[str, str]]) -> bool:
    """Keep a form's fields, in their order; False where nothing was typed or it may not be kept."""
    if not fields or sum(len(text) for _, text in fields) > LONGEST or any(_SECRET.search(name) for name, _ in fields):
        return False
    now = deps.clock()
    with deps.db.write() as session:
        older = session.scalars(
            select(Draft.id).where(Draft.staff_id == staff_id).order_by(Draft.id.desc()).offset(AT_ONCE - 1)
        ).all()
        session.execute(delete(Draft).where(Draft.id.in_(older)))
        session.execute(delete(Draft).where(Draft.staff_id == staff_id, Draft.path == path))
        session.add(
            Draft(staff_id=staff_id, path=path[:500], page=page[:500], fields=[list(each) for each in fields], at=now)
        )
    return True


def forget_old(deps: Deps) -> int:
    """Let go of what nobody came back for within the hour. Returns how many."""
    with deps.db.write() as session:
        gone: Any = session.execute(delete(Draft).where(Draft.at < deps.clock() - KEPT_FOR))
        return int(gone.rowcount)


def waiting(deps: Deps, member: Member) -> list[Draft]:
    """The member's own drafts of the last hour, the latest first."""
    with deps.db.read() as session:
        query = select(Draft).where(Draft.staff_id == member.id, Draft.at >= deps.clock() - KEPT_FOR)
        return list(session.scalars(query.order_by(Draft.id.desc()).limit(AT_ONCE)))


def drop(deps: Deps, member: Member, path: str) -> None:
    """Let go of what was kept for this address: it has just been sent again, or is not wanted."""
    with deps.db.write() as session:
        session.execute(delete(Draft).where(Draft.staff_id == member.id, Draft.path == path))
