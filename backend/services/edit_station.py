"""The ledger of markets and stations: where people are received, when, by whom, with what equipment (L05, L21)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.domain.access import may, may_see
from backend.domain.phone import e164, to_e164
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.regions import touch
from backend.services.staff_login import Member
from backend.store.models import Region, Station

if TYPE_CHECKING:
    from backend.services.deps import Deps

KINDS = ("market", "station")
TEXTS = {"name": (2, 40), "short_name": (2, 8), "address": (0, 100)}
NUMBERS = {"area_sqm": 100_000, "windows": 200, "staff_count": 500}
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


def edit(deps: Deps, member: Member, station_id: int, stood: str, facts: dict[str, str]) -> Station:
    """Write a station's facts as typed; "" clears what may be empty. `stood`: its `version` as it was shown.

    Facts: kind, name, short_name, address, opens_at, closes_at, hotline, area_sqm, windows, staff_count,
    has_screen and has_sign (yes | no | ""). Raises `NotFound`, `Forbidden`, `Conflict(reason="changed")`, `Invalid`.
    """
    with deps.db.write() as session:
        station = seen(session, member, station_id)
        if not may(member.role, "edit_station"):
            raise Forbidden("the town's and the county's to do")
        values = _read(facts)
        session.refresh(station, with_for_update=True)
        if version(station) != stood:
            raise Conflict("somebody else has saved meanwhile", reason="changed")
        changed = sorted(name for name, value in values.items() if getattr(station, name) != value)
        for name in changed:
            setattr(station, name, values[name])
        if changed:
            station.updated_at = deps.clock()
            audit.write(session, station.updated_at, member.actor, "station_edited", station, fields=changed)
            touch(session)
        return station


def add(deps: Deps, member: Member, region_code: str, facts: dict[str, str]) -> int:
    """Open a market or station in a division of one's own region, with `facts` as for `edit`, and return its number.

    Each division has one at most: it answers for the place. Raises `Forbidden`, `Invalid` (`region_code`: not of the
    region, or there is one already).
    """
    if not may(member.role, "add_station"):
        raise Forbidden("the county's to do")
    if not may_see(member.region_code, region_code) or not deps.regions.knows(region_code):
        raise Invalid("not of the region", {"region_code": "elsewhere"})
    values = _read(facts)
    with deps.db.write() as session:
        session.get(Region, region_code, with_for_update=True)  # two who add in one place come one after the other
        if session.scalar(select(Station.id).where(Station.region_code == region_code).limit(1)):
            raise Invalid("there is one already", {"region_code": "taken"})
        now = deps.clock()
        station = Station(slug=region_code, region_code=region_code, updated_at=now, services=[], **values)
        session.add(station)
        session.flush()
        audit.write(session, now, member.actor, "station_added", station)
        touch(session)
        return station.id


def _read(facts: dict[str, str]) -> dict[str, Any]:
    wrong: dict[str, str] = {}
    values: dict[str, Any] = {"kind": facts["kind"]}
    if facts["kind"] not in KINDS:
        wrong["kind"] = "market or station"
    for name, (least, most) in TEXTS.items():
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
    for name, most in NUMBERS.items():
        text = facts[name].strip()
        values[name] = int(text) if re.fullmatch(r"[0-9]{1,6}", text, re.ASCII) else None
        if text and (values[name] is None or values[name] > most):
            wrong[name] = f"0 to {most}"
    for name in ("has_screen", "has_sign"):
        if facts[name] not in ("yes", "no", ""):
            wrong[name] = "yes, no or not known"
        values[name] = {"yes": True, "no": False}.get(facts[name])
    if wrong:
        raise Invalid("some facts do not hold", wrong)
    return values
