"""Entries of which nobody has spoken for too long, and those set aside for it, as staff list them (P01, P07)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, joinedload

from backend.domain.freshness import CURRENT_FOR, MOST_ASKINGS, SHANGHAI
from backend.store.models import Opening, Person, Worker
from backend.store.queries.freshness import HIRING_SAID, SAID, engaged, gone_stale
from backend.store.queries.scope import within

PAGE = 30
TABS = ("workers", "openings", "set_aside")


def workers(session: Session, region: str, now: datetime, *, number: int = 1) -> tuple[list[Worker], bool]:
    """Active workers gone stale, the longest silent first; and whether there are more."""
    return _page(session, silent_workers(region, now), number)


def set_aside(session: Session, region: str, *, number: int = 1) -> tuple[list[Worker], bool]:
    """Workers offered nothing any more because they had not answered for sixty days."""
    return _page(session, _set_aside(region), number)


def openings(session: Session, region: str, now: datetime, *, number: int = 1) -> tuple[list[Opening], bool]:
    """Published openings with places free that nobody has confirmed for a week, the oldest first."""
    found = session.scalars(
        select(Opening)
        .options(joinedload(Opening.employer))
        .where(*silent_openings(region, now))
        .order_by(HIRING_SAID, Opening.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return list(found[:PAGE]), len(found) > PAGE


def counts(session: Session, region: str, now: datetime) -> dict[str, int]:
    """Tab → how many there are."""
    people = select(func.count(Worker.id)).join(Worker.person)
    return {
        "workers": session.scalar(people.where(*silent_workers(region, now))) or 0,
        "openings": session.scalar(select(func.count(Opening.id)).where(*silent_openings(region, now))) or 0,
        "set_aside": session.scalar(people.where(*_set_aside(region))) or 0,
    }


def worker(session: Session, region: str, worker_id: int) -> Worker | None:
    return session.scalar(
        select(Worker)
        .join(Worker.person)
        .options(joinedload(Worker.person))
        .where(Worker.id == worker_id, Worker.status != "erased", within(Person.village_code, region))
        .with_for_update(of=Worker)
    )


def opening(session: Session, region: str, opening_id: int) -> Opening | None:
    return session.scalar(
        select(Opening).where(Opening.id == opening_id, within(Opening.region_code, region)).with_for_update(of=Opening)
    )


def silent_workers(region: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Worker.status == "active",
        gone_stale(now),
        ~engaged(now.astimezone(SHANGHAI).date()),
        within(Person.village_code, region),
    )


def _set_aside(region: str) -> tuple[ColumnElement[bool], ...]:
    return (
        Worker.status == "paused",
        Worker.asked_in_vain >= MOST_ASKINGS,
        within(Person.village_code, region),
    )


def silent_openings(region: str, now: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Opening.status == "published",
        Opening.filled < Opening.headcount,
        Opening.ends_on >= now.astimezone(SHANGHAI).date(),
        now - CURRENT_FOR >= HIRING_SAID,
        within(Opening.region_code, region),
    )


def _page(session: Session, where: Sequence[ColumnElement[bool]], number: int) -> tuple[list[Worker], bool]:
    found = session.scalars(
        select(Worker)
        .join(Worker.person)
        .options(joinedload(Worker.person))
        .where(*where)
        .order_by(SAID, Worker.id)
        .offset((number - 1) * PAGE)
        .limit(PAGE + 1)
    ).all()
    return list(found[:PAGE]), len(found) > PAGE
