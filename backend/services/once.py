"""A form that makes something carries a number of its own: sent twice, by a double click or a slow line, it makes one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.services.staff_login import Member
from backend.store.models import AuditEvent, Staff

_KIND = "forms"
_LONGEST = 40


def made_by(session: Session, member: Member, form_number: str) -> int | None:
    """The id of what this form made already, or None; "" is a form without a number.

    One member's forms are looked at one after the other, also when they are sent side by side.
    """
    if not form_number:
        return None
    session.get(Staff, member.id, with_for_update=True)
    facts = session.scalar(
        select(AuditEvent.facts).where(
            AuditEvent.object_kind == _KIND,
            AuditEvent.object_id == form_number[:_LONGEST],
            AuditEvent.actor == member.actor,
        )
    )
    return int(facts["made"]) if facts else None


def note(session: Session, now: datetime, member: Member, form_number: str, made: int) -> None:
    """Keep, in the same transaction, what the form has made."""
    if form_number:
        session.add(
            AuditEvent(
                at=now,
                actor=member.actor,
                verb="sent_form",
                object_kind=_KIND,
                object_id=form_number[:_LONGEST],
                message_id=None,
                facts={"made": made},
            )
        )
