"""What a message means: clean-up, repair, the engine, normal forms. The same function live and for `/understand`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import structlog
from sqlalchemy.exc import SQLAlchemyError

from backend.domain.entities import Entity, values
from backend.domain.prepare import Prepared
from backend.domain.prepare import prepare as domain_prepare
from backend.domain.spans import Span
from backend.errors import EngineUnavailable
from backend.services.deps import Deps
from backend.settings import TIMEZONE

log = structlog.get_logger()

# A try from the console or the API may wait a little longer than a person on the line.
PARSE_DEADLINE_S = 4.0


@dataclass(frozen=True)
class Understood:
    intent: str
    confidence: float
    entities: list[Entity] = field(default_factory=list)
    normalized_text: str = ""
    repairs: list[tuple[str, str, int]] = field(default_factory=list)
    masked: str = ""
    # What else it may have meant, as (intent, share), likeliest first.
    ranking: list[tuple[str, float]] = field(default_factory=list)
    cleaned: str = ""  # before repair; `repairs` are (was, now, place in it)


def prepare(deps: Deps, text: str, channel: str) -> Prepared:
    """Clean `text` and repair what dialect, typing and recognisers did to it; never raises for any str.

    The served towns and villages are known by sound, too: 新全社区 → 兴泉社区. A name that staff have just written down
    counts from the next message on, whichever process they wrote it in.
    """
    deps.regions.refresh()
    return domain_prepare(text, channel, deps.regions.place_names(), deps.regions.own_names())


def values_of(
    prepared: Prepared,
    intent: str,
    spans: Sequence[Any],
    now: datetime,
    channel: str,
    market_days: dict[str, Any] | None = None,
) -> list[Entity]:
    """The entities of a message in normal form, from the spans the engine found in `prepared.masked`."""
    restored: list[Span] = []
    for span in spans:
        start, end = prepared.clean.restore(span["start"], span["end"])
        restored.append(Span(entity=span["entity"], start=start, end=end, text=prepared.text[start:end]))
    return values(
        restored,
        prepared.text,
        now.astimezone(TIMEZONE),
        channel,
        intent,
        market_days=market_days,
        names_known=prepared.names,
    )


def before_repair(prepared: Prepared) -> str:
    """The cleaned text as it was before words were put right."""
    text = prepared.text
    for change in prepared.changes:  # from the left: what lies before a change is as it was already
        text = text[: change.at] + change.was + text[change.at + len(change.now) :]
    return text


def warm(deps: Deps) -> None:
    """Load what the first message would otherwise wait for: word lists, the place index, the engine's own caches."""
    try:
        understand(deps, "我是兴泉社区的,明天有没得摘果子的活,一天一百二", "sms")
    except SQLAlchemyError as problem:
        log.warning("not_warmed", error=type(problem).__name__)  # the first message loads it all the same


def understand(
    deps: Deps, text: str, channel: str, now: datetime | None = None, region: str | None = None
) -> Understood:
    """Say what `text` means without storing anything; never raises for any text.

    With the engine away the intent is `out_of_scope` with confidence 0.
    """
    prepared = prepare(deps, text, channel)
    repairs = [(change.was, change.now, change.at) for change in prepared.changes]
    cleaned = before_repair(prepared)
    local = (now or deps.clock()).astimezone(TIMEZONE)
    if prepared.clean.looks_like_command or not re.search(r"\w", prepared.masked_text):
        return Understood("out_of_scope", 1.0, [], prepared.text, repairs, prepared.masked_text, [], cleaned)
    try:
        parsed = deps.engine.parse(prepared.masked_text, PARSE_DEADLINE_S)
    except EngineUnavailable:
        return Understood("out_of_scope", 0.0, [], prepared.text, repairs, prepared.masked_text, [], cleaned)
    found = values_of(prepared, parsed.intent, parsed.spans, local, channel, deps.regions.market_days(region))
    return Understood(
        parsed.intent, parsed.confidence, found, prepared.text, repairs, prepared.masked_text, parsed.ranking, cleaned
    )
