"""Workers: candidates for an opening, and the number each can be reached on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Text, cast, or_, select
from sqlalchemy.orm import Session, joinedload, selectinload

from backend.store.models import Handset, HandsetOwner, Person, Worker
from backend.store.queries.scope import within

CANDIDATES = 200


def candidates(
    session: Session, *, region: str, job_types: Iterable[str] | None, limit: int = CANDIDATES
) -> Sequence[Worker]:
    """Active workers living in `region` (all below it included) who do one of `job_types`, the longest without work first."""
    query = (
        select(Worker)
        .join(Worker.person)
        .options(joinedload(Worker.person), selectinload(Worker.hardships))
        .where(Worker.status == "active", Person.erased_at.is_(None), within(Person.village_code, region))
        .order_by(Worker.waiting_since.is_(None), Worker.waiting_since, Worker.id)
        .limit(limit)
    )
    if job_types is not None:
        # The codes are stored as a JSON list; its text form holds each in quotes on both databases.
        as_text = cast(Worker.job_types, Text)
        query = query.where(or_(*(as_text.contains(f'"{code}"', autoescape=True) for code in sorted(set(job_types)))))
    return session.scalars(query).all()


def numbers_of(session: Session, person_ids: Iterable[int]) -> dict[int, Handset]:
    """Person id → the handset she is reached on: her own before one she shares, the longest known first."""
    rows = session.execute(
        select(HandsetOwner.person_id, HandsetOwner.relation, Handset)
        .join(Handset, Handset.id == HandsetOwner.handset_id)
        .where(HandsetOwner.person_id.in_(list(person_ids)), HandsetOwner.until.is_(None))
        .order_by(HandsetOwner.id)
    ).all()
    found: dict[int, Handset] = {}
    for person_id, _, handset in sorted(rows, key=lambda row: row[1] != "self"):
        found.setdefault(person_id, handset)
    return found


def names_of(session: Session, worker_ids: Iterable[int]) -> dict[int, str | None]:
    """Worker id → her name, None where she has given none."""
    wanted = list(worker_ids)
    if not wanted:
        return {}
    query = select(Worker.id, Person.name).join(Worker.person).where(Worker.id.in_(wanted))
    return {row.id: row.name for row in session.execute(query)}
