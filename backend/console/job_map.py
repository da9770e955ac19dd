"""The job map for staff: the public one, and how many wait for work where (five and more; fewer might be known by name)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Blueprint, render_template, request, url_for

from backend.console.guard import me
from backend.console.screen import map_links
from backend.domain.access import may_see
from backend.errors import NotFound
from backend.services import job_map as maps
from backend.services.public_faces import Face

if TYPE_CHECKING:
    from backend.services.deps import Deps


@dataclass(frozen=True)
class Links:
    """Where a line of the list leads a member of staff of `region`; "" for what only the hotline tells her."""

    region: str

    def opening(self, face: Face) -> str:
        return url_for("console.opening", opening_id=face.id) if may_see(self.region, face.region_code) else ""

    def place(self, code: str) -> str:
        return url_for("console.openings", status="published", place=code) if may_see(self.region, code) else ""


def register(bp: Blueprint, deps: Deps) -> None:
    @bp.get("/map")
    def job_map() -> str:
        """One's own county; `?town=` one of its towns; for a city `?county=` one of its counties."""
        region = me().region_code
        counties = deps.regions.counties_in(region)
        county = request.args.get("county", counties[0])
        town = request.args.get("town", region[:9] if len(region) >= 9 else "")
        # What is out is public, so a village may look at its whole county; how many wait is told of one's own region.
        if county not in counties or (town and not may_see(county, town)):
            raise NotFound("not one's own")
        drawn = (
            maps.town_map(deps, county, town, waiting_for=region)
            if town
            else maps.county_map(deps, county, waiting_for=region)
        )
        return render_template(
            "console/job_map.html",
            map=drawn,
            links=map_links(drawn, lambda town: url_for("console.job_map", county=county, town=town)),
            up=url_for("console.job_map", county=county, town="") if drawn.is_town else "",
            to=Links(region),
            others=[(code, deps.regions.name(code)) for code in counties if code != county],
            public=deps.regions.station_for(county)["slug"],
        )
