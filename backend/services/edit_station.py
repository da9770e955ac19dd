"""The ledger of markets and stations: where people are received, when, by whom, with what equipment (L05, L21)."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.ledger_cells import national
from backend.domain.ledgers import STATION_NUMBERS, STATION_TEXTS
from backend.domain.phone import e164, to_e164
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.planned_rows import Planned, in_parts
from backend.services.regions import touch
from backend.services.staff_login import Member
from backend.store.models import Region, Station

if TYPE_CHECKING:
    from backend.services.deps import Deps

KINDS = ("market", "station")
FACTS = (
    "kind", "name", "short_name", "address", "opens_at", "closes_at", "hotline", "area_sqm", "windows", "staff_count",
    "has_screen", "has_sign",
)  # fmt: skip
# What is written in the form of a new one before anybody types.
BLANK = {**dict.fromkeys(FACTS, ""), "kind": "station", "opens_at": "08:00", "closes_at": "18:00"}
_YES_NO = {True: "yes", False: "no", None: ""}
_CLOCK = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9]", re.ASCII)


def seen(session: Session, member: Member, station_id: int) -> Station:
    """The station, if it lies in the reach of `member`. Raises `NotFound`."""
    found = session.get(Station, station_id)
    if found is None or not may_see(member.region_code, found.region_code):
        raise NotFound("no such station")
    return found


def version(station: Station) -> str:
    """What a form carries to see whether somebody saved meanwhile."""
    return station.updated_at.isoformat() if station.updated_at else ""


def changes(station: Station, facts: dict[str, Any]) -> list[str]:
    """The columns in which `facts` (values as they are stored) differ from the station."""
    return sorted(name for name, value in facts.items() if getattr(station, name) != value)


def typed(station: Station | None, facts: dict[str, Any] | None = None) -> dict[str, str]:
    """A station, or a new one, as its form has it, with `facts` (values as they are stored) put over it."""
    stands = {name: getattr(station, name) for name in FACTS} if station else dict(BLANK)
    stands |= {name: value for name, value in (facts or {}).items() if name in FACTS}
    texts = {name: _YES_NO[v] if v is None or isinstance(v, bool) else str(v) for name, v in stands.items()}
    return texts | {"hotline": national(stands["hotline"])}


def edit(deps: Deps, member: Member, station_id: int, stood: str, facts: dict[str, str]) -> Station:
    """Write a station's facts as typed; "" clears what may be empty. `stood`: its `version` as it was shown.

    `facts`: those of `FACTS`; has_screen and has_sign are yes | no | "". Raises `NotFound`, `Forbidden`, `Conflict(reason="changed")`, `Invalid`.
    """
    with deps.db.write() as session:
        station = seen(session, member, station_id)
        if not may(member.role, "edit_station"):
            raise Forbidden("the town's and the county's to do")
        values = checked(facts)
        session.refresh(station, with_for_update=True)
        if version(station) != stood:
            raise Conflict("somebody else has saved meanwhile", reason="changed")
        if _put(session, deps.clock(), member, station, values, "station_edited"):
            touch(session)
        return station


def _put(
    session: Session, now: datetime, member: Member, station: Station, values: dict[str, Any], verb: str, **told: Any
) -> list[str]:
    changed = changes(station, values)
    for name in changed:
        setattr(station, name, values[name])
    if changed:
        station.updated_at = now
        audit.write(session, now, member.actor, verb, station, fields=changed, **told)
    return changed


def add(deps: Deps, member: Member, region_code: str, facts: dict[str, str]) -> int:
    """Open a market or station in a division of one's own region, with `facts` as for `edit`, and return its number.

    Each division has one at most: it answers for the place. Raises `Forbidden`, `Invalid` (`region_code`: not of the
    region, or there is one already).
    """
    if not may(member.role, "add_station"):
        raise Forbidden("the county's to do")
    if not may_see(member.region_code, region_code) or not deps.regions.knows(region_code):
        raise Invalid("not of the region", {"region_code": "elsewhere"})
    values = checked(facts)
    with deps.db.write() as session:
        [opened] = _open(session, deps.clock(), member, {region_code: values})
        touch(session)
        return opened.id


def _open(
    session: Session, now: datetime, member: Member, wanted: dict[str, dict[str, Any]], **told: Any
) -> list[Station]:
    """`wanted`: the facts of each by its place."""
    for some in in_parts(sorted(wanted)):
        # Two who add in one place come one after the other.
        session.scalars(select(Region.code).where(Region.code.in_(some)).order_by(Region.code).with_for_update()).all()
        if session.scalar(select(Station.id).where(Station.region_code.in_(some)).limit(1)):
            raise Invalid("there is one already", {"region_code": "taken"})
    opened = [
        Station(slug=place, region_code=place, updated_at=now, services=[], **values)
        for place, values in wanted.items()
    ]
    session.add_all(opened)
    session.flush()
    for station in opened:
        audit.write(session, now, member.actor, "station_added", station, **told)
    return opened


def store(session: Session, now: datetime, member: Member, rows: list[Planned], import_id: int) -> None:
    """Write what the rows of a file change and add. Raises `Conflict(reason="library_changed")`."""
    met = {row.subject: row for row in rows if row.action == "change" and row.subject is not None}
    found: dict[int, Station] = {}
    for some in in_parts(sorted(met)):
        query = select(Station).where(Station.id.in_(some)).order_by(Station.id).with_for_update()
        found |= {one.id: one for one in session.scalars(query.execution_options(populate_existing=True))}
    for number, row in met.items():
        if number not in found or version(found[number]) != row.seen:
            raise Conflict("the library has changed", reason="library_changed", row=row.number)
    for number, station in found.items():
        values = checked(typed(station, met[number].facts))
        _put(session, now, member, station, values, "imported_station", import_id=import_id)
    wanted = {row.facts["region_code"]: checked(typed(None, row.facts)) for row in rows if row.action == "add"}
    try:
        _open(session, now, member, wanted, import_id=import_id)
    except Invalid as taken:  # somebody has opened one there at this moment
        raise Conflict("the library has changed", reason="library_changed") from taken
    if found or wanted:
        touch(session)


def checked(facts: dict[str, str]) -> dict[str, Any]:
    """The values of `FACTS` as typed. Raises `Invalid` naming those that do not hold."""
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {"kind": facts["kind"]}
    if facts["kind"] not in KINDS:
        wrong["kind"] = "market or station"
    for name, (least, most) in STATION_TEXTS.items():
        values[name] = " ".join(facts[name].split())
        if not least <= len(values[name]) <= most:
            wrong[name] = f"{least} to {most} characters"
    for name in ("opens_at", "closes_at"):
        values[name] = facts[name].strip()
        if not _CLOCK.fullmatch(values[name]):
            wrong[name] = "HH:MM"
    if not wrong.keys() & {"opens_at", "closes_at"} and values["closes_at"] <= values["opens_at"]:
        wrong["closes_at"] = "after it opens"
    typed = facts["hotline"].strip()
    values["hotline"] = (to_e164(typed) or e164(re.sub(r"[\s-]", "", typed)) or "") if typed else ""
    if typed and not values["hotline"]:
        wrong["hotline"] = "not a phone number"
    for name, most in STATION_NUMBERS.items():
        text = facts[name].strip()
        values[name] = int(text) if re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else None
        if text and (values[name] is None or values[name] > most):
            wrong[name] = f"0 to {most}"
    for name in ("has_screen", "has_sign"):
        if facts[name] not in ("yes", "no", ""):
            wrong[name] = "yes, no or not known"
        values[name] = {told: value for value, told in _YES_NO.items()}.get(facts[name])
    if wrong:
        raise Invalid("some facts do not hold", wrong)
    return values
