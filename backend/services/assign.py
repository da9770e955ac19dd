"""Who should take a matter up: the team of its place and topic, given in the transaction that opens the case.

The rule itself is `domain/routing.py`; this is the only place that asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from itertools import islice

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
    intents = _intents(session, case.conversation_id)
    team_id = _nearest(stepping_in.teams_for(session, region), region, case.kind, intents)
    case.assigned_to_team = team_id
    conversation = session.get(Conversation, case.conversation_id) if case.conversation_id else None
    if conversation is not None and team_id is not None and _is_nobodys(session, conversation):
        conversation.assigned_to_team, conversation.assigned_at = team_id, now
    return team_id


def suggested(
    session: Session,
    conversation: Conversation,
    cases: Iterable[Case],
    reaching: Iterable[Team],
    turns: Sequence[Message] | None = None,
) -> int | None:
    """Which of the teams `reaching` there a conversation would best go to: by its open case, else by what was talked about
    last. `cases`: all of the conversation; `turns`: all there are, from whoever has read them anyway."""
    region = conversation.region_code or HOME_REGION
    open_cases = sorted((case for case in cases if case.status != "closed"), key=lambda case: (case.priority, -case.id))
    kind = open_cases[0].kind if open_cases else None
    intents = _intents(session, conversation.id) if turns is None else _newest_intents(turns)
    return _nearest(reaching, region, kind, intents)


def _is_nobodys(session: Session, conversation: Conversation) -> bool:
    return (
        conversation.assigned_to_staff is None
        and not stepping_in.is_at_work(session, conversation.assigned_to_team)
        and conversation.taken_by is None
    )


def _nearest(reaching: Iterable[Team], region: str, kind: str | None, intents: Iterator[str | None]) -> int | None:
    teams = [routing.TeamSeen(team.id, team.region_code, tuple(team.topics)) for team in reaching]
    if not teams:
        return None
    return routing.nearest_team(teams, region, routing.topic_of(kind, intents))


def _intents(session: Session, conversation_id: int | None) -> Iterator[str | None]:
    """The newest first; read when the first is asked for, for most cases decide by themselves."""
    if conversation_id is not None:
        yield from session.scalars(
            select(Message.intent)
            .where(Message.conversation_id == conversation_id, Message.direction == "inbound")
            .order_by(Message.id.desc())
            .limit(LOOKED_BACK)
        )


def _newest_intents(turns: Sequence[Message]) -> Iterator[str | None]:
    return islice((turn.intent for turn in reversed(turns) if turn.direction == "inbound"), LOOKED_BACK)
