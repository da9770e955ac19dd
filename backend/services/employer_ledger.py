"""An employer's line in the ledger 用工单位台账: what stands in it, what a new line would change, and its writing (L03, E02).

One copy for the forms of the console and for a file from Excel; both bring facts by the ledger's columns.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.employers import kind_of
from backend.errors import Conflict
from backend.services import audit
from backend.services.merge_entries import employer_version
from backend.services.people import handset_for
from backend.services.planned_rows import Planned, in_parts
from backend.store.models import Employer

if TYPE_CHECKING:
    from backend.services.deps import Deps

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


def put(session: Session, deps: Deps, now: datetime, employer: Employer, facts: dict[str, Any]) -> list[str]:
    """Write what differs and return the columns."""
    changed = changes(employer, facts)
    if "phone" in changed:
        # Staff have found him there: whoever had it before and was silent has it no more (T4).
        handset_for(session, deps, facts["phone"], now)
    for key in changed:
        setattr(employer, _COLUMNS[key], facts[key])
    return changed


def add(session: Session, now: datetime, actor: str, facts: dict[str, Any], **told: Any) -> Employer:
    """A new employer; of which kind, its name tells unless `facts` do. `told`: more for the trail."""
    made = Employer(
        name=facts["employer"],
        kind=facts.get("employer_kind") or kind_of(facts["employer"]),
        phone=facts.get("phone"),
        region_code=facts["region_code"],
        created_at=now,
    )
    session.add(made)
    session.flush()
    audit.write(session, now, actor, "employer_added", made, **told)
    return made


def store(session: Session, deps: Deps, now: datetime, actor: str, rows: list[Planned], import_id: int) -> None:
    """Write what the rows of a file change and add. Raises `Conflict(reason="library_changed")`."""
    met = {row.subject: row for row in rows if row.action == "change" and row.subject is not None}
    for some in in_parts(sorted(met)):
        query = select(Employer).where(Employer.id.in_(some)).order_by(Employer.id)
        for employer in session.scalars(query.with_for_update().execution_options(populate_existing=True)):
            row = met[employer.id]
            if employer_version(employer) != row.seen:
                raise Conflict("the library has changed", reason="library_changed", row=row.number)
            fields = put(session, deps, now, employer, row.facts)
            audit.write(session, now, actor, "imported_employer", employer, fields=sorted(fields), import_id=import_id)
    for row in rows:
        if row.action == "add":
            add(session, now, actor, row.facts, import_id=import_id)
