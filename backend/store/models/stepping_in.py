"""Who of the staff has what in hand: teams, notes and closings of conversations, calls of staff through the line."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, event, text
from sqlalchemy.orm import Mapped, mapped_column

from backend.domain.access import HOME_REGION
from backend.domain.case_rules import waits_for_a_person
from backend.store.models.base import Base
from backend.store.models.cases import Case


class Team(Base):
    """Colleagues of one region who answer what is about `topics` (backend/domain/routing.py); they see what lies below it."""

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    region_code: Mapped[str] = mapped_column(ForeignKey("regions.code"))
    topics: Mapped[list[str]] = mapped_column(default=list)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)  # two people editing it: the second sees the first
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    created_at: Mapped[datetime]

    __table_args__ = (Index("ix_teams_region_code", "region_code"),)


class TeamMember(Base):
    __tablename__ = "team_members"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)

    __table_args__ = (Index("ix_team_members_staff_id", "staff_id"),)


class ConversationNote(Base):
    """What staff tell each other about a conversation; never sent to the person, erased with her.

    `kind`: note | handover (with `to_staff` or `to_team`).
    """

    __tablename__ = "conversation_notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    kind: Mapped[str] = mapped_column(default="note")
    body: Mapped[str]
    to_staff: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    to_team: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    form_id: Mapped[str | None] = mapped_column(unique=True)  # the same form sent twice is one note
    at: Mapped[datetime]

    __table_args__ = (Index("ix_conversation_notes_conversation_id_id", "conversation_id", "id"),)


class ConversationClosing(Base):
    """One closing. `reason`: a code of domain/routing.py CLOSING_REASONS. `before`: what undoing it puts back:

    {"taken_by", "taken_at", "assigned_to_staff", "assigned_to_team", "cases": [ids closed with it]}.
    """

    __tablename__ = "conversation_closings"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    reason: Mapped[str]
    words: Mapped[str] = mapped_column(default="")
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    reopened_at: Mapped[datetime | None]  # the person wrote or called again

    __table_args__ = (Index("ix_conversation_closings_conversation_id_id", "conversation_id", "id"),)


class StaffCall(Base):
    """A member of staff rings somebody back through the line: her own phone first, then the person, joined.

    `status`: planned → ringing → connecting (she pressed 1) → answered | busy | no-answer | failed | unreached (she did
    not pick up, or pressed nothing) | suppressed | unknown (its end was never reported). `asked`: the person had asked to be rung.
    """

    __tablename__ = "staff_calls"

    id: Mapped[int] = mapped_column(primary_key=True)
    planned_call_id: Mapped[int] = mapped_column(ForeignKey("planned_calls.id"), unique=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversations.id"))
    case_id: Mapped[int | None] = mapped_column(ForeignKey("cases.id"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    staff_number: Mapped[str]  # E.164, rung first; never shown to the person
    asked: Mapped[bool] = mapped_column(default=False)
    close_case: Mapped[bool] = mapped_column(default=False)
    form_id: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(default="planned")
    talked_s: Mapped[int | None]
    message_id: Mapped[int | None] = mapped_column(ForeignKey("messages.id"))  # how it stands in the conversation
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_staff_calls_conversation_id_id", "conversation_id", "id"),
        Index(
            "ix_staff_calls_connecting",
            "id",
            postgresql_where=text("status = 'connecting'"),
            sqlite_where=text("status = 'connecting'"),
        ),
    )


# Without any region a case counts as the home county's (store/queries/scope.within).


@event.listens_for(Case, "before_insert")
@event.listens_for(Case, "before_update")
def _keep_places(_: Any, __: Any, case: Case) -> None:
    """Where a case lies and since when somebody waits in it, for the lists; whoever changes a case need not think of it."""
    code = case.region_code or HOME_REGION
    case.county_code, case.town_code = code[:6], code[:9]
    if not waits_for_a_person(case.kind, case.status or "open", case.details or {}):
        case.waits_since = None
    elif case.waits_since is None:
        case.waits_since = case.opened_at
