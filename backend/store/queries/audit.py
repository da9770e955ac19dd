"""The audit trail as staff look through it: newest first, own region and below, in pages that begin before an id (T13)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from backend.store.models import (
    AuditEvent,
    AuditSeal,
    Case,
    HandsetOwner,
    Message,
    Offer,
    Person,
    Region,
    Staff,
    Worker,
)
from backend.store.queries.scope import within

PAGE = 50
MOST_EXPORTED = 10_000
_COUNTY, _TOWN = 6, 9  # digits of a code
_ZONE = ZoneInfo("Asia/Shanghai")
_MOST_OF_ONE = 500  # things of one person that are looked for
# What a form leaves behind so that it is not carried out twice: nobody's doing.
_NOT_TOLD = ("sent_form",)


@dataclass(frozen=True)
class Asked:
    """What the list is narrowed by; "" and None narrow nothing.

    `who`: a login, a staff member's name, or an actor as it is stored (`staff:3`, `scheduler`); `kind` and `number`: an
    object; `worker`: everything about one registered person: her entry, herself, her offers, cases, conversations.
    """

    who: str = ""
    verb: str = ""
    kind: str = ""
    number: str = ""
    day: date | None = None
    worker: int | None = None

    def facts(self) -> dict[str, Any]:
        """What was asked for, as the trail keeps it: no words that somebody typed, they could be a person's name."""
        kept = {name: str(value) for name, value in vars(self).items() if value and name not in ("who", "number")}
        if self.number.isascii() and self.number.isdigit():
            kept["number"] = self.number
        return {**kept, **({"who": "asked"} if self.who else {})}


def events(
    session: Session, region: str, asked: Asked, *, before: int | None = None, limit: int = PAGE
) -> Sequence[AuditEvent]:
    """The newest events that `region` may read, `limit` and one more."""
    narrowed: list[ColumnElement[bool]] = [AuditEvent.verb.not_in(_NOT_TOLD)]
    if before is not None:
        narrowed.append(AuditEvent.id < before)
    if asked.who:
        narrowed.append(AuditEvent.actor.in_(_actors(session, region, asked.who)))
    if asked.verb:
        narrowed.append(AuditEvent.verb == asked.verb)
    if asked.kind:
        narrowed.append(AuditEvent.object_kind == asked.kind)
    if asked.number:
        narrowed.append(AuditEvent.object_id == asked.number)
    if asked.day:
        first = datetime(asked.day.year, asked.day.month, asked.day.day, tzinfo=_ZONE)
        narrowed += [AuditEvent.at >= first, AuditEvent.at < first + timedelta(days=1)]
    if asked.worker is not None:
        narrowed.append(_concerns(session, region, asked.worker))
    return session.scalars(newest(session, region, narrowed, limit + 1)).all()


def newest(session: Session, region: str, narrowed: Sequence[ColumnElement[bool]], most: int) -> Any:
    """The newest events of a region. Above a county the newest of each county below are put together: every one of them is
    found by an index in the order of the ids, so the page costs the same however many events there are elsewhere."""
    if len(region) >= _COUNTY:
        return select(AuditEvent).where(_in_reach(region), *narrowed).order_by(AuditEvent.id.desc()).limit(most)
    below = session.scalars(select(Region.code).where(within(Region.code, region), func.length(Region.code) <= _COUNTY))
    each = [
        select(
            select(AuditEvent.id)
            .where(AuditEvent.county_code == code, *narrowed)
            .order_by(AuditEvent.id.desc())
            .limit(most)
            .subquery()
        )
        for code in sorted({region, *below})
    ]
    return select(AuditEvent).where(AuditEvent.id.in_(union_all(*each))).order_by(AuditEvent.id.desc()).limit(most)


def staff_named(session: Session, region: str, events: Iterable[AuditEvent]) -> dict[str, str]:
    """`staff:3` → name, for those of one's own region; somebody from above is named by role alone (the page does)."""
    ids = {int(each.actor[6:]) for each in events if each.actor.startswith("staff:") and each.actor[6:].isdigit()}
    ids |= {int(each.object_id) for each in events if each.object_kind == "staff" and each.object_id.isdigit()}
    rows = session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(ids), within(Staff.region_code, region)))
    return {f"staff:{row.id}": row.name for row in rows}


def newest_seal(session: Session) -> AuditSeal | None:
    return session.scalar(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1))


def _in_reach(region: str) -> ColumnElement[bool]:
    """Of a county or smaller. A village's few are picked out of its town's."""
    if len(region) == _COUNTY:
        return AuditEvent.county_code == region
    in_town = AuditEvent.town_code == region[:_TOWN]
    return in_town if len(region) == _TOWN else and_(in_town, within(AuditEvent.region_code, region))


def _actors(session: Session, region: str, who: str) -> list[str]:
    found = session.scalars(
        select(Staff.id)
        .where(within(Staff.region_code, region), or_(Staff.login == who, Staff.name == who))
        .limit(_MOST_OF_ONE)
    )
    return [who, *(f"staff:{id_}" for id_ in found)]


def _concerns(session: Session, region: str, worker_id: int) -> ColumnElement[bool]:
    worker = session.scalar(
        select(Worker).join(Worker.person).where(Worker.id == worker_id, within(Person.village_code, region))
    )
    if worker is None:
        return AuditEvent.id.is_(None)
    handsets = select(HandsetOwner.handset_id).where(HandsetOwner.person_id == worker.person_id)

    def ids(query: Any) -> list[str]:
        return [str(id_) for id_ in session.scalars(query.limit(_MOST_OF_ONE))]

    things = {
        "workers": [str(worker.id)],
        "persons": [str(worker.person_id)],
        "offers": ids(select(Offer.id).where(Offer.worker_id == worker.id).order_by(Offer.id.desc())),
        "cases": ids(select(Case.id).where(Case.handset_id.in_(handsets)).order_by(Case.id.desc())),
        "conversations": ids(select(func.distinct(Message.conversation_id)).where(Message.handset_id.in_(handsets))),
    }
    return or_(*(
        (AuditEvent.object_kind == kind) & AuditEvent.object_id.in_(numbers) for kind, numbers in things.items() if numbers
    ))  # fmt: skip
