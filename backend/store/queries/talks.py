"""Talks between employers and workers in one's own region (H05)."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session, joinedload

from backend.store.models import Employer, Opening, Talk, TalkPerson, Worker
from backend.store.queries.scope import within

PAGE = 30
# From so many openings and employers a form lets one choose.
CHOICES = 200


@dataclass(frozen=True)
class Listed:
    talk: Talk
    employer: Employer
    opening: Opening | None
    people: int
    hired: int


def page(session: Session, region: str, *, number: int = 1) -> tuple[list[Listed], bool]:
    """Talks, the newest first."""
    order = (Talk.held_on.desc(), Talk.id.desc())
    found = select(Talk.id).where(within(Talk.region_code, region)).order_by(*order)
    ids = session.scalars(found.offset((number - 1) * PAGE).limit(PAGE + 1)).all()
    rows = session.execute(
        select(Talk, Employer, Opening)
        .join(Employer, Employer.id == Talk.employer_id)
        .outerjoin(Opening, Opening.id == Talk.opening_id)
        .where(Talk.id.in_(ids))
        .order_by(*order)
    ).all()
    counted: dict[int, tuple[int, int]] = {
        talk_id: (people, hired or 0)
        for talk_id, people, hired in session.execute(
            select(
                TalkPerson.talk_id,
                func.count(),
                func.count().filter(TalkPerson.outcome == "hired"),
            )
            .where(TalkPerson.talk_id.in_(ids))
            .group_by(TalkPerson.talk_id)
        )
    }
    listed = [Listed(talk, employer, opening, *counted.get(talk.id, (0, 0))) for talk, employer, opening in rows]
    return listed[:PAGE], len(rows) > PAGE


def one(session: Session, region: str, talk_id: int) -> Talk | None:
    return session.scalar(select(Talk).where(Talk.id == talk_id, within(Talk.region_code, region)))


def people(session: Session, talk_id: int) -> list[tuple[TalkPerson, Worker]]:
    rows = session.execute(
        select(TalkPerson, Worker)
        .join(Worker, Worker.id == TalkPerson.worker_id)
        .options(joinedload(Worker.person))
        .where(TalkPerson.talk_id == talk_id)
        .order_by(Worker.id)
    )
    return [(entry, worker) for entry, worker in rows]


def openings(session: Session, region: str) -> list[Opening]:
    """Published openings of the region to talk about, the newest first."""
    return list(
        session.scalars(
            select(Opening)
            .options(joinedload(Opening.employer))
            .where(Opening.status == "published", within(Opening.region_code, region))
            .order_by(Opening.id.desc())
            .limit(CHOICES)
        )
    )


def employers(session: Session, region: str) -> list[Employer]:
    return list(
        session.scalars(
            select(Employer)
            .where(within(Employer.region_code, region))
            .order_by(Employer.name, Employer.id)
            .limit(CHOICES)
        )
    )
