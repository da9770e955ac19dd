"""Who waits for a person, who answers for what, and what staff wrote down about a conversation (DESIGN §3.8, §3.9)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from backend.domain.access import VERBS, may, may_see
from backend.domain.routing import codes_above
from backend.domain.staff_accounts import AT_THE_DESK
from backend.store.models import (
    Case,
    Conversation,
    ConversationClosing,
    ConversationNote,
    Handset,
    Staff,
    StaffCall,
    StaffSession,
    Team,
    TeamMember,
)
from backend.store.queries.scope import within
from backend.store.queries.staff import NO_PASSWORD

MOST_COLLEAGUES = 100
MOST_NOTES = 100


@dataclass(frozen=True)
class Waiting:
    """Somebody who waits for a person. `due_at`: promised; `number` in full, to be masked by whoever shows it."""

    case_id: int
    conversation_id: int | None
    kind: str
    region_code: str | None
    since: datetime
    due_at: datetime
    number: str | None
    team_id: int | None


def waiting_for_person(session: Session, region: str, home: str, limit: int = 20) -> list[Waiting]:
    """Who waits for a person and whom nobody has taken up yet, the longest waiting first.

    Calls that were not answered, messages left, wishes for a person, and injury, violence or distress; a talk with staff
    or a colleague who takes it ends the wait (`case_rules.waits_for_a_person`).
    """
    # Over the partial index of those who wait: few at any time, however many cases there ever were.
    rows = session.execute(
        select(Case, Handset.number)
        .outerjoin(Handset, Handset.id == Case.handset_id)
        .where(Case.waits_since.is_not(None), within(Case.region_code, region, home))
        .order_by(Case.waits_since, Case.id)
        .limit(limit)
    )
    return [
        Waiting(
            case.id,
            case.conversation_id,
            case.kind,
            case.region_code,
            case.waits_since or case.opened_at,
            case.due_at,
            number,
            case.assigned_to_team,
        )
        for case, number in rows
    ]


# -- teams ---------------------------------------------------------------------------------------------------------------


def teams_of(session: Session, staff_id: int) -> list[int]:
    """The ids of the teams somebody belongs to: what is given to them counts as given to her."""
    return list(
        session.scalars(
            select(TeamMember.team_id)
            .join(Team, Team.id == TeamMember.team_id)
            .where(TeamMember.staff_id == staff_id, Team.active.is_(True))
            .order_by(TeamMember.team_id)
        )
    )


def teams_for(session: Session, region_code: str) -> list[Team]:
    """The teams that reach a division: its own and those above, the nearest first."""
    rows = session.scalars(
        select(Team).where(Team.region_code.in_(codes_above(region_code)), Team.active.is_(True)).order_by(Team.id)
    )
    return sorted(rows, key=lambda team: (-len(team.region_code), team.id))


def teams_within(session: Session, region: str) -> list[tuple[Team, list[Staff]]]:
    """The teams of a region and below with their members, for whoever keeps them."""
    teams = list(
        session.scalars(select(Team).where(within(Team.region_code, region)).order_by(Team.region_code, Team.id))
    )
    members = session.execute(
        select(TeamMember.team_id, Staff)
        .join(Staff, Staff.id == TeamMember.staff_id)
        .where(TeamMember.team_id.in_([team.id for team in teams]))
        .order_by(Staff.region_code, Staff.id)
    ).all()
    return [(team, [staff for team_id, staff in members if team_id == team.id]) for team in teams]


def team(session: Session, region: str, team_id: int, *, lock: bool = False) -> Team | None:
    query = select(Team).where(Team.id == team_id, within(Team.region_code, region))
    return session.scalar(query.with_for_update() if lock else query)


def teams_by_id(session: Session, ids: Iterable[int | None]) -> dict[int, Team]:
    wanted = {id_ for id_ in ids if id_ is not None}
    return {team.id: team for team in session.scalars(select(Team).where(Team.id.in_(wanted)))} if wanted else {}


def is_at_work(session: Session, team_id: int | None) -> bool:
    """Whether a team has what was given to it: one that was let go has nothing."""
    team = session.get(Team, team_id) if team_id is not None else None
    return team is not None and team.active


def acting_roles() -> list[str]:
    return [role for role, verbs in VERBS.items() if "reply" in verbs]


def answers_for(staff: Staff | None, region_code: str) -> bool:
    """Whether somebody can answer people of a division: she comes in, sees it, and her role acts there."""
    return (
        staff is not None
        and staff.active
        and staff.password_hash != NO_PASSWORD
        and may(staff.role, "reply")
        and may_see(staff.region_code, region_code)
    )


def _come_in() -> tuple[Any, ...]:
    """Of `answers_for` what does not hang on the division."""
    return Staff.active.is_(True), Staff.password_hash != NO_PASSWORD, Staff.role.in_(acting_roles())


@dataclass(frozen=True)
class Colleague:
    """`seen_at`: when she last did something in a session that is still open; None for none."""

    id: int
    name: str
    region_code: str
    seen_at: datetime | None


_SEEN_AT = (
    select(func.max(StaffSession.last_seen_at))
    .where(StaffSession.staff_id == Staff.id, StaffSession.half_way.is_(False))
    .correlate(Staff)
    .scalar_subquery()
)


def colleagues(session: Session, region_code: str, besides: int, now: datetime) -> list[Colleague]:
    """Who sees a division and may answer people there, without `besides` herself: those at their desks first, then the
    nearest."""
    at_the_desk = case((now - AT_THE_DESK <= _SEEN_AT, 0), else_=1)
    rows = session.execute(
        select(Staff, _SEEN_AT)
        .where(Staff.region_code.in_(codes_above(region_code)), *_come_in(), Staff.id != besides)
        .order_by(at_the_desk, Staff.region_code.desc(), Staff.id)
        .limit(MOST_COLLEAGUES)
    )
    return [
        Colleague(staff.id, staff.name, staff.region_code, seen_at)
        for staff, seen_at in rows
        if answers_for(staff, region_code)
    ]


def seen_at(session: Session, staff_ids: Iterable[int]) -> dict[int, datetime]:
    """When each of them last did something in a session that is still open."""
    rows = session.execute(select(Staff.id, _SEEN_AT).where(Staff.id.in_(set(staff_ids))))
    return {id_: moment for id_, moment in rows if moment is not None}


def at_their_desks(
    session: Session, teams: Iterable[Team], colleagues: Iterable[Colleague], now: datetime
) -> dict[int, int]:
    """Team → how many of these `colleagues` belong to it and are there now."""
    there = [each.id for each in colleagues if each.seen_at is not None and now - each.seen_at <= AT_THE_DESK]
    if not there:
        return {}
    rows = session.execute(
        select(TeamMember.team_id, func.count())
        .where(TeamMember.team_id.in_([team.id for team in teams]), TeamMember.staff_id.in_(there))
        .group_by(TeamMember.team_id)
    )
    return dict(rows.all())


def staff_within(session: Session, region: str) -> list[Staff]:
    """Those of a region and below who could be in one of its teams."""
    rows = session.scalars(
        select(Staff)
        .where(within(Staff.region_code, region), Staff.active.is_(True), Staff.role.in_(acting_roles()))
        .order_by(Staff.region_code, Staff.id)
        .limit(MOST_COLLEAGUES * 5)
    )
    return list(rows)


# -- what staff wrote down -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Deeds:
    """`notes`: the newest first; `closing`: the newest that was not undone; `call`: the newest of staff to this person."""

    notes: list[ConversationNote]
    closing: ConversationClosing | None
    call: StaffCall | None


def deeds(session: Session, conversation_id: int) -> Deeds:
    """What staff did about a conversation."""
    newest_closing = select(func.max(ConversationClosing.id)).where(
        ConversationClosing.conversation_id == conversation_id, ConversationClosing.undone_at.is_(None)
    )
    newest_call = select(func.max(StaffCall.id)).where(StaffCall.conversation_id == conversation_id)
    rows = session.execute(
        select(ConversationNote, ConversationClosing, StaffCall)
        .select_from(Conversation)
        .outerjoin(ConversationNote, ConversationNote.conversation_id == Conversation.id)
        .outerjoin(ConversationClosing, ConversationClosing.id == newest_closing.scalar_subquery())
        .outerjoin(StaffCall, StaffCall.id == newest_call.scalar_subquery())
        .where(Conversation.id == conversation_id)
        .order_by(ConversationNote.id.desc())
        .limit(MOST_NOTES)
    ).all()
    _, closing, call = rows[0]
    return Deeds([note for note, *_ in rows if note is not None], closing, call)


def last_closing(session: Session, conversation_id: int) -> tuple[ConversationClosing, str] | None:
    """The newest closing that was not undone, and who closed."""
    row = session.execute(
        select(ConversationClosing, Staff.name)
        .join(Staff, Staff.id == ConversationClosing.staff_id)
        .where(ConversationClosing.conversation_id == conversation_id, ConversationClosing.undone_at.is_(None))
        .order_by(ConversationClosing.id.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row else None
