"""Two teams of the demo county, so that what waits is somebody's, and what colleagues left for each other (all invented)."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.seed.places import QIANJIANG, ZHONGTANG
from backend.seed.staff import NO_LOGIN
from backend.services import assign
from backend.store.models import Case, Conversation, ConversationNote, Staff, Team, TeamMember

# name, region, topics, in it: everybody with a login of this region or below
TEAMS = (
    ("黔江区维权政策组", QIANJIANG, ["wages", "policy", "employers"]),
    ("中塘镇帮办组", ZHONGTANG, ["jobs", "registration", "other"]),
)
NOTE = "电话里说话声音小，慢一点跟她讲。赶场天上午打最好。"


def seed_teams(session: Session, now: datetime) -> None:
    """Put in the teams that are missing; give them what is open."""
    known = set(session.scalars(select(Team.name)))
    for name, region, topics in TEAMS:
        if name in known:
            continue
        team = Team(name=name, region_code=region, topics=topics, active=True, version=1, created_at=now)
        session.add(team)
        session.flush()
        people = session.scalars(
            select(Staff.id)
            .where(Staff.region_code.startswith(region), Staff.password_hash != NO_LOGIN)
            .order_by(Staff.id)
        )
        session.add_all(TeamMember(team_id=team.id, staff_id=staff_id) for staff_id in people)
    session.flush()
    if known:
        return
    for case in session.scalars(select(Case).where(Case.status == "open").order_by(Case.id)):
        assign.to_team(session, case, now)
    writer = session.scalar(select(Staff.id).where(Staff.region_code == ZHONGTANG).order_by(Staff.id).limit(1))
    talk = session.scalar(
        select(Conversation.id)
        .join(Case, Case.conversation_id == Conversation.id)
        .where(Case.status == "open", Conversation.region_code.startswith(ZHONGTANG))
        .order_by(Conversation.id)
        .limit(1)
    )
    if writer is not None and talk is not None:
        session.add(
            ConversationNote(conversation_id=talk, staff_id=writer, kind="note", body=NOTE, at=now - timedelta(hours=1))
        )
    session.flush()
