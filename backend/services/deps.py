"""What the services are given: the database, the clock and the adapters behind the ports."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from backend.carriers.base import Carrier
from backend.dialogue.base import DialogueEngine
from backend.domain.answers import Answer
from backend.services.regions import RegionBook
from backend.settings import Settings
from backend.store.session import Database


@dataclass
class Deps:
    """One bundle per process. `clock()` gives an aware UTC time; tests hand in their own."""

    db: Database
    settings: Settings
    engine: DialogueEngine
    carrier: Carrier
    regions: RegionBook
    # (answers, station's short name, "zh" | "en") → text of at most two segments; handed in so that services stay below
    # the channels.
    render_sms: Callable[[list[Answer], str, str], str]
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)


def build(settings: Settings) -> Deps:
    """Wire the adapters the settings ask for."""
    from backend.carriers import make_carrier
    from backend.dialogue.address import engine_address
    from backend.dialogue.rasa import RasaEngine
    from backend.sms.render import render

    return Deps(
        db=(db := Database(settings.database_url)),
        settings=settings,
        engine=RasaEngine(engine_address(settings), settings.rasa_token),
        carrier=make_carrier(settings),
        regions=RegionBook(db),
        render_sms=render,
    )
