"""The job map of a county and of a town: places, openings and stations, drawn here without anybody's tiles (P02)."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING

from backend.domain import map_layout
from backend.domain.access import may_see
from backend.errors import NotFound
from backend.services.public_faces import Face, face_of
from backend.settings import ROOT, TIMEZONE
from backend.store.queries import faces as queries
from backend.store.queries import figure_counts

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from backend.services.deps import Deps

POINTS = ROOT / "backend" / "data" / "regions" / "town_points.json"
WIDTH, TALLEST = 640.0, 860.0
LETTER = 15.0
SHOWN = 60  # openings listed in full on a town's page
AREA = 74.0
FEWEST = 5  # fewer people than this might be known by the place they live in


@dataclass(frozen=True)
class Dot:
    """A town or village on the map. `openings`: up to 100. `waiting`: when it was last counted; None: fewer than may be told,
    or nobody asked."""

    code: str
    name: str
    x: float
    y: float
    r: float
    label: map_layout.Label | None
    area: tuple[tuple[float, float], ...]
    openings: int
    waiting: int | None
    station: str  # the name of the station that stands here; "" for none
    guessed: bool
    faces: tuple[Face, ...]


@dataclass(frozen=True)
class Map:
    code: str
    name: str
    county: str
    county_name: str
    width: float
    height: float
    by_position: bool
    dots: tuple[Dot, ...]
    here: tuple[Face, ...]  # openings of a town itself, without a village
    total: int  # up to 100
    is_town: bool
    counted_at: datetime | None  # who waits


def county_map(deps: Deps, county: str, *, waiting_for: str | None = None) -> Map:
    """The towns of a county. `waiting_for`: the region of the member of staff who may see how many wait there."""
    towns = deps.regions.towns_of(county)
    if not towns or len(county) != 6:
        raise NotFound("no such county")
    return _drawn(deps, county, towns, waiting_for)


def town_map(deps: Deps, county: str, town: str, *, waiting_for: str | None = None) -> Map:
    """The villages of a town of `county`, with their openings. Raises `NotFound`."""
    if len(town) != 9 or not town.startswith(county) or not deps.regions.knows(town):
        raise NotFound("no such town")
    return _drawn(deps, town, deps.regions.villages_of(town), waiting_for)


def _drawn(deps: Deps, region: str, places: list[tuple[str, str]], waiting_for: str | None) -> Map:
    now = deps.clock()
    today = now.astimezone(TIMEZONE).date()
    names, codes = dict(places), [code for code, _ in places]
    is_town = len(region) == 9
    with deps.db.read() as session:
        layout = map_layout.lay_out(_points(session, codes), WIDTH, TALLEST)
        openings = queries.open_counts(session, [*codes, region], today)
        asked = [code for code in codes if waiting_for and may_see(waiting_for, code)]
        waiting, counted_at = figure_counts.sizes(session, asked, "waiting")
        stations = queries.stations_below(session, region)
        listed: dict[str, list[Face]] = defaultdict(list)
        if is_town:
            for row in queries.on_board(session, [region], today, SHOWN):
                listed[row.region_code].append(face_of(row, deps.regions, now))
    sizes = {code: _radius(openings.get(code, 0)) for code in codes}
    labels = map_layout.labels(layout.spots, sizes, names, LETTER, layout.width, below=not layout.by_position)
    areas = map_layout.areas(layout.spots, AREA) if layout.by_position and not is_town else {}
    dots = tuple(
        Dot(
            code,
            names[code],
            *layout.spots[code],
            sizes[code],
            labels.get(code),
            tuple(areas.get(code, ())),
            openings.get(code, 0),
            waiting[code] if waiting.get(code, 0) >= FEWEST else None,
            stations[code].name if code in stations else "",
            code in layout.guessed,
            tuple(listed.get(code, ())),
        )
        for code in codes
    )
    county = region[:6]
    return Map(
        region,
        deps.regions.name(region),
        county,
        deps.regions.name(county),
        layout.width,
        layout.height,
        layout.by_position,
        dots,
        tuple(listed.get(region, ())),
        openings.get(region, 0),
        is_town,
        counted_at,
    )


def _radius(openings: int) -> float:
    return 6.0 if not openings else min(10 + 2.6 * math.sqrt(openings), 26)


def _points(session: Session, codes: list[str]) -> dict[str, map_layout.Point | None]:
    """What staff wrote down comes first; for towns nobody has placed, the published coordinates."""
    written = queries.points_of(session, codes)
    return {code: written.get(code) or _published().get(code) for code in codes}


@cache
def _published() -> dict[str, map_layout.Point]:
    """Where towns lie, to draw them: GeoNames (CC BY 4.0). Ranking never uses it."""
    rows = json.loads(POINTS.read_text(encoding="utf-8"))["towns"]
    return {row["code"]: (row["latitude"], row["longitude"]) for row in rows}
