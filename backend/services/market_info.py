"""Where the market is, when it is open, which number to ring (W19, W20)."""

from __future__ import annotations

from backend.domain.answers import Answer, make
from backend.services.acts import act
from backend.services.turn import Turn


@act("ask_market_info")
def ask_market_info(turn: Turn) -> list[Answer]:
    """The station of the place named, else the one nearest to where the speaker lives."""
    regions, home = turn.deps.regions, turn.conversation.region_code
    if (said := turn.facts.one("location")) is not None:
        match = next(iter(regions.find(said, home)), None)
        if match is not None:
            home = match.code
    return [make("market_info", station=regions.station_for(home))]
