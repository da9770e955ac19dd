"""Accounts of staff: who did something, who is where, what waits for a second pair of eyes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from backend.store.models import Region, Staff, StaffChange, StaffCode, StaffSession
from backend.store.queries.scope import within

PAGE = 50
QUESTION_KEPT = timedelta(days=7)  # then it has to be asked anew
NO_PASSWORD = "!"  # noqa: S105  no password has this hash


def names_of(session: Session, staff_ids: Iterable[int | None]) -> dict[int, str]:
    """Id → name, for those of `staff_ids` that are somebody's."""
    wanted = {id_ for id_ in staff_ids if id_ is not None}
    if not wanted:
        return {}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(wanted)))
    return {row.id: row.name for row in rows}


def accounts(session: Session, region: str, *, role: str = "", words: str = "", after: int = 0) -> Sequence[Staff]:
    """One page and one more of the accounts of `region` and below, in the order of their ids."""
    query = select(Staff).where(within(Staff.region_code, region), Staff.id > after)
    if role:
        query = query.where(Staff.role == role)
    if words:
        query = query.where(
            or_(Staff.name.contains(words, autoescape=True), Staff.login.contains(words, autoescape=True))
        )
    return session.scalars(query.order_by(Staff.id).limit(PAGE + 1)).all()


def one(session: Session, region: str, staff_id: int, *, lock: bool = False) -> Staff | None:
    query = select(Staff).where(Staff.id == staff_id, within(Staff.region_code, region))
    return session.scalar(query.with_for_update() if lock else query)


def open_question(now: datetime) -> ColumnElement[bool]:
    """A change that was asked for, not decided yet and not too old to be."""
    return and_(StaffChange.status == "waiting", StaffChange.asked_at > now - QUESTION_KEPT)


def changes_waiting(session: Session, region: str, now: datetime) -> Sequence[tuple[StaffChange, Staff, str]]:
    """What was asked for and not decided, about accounts of `region` and below, with who asked; the oldest first."""
    asker = aliased(Staff)
    rows = session.execute(
        select(StaffChange, Staff, asker.name)
        .join(Staff, Staff.id == StaffChange.staff_id)
        .join(asker, asker.id == StaffChange.asked_by)
        .where(open_question(now), within(Staff.region_code, region))
        .order_by(StaffChange.id)
        .limit(PAGE)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def others_of_the_county(session: Session, staff: Staff) -> int:
    """How many other people can look after this county's accounts. Locks them: two leave one after the other (T8)."""
    found = session.scalars(
        select(Staff.id)
        .where(
            Staff.role == "county", Staff.region_code == staff.region_code, Staff.active, Staff.id != staff.id,
            Staff.password_hash != NO_PASSWORD,
        )
        .order_by(Staff.id)
        .with_for_update()
    )  # fmt: skip
    return len(found.all())


def sessions_of(session: Session, staff_id: int, idle_since: datetime, begun_since: datetime) -> Sequence[StaffSession]:
    """The sessions in use, the latest seen first; those that have run out are not."""
    return session.scalars(
        select(StaffSession)
        .where(
            StaffSession.staff_id == staff_id,
            StaffSession.half_way.is_(False),
            StaffSession.last_seen_at >= idle_since,
            StaffSession.created_at >= begun_since,
        )
        .order_by(StaffSession.last_seen_at.desc())
        .limit(PAGE)
    ).all()


def open_code(session: Session, staff_id: int, now: datetime) -> StaffCode | None:
    """The code that can still be used to set this account's password."""
    return session.scalar(
        select(StaffCode)
        .where(StaffCode.staff_id == staff_id, StaffCode.used_at.is_(None), StaffCode.expires_at > now)
        .order_by(StaffCode.id.desc())
        .limit(1)
    )


def last_reset(session: Session, staff_id: int) -> StaffCode | None:
    """The newest code for a reset with which this account's password was set."""
    return session.scalar(
        select(StaffCode)
        .where(StaffCode.staff_id == staff_id, StaffCode.kind == "reset", StaffCode.address.is_not(None))
        .order_by(StaffCode.used_at.desc(), StaffCode.id.desc())
        .limit(1)
    )


def regions_for(session: Session, region: str, digits: Iterable[int]) -> Sequence[Region]:
    """The divisions of these lengths in `region` and below, in the order of their codes."""
    return session.scalars(
        select(Region)
        .where(within(Region.code, region), func.length(Region.code).in_(tuple(digits)))
        .order_by(Region.code)
    ).all()
