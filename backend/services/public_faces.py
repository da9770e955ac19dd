"""What everybody may see of an opening and a station: the one place where a stored row becomes public words (P02, T12).

The wall, the posters and the map all take `Face` and `Board`; nothing of a row that is not in them gets out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from backend.domain import public_words as words
from backend.domain.access import may, may_see
from backend.domain.employers import is_public_name
from backend.domain.lexicon import job_name
from backend.domain.lunar_zh import MarketDays
from backend.domain.masking import mask_names, mask_numbers
from backend.domain.surnames import is_surname
from backend.errors import Conflict, Forbidden, Invalid, NotFound
from backend.services import audit
from backend.settings import TIMEZONE
from backend.store.models import Employer, Opening, Screen, Station
from backend.store.queries import faces as queries

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.services.deps import Deps
    from backend.services.regions import RegionBook
    from backend.services.staff_login import Member

PER_PAGE, SECONDS = 6, 15
FEWEST_PER_PAGE, MOST_PER_PAGE = 2, 12
SHORTEST, LONGEST = 5, 120
MOST_AROUND = 12
NEW_FOR = timedelta(hours=24)


@dataclass(frozen=True)
class Face:
    """An opening as everybody may read it, all of it words."""

    id: int
    title: str
    trade: str
    place: str
    region_code: str
    region_name: str
    starts_on: date
    days: str  # 明天（11月23日）到25日，3天
    days_fixed: str  # for paper
    hours: str
    pay: str
    settlement: str
    headcount: int
    left: int
    marks: tuple[str, ...]
    requirements: str
    care: str  # 管饭、车接送 · 没说: meals, lodging and the way there
    insurance: str
    employer: str
    urgent: bool
    is_new: bool
    full: bool


@dataclass(frozen=True)
class Board:
    """One station's screen. `nearby`: its own region has nothing, so these are of the county around it."""

    station: str
    slug: str
    region_code: str
    address: str
    opens_at: str
    closes_at: str
    line: str
    market: str
    per_page: int
    seconds: int
    faces: tuple[Face, ...]
    nearby: bool


def public_name(employer: Employer) -> str:
    """An organisation's name; of a person only the family name."""
    public = is_public_name(employer.name, employer.kind, verified=employer.verified_at is not None)
    return mask_numbers(employer.name) if public else _family_name(employer.name, employer.kind)


def _family_name(name: str, kind: str) -> str:
    """田维学 → 田老板, 街上冉师傅 → 冉老板; what begins with no family name tells none."""
    called = re.search(r"(.)(?:师傅|老板|大姐|大哥|老师|经理)$", name)
    first = called.group(1) if called and is_surname(called.group(1)) else name[:1]
    return f"{first}老板" if is_surname(first) else "种植户" if kind == "grower" else "私人雇主"


def face_of(opening: Opening, regions: RegionBook, now: datetime) -> Face:
    """The public words of a row. Numbers, and the name of whoever hires privately, are taken out of free text."""
    today = now.astimezone(TIMEZONE).date()
    employer = opening.employer
    shown = public_name(employer)

    def clean(text: str) -> str:
        told = mask_numbers(" ".join(text.split()))
        return told if shown == employer.name else mask_names(told, [employer.name], lambda _: shown)

    region = regions.name(opening.region_code)
    published = opening.published_at
    return Face(
        id=opening.id,
        title=clean(opening.title) or job_name(opening.job_type),
        trade=job_name(opening.job_type),
        place=words.place(region, clean(opening.place)),
        region_code=opening.region_code,
        region_name=region,
        starts_on=opening.starts_on,
        days=words.days(opening.starts_on, opening.ends_on, today),
        days_fixed=words.days_fixed(opening.starts_on, opening.ends_on),
        hours=words.hours(opening.hours_from, opening.hours_to, opening.day_part),
        pay=words.pay(opening.pay_min_fen, opening.pay_max_fen, opening.pay_unit, negotiable=opening.negotiable),
        settlement=words.settlement(opening.settlement),
        headcount=opening.headcount,
        left=max(opening.headcount - opening.filled, 0),
        marks=tuple(name for column, name in words.MARKS if getattr(opening, column)),
        requirements=clean(opening.requirements),
        care=words.care(opening.meals, opening.lodging, opening.transport),
        insurance={True: "买保险", False: "没买保险", None: "没说，去之前问一声"}[opening.insured],
        employer=shown,
        urgent=opening.urgent,
        is_new=published is not None and now - published < NEW_FOR,
        full=opening.status == "filled",
    )


def board(deps: Deps, slug: str) -> Board:
    """A station's screen as it is now. Raises `NotFound`."""
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    with deps.db.read() as session:
        station, screen, shown = _shown(session, slug)
        rows = queries.on_board(session, shown, today)
        county = station.region_code[:6]
        # A village with nothing of its own still has a wall that is worth looking at.
        nearby = not rows and len(station.region_code) > 6
        if nearby:
            rows = queries.on_board(session, [county], today, limit=2 * PER_PAGE)
        gone = [] if nearby else queries.just_filled(session, shown, today, now, limit=PER_PAGE)
        listed = sorted([*rows, *gone], key=lambda row: (row.starts_on, row.id))
        faces = tuple(face_of(row, deps.regions, now) for row in listed)
        return Board(
            station=station.name,
            slug=station.slug,
            region_code=station.region_code,
            address=station.address,
            opens_at=station.opens_at,
            closes_at=station.closes_at,
            line=words.line_number(deps.settings.twilio_phone_number),
            market=_market(deps, station.region_code, today),
            per_page=screen.per_page if screen else PER_PAGE,
            seconds=screen.seconds if screen else SECONDS,
            faces=faces,
            nearby=nearby and bool(faces),
        )


def station_of(deps: Deps, slug: str) -> Station:
    """The station of an address. Raises `NotFound`."""
    with deps.db.read() as session:
        station, _, _ = _shown(session, slug)
        session.expunge(station)
        return station


def week(deps: Deps, slug: str, limit: int) -> tuple[Board, tuple[Face, ...], int]:
    """A station, the openings of its next seven days, soonest first, and how many there are beyond `limit`."""
    found, now = board(deps, slug), deps.clock()
    first, last = words.week_of(now.astimezone(TIMEZONE).date())
    with deps.db.read() as session:
        _, _, shown = _shown(session, slug)
        rows = queries.this_week(session, shown, first, last, limit)
        beyond = queries.this_week_count(session, shown, first, last) - limit if len(rows) == limit else 0
        return found, tuple(face_of(row, deps.regions, now) for row in rows), max(0, beyond)


def one(deps: Deps, slug: str, opening_id: int) -> tuple[Board, Face]:
    """One published opening of a station's region. Raises `NotFound` for anything that is not out for everybody."""
    found, now = board(deps, slug), deps.clock()
    with deps.db.read() as session:
        _, _, shown = _shown(session, slug)
        row = queries.public_opening(session, opening_id, shown, now.astimezone(TIMEZONE).date())
        if row is None:
            raise NotFound("no such opening")
        return found, face_of(row, deps.regions, now)


def _shown(session: Session, slug: str) -> tuple[Station, Screen | None, list[str]]:
    station = queries.station(session, slug)
    if station is None:
        raise NotFound("no such station")
    screen = queries.screen_of(session, station.id)
    return station, screen, [station.region_code, *(screen.around if screen else ())]


def _market(deps: Deps, region: str, today: date) -> str:
    market = MarketDays.of(deps.regions.market_days(region))
    following = market.next_after(today) if market else None
    return words.day(following, today) if following else ""


# -- what staff choose for a screen ------------------------------------------------------------------------------------
def set_screen(
    deps: Deps, member: Member, station_id: int, version: int, *, around: list[str], per_page: int, seconds: int
) -> None:
    """Keep what a station's screen shows. `version`: the one that was edited, 0 for none yet.

    Raises `NotFound`, `Forbidden`, `Invalid` with the fields, `Conflict("changed")` when a colleague was quicker.
    """
    if not may(member.role, "set_screen"):
        raise Forbidden("not for this role")
    wrong = {}
    if not FEWEST_PER_PAGE <= per_page <= MOST_PER_PAGE:
        wrong["per_page"] = "out of range"
    if not SHORTEST <= seconds <= LONGEST:
        wrong["seconds"] = "out of range"
    with deps.db.write() as session:
        station = session.get(Station, station_id)
        if station is None or not may_see(member.region_code, station.region_code):
            raise NotFound("no such station")
        offered = {code for code, _ in places_around(deps.regions, station.region_code)}
        if len(around) > MOST_AROUND or any(code not in offered for code in around):
            wrong["around"] = "not around"
        if wrong:
            raise Invalid("not a screen", wrong)
        screen = session.get(Screen, station_id, with_for_update=True)
        if (screen.version if screen else 0) != version:
            raise Conflict("somebody was quicker", reason="changed")
        values: dict[str, Any] = {"around": sorted(set(around)), "per_page": per_page, "seconds": seconds}
        if screen is None:
            screen = Screen(station_id=station_id, version=0)
            session.add(screen)
        for name, value in values.items():
            setattr(screen, name, value)
        screen.version, screen.changed_by, screen.changed_at = version + 1, member.id, deps.clock()
        session.flush()
        audit.write(session, deps.clock(), member.actor, "screen_set", station, **values)


def places_around(regions: RegionBook, region: str) -> list[tuple[str, str]]:
    """What a screen may show beside its own region: the other towns of the county, or of a village the town's others.

    A county's screen, and any wider one, already shows all below it.
    """
    if len(region) <= 6:
        return []
    towns = [(code, name) for code, name in regions.towns_of(region[:6]) if code != region[:9]]
    if len(region) == 12:
        return [(region[:9], regions.name(region[:9])), *towns]
    return towns
