"""An employer's line in the ledger 用工单位台账: what stands in it, what a new line would change, and its writing (L03, E02).

One copy for the forms of the console and for a file from Excel; both bring facts by the ledger's columns.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.employers import kind_of
from backend.errors import Conflict
from backend.services import audit
from backend.services.merge_entries import employer_version
from backend.services.planned_rows import Planned, in_parts
from backend.store.models import Employer

_COLUMNS = {"employer": "name", "employer_kind": "kind", "phone": "phone", "region_code": "region_code"}


def line(employer: Employer) -> dict[str, Any]:
    """The facts of an employer as a row of the ledger has them: plain JSON by column."""
    return {key: getattr(employer, column) for key, column in _COLUMNS.items()}


def name_of(employer: Employer) -> str:
    """The name with one space where there are more, as a cell is read."""
    return " ".join(employer.name.split())


def changes(employer: Employer, facts: dict[str, Any]) -> list[str]:
    """The columns in which `facts` differ from what is stored."""
    stands = line(employer) | {"employer": name_of(employer)}
    return [key for key, value in facts.items() if stands[key] != value]


def put(employer: Employer, facts: dict[str, Any]) -> list[str]:
    """Write what differs and return the columns. That a number is his nobody has heard by this (T4)."""
    changed = changes(employer, facts)
    for key in changed:
        setattr(employer, _COLUMNS[key], facts[key])
    return changed


def add(session: Session, now: datetime, actor: str, facts: dict[str, Any]) -> Employer:
    """A new employer; of which kind, its name tells unless `facts` do."""
    made = _made(now, facts)
    session.add(made)
    session.flush()
    audit.write(session, now, actor, "employer_added", made)
    return made


def _made(now: datetime, facts: dict[str, Any]) -> Employer:
    return Employer(
        name=facts["employer"],
        kind=facts.get("employer_kind") or kind_of(facts["employer"]),
        phone=facts.get("phone"),
        region_code=facts["region_code"],
        created_at=now,
    )


def store(session: Session, now: datetime, actor: str, rows: list[Planned], import_id: int) -> None:
    """Write what the rows of a file change and add. Raises `Conflict(reason="library_changed")` before anything is written."""
    met = {row.subject: row for row in rows if row.action == "change" and row.subject is not None}
    found = _held(session, sorted(met))
    for number, row in met.items():
        if number not in found or employer_version(found[number]) != row.seen:
            raise Conflict("the library has changed", reason="library_changed", row=row.number)
    for number, employer in found.items():
        fields = put(employer, met[number].facts)
        audit.write(session, now, actor, "imported_employer", employer, fields=sorted(fields), import_id=import_id)
    added = [_made(now, row.facts) for row in rows if row.action == "add"]
    session.add_all(added)
    session.flush()
    for employer in added:
        audit.write(session, now, actor, "employer_added", employer, import_id=import_id)


def _held(session: Session, ids: list[int]) -> dict[int, Employer]:
    """These employers as they stand, kept from everybody else until the transaction ends."""
    found: dict[int, Employer] = {}
    for some in in_parts(ids):
        query = select(Employer).where(Employer.id.in_(some)).order_by(Employer.id).with_for_update()
        found |= {one.id: one for one in session.scalars(query.execution_options(populate_existing=True))}
    return found
