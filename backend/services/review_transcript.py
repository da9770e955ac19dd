"""Staff read what was said: every reading is written down, hidden values are shown for a reason, errors corrected (L22)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from backend.domain.access import may, may_reveal
from backend.domain.masking import mask_numbers
from backend.errors import Forbidden, Invalid, LinggongError, NotFound
from backend.services import audit
from backend.services.regions import HOME_REGION
from backend.services.staff_login import Member
from backend.store import audit_region
from backend.store.models import AuditEvent, Case, Conversation, Message, Opening, Staff, Worker
from backend.store.queries import cases, conversations, ledgers, openings_review

if TYPE_CHECKING:
    from backend.services.deps import Deps

FIELDS = ("phone", "name", "hardship", "amount")  # what can be revealed, one at a time (T12)
REASONS = ("call_back", "check_record", "handle_case", "verify_posting")
REVEALS_PER_HOUR = 30
SHOWN_FOR = timedelta(minutes=10)


class TooManyReveals(LinggongError):
    """The hourly number of reveals is used up; the words stay hidden until it frees up again."""


def findable(role: str) -> frozenset[str]:
    """Which hidden words a search may find: those this role could have shown. Money and numbers never: whoever tries one sum
    after the other would read it without a reason and without a trace."""
    return frozenset(field for field in ("name", "hardship") if may_reveal(role, field))


def note_reading(deps: Deps, member: Member, verb: str, **facts: Any) -> None:
    """Write down that a list with personal data was looked at; ids and counts only."""
    read = AuditEvent(
        at=deps.clock(), actor=member.actor, verb=verb, object_kind="list", object_id=verb, message_id=None, facts=facts
    )
    audit_region.place(read, member.region_code)  # of a list: where the reader is
    with deps.db.write() as session:
        session.add(read)


def note_opening(deps: Deps, session: Session, member: Member, subject: Conversation | Case | Opening | Worker) -> None:
    """Write down, in the caller's transaction, that one conversation, case or opening was read."""
    audit.write(session, deps.clock(), member.actor, "read", subject)


def reveal(deps: Deps, member: Member, kind: str, object_id: int, field: str, reason: str, note: str = "") -> None:
    """Show one hidden field of a conversation, case, opening or worker to this member of staff for ten minutes.

    `kind` is the table's name; `reason` one of `REASONS`. Raises `NotFound`, `Forbidden`, `Invalid`, `TooManyReveals`.
    """
    if field not in FIELDS or reason not in REASONS:
        raise Invalid("a field and a reason are needed", {"reason": "needed"})
    with deps.db.write() as session:
        subject = _subject(session, member, kind, object_id)
        if not may_reveal(member.role, field):
            raise Forbidden("this role only looks")
        # One member's reveals are counted one after the other, also when sent side by side.
        session.get(Staff, member.id, with_for_update=True)
        now = deps.clock()
        used = session.scalar(
            select(func.count())
            .select_from(AuditEvent)
            .where(
                AuditEvent.actor == member.actor,
                AuditEvent.verb == "revealed",
                AuditEvent.at > now - timedelta(hours=1),
            )
        )
        if (used or 0) >= REVEALS_PER_HOUR:
            raise TooManyReveals("no more reveals this hour")
        audit.write(
            session,
            now,
            member.actor,
            "revealed",
            subject,
            field=field,
            reason=reason,
            note=mask_numbers(note.strip()[:100]),
        )


def revealed(
    deps: Deps, session: Session, member: Member, *subjects: Conversation | Case | Opening | Worker
) -> frozenset[str]:
    """The fields this member of staff may read in the clear now, shown in any of `subjects`; the audit trail itself is what
    says so."""
    in_one = (
        and_(AuditEvent.object_kind == each.__tablename__, AuditEvent.object_id == str(each.id)) for each in subjects
    )
    facts = session.scalars(
        select(AuditEvent.facts).where(
            or_(*in_one),
            AuditEvent.actor == member.actor,
            AuditEvent.verb == "revealed",
            AuditEvent.at > deps.clock() - SHOWN_FOR,
        )
    )
    return frozenset(fact["field"] for fact in facts if may_reveal(member.role, fact["field"]))


def open_tab(deps: Deps, member: Member, tab: str, reason: str) -> None:
    """Let this member of staff read for ten minutes who stands in a tab of the separate ledger: being in it tells a need.

    Raises `Forbidden`, `Invalid` without one of `REASONS`.
    """
    if not may_reveal(member.role, "hardship"):
        raise Forbidden("this role only looks")
    if tab not in ledgers.LABEL_TABS or reason not in REASONS:
        raise Invalid("a tab and a reason are needed", {"reason": "needed"})
    with deps.db.write() as session:
        session.add(
            AuditEvent(
                at=deps.clock(), actor=member.actor, verb="opened_tab", object_kind="ledger_tabs", object_id=tab,
                message_id=None, facts={"reason": reason},
            )
        )  # fmt: skip


def tab_is_open(deps: Deps, session: Session, member: Member, tab: str) -> bool:
    """Whether this member may read the tab now; one that names no need is open to all."""
    if tab not in ledgers.LABEL_TABS:
        return True
    opened = session.scalar(
        select(AuditEvent.id).where(
            AuditEvent.object_kind == "ledger_tabs",
            AuditEvent.object_id == tab,
            AuditEvent.actor == member.actor,
            AuditEvent.verb == "opened_tab",
            AuditEvent.at > deps.clock() - SHOWN_FOR,
        ).limit(1)
    )  # fmt: skip
    return opened is not None and may_reveal(member.role, "hardship")


def recording(deps: Deps, member: Member, kind: str, object_id: int) -> bytes:
    """Return the WAV of a call turn (`messages`) or a case (`cases`); the carrier's own address never leaves us (T7).

    A voice tells a name and a need as words do: whoever may not reveal does not hear it either. Raises `NotFound`,
    `Forbidden`, and `CarrierError` when the carrier cannot give it.
    """
    with deps.db.write() as session:
        found: Message | Case | None
        if kind == "messages":
            found = conversations.turn(session, member.region_code, HOME_REGION, object_id)
            url = found.media_url if found else None
        else:
            found = cases.one(session, member.region_code, HOME_REGION, object_id)
            url = found.recording_url if found else None
        if found is None or not url:
            raise NotFound("no such recording")
        if not may(member.role, "reveal"):
            raise Forbidden("this role only looks")
        audit.write(session, deps.clock(), member.actor, "listened", found)
    return deps.carrier.fetch_recording(url)


def _subject(session: Session, member: Member, kind: str, object_id: int) -> Conversation | Case | Opening | Worker:
    found: Conversation | Case | Opening | Worker | None = None
    if kind == "conversations":
        found = conversations.one(session, member.region_code, HOME_REGION, object_id)
    elif kind == "cases":
        found = cases.one(session, member.region_code, HOME_REGION, object_id)
    elif kind == "openings":
        found = openings_review.one(session, member.region_code, object_id)
    elif kind == "workers":
        found = ledgers.one(session, member.region_code, HOME_REGION, object_id)
    if found is None:
        raise NotFound("nothing of that kind")
    return found
