"""The region tree and its stations, kept in memory: names, neighbours and the station that answers for a place."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from backend.domain.access import HOME_REGION as HOME_REGION
from backend.domain.nearby import Nearby, Spot
from backend.domain.place_names import PlaceNames, own_names
from backend.domain.places import bare_name
from backend.domain.repair import is_ordinary
from backend.store.models import Region, Revision, Station
from backend.store.session import Database

if TYPE_CHECKING:
    from backend.domain.places import Gazetteer

# A station's hours may be edited in the database itself; a minute later every process has them.
RELOAD_AFTER_S = 60.0
# Towns whose bare names stand in other speech, too: 新发的工资, 什么站, 冯家的人.
ALSO_WORDS = frozenset("新发 么站 冯家 石家 云贵 雪山 白石 黑石头 小海".split())
# Under this name the number of changes to the tree is kept.
PLACES = "places"
# A city row that stands for "no city in between" in the official list; never said aloud.
PLACEHOLDER_NAMES = frozenset({"市辖区", "县", "省直辖县级行政区划"})

StationView = dict[str, Any]
NO_STATION: StationView = {
    "id": None,
    "slug": "",
    "region_code": HOME_REGION,
    "kind": "market",
    "name": "零工市场",
    "short_name": "零工热线",
    "address": "",
    "opens_at": "08:00",
    "closes_at": "18:00",
    "hotline": "",
    "services": [],
}


@dataclass(frozen=True)
class Place:
    """One division, as the Gazetteer takes it."""

    code: str
    name: str
    level: str
    parent_code: str | None
    aliases: tuple[str, ...]
    market_days: dict[str, Any] | None
    point: tuple[float, float] | None = None

    @property
    def parent(self) -> str | None:
        return self.parent_code


@dataclass(frozen=True)
class Found:
    """A division that what was said may mean; `how`: name, alias, bare (without its ending) or sound."""

    code: str
    name: str
    level: str
    score: float
    how: str


@dataclass(frozen=True)
class Book:
    """One loaded state of the tree."""

    places: dict[str, Place]
    stations: dict[str, StationView]  # by region code
    counts: tuple[int, int]
    read_at: float
    revision: int
    children: dict[str, list[str]] = field(default_factory=dict)

    @cached_property
    def place_names(self) -> tuple[str, ...]:
        return tuple(sorted({place.name for place in self.places.values() if place.level in ("town", "village")}))

    @cached_property
    def own_names(self) -> PlaceNames:
        written_down = [
            alias
            for place in self.places.values()
            if place.level in ("town", "village")
            for alias in own_names(place.name, place.level, place.aliases)
        ]
        # A town is mostly called without its 镇; a bare name that is a word as well (太平, 石板) must be marked by the engine.
        bare = [
            bare_name(place.name, place.level) for place in self.places.values() if place.level in ("town", "county")
        ]
        plain = (name for name in bare if len(name) >= 2 and name not in ALSO_WORDS and not is_ordinary(name))
        return PlaceNames([*written_down, *plain])

    @cached_property
    def nearby(self) -> Nearby:
        return Nearby(
            Spot(place.code, place.point)
            for place in self.places.values()
            if place.level in ("county", "town", "village")
        )

    @cached_property
    def gazetteer(self) -> Gazetteer:
        # Built at the first question: the place index costs more than reading the rows.
        from backend.domain.places import Gazetteer

        return Gazetteer([place for place in self.places.values() if place.name not in PLACEHOLDER_NAMES])


class RegionBook:
    """Reads the tree once, again when its revision has moved, and at once when a code is asked for that it does not know.

    The revision is a number in the database, moved by `touch` in the transaction of a change, so that every process
    sees the change at its next message (`refresh`).
    """

    def __init__(self, db: Database) -> None:
        self._db = db
        self._book: Book | None = None
        self._lock = threading.Lock()

    def load(self, session: Session) -> None:
        """Read everything through `session`, also what its open transaction has not committed yet."""
        self._book = _read(session)

    def reload(self) -> None:
        """Forget what was read; the next question reads again."""
        self._book = None

    def refresh(self) -> None:
        """Read again if somebody has changed the tree since: one small read, taken at the start of every message."""
        book = self._book
        if book is None:
            return
        with self._db.read() as session:
            moved = _revision(session) != book.revision
        if moved:
            self._book = None

    def _current(self, wanted: str | None = None) -> Book:
        book = self._book
        fresh = book is not None and time.monotonic() - book.read_at < RELOAD_AFTER_S
        if book is not None and fresh and (wanted is None or wanted in book.places):
            return book
        # Asked in the middle of a unit of work: a connection of its own, or twenty of them would wait for a twenty-first.
        with self._lock, self._db.aside() as session:
            if book is None or not fresh or _counts(session) != book.counts:
                self._book = book = _read(session)
        return book

    # -- names ---------------------------------------------------------------------------------------------------
    def knows(self, code: str | None) -> bool:
        """Whether `code` is a served division."""
        return bool(code) and code in self._current(code).places

    def name(self, code: str | None) -> str:
        """`500114121002` → 兴泉社区; an unknown or missing code → ""."""
        place = self._current(code).places.get(code) if code else None
        return place.name if place else ""

    def full_name(self, code: str | None) -> str:
        """`500114121002` → 重庆市黔江区中塘镇兴泉社区."""
        book = self._current(code)
        names = [book.places[step].name for step in self._upwards(book, code)]
        return "".join(name for name in reversed(names) if name not in PLACEHOLDER_NAMES)

    def level(self, code: str | None) -> str | None:
        place = self._current(code).places.get(code) if code else None
        return place.level if place else None

    def ancestors(self, code: str | None) -> list[str]:
        """The codes above `code`, nearest first: town, county, city, province."""
        return list(self._upwards(self._current(code), code))[1:]

    def county_of(self, code: str | None) -> str:
        """The county a division lies in (itself included), or the line's home county."""
        return code[:6] if code and len(code) >= 6 else HOME_REGION

    @staticmethod
    def _upwards(book: Book, code: str | None) -> Iterator[str]:
        while code and code in book.places:
            yield code
            code = book.places[code].parent_code

    # -- places --------------------------------------------------------------------------------------------------
    def find(self, said: str, near_code: str | None = None) -> list[Found]:
        """Turn a place as said (兴泉, 中塘镇, 威林) into the divisions it may mean, best first.

        `near_code` is where the speaker is known to be: it decides between places of the same name.
        """
        matches = self._current().gazetteer.find(said, near_code or HOME_REGION)
        return [Found(m.division.code, m.division.name, m.division.level, m.score, m.how) for m in matches]

    def place_names(self) -> tuple[str, ...]:
        """The names of all served towns and villages, to know them again by sound."""
        return self._current().place_names

    def own_names(self) -> PlaceNames:
        """Names of served places to be found in messages: those only the people there use (老街), and towns without 镇."""
        return self._current().own_names

    def own_aliases(self, code: str) -> list[str]:
        """The names of one division that its official name does not give away."""
        place = self._current(code).places.get(code)
        return own_names(place.name, place.level, place.aliases) if place else []

    def point(self, code: str | None) -> tuple[float, float] | None:
        """Where a division lies (latitude, longitude), a village without a point where its town does; None: not known."""
        book = self._current(code)
        for step in self._upwards(book, code):
            place = book.places[step]
            if place.level not in ("town", "village"):
                return None
            if place.point is not None:
                return place.point
        return None

    def nearby(self, code: str | None = None) -> Nearby:
        """The places by where they lie: for searches that look at a neighbourhood (that of `code`), and the ways there."""
        return self._current(code).nearby

    def villages_of(self, town: str) -> list[tuple[str, str]]:
        """The villages and communities of a town as (code, name), in the order of their codes."""
        book = self._current(town)
        return [(code, book.places[code].name) for code in book.children.get(town, ())]

    def towns_of(self, county: str) -> list[tuple[str, str]]:
        return self.villages_of(county)

    def counties_in(self, region: str) -> list[str]:
        """The served counties of a province or city, in the order of their codes; of anything smaller its own county."""
        if len(region) >= 6:
            return [region[:6]]
        return sorted(code for code in self._current().places if len(code) == 6 and code.startswith(region))

    def market_days(self, code: str | None) -> dict[str, Any] | None:
        """The market days 赶场天 of the town `code` lies in: `{"calendar": "lunar"|"solar", "days": [1, 4, 7]}`, or None."""
        book = self._current(code)
        return next((days for step in self._upwards(book, code) if (days := book.places[step].market_days)), None)

    # -- stations ------------------------------------------------------------------------------------------------
    def station_for(self, code: str | None) -> StationView:
        """The nearest station up the tree as a dict of its columns; without any place the home county's market."""
        book = self._current(code)
        for start in (code, HOME_REGION):
            for step in self._upwards(book, start):
                if step in book.stations:
                    return dict(book.stations[step])
        return dict(next(iter(book.stations.values()), NO_STATION))

    def stations(self) -> list[StationView]:
        """Every station, widest region first."""
        return [
            dict(s) for s in sorted(self._current().stations.values(), key=lambda s: (len(s["region_code"]), s["slug"]))
        ]


def touch(session: Session) -> None:
    """Say, in the transaction of a change to the tree, that it was changed."""
    moved: Any = session.execute(
        update(Revision)
        .where(Revision.name == PLACES)
        .values(number=Revision.number + 1)
        .execution_options(synchronize_session=False)
    )
    if not moved.rowcount:
        session.add(Revision(name=PLACES, number=1))
        session.flush()


def _revision(session: Session) -> int:
    return session.scalar(select(Revision.number).where(Revision.name == PLACES)) or 0


def _counts(session: Session) -> tuple[int, int]:
    regions = session.scalar(select(func.count()).select_from(Region)) or 0
    stations = session.scalar(select(func.count()).select_from(Station)) or 0
    return regions, stations


def _read(session: Session) -> Book:
    # First the number: a change in between makes the next message read once more, never too little.
    revision = _revision(session)
    places = {
        row.code: Place(
            row.code, row.name, row.level, row.parent_code, tuple(row.aliases or ()), row.market_days, _point(row)
        )
        for row in session.scalars(select(Region).order_by(Region.code))
    }
    children: dict[str, list[str]] = {}
    for place in places.values():
        if place.parent_code:
            children.setdefault(place.parent_code, []).append(place.code)
    columns = tuple(NO_STATION)
    stations: dict[str, StationView] = {}
    # Where a region has both a market and a station, the market answers.
    for row in session.scalars(select(Station).order_by(Station.kind.desc(), Station.id)):
        stations[row.region_code] = {name: getattr(row, name) for name in columns}
    return Book(
        places,
        stations,
        (len(places), session.scalar(select(func.count()).select_from(Station)) or 0),
        time.monotonic(),
        revision,
        children,
    )


def _point(row: Region) -> tuple[float, float] | None:
    if row.latitude is None or row.longitude is None:
        return None
    return row.latitude, row.longitude
