"""A person asked for is a case staff see at once (DESIGN §3.8)."""

from __future__ import annotations

from backend.domain.answers import Answer, make
from backend.domain.case_rules import is_open
from backend.services.acts import act
from backend.services.open_case import open_case
from backend.services.turn import Turn


@act("talk_to_human")
def talk_to_human(turn: Turn) -> list[Answer]:
    """Open (or go on with) the case and say honestly when somebody is there; by voice the call is put through."""
    station = turn.deps.regions.station_for(turn.conversation.region_code)
    case = open_case(turn, "handoff", "要人工:" + ("打电话" if turn.channel == "voice" else "发短信"))
    return [
        make(
            "human",
            open_now=is_open(turn.now, station["opens_at"], station["closes_at"]),
            station=station,
            due_at=case.due_at.isoformat(),
            case_id=case.id,
        )
    ]
