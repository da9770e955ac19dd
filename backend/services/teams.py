"""Teams of colleagues by region and topic: made, changed and let go by town and county."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.routing import TOPICS
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.staff_login import Member
from backend.store.models import Case, Region, Team, TeamMember
from backend.store.queries import stepping_in
from backend.store.queries.staff import NO_PASSWORD

if TYPE_CHECKING:
    from backend.services.deps import Deps

LONGEST_NAME = 30


def make(
    deps: Deps, member: Member, *, name: str, region_code: str, topics: Collection[str], people: Collection[int]
) -> int:
    """Make a team in one's own region or below; return its id. Raises `Forbidden`, `Invalid` (name, region, topics, people)."""
    with deps.db.write() as session:
        _allowed(member)
        region = session.get(Region, region_code) if may_see(member.region_code, region_code) else None
        if region is None:
            raise Invalid("not a place of ours", {"region": "unknown"})
        team = Team(name=_name(name), region_code=region.code, topics=_topics(topics), active=True, version=1,
                    created_by=member.id, created_at=deps.clock())  # fmt: skip
        session.add(team)
        session.flush()
        _fill(session, member, team, people)
        audit.write(session, deps.clock(), member.actor, "made_team", team)
        return team.id


def change(
    deps: Deps,
    member: Member,
    team_id: int,
    *,
    name: str,
    topics: Collection[str],
    people: Collection[int],
    active: bool,
    version: int,
) -> None:
    """Change a team as the reader saw it. Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict` (changed).

    One that is let go has nothing any more: its open cases are everybody's, and so are its conversations, which keep its
    number (they may be years of them) and are its own again only should it be taken up again.
    """
    with deps.db.write() as session:
        team = stepping_in.team(session, member.region_code, team_id, lock=True)
        if team is None:
            raise NotFound("no such team")
        _allowed(member)
        if team.version != version:
            raise Conflict("changed meanwhile", reason="changed")
        team.name, team.topics, team.active, team.version = _name(name), _topics(topics), active, version + 1
        _fill(session, member, team, people)
        if not active:
            session.execute(
                update(Case)
                .where(Case.assigned_to_team == team.id, Case.status != "closed")
                .values(assigned_to_team=None),
                execution_options={"synchronize_session": False},
            )
        audit.write(session, deps.clock(), member.actor, "changed_team", team, active=active)


def _allowed(member: Member) -> None:
    if not may(member.role, "manage_teams"):
        raise Forbidden("teams are the town's and the county's to make")


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise Invalid("a name is needed", {"name": "needed" if not name else "too_long"})
    return name


def _topics(topics: Collection[str]) -> list[str]:
    chosen = [topic for topic in TOPICS if topic in topics]
    if not chosen:
        raise Invalid("at least one topic", {"topics": "needed"})
    return chosen


def _fill(session: Session, member: Member, team: Team, people: Collection[int]) -> None:
    """Put exactly `people` in: of the team's own region and below, so that what they are given lies within what they see."""
    allowed = {staff.id: staff for staff in stepping_in.staff_within(session, team.region_code)}
    wanted = set(people)
    if not wanted or wanted - set(allowed):
        raise Invalid("who is in it", {"people": "needed" if not wanted else "unknown"})
    if all(allowed[id_].password_hash == NO_PASSWORD for id_ in wanted):
        raise Invalid("nobody would answer", {"people": "nobody_in"})
    before = set(session.scalars(select(TeamMember.staff_id).where(TeamMember.team_id == team.id)))
    session.execute(
        delete(TeamMember).where(TeamMember.team_id == team.id, TeamMember.staff_id.in_(before - wanted)),
        execution_options={"synchronize_session": False},
    )
    session.add_all(TeamMember(team_id=team.id, staff_id=staff_id) for staff_id in sorted(wanted - before))
