"""Give a conversation or a case to a colleague or a team, with a word that the next one reads first (DESIGN §3.12).

The person is told only where a human was writing: then somebody else goes on, and the bot stays silent meanwhile.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may_see
from backend.domain.answers import make
from backend.errors import Conflict, Invalid
from backend.services import audit, notes
from backend.services.regions import HOME_REGION
from backend.services.reopen import reopen
from backend.services.staff_login import Member
from backend.services.take_over import say, writable
from backend.store.models import Case, Conversation, Staff, Team
from backend.store.queries import stepping_in
from backend.store.queries.cases import open_of_conversation

if TYPE_CHECKING:
    from backend.services.deps import Deps


@dataclass(frozen=True)
class Target:
    """A colleague or a team, one of both."""

    name: str
    staff_id: int | None = None
    team_id: int | None = None


def holding(subject: Conversation | Case) -> str:
    """Who has it, as a word for the form: whoever hands it over must have seen who has it now (C5)."""
    staff = subject.assigned_to_staff if isinstance(subject, Conversation) else None
    return f"{subject.taken_by or 0}.{staff or 0}.{subject.assigned_to_team or 0}"


def conversation(
    deps: Deps, member: Member, conversation_id: int, *, to: str, comment: str, seen: str, form_id: str
) -> str:
    """Hand a conversation over; return the name of whoever has it now. The same form sent twice hands over once.

    `to`: staff:3 or team:4. `seen`: `holding` as the page showed it. Raises `NotFound`, `Forbidden`, `Invalid` (to:
    nobody | same, body: too_long) and `Conflict` (moved) when a colleague was quicker.
    """
    comment = notes.checked(comment, empty=True)
    with deps.db.write() as session:
        found = writable(session, member, conversation_id)
        target = _target(session, to, found.region_code)
        if notes.known(session, form_id):
            return target.name
        if holding(found) != seen:
            raise Conflict("somebody else has it by now", reason="moved", by=who_has(session, found))
        if target.staff_id is not None and target.staff_id == (found.taken_by or found.assigned_to_staff):
            raise Invalid("she has it already", {"to": "same"})
        was_writing = found.taken_by is not None
        reopen(session, found, deps.clock())
        found.assigned_to_staff, found.assigned_to_team = target.staff_id, target.team_id
        found.assigned_at = deps.clock()
        if was_writing and target.staff_id is not None:
            found.taken_by, found.taken_at = target.staff_id, deps.clock()
        # To a team: the one who wrote stays named until somebody of it takes it up, so that the bot stays silent.
        for case in open_of_conversation(session, found.id):
            if case.status == "open" or case.taken_by == member.id:
                _give(case, target, deps)
        notes.keep(deps, session, member, found, "handover", comment, form_id,
                   to_staff=target.staff_id, to_team=target.team_id)  # fmt: skip
        audit.write(session, deps.clock(), member.actor, "handed_over", found,
                    to_staff=target.staff_id, to_team=target.team_id)  # fmt: skip
        if was_writing:
            say(deps, session, found, [make("handed_over", staff_name=target.name)])
        return target.name


def case(deps: Deps, session: Session, member: Member, found: Case, *, to: str, comment: str, seen: str) -> str:
    """Pass one case on, in the caller's transaction; return the name of whoever has it now. Errors as for `conversation`."""
    comment = notes.checked(comment, empty=True)
    if found.status == "closed":
        raise Conflict("the case is closed", reason="closed")
    target = _target(session, to, found.region_code)
    if holding(found) != seen:
        raise Conflict("somebody else has it by now", reason="moved", by=who_has(session, found))
    if target.staff_id is not None and target.staff_id == found.taken_by:
        raise Invalid("she has it already", {"to": "same"})
    _give(found, target, deps)
    told = {"by": member.name, "words": comment, "at": deps.clock().isoformat(), "to": target.name}
    found.details = {**(found.details or {}), "handover": told}
    audit.write(session, deps.clock(), member.actor, "passed_on", found,
                to_staff=target.staff_id, to_team=target.team_id)  # fmt: skip
    return target.name


def who_has(session: Session, subject: Conversation | Case) -> str:
    """The name of whoever has it now; "": nobody."""
    staff = subject.taken_by or (subject.assigned_to_staff if isinstance(subject, Conversation) else None)
    if staff is not None:
        return session.scalar(select(Staff.name).where(Staff.id == staff)) or ""
    return session.scalar(select(Team.name).where(Team.id == subject.assigned_to_team)) or ""


def _give(found: Case, target: Target, deps: Deps) -> None:
    if target.staff_id is not None:
        found.status, found.taken_by, found.taken_at = "taken", target.staff_id, deps.clock()
    else:
        found.status, found.taken_by, found.taken_at = "open", None, None
        found.assigned_to_team = target.team_id


def _target(session: Session, to: str, region_code: str | None) -> Target:
    """Whom `to` names: an active colleague who sees the place and may answer there, or an active team that reaches it."""
    region = region_code or HOME_REGION
    asked = re.fullmatch(r"(staff|team):([0-9]{1,9})", to, re.ASCII)
    if asked is not None and asked[1] == "staff":
        staff = session.get(Staff, int(asked[2]))
        if staff and stepping_in.answers_for(staff, region):
            return Target(staff.name, staff_id=staff.id)
    elif asked is not None:
        team = session.get(Team, int(asked[2]))
        if team and team.active and may_see(team.region_code, region):
            return Target(team.name, team_id=team.id)
    raise Invalid("nobody of that kind", {"to": "nobody"})
