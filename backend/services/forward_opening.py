"""Staff put an opening before villages, towns, counties or the city; its market then reaches there (P08, P09, E10)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.forwarding import may_forward, reach_after
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit, instant_hire
from backend.services.as_written import as_written
from backend.services.staff_login import Member
from backend.settings import TIMEZONE
from backend.store.models import Forwarding, Opening
from backend.store.queries import forwardings as queries

if TYPE_CHECKING:
    from backend.services.deps import Deps

LONGEST_NOTE = 200


def forward(deps: Deps, member: Member, opening_id: int, to_regions: Iterable[str], note: str = "") -> list[str]:
    """Put an opening before `to_regions` (division codes); return those it had not been put before.

    Raises `NotFound` (neither one's own nor passed on to one), `Forbidden`, `Invalid` (no such place, or not within reach of
    this role), `Conflict` with reason `not_open` (not published, full or over).
    """
    wanted = list(dict.fromkeys(to_regions))
    now = deps.clock()
    with deps.db.write() as session:
        opening = _opening(session, member, opening_id, now)
        wrong = [
            code
            for code in wanted
            if not deps.regions.knows(code) or not may_forward(member.region_code, opening.region_code, code)
        ]
        if wrong or not wanted:
            raise Invalid("not a place this can be put before", {"to_region": "not within your reach"})
        return _put(session, deps, member, opening, wanted, note, now)


def to_villages(deps: Deps, member: Member, opening_id: int) -> list[str]:
    """The harvest does not wait (E10): urgent from now on, and before every village of its town at once.

    Raises as `forward` does; `Forbidden` too for an opening that was only put before one.
    """
    now = deps.clock()
    with deps.db.write() as session:
        opening = _opening(session, member, opening_id, now)
        if not may_see(member.region_code, opening.region_code):
            raise Forbidden("how urgent it is its own region says")
        town = opening.region_code[:9]
        villages = [
            code
            for code, _ in deps.regions.villages_of(town)
            if may_forward(member.region_code, opening.region_code, code)
        ]
        if not villages:
            raise Invalid("no villages of this opening's town", {"to_region": "not within your reach"})
        if not opening.urgent:
            opening.urgent = True
            audit.write(session, now, member.actor, "marked_urgent", opening)
        return _put(session, deps, member, opening, villages, "", now)


def look_at(session: Session, deps: Deps, member: Member, forwarding: Forwarding) -> None:
    """Note who of the place it was put before has opened it first, in the caller's transaction."""
    if forwarding.to_region != member.region_code or forwarding.seen_at is not None:
        return
    session.execute(
        update(Forwarding)
        .where(Forwarding.id == forwarding.id, Forwarding.seen_at.is_(None))
        .values(seen_by=member.id, seen_at=deps.clock())
    )
    session.refresh(forwarding)


def _put(
    session: Session, deps: Deps, member: Member, opening: Opening, places: list[str], note: str, now: datetime
) -> list[str]:
    note = as_written(note, LONGEST_NOTE, "note")
    known = set(session.scalars(select(Forwarding.to_region).where(Forwarding.opening_id == opening.id)))
    new = [code for code in places if code not in known]
    reach, ours = opening.visible_to, may_see(member.region_code, opening.region_code)
    for code in new:
        session.add(
            Forwarding(opening_id=opening.id, to_region=code, forwarded_by=member.id, forwarded_at=now,
                       note=note)
        )  # fmt: skip
        reach = reach_after(opening.region_code, reach, code) if ours else reach
    if new:
        opening.visible_to = reach
        instant_hire.rearm(session, opening, now)
        audit.write(session, now, member.actor, "forwarded", opening, to=new, visible_to=reach)
    session.flush()
    return new


def _opening(session: Session, member: Member, opening_id: int, now: datetime) -> Opening:
    opening = session.get(Opening, opening_id, with_for_update=True)
    if opening is None or not (
        may_see(member.region_code, opening.region_code) or queries.is_received(session, member.region_code, opening_id)
    ):
        raise NotFound("no such opening")
    if not may(member.role, "forward"):
        raise Forbidden("this role only looks")
    today = now.astimezone(TIMEZONE).date()
    if opening.status != "published" or opening.filled >= opening.headcount or opening.ends_on < today:
        raise Conflict("not an opening that takes people", reason="not_open")
    return opening
