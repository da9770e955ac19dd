"""Staff close a conversation with a reason, and can take that back for a day; whoever writes again opens it (`reopen`)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from backend.domain.answers import make
from backend.domain.routing import CLOSING_REASONS, NEEDS_WORDS
from backend.domain.take_back import TAKE_BACK_WITHIN
from backend.errors import Conflict, Invalid
from backend.services import audit, handle_case
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.services.take_over import say, writable
from backend.store.models import Case, ConversationClosing, Staff
from backend.store.queries import stepping_in
from backend.store.queries.cases import open_of_conversation

if TYPE_CHECKING:
    from backend.services.deps import Deps

LONGEST_WORDS = 500
# How a case stands that was closed with its conversation.
CLOSED_AS = {
    "answered": "答复了", "job_found": "找到活了", "passed_on": "转给别的部门了", "not_reached": "几次联系不上",
    "wrong_number": "打错了", "abuse": "骚扰、乱打", "other": "别的",
}  # fmt: skip


def close(
    deps: Deps, member: Member, conversation_id: int, *, reason: str, words: str, cases: Mapping[int, str]
) -> None:
    """Close a conversation; where a human wrote, the bot answers again and the person is told.

    `cases`: for every case of it that is not closed yet, close or keep. Raises `NotFound`, `Forbidden`, `Invalid`
    (reason: needed, words: needed | too_long, cases: unnamed) and `Conflict` (shut: closed already; taken: a case that
    a colleague has is hers to close).
    """
    words = words.strip()
    if reason not in CLOSING_REASONS:
        raise Invalid("a reason is needed", {"reason": "needed"})
    if reason in NEEDS_WORDS and not words:
        raise Invalid("say why", {"words": "needed"})
    if len(words) > LONGEST_WORDS:
        raise Invalid("too long", {"words": "too_long"})
    now = deps.clock()
    with deps.db.write() as session:
        found = writable(session, member, conversation_id)
        if found.closed_at is not None:
            before = stepping_in.last_closing(session, found.id)
            raise Conflict("it is closed", reason="shut", by=before[1] if before else "")
        inside = open_of_conversation(session, found.id)
        if any(cases.get(case.id) not in ("close", "keep") for case in inside):
            raise Invalid("every case is closed or named", {"cases": "unnamed"})
        kept: dict[str, Any] = {
            "taken_by": found.taken_by,
            "taken_at": found.taken_at.isoformat() if found.taken_at else None,
            "assigned_to_staff": found.assigned_to_staff,
            "assigned_to_team": found.assigned_to_team,
            "cases": [
                {"id": case.id, "status": case.status, "taken_by": case.taken_by}
                for case in inside
                if cases[case.id] == "close"
            ],
        }
        resolution = "，".join(part for part in (CLOSED_AS[reason], words) if part)
        for case in inside:
            if cases[case.id] == "close":
                handle_case.close_in(deps, session, member, case, resolution)
                case.closed_at = now  # by this an undo knows it again
        was_writing = found.taken_by is not None
        found.taken_by = found.taken_at = None
        found.assigned_to_staff = found.assigned_to_team = found.assigned_at = None
        found.closed_at = now
        closing = ConversationClosing(
            conversation_id=found.id, staff_id=member.id, reason=reason, words=words, before=kept, at=now
        )
        session.add(closing)
        session.flush()
        audit.write(session, now, member.actor, "closed", found, reason=reason, closing_id=closing.id)
        if was_writing:
            say(deps, session, found, [make("handed_back")])


def undo(deps: Deps, member: Member, conversation_id: int) -> None:
    """Take the last closing back: who had it has it again if she is still there, the cases closed with it are open again.

    Raises `Conflict` (not_shut: it is open, or the person has written since; late: more than a day ago). A case that was
    changed since stays as it is.
    """
    now = deps.clock()
    with deps.db.write() as session:
        found = writable(session, member, conversation_id)
        last = stepping_in.last_closing(session, found.id)
        if last is None or found.closed_at is None:
            raise Conflict("it is open", reason="not_shut")
        closing = last[0]
        if now - closing.at > TAKE_BACK_WITHIN:
            raise Conflict("too late", reason="late")
        before = closing.before
        found.closed_at = None
        found.taken_by = _still_there(session, before.get("taken_by"), found.region_code)
        found.taken_at = (
            datetime.fromisoformat(before["taken_at"]) if found.taken_by and before.get("taken_at") else None
        )
        found.assigned_to_staff = _still_there(session, before.get("assigned_to_staff"), found.region_code)
        found.assigned_to_team = before.get("assigned_to_team")
        found.assigned_at = now if found.assigned_to_staff or found.assigned_to_team else None
        for was in before.get("cases", []):
            _open_again(session, was, closing)
        closing.undone_at, closing.undone_by = now, member.id
        audit.write(session, now, member.actor, "undid_closing", found, closing_id=closing.id)
        if found.taken_by is not None:
            say(deps, session, found, [make("taken_over")])


def _open_again(session: Session, was: Mapping[str, Any], closing: ConversationClosing) -> None:
    case = session.get(Case, was["id"], with_for_update=True)
    if case is None or case.status != "closed" or case.closed_at != closing.at:
        return
    case.taken_by = _still_there(session, was["taken_by"], case.region_code)
    case.status = was["status"] if case.taken_by or was["status"] != "taken" else "open"
    case.taken_at = case.taken_at if case.taken_by else None
    case.closed_by = case.closed_at = case.resolution = None


def _still_there(session: Session, staff_id: int | None, region_code: str | None) -> int | None:
    """Who had it, unless her account was closed or moved away since: nobody would answer then."""
    staff = session.get(Staff, staff_id) if staff_id is not None else None
    return staff_id if stepping_in.answers_for(staff, region_code or HOME_REGION) else None
