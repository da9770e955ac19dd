"""Who should take a matter up: the team of its place and topic, given in the transaction that opens the case.

The rule itself is `domain/routing.py`; this is the only place that reads the teams for it.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain import routing
from backend.services.regions import HOME_REGION
from backend.store.models import Case, Conversation, Message, Team
from backend.store.queries import stepping_in

LOOKED_BACK = 12  # turns whose meaning may tell what somebody wants a person for


def to_team(session: Session, case: Case, now: datetime) -> int | None:
    """Give a new case, and its conversation where nobody has that yet, to the team that answers for it; return its id.

    The row is changed in the caller's transaction. None: no team reaches there, and everybody of the region sees it.
    """
    region = case.region_code or HOME_REGION
    teams = _teams(session, region)
    if not teams:
        return None
    team_id = routing.nearest_team(teams, region, routing.topic_of(case.kind, _intents(session, case.conversation_id)))
    case.assigned_to_team = team_id
    conversation = session.get(Conversation, case.conversation_id) if case.conversation_id else None
    if conversation is not None and team_id is not None and _is_nobodys(session, conversation):
        conversation.assigned_to_team, conversation.assigned_at = team_id, now
    return team_id


def suggested(session: Session, conversation: Conversation) -> int | None:
    """The team a conversation would best go to: by its open case, else by what was talked about last."""
    region = conversation.region_code or HOME_REGION
    kind = session.scalar(
        select(Case.kind)
        .where(Case.conversation_id == conversation.id, Case.status != "closed")
        .order_by(Case.priority, Case.id.desc())
        .limit(1)
    )
    teams = _teams(session, region)
    return routing.nearest_team(teams, region, routing.topic_of(kind, _intents(session, conversation.id)))


def _is_nobodys(session: Session, conversation: Conversation) -> bool:
    return (
        conversation.assigned_to_staff is None
        and not stepping_in.is_at_work(session, conversation.assigned_to_team)
        and conversation.taken_by is None
    )


def _teams(session: Session, region: str) -> list[routing.TeamSeen]:
    rows = session.execute(
        select(Team.id, Team.region_code, Team.topics).where(
            Team.region_code.in_(routing.codes_above(region)), Team.active.is_(True)
        )
    )
    return [routing.TeamSeen(row.id, row.region_code, tuple(row.topics)) for row in rows]


def _intents(session: Session, conversation_id: int | None) -> list[str | None]:
    if conversation_id is None:
        return []
    return list(
        session.scalars(
            select(Message.intent)
            .where(Message.conversation_id == conversation_id, Message.direction == "inbound")
            .order_by(Message.id.desc())
            .limit(LOOKED_BACK)
        )
    )
