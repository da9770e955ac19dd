"""Staff keep the places of their own region: the names people use, the market days, where a village lies (L05, vocabulary §4.4).

A change counts in every process from the next message on (`regions.touch`), and is written down with who made it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from backend.domain import clean_text, place_names
from backend.domain.access import may, may_see
from backend.errors import Forbidden, Invalid, NotFound
from backend.services import audit
from backend.services.regions import touch
from backend.services.staff_login import Member
from backend.store.models import Region

if TYPE_CHECKING:
    from backend.services.deps import Deps

MOST_NAMES = 60
CALENDARS = ("lunar", "solar")
# Roughly China: what lies outside was mistyped, or latitude and longitude were changed round.
LATITUDES, LONGITUDES = (3.0, 54.0), (73.0, 136.0)


def seen(session: Session, member: Member, code: str) -> Region:
    """The division, if it lies in the reach of `member`. Raises `NotFound`."""
    region = session.get(Region, code)
    if region is None or not may_see(member.region_code, region.code):
        raise NotFound("no such place")
    return region


def add_name(deps: Deps, member: Member, code: str, name: str) -> str:
    """Add a name people use for a town or village and return it as kept; adding it twice changes nothing. Raises `Invalid`."""
    plain = place_names.tidy(clean_text.clean(name).text)
    if plain is None:
        raise Invalid("not a place's name", {"name": "two to twelve Chinese characters"})
    with deps.db.write() as session:
        region = _mine(session, member, code)
        known = list(region.aliases or ())
        if plain == region.name or plain in known:
            return plain
        if len(known) >= MOST_NAMES:
            raise Invalid("too many names", {"name": f"at most {MOST_NAMES} names a place"})
        region.aliases = [*known, plain]
        _changed(deps, session, member, region, "place_name_added", name=plain)
    deps.regions.reload()
    return plain


def remove_name(deps: Deps, member: Member, code: str, name: str) -> None:
    """Take a name away again; one that is not there is no error."""
    with deps.db.write() as session:
        region = _mine(session, member, code)
        if name not in (region.aliases or ()):
            return
        region.aliases = [alias for alias in region.aliases if alias != name]
        _changed(deps, session, member, region, "place_name_removed", name=name)
    deps.regions.reload()


def set_market_days(deps: Deps, member: Member, code: str, calendar: str, days: list[int]) -> None:
    """Set the last digits of the days on which a town holds its market (逢一四七 → [1, 4, 7]); [] when it holds none.

    Raises `Invalid` for anything but a town, a calendar of `CALENDARS` and digits from 0 to 9.
    """
    digits = sorted(set(days))
    if calendar not in CALENDARS or any(not 0 <= digit <= 9 for digit in digits):
        raise Invalid("no market days", {"days": "digits from 0 to 9"})
    with deps.db.write() as session:
        region = _mine(session, member, code)
        if region.level != "town":
            raise Invalid("market days are a town's", {"days": "only a town has market days"})
        kept: dict[str, Any] | None = {"calendar": calendar, "days": digits} if digits else None
        if region.market_days == kept:
            return
        region.market_days = kept
        _changed(deps, session, member, region, "market_days_set", calendar=calendar, days=digits)
    deps.regions.reload()


def set_point(deps: Deps, member: Member, code: str, latitude: float | None, longitude: float | None) -> None:
    """Say where a town or village lies, in degrees; None for both: not known. Raises `Invalid`."""
    if (latitude is None) != (longitude is None):
        raise Invalid("half a point", {"point": "both numbers or none"})
    for value, (least, most) in ((latitude, LATITUDES), (longitude, LONGITUDES)):
        if value is not None and not (math.isfinite(value) and least <= value <= most):
            raise Invalid("no such point", {"point": "a point in the country"})
    with deps.db.write() as session:
        region = _mine(session, member, code)
        if (region.latitude, region.longitude) == (latitude, longitude):
            return
        region.latitude, region.longitude = latitude, longitude
        _changed(deps, session, member, region, "place_located")
    deps.regions.reload()


def _mine(session: Session, member: Member, code: str) -> Region:
    region = seen(session, member, code)
    if not may(member.role, "edit_place"):
        raise Forbidden("this account only looks")
    if region.level not in ("town", "village"):
        raise Invalid("only towns and villages have names of their own", {"name": "towns and villages"})
    return region


def _changed(deps: Deps, session: Session, member: Member, region: Region, verb: str, **facts: Any) -> None:
    session.flush()
    touch(session)
    audit.write(session, deps.clock(), member.actor, verb, region, **facts)
